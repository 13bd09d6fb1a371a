//! Who asks, whether they may, and the pages by which they get in.

pub mod asked;
pub mod cookies;
pub mod demo;
pub mod guard;
mod links;
mod origin;
mod prove;
mod sign_in;

use crate::routes::{Needs, Routes};

/// The routes of access.
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/sign-in", Needs::Anybody, sign_in::show)
        .post("/sign-in", Needs::Anybody, sign_in::sign_in)
        .get("/sign-in/code", Needs::Anybody, sign_in::show_code)
        .post("/sign-in/code", Needs::Anybody, sign_in::code)
        .post("/sign-out", Needs::Anybody, sign_in::sign_out)
        .get("/prove", Needs::Account, prove::show)
        .post("/prove", Needs::Account, prove::prove);
    ["/setup/{token}", "/invite/{token}", "/reset/{token}"].into_iter().fold(routes, |routes, path| {
        routes.get(path, Needs::Anybody, links::show).post(path, Needs::Anybody, links::set)
    })
}

/// "The password is too short: …."
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
