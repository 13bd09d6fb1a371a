//! `/crises/notices/{batch}`: how far the notices are that one press sent off.

use app::notices::{ProgressView, progress_fragment, progress_page};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::notices::ON_A_PAGE;
use domain::time::lasting;
use serde::Deserialize;

use super::{outage, refused, row};
use crate::{
    access::asked::{Asked, Refusal},
    crises::Context,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    /// How many the press sent off.
    sent: Option<usize>,
    /// From 0; what is none is the first.
    page: Option<String>,
}

pub(super) async fn show(asked: Asked, Path(batch): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let mut view = view(&asked, batch, &wanted).await?;
            view.done = wanted.sent.map(|count| match count {
                1 => "Pressed: 1 notice is on its way.".to_owned(),
                count => format!("Pressed: {count} notices are on their way."),
            });
            Ok(asked.page(StatusCode::OK, progress_page(&asked.shell(), &view)))
        })
        .await
}

/// `GET …/part/{part}`: the part alone, for a page that draws it anew.
pub(super) async fn part(
    asked: Asked,
    Path((batch, part)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    asked
        .answer(|asked| async move {
            if part != "progress" {
                return Err(Refusal::NotFound);
            }
            let view = view(&asked, batch, &wanted).await?;
            Ok(Html(progress_fragment(&view)).into_response())
        })
        .await
}

async fn view(asked: &Asked, batch: String, wanted: &Wanted) -> Result<ProgressView, Refusal> {
    let context = Context::of(asked)?;
    let notices = &asked.state.notices;
    let page = wanted.page.as_deref().and_then(|page| page.parse().ok()).unwrap_or_default();
    let progress =
        notices.progress(&context.see, context.personal.as_ref(), &batch, page).await.map_err(refused)?;
    let Some(purpose) = progress.purpose else { return Err(Refusal::NotFound) };
    let standing = notices.standing(&context.see).await.map_err(refused)?;
    Ok(ProgressView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        batch,
        purpose,
        progress: progress.counts,
        rows: progress.rows.iter().map(|told| row(told, &context)).collect(),
        page: progress.page,
        on_a_page: ON_A_PAGE,
        oldest: progress.oldest.map(|since| lasting(progress.now.since(since))),
        // What has left is not held up by it.
        outage: outage(&standing, &context).filter(|_| progress.counts.waiting > 0),
        done: None,
    })
}
