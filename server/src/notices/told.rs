//! `GET /notices`: what couples were told, the newest first.

use app::notices::{Fate, ToldView, told_page};
use axum::{extract::Query, http::StatusCode, response::Response};
use backend::notices::{Standing, ToldRow};
use domain::{notices::AttemptId, time::lasting};
use serde::Deserialize;

use super::{outage, refused, row};
use crate::{
    access::asked::{Asked, Refusal, encoded},
    crises::Context,
};

/// Attempts on a page.
const A_PAGE: usize = 50;
/// So many are read with one query.
const AT_ONCE: u16 = 500;
/// And so many queries are made for a page of one state; what lies beyond is on the page after it.
const LOOKS: usize = 10;

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

/// Those of one page, and the last that was looked at where there may be more.
async fn page(
    asked: &Asked,
    context: &Context,
    fate: Option<Fate>,
    before: Option<AttemptId>,
) -> Result<(Vec<ToldRow>, Option<AttemptId>), Refusal> {
    let (mut found, mut before) = (Vec::new(), before);
    for _ in 0..LOOKS {
        let newest =
            asked.state.notices.newest(&context.see, context.personal.as_ref(), before.as_ref(), AT_ONCE);
        let read = newest.await.map_err(refused)?;
        let is_last = read.len() < usize::from(AT_ONCE);
        for told in read {
            if found.len() == A_PAGE {
                return Ok((found, before));
            }
            before = Some(told.attempt.id.clone());
            if fate.is_none_or(|fate| fate == Fate::of(&told.attempt.state)) {
                found.push(told);
            }
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, before))
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
