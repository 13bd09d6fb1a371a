//! Backups of other consoles: older ones are brought to this schema, newer ones are refused.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};

use super::*;

/// Written by a console that had only these migrations; a later one changes rows.
#[tokio::test]
async fn a_backup_of_any_older_schema_is_brought_to_this_one() {
    for schema in 2..=newest_schema() {
        for (from, to) in bare_worlds().await.into_iter().zip(bare_worlds().await) {
            from.db.migrate_to(schema).await.unwrap();
            from.tamper("INSERT INTO daily_figures (platform, day, figures, taken_at) VALUES ('p', '2026-11-30', '{}', 1)").await;
            if (15..18).contains(&schema) {
                from.tamper(
                    "INSERT INTO crisis_case (id, platform, mark, present, type, state, open, severity, detected_at,
                         opened_at, untold, waits_for_run, automatic, couple, document, troubles, version)
                     VALUES ('c1', 'wedsync', '', 0, 'weather', 'detected', 1, 4, 77, 1, 1, 0, 0, 'none', '{}', '[]', 1)",
                )
                .await;
            }
            let file = from.folder().join("backup");
            let made = make(&from.db, START, &file, false).await.unwrap();
            assert_eq!(made.header.schema, schema);
            let done = restored(&to, &file).await.unwrap();
            assert!(matches!(done.audit, Verified::Whole { .. }), "schema {schema}: {:?}", done.audit);
            let version = numbers(&to, &format!("SELECT MAX(version) FROM {}", store::MIGRATIONS)).await;
            assert_eq!(version, [newest_schema()], "schema {schema}");
            assert_eq!(numbers(&to, "SELECT taken_at FROM daily_figures").await, [1]);
            if (15..18).contains(&schema) {
                assert_eq!(numbers(&to, "SELECT untold_at FROM crisis_case").await, [77], "schema {schema}");
            }
        }
    }
}

#[tokio::test]
async fn a_database_that_is_further_on_is_no_place_for_it() {
    let from = bare_worlds().await.remove(0);
    from.db.migrate_to(12).await.unwrap();
    let file = from.folder().join("backup");
    make(&from.db, START, &file, false).await.unwrap();
    for to in worlds().await {
        let error = restored(&to, &file).await.unwrap_err();
        assert!(matches!(error, BackupError::Ahead { schema: 12, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_newer_backup_says_which_console_reads_it() {
    let from = sqlite().await;
    let file = from.folder().join("backup");
    make(&from.db, START, &file, false).await.unwrap();
    let to = bare_worlds().await.remove(0);
    let mut lines = lines(&file);
    let whole = lines[0].clone();
    let known = newest_schema();
    let version = env!("CARGO_PKG_VERSION");
    for (change, by, words) in [
        (
            format!("\"schema\":{known}"),
            "\"schema\":900".to_owned(),
            format!(
                "the backup was written by Bellwether {version}, with schema 900; this console knows none after {known}"
            ),
        ),
        (
            "\"format\":1".to_owned(),
            "\"format\":2".to_owned(),
            format!("it was written by {version} in a format that this console does not know"),
        ),
        ("bellwether backup".to_owned(), "recipes".to_owned(), "its first line is no header".to_owned()),
        (
            "\"table\":\"poll\"".to_owned(),
            "\"table\":\"enquiries\"".to_owned(),
            "it says nothing of the table poll".to_owned(),
        ),
        (
            "\"weddings_today\"".to_owned(),
            "\"weddings\"".to_owned(),
            "the columns of poll are others".to_owned(),
        ),
    ] {
        lines[0] = whole.replace(&change, &by);
        assert_ne!(lines[0], whole, "{change}");
        write(&file, &lines);
        let error = restored(&to, &file).await.unwrap_err().to_string();
        assert!(error.contains(&words), "{error}");
    }
}

/// As another console would have written these lines, with the digest that belongs to them.
fn write(file: &Path, lines: &[String]) {
    use sha2::{Digest, Sha256};
    let text: String = lines[..lines.len() - 1].iter().map(|line| format!("{line}\n")).collect();
    let text = text.replace(
        "{\"table\":\"poll\"}\n",
        match lines[0].contains("\"enquiries\"") {
            true => "{\"table\":\"enquiries\"}\n",
            false => "{\"table\":\"poll\"}\n",
        },
    );
    let digest: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut trailer: format::Trailer = serde_json::from_str(lines.last().unwrap()).unwrap();
    trailer.sha256 = digest;
    if lines[0].contains("\"enquiries\"") {
        let rows = trailer.rows.remove("poll").unwrap();
        trailer.rows.insert("enquiries".to_owned(), rows);
    }
    let mut out = GzEncoder::new(fs::File::create(file).unwrap(), Compression::fast());
    writeln!(out, "{text}{}", serde_json::to_string(&trailer).unwrap()).unwrap();
    out.finish().unwrap();
}
