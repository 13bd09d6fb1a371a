//! Who asks, whether they may, and the pages by which they get in.

pub mod asked;
mod browser;
mod connections;
pub mod cookies;
pub mod demo;
pub mod floods;
pub mod form;
pub mod guard;
mod links;
mod origin;
mod people;
mod prove;
mod second_factor;
pub mod settings;
mod sign_in;
mod single_sign_on;
mod tokens;

use domain::access::Permission;

use crate::routes::{Needs, Routes};

/// The routes of access.
pub fn routes(routes: Routes) -> Routes {
    let manage = Needs::Permission(Permission::ManageAccess);
    let routes = routes
        .get("/sign-in", Needs::Anybody, sign_in::show)
        .post("/sign-in", Needs::Anybody, sign_in::sign_in)
        .get("/sign-in/code", Needs::Anybody, sign_in::show_code)
        .post("/sign-in/code", Needs::Anybody, sign_in::code)
        .get("/sign-in/{provider}", Needs::Anybody, single_sign_on::set_out)
        .get("/sign-in/{provider}/back", Needs::Anybody, single_sign_on::back)
        .post("/sign-out", Needs::Anybody, sign_in::sign_out)
        .get("/prove", Needs::Account, prove::show)
        .post("/prove", Needs::Account, prove::prove)
        .get("/prove/provider", Needs::Account, prove::by_provider)
        .post("/settings/sign-on/{provider}", Needs::Account, single_sign_on::connect)
        .get("/settings", Needs::Account, settings::show)
        .post("/settings/profile", Needs::Account, settings::profile)
        .post("/settings/password", Needs::Account, settings::password)
        .post("/settings/sessions/{id}/end", Needs::Account, settings::end_session)
        .post("/settings/sessions/end-all", Needs::Account, settings::end_all)
        .get("/settings/second-factor", Needs::Account, second_factor::show)
        .post("/settings/second-factor", Needs::Account, second_factor::confirm)
        .post("/settings/second-factor/codes", Needs::Account, second_factor::new_codes)
        .post("/settings/second-factor/remove", Needs::Account, second_factor::remove)
        .get("/settings/people", manage, people::list)
        .post("/settings/people", manage, people::invite)
        .get("/settings/people/{id}", manage, people::show)
        .post("/settings/people/{id}", manage, people::change)
        .post("/settings/people/{id}/{what}", manage, people::press)
        .get("/settings/tokens", manage, tokens::list)
        .post("/settings/tokens", manage, tokens::create)
        .post("/settings/tokens/{id}/revoke", manage, tokens::revoke)
        .get("/settings/connections", manage, connections::show)
        .post("/settings/connections/{name}/test", manage, connections::test);
    ["/setup/{token}", "/invite/{token}", "/reset/{token}"].into_iter().fold(routes, |routes, path| {
        routes.get(path, Needs::Anybody, links::show).post(path, Needs::Anybody, links::set)
    })
}

/// "The password is too short: ….", from the words of an error.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
