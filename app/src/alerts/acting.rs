//! What may be done about an alert, and what was asked for from its page.

use islands::{Shown, level_view};
use leptos::prelude::*;

use super::{AlertView, StateView};

/// Something that may be done to the platform about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub key: String,
    pub name: String,
    /// What one wants to achieve with it, as a heading.
    pub goal: String,
    pub dangerous: bool,
    pub two_person: bool,
}

/// A run that was asked for from here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ran {
    pub id: String,
    pub shown: Shown,
    /// "Worked"
    pub word: &'static str,
    /// "Enable fallback on wedsync"
    pub does: String,
    /// "03:12, 6 s, Marta Keller"
    pub words: String,
}

pub(super) fn acting(view: &AlertView) -> AnyView {
    let is_over = matches!(view.row.state, StateView::Resolved { .. });
    if view.ran.is_empty() && (is_over || view.offers.is_empty()) {
        return ().into_any();
    }
    let runs: Vec<_> = view.ran.iter().map(ran_row).collect();
    let runs = (!runs.is_empty()).then(|| view! { <ul class="pending">{runs}</ul> });
    view! {
        <section class="card stack" data-part="acting" aria-labelledby="acting-title">
            <h2 id="acting-title">"What may be done"</h2>
            {runs}
            {(!is_over).then(|| offers(view))}
        </section>
    }
    .into_any()
}

pub(super) fn ran_row(run: &Ran) -> AnyView {
    view! {
        <li data-run=run.id.clone()>
            {level_view(run.shown, run.word)}
            <span><a href=format!("/runs/{}", run.id)>{run.does.clone()}</a><span class="meta">{run.words.clone()}</span></span>
        </li>
    }
    .into_any()
}

/// By what one wants to achieve; the first, which helps at once, stands open.
fn offers(view: &AlertView) -> impl IntoView + use<> {
    let mut goals: Vec<(&str, Vec<&Offer>)> = Vec::new();
    for offer in &view.offers {
        match goals.last_mut() {
            Some((goal, offers)) if *goal == offer.goal => offers.push(offer),
            _ => goals.push((&offer.goal, vec![offer])),
        }
    }
    goals
        .into_iter()
        .enumerate()
        .map(|(number, (goal, offers))| {
            let rows: Vec<_> = offers
                .into_iter()
                .map(|offer| {
                    let address = format!("/actions/{}?alert={}", offer.key, view.row.id);
                    let dangerous = offer.dangerous.then(|| view! { <span class="mark danger-mark">"dangerous"</span> });
                    let two = offer.two_person.then(|| view! { <span class="mark">"second person"</span> });
                    view! { <li><a href=address>{offer.name.clone()}</a><span class="marks">{dangerous}{two}</span></li> }
                })
                .collect();
            view! {
                <details open=number == 0>
                    <summary>{goal.to_owned()}</summary>
                    <ul class="offers">{rows}</ul>
                </details>
            }
        })
        .collect::<Vec<_>>()
}
