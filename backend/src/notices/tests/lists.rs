use domain::notices::Fate;

use super::*;

/// Reads one page after the other, so many on each, until there is nothing older.
async fn all(desk: &Desk, fate: Option<Fate>, most: u16) -> Vec<ToldRow> {
    let mut rows: Vec<ToldRow> = Vec::new();
    loop {
        let before = rows.last().map(|row| row.attempt.id.clone());
        let page = desk.notices.newest(&desk.status(), None, fate, before.as_ref(), most).await.unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

#[tokio::test]
async fn pages_of_older_ones_skip_nothing_and_double_nothing() {
    for desk in desks(nowhere()).await {
        // Every third is taken back, every third was a call, the others wait.
        for number in 0..24 {
            let case = desk.couple(NAMES, &format!("couple{number}@example.com")).await;
            let call = Called {
                case: case.clone(),
                purpose: Purpose::WeKnow,
                reached: number % 2 == 0,
                to: None,
                said: String::new(),
                promised_at: None,
                reason: String::new(),
            };
            match number % 3 {
                0 => drop(desk.notices.called(&desk.work(), call).await.unwrap()),
                rest => {
                    let attempt = desk.send(&desk.wish(&case)).await.unwrap();
                    if rest == 1 {
                        desk.notices.withdraw(&desk.work(), &attempt).await.unwrap();
                    }
                }
            }
        }
        let whole = all(&desk, None, 1_000).await;
        let expected = [
            (Fate::Waiting, 8),
            (Fate::TakenBack, 8),
            (Fate::Delivered, 4),
            (Fate::Failed, 4),
            (Fate::InDoubt, 0),
            (Fate::Sent, 0),
            (Fate::Drafted, 0),
        ];
        assert_eq!(whole.len(), 24);
        assert!(whole.is_sorted_by(|newer, older| newer.attempt.id > older.attempt.id));
        for most in [1, 3, 7] {
            assert_eq!(all(&desk, None, most).await, whole, "{most} on a page");
            for (fate, many) in expected {
                let own: Vec<ToldRow> =
                    whole.iter().filter(|row| Fate::of(&row.attempt.state) == fate).cloned().collect();
                assert_eq!(own.len(), many, "{fate:?}");
                assert_eq!(all(&desk, Some(fate), most).await, own, "{fate:?}, {most} on a page");
            }
        }
    }
}

#[tokio::test]
async fn everybody_in_a_press_is_on_one_of_its_pages_and_what_needs_somebody_is_on_the_first() {
    for desk in desks(nowhere()).await {
        let mut cases = Vec::new();
        for number in 0..103 {
            cases.push(desk.couple(NAMES, &format!("couple{number}@example.com")).await);
        }
        let wish = BulkWish { filled: desk.wish(&cases[0]).filled, purpose: Purpose::WeKnow, cases };
        let seen = desk.notices.list(&desk.work(), &desk.see(), &wish).await.unwrap().seen;
        let pressed = desk.notices.send_all(&desk.work(), &desk.see(), wish.clone(), &seen).await.unwrap();
        // The last one that was pressed is the one that fails; another one is taken back.
        let newest = desk.notices.newest(&desk.status(), None, None, None, 2).await.unwrap();
        let mut tx = desk.world.db.begin().await.unwrap();
        let mut failed = store::one(&mut *tx, &newest[0].attempt.id).await.unwrap().unwrap();
        failed.attempt.intend(START).unwrap();
        failed.attempt.answered(domain::notices::Answer::Never { code: 550 }, 0, START).unwrap();
        store::update(&mut tx, &mut failed).await.unwrap();
        tx.commit().await.unwrap();
        desk.notices.withdraw(&desk.work(), &newest[1].attempt.id).await.unwrap();
        desk.cases.set_contact(&desk.work(), &wish.cases[1], false, "they asked").await.unwrap();

        let page = async |number| {
            let (status, see) = (desk.status(), desk.see());
            desk.notices.progress(&status, Some(&see), &pressed.batch, number).await.unwrap()
        };
        let (first, second) = (page(0).await, page(1).await);
        assert_eq!(first.counts.words(), "101 waiting, 1 failed, 1 taken back");
        assert_eq!((first.counts.all(), first.purpose), (103, Some(Purpose::WeKnow)));
        assert_eq!((first.rows.len(), second.rows.len()), (ON_A_PAGE, 3));
        assert_eq!(first.rows[0].attempt.id, failed.attempt.id, "what failed comes first");
        assert_eq!((&first.rows[1].case, &first.rows[2].case), (&wish.cases[0], &wish.cases[1]));
        assert_eq!(second.rows[2].attempt.id, newest[1].attempt.id, "what is over comes last");
        let silent: Vec<&CaseId> =
            first.rows.iter().filter(|row| row.no_contact).map(|row| &row.case).collect();
        assert_eq!(silent, [&wish.cases[1]]);
        assert_eq!(first.rows[1].to.as_deref(), Some("c\u{2022}\u{2022}\u{2022}@example.com"));
        let mut ids: Vec<&AttemptId> =
            first.rows.iter().chain(&second.rows).map(|row| &row.attempt.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 103, "everybody, once");
        let beyond = page(4_000_000_000).await;
        assert_eq!((beyond.page, beyond.rows), (1, second.rows), "beyond the last one is the last one");
    }
}
