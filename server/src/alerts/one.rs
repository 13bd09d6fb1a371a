//! `/alerts/{id}`, and everything that is done to one alert: a plain form each, then back to its page.

use app::{
    access::{Choice, Troubles},
    alerts::{AlertPart, AlertView, EvidenceRow, Typed, alert_page, alert_part},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::{
    access::{HandleAlerts, Permission},
    alerts::AlertRefused,
};
use domain::{
    access::PersonId,
    alerts::{AlertId, AlertState, Refusal as Refused},
};
use serde::Deserialize;

use super::{Context, back, frames, poll_every, series};
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    actions,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    done: String,
    /// "oldest": the story from its beginning.
    order: String,
}

pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            draw(&asked, &AlertId(id), StatusCode::OK, Typed::default(), &wanted).await
        })
        .await
}

/// `GET /alerts/{id}/part/{part}`: one part of the page alone, for a page that draws it anew.
pub(super) async fn part(
    asked: Asked,
    Path((id, part)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    asked
        .answer(|asked| async move {
            let Some(part) = AlertPart::from_word(&part) else { return Err(Refusal::NotFound) };
            let view = view(&asked, &AlertId(id), Typed::default(), &wanted).await?;
            Ok(Html(alert_part(&view, part)).into_response())
        })
        .await
}

/// `POST /alerts/{id}/{what}`: one verb each.
pub(super) async fn press(
    asked: Asked,
    Path((id, what)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<HandleAlerts>()?;
            let alerts = &asked.state.console.alerts;
            let [note, reason, to, from] = ["note", "reason", "to", "back"].map(|field| fields.text(field));
            let id = AlertId(id);
            let done = match what.as_str() {
                "acknowledge" => alerts.acknowledge(&permit, &id, &note).await,
                "unacknowledge" => alerts.unacknowledge(&permit, &id).await,
                "hand-over" => {
                    let wanted = PersonId::new(to.clone());
                    if may_take_over(&asked, &id, &wanted).await? {
                        alerts.hand_over(&permit, &id, &wanted).await
                    } else {
                        Err(AlertRefused::NoSuchPerson)
                    }
                }
                "resolve" => alerts.resolve(&permit, &id, &reason).await,
                "reopen" => alerts.reopen(&permit, &id).await,
                "note" => alerts.note(&permit, &id, &note).await,
                _ => return Err(Refusal::NotFound),
            };
            let why = match done {
                Ok(_) => {
                    return Ok(see(&match back(&from) {
                        "" => format!("/alerts/{id}?done={what}"),
                        "/alerts" if what == "acknowledge" => "/alerts?done=acknowledged&count=1".to_owned(),
                        address => address.to_owned(),
                    }));
                }
                Err(why) => why,
            };
            let field = match &why {
                AlertRefused::Unknown => return Err(Refusal::NotFound),
                AlertRefused::Missing(missing) => return Err(Refusal::Missing(missing.clone())),
                AlertRefused::Db(error) => return Err(Refusal::Inside(error.to_string())),
                AlertRefused::Refusal(Refused::NeedsReason) => Some("reason"),
                AlertRefused::EmptyNote => Some("note"),
                AlertRefused::TooLong { .. } => Some(if what == "resolve" { "reason" } else { "note" }),
                AlertRefused::NoSuchPerson => Some("to"),
                AlertRefused::Refusal(_) | AlertRefused::Changed | AlertRefused::IsPinned => None,
            };
            let status =
                if field.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            let troubles = Troubles::default().and(field.unwrap_or_default(), why.to_string());
            let typed = Typed { note, reason, to, troubles, ..Typed::default() };
            draw(&asked, &id, status, typed, &Wanted::default()).await
        })
        .await
}

pub(super) async fn draw(
    asked: &Asked,
    id: &AlertId,
    status: StatusCode,
    typed: Typed,
    wanted: &Wanted,
) -> Result<Response, Refusal> {
    let view = view(asked, id, typed, wanted).await?;
    Ok(asked.page(status, alert_page(&asked.shell(), &view)))
}

async fn view(asked: &Asked, id: &AlertId, typed: Typed, wanted: &Wanted) -> Result<AlertView, Refusal> {
    let (state, context) = (&asked.state, Context::of(asked));
    let alerts = &state.console.alerts;
    let told = match alerts.story(id).await {
        Ok(told) => told,
        Err(AlertRefused::Unknown) => return Err(Refusal::NotFound),
        Err(why) => return Err(Refusal::Inside(why.to_string())),
    };
    let key = &told.stored.alert.key;
    let around = alerts.around(&told.stored).await?;
    let normal = state.console.normal(&key.platform, &series(key)).await;
    let people = match &context.rights.handle {
        Ok(()) => people(asked, key.service.as_deref(), &told.stored.alert.state).await?,
        Err(_) => Vec::new(),
    };
    let every = poll_every(state, &told.stored);
    let deliveries = alerts.deliveries(id).await?;
    let drawing = context.drawing();
    let mut view =
        AlertView::of(&told, &around, frames(state), normal, every, people, deliveries, typed, drawing);
    let acted = actions::for_alert(asked, &told.stored).await?;
    (view.offers, view.ran, view.runs_before) = (acted.offers, acted.ran, acted.before);
    let pinned = alerts.evidence(id).await?;
    view.evidence = pinned.iter().map(|one| EvidenceRow::of(one, context.now, &context.zone)).collect();
    let watched = state.console.platforms().contains(&key.platform);
    view.closer = (watched && view.may_handle.is_ok()).then(|| format!("/diagnostics?alert={id}"));
    view.oldest_first = wanted.order == "oldest";
    view.done = done(&wanted.done);
    Ok(view)
}

/// Who may be given it: everybody who may handle it, but whoever has it.
async fn people(asked: &Asked, service: Option<&str>, now: &AlertState) -> Result<Vec<Choice>, Refusal> {
    let holder = match now {
        AlertState::Acknowledged { by, .. } => by.person.as_ref(),
        _ => None,
    };
    let may = asked.state.access.holders(Permission::HandleAlerts, service).await?;
    let may = may.into_iter().filter(|(id, _)| Some(id) != holder);
    Ok(may.map(|(id, name)| Choice { value: id.as_str().to_owned(), label: name }).collect())
}

async fn may_take_over(asked: &Asked, id: &AlertId, person: &PersonId) -> Result<bool, Refusal> {
    let Ok(stored) = asked.state.console.alerts.one(id).await else { return Err(Refusal::NotFound) };
    let service = stored.alert.key.service.as_deref();
    let may = asked.state.access.holders(Permission::HandleAlerts, service).await?;
    Ok(may.iter().any(|(id, _)| id == person))
}

fn done(what: &str) -> Option<String> {
    let words = match what {
        "acknowledge" => "It is yours now: nobody else is called.",
        "unacknowledge" => "The acknowledgement is taken back: paging goes on.",
        "hand-over" => "It is handed over.",
        "resolve" => "It is resolved.",
        "reopen" => "It is open again.",
        "note" => "The note is in its story.",
        "silenced" => "The silence holds.",
        "ended" => "The silence has ended; what it held back is called now.",
        _ => return None,
    };
    Some(words.to_owned())
}
