//! Breakers: their page, the forms by which a person holds one, and what callers tell and ask.

pub mod api;
mod page;

use backend::access::Permission;

use crate::routes::{Needs, Routes};

/// The routes of breakers.
pub fn routes(routes: Routes) -> Routes {
    let status = Needs::Permission(Permission::SeeStatus);
    routes
        .get("/breakers", status, page::show)
        .post("/breakers/{service}/{what}", Needs::Permission(Permission::RunOrdinaryActions), page::press)
        .get("/api/v1/breakers", status, api::list)
        .post("/api/v1/breakers/{service}/outcomes", Needs::Permission(Permission::HandleAlerts), api::report)
}
