use domain::crises::{Findings, Private, StepKey};

use super::*;

fn step(key: &str) -> StepKey {
    StepKey::parse(key).unwrap()
}

#[tokio::test]
async fn two_who_acknowledge_at_once_leave_one() {
    for desk in desks().await {
        desk.take_in(&[crisis("CR-1")]).await;
        let id = desk.only().await.case.id;
        let marta: Permit<WorkCases> = desk.viewer("marta", "support").await.permit().unwrap();
        let (work, cases) = (desk.work(), &desk.cases);
        let (one, other) = tokio::join!(cases.acknowledge(&work, &id), cases.acknowledge(&marta, &id));
        let refused = match (one, other) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            both => panic!("{both:?}"),
        };
        assert!(matches!(refused, CaseRefused::Refusal(_) | CaseRefused::Changed), "{refused}");
        let lines = desk.story(&id).await;
        assert_eq!(lines.iter().filter(|line| line.contains("acknowledged")).count(), 1);
        let sentences = desk.sentences().await;
        assert_eq!(
            sentences.iter().filter(|sentence| sentence.contains("acknowledged case CR-1")).count(),
            1
        );
    }
}

#[tokio::test]
async fn a_case_is_worked_on_from_the_telephone_to_its_review() {
    for desk in desks().await {
        let (cases, work) = (&desk.cases, desk.work());
        let id = desk.opened().await;
        let marta = desk.viewer("marta", "support").await;
        cases.note(&work, &id, "The bus broke down").await.unwrap();
        cases.step_done(&work, &id, &step("locate_guests")).await.unwrap();
        let again = cases.step_done(&work, &id, &step("locate_guests")).await.unwrap_err();
        assert_eq!(again.to_string(), "The step is settled already.");
        let open = cases.resolve(&work, &id, "").await.unwrap_err().to_string();
        assert!(open.contains("Book another way to the venue"), "{open}");
        for one in desk.shown(&id).await.stored.case.steps {
            if !one.is_settled() {
                cases.step_not_needed(&work, &id, one.key(), "They walked").await.unwrap();
            }
        }
        let silent = cases.hand_over(&work, &id, &marta.person, " ").await.unwrap_err();
        assert_eq!(silent.to_string(), "Write what the next person has to know.");
        cases.hand_over(&work, &id, &marta.person, "They need a taxi back").await.unwrap();
        assert_eq!(desk.only().await.case.holder().unwrap().id, marta.person);
        cases.resolve(&work, &id, "All arrived").await.unwrap();
        assert!(cases.resolve(&work, &id, "").await.is_err());
        let findings =
            Findings { helped: Private::new("The driver of the first bus"), ..Findings::default() };
        cases.review(&work, &id, findings.clone()).await.unwrap();
        assert!(cases.review(&work, &id, findings.clone()).await.is_err());
        let shown = desk.shown(&id).await;
        assert_eq!((shown.findings, shown.locked), (Some(findings), Vec::new()));
        let said = desk.story(&id).await;
        assert!(said.contains(&"priya wrote a note: The bus broke down".to_owned()), "{said:?}");
        assert!(
            said.contains(&"priya handed it over to marta: They need a taxi back".to_owned()),
            "{said:?}"
        );
        let sentences = desk.sentences().await;
        for deed in [
            "opened",
            "wrote a note on",
            "did a step of",
            "left out a step of",
            "handed over",
            "resolved",
            "reviewed",
        ] {
            let expected = format!("Priya (by a test) {deed} case {id}");
            assert!(sentences.contains(&expected), "{expected} in {sentences:?}");
        }
    }
}

#[tokio::test]
async fn a_case_is_given_back_and_opened_again() {
    for desk in desks().await {
        let (cases, work) = (&desk.cases, desk.work());
        let id = desk.opened().await;
        cases.begin(&work, &id).await.unwrap();
        let version = desk.only().await.version;
        // At work already: nothing is written.
        assert_eq!(cases.begin(&work, &id).await.unwrap().version, version);
        cases.set_contact(&work, &id, false, "They asked not to be called").await.unwrap();
        assert!(cases.set_contact(&work, &id, false, "again").await.is_err());
        cases.release(&work, &id, "I have to go").await.unwrap();
        assert!(cases.release(&work, &id, "I have to go").await.is_err());
        assert!(desk.only().await.case.holder().is_none());
        cases.acknowledge(&work, &id).await.unwrap();
        let open = cases.reopen(&work, &id, "not over").await.unwrap_err().to_string();
        assert_eq!(open, "It is open, so it need not be opened again.");
    }
}

#[tokio::test]
async fn doubles_become_one() {
    for desk in desks().await {
        let (cases, work) = (&desk.cases, desk.work());
        desk.take_in(&[crisis("CR-1")]).await;
        let platforms = desk.only().await.case.id;
        let by_hand = desk.opened().await;
        assert!(cases.merge(&work, &by_hand, &by_hand).await.is_err());
        let into = cases.merge(&work, &by_hand, &platforms).await.unwrap();
        assert_eq!(into.case.doubles, std::slice::from_ref(&by_hand));
        let again = cases.merge(&work, &by_hand, &platforms).await.unwrap_err().to_string();
        assert!(again.contains("It went into case"), "{again}");
        assert!(desk.story(&by_hand).await.last().unwrap().contains("a double of case"));
    }
}

#[tokio::test]
async fn whoever_may_not_work_on_cases_has_no_permit_and_bad_forms_are_refused() {
    let desk = Desk::of(testing::sqlite().await, keys(KEY)).await;
    for role in ["viewer", "operator", "admin", "auditor", "executive"] {
        let viewer = desk.viewer(role, role).await;
        assert!(
            viewer.permit::<WorkCases>().is_err() && viewer.permit::<SeePersonalData>().is_err(),
            "{role}"
        );
    }
    let refused = |of: &str, typed: &[(&'static str, &str)]| {
        let typed = typed.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        ByHand { platform: "wedsync".to_owned(), of: of.to_owned(), typed }
    };
    let (cases, work) = (&desk.cases, desk.work());
    for (given, why) in [
        (refused("volcano", &[("names", "Ada")]), "There is no such type of crisis."),
        (refused("weather", &[("email", "ada@example.com")]), "Say whose wedding it is: names, or the day."),
    ] {
        assert_eq!(cases.open(&work, given).await.unwrap_err().to_string(), why);
    }
    let nobody = cases.acknowledge(&work, &CaseId("none".to_owned())).await.unwrap_err();
    assert_eq!(nobody.to_string(), "There is no such case.");
}
