//! What `/audit` shows, in the screen's words.

use std::collections::BTreeSet;

use backend::audit::Verified;
use domain::{
    audit::{Operation, Outcome, Record},
    time::Millis,
};
use jiff::tz::TimeZone;

use super::Filters;
use crate::when;

/// Everything on the page.
#[derive(Clone, Debug)]
pub struct AuditView {
    pub now: Millis,
    pub filters: Filters,
    /// What is wrong with the filters, as a sentence.
    pub problem: Option<String>,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Where the older records are, when there are any.
    pub older: Option<String>,
    pub chain: ChainState,
    /// `SEQUENCE:HASH`, to be kept elsewhere.
    pub head: String,
    pub csv: String,
    pub ndjson: String,
}

/// What the last walk along the chain found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChainState {
    /// Not walked since the console started.
    NotWalked,
    Whole {
        at: Millis,
        records: u64,
    },
    Broken {
        at: Millis,
        /// "record 7 is missing"
        what: String,
    },
}

/// One record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRow {
    pub sequence: i64,
    /// For machines, RFC 3339.
    pub moment: String,
    /// "24 Nov 2026, 02:56"
    pub when: String,
    pub sentence: String,
    /// `None` where somebody stored there what is no outcome.
    pub outcome: Option<Outcome>,
    pub reason: Option<String>,
    pub facts: Vec<FactRow>,
    /// What else is known of it, by what it is.
    pub details: Vec<(&'static str, String)>,
}

/// One value before and after; `None` where it was not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactRow {
    pub key: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl ChainState {
    /// What a walk that ended at that time found.
    pub fn of(found: &Verified, at: Millis) -> ChainState {
        match found {
            Verified::Whole { records, .. } => ChainState::Whole { at, records: *records },
            Verified::Broken(broken) => ChainState::Broken { at, what: broken.to_string() },
        }
    }
}

impl AuditView {
    /// `records` are one more than the page holds when there are older ones: at most `limit` are shown.
    pub fn of(
        records: &[Record],
        limit: usize,
        filters: Filters,
        chain: ChainState,
        head: String,
        now: Millis,
        zone: &TimeZone,
    ) -> AuditView {
        let shown = records.get(..limit).unwrap_or(records);
        let older = shown.last().filter(|_| records.len() > limit).map(|last| last.sequence);
        AuditView {
            now,
            problem: None,
            rows: shown.iter().map(|record| AuditRow::of(record, zone)).collect(),
            older: older.map(|last| filters.address("/audit", &[("before", last.to_string())])),
            chain,
            head,
            csv: filters.address("/audit/export.csv", &[]),
            ndjson: filters.address("/audit/export.ndjson", &[]),
            filters,
        }
    }
}

impl AuditRow {
    pub fn of(record: &Record, zone: &TimeZone) -> AuditRow {
        let (before, after) = (record.before(), record.after());
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let facts = keys
            .into_iter()
            .map(|key| FactRow {
                key: key.clone(),
                before: before.get(key).cloned(),
                after: after.get(key).cloned(),
            })
            .collect();
        let object = record.object_kind.as_ref().map(|kind| match &record.object_id {
            Some(id) => format!("{kind}:{id}"),
            None => kind.clone(),
        });
        let mut details = vec![("Record", record.sequence.to_string()), ("Verb", record.verb.clone())];
        let known = [
            ("Actor", record.actor_id.as_ref().map(|id| format!("{}:{id}", record.actor_kind))),
            ("Permission", record.permission.clone()),
            ("Object", object),
            ("Address", record.address.clone()),
            ("User agent", record.user_agent.clone()),
            ("Request", record.request_id.clone()),
            ("AI operation", record.operation().map(|operation| operation_words(&operation))),
            ("Hash", Some(record.hash.clone())),
        ];
        details.extend(known.into_iter().filter_map(|(name, value)| Some((name, value?))));
        AuditRow {
            sequence: record.sequence,
            moment: jiff::Timestamp::from_millisecond(record.at.0)
                .map(|at| at.to_string())
                .unwrap_or_default(),
            when: when::full(record.at, zone),
            sentence: record.sentence(),
            outcome: record.outcome(),
            reason: record.reason.clone().filter(|reason| !reason.is_empty()),
            facts,
            details,
        }
    }
}

/// "optimize, wedding 42, quality 0.91, 3210 ms, 5 recommendations"
fn operation_words(operation: &Operation) -> String {
    let parts = [
        operation.operation.clone(),
        operation.wedding_id.as_ref().map(|id| format!("wedding {id}")),
        operation.result_quality.map(|quality| format!("quality {quality}")),
        operation.processing_time_ms.map(|time| format!("{time} ms")),
        operation.recommendations.map(|count| match count {
            1 => "1 recommendation".to_owned(),
            count => format!("{count} recommendations"),
        }),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
