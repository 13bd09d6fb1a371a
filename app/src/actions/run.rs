//! `/runs/{id}`: where a run stands, what is known to have happened, what is next, and what may be done to it.

use std::sync::Arc;

use backend::actions::Told;
use domain::{
    actions::{Approval, Failure, Next, Review, State},
    live::Frame,
    time::{Millis, lasting},
};
use islands::shape_view;
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    Rights,
    doing::doing,
    preview::{affected, how_known},
    steps::{steps, story},
    words::{danger, does, linked, standing, took},
};
use crate::{
    access::{Troubles, form::done},
    document::rendered,
    shell::{Place, Shell},
    when,
};

/// How often a page without a script looks again while the run is not over, in seconds.
const LOOKS_AGAIN: u32 = 3;

/// The page.
#[derive(Clone, Debug)]
pub struct RunView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    pub told: Told,
    /// The names of the services that it concerns.
    pub services: Vec<String>,
    pub rights: Rights,
    /// Whether the password was given a moment ago.
    pub proven: bool,
    pub typed: Typed,
    pub done: Option<String>,
}

/// What was typed into one of its forms, and what was refused of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    /// Which form: "approve", "refuse".
    pub what: String,
    pub comment: String,
    pub troubles: Troubles,
}

impl RunView {
    pub(super) fn address(&self, verb: &str) -> String {
        format!("/runs/{}{verb}", self.told.stored.run.id)
    }

    /// Whether whoever looks asked for it, also by a token.
    pub(super) fn is_own(&self) -> bool {
        let hands = self.told.stored.run.requested.by.hands();
        hands.is_some_and(|hands| hands.as_str() == self.rights.own)
    }

    /// Whether somebody may be typing here.
    fn has_fields(&self) -> bool {
        let run = &self.told.stored.run;
        let approves = self.rights.approve.is_ok() && !self.is_own();
        match run.state {
            State::Requested { .. } => approves,
            State::Unknown { .. } => self.rights.run.is_ok(),
            _ => run.waits_for_review() && approves,
        }
    }
}

/// What an open page draws anew when something happens to a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunPart {
    Head,
    Steps,
    Doing,
    Story,
}

impl RunPart {
    const ALL: [RunPart; 4] = [RunPart::Head, RunPart::Steps, RunPart::Doing, RunPart::Story];

    pub fn from_word(word: &str) -> Option<RunPart> {
        RunPart::ALL.into_iter().find(|part| part.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            RunPart::Head => "head",
            RunPart::Steps => "steps",
            RunPart::Doing => "doing",
            RunPart::Story => "story",
        }
    }
}

pub fn run_page(shell: &Shell, view: &RunView) -> String {
    let run = &view.told.stored.run;
    let problem = if view.typed.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}{}: {} \u{2013} Bellwether", standing(run).1, does(run.plan()));
    let main = || {
        let plan = run.plan();
        view! {
            <div class="page run-page" data-run=run.id.as_str().to_owned()>
                {view.done.clone().map(done)}
                {above(view)}
                {live(view, RunPart::Head)}
                <p class="news" data-actions-bar="" hidden><button type="button">"Show what changed"</button></p>
                <div class="sides">
                    {live(view, RunPart::Doing)}
                    <div class="stack main-side">
                        {live(view, RunPart::Steps)}
                        {live(view, RunPart::Story)}
                    </div>
                    <div class="stack">
                        {asked(view)}
                        {how_known(plan)}
                        {affected(plan, &view.services, danger(&plan.danger))}
                    </div>
                </div>
            </div>
        }
    };
    let follows = !run.is_over() && !view.has_fields();
    if follows {
        shell.page_that_follows(Place::Actions, &title, &view.frames, view.now, LOOKS_AGAIN, main)
    } else {
        shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, main)
    }
}

fn above(view: &RunView) -> Option<AnyView> {
    let said = view.typed.troubles.of("")?;
    Some(view! { <div class="said" data-part="trouble" role="alert"><p>{linked(&said)}</p></div> }.into_any())
}

fn live(view: &RunView, part: RunPart) -> impl IntoView + use<> {
    let address = view.address(&format!("/part/{}", part.word()));
    // What may be done about a run that waits depends on whether there is an emergency.
    let waits = matches!(view.told.stored.run.state, State::Requested { .. });
    let with_alerts = (waits && part == RunPart::Doing).then_some("");
    // What was typed and refused stays when the part is drawn anew.
    let kept = (part == RunPart::Doing && !view.typed.what.is_empty()).then_some("");
    view! {
        <div class="stack" data-actions-part=address data-with-alerts=with_alerts data-kept=kept>{inside(view, part)}</div>
    }
}

fn inside(view: &RunView, part: RunPart) -> AnyView {
    let stored = &view.told.stored;
    match part {
        RunPart::Head => head(view),
        RunPart::Steps => steps(stored, view.now, &view.zone),
        RunPart::Doing => doing(view),
        RunPart::Story => story(&view.told, view.now, &view.zone),
    }
}

/// The inside of one part alone.
pub fn run_part(view: &RunView, part: RunPart) -> String {
    let view = view.clone();
    rendered(move || inside(&view, part))
}

fn head(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let (shown, word) = standing(run);
    let plan = run.plan();
    // Of steps that are over: while others are to come it says nothing.
    let goes_on =
        matches!(run.state, State::Requested { .. } | State::Approved { .. } | State::Running { .. });
    let took = took(run).filter(|_| !goes_on).map(|took| view! { <span>"Took "{took}</span> });
    let alert = run.requested.alert.clone().map(|alert| {
        view! { <span>"For "<a href=format!("/alerts/{alert}")>"an alert"</a></span> }
    });
    let undoes = run.requested.undoes.clone().map(|undoes| {
        view! { <span>"Takes "<a href=format!("/runs/{undoes}")>"another run"</a>" back"</span> }
    });
    let action = if view.told.action.is_some() {
        view! { <a href=format!("/actions/{}", plan.action)>{plan.name.clone()}</a> }.into_any()
    } else {
        view! { <span>{plan.name.clone()}</span> }.into_any()
    };
    view! {
        <div class="stack-small">
            <p class="small"><a href="/actions">"Actions"</a>" \u{b7} "{action}</p>
            <div class="banner run-banner" data-level=shown.code()>
                {shape_view(shown)}
                <div role="status">
                    <p class="banner-word" data-level=shown.code() data-part="state">{word}</p>
                    <h1 class="banner-title">{does(plan)}</h1>
                    <p class="sentence" data-part="sentence">{linked(&sentence(view))}</p>
                    <p class="meta">{took}{alert}{undoes}<span>"On "{plan.platform.clone()}</span></p>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// What is the case and what is next, in one sentence.
fn sentence(view: &RunView) -> String {
    let run = &view.told.stored.run;
    let clock = |at: Millis| when::clock(at.0, view.now, &view.zone);
    match &run.state {
        State::Requested { until } => format!(
            "Nothing is sent until somebody else approves it. It lapses {}, in {}.",
            clock(*until),
            lasting(until.since(view.now))
        ),
        State::Approved { .. } => "It is agreed to; its first request is about to leave.".to_owned(),
        State::Running { .. } => match run.next() {
            Next::Begin { not_before: Some(at), .. } => {
                format!("It was turned away before it took effect. It is tried again {}.", clock(at))
            }
            Next::Begin { .. } => "Its next request is about to leave.".to_owned(),
            Next::AwaitAnswer { .. } => "Its request was sent; the answer has not come yet.".to_owned(),
            _ => "Its request was sent. Now its effect is looked for; nothing is sent twice.".to_owned(),
        },
        State::Succeeded { at } if run.waits_for_review() => format!(
            "Its effect was seen in place {}. One person went on alone, and that waits for a review.",
            clock(*at)
        ),
        State::Succeeded { at } => format!("Its effect was seen in place {}.", clock(*at)),
        State::Failed { why, .. } => format!("{} What is known stands below.", failed(why)),
        State::Unknown { .. } => {
            "It was sent, and the console could not see what became of it. Somebody has to look.".to_owned()
        }
        State::Undone { at, by } => format!("It was taken back {} by run {by}.", clock(*at)),
        State::Refused { by, comment, .. } => {
            format!("{} refused it: \u{201c}{comment}\u{201d} Nothing was sent.", by.name())
        }
        State::Lapsed { at } => {
            format!("Nobody approved it in time; it lapsed {}. Nothing was sent.", clock(*at))
        }
        State::Cancelled { by, at } if run.changed_something() => {
            format!("{} stopped it {}; a part of it is in place.", by.name(), clock(*at))
        }
        State::Cancelled { by, at } => {
            format!("{} cancelled it {}. Nothing was sent.", by.name(), clock(*at))
        }
    }
}

fn failed(why: &Failure) -> &'static str {
    match why {
        Failure::ChecksFail { .. } => "A check failed just before, so nothing was sent.",
        Failure::NoLongerTrue { .. } => "What it rested on had changed, so nothing was sent.",
        Failure::NotDone { .. } => "It was refused without effect.",
        Failure::NoEffect { .. } => "It was taken, and its effect was not seen in time.",
        Failure::Broke { .. } => "It began, and went wrong.",
        Failure::Partly { .. } => "Not all of it has happened.",
        Failure::Decided { .. } => "A person looked, and said what happened.",
    }
}

/// Who asked and who agreed.
fn asked(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let ago = |at: Millis| when::ago(at, view.now, &view.zone);
    let mut pairs = vec![("Asked for by", format!("{}, {}", run.requested.by.name(), ago(run.requested.at)))];
    if !run.requested.reason.is_empty() {
        pairs.push(("Reason", run.requested.reason.clone()));
    }
    match &run.approval {
        Some(Approval::Given { by, at, comment }) => {
            let comment =
                if comment.is_empty() { String::new() } else { format!(": \u{201c}{comment}\u{201d}") };
            pairs.push(("Approved by", format!("{}, {}{comment}", by.name(), ago(*at))));
        }
        Some(Approval::BrokenGlass { by, at, review, .. }) => {
            pairs.push(("Alone", format!("{} went on without a second person, {}", by.name(), ago(*at))));
            if let Review::Done { by, comment, .. } = review {
                pairs.push(("Reviewed by", format!("{}: \u{201c}{comment}\u{201d}", by.name())));
            }
        }
        Some(Approval::NotNeeded) => pairs.push(("Approval", "One person is enough.".to_owned())),
        None => {}
    }
    for (name, value) in &run.plan().values {
        let label = view.told.action.as_ref().and_then(|action| {
            action.parameters.iter().find(|parameter| parameter.name == *name).map(|one| one.label.clone())
        });
        let value = value.to_string();
        let label = label.unwrap_or_else(|| name.to_string());
        pairs.push(("With", format!("{label}: {value}")));
    }
    let rows: Vec<_> =
        pairs.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect();
    view! {
        <section class="card" data-part="asked" aria-labelledby="asked-title">
            <h2 id="asked-title">"Who asked and who agreed"</h2>
            <dl class="pairs">{rows}</dl>
        </section>
    }
    .into_any()
}
