//! `/diagnostics`: looks at a platform, one look alone, a log as it is written, and what is pinned to an alert.

mod live;
mod page;
mod pin;
#[cfg(test)]
mod tests;

use app::diagnostics::ScopeView;
use backend::{
    access::{HandleAlerts, Permission, Permit},
    alerts::AlertRefused,
    diagnostics::Scope,
};
use domain::{
    alerts::AlertId,
    diagnostics::{LogAsked, Panel, Question, Thing},
};
use serde::Deserialize;

use crate::{
    access::asked::{Asked, Refusal},
    pages,
    routes::{Needs, Routes},
};

/// A search in a log is no longer than this.
const LONGEST_SEARCH: usize = 200;

/// The routes of diagnostics: for who may handle alerts.
pub fn routes(routes: Routes) -> Routes {
    let handle = Needs::Permission(Permission::HandleAlerts);
    routes
        .get("/diagnostics", handle, page::show)
        .get("/diagnostics/log/live", handle, live::stream)
        .post("/diagnostics/pin", handle, pin::press)
        .get("/diagnostics/{panel}", handle, page::one)
}

/// What an address says of the scope and of the question.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    platform: String,
    /// Left out it is the service of the alert; empty it is the platform as a whole.
    service: Option<String>,
    alert: String,
    pod: String,
    deployment: String,
    search: String,
    previous: String,
    /// The panel that was just pinned.
    pinned: String,
}

/// What is looked at, by whom.
struct Looking {
    permit: Permit<HandleAlerts>,
    scope: Scope,
    view: ScopeView,
}

impl Looking {
    async fn of(asked: &Asked, wanted: &Wanted) -> Result<Looking, Refusal> {
        let viewer = asked.viewer()?;
        let permit = viewer.permit::<HandleAlerts>()?;
        let console = &asked.state.console;
        let alert = match wanted.alert.as_str() {
            "" => None,
            id => match console.alerts.one(&AlertId(id.to_owned())).await {
                Ok(stored) => Some(stored),
                Err(AlertRefused::Unknown) => return Err(Refusal::NotFound),
                Err(why) => return Err(Refusal::Inside(why.to_string())),
            },
        };
        let key = alert.as_ref().map(|stored| &stored.alert.key);
        let platform = key.map_or(wanted.platform.as_str(), |key| key.platform.as_str());
        let platform = pages::platform(&asked.state, Some(platform)).map_err(|_| Refusal::NotFound)?;
        let configured = console.config().platforms.iter().find(|one| one.name == platform);
        let services = configured.map(|platform| platform.services.as_slice()).unwrap_or_default();
        let known = |key: &str| services.iter().any(|service| service.key == key);
        let service = match wanted.service.as_deref() {
            Some("") => None,
            Some(key) if known(key) => Some(key.to_owned()),
            Some(_) => return Err(Refusal::NotFound),
            // A sender from outside may name what is no service here.
            None => key.and_then(|key| key.service.clone()).filter(|key| known(key)),
        };
        let own = services.iter().filter(|service| permit.covers(&service.key));
        let view = ScopeView {
            platform: platform.clone(),
            platforms: console.platforms(),
            service: service.clone(),
            services: own.map(|service| (service.key.clone(), service.name.clone())).collect(),
            whole: viewer.services.is_none(),
            alert: alert.map(|stored| (stored.id.0, stored.title)),
        };
        Ok(Looking { permit, scope: Scope { platform, service }, view })
    }
}

/// What is asked of a panel.
fn question(panel: Panel, wanted: &Wanted) -> Question {
    let named = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    match panel {
        Panel::Describe => {
            let pod = named(&wanted.pod).map(Thing::Pod);
            Question::Describe(pod.or_else(|| named(&wanted.deployment).map(Thing::Deployment)))
        }
        Panel::Log => Question::Log(LogAsked {
            pod: named(&wanted.pod),
            search: wanted.search.trim().chars().take(LONGEST_SEARCH).collect(),
            previous: wanted.previous == "yes",
        }),
        panel => Question::of(panel),
    }
}
