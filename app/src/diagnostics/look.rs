//! One look: its sentence, what it was made from, and what can be done with it.

use backend::diagnostics::Look;
use domain::{
    diagnostics::{Panel, Report, Tone, Unseen},
    monitoring::Level,
};
use islands::{Shown, shape_view};
use leptos::prelude::*;

use super::{
    DiagnosticsView,
    pin::pin,
    report::{LINES, parts},
};
use crate::when;

/// `alone`: on its own page, where everything of it stands open.
pub(super) fn card(view: &DiagnosticsView, look: &Look, alone: bool) -> impl IntoView + use<> {
    let panel = look.question.panel();
    let id = format!("look-{}", panel.word());
    let (shown, word) = match &look.seen {
        Ok(report) => tone(report.tone),
        Err(Unseen::Late { .. }) => (Some(Shown::Unknown), "Too slow"),
        Err(_) => (Some(Shown::Unknown), "Not seen"),
    };
    let level = shown.map(|shown| {
        view! { <p class="level" data-level=shown.code()>{shape_view(shown)}<span data-part="tone">{word}</span></p> }
    });
    let heading = match (&look.question, alone) {
        (_, true) => "What was seen",
        (_, false) => panel.title(),
    };
    let inside = match &look.seen {
        Ok(report) => seen(view, look, report, alone),
        Err(unseen) => not_seen(unseen),
    };
    // What is wrong has the width of the page; of everything else its sentence is enough.
    let short = !alone && (look.seen.is_err() || is_folded(look));
    view! {
        <section class="card look" class:stack=!short class:short=short class:wide=!short data-look=panel.word() aria-labelledby=id.clone()>
            <div class="card-head">
                <h2 id=id.clone()>{heading}</h2>
                {level}
            </div>
            {inside}
            <div class="look-foot">
                <p class="meta"><span>{when::time(look.at, &view.zone)}</span><span>{took(look)}</span></p>
                <p class="links">{again(view, look, alone)}</p>
                {pin(view, look, alone)}
            </div>
        </section>
    }
}

fn tone(tone: Tone) -> (Option<Shown>, &'static str) {
    match tone {
        Tone::Plain => (None, ""),
        Tone::Well => (Some(Shown::Well), "Well"),
        Tone::Warning => (Some(Shown::At(Level::Warning)), "Worth a look"),
        Tone::Critical => (Some(Shown::At(Level::Critical)), "Broken"),
    }
}

fn seen(view: &DiagnosticsView, look: &Look, report: &Report, alone: bool) -> AnyView {
    let notes: Vec<_> =
        report.notes.iter().map(|note| view! { <p class="hint">{note.clone()}</p> }).collect();
    let inside = view! { <div class="stack">{parts(view, report, alone)}{notes}</div> };
    let sentence = view! { <p class="sentence" data-part="said">{report.sentence.clone()}</p> };
    let panel = look.question.panel();
    if report.parts.is_empty() && alone && panel == Panel::Log {
        // For the lines that come when it is followed.
        return view! { {sentence}<ol class="log" data-part="lines" tabindex="0" aria-label=LINES hidden></ol> }.into_any();
    }
    if report.parts.is_empty() {
        return sentence.into_any();
    }
    if alone || !is_folded(look) {
        return view! { {sentence}{inside} }.into_any();
    }
    view! { {sentence}<details><summary>{summary(panel)}</summary>{inside}</details> }.into_any()
}

/// Of what is well the sentence is enough, until somebody wants to see more.
fn is_folded(look: &Look) -> bool {
    look.seen.as_ref().is_ok_and(|report| report.tone < Tone::Warning)
}

fn summary(panel: Panel) -> &'static str {
    match panel {
        Panel::Describe => "Facts and events",
        Panel::Cache => "All figures",
        Panel::Log => "The lines",
        Panel::Call => "Its stretches",
        _ => "The table",
    }
}

fn not_seen(unseen: &Unseen) -> AnyView {
    let next = unseen.next().map(|next| view! { <p class="hint">{next}</p> });
    view! { <p class="sentence" data-part="said">{unseen.sentence()}</p>{next} }.into_any()
}

fn took(look: &Look) -> String {
    let seconds = look.took.as_secs_f64();
    if seconds < 0.95 {
        format!("took {:.0}\u{a0}ms", seconds * 1_000.0)
    } else {
        format!("took {seconds:.1}\u{a0}s")
    }
}

fn again(view: &DiagnosticsView, look: &Look, alone: bool) -> impl IntoView + use<> {
    let words = match (look.question.panel(), alone) {
        (_, true) => "Look again",
        (Panel::Log, false) => "Search the log",
        (_, false) => "Look alone",
    };
    let title = look.question.panel().title();
    view! { <a href=view.scope.address_of(&look.question)>{words}<span class="unseen">{format!(": {title}")}</span></a> }
}
