//! Breakers: their page, the forms by which a person holds one, and what callers tell and ask.

pub mod api;
mod page;
mod parts;

use app::failover::BreakerRow;
use backend::access::Permission;

use crate::{
    access::asked::{Asked, Refusal},
    http::State,
    pages::Trouble,
    routes::{Needs, Routes},
};

/// The routes of breakers.
pub fn routes(routes: Routes) -> Routes {
    let status = Needs::Permission(Permission::SeeStatus);
    routes
        .get("/breakers", status, page::show)
        .get("/breakers/part/{part}", status, parts::part)
        .post("/breakers/{service}/{what}", Needs::Permission(Permission::RunOrdinaryActions), page::press)
        .get("/api/v1/breakers", status, api::list)
        .post("/api/v1/breakers/{service}/outcomes", Needs::Permission(Permission::HandleAlerts), api::report)
}

/// Those of every platform, for Now.
///
/// # Errors
/// When the database cannot be read.
pub async fn for_now(asked: &Asked) -> Result<Vec<(String, BreakerRow)>, Trouble> {
    let mut all = Vec::new();
    for platform in asked.state.console.platforms() {
        let rows = for_performance(asked, &platform).await?;
        all.extend(rows.into_iter().map(|row| (platform.clone(), row)));
    }
    Ok(all)
}

/// Those of one platform.
///
/// # Errors
/// When the database cannot be read.
pub async fn for_performance(asked: &Asked, platform: &str) -> Result<Vec<BreakerRow>, Trouble> {
    page::rows(asked, platform, page::Stories::OfTrouble).await.map_err(|refusal| match refusal {
        Refusal::Inside(innards) => Trouble::Inside(innards),
        _ => Trouble::Inside("breakers are shown to nobody".to_owned()),
    })
}

/// Counts up with everything that a page shows of breakers.
pub fn revision(state: &State) -> u64 {
    *state.failover.changes().borrow()
}
