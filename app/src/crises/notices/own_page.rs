//! The couple's own page, and when they hear from us again.

use leptos::prelude::*;

use crate::{
    access::{Troubles, form::Field},
    crises::CaseView,
};

/// The couple's own page.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum LinkView {
    /// They have none that holds.
    #[default]
    None,
    Open {
        /// Its address, for whoever may see it.
        address: Option<String>,
        /// "Made 12 min ago, 03:10; it holds until 24 Dec 2026, 03:10."
        words: String,
    },
}

/// An address is a key.
impl std::fmt::Debug for LinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            LinkView::None => "None",
            LinkView::Open { .. } => "Open(…)",
        })
    }
}

/// When they hear from us again, as it was typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PromiseForm {
    /// "2026-11-24T04:00", in the couple's zone.
    pub at: String,
    /// "Europe/Stockholm"
    pub zone: String,
    pub troubles: Troubles,
}

/// The couple's own page: nobody needs an account for it.
pub(super) fn own_page(view: &CaseView, may: bool) -> AnyView {
    let press = |what: &'static str, words: &'static str| {
        may.then(|| {
            view! {
                <form method="post" action=view.address(&format!("/link/{what}"))><button>{words}</button></form>
            }
        })
    };
    let link = match &view.notices.link {
        LinkView::None => view! {
            <p class="dim">"They have no page that can be opened. One is made with the first notice that names it."</p>
            {press("make", "Make a page for them")}
        }
        .into_any(),
        LinkView::Open { address, words } => {
            let address = address.clone().map(|address| {
                view! { <p class="couple-link"><a href=address.clone() rel="noreferrer">{address.clone()}</a></p> }
            });
            view! {
                {address}
                <p class="dim">{words.clone()}</p>
                {press("revoke", "Take the link back")}
            }
            .into_any()
        }
    };
    let promised = match &view.notices.promised {
        Some(at) => format!("They hear from us again by {at}."),
        None => "Nobody has promised them when they hear from us again.".to_owned(),
    };
    view! {
        <div class="stack-small couple-link-part" data-part="link">
            <h3>"Their own page"</h3>
            {link}
            <p data-part="promised">{promised}</p>
            {may.then(|| promise(view))}
        </div>
    }
    .into_any()
}

fn promise(view: &CaseView) -> AnyView {
    let form = &view.notices.promise;
    let is_open = !form.troubles.is_empty();
    let words = if view.notices.promised.is_some() { "Promise another time" } else { "Promise them a time" };
    let at = Field::moment("promised", "They hear from us again by")
        .inside("promise")
        .value(form.at.clone())
        .hint(format!("In their own time, {}. It stands on their page; nothing is sent.", form.zone))
        .refused(&form.troubles);
    view! {
        <details open=is_open>
            <summary>{words}</summary>
            <form class="fields" method="post" action=view.address("/link/promise")>
                {at.draw()}
                <button>"Promise it"</button>
            </form>
        </details>
    }
    .into_any()
}
