//! `/crises`: the board, one case and what is done to it, the form that opens one, its files.

mod asked;
mod board;
mod count;
mod figures;
mod files;
mod finding;
#[cfg(test)]
mod finding_tests;
mod new;
mod one;
mod press;
mod searches;
#[cfg(test)]
mod tests;
mod typed;
mod yes;

use app::crises::{CaseRow, Drawing, Known, OpenCases, Rights, Standing};
use axum::{extract::DefaultBodyLimit, handler::Handler};
use backend::{
    access::{Permission, Permit, SeePersonalData, SeeStatus},
    crises::{Counts, Stored},
};
use domain::{crises::Assumptions, monitoring::wording::listed, time::Millis};
use jiff::tz::TimeZone;

pub use self::{
    board::{FILTER, without_text},
    count::Count,
    one::{Saying, draw, refused},
    searches::Searches,
};
use crate::{
    access::asked::{Asked, Refusal},
    http::State,
    pages::Trouble,
    routes::{Needs, Routes},
};

/// So many stand on Now.
const ON_NOW: u32 = 3;

pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    let work = Needs::Permission(Permission::WorkCases);
    let personal = Needs::Permission(Permission::SeePersonalData);
    routes
        .get("/crises", see, board::show)
        .post("/crises", see, board::find)
        .get("/crises/part/{part}", see, board::part)
        .get("/crises/new", work, new::show)
        .post("/crises/new", work, new::open)
        .post("/crises/new/find", work, finding::find)
        .post("/crises/new/use", work, finding::take)
        .get("/crises/figures", see, figures::show)
        .get("/crises/{id}", see, one::show)
        .get("/crises/{id}/part/{part}", see, one::part)
        .post("/crises/{id}/show", personal, one::reveal)
        // How much it may be is counted around every route, and again by the handler.
        .post("/crises/{id}/files", work, files::add.layer(DefaultBodyLimit::disable()))
        .get("/crises/{id}/files/{file}", personal, files::download)
        .post("/crises/{id}/{what}", work, press::press)
        .get("/yes/{token}", Needs::Anybody, yes::show)
        .post("/yes/{token}", Needs::Anybody, yes::press)
}

/// What the views of one request are made with.
pub struct Context {
    pub rights: Rights,
    pub assumed: Assumptions,
    pub zone: TimeZone,
    pub now: Millis,
    pub see: Permit<SeeStatus>,
    /// Where whoever looks may see who the couples are.
    pub personal: Option<Permit<SeePersonalData>>,
}

impl Context {
    /// # Errors
    /// When nobody is signed in, or they may not see the status.
    pub fn of(asked: &Asked) -> Result<Context, Refusal> {
        let viewer = asked.viewer()?;
        let may = |permission: Permission| {
            if viewer.permissions.has(permission) { Ok(()) } else { Err(who_may(asked, permission)) }
        };
        Ok(Context {
            rights: Rights {
                own: viewer.person.as_str().to_owned(),
                work: may(Permission::WorkCases),
                see: may(Permission::SeePersonalData),
                run: may(Permission::RunCrisisActions),
            },
            assumed: asked.state.cases.assumed().clone(),
            zone: asked.shell().zone,
            now: asked.state.console.clock.now(),
            see: viewer.permit::<SeeStatus>()?,
            personal: viewer.permit::<SeePersonalData>().ok(),
        })
    }

    fn drawing(&self) -> Drawing<'_> {
        Drawing { now: self.now, zone: &self.zone, assumed: &self.assumed, rights: &self.rights }
    }

    fn row(&self, stored: &Stored) -> CaseRow {
        CaseRow::of(&stored.case, &Known::Nobody, self.drawing())
    }

    /// `urgent` are the first of those that are open.
    fn standing(&self, counts: Counts, urgent: &[Stored]) -> Standing {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let left = urgent.iter().filter_map(|stored| stored.case.time_left(&self.assumed, self.now));
        Standing {
            open: number(counts.open),
            nobodys: number(counts.nobodys),
            mine: Some(number(counts.mine)),
            untold: number(counts.untold),
            late: number(counts.late),
            worst: urgent.iter().map(|stored| stored.case.severity).max(),
            next: left.filter(|left| *left >= 0).min(),
            last_resolved: None,
        }
    }
}

/// The sentence that says who may.
fn who_may(asked: &Asked, permission: Permission) -> String {
    // Without what stands in brackets in the list of permissions.
    let words = match permission {
        Permission::WorkCases => "work on crisis cases",
        other => other.words().split(" (").next().unwrap_or_default(),
    };
    match asked.roles_with(permission).as_slice() {
        [] => format!("No role may {words}."),
        roles => format!("{} may {words}.", listed(roles)),
    }
}

/// The most urgent cases for Now.
///
/// # Errors
/// When the database cannot be read.
pub async fn for_now(asked: &Asked) -> Result<OpenCases, Trouble> {
    let inside = |innards: String| Trouble::Inside(innards);
    let context = Context::of(asked).map_err(|_| inside("crises are shown to nobody".to_owned()))?;
    let urgent = asked.state.cases.most_urgent(&context.see, ON_NOW).await;
    let (urgent, counts) = urgent.map_err(|error| inside(error.to_string()))?;
    let rows = urgent.iter().map(|stored| context.row(stored)).collect();
    Ok(OpenCases { standing: context.standing(counts, &urgent), rows })
}

/// Counts up with everything that a page shows of cases.
pub fn revision(state: &State) -> u64 {
    *state.cases.changes().borrow()
}
