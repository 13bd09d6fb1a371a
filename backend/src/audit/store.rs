//! The SQL of the audit log itself, and nothing else: rows in, rows out.

use domain::{
    audit::{Head, Record},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, FromRow};

use super::filter::{Filter, like};
use crate::db::{DbError, Tx};

/// In the order in which they are hashed; the hash itself is last.
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

/// Takes the next sequence and the hash of the record before it. The row stays locked until the transaction ends.
pub async fn next(tx: &mut Tx) -> Result<(i64, String), DbError> {
    Ok(sqlx::query_as("UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash")
        .fetch_one(&mut **tx)
        .await?)
}

pub async fn append(tx: &mut Tx, record: &Record) -> Result<(), DbError> {
    let places: Vec<_> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO audit_record ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "));
    sqlx::query(AssertSqlSafe(sql))
        .bind(record.sequence)
        .bind(record.at.0)
        .bind(&record.verb)
        .bind(&record.actor_kind)
        .bind(&record.actor_id)
        .bind(&record.actor_name)
        .bind(&record.permission)
        .bind(&record.object_kind)
        .bind(&record.object_id)
        .bind(&record.object_name)
        .bind(&record.outcome)
        .bind(&record.reason)
        .bind(&record.before_facts)
        .bind(&record.after_facts)
        .bind(&record.operation)
        .bind(&record.address)
        .bind(&record.user_agent)
        .bind(&record.request_id)
        .bind(&record.hash)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1").bind(&record.hash).execute(&mut **tx).await?;
    Ok(())
}

/// The end of the chain as the database tells it; `None` when it tells none that could be.
pub async fn head(from: impl sqlx::Executor<'_, Database = Any>) -> Result<Option<Head>, DbError> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT sequence, hash FROM audit_head WHERE id = 1").fetch_optional(from).await?;
    Ok(row.and_then(|(sequence, hash)| Some(Head { sequence, hash: hash.parse().ok()? })))
}

/// The next records after a sequence as one text for the verifier: of each the canonical form, as `Record::canonical`
/// makes it, and the stored hash, led by its length. With the last sequence in it; `None` when there are no more.
/// One row of text is many times faster to read than the columns of as many records.
pub async fn canonical(tx: &mut Tx, after: i64, most: i64) -> Result<Option<(i64, String)>, DbError> {
    let fields: Vec<_> = COLUMNS
        .iter()
        .map(|column| {
            let text = if matches!(*column, "sequence" | "at") {
                format!("CAST({column} AS TEXT)")
            } else {
                (*column).to_owned()
            };
            format!("coalesce(octet_length({text}) || ':' || {text}, '-')")
        })
        .collect();
    let sql = format!(
        "SELECT max(sequence), string_agg({}, '' ORDER BY sequence) FROM
         (SELECT * FROM audit_record WHERE sequence > $1 ORDER BY sequence LIMIT $2) AS part",
        fields.join(" || ")
    );
    let (last, text): (Option<i64>, Option<String>) =
        sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(most).fetch_one(&mut **tx).await?;
    Ok(last.zip(text))
}

/// Whether an answer came that cannot be read: somebody stored there what the console never would.
pub fn is_unreadable(error: &DbError) -> bool {
    matches!(
        error,
        DbError::Query(
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::AnyDriverError(_)
        )
    )
}

/// The records that match, after `after` in order, or before `before` newest first.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    After(i64),
    Before(Option<i64>),
}

pub async fn records(
    from: impl sqlx::Executor<'_, Database = Any>,
    filter: &Filter,
    place: Place,
    most: i64,
) -> Result<Vec<Record>, DbError> {
    let mut matching = Matching::of(filter);
    let order = match place {
        Place::After(sequence) => {
            matching.number("sequence >", sequence);
            "ASC"
        }
        Place::Before(sequence) => {
            if let Some(sequence) = sequence {
                matching.number("sequence <", sequence);
            }
            "DESC"
        }
    };
    let sql = format!(
        "SELECT {} FROM audit_record WHERE {} ORDER BY sequence {order} LIMIT {most}",
        COLUMNS.join(", "),
        matching.conditions.join(" AND ")
    );
    let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
    for value in matching.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
        };
    }
    Ok(query.fetch_all(from).await?.into_iter().map(Record::from).collect())
}

enum Value {
    Text(String),
    Number(i64),
}

/// Conditions with the values of their places, in order.
struct Matching {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Matching {
    fn of(filter: &Filter) -> Matching {
        let mut matching = Matching { conditions: vec!["1 = 1".to_owned()], values: Vec::new() };
        if let Some(person) = &filter.person {
            let id = matching.place(Value::Text(person.clone()));
            let name = matching.place(Value::Text(person.clone()));
            matching.conditions.push(format!("(actor_id = ${id} OR lower(actor_name) = lower(${name}))"));
        }
        if let Some(verb) = &filter.verb {
            let whole = matching.place(Value::Text(verb.clone()));
            let thing = matching.place(Value::Text(format!("{}.%", like(verb))));
            matching.conditions.push(format!("(verb = ${whole} OR verb LIKE ${thing} ESCAPE '!')"));
        }
        if let Some((kind, id)) = &filter.object {
            let kind = matching.place(Value::Text(kind.clone()));
            matching.conditions.push(format!("object_kind = ${kind}"));
            if let Some(id) = id {
                let id = matching.place(Value::Text(id.clone()));
                matching.conditions.push(format!("object_id = ${id}"));
            }
        }
        if let Some(outcome) = filter.outcome {
            let outcome = matching.place(Value::Text(outcome.word().to_owned()));
            matching.conditions.push(format!("outcome = ${outcome}"));
        }
        if let Some(Millis(from)) = filter.from {
            matching.number("at >=", from);
        }
        if let Some(Millis(to)) = filter.to {
            matching.number("at <", to);
        }
        if let Some(text) = &filter.search {
            let place = matching.place(Value::Text(format!("%{}%", like(text))));
            let searched: Vec<_> = SEARCHED.iter().map(|column| format!("coalesce({column}, '')")).collect();
            let searched = searched.join(" || ' ' || ");
            matching.conditions.push(format!("lower({searched}) LIKE lower(${place}) ESCAPE '!'"));
        }
        matching
    }

    fn number(&mut self, condition: &str, number: i64) {
        let place = self.place(Value::Number(number));
        self.conditions.push(format!("{condition} ${place}"));
    }

    /// The number of the place that the value takes.
    fn place(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len()
    }
}

const SEARCHED: [&str; 11] = [
    "verb",
    "actor_name",
    "permission",
    "object_id",
    "object_name",
    "reason",
    "before_facts",
    "after_facts",
    "operation",
    "address",
    "request_id",
];

#[derive(FromRow)]
struct Row {
    sequence: i64,
    at: i64,
    verb: String,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    permission: Option<String>,
    object_kind: Option<String>,
    object_id: Option<String>,
    object_name: Option<String>,
    outcome: String,
    reason: Option<String>,
    before_facts: Option<String>,
    after_facts: Option<String>,
    operation: Option<String>,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    hash: String,
}

impl From<Row> for Record {
    fn from(row: Row) -> Record {
        Record {
            sequence: row.sequence,
            at: Millis(row.at),
            verb: row.verb,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            permission: row.permission,
            object_kind: row.object_kind,
            object_id: row.object_id,
            object_name: row.object_name,
            outcome: row.outcome,
            reason: row.reason,
            before_facts: row.before_facts,
            after_facts: row.after_facts,
            operation: row.operation,
            address: row.address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            hash: row.hash,
        }
    }
}
