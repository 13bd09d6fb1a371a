//! What `/audit` may have to show. Every one is drawn in a test.

use backend::audit::Verified;
use domain::{
    audit::{Actor, Break, Damage, Entry, Facts, Hash, Masked, Object, Operation, Origin, Record},
    time::{HOUR, MINUTE, Millis},
};
use jiff::tz::TimeZone;

use super::{AuditView, ChainState, Filters};
use crate::monitoring::samples::{HOSTILE, NOW};

/// A name, and what is shown.
pub fn samples() -> Vec<(&'static str, AuditView)> {
    vec![
        ("empty", view(&[], Filters::default(), ChainState::NotWalked)),
        ("one", view(&chained(&[invited()]), Filters::default(), whole(1))),
        ("many", view(&chained(&many()), Filters::default(), whole(60))),
        ("nothing-found", view(&[], found_nothing(), whole(60))),
        (
            "bad-filter",
            AuditView {
                problem: Some("“soon” is not a day; write it as 2026-11-24.".into()),
                ..view(&[], bad(), whole(60))
            },
        ),
        ("broken", view(&chained(&[invited()]), Filters::default(), broken())),
        ("long-names", view(&chained(&[long_names()]), Filters::default(), whole(1))),
        ("hostile", view(&chained(&[hostile()]), hostile_filters(), whole(1))),
    ]
}

const PAGE: usize = 50;

fn view(records: &[Record], filters: Filters, chain: ChainState) -> AuditView {
    let head = records
        .first()
        .map_or_else(|| format!("0:{}", Hash::GENESIS), |last| format!("{}:{}", last.sequence, last.hash));
    AuditView::of(records, PAGE, filters, chain, head, NOW, &TimeZone::UTC)
}

/// Oldest first, one a minute; returned newest first.
fn chained(entries: &[Entry]) -> Vec<Record> {
    let mut previous = Hash::GENESIS;
    let mut records = Vec::new();
    for (number, entry) in (1i64..).zip(entries) {
        let record = Record::of(number, Millis(NOW.0 - 2 * HOUR + number * MINUTE), entry, &previous);
        previous = record.hash.parse().unwrap_or(previous);
        records.push(record);
    }
    records.reverse();
    records
}

fn whole(records: u64) -> ChainState {
    ChainState::Whole { at: Millis(NOW.0 - 5 * MINUTE), records }
}

fn broken() -> ChainState {
    let missing = Break { sequence: 7, damage: Damage::Missing };
    ChainState::of(&Verified::Broken(missing), NOW)
}

fn ada() -> Actor {
    Actor::person("01890a5d-ac96-774b-bcce-b302099a8057", "Ada Lovelace")
}

fn origin() -> Origin {
    Origin {
        address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        request_id: Some("0b7e".to_owned()),
    }
}

fn invited() -> Entry {
    let after = Facts::from([("role".to_owned(), "operator".to_owned())]);
    Entry::new("person.invited", ada(), origin())
        .with("people.manage")
        .about(Object::new("person", "p2", "grace@example.com"))
        .changed(Facts::new(), after)
}

fn many() -> Vec<Entry> {
    let changed = Masked::new()
        .shown("role", Some("viewer"), Some("lead"))
        .hidden("e-mail", Some("a@example.com"), Some("b@example.com"))
        .parts();
    let platform = Actor::platform("wedsync");
    let operation = Operation {
        wedding_id: Some("42".to_owned()),
        operation: Some("optimize".to_owned()),
        result_quality: Some(0.91),
        processing_time_ms: Some(3_210),
        recommendations: Some(5),
    };
    let kinds = [
        Entry::new("session.signed_in", ada(), origin()),
        Entry::new("person.changed", ada(), origin())
            .with("people.manage")
            .about(Object::new("person", "p2", "Grace Hopper"))
            .changed(changed.0, changed.1),
        Entry::new("session.signed_in", Actor::nobody(), origin())
            .refused("The e-mail and password do not fit."),
        Entry::new("optimization.reported", platform, Origin::default()).of(operation),
        Entry::new("audit_log.exported", ada(), origin())
            .with("audit.read")
            .failed("The connection was closed."),
    ];
    kinds.iter().cycle().take(PAGE + 10).cloned().collect()
}

fn found_nothing() -> Filters {
    Filters { person: "Grace Hopper".to_owned(), outcome: "failed".to_owned(), ..Filters::default() }
}

fn bad() -> Filters {
    Filters { from: "soon".to_owned(), ..Filters::default() }
}

fn long_names() -> Entry {
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(4);
    let facts = |word: &str| Facts::from([(long.clone(), format!("{word}{long}{long}"))]);
    Entry::new("person.invited", Actor::person(long.clone(), long.clone()), origin())
        .about(Object::new("person", long.clone(), long.clone()))
        .changed(facts("a"), facts("b"))
        .because(long.clone())
}

fn hostile() -> Entry {
    let facts = |word: &str| Facts::from([(HOSTILE.to_owned(), format!("{word}{HOSTILE}"))]);
    let origin = Origin {
        address: Some(HOSTILE.to_owned()),
        user_agent: Some(HOSTILE.to_owned()),
        request_id: Some(HOSTILE.to_owned()),
    };
    Entry::new(HOSTILE, Actor::person(HOSTILE, HOSTILE), origin)
        .about(Object::new("person", HOSTILE, HOSTILE))
        .changed(facts("a"), facts("b"))
        .failed(HOSTILE)
}

fn hostile_filters() -> Filters {
    let text = HOSTILE.to_owned();
    Filters {
        person: text.clone(),
        verb: text.clone(),
        object: text.clone(),
        search: text,
        ..Filters::default()
    }
}
