//! The SQL of what is to be told: written, stopped, handed over.

use domain::{
    delivery::{DeliveryState, Message, Occasion, Recipient},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, query::Query};

use super::{DeliveryId, Exhausted, Order};
use crate::db::{self, DbError, Tx};

/// Rows in one statement: SQLite takes 32,766 values at once.
const AT_ONCE: usize = 500;

/// "$3, $4, $5": so many values from this one on.
pub(super) fn places(from: usize, many: usize) -> String {
    (from..from + many).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// Those that call, as they stand in a list of SQL.
fn calling() -> String {
    let words = Occasion::ALL.into_iter().filter(|occasion| occasion.calls());
    words.map(|occasion| format!("'{}'", occasion.word())).collect::<Vec<_>>().join(", ")
}

pub async fn add(
    tx: &mut Tx,
    now: Millis,
    orders: &[(&DeliveryId, &Order)],
    again_of: Option<&DeliveryId>,
) -> Result<(), DbError> {
    const WIDTH: usize = 10;
    for orders in orders.chunks(AT_ONCE) {
        let sql = format!(
            "INSERT INTO delivery
             (id, created_at, occasion, level, alert, message, to_kind, to_id, again_of, state) VALUES {}",
            db::places(orders.len(), WIDTH)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (id, order) in orders {
            query = bound(query, now, id, order, again_of)?;
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

type Bound<'q> = Query<'q, Any, <Any as sqlx::Database>::Arguments>;

fn bound<'q>(
    query: Bound<'q>,
    now: Millis,
    id: &DeliveryId,
    order: &Order,
    again_of: Option<&DeliveryId>,
) -> Result<Bound<'q>, DbError> {
    let Order { message, to } = order;
    let (kind, recipient) = to.parts();
    let text = serde_json::to_string(message)
        .map_err(|error| DbError::Stored(format!("a message cannot be written: {error}")))?;
    Ok(query
        .bind(id.as_str().to_owned())
        .bind(now.0)
        .bind(message.occasion.word())
        .bind(message.level.map(|level| i64::from(level.number())))
        .bind(message.alert.clone())
        .bind(text)
        .bind(kind)
        .bind(recipient.to_owned())
        .bind(again_of.map(|id| id.as_str().to_owned()))
        .bind("queued"))
}

/// One by one in the order of their ids, as the courier does too: two transactions then never wait for each other.
pub async fn stop(tx: &mut Tx, now: Millis, alerts: &[&str]) -> Result<u64, DbError> {
    let calling = calling();
    let mut found: Vec<String> = Vec::new();
    for alerts in alerts.chunks(AT_ONCE) {
        // What was sent by one way may still be on its way by another.
        let sql = format!(
            "SELECT id FROM delivery
             WHERE alert IN ({}) AND occasion IN ({calling}) AND stopped_at IS NULL
             AND (state IN ('queued', 'open') OR EXISTS (SELECT 1 FROM delivery_way
                  WHERE delivery_way.delivery = delivery.id AND delivery_way.state IN ('waiting', 'due', 'sending')))",
            places(1, alerts.len())
        );
        let query = alerts
            .iter()
            .fold(sqlx::query_scalar(AssertSqlSafe(sql)), |query, alert| query.bind((*alert).to_owned()));
        found.extend(query.fetch_all(&mut **tx).await?);
    }
    stop_each(tx, now, found).await
}

/// The same for deliveries that are known. What has been sent on every way stays as it is.
pub async fn stop_each(tx: &mut Tx, now: Millis, mut ids: Vec<String>) -> Result<u64, DbError> {
    ids.sort();
    let mut stopped = 0;
    for id in ids {
        let done = sqlx::query(
            "UPDATE delivery SET state = CASE WHEN state IN ('queued', 'open') THEN 'stopped' ELSE state END,
             settled_at = COALESCE(settled_at, $1), stopped_at = $1 WHERE id = $2 AND stopped_at IS NULL
             AND (state IN ('queued', 'open') OR EXISTS (SELECT 1 FROM delivery_way
                  WHERE delivery_way.delivery = delivery.id AND delivery_way.state IN ('waiting', 'due', 'sending')))",
        )
        .bind(now.0)
        .bind(&id)
        .execute(&mut **tx)
        .await?;
        stopped += done.rows_affected();
        sqlx::query(
            "UPDATE delivery_way SET state = 'stopped', due_at = NULL
             WHERE delivery = $1 AND state IN ('waiting', 'due')",
        )
        .bind(&id)
        .execute(&mut **tx)
        .await?;
    }
    Ok(stopped)
}

pub async fn hand_over(tx: &mut Tx, now: Millis) -> Result<Vec<Exhausted>, DbError> {
    type Row = (String, String, Option<String>, String, String, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "UPDATE delivery SET handed_over_at = $1
         WHERE stuck_at IS NOT NULL AND handed_over_at IS NULL AND state IN ('open', 'exhausted')
         RETURNING id, occasion, alert, to_kind, to_id, why",
    )
    .bind(now.0)
    .fetch_all(&mut **tx)
    .await?;
    let mut handed = rows
        .into_iter()
        .map(|(id, occasion, alert, kind, recipient, why)| {
            Ok(Exhausted {
                delivery: DeliveryId::new(id),
                occasion: occasion_of(&occasion)?,
                alert,
                to: recipient_of(&kind, recipient)?,
                why: why.unwrap_or_default(),
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    handed.sort_by(|one, other| one.delivery.cmp(&other.delivery));
    Ok(handed)
}

/// What was ordered, and whether it has come to its end.
pub async fn order(tx: &mut Tx, id: &DeliveryId) -> Result<Option<(Order, bool)>, DbError> {
    let row: Option<(String, String, String, String)> =
        sqlx::query_as("SELECT message, to_kind, to_id, state FROM delivery WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    row.map(|(message, kind, recipient, state)| {
        let order = Order { message: message_of(&message)?, to: recipient_of(&kind, recipient)? };
        Ok((order, state_of(&state)? != DeliveryState::Open))
    })
    .transpose()
}

pub(super) fn message_of(text: &str) -> Result<Message, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(format!("the message of a delivery: {error}")))
}

pub(super) fn occasion_of(word: &str) -> Result<Occasion, DbError> {
    Occasion::from_word(word).ok_or_else(|| DbError::Stored(format!("the occasion {word:?}")))
}

pub(super) fn recipient_of(kind: &str, id: String) -> Result<Recipient, DbError> {
    Recipient::from_parts(kind, id).ok_or_else(|| DbError::Stored(format!("the recipient {kind:?}")))
}

pub(super) fn state_of(word: &str) -> Result<DeliveryState, DbError> {
    DeliveryState::from_word(word).ok_or_else(|| DbError::Stored(format!("the state {word:?} of a delivery")))
}
