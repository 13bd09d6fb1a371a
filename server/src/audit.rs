//! `/audit` and its exports, the walk along the chain, and what the platform tells of its AI operations.

use std::sync::{Mutex, PoisonError};

use app::audit::{AuditView, ChainState, Filters, audit_page};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backend::{
    access::{Permission, ReadAudit},
    audit::{self, Format, Verified},
};
use domain::audit::{Actor, ActorKind, Entry, Facts, Operation};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    access::{
        asked::{Asked, Refusal, see},
        guard::problem,
    },
    alerts_api::Problem,
    routes::{Needs, Routes},
};

const A_PAGE: u16 = 50;
/// Operations in one request of the platform.
const MOST_EVENTS: usize = 1_000;

/// What the last walk found, since the start.
pub struct Walked(Mutex<ChainState>);

impl Default for Walked {
    fn default() -> Walked {
        Walked(Mutex::new(ChainState::NotWalked))
    }
}

impl Walked {
    fn get(&self) -> ChainState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: ChainState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// The routes of the audit log.
pub fn routes(routes: Routes) -> Routes {
    let read = Needs::Permission(Permission::ReadAudit);
    routes
        .get("/audit", read, show)
        .get("/audit/{file}", read, export)
        .post("/audit/verify", read, verify)
        .post("/api/v1/audit/events", Needs::Token, events)
}

async fn show(asked: Asked, Query(filters): Query<Filters>) -> Response {
    asked
        .answer(|asked| async move {
            // A look at the log is allowed by what its page shows.
            asked.viewer()?.permit::<ReadAudit>()?;
            let (db, zone) = (asked.state.access.db(), asked.shell().zone);
            let now = asked.state.access.now();
            let head = audit::head(db).await?.to_string();
            let chain = asked.state.walked.get();
            let (status, view) = match filters.filter(&zone) {
                Ok(filter) => {
                    let records = audit::page(db, &filter, filters.before, A_PAGE + 1).await?;
                    let limit = usize::from(A_PAGE);
                    (StatusCode::OK, AuditView::of(&records, limit, filters, chain, head, now, &zone))
                }
                Err(words) => {
                    let mut view = AuditView::of(&[], 0, filters, chain, head, now, &zone);
                    view.problem = Some(words);
                    (StatusCode::BAD_REQUEST, view)
                }
            };
            Ok(asked.page(status, audit_page(&asked.shell(), &view)))
        })
        .await
}

/// `GET /audit/export.csv|ndjson`: everything that the filters leave, oldest first, as it is read.
async fn export(asked: Asked, Path(file): Path<String>, Query(filters): Query<Filters>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ReadAudit>()?;
            let (format, content_type) = match file.as_str() {
                "export.csv" => (Format::Csv, "text/csv; charset=utf-8"),
                "export.ndjson" => (Format::Ndjson, "application/x-ndjson"),
                _ => return Err(Refusal::NotFound),
            };
            let filter = match filters.filter(&asked.shell().zone) {
                Ok(filter) => filter,
                Err(words) => return Ok(problem(StatusCode::BAD_REQUEST, &words)),
            };
            let mut facts = Facts::new();
            facts.insert("format".to_owned(), file.rsplit('.').next().unwrap_or_default().to_owned());
            note(&asked, permit.entry("audit.exported").changed(Facts::new(), facts)).await?;
            let pieces = audit::export(asked.state.access.db().clone(), filter, format);
            let mut response = Body::from_stream(pieces).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            let name = HeaderValue::from_str(&format!("attachment; filename=\"audit-{file}\""));
            if let Ok(name) = name {
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            Ok(response)
        })
        .await
}

/// `POST /audit/verify`: walks the whole chain; the page then says what was found.
async fn verify(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ReadAudit>()?;
            let found = audit::verify(asked.state.access.db(), None).await?;
            let at = asked.state.access.now();
            let entry = permit.entry("audit.verified");
            let (state, entry) = match found {
                Verified::Whole { records, .. } => (ChainState::Whole { at, records }, entry),
                Verified::Broken(broken) => {
                    let what = broken.to_string();
                    (ChainState::Broken { at, what: what.clone() }, entry.failed(what))
                }
            };
            asked.state.walked.set(state);
            note(&asked, entry).await?;
            Ok(see("/audit"))
        })
        .await
}

/// What the platform tells of one operation of its AI.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlatformOperation)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// `optimization.computed`
    verb: String,
    #[serde(default)]
    wedding_id: Option<String>,
    #[serde(default)]
    operation: Option<String>,
    #[serde(default)]
    result_quality: Option<f64>,
    #[serde(default)]
    processing_time_ms: Option<i64>,
    #[serde(default)]
    recommendations: Option<i64>,
}

/// `POST /api/v1/audit/events`: `{"events": [...]}`, all of them or none.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlatformOperations)]
#[serde(deny_unknown_fields)]
pub struct Events {
    events: Vec<Told>,
}

/// What the platform did with its AI, into the audit log: all of it or nothing.
#[utoipa::path(post, path = "/api/v1/audit/events", tag = "audit", request_body = Events, responses(
    (status = 202, description = "Stored"), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn events(asked: Asked, body: Result<Json<Events>, JsonRejection>) -> Response {
    let events = match body {
        Ok(Json(Events { events })) => events,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.body_text()),
    };
    if events.is_empty() || events.len() > MOST_EVENTS {
        let words = format!("events holds 1 to {MOST_EVENTS} operations; it held {}", events.len());
        return problem(StatusCode::BAD_REQUEST, &words);
    }
    if let Some((at, why)) = events.iter().enumerate().find_map(|(at, told)| Some((at, told.fault()?))) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, &format!("events[{at}]: {why}"));
    }
    asked
        .answer(|asked| async move {
            let viewer = asked.viewer()?;
            let actor = Actor { kind: ActorKind::Platform, ..viewer.actor() };
            let count = events.len();
            let entries: Vec<Entry> =
                events.into_iter().map(|told| told.entry(actor.clone(), viewer.origin().clone())).collect();
            let (db, now) = (asked.state.access.db().clone(), asked.state.access.now());
            // In a task of its own: a client that hangs up must not leave half a transaction behind.
            let stored = tokio::spawn(async move {
                let mut tx = db.begin().await?;
                for entry in &entries {
                    audit::record(&mut tx, now, entry).await?;
                }
                tx.commit().await.map_err(backend::db::DbError::from)
            });
            stored.await.map_err(|error| Refusal::Inside(error.to_string()))??;
            Ok((StatusCode::ACCEPTED, Json(serde_json::json!({ "stored": count }))).into_response())
        })
        .await
}

impl Told {
    fn fault(&self) -> Option<&'static str> {
        let verb = &self.verb;
        let is_verb = (1..=100).contains(&verb.len())
            && verb.contains('.')
            && verb
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > 200);
        if !is_verb {
            Some("verb is written as thing.done, in small letters")
        } else if self.result_quality.is_some_and(|quality| !(0.0..=1.0).contains(&quality)) {
            Some("result_quality is a ratio from 0 to 1")
        } else if [self.processing_time_ms, self.recommendations].iter().flatten().any(|number| *number < 0) {
            Some("processing_time_ms and recommendations are not negative")
        } else if long(&self.wedding_id) || long(&self.operation) {
            Some("wedding_id and operation have at most 200 letters")
        } else {
            None
        }
    }

    fn entry(self, actor: Actor, origin: domain::audit::Origin) -> Entry {
        let mut entry = Entry::new(format!("platform.{}", self.verb), actor, origin);
        entry.operation = Some(Operation {
            wedding_id: self.wedding_id,
            operation: self.operation,
            result_quality: self.result_quality,
            processing_time_ms: self.processing_time_ms,
            recommendations: self.recommendations,
        });
        entry
    }
}

/// Writes one record of its own.
async fn note(asked: &Asked, entry: Entry) -> Result<(), Refusal> {
    let (db, now) = (asked.state.access.db().clone(), asked.state.access.now());
    let stored = tokio::spawn(async move {
        let mut tx = db.begin().await?;
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await.map_err(backend::db::DbError::from)
    });
    stored.await.map_err(|error| Refusal::Inside(error.to_string()))?.map_err(Refusal::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Told {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_the_platform_tells_is_read_strictly() {
        assert!(told(r#"{"verb":"optimization.computed","result_quality":0.93}"#).fault().is_none());
        for wrong in [
            r#"{"verb":"Optimization"}"#,
            r#"{"verb":""}"#,
            r#"{"verb":"a.b","result_quality":1.7}"#,
            r#"{"verb":"a.b","processing_time_ms":-1}"#,
        ] {
            assert!(told(wrong).fault().is_some(), "{wrong}");
        }
        assert!(serde_json::from_str::<Told>(r#"{"verb":"a.b","couple":"Ada and Grace"}"#).is_err());
    }
}
