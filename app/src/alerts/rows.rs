//! The list of open alerts: on their own page, and the worst of them on Now. Islands draw it anew.

use leptos::prelude::*;

use super::{
    AlertRow,
    parts::{row_level, state_line},
    view::open_sentence,
};

/// What such a list shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenList {
    /// How many there are; more than the rows where only the worst are shown.
    pub open: i64,
    /// All that are known, for the sentence; only the first `shown` are drawn.
    pub rows: Vec<AlertRow>,
    pub shown: usize,
    /// When one was last resolved, in words: "Tuesday 14:10".
    pub last_resolved: Option<String>,
    /// Where a button leads back to: "/", "/alerts".
    pub back: &'static str,
    /// Whether several can be chosen.
    pub picks: bool,
}

/// The sentence, the rows, and the button for those that are chosen.
pub fn open_list(list: &OpenList) -> AnyView {
    let sentence = open_sentence(list.open, &list.rows, list.last_resolved.clone());
    let can: usize = list.rows.iter().take(list.shown).filter(|row| row.may_acknowledge).count();
    let picks = list.picks && can > 1;
    let only_one = can == 1 && list.picks;
    let rows: Vec<_> =
        list.rows.iter().take(list.shown).map(|row| one(row, list.back, picks, only_one)).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="alerts">{rows}</ul> });
    let bulk = picks.then(|| {
        view! {
            <form id="bulk" class="bulk" method="post" action="/alerts/acknowledge">
                <button class="primary">"Acknowledge those chosen"</button>
            </form>
        }
    });
    let rest = list.open - list.shown.min(list.rows.len()) as i64;
    let more = (rest > 0).then(|| {
        let words = format!("{rest} more");
        if list.picks {
            view! { <p class="dim">{format!("{words}; these are the worst.")}</p> }.into_any()
        } else {
            view! { <p><a class="more" href="/alerts">{words}</a></p> }.into_any()
        }
    });
    view! {
        <p class="alerts-sentence" data-part="alerts-sentence">{sentence}</p>
        {rows}
        {bulk}
        {more}
    }
    .into_any()
}

fn one(row: &AlertRow, back: &'static str, picks: bool, only_one: bool) -> impl IntoView + use<> {
    let address = format!("/alerts/{}", row.id);
    let pick = picks.then(|| {
        let id = format!("pick-{}", row.id);
        // Also where it cannot be chosen, so that the rows stand level with each other.
        let field = row.may_acknowledge.then(|| {
            view! {
                <input type="checkbox" id=id.clone() name="alert" value=row.id.clone() form="bulk"/>
                <label for=id><span class="unseen">"Choose "{row.title.clone()}</span></label>
            }
        });
        view! { <span class="pick">{field}</span> }
    });
    let place = (!row.place.is_empty()).then(|| view! { <span>{row.place.clone()}</span> });
    let next = match &row.state {
        super::StateView::Firing { next: Some(next) } => {
            Some(view! { <span>"Next page "{next.clone()}</span> })
        }
        _ => None,
    };
    let procedure =
        row.procedure.clone().map(|address| view! { <a href=address rel="noreferrer">"Procedure"</a> });
    let button = row.may_acknowledge.then(|| {
        view! {
            <form class="acknowledge" method="post" action=format!("{address}/acknowledge")>
                <input type="hidden" name="back" value=back/>
                <button class=only_one.then_some("primary") data-acknowledge="">
                    "Acknowledge"<span class="unseen">" "{row.title.clone()}</span>
                </button>
            </form>
        }
    });
    view! {
        <li
            class="alert"
            class:picks=picks
            data-alert=row.id.clone()
            data-level=islands::Shown::At(row.level).code()
            data-about=row.about.clone()
        >
            {pick}
            {row_level(row)}
            <div class="told">
                <a data-part="alert-link" href=address.clone()>{row.title.clone()}</a>
                <p class="why">{row.why.clone()}</p>
                <p class="meta">
                    <span>
                        <span data-since=row.began_at.to_string()>{row.lasted.clone()}</span>", since "{row.since.clone()}
                    </span>
                    {(!row.may_acknowledge).then(|| state_line(&row.state))}
                    {next}
                    {place}
                    {procedure}
                </p>
            </div>
            {button}
        </li>
    }
}
