//! `/notices`: what each couple was told, as one list, the newest first. Nothing personal stands in it: whose case it is, by
//! which way, and what became of it.

use std::sync::Arc;

use domain::{live::Frame, notices::Fate, time::Millis};
use leptos::prelude::*;

use super::{
    AttemptView,
    attempt::fate_mark,
    words::{fate_word, heading},
};
use crate::shell::{Place, Shell};

/// The page.
#[derive(Clone, Debug)]
pub struct ToldView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// Of these alone.
    pub fate: Option<Fate>,
    /// "3 wait to be sent, the oldest for 4 min; 1 is in doubt."
    pub standing: Option<String>,
    /// Why nothing leaves just now.
    pub outage: Option<String>,
    pub rows: Vec<ToldRow>,
    /// The address of the page of older ones.
    pub older: Option<String>,
    /// Whether this is not the newest page.
    pub turned: bool,
    /// Why the address cannot be understood.
    pub problem: Option<String>,
}

/// One attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldRow {
    /// The case's id, and what it is called: "CR-2041".
    pub case: String,
    pub name: String,
    pub attempt: AttemptView,
    /// "Mon 23 Nov 02:56"
    pub when: String,
    /// For machines.
    pub moment: String,
    /// The couple is not to be contacted: what has not left does not leave.
    pub no_contact: bool,
}

pub fn told_page(shell: &Shell, view: &ToldView) -> String {
    shell.page_with_forms(Place::Crises, "What couples were told \u{2013} Bellwether", &view.frames, view.now, || {
        let rows: Vec<_> = view.rows.iter().map(told_row).collect();
        let body = match (&view.problem, rows.is_empty(), view.fate) {
            (Some(problem), ..) => crate::access::form::trouble(problem.clone()),
            (None, false, _) => view! { <ol class="told-list">{rows}</ol> }.into_any(),
            (None, true, None) => view! {
                <p class="empty" data-part="empty">
                    "Nobody has been told anything yet. Every notice stands here from the moment somebody presses, and every call that was recorded."
                </p>
            }
            .into_any(),
            (None, true, Some(_)) => {
                view! { <p class="empty" data-part="empty">"There is none like that."</p> }.into_any()
            }
        };
        let address = |fate: Option<Fate>| match fate {
            None => "/notices".to_owned(),
            Some(fate) => format!("/notices?state={}", fate.code()),
        };
        let filters = [None].into_iter().chain(Fate::ALL.into_iter().map(Some));
        let filters: Vec<_> = filters
            .map(|fate| {
                let is_own = (fate == view.fate && view.problem.is_none()).then_some("true");
                view! { <a href=address(fate) aria-current=is_own>{fate.map_or("All", fate_word)}</a> }
            })
            .collect();
        let standing =
            view.standing.clone().map(|words| view! { <p class="alerts-sentence" data-part="standing">{words}</p> });
        let outage = view.outage.clone().map(|why| view! { <p class="trouble" data-part="outage">{why}</p> });
        let older =
            view.older.clone().map(|address| view! { <a class="button" href=address rel="next">"Older"</a> });
        let newest =
            view.turned.then(|| view! { <a class="button quiet" href=address(view.fate)>"Newest"</a> });
        let turn = (older.is_some() || newest.is_some())
            .then(|| view! { <nav class="row turn" aria-label="Pages of notices">{newest}{older}</nav> });
        view! {
            <div class="page told-page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/crises">"Crises"</a></p>
                        <h1>"What couples were told"</h1>
                        <p class="dim">"The newest first. What was written stands on the page of the case, for those who may read it."</p>
                    </div>
                </div>
                {standing}
                {outage}
                <nav class="seg" aria-label="Notices by what became of them">{filters}</nav>
                <section class="card" aria-label="Notices">{body}{turn}</section>
            </div>
        }
    })
}

/// One line of it; also where how far many are is shown.
pub(super) fn told_row(row: &ToldRow) -> AnyView {
    let attempt = &row.attempt;
    let to = attempt.to.as_ref().map(|to| view! { <span dir="auto">{to.words().to_owned()}</span> });
    let no_contact = row
        .no_contact
        .then(|| view! { <span class="kept-back" data-part="no-contact">"Not to be contacted"</span> });
    view! {
        <li data-attempt=attempt.id.clone() data-fate=attempt.fate.code()>
            {fate_mark(attempt.fate)}
            <div class="told">
                <p>
                    <a href=format!("/crises/{}#notices", row.case)>{format!("Case {}", row.name)}</a>
                    ": "{heading(attempt.purpose)}<span class="dim">{format!(", by {}", attempt.way.label())}</span>
                </p>
                <p dir="auto">{attempt.words.clone()}</p>
                <p class="meta">{no_contact}{to}<span dir="auto">{attempt.by.clone()}</span></p>
            </div>
            <time class="dim small" datetime=row.moment.clone()>{row.when.clone()}</time>
        </li>
    }
    .into_any()
}
