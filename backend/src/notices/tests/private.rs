use super::*;
use crate::{crises::CaseRefused, sealing::Locked};

const OTHER_KEY: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const PLANTED: [&str; 4] =
    ["Lindqvist", "elena.lindqvist@example.com", "They want it in writing", "florist Rosengard"];

/// Whether a text stands in these bytes in plain, in UTF-16, or in base64 at any of its three beginnings.
fn is_in(bytes: &[u8], text: &str) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let in_base64 = (0..3).any(|before| {
        let padded = [&vec![b'x'; before], text.as_bytes()].concat();
        let written = STANDARD_NO_PAD.encode(&padded);
        let (from, letters) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        has(&written.as_bytes()[from..letters])
    });
    has(text.as_bytes()) || has(&utf16) || in_base64
}

/// A notice with everything personal that there is, sent; its case.
async fn planted(desk: &Desk) -> (CaseId, AttemptId) {
    let id = desk.elena().await;
    let mut wish = desk.wish(&id);
    wish.reason = "They want it in writing".to_owned();
    wish.purpose = Purpose::WeHaveAPlan;
    wish.filled.plan = "Another florist than florist Rosengard comes".to_owned();
    let attempt = desk.send(&wish).await.unwrap();
    (id, attempt)
}

#[tokio::test]
async fn nothing_that_they_were_told_is_on_the_disk() {
    let sink = Sink::new().await;
    let desk = Desk::of(testing::sqlite().await, sink.address()).await;
    let (_, attempt) = planted(&desk).await;
    let working = Working::start(&desk.notices);
    desk.becomes(&attempt, "sent").await;
    working.end().await;
    let leaks = |desk: &Desk| -> Vec<&'static str> {
        let files = desk.world.on_disk();
        assert!(files.iter().any(|(_, bytes)| bytes.len() > 10_000), "the database is not there");
        PLANTED.into_iter().filter(|text| files.iter().any(|(_, bytes)| is_in(bytes, text))).collect()
    };
    assert_eq!(leaks(&desk), Vec::<&str>::new());
    // The scan would find one.
    desk.world.tamper("UPDATE notice_attempt SET batch = 'Lindqvist'").await;
    assert_eq!(leaks(&desk), ["Lindqvist"]);
}

#[tokio::test]
async fn a_lost_or_wrong_key_locks_and_nothing_is_written_in_plain() {
    for desk in desks(nowhere()).await {
        let (id, attempt) = planted(&desk).await;
        for keys in [Vec::new(), keys(OTHER_KEY)] {
            let (_, locked) = desk.again_with(keys);
            let (work, see) = (desk.work(), desk.see());
            let refused = locked.preview(&work, &see, &desk.wish(&id)).await.unwrap_err();
            assert!(matches!(refused, NoticeRefused::Locked(_)), "{refused}");
            let refused = locked.send(&work, &see, desk.wish(&id), "").await.unwrap_err();
            assert!(matches!(refused, NoticeRefused::Locked(_)), "{refused}");
            let refused = locked.read(&see, &attempt).await.unwrap_err();
            assert!(matches!(refused, NoticeRefused::Locked(_)), "{refused}");
            let shown = locked.of_case(&desk.status(), Some(&see), &id).await.unwrap();
            assert_eq!(
                (shown.rows.len(), shown.rows[0].to.clone(), shown.locked.is_empty()),
                (1, None, false)
            );
            let refused = locked.share_page(&work, &see, &id).await.err().unwrap();
            assert!(matches!(refused, NoticeRefused::Locked(_)), "{refused}");
            // It waits for the key, and costs no try.
            assert!(matches!(locked.claim(Way::Mail).await, Ok(claiming::Claimed::Locked(_))));
            assert!(matches!(desk.attempt(&attempt).await.state, AttemptState::Queued { tries: 0, .. }));
        }
    }
}

#[tokio::test]
async fn what_was_changed_outside_is_named_and_holds_up_nobody_else() {
    for desk in desks(nowhere()).await {
        let (_, attempt) = planted(&desk).await;
        let other = desk.couple("Ada & Nils", "ada@example.com").await;
        let next = desk.send(&desk.wish(&other)).await.unwrap();
        let sql = format!("UPDATE notice_attempt SET address = reason WHERE id = '{}'", attempt.0);
        assert_eq!(desk.world.tamper(&sql).await, 1);
        let refused = desk.notices.read(&desk.see(), &attempt).await.unwrap_err();
        let said =
            format!("Locked: notice_attempt.address of {} was changed outside of the console.", attempt.0);
        assert_eq!(refused.to_string(), said);
        assert!(matches!(desk.notices.claim(Way::Mail).await, Ok(claiming::Claimed::Again)));
        let claimed = desk.notices.claim(Way::Mail).await.unwrap();
        assert!(matches!(claimed, claiming::Claimed::Job(job) if job.id == next));
    }
}

#[tokio::test]
async fn an_erased_couple_is_told_nothing_more_and_what_they_were_told_is_gone() {
    for desk in desks(nowhere()).await {
        let (id, queued) = planted(&desk).await;
        let told = desk.send(&desk.wish(&id)).await.unwrap();
        let claimed = desk.notices.claim(Way::Mail).await.unwrap();
        let claiming::Claimed::Job(job) = claimed else { panic!("nothing was taken up") };
        let link = desk.notices.of_case(&desk.status(), Some(&desk.see()), &id).await.unwrap().page.unwrap();
        desk.cases.erase(&desk.work(), &id, "they asked for it").await.unwrap();
        // What was just being sent is broken off before its end.
        assert!(!desk.notices.end(&job).await);
        desk.notices.answered(&job.id, domain::notices::Answer::Cut).await;
        for attempt in [&queued, &told] {
            assert_eq!(desk.attempt(attempt).await.state_word(), "withdrawn");
            let refused = desk.notices.read(&desk.see(), attempt).await.unwrap_err();
            assert!(matches!(refused, NoticeRefused::Locked(Locked::Destroyed { .. })), "{refused}");
        }
        let nothing =
            "UPDATE notice_attempt SET version = version WHERE address IS NOT NULL OR words IS NOT NULL
            OR subject IS NOT NULL OR html IS NOT NULL OR language IS NOT NULL OR reason IS NOT NULL";
        assert_eq!(desk.world.tamper(nothing).await, 0);
        let shown = desk.notices.of_case(&desk.status(), Some(&desk.see()), &id).await.unwrap();
        assert!(shown.rows.iter().all(|row| row.to.is_none() && !row.has_text));
        assert!(!shown.has_page && shown.promised.is_none());
        use secrecy::ExposeSecret;
        let token = link.address.expose_secret().rsplit('/').next().unwrap().to_owned();
        assert_eq!(desk.notices.page(&token.into()).await.unwrap(), None);
        let refused = desk.notices.preview(&desk.work(), &desk.see(), &desk.wish(&id)).await.unwrap_err();
        assert!(matches!(refused, NoticeRefused::Locked(Locked::Destroyed { .. })), "{refused}");
        let refused = desk.notices.share_page(&desk.work(), &desk.see(), &id).await.err().unwrap();
        assert!(matches!(refused, NoticeRefused::Case(CaseRefused::Refusal(_))), "{refused}");
    }
}

#[tokio::test]
async fn nothing_personal_shows_in_a_debug_print() {
    let desk = Desk::of(testing::sqlite().await, nowhere()).await;
    let (id, attempt) = planted(&desk).await;
    let mut wish = desk.wish(&id);
    wish.filled.plan = "florist Rosengard".to_owned();
    wish.edited = Some(Edited { subject: "Lindqvist".to_owned(), text: "Lindqvist".to_owned() });
    let read = desk.notices.read(&desk.see(), &attempt).await.unwrap();
    let rows = desk.rows(&id).await;
    let seen = desk.preview(&wish).await;
    for printed in [format!("{wish:?}"), format!("{rows:?}"), format!("{read:?}"), format!("{seen:?}")] {
        for text in PLANTED {
            assert!(!printed.contains(text), "{text}: {printed}");
        }
    }
}
