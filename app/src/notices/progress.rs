//! `/crises/notices/{batch}`: how far many notices are that one press sent off, with everybody in it. What failed and what is in
//! doubt stand first: they need somebody.

use std::sync::Arc;

use domain::{
    live::Frame,
    notices::{Fate, Purpose, bulk::Progress},
    time::Millis,
    words::capitalised,
};
use leptos::prelude::*;

use super::{ToldRow, heading, told::told_row, words::fate_word};
use crate::{
    document::rendered,
    shell::{Place, Shell},
};

/// How often a page without a script looks again while something waits, in seconds.
const LOOKS_AGAIN: u32 = 3;

/// The page.
#[derive(Clone, Debug)]
pub struct ProgressView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub batch: String,
    pub purpose: Purpose,
    pub progress: Progress,
    /// Of one page, in the order of its groups.
    pub rows: Vec<ToldRow>,
    /// Which page of them, from 0, and how many are on one.
    pub page: u32,
    pub on_a_page: usize,
    /// For so long the oldest has waited: "4 min".
    pub oldest: Option<String>,
    /// Why nothing leaves just now.
    pub outage: Option<String>,
    pub done: Option<String>,
}

impl ProgressView {
    fn address(&self, end: &str, page: u32) -> String {
        let page = if page > 0 { format!("?page={page}") } else { String::new() };
        format!("/crises/notices/{}{end}{page}", self.batch)
    }
}

pub fn progress_page(shell: &Shell, view: &ProgressView) -> String {
    let title = format!(
        "{} \u{2013} \u{201c}{}\u{201d} to many \u{2013} Bellwether",
        capitalised(&view.progress.words()),
        view.purpose.label()
    );
    let main = || {
        let address = view.address("/part/progress", view.page);
        view! {
            <div class="page progress-page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/notices">"What couples were told"</a></p>
                        <h1>{format!("{}, to many couples", heading(view.purpose))}</h1>
                    </div>
                    <a class="button" href="/crises">"Back to the board"</a>
                </div>
                {view.done.clone().map(crate::access::form::done)}
                <p class="news" data-actions-bar="" hidden><button type="button">"Show what is new"</button></p>
                <div class="stack" data-actions-part=address>{inside(view)}</div>
            </div>
        }
    };
    if view.progress.waiting > 0 {
        shell.page_that_follows(Place::Crises, &title, &view.frames, view.now, LOOKS_AGAIN, main)
    } else {
        shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, main)
    }
}

/// The part of it that changes alone, for a page that draws it anew.
pub fn progress_fragment(view: &ProgressView) -> String {
    let view = view.clone();
    rendered(move || inside(&view))
}

fn inside(view: &ProgressView) -> AnyView {
    let progress = view.progress;
    let all = progress.all();
    let settled = all - progress.waiting - progress.drafted;
    let groups: Vec<_> = GROUPS.into_iter().filter_map(|(fate, hint)| group(view, fate, hint)).collect();
    let sentence = format!("{}.", capitalised(&progress.words()));
    let outage = view.outage.clone().map(|why| view! { <p class="trouble" data-part="outage">{why}</p> });
    view! {
        <div class="progress-sum">
            <p class="alerts-sentence" data-part="standing" role="status">{sentence}</p>
            <label class="small dim">{format!("{settled} of {all} have left or ended")}<progress max=all.to_string() value=settled.to_string()></progress></label>
            {outage}
        </div>
        {groups}
        {turn(view)}
    }
    .into_any()
}

/// In the order of the pages: who needs somebody, who waits, who was told.
const GROUPS: [(Fate, &str); 7] = [
    (Fate::Failed, "They were not told. Try another way on the page of the case."),
    (Fate::InDoubt, "They may have been told. Somebody has to say so on the page of the case."),
    (Fate::Waiting, "They go as fast as the mail server takes them, the first one first."),
    (Fate::Drafted, "Nobody has sent them off."),
    (Fate::Sent, "The mail server took them, and none came back so far."),
    (Fate::Delivered, "They arrived, as far as anybody can know."),
    (Fate::TakenBack, "They never left."),
];

/// Those of them that stand on this page.
fn group(view: &ProgressView, fate: Fate, hint: &'static str) -> Option<AnyView> {
    let count = view.progress.count(fate);
    if count == 0 {
        return None;
    }
    let rows: Vec<_> = view.rows.iter().filter(|row| row.attempt.fate == fate).map(told_row).collect();
    let elsewhere = match (rows.len(), count) {
        (here, all) if here == all => None,
        (0, _) => Some(" They stand on another page.".to_owned()),
        (here, _) => Some(format!(" {here} of them stand on this page.")),
    };
    let rows = (!rows.is_empty()).then(|| view! { <ul class="told-list">{rows}</ul> });
    let oldest = view.oldest.as_ref().filter(|_| fate == Fate::Waiting);
    let oldest = oldest.map(|oldest| format!(" The oldest has waited for {oldest}."));
    let id = format!("group-{}", fate.code());
    Some(
        view! {
            <section class="card stack" data-group=fate.code() aria-labelledby=id>
                <h2 id=id.clone()>{format!("{} ({count})", fate_word(fate))}</h2>
                <p class="hint">{hint}{oldest}{elsewhere}</p>
                {rows}
            </section>
        }
        .into_any(),
    )
}

/// "1 to 100 of 500", and the ways to the others. While they are being sent somebody may move to another page.
fn turn(view: &ProgressView) -> Option<AnyView> {
    let all = view.progress.all();
    let first = view.page as usize * view.on_a_page;
    let last = first + view.rows.len();
    if view.page == 0 && last >= all {
        return None;
    }
    let words = format!("{} to {last} of {all}, those who need somebody first", (first + 1).min(last));
    let before = view.page.checked_sub(1).map(|page| {
        view! { <a class="button" rel="prev" href=view.address("", page)>"Before these"</a> }
    });
    let after = (last < all).then(|| {
        view! { <a class="button" rel="next" href=view.address("", view.page + 1)>"After these"</a> }
    });
    let moves = (view.progress.waiting > 0)
        .then(|| view! { <p class="hint">"As they leave, they move to the pages after this one."</p> });
    Some(
        view! {
            {moves}
            <nav class="row turn" aria-label="Pages of couples"><span class="dim">{words}</span>{before}{after}</nav>
        }
        .into_any(),
    )
}
