//! What couples are told: the reports of providers.

pub mod hooks;

use crate::routes::{Needs, Routes};

pub fn routes(routes: Routes) -> Routes {
    routes.post(hooks::ROUTE, Needs::Nothing, hooks::report)
}
