//! The checklist of a case, under the headings of its clocks: what is done, by whom, what is late, what is next.

use domain::crises::{Case, How, Stage, Step, StepState, Wait, wording::step_clock};
use leptos::prelude::*;

use super::{
    AskedView, CaseView, Drawing,
    asked::{ask_else, asked_of},
    clocks::{ClockStanding, of_stage},
    words::quoted,
};
use crate::{access::form::Lines, encoded};

/// One step in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepView {
    pub key: String,
    pub name: String,
    pub stage: Stage,
    pub mark: Mark,
    /// "03:07 · Marta K.", "due 03:08"
    pub clock: String,
    /// It is late now.
    pub late: bool,
    /// It was late when it was settled.
    pub was_late: bool,
    /// The run that it waits for, or that came to nothing.
    pub run: Option<String>,
    /// Where the exact request of the action that does it stands, with the button that sends it.
    pub start: Option<String>,
    /// What is said of it besides.
    pub hint: Option<String>,
    /// Whether it asks people.
    pub asks: bool,
    /// Who was asked, in the order in which they were first asked.
    pub asked: Vec<AskedView>,
    /// What may be pressed, the most usual first; empty for those who may not.
    pub acts: Vec<Act>,
}

/// How far it is, as its sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    Open,
    Waiting,
    Done,
    NotNeeded,
}

/// What may be done to a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Opens the exact request of the action that does it.
    Start,
    /// Writes to the people whom the configuration names for it.
    Ask,
    /// Writes once more to those who have not answered.
    AskAgain,
    /// Writes to somebody who is chosen.
    AskElse,
    Done,
    NotNeeded,
    NotDone,
}

impl StepView {
    pub(super) fn of(step: &Step, case: &Case, platform: Option<&str>, drawing: Drawing<'_>) -> StepView {
        let is_open = case.is_open();
        let is_late = step.late_by(drawing.now) > 0;
        let (mark, run) = match &step.state {
            StepState::Open => (Mark::Open, step.failed_run.as_ref().map(ToString::to_string)),
            StepState::Waiting { wait: Wait::Run { run }, .. } => (Mark::Waiting, Some(run.to_string())),
            StepState::Waiting { .. } => (Mark::Waiting, None),
            StepState::Done { .. } => (Mark::Done, None),
            StepState::NotNeeded { .. } => (Mark::NotNeeded, None),
        };
        StepView {
            key: step.key().to_string(),
            name: step.declared.name.clone(),
            stage: step.declared.stage,
            clock: clock_words(step, drawing),
            late: is_late && !step.is_settled(),
            was_late: is_late && step.is_settled(),
            run,
            start: start(step, case, platform),
            hint: hint(step, is_open, drawing),
            asks: matches!(step.declared.how, How::AsksPeople { .. }),
            asked: Vec::new(),
            acts: if is_open && drawing.rights.work.is_ok() { acts(step, mark, drawing) } else { Vec::new() },
            mark,
        }
    }
}

fn start(step: &Step, case: &Case, platform: Option<&str>) -> Option<String> {
    let How::Action { action } = &step.declared.how else { return None };
    let platform = platform.map(|platform| format!("platform={}&", encoded(platform))).unwrap_or_default();
    let (case, step) = (encoded(case.id.as_str()), encoded(step.key().as_str()));
    Some(format!("/actions/{action}?{platform}crisis={case}&step={step}"))
}

fn clock_words(step: &Step, drawing: Drawing<'_>) -> String {
    let words = step_clock(step, drawing.now, |at| drawing.clock(at));
    if step.state == StepState::Open && step.late_by(drawing.now) > 0 {
        return format!("{words}, due {}", drawing.clock(step.due));
    }
    words
}

fn hint(step: &Step, is_open: bool, drawing: Drawing<'_>) -> Option<String> {
    if step.is_settled() || !is_open {
        return None;
    }
    match (&step.declared.how, &step.state) {
        (_, StepState::Open) if step.failed_run.is_some() => {
            Some("Its run came to nothing: look at the run, and start it again or do it by hand.".to_owned())
        }
        (How::Notice { purpose }, StepState::Open) => {
            Some(format!("Done when the notice {} has gone out.", quoted(*purpose)))
        }
        (How::AsksPeople { .. }, StepState::Waiting { by, .. }) => Some(match by.is_automatic() {
            true => "Asked by itself, at a crisis failure of level 4.".to_owned(),
            false => format!("{} asked.", by.name()),
        }),
        (How::Action { .. }, StepState::Open) if drawing.rights.run.is_err() => {
            drawing.rights.run.as_ref().err().cloned()
        }
        _ if step.declared.automatic && step.state == StepState::Open => {
            Some("Runs by itself at a crisis failure of level 4.".to_owned())
        }
        _ => None,
    }
}

fn acts(step: &Step, mark: Mark, drawing: Drawing<'_>) -> Vec<Act> {
    let is_notice = matches!(step.declared.how, How::Notice { .. });
    match (mark, &step.declared.how) {
        (Mark::Open, How::Action { .. }) if drawing.rights.run.is_ok() => {
            vec![Act::Start, Act::Done, Act::NotNeeded]
        }
        (Mark::Open, How::AsksPeople { .. }) => vec![Act::Ask, Act::Done, Act::AskElse, Act::NotNeeded],
        (Mark::Waiting, How::AsksPeople { .. }) => {
            vec![Act::AskAgain, Act::Done, Act::AskElse, Act::NotNeeded]
        }
        (Mark::Open | Mark::Waiting, How::Notice { .. }) => vec![Act::NotNeeded],
        (Mark::Open | Mark::Waiting, _) => vec![Act::Done, Act::NotNeeded],
        // What a notice told cannot be untold.
        (Mark::Done, _) if is_notice => Vec::new(),
        (Mark::Done | Mark::NotNeeded, _) => vec![Act::NotDone],
    }
}

pub(super) fn checklist(view: &CaseView) -> AnyView {
    let stages: Vec<_> = Stage::ALL.into_iter().filter_map(|stage| one_stage(view, stage)).collect();
    if stages.is_empty() {
        return view! {
            <section class="card" data-part="checklist" aria-labelledby="checklist-title">
                <h2 id="checklist-title">"Checklist"</h2>
                <p class="empty">"Its type has no checklist."</p>
            </section>
        }
        .into_any();
    }
    view! { {stages} }.into_any()
}

fn one_stage(view: &CaseView, stage: Stage) -> Option<AnyView> {
    let steps: Vec<&StepView> = view.steps.iter().filter(|step| step.stage == stage).collect();
    if steps.is_empty() {
        return None;
    }
    let clock = of_stage(&view.case, stage, "", view.now);
    let late = clock.as_ref().is_some_and(|clock| clock.standing == ClockStanding::Late);
    let words = clock.map(|clock| clock.words).unwrap_or_default();
    let id = match stage {
        Stage::FirstMinutes => "first-title",
        Stage::HalfHour => "half-hour-title",
        Stage::Later => "later-title",
    };
    let rows: Vec<_> = steps.into_iter().map(|step| row(view, step)).collect();
    Some(
        view! {
            <section class="card" data-part="checklist" aria-labelledby=id>
                <header class="stage-head">
                    <h2 id=id>{stage.words()}</h2>
                    <span class="due small" data-late=late.then_some("")>{words}</span>
                </header>
                <ol class="case-steps">{rows}</ol>
            </section>
        }
        .into_any(),
    )
}

fn row(view: &CaseView, step: &StepView) -> AnyView {
    let (sign, word) = match step.mark {
        Mark::Open => ("", "To do: "),
        Mark::Waiting => ("\u{2026}", "Waiting: "),
        Mark::Done => ("\u{2713}", "Done: "),
        Mark::NotNeeded => ("\u{2013}", "Not needed: "),
    };
    let code = match step.mark {
        Mark::Open => "open",
        Mark::Waiting => "waiting",
        Mark::Done => "done",
        Mark::NotNeeded => "not-needed",
    };
    let is_next = view.next.as_deref() == Some(step.key.as_str());
    let run = step.run.clone().map(|run| view! { " "<a href=format!("/runs/{run}")>"the run"</a> });
    let hint = step.hint.clone().map(|hint| view! { <p class="hint">{hint}</p> });
    let (late, was_late) = (step.late.then_some(""), step.was_late.then_some(""));
    view! {
        <li data-step=step.key.clone() data-mark=code data-next=is_next.then_some("")>
            <span class="sign" aria-hidden="true">{sign}</span>
            <div class="what">
                <span class="unseen">{word}</span>
                <span>{step.name.clone()}</span>
                {hint}
                {asked_of(step)}
            </div>
            <span class="due small" data-late=late data-was-late=was_late>{step.clock.clone()}{run}</span>
            {acts_of(view, step)}
        </li>
    }
    .into_any()
}

fn acts_of(view: &CaseView, step: &StepView) -> Option<AnyView> {
    if step.acts.is_empty() {
        return None;
    }
    let acts: Vec<_> = step.acts.iter().map(|act| act_of(view, step, *act)).collect();
    Some(view! { <div class="acts">{acts}</div> }.into_any())
}

fn act_of(view: &CaseView, step: &StepView, act: Act) -> AnyView {
    let primary = view.primary == Some((step.key.clone(), act));
    let class = primary.then_some("primary");
    let link = if primary { "button primary" } else { "button" };
    let unseen = || view! { <span class="unseen">{format!(": {}", step.name)}</span> };
    match act {
        Act::Start => view! {
            <a class=link href=step.start.clone()>
                "Start"{unseen()}
            </a>
        }
        .into_any(),
        Act::Ask => pressed(view, step, "/ask", "Ask them", class),
        Act::AskAgain => pressed(view, step, "/ask-again", "Ask again", class),
        Act::AskElse => ask_else(view, step),
        Act::Done => pressed(view, step, "/done", "It is done", class),
        Act::NotNeeded => with_reason(view, step, "not-needed", "Not needed", "Why it is not needed"),
        Act::NotDone => with_reason(view, step, "not-done", "Not so", "Why it has to be done after all"),
    }
}

fn pressed(
    view: &CaseView,
    step: &StepView,
    verb: &'static str,
    words: &'static str,
    class: Option<&'static str>,
) -> AnyView {
    view! {
        <form method="post" action=view.address(verb)>
            <input type="hidden" name="step" value=step.key.clone()/>
            <button class=class>{words}<span class="unseen">{format!(": {}", step.name)}</span></button>
        </form>
    }
    .into_any()
}

fn with_reason(
    view: &CaseView,
    step: &StepView,
    what: &'static str,
    words: &'static str,
    label: &'static str,
) -> AnyView {
    let (text, trouble) = view.typed.of(what, &step.key, "text");
    let is_open = view.typed.is(what, &step.key);
    let field = Lines {
        id: format!("{what}-{}", step.key),
        name: "text",
        label: label.to_owned(),
        hint: None,
        most: 4_000,
        required: true,
    };
    view! {
        <details open=is_open>
            <summary>{words}<span class="unseen">{format!(": {}", step.name)}</span></summary>
            <form class="fields" method="post" action=view.address(&format!("/{what}"))>
                <input type="hidden" name="step" value=step.key.clone()/>
                {field.draw(&text, trouble)}
                <button>{if what == "not-needed" { "It is not needed" } else { "Open the step again" }}</button>
            </form>
        </details>
    }
    .into_any()
}
