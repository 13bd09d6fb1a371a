//! What Now shows of crises: the most urgent ones, and the way to the board.

use leptos::prelude::*;

use super::{
    CaseRow, Standing,
    rows::{ceremony, has},
};
use crate::document::rendered;

/// The open cases as Now has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenCases {
    pub standing: Standing,
    /// The most urgent, at most a few.
    pub rows: Vec<CaseRow>,
}

/// Before the alerts: a couple waits. Nothing while none does.
pub(crate) fn on_now(cases: &OpenCases) -> AnyView {
    view! { <div data-actions-part="/crises/part/now">{inside(cases)}</div> }.into_any()
}

/// The inside of it alone.
pub fn now_fragment(cases: &OpenCases) -> String {
    let cases = cases.clone();
    rendered(move || inside(&cases))
}

fn inside(cases: &OpenCases) -> AnyView {
    if cases.standing.open <= 0 {
        return ().into_any();
    }
    let rows: Vec<_> = cases.rows.iter().map(one).collect();
    let rest = cases.standing.open - cases.rows.len() as i64;
    let more = if rest > 0 { format!("All crises, {rest} more") } else { "All crises".to_owned() };
    view! {
        <section class="cases-now" data-part="crises-now" aria-labelledby="crises-now-title">
            <div class="card-head">
                <h3 id="crises-now-title">"Crises"</h3>
                <a href="/crises">{more}</a>
            </div>
            <p class="alerts-sentence">{cases.standing.sentence()}</p>
            <ul class="cases">{rows}</ul>
        </section>
    }
    .into_any()
}

fn one(row: &CaseRow) -> impl IntoView + use<> {
    let next = row.next.clone().map(|next| {
        view! { <span>{next.name}" "<span class="due" data-late=next.late.then_some("")>{next.clock}</span></span> }
    });
    let couple =
        row.couple.clone().map(|couple| view! { <span class="couple-names" dir="auto">{couple}</span> });
    view! {
        <li class="case" data-nobody=row.has.is_nobody().then_some("")>
            {islands::level_view(islands::Shown::At(row.level), row.level.word())}
            <div class="told">
                <a href=row.address()>{row.of.clone()}</a>
                {ceremony(&row.ceremony)}
                {couple}
                <p class="meta"><span data-late=row.told.untold.then_some("") class="couple-told">{row.told.words.clone()}</span>{next}</p>
            </div>
            <div class="case-has">{has(&row.has)}</div>
        </li>
    }
}
