//! Alerts for machines: what senders from outside send, and what programs read and do.

mod described;
pub mod failure;
pub mod pagerduty;
mod reading;
mod shapes;
#[cfg(test)]
mod tests;
mod verbs;
mod webhook;

use backend::access::Permission;

pub use shapes::Problem;
pub use verbs::read;

use crate::routes::{Needs, Routes};

/// The routes of `/api/v1/alerts`, and the addresses that senders from outside expect.
pub fn routes(routes: Routes) -> Routes {
    let (see, handle) =
        (Needs::Permission(Permission::SeeStatus), Needs::Permission(Permission::HandleAlerts));
    routes
        .get("/api/v1/openapi.json", Needs::Nothing, described::serve)
        .get("/api/v1/alerts", see, reading::list)
        .get("/api/v1/alerts/{id}", see, reading::one)
        .get("/api/v1/alerts/{id}/evidence", see, reading::evidence)
        .post("/api/v1/alerts/acknowledge", handle, verbs::acknowledge_many)
        .post("/api/v1/alerts/{id}/acknowledge", handle, verbs::acknowledge)
        .post("/api/v1/alerts/{id}/unacknowledge", handle, verbs::unacknowledge)
        .post("/api/v1/alerts/{id}/resolve", handle, verbs::resolve)
        .post("/api/v1/alerts/{id}/reopen", handle, verbs::reopen)
        .post("/api/v1/alerts/{id}/note", handle, verbs::note)
        .post("/api/v1/alerts/{id}/silence", handle, verbs::silence)
        .post("/api/v1/alerts/webhook", handle, webhook::receive)
        // Their token stands in the path or in the body: the handlers look.
        .post("/api/v1/alerts/webhook/{token}", Needs::Anybody, webhook::receive_by_path)
        .post("/v2/enqueue", Needs::Anybody, pagerduty::enqueue)
}
