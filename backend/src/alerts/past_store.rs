//! The SQL by which alerts are looked for.

use domain::{
    alerts::{AlertId, AlertState},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor};

use super::{
    Past, PastPlace, PastState, Stored,
    store::{COLUMNS, Row, state_word, stored},
};
use crate::db::DbError;

/// The conditions of a search, with the values of their places in order.
#[derive(Default)]
struct Matching {
    conditions: Vec<String>,
    values: Vec<Value>,
}

enum Value {
    Text(String),
    Number(i64),
}

pub async fn past(
    from_where: impl Executor<'_, Database = Any>,
    wanted: &Past,
    before: Option<&PastPlace>,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    let mut matching = Matching::of(wanted, before);
    let limit = matching.place(Value::Number(limit));
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE {} ORDER BY fired_at DESC, id DESC LIMIT ${limit}",
        matching.conditions.join(" AND ")
    );
    let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
    for value in matching.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
        };
    }
    query.fetch_all(from_where).await?.into_iter().map(stored).collect()
}

pub async fn last_resolved(from_where: impl Executor<'_, Database = Any>) -> Result<Option<Millis>, DbError> {
    let at: Option<i64> =
        sqlx::query_scalar("SELECT MAX(resolved_at) FROM alert").fetch_one(from_where).await?;
    Ok(at.map(Millis))
}

/// Open ones, the last fired first.
pub async fn newest(
    from_where: impl Executor<'_, Database = Any>,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE resolved_at IS NULL ORDER BY fired_at DESC, id DESC LIMIT $1"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(limit).fetch_all(from_where).await?;
    rows.into_iter().map(stored).collect()
}

/// How many nobody has acknowledged.
pub async fn firing(from_where: impl Executor<'_, Database = Any>) -> Result<i64, DbError> {
    let firing = state_word(&AlertState::Firing);
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM alert WHERE resolved_at IS NULL AND state = $1");
    Ok(count.bind(firing).fetch_one(from_where).await?)
}

impl Matching {
    fn of(wanted: &Past, before: Option<&PastPlace>) -> Matching {
        let mut matching = Matching::default();
        match wanted.state {
            PastState::Any => matching.conditions.push("fired_at IS NOT NULL".to_owned()),
            state => matching.equals("state", state.word()),
        }
        if let Some(level) = wanted.level {
            matching.number("highest =", i64::from(level.number()));
        }
        for (column, text) in
            [("platform", &wanted.platform), ("service", &wanted.service), ("metric", &wanted.metric)]
        {
            if let Some(text) = text {
                matching.equals(column, text);
            }
        }
        if let Some(Millis(from)) = wanted.from {
            matching.number("fired_at >=", from);
        }
        if let Some(Millis(to)) = wanted.to {
            matching.number("fired_at <", to);
        }
        if let Some(text) = &wanted.text {
            let place = matching.place(Value::Text(format!("%{}%", like(text))));
            let condition = format!("lower(title || ' ' || why) LIKE lower(${place}) ESCAPE '!'");
            matching.conditions.push(condition);
        }
        if let Some(PastPlace { fired_at, id: AlertId(id) }) = before {
            let at = matching.place(Value::Number(fired_at.0));
            let same = matching.place(Value::Number(fired_at.0));
            let id = matching.place(Value::Text(id.clone()));
            matching.conditions.push(format!("(fired_at < ${at} OR (fired_at = ${same} AND id < ${id}))"));
        }
        matching
    }

    fn equals(&mut self, column: &str, text: &str) {
        let place = self.place(Value::Text(text.to_owned()));
        self.conditions.push(format!("{column} = ${place}"));
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

/// Typed text in a pattern, meaning itself.
fn like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
