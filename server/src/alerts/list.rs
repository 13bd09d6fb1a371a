//! `GET /alerts` and `POST /alerts/acknowledge`.

use app::alerts::{AlertsView, Filters, PendingRow, SilenceForm, SilenceRow, alerts_page, open_fragment};
use axum::{
    Form,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::{access::HandleAlerts, alerts::AlertRefused, windows};
use domain::alerts::AlertId;
use serde::Deserialize;

use super::{Context, ON_NOW, frames};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// Past alerts on a page.
const A_PAGE: usize = 30;
/// At most so many are acknowledged by one press.
const AT_ONCE: usize = 500;

/// What a page says beside what is stored.
#[derive(Default)]
pub(super) struct Saying {
    pub filters: Filters,
    pub done: Option<String>,
    pub refused: Vec<String>,
    pub silence: SilenceForm,
}

pub(super) async fn show(asked: Asked, query: Result<Query<Filters>, QueryRejection>) -> Response {
    asked
        .answer(|asked| async move {
            let filters = query.map(|Query(filters)| filters).unwrap_or_default();
            let done = done(&filters);
            draw(&asked, StatusCode::OK, Saying { filters, done, ..Saying::default() }).await
        })
        .await
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default, rename = "for")]
    page: String,
}

/// `GET /alerts/open`: the list alone, for a page that draws it anew.
pub(super) async fn open(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let (back, shown) = if wanted.page == "now" { ("/", ON_NOW) } else { ("/alerts", AT_ONCE) };
            let list = Context::of(&asked).open(&asked.state, back, shown).await?;
            Ok(Html(open_fragment(&list)).into_response())
        })
        .await
}

/// `POST /alerts/acknowledge`: those that were chosen. What could not be acknowledged is said by name.
pub(super) async fn acknowledge(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<HandleAlerts>()?;
            let chosen = fields.all("alert");
            if chosen.is_empty() {
                let refused = vec!["Nothing was chosen: tick the alerts that you take on.".to_owned()];
                return draw(
                    &asked,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    Saying { refused, ..Saying::default() },
                )
                .await;
            }
            let alerts = &asked.state.console.alerts;
            let (mut taken, mut refused) = (0_usize, Vec::new());
            for id in chosen.into_iter().take(AT_ONCE).map(AlertId) {
                match alerts.acknowledge(&permit, &id, "").await {
                    Ok(_) => taken += 1,
                    Err(AlertRefused::Db(error)) => return Err(error.into()),
                    Err(why) => {
                        let title =
                            alerts.one(&id).await.map_or_else(|_| "An alert".to_owned(), |one| one.title);
                        refused.push(format!("{title}: {why}"));
                    }
                }
            }
            if refused.is_empty() {
                return Ok(see(&format!("/alerts?done=acknowledged&count={taken}")));
            }
            let done = (taken > 0).then(|| acknowledged(taken));
            draw(&asked, StatusCode::CONFLICT, Saying { refused, done, ..Saying::default() }).await
        })
        .await
}

pub(super) async fn draw(asked: &Asked, status: StatusCode, saying: Saying) -> Result<Response, Refusal> {
    let Saying { filters, done, refused, silence } = saying;
    let context = Context::of(asked);
    let (state, drawing) = (&asked.state, context.drawing());
    let alerts = &state.console.alerts;
    let open = context.open(state, "/alerts", AT_ONCE).await?;
    let (past, problem) = match filters.wanted(&context.zone) {
        Ok((wanted, before)) => (alerts.search(&wanted, before.as_ref(), A_PAGE as i64 + 1).await?, None),
        Err(words) => (Vec::new(), Some(words)),
    };
    let status = if problem.is_some() && status == StatusCode::OK { StatusCode::BAD_REQUEST } else { status };
    let db = state.access.db();
    let silences = windows::present(db, context.now).await?;
    let pending = alerts.pending().await?;
    let mut shell = asked.shell();
    shell.alerts = context.standing(&open, &shell.alerts);
    let mut view = AlertsView {
        frames: frames(state),
        now: context.now,
        names: context.names.clone(),
        open,
        pending: pending.iter().map(|pending| PendingRow::of(pending, drawing)).collect(),
        silences: silences.iter().map(|window| SilenceRow::of(window, drawing)).collect(),
        silence,
        may_handle: context.rights.handle.clone(),
        past: past.iter().take(A_PAGE).map(|stored| app::alerts::AlertRow::of(stored, drawing)).collect(),
        older: None,
        filters,
        problem,
        done,
        refused,
    };
    view.turn(&past, A_PAGE);
    Ok(asked.page(status, alerts_page(&shell, &view)))
}

fn done(filters: &Filters) -> Option<String> {
    match filters.done.as_str() {
        "acknowledged" => Some(acknowledged(filters.count.parse().unwrap_or(1))),
        "silenced" => Some("The silence holds.".to_owned()),
        "ended" => Some("The silence has ended; what it held back is called now.".to_owned()),
        _ => None,
    }
}

fn acknowledged(count: usize) -> String {
    if count == 1 { "1 alert is yours now.".to_owned() } else { format!("{count} alerts are yours now.") }
}
