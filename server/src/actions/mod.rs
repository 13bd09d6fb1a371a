//! `/actions` and `/runs`: the catalogue, one action, one run and what is done to it, and the switch for everything
//! automatic.

mod automatic;
mod list;
mod one;
mod past;
mod run;
#[cfg(test)]
mod tests;
mod undo;

use app::actions::{OpenRuns, Rights};
use backend::{
    access::{Missing, Permission, Permit, SeeStatus, Viewer},
    actions::{ActionRefused, RunPermit, Stored},
};
use domain::{
    actions::{Action, ActionKey},
    monitoring::wording::listed,
    time::Millis,
};
use jiff::tz::TimeZone;

pub use self::automatic::Switch;
use crate::{
    access::asked::{Asked, Refusal},
    http::State,
    pages::{self, Trouble},
    routes::{Needs, Routes},
};

/// The routes of actions and runs. Which permission an action needs stands in the catalogue, so the handlers look.
pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    routes
        .get("/actions", see, list::show)
        .get("/actions/part/{part}", see, list::part)
        .post("/actions/automatic", Needs::Permission(Permission::HandleAlerts), automatic::turn)
        .get("/actions/{key}", see, one::show)
        .post("/actions/{key}", see, one::request)
        .get("/runs", see, past::show)
        .get("/runs/{id}", see, run::show)
        .get("/runs/{id}/part/{part}", see, run::part)
        .get("/runs/{id}/undo", see, undo::show)
        .post("/runs/{id}/undo", see, undo::press)
        .post("/runs/{id}/{what}", see, run::press)
}

/// What the views of one request are made with.
struct Context {
    zone: TimeZone,
    now: Millis,
    see: Permit<SeeStatus>,
}

impl Context {
    fn of(asked: &Asked) -> Result<Context, Refusal> {
        Ok(Context {
            zone: asked.shell().zone,
            now: asked.state.console.clock.now(),
            see: asked.viewer()?.permit::<SeeStatus>()?,
        })
    }
}

/// The platform of that name, or the first.
fn platform(asked: &Asked, wanted: &str) -> Result<String, Refusal> {
    pages::platform(&asked.state, Some(wanted)).map_err(|_| Refusal::NotFound)
}

/// An action of a platform; an address may hold anything.
fn action<'a>(asked: &'a Asked, platform: &str, key: &str) -> Result<&'a Action, Refusal> {
    let key = ActionKey::parse(key).map_err(|_| Refusal::NotFound)?;
    asked.state.actions.action(platform, &key).ok_or(Refusal::NotFound)
}

/// What whoever looks may do to runs of this action. Of one that is not in the catalogue any more nobody may run anything.
fn rights(asked: &Asked, action: Option<&Action>) -> Result<Rights, Refusal> {
    let viewer = asked.viewer()?;
    let run = match action {
        Some(action) => RunPermit::of(viewer, action).map(|_| ()).map_err(|missing| who_may(asked, &missing)),
        None => Err("The catalogue has no such action any more.".to_owned()),
    };
    let approve =
        viewer.permit::<backend::access::Approve>().map(|_| ()).map_err(|missing| who_may(asked, &missing));
    Ok(Rights { run, approve, own: viewer.person.as_str().to_owned() })
}

/// The sentence that says who may.
fn who_may(asked: &Asked, missing: &Missing) -> String {
    if let Some(service) = &missing.service {
        let services = service_names(asked, std::slice::from_ref(service));
        return format!("Your role does not hold for {}.", listed(&services));
    }
    // Without what stands in brackets in the list of permissions.
    let words = missing.permission.words().split(" (").next().unwrap_or_default().to_owned();
    match asked.roles_with(missing.permission).as_slice() {
        [] => format!("No role may {words}."),
        roles => format!("{} may {words}.", listed(roles)),
    }
}

/// The names of services by their keys.
fn service_names(asked: &Asked, keys: &[String]) -> Vec<String> {
    let platforms = &asked.state.console.config().platforms;
    let known = || platforms.iter().flat_map(|platform| &platform.services);
    keys.iter()
        .map(|key| known().find(|one| one.key == *key).map_or_else(|| key.clone(), |one| one.name.clone()))
        .collect()
}

/// Of the run's action; of one that is gone, none.
fn services_of(asked: &Asked, action: Option<&Action>) -> Vec<String> {
    action.map(|action| service_names(asked, &action.services)).unwrap_or_default()
}

/// Those that go on or wait, with what whoever looks may do about them.
fn open_runs(asked: &Asked, open: &[Stored], waiting: &[Stored], context: &Context) -> OpenRuns {
    let viewer = asked.viewer().ok();
    OpenRuns::of(open, waiting, context.now, &context.zone, |stored| match viewer {
        Some(viewer) => may(asked, viewer, stored),
        None => (false, false),
    })
}

fn may(asked: &Asked, viewer: &Viewer, stored: &Stored) -> (bool, bool) {
    let run = &stored.run;
    let own = run.requested.by.hands() == Some(&viewer.person);
    let approve = viewer.permissions.has(Permission::Approve) && !own;
    let action = asked.state.actions.action(&run.plan().platform, &run.plan().action);
    (approve, action.is_some_and(|action| RunPermit::of(viewer, action).is_ok()))
}

/// Whether the password was given a moment ago.
fn is_proven(asked: &Asked) -> bool {
    asked.viewer().is_ok_and(|viewer| viewer.fresh(asked.state.access.now()).is_ok())
}

/// What goes on or waits, for Now.
///
/// # Errors
/// When the database cannot be read.
pub async fn for_now(asked: &Asked) -> Result<OpenRuns, Trouble> {
    let inside = |innards: String| Trouble::Inside(innards);
    let context = Context::of(asked).map_err(|_| inside("runs are shown to nobody".to_owned()))?;
    let actions = &asked.state.actions;
    let open = actions.open().await.map_err(|error| inside(error.to_string()))?;
    let waiting = actions.waiting_for_people().await.map_err(|error| inside(error.to_string()))?;
    Ok(open_runs(asked, &open, &waiting, &context))
}

/// What an alert's page shows of actions: what may be done about it, and what was asked for from there.
pub async fn for_alert(asked: &Asked, stored: &backend::alerts::Stored) -> Result<AroundAlert, Refusal> {
    let (key, began) = (&stored.alert.key, stored.alert.began_at);
    let context = Context::of(asked)?;
    let actions = &asked.state.actions;
    let offers = actions
        .catalogue(&key.platform)
        .map(|catalogue| app::actions::offers_of(catalogue.iter(), key.service.as_deref()))
        .unwrap_or_default();
    let rows = |runs: &[Stored]| {
        let row = |stored| app::actions::ran(&app::actions::RunRow::of(stored, context.now, &context.zone));
        runs.iter().map(row).collect()
    };
    let ran = rows(&actions.of_alert(&stored.id).await?);
    let from = began.minus(backend::alerts::BEFORE);
    let before = rows(&actions.at_work_between(&key.platform, from, began.plus(1)).await?);
    Ok(AroundAlert { offers, ran, before })
}

/// What actions have to do with an alert.
pub struct AroundAlert {
    pub offers: Vec<app::alerts::Offer>,
    /// What was asked for from its page.
    pub ran: Vec<app::alerts::Ran>,
    /// What was at work in the hour before it.
    pub before: Vec<app::alerts::Ran>,
}

/// Counts up with everything that a page shows of runs.
pub fn revision(state: &State) -> u64 {
    *state.actions.changes().borrow()
}

/// What goes wrong where nothing was to be refused.
fn refused(why: ActionRefused) -> Refusal {
    match why {
        ActionRefused::Unknown => Refusal::NotFound,
        ActionRefused::Missing(missing) => Refusal::Missing(missing),
        ActionRefused::Db(error) => Refusal::Inside(error.to_string()),
        other => Refusal::Inside(other.to_string()),
    }
}
