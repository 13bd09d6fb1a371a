//! Every look of a scope, or one alone.

use app::diagnostics::{DiagnosticsView, LogView, Typed, diagnostics_page, panel_page};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{HandleAlerts, Permit},
    diagnostics::{LONG_LOOK, Look},
};
use domain::diagnostics::{Panel, Question};

use super::{Looking, Wanted, question};
use crate::access::asked::{Asked, Refusal};

/// Of the open alerts, so many can be chosen.
const MOST_ALERTS: i64 = 50;

pub(super) async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let looking = Looking::of(&asked, &wanted).await?;
            let looks = asked.state.diagnostics.glance(&looking.permit, &looking.scope).await?;
            let mut view = view(&asked, looking, looks).await?;
            view.pinned = Panel::from_word(&wanted.pinned);
            Ok(asked.page(StatusCode::OK, diagnostics_page(&asked.shell(), &view)))
        })
        .await
}

pub(super) async fn one(asked: Asked, Path(panel): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let panel = Panel::from_word(&panel).ok_or(Refusal::NotFound)?;
            draw(&asked, panel, &wanted, StatusCode::OK, Typed::default()).await
        })
        .await
}

/// One look, made now, on its own page.
pub(super) async fn draw(
    asked: &Asked,
    panel: Panel,
    wanted: &Wanted,
    status: StatusCode,
    typed: Typed,
) -> Result<Response, Refusal> {
    let looking = Looking::of(asked, wanted).await?;
    let question = question(panel, wanted);
    let diagnostics = &asked.state.diagnostics;
    let look = diagnostics.look(&looking.permit, &looking.scope, &question, LONG_LOOK);
    let (look, pods) = match &question {
        Question::Log(_) => {
            let (look, pods) = tokio::join!(look, diagnostics.pod_names(&looking.permit, &looking.scope));
            (look?, Some(pods?))
        }
        _ => (look.await?, None),
    };
    let log = match (&look.question, pods) {
        (Question::Log(asked), Some(pods)) => Some(LogView { asked: asked.clone(), pods }),
        _ => None,
    };
    let mut view = view(asked, looking, vec![look]).await?;
    view.pinned = Panel::from_word(&wanted.pinned);
    (view.log, view.typed) = (log, typed);
    Ok(asked.page(status, panel_page(&asked.shell(), &view)))
}

async fn view(asked: &Asked, looking: Looking, looks: Vec<Look>) -> Result<DiagnosticsView, Refusal> {
    let console = &asked.state.console;
    let alerts = match &looking.view.alert {
        Some(_) => Vec::new(),
        None => open_alerts(asked, &looking.permit, &looking.scope.platform).await?,
    };
    Ok(DiagnosticsView {
        frames: console.now_page().frames,
        now: console.clock.now(),
        zone: asked.shell().zone,
        scope: looking.view,
        looks,
        alerts,
        typed: Typed::default(),
        pinned: None,
        log: None,
    })
}

/// The open alerts of a platform that are theirs to handle: id and title.
async fn open_alerts(
    asked: &Asked,
    permit: &Permit<HandleAlerts>,
    platform: &str,
) -> Result<Vec<(String, String)>, Refusal> {
    let open = asked.state.console.alerts.open(MOST_ALERTS).await?;
    let own = open.into_iter().filter(|stored| {
        let key = &stored.alert.key;
        let covered = match &key.service {
            Some(service) => permit.covers(service),
            None => permit.viewer().services.is_none(),
        };
        key.platform == platform && covered
    });
    Ok(own.map(|stored| (stored.id.0, stored.title)).collect())
}
