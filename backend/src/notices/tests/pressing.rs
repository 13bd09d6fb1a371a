use domain::notices::Variable;

use super::*;

#[tokio::test]
async fn what_was_seen_goes_and_looking_makes_nothing() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let wish = desk.wish(&id);
        let seen = desk.preview(&wish).await;
        let letter = seen.letter.unwrap();
        assert_eq!(letter.language.as_str(), "sv");
        assert!(letter.text.expose().contains(NAMES) && letter.text.expose().contains("Priya, +46 8 123"));
        assert!(letter.text.expose().contains("https://console.example.com/c/"));
        assert!(seen.html.expose().contains("<html lang=\"sv\""));
        assert_eq!(seen.to.unwrap().expose(), MAIL);
        assert!(seen.hindrances.is_empty(), "{:?}", seen.hindrances);
        assert!(desk.rows(&id).await.is_empty());
        let shown = desk.notices.of_case(&desk.status(), Some(&desk.see()), &id).await.unwrap();
        assert!(!shown.has_page && shown.promised.is_none());

        let attempt = desk.send(&wish).await.unwrap();
        let rows = desk.rows(&id).await;
        assert_eq!((rows.len(), &rows[0].attempt.id), (1, &attempt));
        assert_eq!(rows[0].to.as_deref(), Some("e\u{2022}\u{2022}\u{2022}@example.com"));
        assert_eq!(rows[0].attempt.state_word(), "queued");
        let read = desk.notices.read(&desk.see(), &attempt).await.unwrap();
        assert_eq!((&read.letter, &read.html), (&letter, &seen.html));
        let shown = desk.notices.of_case(&desk.status(), Some(&desk.see()), &id).await.unwrap();
        assert_eq!(shown.promised, wish.filled.promised_at);
        assert!(read.letter_names(&shown));
        let story = desk.story(&id).await;
        assert!(
            story.contains(&"priya sends the notice \u{201c}we know\u{201d} by e-mail.".to_owned()),
            "{story:?}"
        );
        assert!(story.contains(&"priya gave the couple a page of their own.".to_owned()), "{story:?}");
        assert!(matches!(desk.step(&id, Purpose::WeKnow).await, StepState::Waiting { .. }));
        let said = desk.sentences().await;
        assert!(said[0].starts_with("Priya (by a test) read a notice to the couple of case"), "{said:?}");
        assert!(said.iter().any(|one| one.contains("sends a notice to the couple of case")), "{said:?}");
        assert!(said.iter().any(|one| one.contains("looked at a draft for case")), "{said:?}");

        let again = desk.send(&wish).await.unwrap_err();
        assert_eq!(again.to_string(), "One is on its way: a second would tell them twice.");
        let open = desk.cases.resolve(&desk.work(), &id, "").await.unwrap_err().to_string();
        assert!(open.contains("the notice \u{201c}we know\u{201d} is still to be sent"), "{open}");
    }
}

impl ReadNotice {
    fn letter_names(&self, shown: &CaseNotices) -> bool {
        use secrecy::ExposeSecret;
        let page = shown.page.as_ref().unwrap();
        self.letter.text.expose().contains(page.address.expose_secret())
    }
}

#[tokio::test]
async fn what_changed_since_is_said_and_nothing_goes() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let wish = desk.wish(&id);
        let seen = desk.preview(&wish).await.seen.unwrap();
        let typed = BTreeMap::from([
            ("names", NAMES.to_owned()),
            ("email", "other@example.com".to_owned()),
            ("language", "sv".to_owned()),
            ("wedding_date", "2026-11-20".to_owned()),
            ("wedding_zone", "Europe/Stockholm".to_owned()),
        ]);
        desk.cases.correct(&desk.work(), &id, &typed, "").await.unwrap();
        let refused = desk.notices.send(&desk.work(), &desk.see(), wish.clone(), &seen).await.unwrap_err();
        assert!(matches!(&refused, NoticeRefused::Changed(what) if *what == ["the address"]), "{refused}");
        let seen = desk.preview(&wish).await.seen.unwrap();
        let mut later = wish.clone();
        later.filled.promised_at = Some(desk.clock.now().plus(2 * HOUR));
        let refused = desk.notices.send(&desk.work(), &desk.see(), later, &seen).await.unwrap_err();
        assert!(matches!(&refused, NoticeRefused::Changed(what) if *what == ["the text"]), "{refused}");
        let refused = desk.notices.send(&desk.work(), &desk.see(), wish, "").await.unwrap_err();
        assert!(matches!(refused, NoticeRefused::Changed(_)), "{refused}");
        assert!(desk.rows(&id).await.is_empty());
    }
}

#[tokio::test]
async fn two_who_press_at_once_tell_them_once() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let wish = desk.wish(&id);
        let seen = desk.preview(&wish).await.seen.unwrap();
        let (work, see, notices) = (desk.work(), desk.see(), &desk.notices);
        let (one, other) = tokio::join!(
            notices.send(&work, &see, wish.clone(), &seen),
            notices.send(&work, &see, wish.clone(), &seen),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(desk.rows(&id).await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_missing_is_named_and_an_own_text_needs_none_of_it() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let mut wish = desk.wish(&id);
        (wish.purpose, wish.filled) = (Purpose::WeHaveAPlan, Filled::default());
        let seen = desk.preview(&wish).await;
        assert_eq!(seen.missing, [Variable::PromisedTime, Variable::Plan]);
        assert_eq!(
            (seen.hindrances, seen.seen),
            (vec!["Not known yet: promised_time, plan.".to_owned()], None)
        );
        let edited =
            |subject: &str, text: &str| Some(Edited { subject: subject.to_owned(), text: text.to_owned() });
        wish.edited = edited("Hej", "Vi kommer {{plan}}");
        assert_eq!(desk.preview(&wish).await.hindrances, ["The text still has {{ in it: fill it in."]);
        wish.edited = edited("Hej\r\nBcc: everybody@example.com", "Vi kommer.");
        let letter = desk.preview(&wish).await.letter.unwrap();
        assert_eq!(letter.subject.expose(), "Hej Bcc: everybody@example.com");
        assert!(desk.send(&wish).await.is_ok());
    }
}

#[tokio::test]
async fn of_two_addresses_somebody_says_which() {
    for desk in desks(nowhere()).await {
        let id = desk.couple(NAMES, "elena@example.com, marcus@example.com").await;
        let mut wish = desk.wish(&id);
        let seen = desk.preview(&wish).await;
        assert_eq!(seen.hindrances, ["There are 2 addresses: somebody has to say which."]);
        assert_eq!(seen.addresses.len(), 2);
        wish.to = Some(2);
        assert_eq!(
            desk.preview(&wish).await.hindrances,
            ["There is no such address among those of the couple."]
        );
        wish.to = Some(1);
        assert_eq!(desk.preview(&wish).await.to.unwrap().expose(), "marcus@example.com");
        let none = desk.couple("Ada & Nils", "").await;
        let hindrances = desk.preview(&desk.wish(&none)).await.hindrances;
        assert_eq!(hindrances, ["There is no address that can be used."]);
    }
}

#[tokio::test]
async fn a_couple_that_is_not_to_be_contacted_is_not() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let attempt = desk.send(&desk.wish(&id)).await.unwrap();
        desk.cases.set_contact(&desk.work(), &id, false, "they asked us").await.unwrap();
        // What was pressed before does not leave either.
        assert!(matches!(desk.notices.claim(Way::Mail).await, Ok(claiming::Claimed::Again)));
        assert!(matches!(desk.attempt(&attempt).await.state, AttemptState::Withdrawn { .. }));
        assert_eq!(desk.step(&id, Purpose::WeKnow).await, StepState::Open);
        let refused = desk.send(&desk.wish(&id)).await.unwrap_err();
        assert!(matches!(refused, NoticeRefused::NotReady(_)), "{refused}");
        let call = called(&id, true);
        let refused = desk.notices.called(&desk.work(), call).await.unwrap_err();
        assert_eq!(refused.to_string(), "The couple is not to be contacted.");
    }
}

fn called(id: &CaseId, reached: bool) -> Called {
    Called {
        case: id.clone(),
        purpose: Purpose::WeKnow,
        reached,
        to: Some(0),
        said: "Told Elena that the florist called off".to_owned(),
        promised_at: None,
        reason: String::new(),
    }
}

#[tokio::test]
async fn a_call_is_a_notice_and_a_second_way_needs_a_reason() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let missed = desk.notices.called(&desk.work(), called(&id, false)).await.unwrap();
        assert_eq!(desk.attempt(&missed).await.state_word(), "failed");
        assert_eq!(
            (desk.case(&id).await.told.len(), desk.step(&id, Purpose::WeKnow).await),
            (0, StepState::Open)
        );
        let open = desk.cases.resolve(&desk.work(), &id, "").await.unwrap_err().to_string();
        assert!(open.contains("failed, and no other attempt was made"), "{open}");

        let reached = desk.notices.called(&desk.work(), called(&id, true)).await.unwrap();
        assert_eq!(desk.attempt(&reached).await.state_word(), "delivered");
        assert!(desk.case(&id).await.told.contains_key(&Purpose::WeKnow));
        assert!(matches!(desk.step(&id, Purpose::WeKnow).await, StepState::Done { .. }));
        let read = desk.notices.read(&desk.see(), &reached).await.unwrap();
        assert_eq!(
            (read.to.expose(), read.letter.text.expose()),
            ("+46701234118", "Told Elena that the florist called off")
        );

        let mut wish = desk.wish(&id);
        let seen = desk.preview(&wish).await;
        assert!(seen.needs_reason && seen.hindrances.is_empty());
        let refused = desk.send(&wish).await.unwrap_err();
        assert_eq!(refused.to_string(), "They have been told this. Say why they should be told again.");
        wish.reason = "They want it in writing".to_owned();
        let mail = desk.send(&wish).await.unwrap();
        let story = desk.story(&id).await;
        assert!(story.iter().any(|line| line.ends_with("by e-mail: They want it in writing")), "{story:?}");
        // It is taken back: they know it all the same.
        desk.notices.withdraw(&desk.work(), &mail).await.unwrap();
        assert!(desk.case(&id).await.told.contains_key(&Purpose::WeKnow));
        assert!(matches!(desk.step(&id, Purpose::WeKnow).await, StepState::Done { .. }));
        let refused = desk.notices.withdraw(&desk.work(), &mail).await.unwrap_err();
        assert_eq!(refused.to_string(), "It is settled.");
        assert!(desk.story(&id).await.iter().any(|line| line.starts_with("priya took back the notice")));
    }
}

#[tokio::test]
async fn what_a_double_was_told_counts_and_an_unsettled_one_does_not_go_out_of_sight() {
    for desk in desks(nowhere()).await {
        let (double, into) = (desk.elena().await, desk.elena().await);
        let queued = desk.send(&desk.wish(&double)).await.unwrap();
        let refused = desk.cases.merge(&desk.work(), &double, &into).await.unwrap_err().to_string();
        assert!(refused.contains("is still to be sent"), "{refused}");
        desk.notices.withdraw(&desk.work(), &queued).await.unwrap();
        desk.notices.called(&desk.work(), called(&double, true)).await.unwrap();
        desk.cases.merge(&desk.work(), &double, &into).await.unwrap();
        assert_eq!(desk.rows(&into).await.len(), 2);
        assert!(desk.preview(&desk.wish(&into)).await.needs_reason);
        let refused = desk.send(&desk.wish(&into)).await.unwrap_err();
        assert_eq!(refused.to_string(), "They have been told this. Say why they should be told again.");
    }
}
