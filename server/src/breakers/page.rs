//! `/breakers`, and the forms that hold one or let it go.

use app::{
    access::Troubles,
    failover::{BreakerRow, BreakersView, Typed, breakers_page},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Permit, RunOrdinaryActions, SeeStatus},
    failover::BreakerRefused,
};
use domain::{
    failover::{HoldRefused, Position},
    time::MINUTE,
};
use serde::Deserialize;

use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    pages,
};

/// What is read of the story of each. An hour of probes that fail is among it, which the page tells as one line.
const STORY: i64 = 150;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
    done: String,
}

pub(super) async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let done = match wanted.done.as_str() {
                "hold" => Some("It is held: nothing that is told moves it until then.".to_owned()),
                "release" => Some("It is held no longer.".to_owned()),
                _ => None,
            };
            draw(&asked, StatusCode::OK, &wanted.platform, done, None).await
        })
        .await
}

pub(super) async fn press(
    asked: Asked,
    Path((service, what)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit_for_service::<RunOrdinaryActions>(&service)?;
            let platform = platform(&asked, &fields.text("platform"))?;
            let of = (platform.as_str(), service.as_str());
            let failover = &asked.state.failover;
            let done = match what.as_str() {
                "hold" => {
                    let position =
                        if fields.text("position") == "open" { Position::Open } else { Position::Closed };
                    // What is no number is no span that is possible, and refused as that.
                    let minutes = fields.text("minutes").trim().parse::<i64>().unwrap_or(0);
                    let until = asked.state.console.clock.now().plus(minutes.saturating_mul(MINUTE));
                    failover.hold(&permit, of, position, fields.text("reason"), until).await
                }
                "release" => failover.release(&permit, of).await,
                _ => return Err(Refusal::NotFound),
            };
            let why = match done {
                Ok(_) => {
                    let platform = app::encoded(&platform);
                    return Ok(see(&format!("/breakers?platform={platform}&done={what}")));
                }
                Err(why) => why,
            };
            let status = match &why {
                BreakerRefused::Unknown => return Err(Refusal::NotFound),
                BreakerRefused::Missing(missing) => return Err(Refusal::Missing(missing.clone())),
                BreakerRefused::Db(error) => return Err(Refusal::Inside(error.to_string())),
                BreakerRefused::Changed => StatusCode::CONFLICT,
                BreakerRefused::Hold(_) | BreakerRefused::TooMany => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let typed = Typed {
                service,
                position: fields.text("position"),
                minutes: fields.text("minutes"),
                reason: fields.text("reason"),
                troubles: Troubles::default().and(field(&why), why.to_string()),
            };
            draw(&asked, status, &platform, None, Some(typed)).await
        })
        .await
}

/// At which field of the form it is said.
fn field(why: &BreakerRefused) -> &'static str {
    match why {
        BreakerRefused::Hold(HoldRefused::NeedsReason | HoldRefused::LongReason) => "reason",
        BreakerRefused::Hold(HoldRefused::Span) => "minutes",
        BreakerRefused::Hold(HoldRefused::NotAPosition) => "position",
        _ => "",
    }
}

async fn draw(
    asked: &Asked,
    status: StatusCode,
    wanted: &str,
    done: Option<String>,
    typed: Option<Typed>,
) -> Result<Response, Refusal> {
    let platform = platform(asked, wanted)?;
    let rows = rows(asked, &platform, Stories::OfAll).await?;
    let view = BreakersView {
        frames: asked.state.console.now_page().frames,
        now: asked.state.console.clock.now(),
        platform,
        rows,
        typed: typed.unwrap_or_default(),
        done,
    };
    Ok(asked.page(status, breakers_page(&asked.shell(), &view)))
}

/// Whose stories are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stories {
    OfAll,
    /// Only of those that are not closed: other pages have nothing to tell of the rest.
    OfTrouble,
}

/// The breakers of a platform in the words of a page, for whoever looks.
pub(super) async fn rows(
    asked: &Asked,
    platform: &str,
    stories: Stories,
) -> Result<Vec<BreakerRow>, Refusal> {
    let viewer = asked.viewer()?;
    let permit: Permit<SeeStatus> = viewer.permit()?;
    let state = &asked.state;
    let (now, zone) = (state.console.clock.now(), asked.shell().zone);
    let config = state.console.config();
    let configured = config.platforms.iter().find(|one| one.name == platform);
    let services = configured.map(|one| one.services.as_slice());
    let failed_over = state.failover.failed_over(&permit, platform).await?;
    let mut rows = Vec::new();
    for stored in state.failover.breakers(&permit, platform).await? {
        let key = stored.breaker.service.clone();
        let story = if stories == Stories::OfAll || stored.breaker.position() != Position::Closed {
            state.failover.story(&permit, (platform, &key), STORY).await?
        } else {
            Vec::new()
        };
        let known = services.unwrap_or_default().iter().find(|service| service.key == key);
        let name = known.map_or_else(|| key.clone(), |service| service.name.clone());
        let catalogue = state.actions.catalogue(platform);
        let named = |action: &domain::actions::ActionKey| {
            catalogue.and_then(|catalogue| catalogue.get(action)).map(|action| action.name.clone())
        };
        let may_hold = viewer
            .permit_for_service::<RunOrdinaryActions>(&key)
            .map(|_| ())
            .map_err(|missing| format!("You cannot hold it: {missing}."));
        let mut row = BreakerRow::of(&stored, name, &story, named, may_hold, now, &zone);
        let failover = configured.and_then(|one| one.failovers.get(&key)?.failover.as_ref());
        if let (Some(since), Some(action)) = (failed_over.get(&key), failover) {
            row.failed_over(&named(action).unwrap_or_else(|| action.to_string()), *since, now, &zone);
        }
        rows.push(row);
    }
    // As the configuration lists them, and as every other page does.
    let place = |row: &BreakerRow| services.and_then(|all| all.iter().position(|one| one.key == row.service));
    rows.sort_by_key(place);
    Ok(rows)
}

pub(super) fn platform(asked: &Asked, wanted: &str) -> Result<String, Refusal> {
    let wanted = Some(wanted).filter(|name| !name.is_empty());
    pages::platform(&asked.state, wanted).map_err(|_| Refusal::NotFound)
}
