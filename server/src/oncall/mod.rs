//! `/on-call` and what belongs to it: tiers, overrides, calendars, tests of the escalation.

pub mod demo;
mod feeds;
mod overview;
mod tests;
mod tier;
mod typed;

use app::oncall::OnCallCard;
use backend::{
    access::{Permission, SeeStatus},
    oncall,
};
use domain::access::PersonId;

use crate::{
    access::asked::{Asked, Refusal},
    routes::{Needs, Routes},
};

/// The routes of on call. What a person does for themselves needs an account; machines have none.
pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    let change = Needs::Permission(Permission::ChangeSchedules);
    routes
        .get("/on-call", see, overview::show)
        .get("/on-call/ready", see, overview::ready)
        .get("/on-call/tiers/{number}", see, tier::show)
        .post("/on-call/tiers/{number}", change, tier::save)
        .post("/on-call/tiers/{number}/take", Needs::Account, tier::take)
        .post("/on-call/tiers/{number}/overrides", change, tier::put)
        .post("/on-call/tiers/{number}/swap", change, tier::swap)
        .post("/on-call/overrides/{id}/remove", Needs::Account, overview::remove)
        .post("/on-call/feeds", Needs::Account, feeds::create)
        .post("/on-call/feeds/{id}/revoke", Needs::Account, feeds::revoke)
        .get("/feeds/{file}", Needs::Anybody, feeds::read)
        .post("/on-call/tests", change, tests::begin)
        .get("/on-call/tests/{id}", see, tests::show)
        .post("/on-call/tests/{id}/answer", Needs::Account, tests::answer)
}

/// Who is on call, for the page Now; `None` where it cannot be read, which is no reason to hide the rest.
pub async fn card(asked: &Asked) -> Option<OnCallCard> {
    let permit = asked.viewer().ok()?.permit::<SeeStatus>().ok()?;
    let now = asked.state.console.clock.now();
    match oncall::on_call_now(asked.state.access.db(), &permit, now).await {
        Ok((roster, people)) => Some(OnCallCard { roster, people, me: me(asked).ok().flatten() }),
        Err(error) => {
            tracing::warn!(%error, "who is on call cannot be read");
            None
        }
    }
}

/// Whoever looks, when it is a person.
fn me(asked: &Asked) -> Result<Option<PersonId>, Refusal> {
    let viewer = asked.viewer()?;
    Ok(viewer.session().map(|_| viewer.person.clone()))
}

/// "It has to end after it begins.", from the words of an error.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
