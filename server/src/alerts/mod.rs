//! `/alerts`: the list, one alert and what is done to it, silences, the policy.

mod list;
mod one;
mod policy;
mod silences;

use app::alerts::{Drawing, Names, OpenList, Rights};
use backend::{access::Permission, alerts::Stored};
use domain::{
    alerts::{AlertKey, Policy},
    live::AlertsFrame,
    monitoring::wording::listed,
    time::Millis,
};
use jiff::tz::TimeZone;

use crate::{
    access::asked::{Asked, Refusal, own_address},
    http::State,
    pages::Trouble,
    routes::{Needs, Routes},
};

/// So many of the open alerts stand on Now.
const ON_NOW: usize = 5;
/// So many are read of the open ones.
const MOST_OPEN: i64 = 500;

/// The routes of alerts.
pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    let handle = Needs::Permission(Permission::HandleAlerts);
    routes
        .get("/alerts", see, list::show)
        .get("/alerts/open", see, list::open)
        .get("/alerts/policy", see, policy::show)
        .post("/alerts/acknowledge", handle, list::acknowledge)
        .post("/alerts/silences", handle, silences::make)
        .post("/alerts/silences/{id}/end", handle, silences::end)
        .get("/alerts/{id}", see, one::show)
        .get("/alerts/{id}/part/{part}", see, one::part)
        .post("/alerts/{id}/{what}", handle, one::press)
}

/// What the views of one request are made with.
struct Context {
    names: Names,
    rights: Rights,
    policy: Policy,
    zone: TimeZone,
    now: Millis,
}

impl Context {
    fn of(asked: &Asked) -> Context {
        let (rights, zone) = (rights(asked), asked.shell().zone);
        let console = &asked.state.console;
        Context {
            names: Names::of(console.config()),
            rights,
            policy: console.alerts.policy().clone(),
            zone,
            now: console.clock.now(),
        }
    }

    fn drawing(&self) -> Drawing<'_> {
        let Context { names, rights, policy, zone, now } = self;
        Drawing { now: *now, zone, names, policy, rights }
    }

    /// The open ones with the first `shown` to be drawn.
    async fn open(&self, state: &State, back: &'static str, shown: usize) -> Result<OpenList, Refusal> {
        let alerts = &state.console.alerts;
        let open = alerts.open(MOST_OPEN).await?;
        let last = if open.is_empty() { alerts.last_resolved().await? } else { None };
        let counts = alerts.counts().await?;
        Ok(OpenList {
            open: counts.iter().sum(),
            rows: open.iter().map(|stored| app::alerts::AlertRow::of(stored, self.drawing())).collect(),
            shown,
            last_resolved: last.map(|at| app::weekday(at, self.now, &self.zone)),
            back,
            picks: back == "/alerts",
        })
    }

    /// How the alerts stand as this page knows it, which may be newer than what open pages were told.
    fn standing(&self, open: &OpenList, told: &AlertsFrame) -> AlertsFrame {
        AlertsFrame { open: open.open, worst: open.rows.first().map(|row| row.level), ..told.clone() }
    }

    /// Whether an alert of this key is theirs to handle.
    fn check(&self, asked: &Asked, service: Option<&str>) -> Result<(), Refusal> {
        asked.viewer()?.permit::<backend::access::HandleAlerts>()?;
        self.rights.may(service, &self.names).map_err(|_| {
            Refusal::Missing(backend::access::Missing {
                permission: Permission::HandleAlerts,
                service: Some(service.unwrap_or("of the platform as a whole").to_owned()),
            })
        })
    }
}

/// The worst open alerts for Now, and how all of them stand.
///
/// # Errors
/// When the database cannot be read.
pub async fn for_now(asked: &Asked) -> Result<(OpenList, AlertsFrame), Trouble> {
    let context = Context::of(asked);
    let open = context.open(&asked.state, "/", ON_NOW).await.map_err(|refusal| match refusal {
        Refusal::Inside(innards) => Trouble::Inside(innards),
        _ => Trouble::Inside("open alerts cannot be read".to_owned()),
    })?;
    let told = asked.state.console.hub.alerts().borrow().frame.clone();
    let standing = context.standing(&open, &told);
    Ok((open, standing))
}

/// Counts up with everything that a page shows of alerts: what is stored, and what open pages were told.
pub fn revision(state: &State) -> u64 {
    let stored = *state.console.alerts.changes().borrow();
    stored.saturating_add(state.console.hub.alerts().borrow().frame.changes)
}

fn rights(asked: &Asked) -> Rights {
    let Ok(viewer) = asked.viewer() else {
        return Rights {
            handle: Err("Whoever signs in may see whether alerts are theirs to handle.".to_owned()),
            services: None,
        };
    };
    let handle = if viewer.permissions.has(Permission::HandleAlerts) {
        Ok(())
    } else {
        let roles = asked.roles_with(Permission::HandleAlerts);
        Err(match roles.as_slice() {
            [] => "No role may acknowledge, resolve or silence alerts.".to_owned(),
            roles => format!("{} may acknowledge, resolve and silence alerts.", listed(roles)),
        })
    };
    Rights { handle, services: viewer.services.clone() }
}

/// An address of these pages that a form leads back to; "" for any other.
fn back(typed: &str) -> &str {
    let path = own_address(typed);
    let is_ours = typed == path && (path == "/" || path == "/alerts" || path.starts_with("/alerts/"));
    if is_ours { path } else { "" }
}

/// "optimization/error_rate", as samples name it.
fn series(key: &AlertKey) -> String {
    match &key.service {
        Some(service) => format!("{service}/{}", key.metric),
        None => key.metric.clone(),
    }
}

fn frames(state: &State) -> Vec<std::sync::Arc<domain::live::Frame>> {
    state.console.now_page().frames
}

/// Of its platform; what is none of ours is taken for one that is polled as usual.
fn poll_every(state: &State, stored: &Stored) -> i64 {
    let frame = state.console.hub.frame(&stored.alert.key.platform);
    frame.map_or(30_000, |frame| frame.poll_every)
}
