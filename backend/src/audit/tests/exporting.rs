use domain::audit::Facts;
use futures::TryStreamExt;

use super::*;

async fn exported(world: &World, filter: Filter, format: Format) -> String {
    let pieces: Vec<_> = export(world.db.clone(), filter, format).try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

#[tokio::test]
async fn no_cell_is_a_formula() {
    for world in testing::worlds().await {
        let bad =
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "|x", "%0", "＝1", "a\"b,c"];
        for name in bad {
            let entry =
                Entry::new("person.invited", Actor::person(name, name), Origin::default()).failed(name);
            write(&world, &entry).await;
        }
        let text = exported(&world, Filter::default(), Format::Csv).await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), 19);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), bad.len());
        for (row, name) in rows.iter().zip(bad) {
            for cell in row {
                let first = cell.trim_start().chars().next();
                assert!(
                    !matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝')),
                    "{name:?} in {row:?}"
                );
            }
        }
        assert_eq!(&rows[9][4], "a\"b,c");
        assert_eq!(&rows[0][1], "2026-11-18T11:06:40.000Z");
    }
}

#[tokio::test]
async fn a_line_holds_the_whole_record_and_its_hash_can_be_computed() {
    for world in testing::worlds().await {
        let before = Facts::from([("role".to_owned(), "viewer\"".to_owned())]);
        let after = Facts::from([
            ("role".to_owned(), "Ünïcode".to_owned()),
            ("api_token".to_owned(), "s3cret".to_owned()),
        ]);
        write(&world, &invited(7).changed(before, after)).await;
        let text = exported(&world, Filter::default(), Format::Ndjson).await;
        assert!(!text.contains("s3cret"));
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!(line["actor_name"], "Ada Lovelace");
        assert_eq!(line["after"]["role"], "Ünïcode");
        assert_eq!(line["after"]["api_token"], "•••");
        assert_eq!(line["reason"], serde_json::Value::Null);
        assert_eq!(line["hash"], head(&world.db).await.unwrap().hash.to_string());
    }
}

#[tokio::test]
async fn a_long_log_comes_in_pieces_and_what_is_written_meanwhile_does_not_lengthen_it() {
    let world = testing::sqlite().await;
    for number in 0..1_100 {
        write(&world, &invited(number)).await;
    }
    let mut pieces = Box::pin(export(world.db.clone(), Filter::default(), Format::Ndjson));
    let first = pieces.try_next().await.unwrap().unwrap();
    assert_eq!(first.iter().filter(|byte| **byte == b'\n').count(), 500);
    write(&world, &invited(1)).await;
    let rest: Vec<_> = pieces.try_collect().await.unwrap();
    let lines = rest.concat().iter().filter(|byte| **byte == b'\n').count();
    assert_eq!((rest.len(), lines), (2, 600));
    let nothing = exported(&world, Filter { verb: Some("x".into()), ..Filter::default() }, Format::Csv).await;
    assert_eq!(nothing.lines().count(), 1, "the head line alone");
}
