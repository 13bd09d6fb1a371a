//! What reaches the wire, and what comes of it.

use super::*;

#[tokio::test]
async fn a_mail_has_our_name_their_language_and_nothing_that_somebody_smuggled_in() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let before = sink.mails().len();
        let working = Working::start(&desk.notices);
        let long = "Владимир ".repeat(33) + "Конец";
        let names = [
            "Elena\r\nBcc: everybody@example.com & Marcus",
            "\u{202e}moc.live\u{202c} & \u{5d3}\u{5d5}\u{5d3} \u{5db}\u{5d4}\u{5df}",
            &long,
        ];
        for (number, names) in names.iter().enumerate() {
            let id = desk.couple(names, &format!("couple{number}@example.com")).await;
            let mut wish = desk.wish(&id);
            let letter = desk.preview(&wish).await.letter.unwrap();
            let subject = format!("{}\r\nX-Evil: {names}", letter.subject.expose());
            wish.edited = Some(Edited { subject, text: letter.text.expose().to_owned() });
            let attempt = desk.send(&wish).await.unwrap();
            desk.becomes(&attempt, "sent").await;
            let mail = sink.after(before + number + 1).await.pop().unwrap();
            assert_eq!(mail.to, format!("couple{number}@example.com"));
            let own = [
                "From",
                "To",
                "Subject",
                "Message-ID",
                "Auto-Submitted",
                "X-Bellwether-Notice",
                "MIME-Version",
                "Date",
                "Content-Type",
            ];
            let headers = mail.headers();
            assert!(headers.iter().all(|name| own.contains(&name.as_str())), "{headers:?}");
            assert_eq!(headers.len(), own.len(), "{headers:?}");
            let id = format!("<notice.{}@console.example.com>", attempt.0);
            assert_eq!(mail.header("Message-ID"), Some(id));
            assert_eq!(mail.header("X-Bellwether-Notice"), Some(attempt.0));
            assert_eq!(mail.header("To"), Some(format!("couple{number}@example.com")));
            assert_eq!(mail.header("From").as_deref(), Some("\"Your day\" <day@example.com>"));
            assert!(mail.text.contains("multipart/alternative") && !mail.text.contains("\u{202e}"));
        }
        working.end().await;
    }
}

#[tokio::test]
async fn a_notice_that_the_server_took_tells_them_and_does_the_step() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let working = Working::start(&desk.notices);
        let id = desk.elena().await;
        let attempt = desk.send(&desk.wish(&id)).await.unwrap();
        desk.becomes(&attempt, "sent").await;
        assert!(desk.case(&id).await.told.contains_key(&Purpose::WeKnow));
        assert!(matches!(desk.step(&id, Purpose::WeKnow).await, StepState::Done { .. }));
        desk.clock.advance(HOUR);
        desk.becomes(&attempt, "delivered").await;
        let story = desk.story(&id).await.join("\n");
        assert!(story.contains("has gone out") && story.contains("was delivered"), "{story}");
        let said = desk.sentences().await;
        assert!(said.iter().any(|one| one.contains("sent a notice to the couple of case")), "{said:?}");
        working.end().await;
    }
}

#[tokio::test]
async fn an_address_that_nobody_has_fails_and_the_next_goes_by_the_same_connection() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let none = desk.couple("Nobody & Noone", "nobody@example.com").await;
        let elena = desk.elena().await;
        let refused = desk.send(&desk.wish(&none)).await.unwrap();
        let taken = desk.send(&desk.wish(&elena)).await.unwrap();
        let working = Working::start(&desk.notices);
        let failed = desk.becomes(&refused, "failed").await;
        let why = domain::notices::Failure::Refused { code: 550 };
        assert!(matches!(failed.state, AttemptState::Failed { why: of, .. } if of == why));
        desk.becomes(&taken, "sent").await;
        assert_eq!(desk.step(&none, Purpose::WeKnow).await, StepState::Open);
        // Another way is possible without a reason.
        let mut text = desk.wish(&none);
        text.way = Way::Sms;
        assert!(desk.preview(&text).await.hindrances.is_empty());
        working.end().await;
    }
}

#[tokio::test]
async fn a_line_that_is_cut_before_the_answer_is_in_doubt_and_a_person_decides() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let before = sink.mails().len();
        sink.cuts(2);
        let working = Working::start(&desk.notices);
        let (one, other) = (desk.elena().await, desk.elena().await);
        let (arrived, lost) =
            (desk.send(&desk.wish(&one)).await.unwrap(), desk.send(&desk.wish(&other)).await.unwrap());
        desk.becomes(&arrived, "in doubt").await;
        // The second waits for the pause after the first, unless both were under way.
        desk.becomes(&lost, "in doubt").await;
        assert_eq!(sink.mails().len(), before + 2);
        let open = desk.cases.resolve(&desk.work(), &one, "").await.unwrap_err().to_string();
        assert!(open.contains("is in doubt: somebody has to say whether it arrived"), "{open}");
        let again = desk.send(&desk.wish(&one)).await.unwrap_err();
        assert_eq!(again.to_string(), "One is in doubt: say first whether it arrived.");
        assert_eq!(desk.notices.standing(&desk.status()).await.unwrap().in_doubt, 2);

        desk.notices.decide(&desk.work(), &arrived, true).await.unwrap();
        assert!(desk.case(&one).await.told.contains_key(&Purpose::WeKnow));
        assert!(matches!(desk.step(&one, Purpose::WeKnow).await, StepState::Done { .. }));
        desk.notices.decide(&desk.work(), &lost, false).await.unwrap();
        assert_eq!(desk.step(&other, Purpose::WeKnow).await, StepState::Open);
        let again = desk.notices.decide(&desk.work(), &lost, true).await.unwrap_err();
        assert_eq!(again.to_string(), "It is known what became of it; there is nothing to decide.");
        let anew = desk.send(&desk.wish(&other)).await.unwrap();
        desk.becomes(&anew, "sent").await;
        working.end().await;
    }
}

#[tokio::test]
async fn a_server_that_is_away_costs_nobody_a_try_or_their_place() {
    let gone = Sink::new().await.address();
    // Another port than any listener has now: the sink is opened there later.
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    assert_ne!(gone, address);
    let desk = Desk::of(testing::sqlite().await, address).await;
    let working = Working::start(&desk.notices);
    let mut sent = Vec::new();
    for number in 0..6 {
        let id = desk.couple(NAMES, &format!("couple{number}@example.com")).await;
        sent.push(desk.send(&desk.wish(&id)).await.unwrap());
        desk.clock.advance(MINUTE);
    }
    for _ in 0..4_000 {
        if desk.notices.standing(&desk.status()).await.unwrap().outage.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let standing = desk.notices.standing(&desk.status()).await.unwrap();
    let outage = standing.outage.unwrap();
    assert!(outage.why.contains("refused"), "{outage:?}");
    assert_eq!(standing.waiting, [(Way::Mail, 6, START)]);
    for id in &sent {
        assert!(matches!(desk.attempt(id).await.state, AttemptState::Queued { tries: 0, .. }));
    }
    let rows = desk.notices.newest(&desk.status(), None, None, None, 10).await.unwrap();
    let ages: Vec<_> = rows.iter().map(|row| row.age(desk.clock.now()).unwrap() / MINUTE).collect();
    assert_eq!(ages, [1, 2, 3, 4, 5, 6]);

    // An hour later it has been asked again, and somebody writes one more.
    desk.clock.advance(HOUR);
    let tries = || async { desk.notices.standing(&desk.status()).await.unwrap().outage.unwrap().tries };
    for _ in 0..4_000 {
        if tries().await > outage.tries {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(tries().await > outage.tries);
    let id = desk.couple(NAMES, "couple6@example.com").await;
    sent.push(desk.send(&desk.wish(&id)).await.unwrap());
    let rows = desk.notices.newest(&desk.status(), None, None, None, 10).await.unwrap();
    let ages: Vec<_> = rows.iter().map(|row| row.age(desk.clock.now()).unwrap() / MINUTE).collect();
    assert_eq!(ages, [0, 61, 62, 63, 64, 65, 66]);
    for id in &sent {
        assert!(matches!(desk.attempt(id).await.state, AttemptState::Queued { tries: 0, .. }));
    }

    let sink = Sink::at(address).await;
    let mails = sink.after(7).await;
    for id in &sent {
        desk.becomes(id, "sent").await;
    }
    // Four leave side by side, so that one may overtake its neighbours by a moment.
    let first: Vec<&str> = mails[..4].iter().map(|mail| mail.to.as_str()).collect();
    assert!(first.contains(&"couple0@example.com"), "{first:?}");
    assert!(desk.notices.standing(&desk.status()).await.unwrap().outage.is_none());
    working.end().await;
}

#[tokio::test]
async fn who_is_put_off_is_tried_again_later() {
    let sink = Sink::new().await;
    sink.puts_off(1);
    let desk = Desk::of(testing::sqlite().await, sink.address()).await;
    let working = Working::start(&desk.notices);
    let id = desk.elena().await;
    let attempt = desk.send(&desk.wish(&id)).await.unwrap();
    for _ in 0..4_000 {
        if matches!(desk.attempt(&attempt).await.state, AttemptState::Queued { tries: 1, .. }) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(sink.mails().is_empty());
    desk.clock.advance(5_000);
    desk.becomes(&attempt, "sent").await;
    assert_eq!(sink.mails().len(), 1);
    working.end().await;
}

#[tokio::test]
async fn what_another_console_left_behind_is_taken_over_and_its_last_byte_is_worth_nothing() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let attempt = desk.send(&desk.wish(&id)).await.unwrap();
        let claimed = desk.notices.claim(Way::Mail).await.unwrap();
        let claiming::Claimed::Job(job) = claimed else { panic!("nothing was taken up") };
        let (_, other) = desk.again_with(keys(KEY));
        other.take_over(&attempt, &desk.notices.0.id).await.unwrap();
        assert!(matches!(desk.attempt(&attempt).await.state, AttemptState::Queued { tries: 1, .. }));
        assert!(!desk.notices.end(&job).await, "it was somebody else's");

        let claimed = other.claim(Way::Mail).await.unwrap();
        let claiming::Claimed::Job(job) = claimed else { panic!("nothing was taken up") };
        assert!(other.end(&job).await);
        desk.notices.take_over(&attempt, &other.0.id).await.unwrap();
        assert_eq!(desk.attempt(&attempt).await.state_word(), "in doubt");
        // Whoever was slow, and not dead, says what it knows too late.
        other.answered(&attempt, domain::notices::Answer::Taken).await;
        assert_eq!(desk.attempt(&attempt).await.state_word(), "in doubt");
    }
}
