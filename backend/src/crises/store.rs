//! The SQL of cases: rows in, rows out. Only `document` and what is drawn from it is written here; the couple stands in
//! columns that `couple_store` reads and writes.

use domain::{
    crises::{Ai, Assumptions, Case, CaseId, Origin, Presence, StepState, Wait},
    time::Millis,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};

use super::{CoupleState, Stored, couple::Sealed};
use crate::db::{self, DbError, Tx};

/// So many documents are read with one statement.
pub(super) const AT_ONCE: usize = 500;
/// So many places an insert has at most: SQLite looks each one up by its name among all of them, so that a statement
/// costs the square of its places.
pub(super) const PLACES_AT_ONCE: usize = 600;

#[derive(FromRow)]
struct Row {
    platform: String,
    mark: String,
    couple: String,
    document: String,
    troubles: String,
    version: i64,
}

const COLUMNS: &str = "platform, mark, couple, document, troubles, version";
const PLACES: usize = 32;

/// What is drawn from a document, to sort and filter by.
struct Drawn {
    platform_id: Option<String>,
    upstream: Option<String>,
    present: bool,
    ceremony_at: Option<i64>,
    late_at: Option<i64>,
    told_at: Option<i64>,
    /// As long as a case is open this grows by itself: it is read from here only when it is over.
    late_steps: i64,
    waits_for_run: bool,
    automatic: bool,
}

impl Drawn {
    fn of(case: &Case, assumed: &Assumptions) -> Result<Drawn, DbError> {
        let (platform_id, upstream, present) = match &case.origin {
            Origin::Platform { id, status, presence, .. } => {
                (Some(id.as_str().to_owned()), Some(json(status)?), *presence == Presence::There)
            }
            Origin::ByHand { .. } => (None, None, false),
        };
        let waits = |state: &StepState| matches!(state, StepState::Waiting { wait: Wait::Run { .. }, .. });
        let by_itself =
            |step: &domain::crises::Step| step.declared.automatic && step.state == StepState::Open;
        Ok(Drawn {
            platform_id,
            upstream,
            present,
            ceremony_at: case.wedding.ceremony(assumed).map(|ceremony| ceremony.at.0),
            late_at: late_at(case).map(|at| at.0),
            told_at: case.told.values().min().map(|at| at.0),
            late_steps: case.settled_late().count() as i64,
            waits_for_run: case.steps.iter().any(|step| waits(&step.state)),
            automatic: case.is_open() && case.steps.iter().any(by_itself),
        })
    }
}

/// From when on `Case::lateness` counts something as late, if nothing more is done.
pub(super) fn late_at(case: &Case) -> Option<Millis> {
    let steps = case.steps.iter().filter_map(|step| match step.state {
        StepState::Done { late_by, .. } | StepState::NotNeeded { late_by, .. } => {
            (late_by > 0).then_some(step.due)
        }
        StepState::Open | StepState::Waiting { .. } => Some(step.due.plus(1)),
    });
    let ai = match case.ai {
        Ai::Awaited => Some(case.ai_due().plus(1)),
        Ai::Late | Ai::Failed { .. } => Some(case.detected_at),
        Ai::Answered { late_by, .. } => (late_by > 0).then(|| case.ai_due()),
        Ai::NotAsked => None,
    };
    steps.chain(ai).min()
}

/// Inserts cases with their couples.
pub async fn insert(tx: &mut Tx, cases: &[(Stored, Sealed)], assumed: &Assumptions) -> Result<(), DbError> {
    for some in cases.chunks(PLACES_AT_ONCE / PLACES) {
        let sql = format!(
            "INSERT INTO crisis_case (id, platform, platform_id, upstream, mark, present, type, state, open, holder,
                 severity, detected_at, opened_at, ceremony_at, due_at, late_at, untold_at, told_at, late_steps, waits_for_run,
                 automatic, couple, document, troubles, couple_names, couple_emails, couple_phones, couple_language, couple_venue,
                 couple_summary, couple_unusable, version)
             VALUES {}",
            db::places(some.len(), PLACES)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (stored, sealed) in some {
            let (case, drawn) = (&stored.case, Drawn::of(&stored.case, assumed)?);
            query = query
                .bind(case.id.as_str())
                .bind(&stored.platform)
                .bind(drawn.platform_id)
                .bind(drawn.upstream)
                .bind(&stored.mark)
                .bind(i64::from(drawn.present))
                .bind(case.of.key().to_owned())
                .bind(case.state_word())
                .bind(i64::from(case.is_open()))
                .bind(case.holder().map(|holder| holder.id.as_str().to_owned()))
                .bind(i64::from(case.severity.number()))
                .bind(case.detected_at.0)
                .bind(case.opened_at.0)
                .bind(drawn.ceremony_at)
                .bind(case.due_at().map(|at| at.0))
                .bind(drawn.late_at)
                .bind(case.untold_from().map(|at| at.0))
                .bind(drawn.told_at)
                .bind(drawn.late_steps)
                .bind(i64::from(drawn.waits_for_run))
                .bind(i64::from(drawn.automatic))
                .bind(stored.couple.word())
                .bind(json(case)?)
                .bind(json(&stored.troubles)?);
            for part in sealed {
                query = query.bind(part.clone());
            }
            query = query.bind(stored.version);
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Saves a case that nobody changed since it was read; says whether that was so.
pub async fn update(tx: &mut Tx, stored: &Stored, assumed: &Assumptions) -> Result<bool, DbError> {
    let (case, drawn) = (&stored.case, Drawn::of(&stored.case, assumed)?);
    let done = sqlx::query(
        "UPDATE crisis_case SET upstream = $1, mark = $2, present = $3, type = $4, state = $5, open = $6, holder = $7,
             severity = $8, ceremony_at = $9, due_at = $10, late_at = $11, untold_at = $12, told_at = $13,
             late_steps = $14, waits_for_run = $15, automatic = $16, couple = $17, document = $18, troubles = $19,
             version = version + 1
         WHERE id = $20 AND version = $21",
    )
    .bind(drawn.upstream)
    .bind(&stored.mark)
    .bind(i64::from(drawn.present))
    .bind(case.of.key().to_owned())
    .bind(case.state_word())
    .bind(i64::from(case.is_open()))
    .bind(case.holder().map(|holder| holder.id.as_str().to_owned()))
    .bind(i64::from(case.severity.number()))
    .bind(drawn.ceremony_at)
    .bind(case.due_at().map(|at| at.0))
    .bind(drawn.late_at)
    .bind(case.untold_from().map(|at| at.0))
    .bind(drawn.told_at)
    .bind(drawn.late_steps)
    .bind(i64::from(drawn.waits_for_run))
    .bind(i64::from(drawn.automatic))
    .bind(stored.couple.word())
    .bind(json(case)?)
    .bind(json(&stored.troubles)?)
    .bind(case.id.as_str())
    .bind(stored.version)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn one(from: impl Executor<'_, Database = Any>, id: &CaseId) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM crisis_case WHERE id = $1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(from).await?;
    row.map(stored).transpose()
}

/// Those of these ids that there are, in no order.
pub async fn these(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Stored>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let sql = format!("SELECT {COLUMNS} FROM crisis_case WHERE id IN {}", db::places(1, some.len()));
        let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(*id);
        }
        found.extend(rows(query.fetch_all(&mut **tx).await?)?);
    }
    Ok(found)
}

/// Those for which time alone changes something, the longest due first.
pub async fn due(tx: &mut Tx, now: Millis, most: i64) -> Result<Vec<Stored>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM crisis_case WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2"
    );
    rows(sqlx::query_as(AssertSqlSafe(sql)).bind(now.0).bind(most).fetch_all(&mut **tx).await?)
}

pub async fn next_due(from: impl Executor<'_, Database = Any>) -> Result<Option<Millis>, DbError> {
    let sql = "SELECT MIN(due_at) FROM crisis_case WHERE due_at IS NOT NULL";
    let due: Option<i64> = sqlx::query_scalar(sql).fetch_one(from).await?;
    Ok(due.map(Millis))
}

pub async fn waiting_for_runs(from: impl Executor<'_, Database = Any>) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM crisis_case WHERE waits_for_run = 1 ORDER BY id");
    rows(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(from).await?)
}

/// Those of a platform that have an open step that runs by itself.
pub async fn automatic(
    from: impl Executor<'_, Database = Any>,
    platform: &str,
) -> Result<Vec<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM crisis_case WHERE automatic = 1 AND platform = $1 ORDER BY id");
    rows(sqlx::query_as(AssertSqlSafe(sql)).bind(platform).fetch_all(from).await?)
}

/// Those that are over, were opened before a time, and have a couple that is not erased.
pub async fn to_erase(
    from: impl Executor<'_, Database = Any>,
    before: Millis,
    most: i64,
) -> Result<Vec<CaseId>, DbError> {
    let sql = "SELECT id FROM crisis_case WHERE open = 0 AND couple <> 'erased' AND opened_at < $1
               ORDER BY opened_at LIMIT $2";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(before.0).bind(most).fetch_all(from).await?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Those whose data key is destroyed, and that do not know it.
pub async fn erased_unawares(
    from: impl Executor<'_, Database = Any>,
    most: i64,
) -> Result<Vec<CaseId>, DbError> {
    let sql = "SELECT c.id FROM crisis_case c JOIN data_key k ON k.id = c.id
               WHERE k.destroyed_at IS NOT NULL AND c.couple <> 'erased' ORDER BY c.id LIMIT $1";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(most).fetch_all(from).await?;
    Ok(ids.into_iter().map(CaseId).collect())
}

fn rows(rows: Vec<Row>) -> Result<Vec<Stored>, DbError> {
    rows.into_iter().map(stored).collect()
}

fn stored(row: Row) -> Result<Stored, DbError> {
    let couple = CoupleState::from_word(&row.couple);
    Ok(Stored {
        case: read(&row.document)?,
        platform: row.platform,
        troubles: read(&row.troubles)?,
        couple: couple.ok_or_else(|| DbError::Stored("of a case: its couple".to_owned()))?,
        mark: row.mark,
        version: row.version,
    })
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Stored(format!("of a case: {error}")))
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::Stored(format!("of a case: {error}")))
}
