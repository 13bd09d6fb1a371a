//! `/crises`: every couple that waits, by the time that is left until their ceremony.

use std::sync::Arc;

use domain::{crises::Filter, live::Frame, time::Millis};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    CaseRow, Rights, Standing,
    filters::{address, address_of, carrying, counts, form},
    rows::case_rows,
};
use crate::{
    access::form::{done, trouble},
    document::rendered,
    shell::{Place, Shell},
    when,
};

/// The page.
#[derive(Clone, Debug)]
pub struct BoardView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// Of all cases, whatever the filter.
    pub standing: Standing,
    /// The most urgent first.
    pub rows: Vec<CaseRow>,
    /// How many the filter finds; more than the rows where they are on several pages.
    pub found: i64,
    /// Which page of them, from 0, and how many are on one.
    pub page: u32,
    pub on_a_page: u32,
    pub filter: Filter,
    /// What is looked for, as it stands in its field.
    pub typed: String,
    /// Keys and names, for the filter.
    pub types: Vec<(String, String)>,
    /// Why the address cannot be understood.
    pub problem: Option<String>,
    /// Why names cannot be read just now.
    pub locked: Option<String>,
    pub rights: Rights,
    pub done: Option<String>,
    pub refused: Option<String>,
}

pub fn board_page(shell: &Shell, view: &BoardView) -> String {
    let nobodys = view.standing.nobodys;
    let loud =
        if nobodys > 0 { format!("\u{25cf} {nobodys} nobody\u{2019}s \u{2013} ") } else { String::new() };
    let title = format!("{loud}Crises \u{2013} Bellwether");
    shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, || {
        let new = match &view.rights.work {
            Ok(()) => view! { <a class="button" href="/crises/new">"Open a case"</a> }.into_any(),
            Err(who) => view! { <p class="dim" data-part="may-not">{who.clone()}</p> }.into_any(),
        };
        let locked = view.locked.clone().map(|why| {
            view! { <p class="trouble" data-part="locked">"Names cannot be looked for. "{why}</p> }
        });
        view! {
            <div class="page crises-page">
                <div class="page-head">
                    <div><h1>"Crises"</h1></div>
                    <div class="row">{told_links(view)}{new}</div>
                </div>
                {view.done.clone().map(done)}
                {view.refused.clone().map(trouble)}
                <p class="news" data-actions-bar="" hidden><button type="button">"Show what is new"</button></p>
                {live(view, &shell.zone)}
                <section class="card" aria-labelledby="find-title">
                    <h2 id="find-title" class="unseen">"Find a case"</h2>
                    {locked}
                    {form(view)}
                </section>
            </div>
        }
    })
}

/// The way to telling all of these couples at once, and to what they were told.
fn told_links(view: &BoardView) -> AnyView {
    let many = (view.rights.work.is_ok() && view.rights.see.is_ok() && view.problem.is_none()).then(|| {
        if view.filter.text.is_some() {
            let button = view! { <button>"Tell them"</button> }.into_any();
            return carrying("/crises/notices".to_owned(), &view.filter, "filter-", button);
        }
        let address = address_of("/crises/notices", &view.filter, 0);
        view! { <a class="button" href=address>"Tell them"</a> }.into_any()
    });
    view! {
        <a class="button quiet" href="/crises/figures">"Figures by month"</a>
        <a class="button quiet" href="/notices">"What they were told"</a>
        {many}
    }
    .into_any()
}

/// The part of it that changes alone, for a page that draws it anew.
pub fn board_fragment(view: &BoardView) -> String {
    let view = view.clone();
    rendered(move || inside(&view))
}

/// How all cases stand, for a page whose list does not change by itself.
pub fn board_standing_fragment(view: &BoardView) -> String {
    let view = view.clone();
    rendered(move || standing(&view))
}

/// What is drawn anew with each change. What is looked for is asked for by nothing but its form, so that what was found by it
/// stays as it was found; and where something was not understood, nothing comes to stand in the place of why.
fn live(view: &BoardView, zone: &TimeZone) -> AnyView {
    let is_searched = view.filter.text.is_some();
    if !is_searched && view.problem.is_none() {
        let part = address_of("/crises/part/board", &view.filter, view.page);
        return view! { <div class="stack" data-actions-part=part>{inside(view)}</div> }.into_any();
    }
    let part = address_of("/crises/part/standing", &view.filter, 0);
    let at = when::clock(view.now.0, view.now, zone);
    let words = format!("Found at {at}. What is found does not change by itself.");
    let again = view! { <button>"Look again"</button> }.into_any();
    let found_at = is_searched.then(|| {
        let again = carrying(address(&view.filter), &view.filter, "", again);
        view! { <div class="row" data-part="found-at"><p class="hint">{words}</p>{again}</div> }
    });
    view! {
        <div class="stack" data-actions-part=part>{standing(view)}</div>
        {found_at}
        {cases(view)}
    }
    .into_any()
}

fn inside(view: &BoardView) -> AnyView {
    view! { {standing(view)}{cases(view)} }.into_any()
}

fn standing(view: &BoardView) -> AnyView {
    view! {
        <p class="alerts-sentence" data-part="standing">{view.standing.sentence()}</p>
        {counts(view)}
    }
    .into_any()
}

fn cases(view: &BoardView) -> AnyView {
    let list = if view.rows.is_empty() { nothing(view) } else { case_rows(&view.rows, "/crises") };
    view! {
        <section class="card" data-part="board" aria-labelledby="board-title">
            <h2 id="board-title" class="unseen">"Cases"</h2>
            {list}
            {turn(view)}
        </section>
    }
    .into_any()
}

/// "1 to 100 of 240", and the ways to the others.
fn turn(view: &BoardView) -> Option<AnyView> {
    let first = i64::from(view.page) * i64::from(view.on_a_page);
    let last = first + view.rows.len() as i64;
    if view.page == 0 && last >= view.found {
        return None;
    }
    let words = format!("{} to {last} of {}, the most urgent first", (first + 1).min(last), view.found);
    let to = |page: u32, rel: &'static str, words: &'static str| {
        if view.filter.text.is_none() {
            let address = address_of("/crises", &view.filter, page);
            return view! { <a class="button" rel=rel href=address>{words}</a> }.into_any();
        }
        let button = view! { <button name="page" value=page.to_string()>{words}</button> }.into_any();
        carrying(address(&view.filter), &view.filter, "", button)
    };
    let before = view.page.checked_sub(1).map(|page| to(page, "prev", "Before these"));
    let after = (last < view.found).then(|| to(view.page + 1, "next", "After these"));
    Some(
        view! { <nav class="row turn" aria-label="Pages of cases"><span class="dim">{words}</span>{before}{after}</nav> }
            .into_any(),
    )
}

fn nothing(view: &BoardView) -> AnyView {
    let words = match (&view.problem, view.filter == Filter::default()) {
        (Some(_), _) => "Nothing is shown: something is asked for that there is not.",
        (None, true) => "Every couple is looked after.",
        (None, false) => "No case matches. Take a filter away, or show all that are open.",
    };
    view! { <p class="empty" data-part="empty">{words}</p> }.into_any()
}
