//! The SQL of the courier: what is queued, what is due, what came of it.

use domain::{
    access::PersonId,
    delivery::{Course, DeliveryState, Medium, Message, Recipient, Strategy, Way, WayState},
    time::Millis,
};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{
    AttemptOutcome, DeliveryId,
    routing::PlannedWay,
    shown_store::way_state,
    store::{message_of, occasion_of, places, recipient_of, state_of},
};
use crate::db::{self, DbError, Tx};

/// A delivery whose ways are still to be looked up.
pub struct Queued {
    pub id: DeliveryId,
    pub message: Message,
    pub to: Recipient,
}

/// The oldest that are queued, those that call first.
pub async fn queued(from: impl Executor<'_, Database = Any>, most: i64) -> Result<Vec<Queued>, DbError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT id, message, to_kind, to_id FROM delivery WHERE state = 'queued'
         ORDER BY CASE WHEN occasion IN ('page', 'reminder', 'storm') THEN 0 ELSE 1 END, id LIMIT $1",
    )
    .bind(most)
    .fetch_all(from)
    .await?;
    rows.into_iter()
        .map(|(id, message, kind, recipient)| {
            Ok(Queued {
                id: DeliveryId::new(id),
                message: message_of(&message)?,
                to: recipient_of(&kind, recipient)?,
            })
        })
        .collect()
}

/// Opens a queued delivery with its ways. False when it is not queued any more: another worker was first, or it was
/// stopped.
pub async fn open(
    tx: &mut Tx,
    id: &DeliveryId,
    course: &Course,
    ways: &[PlannedWay],
    why: Option<&str>,
    now: Millis,
) -> Result<bool, DbError> {
    let settled_at = course.is_settled().then_some(now.0);
    let stuck_at = course.stuck.then_some(now.0);
    let opened = sqlx::query(
        "UPDATE delivery SET state = $1, strategy = $2, settled_at = $3, stuck_at = $4, why = $5
         WHERE id = $6 AND state = 'queued'",
    )
    .bind(course.state.word())
    .bind(course.strategy.word())
    .bind(settled_at)
    .bind(stuck_at)
    .bind(why)
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    if opened.rows_affected() == 0 {
        return Ok(false);
    }
    if ways.is_empty() {
        return Ok(true);
    }
    const WIDTH: usize = 12;
    let sql = format!(
        "INSERT INTO delivery_way (delivery, position, kind, destination, target, person, thread, urgency, state,
         tries, due_at, why) VALUES {}",
        db::places(ways.len(), WIDTH)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for ((position, way), now) in (0i64..).zip(ways).zip(&course.ways) {
        query = query
            .bind(id.as_str())
            .bind(position)
            .bind(way.medium.word())
            .bind(&way.destination)
            .bind(&way.target)
            .bind(way.person.as_ref().map(PersonId::as_str))
            .bind(way.thread.as_deref())
            .bind(way.urgency)
            .bind(now.state.word())
            .bind(i64::from(now.tries))
            .bind(now.state.due_at().map(|at| at.0))
            .bind(way.cannot.as_deref());
    }
    query.execute(&mut **tx).await?;
    Ok(true)
}

/// One way that a worker is to send by, and what.
#[derive(Clone)]
pub struct Job {
    pub delivery: DeliveryId,
    pub position: i64,
    /// From 1.
    pub number: u32,
    pub destination: String,
    pub target: String,
    pub person: Option<PersonId>,
    pub thread: Option<String>,
    /// One before may have arrived.
    pub is_repeated: bool,
    pub message: Message,
    pub created_at: Millis,
}

impl Job {
    /// Which try of what.
    pub fn key(&self) -> (DeliveryId, i64, u32) {
        (self.delivery.clone(), self.position, self.number)
    }
}

#[derive(FromRow)]
struct JobRow {
    delivery: String,
    position: i64,
    tries: i64,
    destination: String,
    target: String,
    person: Option<String>,
    thread: Option<String>,
    doubt_at: Option<i64>,
}

/// What is due behind one connection, most urgent first. Within a thread nothing overtakes what is being sent or due
/// before it.
const DUE: &str = "SELECT w.delivery, w.position FROM delivery_way w
    WHERE w.destination = $1 AND w.state = 'due' AND w.due_at <= $2
    AND NOT EXISTS (SELECT 1 FROM delivery_way e
        WHERE e.destination = w.destination AND e.target = w.target AND e.thread = w.thread
        AND e.delivery < w.delivery AND e.state IN ('due', 'sending')
        AND (e.state = 'sending' OR e.due_at <= $2))
    ORDER BY w.urgency, w.due_at, w.delivery LIMIT $3";

/// Takes up to `most` of what is due. From the commit on it counts as being sent by this courier.
pub async fn claim(
    tx: &mut Tx,
    courier: &str,
    destination: &str,
    now: Millis,
    most: i64,
) -> Result<Vec<Job>, DbError> {
    let mut due: Vec<(String, i64)> =
        sqlx::query_as(DUE).bind(destination).bind(now.0).bind(most).fetch_all(&mut **tx).await?;
    // In the order of a stop: neither then waits for the other crosswise.
    due.sort();
    let mut jobs = Vec::with_capacity(due.len());
    for (delivery, position) in due {
        // Of two workers that saw the same row, the second finds it taken.
        let claimed: Option<JobRow> = sqlx::query_as(
            "UPDATE delivery_way SET state = 'sending', tries = tries + 1, due_at = NULL, claimed_by = $1
             WHERE delivery = $2 AND position = $3 AND state = 'due'
             RETURNING delivery, position, tries, destination, target, person, thread, doubt_at",
        )
        .bind(courier)
        .bind(&delivery)
        .bind(position)
        .fetch_optional(&mut **tx)
        .await?;
        let Some(row) = claimed else { continue };
        sqlx::query(
            "INSERT INTO delivery_attempt (delivery, position, number, at, outcome, marking)
             VALUES ($1, $2, $3, $4, 'sending', $5)",
        )
        .bind(&row.delivery)
        .bind(row.position)
        .bind(row.tries)
        .bind(now.0)
        .bind(if row.doubt_at.is_some() { "repeated" } else { "first" })
        .execute(&mut **tx)
        .await?;
        let (message, created_at): (String, i64) =
            sqlx::query_as("SELECT message, created_at FROM delivery WHERE id = $1")
                .bind(&row.delivery)
                .fetch_one(&mut **tx)
                .await?;
        jobs.push(Job {
            position: row.position,
            number: u32::try_from(row.tries).unwrap_or(u32::MAX),
            destination: row.destination,
            target: row.target,
            person: row.person.map(PersonId::new),
            thread: row.thread,
            is_repeated: row.doubt_at.is_some(),
            message: message_of(&message)?,
            created_at: Millis(created_at),
            delivery: DeliveryId::new(row.delivery),
        });
    }
    Ok(jobs)
}

/// When the next one is due behind a connection, when anything is.
pub async fn next_due(
    from: impl Executor<'_, Database = Any>,
    destination: &str,
) -> Result<Option<Millis>, DbError> {
    let at: Option<i64> =
        sqlx::query_scalar("SELECT MIN(due_at) FROM delivery_way WHERE destination = $1 AND state = 'due'")
            .bind(destination)
            .fetch_one(from)
            .await?;
    Ok(at.map(Millis))
}

/// Whether it was stopped: looked up just before it is sent.
pub async fn is_stopped(
    from: impl Executor<'_, Database = Any>,
    delivery: &DeliveryId,
) -> Result<bool, DbError> {
    let stopped: Option<Option<i64>> = sqlx::query_scalar("SELECT stopped_at FROM delivery WHERE id = $1")
        .bind(delivery.as_str())
        .fetch_optional(from)
        .await?;
    // A delivery that is gone is not sent either.
    Ok(stopped.is_none_or(|stopped| stopped.is_some()))
}

/// A delivery with its ways, held until the transaction ends: nobody else changes it meanwhile.
pub struct Held {
    pub course: Course,
    before: Course,
    /// The last words of each way.
    pub why: Vec<Option<String>>,
    pub media: Vec<Medium>,
}

pub async fn hold(tx: &mut Tx, delivery: &DeliveryId) -> Result<Option<Held>, DbError> {
    type Row = (String, String, Option<String>, Option<i64>, Option<i64>);
    // A change that changes nothing, so that whoever else wants to change it waits.
    let row: Option<Row> = sqlx::query_as(
        "UPDATE delivery SET state = state WHERE id = $1 RETURNING state, occasion, strategy, stuck_at, stopped_at",
    )
    .bind(delivery.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some((state, occasion, strategy, stuck_at, stopped_at)) = row else { return Ok(None) };
    type WayRow = (String, Option<i64>, i64, String, Option<String>);
    let ways: Vec<WayRow> = sqlx::query_as(
        "SELECT state, due_at, tries, kind, why FROM delivery_way WHERE delivery = $1 ORDER BY position",
    )
    .bind(delivery.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let mut course = Course {
        strategy: strategy.as_deref().and_then(Strategy::from_word).unwrap_or(Strategy::InTurn),
        calls: occasion_of(&occasion)?.calls(),
        state: state_of(&state)?,
        stuck: stuck_at.is_some(),
        stopped: stopped_at.is_some(),
        ways: Vec::with_capacity(ways.len()),
    };
    let (mut words, mut media) = (Vec::new(), Vec::new());
    for (state, due_at, tries, kind, why) in ways {
        let tries = u32::try_from(tries).unwrap_or(u32::MAX);
        course.ways.push(Way { state: way_state(&state, due_at)?, tries });
        media.push(
            Medium::from_word(&kind).ok_or_else(|| DbError::Stored(format!("the kind {kind:?} of a way")))?,
        );
        words.push(why);
    }
    Ok(Some(Held { before: course.clone(), course, why: words, media }))
}

impl Held {
    /// Writes what has changed. `why` says what became of the ways, for one that is stuck.
    pub async fn save(&self, tx: &mut Tx, delivery: &DeliveryId, now: Millis) -> Result<(), DbError> {
        let changed = self.course.ways.iter().zip(&self.before.ways).enumerate().filter(|(_, (a, b))| a != b);
        for (position, (way, before)) in changed {
            let sent_at = (way.state == WayState::Sent).then_some(now.0);
            sqlx::query(
                "UPDATE delivery_way SET state = $1, due_at = $2, sent_at = COALESCE($3, sent_at), claimed_by = NULL
                 WHERE delivery = $4 AND position = $5 AND state = $6",
            )
            .bind(way.state.word())
            .bind(way.state.due_at().map(|at| at.0))
            .bind(sent_at)
            .bind(delivery.as_str())
            .bind(position as i64)
            .bind(before.state.word())
            .execute(&mut **tx)
            .await?;
        }
        let Course { state, stuck, .. } = self.course;
        if (state, stuck) == (self.before.state, self.before.stuck) {
            return Ok(());
        }
        let settled_at = (state != DeliveryState::Open).then_some(now.0);
        let why = (stuck && state != DeliveryState::Sent).then(|| self.in_words());
        sqlx::query(
            "UPDATE delivery SET state = $1, settled_at = $2, stuck_at = COALESCE(stuck_at, $3), why = $4
             WHERE id = $5",
        )
        .bind(state.word())
        .bind(settled_at)
        .bind(stuck.then_some(now.0))
        .bind(why)
        .bind(delivery.as_str())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// "Chat: answered 503. Mail: connection refused."
    fn in_words(&self) -> String {
        let ways = self.why.iter().zip(&self.media);
        let said = ways.filter_map(|(why, medium)| Some(format!("{}: {}.", medium.label(), why.as_deref()?)));
        said.collect::<Vec<_>>().join(" ")
    }
}

/// How one attempt ended.
pub async fn end_attempt(
    tx: &mut Tx,
    job: (&DeliveryId, i64, u32),
    outcome: AttemptOutcome,
    took_ms: Option<i64>,
    said: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    let (delivery, position, number) = job;
    sqlx::query(
        "UPDATE delivery_attempt SET outcome = $1, took_ms = $2, said = $3
         WHERE delivery = $4 AND position = $5 AND number = $6",
    )
    .bind(outcome.word())
    .bind(took_ms)
    .bind(said)
    .bind(delivery.as_str())
    .bind(position)
    .bind(i64::from(number))
    .execute(&mut **tx)
    .await?;
    let doubt_at = (outcome == AttemptOutcome::Doubt).then_some(now.0);
    let why = matches!(outcome, AttemptOutcome::Failed | AttemptOutcome::Doubt).then_some(said).flatten();
    sqlx::query(
        "UPDATE delivery_way SET doubt_at = COALESCE(doubt_at, $1), why = COALESCE($2, why)
         WHERE delivery = $3 AND position = $4",
    )
    .bind(doubt_at)
    .bind(why)
    .bind(delivery.as_str())
    .bind(position)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deliveries with a way that is due behind none of these connections.
pub async fn without_connection(
    from: impl Executor<'_, Database = Any>,
    known: &[String],
) -> Result<Vec<(DeliveryId, i64)>, DbError> {
    let condition = match known.len() {
        0 => String::new(),
        many => format!("AND destination NOT IN ({})", places(1, many)),
    };
    let sql = format!(
        "SELECT delivery, position FROM delivery_way WHERE state = 'due' {condition} ORDER BY delivery"
    );
    let query = known
        .iter()
        .fold(sqlx::query_as::<_, (String, i64)>(AssertSqlSafe(sql)), |query, name| query.bind(name));
    let rows = query.fetch_all(from).await?;
    Ok(rows.into_iter().map(|(delivery, position)| (DeliveryId::new(delivery), position)).collect())
}
