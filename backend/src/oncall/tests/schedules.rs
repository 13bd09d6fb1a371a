use domain::oncall::Fault;

use super::*;
use crate::access::{ChangeSchedules, SeeStatus};

#[tokio::test]
async fn the_built_in_tiers_have_nobody_and_say_so() {
    for desk in desks().await {
        let mut tx = desk.db().begin().await.unwrap();
        let roster = roster(&mut tx, NOW).await.unwrap();
        tx.rollback().await.unwrap();
        let told: Vec<_> = roster.tiers.iter().map(|tier| (tier.number, tier.name.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, "AI Operations"),
                (2, "Platform Engineering on-call"),
                (3, "Technical leadership"),
                (4, "Wedding Day Support")
            ],
            "{}",
            desk.world.name
        );
        assert_eq!(roster.tiers[0].channel.as_deref(), Some("ai-ops-alerts"));
        for tier in &roster.tiers {
            assert!(matches!(tier.on_call, OnCall::Nobody { .. }), "{tier:?}");
        }
    }
}

#[tokio::test]
async fn a_rotation_is_named_once_and_is_on_record_with_before_and_after() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        let lead = desk.with_rotation(&[&ada, &ben]).await;
        desk.is_on_call(NOW, &ada).await;
        desk.is_on_call(NOW.plus(7 * DAY), &ben).await;
        assert_eq!(
            desk.last().await,
            "schedule.changed done by lead about tier 2, Platform Engineering on-call"
        );

        // Two at once: the second is told, and changes nothing.
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let refused = set_staffing(desk.db(), &permit, 2, 1, weekly(&[&ben]), NOW).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::Conflict { version: 2, .. }), "{refused:?}");
        set_staffing(desk.db(), &permit, 2, 2, weekly(&[&ben]), NOW).await.unwrap();
        desk.is_on_call(NOW, &ben).await;
        let log = crate::audit::page(desk.db(), &crate::audit::Filter::default(), None, 1).await.unwrap();
        assert_eq!(log[0].before()["people"], "ada, ben", "{}", desk.world.name);
        assert_eq!(log[0].after()["people"], "ben");
        assert!(!log[0].after().contains_key("zone"), "only what changed is told");
    }
}

#[tokio::test]
async fn a_rotation_that_cannot_be_is_refused_and_changes_nothing() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        let lead = desk.with_rotation(&[&ada]).await;
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let before = testing::on_record(desk.db()).await;
        let refuse = async |wanted| set_staffing(desk.db(), &permit, 2, 2, wanted, NOW).await.unwrap_err();
        assert!(
            matches!(refuse(weekly(&[])).await, OnCallRefused::Faults(faults) if faults == [Fault::NoPeople])
        );
        let twice = refuse(weekly(&[&ada, &ada])).await;
        assert!(matches!(twice, OnCallRefused::Faults(faults) if faults == [Fault::Twice(ada.clone())]));
        let stranger = PersonId::new("stranger");
        assert!(
            matches!(refuse(weekly(&[&ada, &stranger])).await, OnCallRefused::Gone(gone) if gone == stranger)
        );
        let nobody = WrittenStaffing::People { people: Vec::new() };
        assert!(matches!(refuse(nobody).await, OnCallRefused::NoPeople));
        let no_tier = set_staffing(desk.db(), &permit, 9, 1, weekly(&[&ada]), NOW).await.unwrap_err();
        assert!(matches!(no_tier, OnCallRefused::NoTier));
        assert_eq!(testing::on_record(desk.db()).await, before, "{}", desk.world.name);
        desk.is_on_call(NOW, &ada).await;
    }
}

#[tokio::test]
async fn somebody_who_left_is_skipped_and_keeps_their_place() {
    for desk in desks().await {
        let people = [desk.person("ada", "operator").await, desk.person("ben", "operator").await];
        let [ada, ben] = &people;
        let lead = desk.with_rotation(&[ada, ben]).await;
        let admin = desk.person("admin", "admin").await;
        let manage = desk.permit(&admin).await;
        desk.access.disable(&manage, ada).await.unwrap();
        desk.is_on_call(NOW, ben).await;
        // Saving it again with them in it is no fault; their week is still theirs in the order.
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        set_staffing(desk.db(), &permit, 2, 2, weekly(&[ada, ben, &lead]), NOW).await.unwrap();
        desk.is_on_call(NOW.plus(14 * DAY), &lead).await;
        // And who comes back has it again.
        desk.access.enable(&manage, ada).await.unwrap();
        desk.is_on_call(NOW, ada).await;
        desk.access.remove(&manage, ada).await.unwrap();
        desk.is_on_call(NOW, ben).await;
    }
}

#[tokio::test]
async fn outside_the_seasons_tier_two_stands_in_for_support() {
    for desk in desks().await {
        let (ada, sam) = (desk.person("ada", "operator").await, desk.person("sam", "support").await);
        let lead = desk.with_rotation(&[&ada]).await;
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let people = WrittenStaffing::People { people: vec![sam.clone()] };
        set_staffing(desk.db(), &permit, 4, 1, people, NOW).await.unwrap();
        let OnCall::StandIn { tier: 2, people, why } = desk.on_call(4, NOW).await else {
            panic!("no stand-in")
        };
        assert_eq!((people, why.contains("tier 2 stands in")), (vec![ada], true), "{}", desk.world.name);
        assert_eq!(desk.on_call(4, at("2026-12-20T00:00:00Z")).await, OnCall::People { people: vec![sam] });
    }
}

#[tokio::test]
async fn a_tier_that_the_configuration_lost_is_gone_and_comes_back_with_its_people() {
    for mut desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        desk.with_rotation(&[&ada]).await;
        let whole = desk.config.tiers.clone();
        desk.config.tiers.retain(|tier| tier.number == 1);
        seed(desk.db(), &desk.config, NOW).await.unwrap();
        let mut tx = desk.db().begin().await.unwrap();
        assert_eq!(roster(&mut tx, NOW).await.unwrap().tiers.len(), 1, "{}", desk.world.name);
        tx.rollback().await.unwrap();
        desk.config.tiers = whole;
        seed(desk.db(), &desk.config, NOW).await.unwrap();
        desk.is_on_call(NOW, &ada).await;
    }
}

#[tokio::test]
async fn a_shift_is_taken_until_the_next_handover_and_given_back() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        let cleo = desk.person("cleo", "operator").await;
        desk.with_rotation(&[&ada, &ben]).await;
        let own: Permit<SeeStatus> = desk.permit(&ben).await;
        take(desk.db(), &own, 2, (NOW, None), "Ada is ill".to_owned(), NOW).await.unwrap();
        desk.is_on_call(NOW, &ben).await;
        assert_eq!(
            desk.last().await,
            "override.added done by ben about an override by ben in tier 2, Platform Engineering on-call: Ada is ill"
        );
        let board = board(desk.db(), &own, NOW).await.unwrap();
        let [taken] = board.overrides.as_slice() else { panic!("{:?}", board.overrides) };
        assert_eq!((taken.from, taken.to), (NOW, at("2026-11-30T09:00:00Z")));

        // Somebody outside of the rotation cannot take it, and cannot give back what others took.
        let other: Permit<SeeStatus> = desk.permit(&cleo).await;
        let refused = take(desk.db(), &other, 2, (NOW, None), String::new(), NOW).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::NotOfTheRotation));
        let refused = remove_override(desk.db(), &other, &taken.id, NOW).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::NotYours));

        // Given back in the middle: what was stays, and Ada goes on.
        let later = NOW.plus(6 * HOUR);
        remove_override(desk.db(), &own, &taken.id, later).await.unwrap();
        desk.is_on_call(later.minus(1), &ben).await;
        desk.is_on_call(later, &ada).await;
        let again = remove_override(desk.db(), &own, &taken.id, later.plus(1)).await.unwrap_err();
        assert!(matches!(again, OnCallRefused::NoOverride), "{}", desk.world.name);
    }
}

#[tokio::test]
async fn an_override_that_cannot_be_is_refused() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        let lead = desk.with_rotation(&[&ada]).await;
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let refuse = async |tier, from: i64, to: i64, person: &PersonId, note: &str| {
            let wanted = NewOverride {
                tier,
                from: NOW.plus(from),
                to: NOW.plus(to),
                person: person.clone(),
                note: note.to_owned(),
            };
            add_override(desk.db(), &permit, wanted, NOW).await.unwrap_err().to_string()
        };
        assert_eq!(refuse(2, HOUR, HOUR, &ada, "").await, "it has to end after it begins");
        assert!(refuse(2, -HOUR, HOUR, &ada, "").await.starts_with("it would begin in the past"));
        assert_eq!(refuse(2, 0, 400 * DAY, &ada, "").await, "it lasts longer than a year");
        assert!(refuse(2, 0, HOUR, &PersonId::new("x"), "").await.starts_with("this person has no account"));
        assert!(refuse(2, 0, HOUR, &ada, &"x".repeat(501)).await.contains("500 characters"));
        assert!(refuse(3, 0, HOUR, &ada, "").await.starts_with("this tier has no rotation"));
        assert_eq!(refuse(9, 0, HOUR, &ada, "").await, "there is no such tier");
        assert!(desk.last().await.starts_with("schedule.changed"), "{}", desk.world.name);
    }
}

#[tokio::test]
async fn two_people_swap_their_shifts_and_both_halves_go_together() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        let lead = desk.with_rotation(&[&ada, &ben]).await;
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let monday = at("2026-11-30T09:00:00Z");
        let part = |from, to, person: &PersonId| Part { from, to, person: person.clone() };
        let (first, second) = (part(NOW, monday, &ada), part(monday, monday.plus(7 * DAY), &ben));
        let swapped = [first.clone(), second.clone()];
        swap(desk.db(), &permit, 2, swapped.clone(), "a wedding".to_owned(), NOW).await.unwrap();
        desk.is_on_call(NOW, &ben).await;
        desk.is_on_call(monday, &ada).await;
        desk.is_on_call(monday.plus(7 * DAY), &ada).await;
        assert_eq!(
            desk.last().await,
            "shifts.swapped done by lead about the shifts of ada and ben in tier 2, Platform Engineering on-call: a wedding"
        );
        // The page of before the swap: the shifts are not theirs any more.
        let refused = swap(desk.db(), &permit, 2, swapped, String::new(), NOW).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::NotTheirs { .. }), "{refused:?}");
        let same = [first.clone(), Part { person: ada.clone(), ..second }];
        assert!(matches!(
            swap(desk.db(), &permit, 2, same, String::new(), NOW).await.unwrap_err(),
            OnCallRefused::SamePerson
        ));
        let overlap = [first.clone(), Part { person: ben.clone(), ..first }];
        assert!(matches!(
            swap(desk.db(), &permit, 2, overlap, String::new(), NOW).await.unwrap_err(),
            OnCallRefused::Overlap
        ));

        let look: Permit<SeeStatus> = desk.permit(&lead).await;
        let halves = board(desk.db(), &look, NOW).await.unwrap().overrides;
        assert_eq!(halves.len(), 2, "{}", desk.world.name);
        assert_eq!(halves[0].swapped_with.as_ref(), Some(&halves[1].id));
        remove_override(desk.db(), &look, &halves[1].id, NOW).await.unwrap();
        desk.is_on_call(NOW, &ada).await;
        desk.is_on_call(monday, &ben).await;
    }
}

#[tokio::test]
async fn a_rotation_that_cannot_be_read_any_more_skips_its_tier_and_no_other() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        desk.with_rotation(&[&ada]).await;
        desk.world
            .tamper("UPDATE oncall_tier SET staffing = REPLACE(staffing, 'UTC', 'Europe/Atlantis') WHERE number = 2")
            .await;
        let OnCall::Nobody { why } = desk.on_call(2, NOW).await else { panic!("somebody") };
        assert!(why.contains("there is no time zone \"Europe/Atlantis\""), "{why}");
        assert_eq!(desk.on_call(1, NOW).await, OnCall::Nobody { why: "nobody has been named".to_owned() });
    }
}
