//! The SQL of what became of deliveries.

use std::collections::BTreeMap;

use domain::{
    access::PersonId,
    delivery::{DeliveryState, Medium, WayState},
    monitoring::Level,
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{
    Arrival, Attempt, AttemptOutcome, Delivery, DeliveryId, DeliveryWay,
    store::{message_of, occasion_of, places, recipient_of, state_of},
};
use crate::{
    access::WayKind,
    db::{Db, DbError, Tx},
};

const IDS_AT_ONCE: usize = 200;

#[derive(FromRow)]
struct DeliveryRow {
    id: String,
    created_at: i64,
    occasion: String,
    message: String,
    to_kind: String,
    to_id: String,
    state: String,
    settled_at: Option<i64>,
    why: Option<String>,
    again_of: Option<String>,
}

#[derive(FromRow)]
struct WayRow {
    delivery: String,
    position: i64,
    kind: String,
    destination: String,
    person: Option<String>,
    state: String,
    due_at: Option<i64>,
    why: Option<String>,
}

#[derive(FromRow)]
struct AttemptRow {
    delivery: String,
    position: i64,
    number: i64,
    at: i64,
    took_ms: Option<i64>,
    outcome: String,
    marking: String,
    said: Option<String>,
}

/// Without the names of people.
pub async fn of_alert(db: &Db, alert: &str, lists: &[DeliveryId]) -> Result<Vec<Delivery>, DbError> {
    let mut tx = db.snapshot().await?;
    let either = match lists.len() {
        0 => "alert = $1".to_owned(),
        many => format!("(alert = $1 OR id IN ({}))", places(2, many)),
    };
    let sql = format!(
        "SELECT id, created_at, occasion, message, to_kind, to_id, state, settled_at, why, again_of
         FROM delivery WHERE {either} ORDER BY id"
    );
    let query = sqlx::query_as::<_, DeliveryRow>(AssertSqlSafe(sql)).bind(alert.to_owned());
    let deliveries =
        lists.iter().fold(query, |query, id| query.bind(id.as_str().to_owned())).fetch_all(&mut *tx).await?;
    let mut ways = BTreeMap::new();
    for chunk in deliveries.chunks(IDS_AT_ONCE) {
        ways.append(&mut self::ways(&mut tx, chunk).await?);
    }
    deliveries
        .into_iter()
        .map(|row| {
            let message = message_of(&row.message)?;
            Ok(Delivery {
                created_at: Millis(row.created_at),
                occasion: occasion_of(&row.occasion)?,
                level: message.level,
                title: message.title,
                to: recipient_of(&row.to_kind, row.to_id)?,
                to_words: String::new(),
                state: state_of(&row.state)?,
                settled_at: row.settled_at.map(Millis),
                why: row.why,
                again_of: row.again_of.map(DeliveryId::new),
                ways: ways.remove(&row.id).unwrap_or_default(),
                id: DeliveryId::new(row.id),
            })
        })
        .collect()
}

async fn ways(
    tx: &mut Tx,
    deliveries: &[DeliveryRow],
) -> Result<BTreeMap<String, Vec<DeliveryWay>>, DbError> {
    let these = places(1, deliveries.len());
    let ways = format!(
        "SELECT delivery, position, kind, destination, person, state, due_at, why
         FROM delivery_way WHERE delivery IN ({these}) ORDER BY delivery, position"
    );
    let attempts = format!(
        "SELECT delivery, position, number, at, took_ms, outcome, marking, said
         FROM delivery_attempt WHERE delivery IN ({these}) ORDER BY delivery, position, number"
    );
    let ways = deliveries
        .iter()
        .fold(sqlx::query_as(AssertSqlSafe(ways)), |query, delivery| query.bind(delivery.id.clone()));
    let rows: Vec<WayRow> = ways.fetch_all(&mut **tx).await?;
    let attempts = deliveries
        .iter()
        .fold(sqlx::query_as(AssertSqlSafe(attempts)), |query, delivery| query.bind(delivery.id.clone()));
    let attempts: Vec<AttemptRow> = attempts.fetch_all(&mut **tx).await?;
    let mut of_way: BTreeMap<(String, i64), Vec<Attempt>> = BTreeMap::new();
    for row in attempts {
        let outcome = AttemptOutcome::from_word(&row.outcome)
            .ok_or_else(|| DbError::Stored(format!("the outcome {:?} of an attempt", row.outcome)))?;
        of_way.entry((row.delivery, row.position)).or_default().push(Attempt {
            number: u32::try_from(row.number).unwrap_or(0),
            at: Millis(row.at),
            took: row.took_ms,
            outcome,
            said: row.said,
            is_repeated: row.marking == "repeated",
        });
    }
    let mut ways: BTreeMap<String, Vec<DeliveryWay>> = BTreeMap::new();
    for row in rows {
        let medium = Medium::from_word(&row.kind)
            .ok_or_else(|| DbError::Stored(format!("the kind {:?} of a way", row.kind)))?;
        let way = DeliveryWay {
            medium,
            words: in_words(medium, &row.destination, row.person.is_some()),
            state: way_state(&row.state, row.due_at)?,
            why: row.why,
            attempts: of_way.remove(&(row.delivery.clone(), row.position)).unwrap_or_default(),
        };
        ways.entry(row.delivery).or_default().push(way);
    }
    Ok(ways)
}

/// "Chat", "Slack channel ai-ops-alerts", "PagerDuty primary".
fn in_words(medium: Medium, destination: &str, is_persons: bool) -> String {
    let name = destination.split_once(':').map(|(_, name)| name);
    match (medium, name) {
        (Medium::Chat, _) if is_persons => "Chat".to_owned(),
        (Medium::Chat, Some(name)) => format!("Slack channel {name}"),
        (Medium::Chat, None) => "Slack channel".to_owned(),
        (medium, Some(name)) => format!("{} {name}", medium.label()),
        (medium, None) => medium.label().to_owned(),
    }
}

pub(super) fn way_state(word: &str, due_at: Option<i64>) -> Result<WayState, DbError> {
    WayState::from_parts(word, due_at.map(Millis))
        .ok_or_else(|| DbError::Stored(format!("the state {word:?} of a way")))
}

pub async fn last_arrivals(
    from: impl Executor<'_, Database = Any>,
    people: &[PersonId],
) -> Result<Vec<Arrival>, DbError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT person, kind, MAX(sent_at) FROM delivery_way
         WHERE person IN ({}) AND sent_at IS NOT NULL GROUP BY person, kind ORDER BY person, kind",
        places(1, people.len())
    );
    let query = people
        .iter()
        .fold(sqlx::query_as::<_, (String, String, i64)>(AssertSqlSafe(sql)), |query, person| {
            query.bind(person.as_str())
        });
    let rows = query.fetch_all(from).await?;
    rows.into_iter()
        .map(|(person, kind, at)| {
            let way =
                WayKind::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the way {kind:?}")))?;
            Ok(Arrival { person: PersonId::new(person), way, at: Millis(at) })
        })
        .collect()
}

/// The newest message about an alert: what a page without an account says of it.
pub async fn newest(
    from: impl Executor<'_, Database = Any>,
    alert: &str,
) -> Result<Option<(String, Option<Level>)>, DbError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT message FROM delivery WHERE alert = $1 ORDER BY id DESC LIMIT 1")
            .bind(alert)
            .fetch_optional(from)
            .await?;
    text.map(|text| message_of(&text).map(|message| (message.title, message.level))).transpose()
}

/// Whether something is still to be handed over to escalation.
pub async fn has_exhausted(
    from_where: impl sqlx::Executor<'_, Database = sqlx::Any>,
) -> Result<bool, DbError> {
    let one: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM delivery WHERE stuck_at IS NOT NULL AND handed_over_at IS NULL LIMIT 1",
    )
    .fetch_optional(from_where)
    .await?;
    Ok(one.is_some())
}

/// How these stand, and why no way took them.
pub async fn standings(
    tx: &mut Tx,
    ids: &[DeliveryId],
) -> Result<BTreeMap<DeliveryId, (DeliveryState, Option<String>)>, DbError> {
    let mut standings = BTreeMap::new();
    for some in ids.chunks(IDS_AT_ONCE) {
        let sql = format!("SELECT id, state, why FROM delivery WHERE id IN ({})", places(1, some.len()));
        let query = sqlx::query_as::<_, (String, String, Option<String>)>(AssertSqlSafe(sql));
        let query = some.iter().fold(query, |query, id| query.bind(id.as_str().to_owned()));
        for (id, state, why) in query.fetch_all(&mut **tx).await? {
            standings.insert(DeliveryId::new(id), (state_of(&state)?, why));
        }
    }
    Ok(standings)
}
