//! `GET /actions`, and the parts of it that are drawn anew.

use app::{
    access::Troubles,
    actions::{ActionsView, EntryRow, GoalRows, RunRow, actions_page, now_fragment, open_fragment},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::actions::Listed;
use serde::Deserialize;

use super::{Context, automatic, for_now, open_runs, platform, refused, rights, service_names};
use crate::access::asked::{Asked, Refusal};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
    done: String,
}

/// What a page says beside what is stored.
#[derive(Default)]
pub(super) struct Saying {
    pub platform: String,
    pub done: Option<String>,
    /// What was typed to turn the switch, and what was refused of it.
    pub switch: Option<(String, Troubles)>,
}

pub(super) async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let done = match wanted.done.as_str() {
                "off" => Some("Nothing is done automatically from now on. Every page says so.".to_owned()),
                "on" => Some("What the configuration allows is done automatically again.".to_owned()),
                _ => None,
            };
            let saying = Saying { platform: wanted.platform, done, switch: None };
            draw(&asked, StatusCode::OK, saying).await
        })
        .await
}

/// `GET /actions/part/{part}`: what goes on and what waits, alone.
pub(super) async fn part(asked: Asked, Path(part): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            match part.as_str() {
                "open" => {
                    let context = Context::of(&asked)?;
                    let platform = platform(&asked, &wanted.platform)?;
                    let listed =
                        asked.state.actions.listed(&context.see, &platform).await.map_err(refused)?;
                    let open = open_runs(&asked, &listed.open, &listed.waiting, &context);
                    Ok(Html(open_fragment(&open)).into_response())
                }
                "now" => Ok(Html(now_fragment(&for_now(&asked).await?)).into_response()),
                _ => Err(Refusal::NotFound),
            }
        })
        .await
}

pub(super) async fn draw(asked: &Asked, status: StatusCode, saying: Saying) -> Result<Response, Refusal> {
    let context = Context::of(asked)?;
    let platform = platform(asked, &saying.platform)?;
    let listed = asked.state.actions.listed(&context.see, &platform).await.map_err(refused)?;
    let mut switch = automatic::view(asked, listed.automation.clone())?;
    if let Some((reason, troubles)) = saying.switch {
        switch.reason = reason;
        switch.troubles = troubles;
    }
    let view = ActionsView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        zone: context.zone.clone(),
        goals: goals(asked, &listed, &context)?,
        open: open_runs(asked, &listed.open, &listed.waiting, &context),
        platform,
        switch,
        done: saying.done,
    };
    Ok(asked.page(status, actions_page(&asked.shell(), &view)))
}

fn goals(asked: &Asked, listed: &Listed, context: &Context) -> Result<Vec<GoalRows>, Refusal> {
    let mut goals = Vec::new();
    for (goal, entries) in &listed.goals {
        let mut rows = Vec::new();
        for entry in entries {
            let action = &entry.action;
            rows.push(EntryRow {
                key: action.key.to_string(),
                name: action.name.clone(),
                changes: action.changes.clone(),
                dangerous: action.danger.is_dangerous(),
                two_person: action.two_person,
                place: service_names(asked, &action.services).join(", "),
                may: rights(asked, Some(action))?.run,
                last: entry.last.as_ref().map(|stored| RunRow::of(stored, context.now, &context.zone)),
            });
        }
        goals.push(GoalRows { words: goal.words(), rows });
    }
    Ok(goals)
}
