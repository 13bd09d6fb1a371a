use domain::{
    crises::{Ai, Field, Origin, Presence, State},
    time::SECOND,
};

use super::*;

#[tokio::test]
async fn a_crisis_becomes_one_case_however_often_it_is_read() {
    for desk in desks().await {
        let name = desk.world.name;
        let opened = desk.take_in(&[crisis("CR-1")]).await;
        assert_eq!(opened, TakenIn { opened: 1, ..TakenIn::default() }, "{name}");
        let first = desk.only().await;
        assert_eq!(
            (first.case.of.key(), first.case.detected_at),
            ("vendor_cancelled", Millis(START.0 - 5_000))
        );
        assert_eq!((first.couple, first.version), (CoupleState::Kept, 1));
        assert_eq!(desk.sentences().await, ["The platform wedsync opened case CR-1"]);
        let mut changes = desk.cases.changes();
        changes.mark_unchanged();
        for _ in 0..2 {
            assert_eq!(desk.take_in(&[crisis("CR-1"), crisis("CR-1")]).await, TakenIn::default(), "{name}");
        }
        assert_eq!((desk.only().await, changes.has_changed().unwrap()), (first.clone(), false));
        assert_eq!((desk.story(&first.case.id).await.len(), desk.sentences().await.len()), (1, 1));
    }
}

#[tokio::test]
async fn what_the_platform_changes_is_shown_as_a_change_and_taken_in() {
    for desk in desks().await {
        desk.take_in(&[crisis("CR-1")]).await;
        let moved = with(crisis("CR-1"), "/couple/phone", "+46 70 555 00 99");
        assert_eq!(desk.take_in(std::slice::from_ref(&moved)).await.changed, 1);
        let stored = desk.only().await;
        let couple = desk.cases.reveal(&desk.see(), &stored.case.id, &[Field::Phone]).await.unwrap().couple;
        assert_eq!((couple.phones[0].expose(), couple.emails.len()), ("+46705550099", 0));
        let said = desk.story(&stored.case.id).await;
        assert_eq!(said[1], "The platform changed the telephone number.");
        assert_eq!(desk.take_in(std::slice::from_ref(&moved)).await, TakenIn::default());
        let failed = with(moved, "/status", "ai_failed");
        desk.take_in(&[failed]).await;
        assert!(matches!(desk.only().await.case.ai, Ai::Failed { .. }));
    }
}

#[tokio::test]
async fn what_vanishes_is_flagged_and_stays_open_and_may_come_back() {
    for desk in desks().await {
        desk.take_in(&[crisis("CR-1")]).await;
        // A reading that left something out says nothing of what is not in it.
        assert_eq!(desk.cases.take_in("wedsync", Vec::new(), false).await.unwrap(), TakenIn::default());
        assert_eq!(desk.take_in(&[]).await.vanished, 1);
        let gone = desk.only().await;
        assert!(gone.case.is_open());
        assert!(matches!(gone.case.origin, Origin::Platform { presence: Presence::Vanished { .. }, .. }));
        assert_eq!(desk.sentences().await[0], "The platform wedsync no longer listed case CR-1");
        assert_eq!(desk.take_in(&[]).await, TakenIn::default());
        assert_eq!(desk.take_in(&[crisis("CR-1")]).await.changed, 1);
        let back = desk.only().await.case;
        assert!(matches!(back.origin, Origin::Platform { presence: Presence::There, .. }));
    }
}

#[tokio::test]
async fn the_same_id_with_another_couple_is_refused_and_flagged_once() {
    for desk in desks().await {
        desk.take_in(&[crisis("CR-1")]).await;
        let mut other = with(crisis("CR-1"), "/couple/names", "Ottilie Stranger");
        other["couple"]["email"] = json!("ottilie@example.org");
        other["couple"]["phone"] = json!("+49 30 555 777");
        desk.take_in(&[other.clone()]).await;
        let stored = desk.only().await;
        assert!(matches!(stored.case.origin, Origin::Platform { another_couple: Some(_), .. }));
        let couple = desk.cases.reveal(&desk.see(), &stored.case.id, &Field::ALL).await.unwrap().couple;
        assert_eq!(couple.names.expose(), "Elena Lindqvist & Marcus Borg");
        assert_eq!(desk.take_in(&[other]).await, TakenIn::default());
        let lines = desk.story(&stored.case.id).await;
        assert_eq!(lines.iter().filter(|line| line.contains("another couple")).count(), 1);
    }
}

#[tokio::test]
async fn without_a_key_a_case_is_opened_without_its_couple_which_is_filled_in_later() {
    for desk in desks().await {
        let locked = desk.again_with(Vec::new());
        let told = |value: &Value| vec![Told::parse(value, START).unwrap()];
        locked.take_in("wedsync", told(&crisis("CR-1")), true).await.unwrap();
        let awaited = desk.only().await;
        assert_eq!((awaited.couple, awaited.case.of.key()), (CoupleState::Awaited, "vendor_cancelled"));
        let again = locked.take_in("wedsync", told(&crisis("CR-1")), true).await.unwrap();
        assert_eq!(again, TakenIn::default());
        // What is not personal is heard all the same.
        let failed = with(crisis("CR-1"), "/status", "ai_failed");
        locked.take_in("wedsync", told(&failed), true).await.unwrap();
        assert!(matches!(desk.only().await.case.ai, Ai::Failed { .. }));
        let refused = locked.note(&desk.work(), &awaited.case.id, "Elena called").await.unwrap_err();
        assert!(refused.to_string().starts_with("Locked: there is no encryption key."), "{refused}");

        desk.take_in(std::slice::from_ref(&failed)).await;
        let filled = desk.only().await;
        assert_eq!(filled.couple, CoupleState::Kept);
        let couple = desk.cases.reveal(&desk.see(), &filled.case.id, &[Field::Names]).await.unwrap().couple;
        assert_eq!(couple.names.expose(), "Elena Lindqvist & Marcus Borg");
        let said = desk.story(&filled.case.id).await;
        assert!(!said.iter().any(|line| line.contains("changed")), "{said:?}");
        assert_eq!(desk.take_in(&[failed]).await, TakenIn::default());
    }
}

#[tokio::test]
async fn a_wave_is_taken_in_whole_and_recorded_as_a_number() {
    for desk in desks().await {
        let wave: Vec<Value> = (0..1_203)
            .map(|at| with(crisis("CR"), "/id", format!("CR-{at}")))
            .map(|crisis| with(crisis, "/wedding_id", Value::Null))
            .collect();
        assert_eq!(desk.take_in(&wave).await.opened, 1_203);
        assert_eq!(desk.sentences().await.len(), 3);
        assert_eq!(desk.take_in(&wave).await, TakenIn::default());
        desk.clock.advance(20 * SECOND);
        assert_eq!(desk.cases.pass().await.unwrap(), 1_203);
        assert_eq!(desk.cases.pass().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_odd_field_spoils_only_itself() {
    for desk in desks().await {
        let odd = json!({ "id": "CR-9", "status": 7, "couple": { "names": "\u{202e}Elena\r\nBcc: x", "email": "none" },
            "wedding_date": "soon", "crisis_type": "volcano" });
        desk.take_in(&[odd, crisis("CR-1")]).await;
        let filter =
            domain::crises::Filter { of: domain::crises::TypeKey::parse("other").ok(), ..Default::default() };
        let rows = desk.cases.board(&desk.priya.permit().unwrap(), None, &filter, 0).await.unwrap().rows;
        assert_eq!(rows.len(), 1);
        assert!(!rows[0].troubles.is_empty() && matches!(rows[0].case.state, State::Detected { .. }));
        let couple = desk.cases.reveal(&desk.see(), &rows[0].case.id, &Field::ALL).await.unwrap().couple;
        assert_eq!(couple.names.expose(), "Elena Bcc: x");
    }
}

/// What issue 7 asks for, on this machine. It says something in a release build alone:
/// `cargo test --release -p backend -- --ignored a_wave_of_five_thousand --nocapture`
#[tokio::test]
#[ignore = "a measurement"]
async fn a_wave_of_five_thousand_is_taken_in_within_ten_seconds() {
    for desk in desks().await {
        let wave = |from: usize, to: usize| -> Vec<Value> {
            let named = |at: usize| with(crisis("CR"), "/couple/names", format!("Elena {at} & Marcus Borg"));
            (from..to).map(|at| with(named(at), "/id", format!("CR-{at}"))).collect()
        };
        let mut begun = std::time::Instant::now();
        let mut took = |what: &str| {
            println!("{}: {what} took {:?}", desk.world.name, begun.elapsed());
            std::mem::replace(&mut begun, std::time::Instant::now()).elapsed()
        };
        assert_eq!(desk.take_in(&wave(0, 5_000)).await.opened, 5_000);
        assert!(took("5,000 new crises").as_secs() < 10);
        assert_eq!(desk.take_in(&wave(0, 5_000)).await, TakenIn::default());
        took("the same once more");
        let by_hand: Vec<Value> =
            wave(0, 5_000).into_iter().map(|one| with(one, "/status", "manual")).collect();
        assert_eq!(desk.take_in(&by_hand).await.changed, 5_000);
        assert!(took("another status for each").as_secs() < 10);
        let mut all = by_hand;
        all.extend(wave(5_000, 10_000));
        desk.take_in(&all).await;
        took("5,000 more");
        let status = desk.priya.permit().unwrap();
        for text in [None, Some("Elena 77".to_owned())] {
            let filter = domain::crises::Filter { text, ..Default::default() };
            for _ in 0..5 {
                desk.cases.board(&status, Some(&desk.see()), &filter, 0).await.unwrap();
                took("a board of 10,000");
            }
        }
    }
}
