use super::*;

#[tokio::test]
async fn everybody_is_listed_and_one_press_sends_each_their_own() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let before = sink.mails().len();
        let (one, two) = (desk.couple("Ada & Nils", "ada@example.com").await, desk.elena().await);
        let refused = desk.couple("Nobody & Noone", "nobody@example.com").await;
        let none = desk.couple("Bo & Kim", "").await;
        let wish = BulkWish {
            cases: vec![one.clone(), none.clone(), two.clone(), refused.clone(), one.clone()],
            purpose: Purpose::WeKnow,
            filled: desk.wish(&one).filled,
        };
        let (work, see) = (desk.work(), desk.see());
        let list = desk.notices.list(&work, &see, &wish).await.unwrap();
        assert_eq!((list.rows.len(), list.ready), (4, 3));
        let why = list.rows[1].ready.as_ref().unwrap_err();
        assert_eq!(why, "There is no address that can be used.");
        let (to, letter) = list.rows[2].ready.as_ref().unwrap();
        assert!(to.expose() == MAIL && letter.text.expose().contains(NAMES));

        // Somebody tells one of them meanwhile.
        let attempt = desk.send(&desk.wish(&two)).await.unwrap();
        let stale = desk.notices.send_all(&work, &see, wish.clone(), &list.seen).await.unwrap_err();
        assert_eq!(
            stale.to_string(),
            format!("Nothing was sent, because what you saw changed for {two}. Look at it again.")
        );
        desk.notices.withdraw(&work, &attempt).await.unwrap();
        let seen = desk.notices.list(&work, &see, &wish).await.unwrap().seen;
        let pressed = desk.notices.send_all(&work, &see, wish.clone(), &seen).await.unwrap();
        assert_eq!(pressed.queued, 3);
        let again = desk.notices.send_all(&work, &see, wish.clone(), &seen).await.unwrap_err();
        assert!(matches!(again, NoticeRefused::SomeChanged(_)), "{again}");
        let progress = desk.notices.progress(&desk.status(), None, &pressed.batch, 0).await.unwrap();
        assert_eq!((progress.counts.words().as_str(), progress.oldest), ("3 waiting", Some(START)));

        let working = Working::start(&desk.notices);
        let mut words = String::new();
        for _ in 0..2_000 {
            let progress =
                desk.notices.progress(&desk.status(), Some(&see), &pressed.batch, 0).await.unwrap();
            words = progress.counts.words();
            if words == "2 sent, 1 failed" {
                assert_eq!((progress.rows.len(), &progress.rows[0].case), (3, &refused), "it comes first");
                assert_eq!(progress.rows[0].to.as_deref(), Some("n\u{2022}\u{2022}\u{2022}@example.com"));
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(words, "2 sent, 1 failed");
        assert_eq!(sink.mails().len(), before + 2);
        let none = desk.notices.progress(&desk.status(), None, "none", 0).await.unwrap();
        assert_eq!(none.counts.words(), "nobody is to be told");
        working.end().await;
    }
}

/// How long that takes is a matter of the benchmark.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_leave_over_four_connections_in_their_order() {
    let sink = Sink::new().await;
    let desk = Desk::of(testing::sqlite().await, sink.address()).await;
    let mut cases = Vec::new();
    for number in 0..500 {
        cases.push(desk.couple(NAMES, &format!("couple{number}@example.com")).await);
    }
    let wish = BulkWish { purpose: Purpose::WeKnow, filled: desk.wish(&cases[0]).filled, cases };
    let (work, see) = (desk.work(), desk.see());
    let seen = desk.notices.list(&work, &see, &wish).await.unwrap().seen;
    let pressed = desk.notices.send_all(&work, &see, wish, &seen).await.unwrap();
    assert_eq!(pressed.queued, 500);
    let working = Working::start(&desk.notices);
    let mails = sink.after(500).await;
    let (most, all) = sink.connections();
    assert!(most <= 4 && all <= 4, "{most} of {all} connections");
    for (place, mail) in mails.iter().enumerate() {
        let number: usize = mail.to.trim_start_matches("couple").split('@').next().unwrap().parse().unwrap();
        assert!(place.abs_diff(number) < 16, "{} left as the {place}th", mail.to);
    }
    for _ in 0..2_000 {
        let progress = desk.notices.progress(&desk.status(), None, &pressed.batch, 0).await.unwrap();
        if progress.counts.sent == 500 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let progress = desk.notices.progress(&desk.status(), None, &pressed.batch, 0).await.unwrap();
    assert_eq!(progress.counts.words(), "500 sent");
    working.end().await;
}
