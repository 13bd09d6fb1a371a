//! The log as a file: CSV for people with spreadsheets, NDJSON for machines and for sealed stretches.

use bytes::Bytes;
use domain::audit::Record;
use futures::{Stream, stream};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Filter, store};
use crate::db::{Db, DbError};

const AT_ONCE: i64 = 500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// Everything that matches, oldest first, up to the end that the log has now; in pieces, so that a long log takes no
/// more memory than a short one. Recording that somebody exported is the caller's.
pub fn export(
    db: Db,
    filter: Filter,
    format: Format,
) -> impl Stream<Item = Result<Bytes, DbError>> + Send + 'static {
    struct State {
        after: i64,
        end: Option<i64>,
        head_line: bool,
    }
    let start = State { after: 0, end: None, head_line: format == Format::Csv };
    stream::try_unfold((db, filter, start), move |(db, filter, mut state)| async move {
        let end = match state.end {
            Some(end) => end,
            None => super::head(&db).await?.sequence,
        };
        state.end = Some(end);
        let mut records =
            store::records(db.read(), &filter, store::Place::After(state.after), AT_ONCE).await?;
        records.retain(|record| record.sequence <= end);
        if records.is_empty() && !state.head_line {
            return Ok(None);
        }
        let text = match format {
            Format::Csv => csv_lines(&records, state.head_line)?,
            Format::Ndjson => records.iter().map(json_line).collect::<String>().into_bytes(),
        };
        state.head_line = false;
        state.after = records.last().map_or(i64::MAX - 1, |record| record.sequence);
        Ok(Some((Bytes::from(text), (db, filter, state))))
    })
}

/// The record as one line of JSON with its end of line. `before`, `after` and `operation` stand in it letter for
/// letter, so that the hash can be computed from the line.
pub fn json_line(record: &Record) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        sequence: i64,
        at: String,
        at_ms: i64,
        verb: &'a str,
        actor_kind: &'a str,
        actor_id: Option<&'a str>,
        actor_name: &'a str,
        permission: Option<&'a str>,
        object_kind: Option<&'a str>,
        object_id: Option<&'a str>,
        object_name: Option<&'a str>,
        outcome: &'a str,
        reason: Option<&'a str>,
        before: Option<Box<RawValue>>,
        after: Option<Box<RawValue>>,
        operation: Option<Box<RawValue>>,
        address: Option<&'a str>,
        user_agent: Option<&'a str>,
        request_id: Option<&'a str>,
        hash: &'a str,
    }
    // What somebody put there in place of JSON is shown as the text that it is.
    let raw = |text: &Option<String>| {
        let text = text.as_ref()?;
        RawValue::from_string(text.clone()).or_else(|_| serde_json::value::to_raw_value(text)).ok()
    };
    let line = Line {
        sequence: record.sequence,
        at: moment(record),
        at_ms: record.at.0,
        verb: &record.verb,
        actor_kind: &record.actor_kind,
        actor_id: record.actor_id.as_deref(),
        actor_name: &record.actor_name,
        permission: record.permission.as_deref(),
        object_kind: record.object_kind.as_deref(),
        object_id: record.object_id.as_deref(),
        object_name: record.object_name.as_deref(),
        outcome: &record.outcome,
        reason: record.reason.as_deref(),
        before: raw(&record.before_facts),
        after: raw(&record.after_facts),
        operation: raw(&record.operation),
        address: record.address.as_deref(),
        user_agent: record.user_agent.as_deref(),
        request_id: record.request_id.as_deref(),
        hash: &record.hash,
    };
    // Texts, numbers and JSON always have a JSON form.
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// RFC 3339 in UTC, to the millisecond.
pub(super) fn moment(record: &Record) -> String {
    jiff::Timestamp::from_millisecond(record.at.0).map_or_else(
        // Nobody acts in the year 10000; somebody who edited the time gets to see what they wrote.
        |_| record.at.0.to_string(),
        |at| format!("{at:.3}"),
    )
}

fn csv_lines(records: &[Record], head_line: bool) -> Result<Vec<u8>, DbError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let refused = |error: csv::Error| DbError::Stored(error.to_string());
    if head_line {
        writer
            .write_record([
                "sequence",
                "at",
                "verb",
                "outcome",
                "actor",
                "actor_kind",
                "actor_id",
                "permission",
                "object_kind",
                "object_id",
                "object",
                "reason",
                "before",
                "after",
                "operation",
                "address",
                "user_agent",
                "request_id",
                "hash",
            ])
            .map_err(refused)?;
    }
    for record in records {
        let optional = |text: &Option<String>| safe_cell(text.as_deref().unwrap_or_default());
        writer
            .write_record([
                record.sequence.to_string(),
                moment(record),
                safe_cell(&record.verb),
                safe_cell(&record.outcome),
                safe_cell(&record.actor_name),
                safe_cell(&record.actor_kind),
                optional(&record.actor_id),
                optional(&record.permission),
                optional(&record.object_kind),
                optional(&record.object_id),
                optional(&record.object_name),
                optional(&record.reason),
                optional(&record.before_facts),
                optional(&record.after_facts),
                optional(&record.operation),
                optional(&record.address),
                optional(&record.user_agent),
                optional(&record.request_id),
                safe_cell(&record.hash),
            ])
            .map_err(refused)?;
    }
    writer.into_inner().map_err(|error| DbError::Stored(error.to_string()))
}

/// A cell that no spreadsheet computes: what would begin a formula gets an apostrophe before it.
fn safe_cell(text: &str) -> String {
    let first = text.trim_start().chars().next();
    let begins_badly = text.starts_with(['\t', '\r', '\n']);
    if begins_badly || matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
    {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
