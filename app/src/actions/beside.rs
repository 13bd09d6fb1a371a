//! What the pages of other features show of actions: Now those that are going on, an alert what may be done about it.

use domain::actions::Action;
use leptos::prelude::*;

use super::{OpenRuns, RunRow, rows::open_rows};
use crate::{
    alerts::{Offer, Ran},
    document::rendered,
};

/// The card on Now. It is there while something goes on or waits.
pub(crate) fn on_now(runs: &OpenRuns) -> AnyView {
    let inside = now_card(runs);
    view! { <div data-actions-part="/actions/part/now">{inside}</div> }.into_any()
}

/// The inside of the card on Now alone.
pub fn now_fragment(runs: &OpenRuns) -> String {
    let runs = runs.clone();
    rendered(move || now_card(&runs))
}

fn now_card(runs: &OpenRuns) -> AnyView {
    if runs.is_empty() {
        return ().into_any();
    }
    let all: Vec<RunRow> =
        runs.undecided.iter().chain(&runs.approvals).chain(&runs.running).cloned().collect();
    view! {
        <section class="card" data-part="running-now" aria-labelledby="running-title">
            <div class="card-head">
                <h2 id="running-title">"Actions"</h2>
                <a href="/actions">"All actions"</a>
            </div>
            {open_rows(&all)}
        </section>
    }
    .into_any()
}

/// A run that was asked for from the page of an alert, as that page shows it.
pub fn ran(row: &RunRow) -> Ran {
    let took = row.took.clone().map(|took| format!(", {took}")).unwrap_or_default();
    Ran {
        id: row.id.clone(),
        shown: row.shown,
        word: row.word,
        does: row.does.clone(),
        words: format!("{}{took}, {}", row.when, row.by),
    }
}

/// What may be done about an alert of this service, or of the platform as a whole: then everything.
pub fn offers_of<'a>(actions: impl Iterator<Item = &'a Action>, service: Option<&str>) -> Vec<Offer> {
    let fits = |action: &&Action| match service {
        None => true,
        Some(service) => action.services.iter().any(|own| own == service),
    };
    let mut fitting: Vec<&Action> = actions.filter(fits).collect();
    fitting.sort_by_key(|action| action.goal);
    fitting
        .into_iter()
        .map(|action| Offer {
            key: action.key.to_string(),
            name: action.name.clone(),
            goal: action.goal.words().to_owned(),
            dangerous: action.danger.is_dangerous(),
            two_person: action.two_person,
        })
        .collect()
}
