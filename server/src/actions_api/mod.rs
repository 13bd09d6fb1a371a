//! Actions for machines: what there is, what a run came to, and the request of a run. What is dangerous needs a person.

pub mod asking;
mod failure;
pub mod reading;
mod shapes;
#[cfg(test)]
mod tests;

use backend::access::Permission;

use crate::routes::{Needs, Routes};

/// The routes of `/api/v1/actions` and `/api/v1/runs`. Which permission an action needs stands in the catalogue.
pub fn routes(routes: Routes) -> Routes {
    let see = Needs::Permission(Permission::SeeStatus);
    routes.get("/api/v1/actions", see, reading::list).post("/api/v1/actions/{key}", see, asking::request).get(
        "/api/v1/runs/{id}",
        see,
        reading::run,
    )
}
