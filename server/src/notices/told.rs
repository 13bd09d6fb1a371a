//! `GET /notices`: what couples were told, the newest first.

use app::notices::{ToldView, told_page};
use axum::{extract::Query, http::StatusCode, response::Response};
use backend::notices::{Standing, ToldRow};
use domain::{
    notices::{AttemptId, Fate},
    time::lasting,
};
use serde::Deserialize;

use super::{outage, refused, row};
use crate::{
    access::asked::{Asked, Refusal, encoded},
    crises::Context,
};

/// Attempts on a page.
const A_PAGE: u16 = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    state: String,
    /// The last one of the page before.
    before: String,
}

pub(super) async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let context = Context::of(&asked)?;
            let fate = match wanted.state.as_str() {
                "" => Ok(None),
                code => Fate::from_code(code).map(Some).ok_or_else(|| {
                    let known = Fate::ALL.map(Fate::code).join(", ");
                    format!("There is no such state; there are {known}.")
                }),
            };
            let (fate, problem) = match fate {
                Ok(fate) => (fate, None),
                Err(problem) => (None, Some(problem)),
            };
            let before = Some(wanted.before).filter(|before| !before.is_empty()).map(AttemptId);
            let turned = before.is_some();
            let (found, last) = match &problem {
                Some(_) => (Vec::new(), None),
                None => page(&asked, &context, fate, before).await?,
            };
            let standing = asked.state.notices.standing(&context.see).await.map_err(refused)?;
            let older = last.map(|last| {
                let state = fate.map(|fate| format!("state={}&", fate.code())).unwrap_or_default();
                format!("/notices?{state}before={}", encoded(&last.0))
            });
            let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            let view = ToldView {
                frames: asked.state.console.now_page().frames,
                now: context.now,
                fate,
                standing: words(&standing),
                outage: outage(&standing, &context),
                rows: found.iter().map(|told| row(told, &context)).collect(),
                older,
                turned,
                problem,
            };
            Ok(asked.page(status, told_page(&asked.shell(), &view)))
        })
        .await
}

/// Those of one page, and the last of them where there are older ones.
async fn page(
    asked: &Asked,
    context: &Context,
    fate: Option<Fate>,
    before: Option<AttemptId>,
) -> Result<(Vec<ToldRow>, Option<AttemptId>), Refusal> {
    let (notices, personal) = (&asked.state.notices, context.personal.as_ref());
    let found = notices.newest(&context.see, personal, fate, before.as_ref(), A_PAGE + 1).await;
    let mut found = found.map_err(refused)?;
    let has_older = found.len() > usize::from(A_PAGE);
    found.truncate(usize::from(A_PAGE));
    let last = found.last().filter(|_| has_older).map(|told| told.attempt.id.clone());
    Ok((found, last))
}

/// "3 wait to be sent, the oldest for 4 min; 1 is in doubt."
fn words(standing: &Standing) -> Option<String> {
    let waiting: usize = standing.waiting.iter().map(|(_, count, _)| count).sum();
    let oldest = standing.waiting.iter().map(|(_, _, since)| *since).min();
    let several = |count: usize, one: &str, many: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
    };
    let mut said = Vec::new();
    if let Some(oldest) = oldest {
        let age = lasting(standing.now.since(oldest));
        said.push(format!("{} to be sent, the oldest for {age}", several(waiting, "waits", "wait")));
    }
    if standing.in_doubt > 0 {
        said.push(format!("{} in doubt", several(standing.in_doubt, "is", "are")));
    }
    (!said.is_empty()).then(|| format!("{}.", said.join("; ")))
}
