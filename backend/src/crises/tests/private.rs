use domain::crises::Field;

use super::*;
use crate::sealing::Locked;

const NAMES: &str = "Elena Lindqvist & Marcus Borg";
/// All that is planted; the parts that can be searched for.
const PLANTED: [&str; 7] = [
    "Lindqvist",
    "elena.lindqvist@example.com",
    "+46701234118",
    "florist Rosengard",
    "Gewitter am Nachmittag",
    "guest-list.txt",
    "Aunt Theodora",
];

/// Whether a text stands in these bytes in plain, in UTF-16, or in base64 at any of its three beginnings.
fn is_in(bytes: &[u8], text: &str) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let in_base64 = (0..3).any(|before| {
        let padded = [&vec![b'x'; before], text.as_bytes()].concat();
        let written = STANDARD_NO_PAD.encode(&padded);
        // The first letters and the last one depend on what stands beside it.
        let from = (before * 8).div_ceil(6);
        let letters = padded.len() * 8 / 6;
        has(&written.as_bytes()[from..letters])
    });
    has(text.as_bytes()) || has(&utf16) || in_base64
}

async fn planted(desk: &Desk) -> CaseId {
    desk.take_in(&[crisis("CR-1")]).await;
    let (cases, work, id) = (&desk.cases, desk.work(), desk.only().await.case.id);
    cases.note(&work, &id, "Gewitter am Nachmittag").await.unwrap();
    let file = NewFile { name: "guest-list.txt".to_owned(), content: b"Aunt Theodora\nUncle Bo\n".to_vec() };
    cases.attach(&work, &id, file).await.unwrap();
    id
}

#[tokio::test]
async fn nothing_personal_is_on_the_disk() {
    let desk = Desk::of(testing::sqlite().await, keys(KEY)).await;
    planted(&desk).await;
    let leaks = |desk: &Desk| -> Vec<&'static str> {
        let files = desk.world.on_disk();
        assert!(files.iter().any(|(_, bytes)| bytes.len() > 10_000), "the database is not there");
        PLANTED.into_iter().filter(|text| files.iter().any(|(_, bytes)| is_in(bytes, text))).collect()
    };
    assert_eq!(leaks(&desk), Vec::<&str>::new());
    // The scan would find one, in each of the three ways of writing it.
    use base64::{Engine, engine::general_purpose::STANDARD};
    desk.world.tamper("UPDATE crisis_case SET troubles = 'Lindqvist'").await;
    assert_eq!(leaks(&desk), ["Lindqvist"]);
    let hidden = STANDARD.encode("yes, Aunt Theodora came");
    desk.world.tamper(&format!("UPDATE crisis_case SET troubles = '{hidden}'")).await;
    assert!(leaks(&desk).contains(&"Aunt Theodora"));
    let wide: Vec<u8> = "florist Rosengard".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(is_in(&wide, "florist Rosengard"));
}

#[tokio::test]
async fn a_look_is_on_record_with_what_was_looked_at_and_a_page_shows_a_mask() {
    for desk in desks().await {
        let id = planted(&desk).await;
        let shown = desk.shown(&id).await;
        let masked = shown.couple.unwrap();
        assert_eq!(masked.emails, ["e\u{2022}\u{2022}\u{2022}@example.com"]);
        assert_eq!(masked.phones, ["\u{2022}\u{2022}\u{2022} 118"]);
        assert_eq!(shown.files[0].name.as_deref(), Some("guest-list.txt"));
        let blind = desk.cases.one(&desk.priya.permit().unwrap(), None, &id).await.unwrap();
        assert_eq!((blind.couple, blind.files[0].name.clone()), (None, None));
        assert!(blind.story.iter().all(|(_, line)| line.text.is_none()));

        let seen = desk.cases.reveal(&desk.see(), &id, &[Field::Names, Field::Email]).await.unwrap();
        assert_eq!((seen.couple.names.expose(), seen.couple.phones.len()), (NAMES, 0));
        assert!(!format!("{seen:?}").contains("Lindqvist"));
        let records = audit::page(&desk.world.db, &audit::Filter::default(), None, 1).await.unwrap();
        assert_eq!(records[0].sentence(), "Priya (by a test) looked at the couple of case CR-1");
        assert!(records[0].after_facts.as_deref().unwrap().contains("names, e-mail address"));
        let read = desk.cases.download(&desk.see(), &id, &shown.files[0].id).await.unwrap();
        assert_eq!(
            (&read.content[..13], read.media_type.as_str()),
            (&b"Aunt Theodora"[..], "text/plain; charset=utf-8")
        );
        assert_eq!(desk.sentences().await[0], "Priya (by a test) read a file of case CR-1");
    }
}

#[tokio::test]
async fn an_erased_couple_is_gone_and_the_case_stays() {
    for desk in desks().await {
        let (id, cases, work) = (planted(&desk).await, &desk.cases, desk.work());
        assert!(cases.erase(&work, &id, " ").await.is_err());
        let erased = cases.erase(&work, &id, "they asked for it").await.unwrap();
        assert!(erased.had_key && erased.stored.couple == CoupleState::Erased);
        assert!(cases.erase(&work, &id, "they asked for it").await.is_err());
        let looked = cases.reveal(&desk.see(), &id, &[Field::Names]).await.unwrap_err();
        assert!(matches!(looked, CaseRefused::Locked(Locked::Destroyed { .. })), "{looked}");
        let shown = desk.shown(&id).await;
        assert_eq!((shown.couple, shown.stored.case.of.key()), (None, "vendor_cancelled"));
        assert!(shown.files[0].is_removed && shown.story.iter().all(|(_, line)| line.text.is_none()));
        assert_eq!(desk.world.tamper("DELETE FROM crisis_name_index").await, 0);
        // The platform still tells them; they are not taken in again.
        assert_eq!(desk.take_in(&[crisis("CR-1")]).await, TakenIn::default());
        let changed = with(crisis("CR-1"), "/couple/names", "Elena Lindqvist-Borg");
        assert_eq!(desk.take_in(&[changed]).await, TakenIn::default());
        assert_eq!(
            desk.world.tamper("UPDATE crisis_case SET version = version WHERE couple_names IS NULL").await,
            1
        );
    }
}

#[tokio::test]
async fn the_wrong_key_locks_and_what_was_changed_outside_is_named() {
    for desk in desks().await {
        let id = planted(&desk).await;
        let wrong = desk.again_with(keys(OTHER_KEY));
        let looked = wrong.reveal(&desk.see(), &id, &[Field::Names]).await.unwrap_err();
        assert!(matches!(looked, CaseRefused::Locked(Locked::OtherKey { .. })), "{looked}");
        let shown = wrong.one(&desk.priya.permit().unwrap(), Some(&desk.see()), &id).await.unwrap();
        assert!(shown.couple.is_none() && shown.locked.len() == 1);
        desk.world.tamper("UPDATE crisis_case SET couple_names = couple_phones").await;
        let looked = desk.cases.reveal(&desk.see(), &id, &[Field::Names]).await.unwrap_err().to_string();
        assert_eq!(
            looked,
            format!("Locked: crisis_case.couple_names of {id} was changed outside of the console.")
        );
    }
}

#[tokio::test]
async fn couples_past_their_keeping_are_erased() {
    for desk in desks().await {
        let (id, cases) = (planted(&desk).await, &desk.cases);
        desk.clock.advance(390 * domain::time::DAY);
        assert_eq!(cases.retain().await.unwrap(), 0);
        desk.clock.advance(10 * domain::time::DAY);
        // It is open: whoever works on it needs them.
        assert_eq!(cases.retain().await.unwrap(), 0);
        let over = desk.opened().await;
        cases.merge(&desk.work(), &id, &over).await.unwrap();
        assert_eq!((cases.retain().await.unwrap(), cases.retain().await.unwrap()), (1, 0));
        assert_eq!(desk.sentences().await[0], "Retention erased the couple of case CR-1");
    }
}

#[test]
fn files_are_taken_by_what_they_are() {
    use super::super::files::media_type;
    assert_eq!(media_type(b"%PDF-1.7 ..."), Ok("application/pdf"));
    assert_eq!(media_type(b"\x89PNG\r\n\x1a\n...."), Ok("image/png"));
    assert_eq!(media_type(b"<html><script>"), Ok("text/plain; charset=utf-8"));
    assert_eq!(media_type(b"MZ\x90\x00"), Err(FileRefused::NoType));
    assert_eq!(media_type(b"PK\x03\x04 anything"), Err(FileRefused::NoType));
    assert_eq!(media_type(b""), Err(FileRefused::Empty));
    assert_eq!(media_type(&vec![b'a'; LARGEST_FILE + 1]), Err(FileRefused::TooLarge));
}

/// As a start does it with a backup from before the erasure: the journal destroys the data key first.
#[tokio::test]
async fn a_couple_that_came_back_with_a_backup_is_erased_to_the_end() {
    for desk in desks().await {
        let (id, cases) = (planted(&desk).await, &desk.cases);
        assert_eq!(cases.finish_erasures().await.unwrap(), 0);
        let line = format!("{{\"owner\":\"{id}\",\"at_ms\":{}}}\n", desk.clock.now().0);
        std::fs::write(desk.world.folder().join("erasures.ndjson"), line).unwrap();
        assert_eq!(cases.sealing().keep_erasures().await.unwrap().destroyed_again, 1);
        assert_eq!(cases.finish_erasures().await.unwrap(), 1);
        assert_eq!(desk.sentences().await[0], "The journal of erasures erased the couple of case CR-1");
        let shown = desk.shown(&id).await;
        assert_eq!((shown.stored.couple, shown.couple), (CoupleState::Erased, None));
        assert!(shown.files[0].is_removed && shown.story.iter().all(|(_, line)| line.text.is_none()));
        assert_eq!(
            desk.world.tamper("DELETE FROM crisis_name_index").await,
            0,
            "nobody finds them by their name"
        );
        assert_eq!(cases.finish_erasures().await.unwrap(), 0);
    }
}
