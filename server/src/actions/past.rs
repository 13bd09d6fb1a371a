//! `GET /runs`: every run, the newest first.

use app::actions::{PastView, RunRow, runs_page};
use axum::{extract::Query, http::StatusCode, response::Response};
use domain::actions::{ActionKey, RunId};
use serde::Deserialize;

use super::{Context, platform};
use crate::access::asked::{Asked, Refusal, encoded};

/// Runs on a page.
const A_PAGE: usize = 30;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
    action: String,
    /// The last one of the page before.
    before: String,
}

pub(super) async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let context = Context::of(&asked)?;
            let platform = platform(&asked, &wanted.platform)?;
            let actions = &asked.state.actions;
            let of = match wanted.action.as_str() {
                "" => None,
                text => Some(ActionKey::parse(text).map_err(|_| Refusal::NotFound)?),
            };
            let before = Some(wanted.before).filter(|before| !before.is_empty()).map(RunId);
            let key = of.as_ref().map(|key| (platform.as_str(), key));
            let found = actions.history(&context.see, key, before.as_ref(), A_PAGE as i64 + 1).await?;
            let last = found.get(A_PAGE - 1).filter(|_| found.len() > A_PAGE);
            let older = last.map(|last| {
                let action = of.as_ref().map(|key| format!("action={key}&")).unwrap_or_default();
                format!("/runs?{action}before={}", encoded(last.run.id.as_str()))
            });
            let shown = found.iter().take(A_PAGE);
            let view = PastView {
                frames: asked.state.console.now_page().frames,
                now: context.now,
                rows: shown.map(|stored| RunRow::of(stored, context.now, &context.zone)).collect(),
                of: of.map(|key| {
                    let name = actions.action(&platform, &key).map(|action| action.name.clone());
                    (key.to_string(), name.unwrap_or_else(|| key.to_string()))
                }),
                older,
                turned: before.is_some(),
            };
            Ok(asked.page(StatusCode::OK, runs_page(&asked.shell(), &view)))
        })
        .await
}
