//! Whatever somebody with the database in their hands does to the log is found, at its place.

use domain::audit::{Break, Damage, Facts, Operation};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::*;

const COLUMNS: [&str; 19] = [
    "sequence",
    "at",
    "verb",
    "actor_kind",
    "actor_id",
    "actor_name",
    "permission",
    "object_kind",
    "object_id",
    "object_name",
    "outcome",
    "reason",
    "before_facts",
    "after_facts",
    "operation",
    "address",
    "user_agent",
    "request_id",
    "hash",
];

#[derive(Clone, Debug)]
enum Deed {
    Change(&'static str),
    /// One text's end becomes the next one's beginning: the letters stay in their order.
    Shift,
    Delete,
    /// With the record after it.
    Swap,
    /// In between, every later record moved up by one.
    Insert,
    /// Before the first.
    InsertBefore,
    /// After the last, with the right link but not with the head.
    Append,
    /// With all after it; the stored head is left as it was.
    Cut,
    /// With all after it, and the stored head put back to fit: only a head kept elsewhere tells.
    CutCleanly,
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-zåß:0-9\\- '\"日]{0,12}")
}

fn entry() -> impl Strategy<Value = Entry> {
    let facts = prop::collection::btree_map("[a-f]{1,3}", "[a-z0-9:\\-\"ö]{0,8}", 0..3);
    let kinds = prop::sample::select(domain::audit::ActorKind::ALL.to_vec());
    (kinds, text(), "[A-Z][a-zé:]{0,9}", (text(), text(), text()), text(), text(), facts.clone(), facts)
        .prop_map(
            |(kind, id, name, (address, user_agent, request_id), object, reason, before, after): (
                _,
                _,
                _,
                _,
                Option<String>,
                Option<String>,
                Facts,
                Facts,
            )| {
                let actor = Actor { kind, id, name };
                let origin = Origin { address, user_agent, request_id };
                let mut entry = Entry::new("person.invited", actor, origin).changed(before, after);
                if let Some(object) = object {
                    entry = entry.about(Object::new("person", object.clone(), format!("{object}1:")));
                    entry = entry.of(Operation { recommendations: Some(3), ..Operation::default() });
                }
                match reason {
                    Some(reason) if reason.len() % 2 == 0 => entry.refused(reason),
                    Some(reason) => entry.failed(reason).with("people.manage"),
                    None => entry,
                }
            },
        )
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => prop::sample::select(COLUMNS.to_vec()).prop_map(Deed::Change),
        1 => Just(Deed::Shift),
        1 => Just(Deed::Delete),
        1 => Just(Deed::Swap),
        1 => Just(Deed::Insert),
        1 => Just(Deed::InsertBefore),
        1 => Just(Deed::Append),
        1 => Just(Deed::Cut),
        1 => Just(Deed::CutCleanly),
    ]
}

/// Every column but the sequence.
fn contents() -> String {
    COLUMNS[1..].join(", ")
}

fn changed(column: &str) -> String {
    match column {
        "sequence" => "sequence + 1000".to_owned(),
        "at" => "at + 1".to_owned(),
        "actor_kind" => "CASE actor_kind WHEN 'person' THEN 'token' ELSE 'person' END".to_owned(),
        "outcome" => "CASE outcome WHEN 'done' THEN 'failed' ELSE 'done' END".to_owned(),
        "hash" => "CASE substr(hash, 1, 1) WHEN '0' THEN '1' ELSE '0' END || substr(hash, 2)".to_owned(),
        // What was empty becomes something, something becomes nothing; nothing becomes empty.
        other => format!("CASE WHEN {other} IS NULL THEN '' WHEN {other} = '' THEN 'x' ELSE '' END"),
    }
}

/// Does it to the record `place` of `count`; what must be found.
async fn tamper(world: &World, deed: &Deed, place: i64, count: i64) -> Break {
    let broken = |sequence, damage| Break { sequence, damage };
    let contents = contents();
    match deed {
        Deed::Change(column) => {
            let sql =
                format!("UPDATE audit_record SET {column} = {} WHERE sequence = {place}", changed(column));
            assert_eq!(world.tamper(&sql).await, 1);
            if *column == "sequence" {
                broken(place, Damage::Missing)
            } else {
                broken(place, Damage::Changed)
            }
        }
        Deed::Shift => {
            let sql = "UPDATE audit_record SET actor_name = substr(actor_name, 2), \
                       actor_id = coalesce(actor_id, '') || substr(actor_name, 1, 1)";
            world.tamper(&format!("{sql} WHERE sequence = {place}")).await;
            broken(place, Damage::Changed)
        }
        Deed::Delete => {
            world.tamper(&format!("DELETE FROM audit_record WHERE sequence = {place}")).await;
            broken(place, if place == count { Damage::CutOff } else { Damage::Missing })
        }
        Deed::Swap => {
            let first = place.min(count - 1).max(1);
            if count == 1 {
                world.tamper("UPDATE audit_record SET sequence = 2").await;
                return broken(1, Damage::Missing);
            }
            for (from, to) in [(first, -7), (first + 1, first), (-7, first + 1)] {
                let sql = format!("UPDATE audit_record SET sequence = {to} WHERE sequence = {from}");
                assert_eq!(world.tamper(&sql).await, 1);
            }
            broken(first, Damage::Changed)
        }
        Deed::Insert => {
            for sequence in (place..=count).rev() {
                let sql = format!(
                    "UPDATE audit_record SET sequence = {} WHERE sequence = {sequence}",
                    sequence + 1
                );
                world.tamper(&sql).await;
            }
            let sql = format!(
                "INSERT INTO audit_record (sequence, {contents}) SELECT {place}, {} FROM audit_record \
                 WHERE sequence = {}",
                contents.replace("actor_name", "'Forger'"),
                place + 1
            );
            world.tamper(&sql).await;
            broken(place, Damage::Changed)
        }
        Deed::InsertBefore => {
            let sql = format!(
                "INSERT INTO audit_record (sequence, {contents}) SELECT 0, {contents} FROM audit_record \
                 WHERE sequence = {place}"
            );
            world.tamper(&sql).await;
            broken(0, Damage::Surplus)
        }
        Deed::Append => {
            let kept = head(&world.db).await.unwrap();
            write(world, &invited(99)).await;
            world.tamper(&format!("UPDATE audit_head SET sequence = {count}, hash = '{}'", kept.hash)).await;
            broken(count + 1, Damage::Surplus)
        }
        Deed::Cut => {
            world.tamper(&format!("DELETE FROM audit_record WHERE sequence >= {place}")).await;
            broken(place, Damage::CutOff)
        }
        Deed::CutCleanly => {
            world.tamper(&format!("DELETE FROM audit_record WHERE sequence >= {place}")).await;
            let hash = format!(
                "coalesce((SELECT hash FROM audit_record WHERE sequence = {}), '{}')",
                place - 1,
                domain::audit::Hash::GENESIS
            );
            world.tamper(&format!("UPDATE audit_head SET sequence = {}, hash = {hash}", place - 1)).await;
            assert_eq!(whole(&verify(&world.db, None).await.unwrap()).1, (place - 1).unsigned_abs());
            broken(place, Damage::CutOff)
        }
    }
}

#[tokio::test]
async fn every_tampering_is_found_at_its_place() {
    let logs = prop::collection::vec(entry(), 1..9);
    let mut runner = TestRunner::deterministic();
    for world in testing::worlds().await {
        for round in 0..8 {
            world.tamper("DELETE FROM audit_record").await;
            world
                .tamper(&format!(
                    "UPDATE audit_head SET sequence = 0, hash = '{}'",
                    domain::audit::Hash::GENESIS
                ))
                .await;
            let log = logs.new_tree(&mut runner).unwrap().current();
            for (number, entry) in log.iter().enumerate() {
                write_at(&world, START + number as i64, entry).await;
            }
            let kept = head(&world.db).await.unwrap();
            let count = kept.sequence;
            assert_eq!(whole(&verify(&world.db, Some(kept)).await.unwrap()), (kept, log.len() as u64));
            world.tamper("CREATE TABLE kept_record AS SELECT * FROM audit_record").await;
            // Every column once in each log, and as many other deeds.
            let others = (0..20).map(|_| deed().new_tree(&mut runner).unwrap().current());
            let deeds: Vec<Deed> = COLUMNS.iter().map(|column| Deed::Change(column)).chain(others).collect();
            for deed in deeds {
                let place = (1..=count).new_tree(&mut runner).unwrap().current();
                let expected = tamper(&world, &deed, place, count).await;
                let found = verify(&world.db, Some(kept)).await.unwrap();
                let about = format!("{} {round}: {deed:?} at {place} of {count}: {log:#?}", world.name);
                assert_eq!(found, Verified::Broken(expected), "{about}");
                world.tamper("DELETE FROM audit_record").await;
                world.tamper("INSERT INTO audit_record SELECT * FROM kept_record").await;
                let sql = format!("UPDATE audit_head SET sequence = {count}, hash = '{}'", kept.hash);
                world.tamper(&sql).await;
            }
            assert_eq!(whole(&verify(&world.db, Some(kept)).await.unwrap()).0, kept);
            world.tamper("DROP TABLE kept_record").await;
        }
    }
}

/// The owner of the database computes every hash anew: no link is broken, but the head kept elsewhere is another.
#[tokio::test]
async fn a_chain_written_anew_is_not_the_one_that_was_kept() {
    for world in testing::worlds().await {
        for number in 0..3 {
            write(&world, &invited(number)).await;
        }
        let kept = head(&world.db).await.unwrap();
        world.tamper("DELETE FROM audit_record").await;
        world
            .tamper(&format!("UPDATE audit_head SET sequence = 0, hash = '{}'", domain::audit::Hash::GENESIS))
            .await;
        for number in 5..9 {
            write(&world, &invited(number)).await;
        }
        whole(&verify(&world.db, None).await.unwrap());
        let found = verify(&world.db, Some(kept)).await.unwrap();
        assert_eq!(found, Verified::Broken(Break { sequence: 3, damage: Damage::NotTheHead }));
    }
}

/// SQLite takes bytes and words where numbers and texts belong; those before them are still believed.
#[tokio::test]
async fn what_cannot_be_read_is_found_where_it_stands() {
    let world = testing::sqlite().await;
    for deed in [
        "reason = CAST(x'ff41' AS TEXT)",
        "reason = x'ff41'",
        "reason = 'a' || char(0) || 'b'",
        "at = 'soon'",
        "at = 1.5",
    ] {
        let world = testing::sqlite().await;
        for number in 0..4 {
            write(&world, &invited(number)).await;
        }
        world.tamper(&format!("UPDATE audit_record SET {deed} WHERE sequence = 3")).await;
        let found = verify(&world.db, None).await.unwrap();
        assert_eq!(found, Verified::Broken(Break { sequence: 3, damage: Damage::Changed }), "{deed}");
    }
    write(&world, &invited(1)).await;
    world.tamper("UPDATE audit_record SET sequence = 'one'").await;
    let found = verify(&world.db, None).await.unwrap();
    assert_eq!(found, Verified::Broken(Break { sequence: 1, damage: Damage::Changed }));
}
