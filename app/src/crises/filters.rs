//! The filters of the board: the counts are links to what they count, and the rest is a form. Its answer has the filters in its
//! address and what was looked for nowhere but in the field.

use domain::crises::{Filter, States};
use leptos::prelude::*;

use super::BoardView;
use crate::filtering;

/// The parameter that stands for what was looked for.
pub const SEARCH: &str = "search";

/// `/crises` with this filter in its query, but for what is looked for.
pub(super) fn address(filter: &Filter) -> String {
    board_address(filter, 0)
}

/// Another path with it, so many pages on.
pub(super) fn address_of(path: &str, filter: &Filter, page: u32) -> String {
    with(path, filter, page, None)
}

fn with(path: &str, filter: &Filter, page: u32, more: Option<(&'static str, String)>) -> String {
    let pairs = filter.in_address();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let more: Vec<_> = (page > 0).then(|| ("page", page.to_string())).into_iter().chain(more).collect();
    filtering::address(path, &pairs, &more)
}

/// The board with this filter, so many pages on; what is looked for is none of it.
pub fn board_address(filter: &Filter, page: u32) -> String {
    address_of("/crises", filter, page)
}

/// The same for what was looked for, which the address has by its number.
pub fn found_address(filter: &Filter, page: u32, search: String) -> String {
    with("/crises", filter, page, Some((SEARCH, search)))
}

/// A form that carries the whole filter with what is looked for; `button` sends it.
pub(super) fn carrying(action: String, filter: &Filter, before: &str, button: AnyView) -> AnyView {
    let fields = filter.pairs().into_iter();
    let fields: Vec<_> = fields
        .map(|(name, value)| view! { <input type="hidden" name=format!("{before}{name}") value=value/> })
        .collect();
    view! { <form method="post" action=action>{fields}{button}</form> }.into_any()
}

/// "Open 12", "Nobody's 3": each leads to what it counts.
pub(super) fn counts(view: &BoardView) -> impl IntoView + use<> {
    let all = Filter::default();
    // What is looked for goes with whichever of them.
    let current = Filter { text: None, ..view.filter.clone() };
    let own = |filter: Filter| (address(&filter), filter == current);
    let standing = &view.standing;
    let entries = [
        ("Open", Some(standing.open), own(all.clone())),
        ("Nobody\u{2019}s", Some(standing.nobodys), own(Filter { states: States::Detected, ..all.clone() })),
        ("Mine", standing.mine, own(Filter { mine: true, ..all.clone() })),
        ("Not told", Some(standing.untold), own(Filter { untold: true, ..all.clone() })),
        ("Late", Some(standing.late), own(Filter { late: true, ..all })),
    ];
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(name, count, (address, is_own))| {
            let count = count.map(|count| view! { " "<strong>{count}</strong> });
            view! {
                <a href=address aria-current=is_own.then_some("true")>{name}{count}</a>
            }
        })
        .collect();
    view! { <nav class="seg case-counts" aria-label="Cases by what they need">{entries}</nav> }
}

pub(super) fn form(view: &BoardView) -> impl IntoView + use<> {
    let filter = &view.filter;
    let chosen = filter.of.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut types = vec![(String::new(), "Any".to_owned())];
    types.extend(view.types.iter().cloned());
    let types: Vec<_> = types
        .into_iter()
        .map(|(key, name)| {
            let selected = key == chosen;
            view! { <option value=key selected=selected>{name}</option> }
        })
        .collect();
    let states: Vec<_> = States::EVERY
        .into_iter()
        .map(|states| {
            let selected = states == filter.states;
            view! { <option value=states.word() selected=selected>{states_words(states)}</option> }
        })
        .collect();
    let flag = |name: &'static str, label: &'static str, on: bool| {
        view! {
            <label class="tick-box"><input type="checkbox" name=name value="1" checked=on/>{label}</label>
        }
    };
    let search = match &view.rights.see {
        Ok(()) => "Name, e-mail, telephone or number of the case",
        Err(_) => "Number of the case",
    };
    let typed = Some(view.typed.clone()).filter(|typed| !typed.is_empty());
    let is_open = *filter != Filter { text: filter.text.clone(), ..Filter::default() };
    let all = (*filter != Filter::default())
        .then(|| view! { <a class="button quiet" href="/crises">"Show all that are open"</a> });
    let problem = view
        .problem
        .clone()
        .map(|problem| view! { <p class="trouble" role="alert" data-part="problem">{problem}</p> });
    view! {
        // What is looked for is no part of an address: names would stand in histories and logs.
        <form class="filters" method="post" action=address(filter) role="search" aria-label="Cases" data-part="filters">
            <div class="searching">
                <label>{search}<input type="search" name="text" maxlength="100" autocomplete="off" value=typed/></label>
                <button>"Find"</button>
                {all}
            </div>
            <details open=is_open>
                <summary>"Filters"</summary>
                <div class="fields">
                    <label>"What happened"<select name="type">{types}</select></label>
                    <label>"State"<select name="state">{states}</select></label>
                    {flag("mine", "Mine", filter.mine)}
                    {flag("untold", "Couple not told", filter.untold)}
                    {flag("late", "Something is or was late", filter.late)}
                </div>
            </details>
            {problem}
        </form>
    }
}

fn states_words(states: States) -> &'static str {
    match states {
        States::Open => "Open",
        States::Detected => "Nobody\u{2019}s",
        States::Acknowledged => "Acknowledged",
        States::Working => "Working",
        States::Resolved => "Resolved",
        States::Reviewed => "Reviewed",
        States::Merged => "Merged",
        States::All => "All",
    }
}
