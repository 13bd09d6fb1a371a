//! The steps of a run with what each came to, and what is known to have happened.

use backend::actions::{Stored, Told};
use domain::{
    actions::{Happening, Phase, Run, Sighting, State, StepEnd, wording},
    monitoring::{Level, range::rfc3339},
    time::Millis,
    words::capitalised,
};
use islands::{Shown, level_view};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    requests::{facts, language, request},
    words::linked,
};
use crate::when;

/// Each step with its state, what is known of it, and what was sent.
pub(super) fn steps(stored: &Stored, now: Millis, zone: &TimeZone) -> AnyView {
    let run = &stored.run;
    let clock = |at: Millis| when::clock(at.0, now, zone);
    let known = wording::known(run, clock);
    let present = run.steps.len();
    let several = run.plan().steps.len() > 1;
    // Whoever is asked to approve it reads first what exactly it sends.
    let asks = matches!(run.state, State::Requested { .. });
    let rows: Vec<_> = run
        .plan()
        .steps
        .iter()
        .zip(&run.preview.steps)
        .enumerate()
        .map(|(number, (planned, preview))| {
            let (shown, word) = state_of(run, number);
            let progress = stored.progress.clone().or_else(|| last_look(run, clock));
            let progress = progress.filter(|_| number == present && run.is_running());
            let progress = progress.map(|progress| view! { <p class="progress" data-part="progress">{progress}</p> });
            let words = known.get(number).map(|words| without_name(words, several, &planned.name)).unwrap_or_default();
            let requests: Vec<_> = preview.requests.iter().map(request).collect();
            let name = if several { format!("{}. {}", number + 1, planned.name) } else { planned.name.clone() };
            view! {
                <li class="step" data-step=number.to_string()>
                    {level_view(shown, word)}
                    <div class="told">
                        <h3>{name}</h3>
                        <p class="why">{linked(&words)}</p>
                        {progress}
                        <details open=asks>
                            <summary>"What is sent"<span class="mark">{language(&planned.step)}</span></summary>
                            {requests}
                            {facts(&planned.step, preview)}
                        </details>
                    </div>
                </li>
            }
        })
        .collect();
    let title = if several { "Steps" } else { "What is known to have happened" };
    view! {
        <section class="card" data-part="steps" aria-labelledby="steps-title">
            <h2 id="steps-title">{title}</h2>
            <ol class="run-steps">{rows}</ol>
        </section>
    }
    .into_any()
}

/// What was seen when the effect was last looked for.
fn last_look(run: &Run, clock: impl Fn(Millis) -> String) -> Option<String> {
    let State::Running { phase: Phase::Observing { looked: Some((at, seen)), .. }, .. } = &run.state else {
        return None;
    };
    let said = match seen {
        Sighting::InPlace { said }
        | Sighting::NotYet { said }
        | Sighting::Broke { said }
        | Sighting::Partly { said, .. } => said.clone(),
        Sighting::CannotSee { why } => format!("it could not be looked at, {why}"),
    };
    Some(format!("Seen {}: {}", clock(*at), said.trim_end_matches('.')))
}

/// The name stands above it already.
fn without_name(words: &str, several: bool, name: &str) -> String {
    let rest = if several {
        words.split_once(&format!("{name}: ")).map(|(_, rest)| rest)
    } else {
        words.strip_prefix(&format!("{name}: "))
    };
    capitalised(rest.unwrap_or(words))
}

fn state_of(run: &Run, number: usize) -> (Shown, &'static str) {
    if let Some(record) = run.steps.get(number) {
        return match record.end {
            StepEnd::InPlace { .. } => (Shown::Well, "In place"),
            StepEnd::NotDone { .. } => (Shown::Unknown, "Not done"),
            StepEnd::NoEffect { .. } => (Shown::At(Level::Warning), "No effect"),
            StepEnd::Broke { .. } => (Shown::At(Level::Warning), "Went wrong"),
            StepEnd::Partly { .. } => (Shown::At(Level::Warning), "In part"),
            StepEnd::Unknown { .. } => (Shown::At(Level::Critical), "Not known"),
        };
    }
    match &run.state {
        State::Running { phase, .. } if number == run.steps.len() => {
            let word = match phase {
                Phase::Ready => "Begins",
                Phase::Waiting { .. } => "Tries again",
                Phase::Intended { .. } => "Sent",
                Phase::Observing { .. } => "Looked for",
            };
            (Shown::At(Level::Information), word)
        }
        _ if run.is_over() => (Shown::Unknown, "Never begun"),
        _ => (Shown::Unknown, "Not begun"),
    }
}

/// What happened, line by line, the oldest first: a run reads as it went.
pub(super) fn story(told: &Told, now: Millis, zone: &TimeZone) -> AnyView {
    let clock = |at: Millis| when::clock(at.0, now, zone);
    let lines: Vec<_> = told
        .story
        .iter()
        .map(|(at, happening)| {
            let words = wording::told(&told.stored.run, happening, clock);
            view! {
                <li data-kind=kind(happening)>
                    <time datetime=rfc3339(*at)>{with_seconds(*at, now, zone)}</time>
                    <span>{linked(&words)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="card" aria-labelledby="story-title">
            <h2 id="story-title">"Story"<span class="unseen">" The oldest first."</span></h2>
            <ol class="story" data-part="story">{lines}</ol>
        </section>
    }
    .into_any()
}

/// Of a run seconds count.
fn with_seconds(at: Millis, now: Millis, zone: &TimeZone) -> String {
    let seconds = at.0.div_euclid(1_000).rem_euclid(60);
    format!("{}:{seconds:02}", when::clock(at.0, now, zone))
}

fn kind(happening: &Happening) -> &'static str {
    match happening {
        Happening::Requested { .. }
        | Happening::Approved { .. }
        | Happening::GlassBroken { .. }
        | Happening::Refused { .. }
        | Happening::Stopping { .. }
        | Happening::Cancelled { .. }
        | Happening::Decided { .. }
        | Happening::Reviewed { .. } => "person",
        _ => "change",
    }
}
