//! The clocks of a case: the AI's 10 seconds, the first 5 minutes, the half hour. Late is late for ever.

use domain::{
    crises::{
        Ai, Case, Stage,
        wording::{ai_clock, countdown},
    },
    time::Millis,
};
use leptos::prelude::*;

/// One clock in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    /// "5 min", "30 min"; nothing for the AI's, whose words say it.
    pub name: &'static str,
    /// "2 to do in 3 min", "1 late by 4 min"
    pub words: String,
    pub standing: ClockStanding,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockStanding {
    Runs,
    Met,
    /// Something is late now.
    Late,
    /// What was late is done.
    WasLate,
}

impl ClockStanding {
    fn code(self) -> &'static str {
        match self {
            ClockStanding::Runs => "runs",
            ClockStanding::Met => "met",
            ClockStanding::Late => "late",
            ClockStanding::WasLate => "was-late",
        }
    }

    pub fn is_late(self) -> bool {
        matches!(self, ClockStanding::Late | ClockStanding::WasLate)
    }
}

/// Those that the case has, in their order.
pub(super) fn clocks(case: &Case, now: Millis) -> Vec<Clock> {
    let ai = ai_clock(case, now).map(|words| Clock { name: "", words, standing: ai_standing(case, now) });
    let stages = [(Stage::FirstMinutes, "5 min"), (Stage::HalfHour, "30 min")];
    let stages = stages.into_iter().filter_map(|(stage, name)| of_stage(case, stage, name, now));
    ai.into_iter().chain(stages).collect()
}

fn ai_standing(case: &Case, now: Millis) -> ClockStanding {
    match case.ai {
        // It failed, or gave no answer: people do what it should have done, so nothing waits for it any more.
        _ if case.is_ai_late(now) => ClockStanding::WasLate,
        Ai::Awaited => ClockStanding::Runs,
        _ => ClockStanding::Met,
    }
}

/// `None` where no step stands under that heading.
pub(super) fn of_stage(case: &Case, stage: Stage, name: &'static str, now: Millis) -> Option<Clock> {
    let steps: Vec<_> = case.steps.iter().filter(|step| step.declared.stage == stage).collect();
    if steps.is_empty() {
        return None;
    }
    let open: Vec<_> = steps.iter().filter(|step| !step.is_settled()).collect();
    let late_open: Vec<i64> = open.iter().map(|step| step.late_by(now)).filter(|late| *late > 0).collect();
    let was_late = steps.iter().filter(|step| step.is_settled() && step.late_by(now) > 0).count();
    let said = if was_late > 0 { format!(", {was_late} was late") } else { String::new() };
    let standing = if was_late > 0 { ClockStanding::WasLate } else { ClockStanding::Runs };
    let (words, standing) = match (open.len(), late_open.iter().max()) {
        (0, _) if was_late > 0 => (format!("done{said}"), ClockStanding::WasLate),
        (0, _) => ("done in time".to_owned(), ClockStanding::Met),
        (open, _) if !case.is_open() => (format!("{open} not done{said}"), standing),
        (_, Some(longest)) => {
            let count = late_open.len();
            (format!("{count} late by {}", countdown(*longest)), ClockStanding::Late)
        }
        (count, None) => {
            let due = open.iter().map(|step| step.due).min().unwrap_or(now);
            (format!("{count} to do in {}{said}", countdown(due.since(now))), standing)
        }
    };
    Some(Clock { name, words, standing })
}

/// As the board has them.
pub(super) fn clock_list(clocks: &[Clock]) -> AnyView {
    if clocks.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = clocks
        .iter()
        .map(|clock| {
            let name = (!clock.name.is_empty()).then(|| view! { <span class="dim">{clock.name}</span>" " });
            view! { <li data-clock=clock.standing.code()>{name}<span>{clock.words.clone()}</span></li> }
        })
        .collect();
    view! { <ul class="clocks" aria-label="Clocks">{rows}</ul> }.into_any()
}
