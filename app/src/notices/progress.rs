//! `/crises/notices/{batch}`: how far many notices are that one press sent off. What failed and what is in doubt stand first:
//! they need somebody.

use std::sync::Arc;

use domain::{
    live::Frame,
    notices::{Purpose, bulk::Progress},
    time::Millis,
};
use leptos::prelude::*;

use super::{Fate, ToldRow, attempt::fate_mark, heading, told::told_row};
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
    /// Those that failed, and those of whom nobody knows.
    pub rows: Vec<ToldRow>,
    /// For so long the oldest has waited: "4 min".
    pub oldest: Option<String>,
    /// Why nothing leaves just now.
    pub outage: Option<String>,
    pub done: Option<String>,
}

pub fn progress_page(shell: &Shell, view: &ProgressView) -> String {
    let title = format!(
        "{} \u{2013} \u{201c}{}\u{201d} to many \u{2013} Bellwether",
        capital(&view.progress.words()),
        view.purpose.label()
    );
    let main = || {
        let address = format!("/crises/notices/{}/part/progress", view.batch);
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

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn inside(view: &ProgressView) -> AnyView {
    let Progress { drafted, waiting, sent, delivered, failed, in_doubt, withdrawn } = view.progress;
    let all = drafted + waiting + sent + delivered + failed + in_doubt + withdrawn;
    let settled = all - waiting - drafted;
    let groups = [
        ("Failed", "They were not told. Try another way on the page of the case.", Fate::Failed),
        (
            "In doubt",
            "They may have been told. Somebody has to say so on the page of the case.",
            Fate::InDoubt,
        ),
    ];
    let groups: Vec<_> =
        groups.into_iter().filter_map(|(name, hint, fate)| group(view, name, hint, fate)).collect();
    let counts = [
        (
            waiting + drafted,
            Fate::Waiting,
            "They go as fast as the mail server takes them, the first one first.",
        ),
        (sent, Fate::Sent, "The mail server took them, and none came back so far."),
        (delivered, Fate::Delivered, "They arrived, as far as anybody can know."),
        (withdrawn, Fate::TakenBack, "They never left."),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, fate, words)| {
            let oldest = view.oldest.as_ref().filter(|_| fate == Fate::Waiting);
            let oldest = oldest.map(|oldest| format!(" The oldest has waited for {oldest}."));
            view! { <li data-fate=fate.code()>{fate_mark(fate)}<p><strong>{count}</strong>" "<span class="dim">{words}{oldest}</span></p></li> }
        })
        .collect();
    let counts = (!counts.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="others-title">
                <h2 id="others-title">"The others"</h2>
                <ul class="told-list">{counts}</ul>
            </section>
        }
    });
    let sentence = format!("{}.", capital(&view.progress.words()));
    let outage = view.outage.clone().map(|why| view! { <p class="trouble" data-part="outage">{why}</p> });
    view! {
        <div class="progress-sum">
            <p class="alerts-sentence" data-part="standing" role="status">{sentence}</p>
            <label class="small dim">{format!("{settled} of {all} have left or ended")}<progress max=all.to_string() value=settled.to_string()></progress></label>
            {outage}
        </div>
        {groups}
        {counts}
    }
    .into_any()
}

fn group(view: &ProgressView, name: &'static str, hint: &'static str, fate: Fate) -> Option<AnyView> {
    let rows: Vec<_> = view.rows.iter().filter(|row| row.attempt.fate == fate).map(told_row).collect();
    if rows.is_empty() {
        return None;
    }
    let id = format!("group-{}", fate.code());
    let heading = format!("{name} ({})", rows.len());
    Some(
        view! {
            <section class="card stack" data-group=fate.code() aria-labelledby=id>
                <h2 id=id.clone()>{heading}</h2>
                <p class="hint">{hint}</p>
                <ul class="told-list">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}
