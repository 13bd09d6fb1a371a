//! How a run reads: each line of its story, and what is known to have happened.

use super::{Actor, Answer, Approval, Failure, Happening, Look, NotDone, Phase, Run, State, StepEnd};
use crate::{
    delivery::{Message, Occasion},
    time::Millis,
};

/// One line of the story. `clock` writes a moment.
pub fn told(run: &Run, happening: &Happening, clock: impl Fn(Millis) -> String) -> String {
    let step = |number: &usize| step_name(run, *number);
    match happening {
        Happening::Requested { by, reason, waits_until } => {
            let mut words = format!("{} asked for it.", by.name());
            if !reason.is_empty() {
                words = format!("{} asked for it: {}", by.name(), sentence(reason));
            }
            if let Some(until) = waits_until {
                words.push_str(&format!(" Somebody else has to approve it before {}.", clock(*until)));
            }
            words
        }
        Happening::Approved { by, comment } => with_comment(by, "approved it", comment),
        Happening::GlassBroken { by, .. } => {
            format!(
                "{} went on alone, because a level 4 is open. Somebody else has to review that.",
                by.name()
            )
        }
        Happening::Refused { by, comment } => with_comment(by, "refused it", comment),
        Happening::Lapsed => {
            "It lapsed: it was not approved, or not begun, in time. Nothing was sent.".to_owned()
        }
        Happening::Stopping { by } => {
            format!(
                "{} wants it to stop: what was sent is still looked for, and no other step begins.",
                by.name()
            )
        }
        Happening::Cancelled { by } if run.changed_something() => {
            format!("{} stopped it. {}", by.name(), in_place(run))
        }
        Happening::Cancelled { by } => format!("{} cancelled it. Nothing has happened.", by.name()),
        Happening::Began { step: number, attempt: 1 } => format!("{} begins.", step(number)),
        Happening::Began { step: number, attempt } => format!("{} is tried again ({attempt}).", step(number)),
        Happening::Answered { answer, .. } => answered(answer),
        Happening::WillTryAgain { at, .. } => {
            format!("Nothing has happened; it is tried again at {}.", clock(*at))
        }
        Happening::Resumed { step: number } => format!(
            "{}: the console was stopped while its request may have been on its way. It is not sent again; its effect is \
             looked for.",
            step(number)
        ),
        Happening::Ended { step: number, end } => format!("{}: {}", step(number), sentence(&ended(end))),
        Happening::Succeeded => "It succeeded.".to_owned(),
        Happening::Failed { why } => format!("It failed: {}", sentence(&failed(why))),
        Happening::BecameUnknown { why } => {
            format!("Nobody can know what happened ({}). Somebody has to look, and say so.", plain(why))
        }
        Happening::Decided { by, in_place: true, comment } => {
            format!("{} looked, and says that it took effect: {}", by.name(), sentence(comment))
        }
        Happening::Decided { by, in_place: false, comment } => {
            format!("{} looked, and says that it did not take effect: {}", by.name(), sentence(comment))
        }
        Happening::Undone { by } => format!("It was undone by run {by}."),
        Happening::Reviewed { by, comment } => {
            with_comment(by, "reviewed that it went on with one person", comment)
        }
    }
}

/// What is known to have happened, step by step: one sentence for each. Whatever became of a run, this is so.
pub fn known(run: &Run, clock: impl Fn(Millis) -> String) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (number, record) in run.steps.iter().enumerate() {
        let (name, at) = (step_name(run, number), clock(record.ended));
        lines.push(format!("{name}: {} ({at}).", plain(&ended(&record.end))));
    }
    let present = run.steps.len();
    for (number, planned) in run.plan().steps.iter().enumerate().skip(present) {
        let name = step_name(run, number);
        let words = match &run.state {
            State::Running { phase, .. } if number == present => match phase {
                Phase::Ready => "it is about to begin; nothing has been sent".to_owned(),
                Phase::Waiting { until, said, .. } => {
                    format!(
                        "refused without effect ({}); it is tried again at {}",
                        plain(said),
                        clock(*until)
                    )
                }
                Phase::Intended { intent } => {
                    format!("sent at {}, and no answer yet", clock(intent.at))
                }
                Phase::Observing { intent, answer, until, .. } => {
                    let known = match answer {
                        super::Known::Taken { .. } => "taken",
                        super::Known::InDoubt { .. } => "it may have taken effect",
                        super::Known::Lost => "the answer was lost",
                    };
                    let (sent, until) = (clock(intent.at), clock(*until));
                    let look = match planned.effect.look {
                        Look::AnswerOnly => "there is nothing to look at".to_owned(),
                        _ => format!("looking until {until} whether {}", planned.effect.look.words()),
                    };
                    format!("sent at {sent}, {known}; {look}")
                }
            },
            _ if run.is_over() => "never begun; nothing was sent".to_owned(),
            _ => "not begun".to_owned(),
        };
        lines.push(format!("{name}: {words}."));
    }
    lines
}

/// What those who can approve are told.
pub fn approval_wanted(run: &Run, until: Millis, clock: impl Fn(Millis) -> String) -> Message {
    let plan = run.plan();
    let mut lines = vec![format!(
        "{} asks for it, and somebody else has to approve it before {}.",
        run.requested.by.name(),
        clock(until)
    )];
    if !run.requested.reason.is_empty() {
        lines.push(format!("Reason: {}", sentence(&run.requested.reason)));
    }
    lines.extend(run.preview.warnings());
    message(run, format!("{} on {} waits for approval", plan.name, plan.platform), lines)
}

/// What everybody is told when one person went on alone. `None` when nobody did.
pub fn glass_broken(run: &Run, clock: impl Fn(Millis) -> String) -> Option<Message> {
    let Some(Approval::BrokenGlass { by, at, .. }) = &run.approval else { return None };
    let plan = run.plan();
    let lines = vec![
        format!("{} did it alone at {}, because a level 4 is open.", by.name(), clock(*at)),
        format!("Reason: {}", sentence(&run.requested.reason)),
        "Somebody else has to review it.".to_owned(),
    ];
    Some(message(run, format!("{} on {} without a second person", plan.name, plan.platform), lines))
}

fn message(run: &Run, title: String, lines: Vec<String>) -> Message {
    Message {
        occasion: Occasion::Reminding,
        level: None,
        title,
        lines,
        path: format!("/runs/{}", run.id),
        alert: run.requested.alert.as_ref().map(|alert| alert.to_string()),
        dedup_key: format!("bellwether-run-{}", run.id),
        asks: None,
    }
}

fn answered(answer: &Answer) -> String {
    match answer {
        Answer::Done { said } if said.is_empty() => "It was taken.".to_owned(),
        Answer::Done { said } => format!("It was taken: {}", sentence(said)),
        Answer::NotDone { why, said } => {
            let why = match why {
                NotDone::NotConnected => "No connection could be made, so nothing was sent",
                NotDone::Busy { .. } => "It was turned away before it took effect",
                NotDone::Conflict => "It was refused, because something else changed it meanwhile",
                NotDone::Forbidden => "It was refused, because a right is missing",
                NotDone::NotFound => "It was refused, because what it changes is not there",
                NotDone::Invalid => "It was refused as it stands",
            };
            format!("{why}: {}", sentence(said))
        }
        Answer::InDoubt { said } => format!(
            "It is not known whether it took effect ({}). It is not sent again; its effect is looked for.",
            plain(said)
        ),
        Answer::Partly { said } => format!("It was stopped half-way: {}", sentence(said)),
    }
}

fn ended(end: &StepEnd) -> String {
    match end {
        StepEnd::InPlace { said, decided_by: None } => with_said("in place", said),
        StepEnd::InPlace { said, decided_by: Some(by) } => {
            with_said(&format!("in place, as {} says who looked", by.name()), said)
        }
        StepEnd::NotDone { said, decided_by: None } => with_said("nothing has happened", said),
        StepEnd::NotDone { said, decided_by: Some(by) } => {
            with_said(&format!("nothing has happened, as {} says who looked", by.name()), said)
        }
        StepEnd::NoEffect { said } => with_said("taken, but its effect was not seen in time", said),
        StepEnd::Broke { said } => with_said("it began, and went wrong", said),
        StepEnd::Partly { said } => with_said("not all of it has happened", said),
        StepEnd::Unknown { said } => with_said("sent, and it is not known whether it took effect", said),
    }
}

fn failed(why: &Failure) -> String {
    match why {
        Failure::ChecksFail { said } => format!("nothing was sent, because {}", join(said)),
        Failure::NoLongerTrue { changed } => {
            let changed: Vec<String> = changed.iter().map(ToString::to_string).collect();
            format!("nothing was sent, because the preview was no longer true: {}", join(&changed))
        }
        Failure::NotDone { said, attempts: 1 } => with_said("nothing has happened in the last step", said),
        Failure::NotDone { said, attempts } => {
            with_said(&format!("nothing has happened in the last step, tried {attempts} times"), said)
        }
        Failure::NoEffect { said } => with_said("the effect was not seen in time", said),
        Failure::Broke { said } => with_said("it went wrong", said),
        Failure::Partly { said } => with_said("not all of it has happened", said),
        Failure::Decided { by } => format!("{} said what happened, and it goes no further", by.name()),
    }
}

/// "Step 2 of 3, Warm the cache"; of a run with one step, its name.
fn step_name(run: &Run, number: usize) -> String {
    let steps = &run.plan().steps;
    let name = steps.get(number).map_or("", |step| step.name.as_str());
    match steps.len() {
        1 => name.to_owned(),
        all => format!("Step {} of {all}, {name}", number + 1),
    }
}

fn in_place(run: &Run) -> String {
    let done = run.steps.iter().filter(|record| matches!(record.end, StepEnd::InPlace { .. })).count();
    format!("{done} of {} steps are in place.", run.plan().steps.len())
}

fn with_comment(by: &Actor, did: &str, comment: &str) -> String {
    match comment {
        "" => format!("{} {did}.", by.name()),
        _ => format!("{} {did}: {}", by.name(), sentence(comment)),
    }
}

fn with_said(words: &str, said: &str) -> String {
    if said.trim().is_empty() { words.to_owned() } else { format!("{words}: {}", plain(said)) }
}

fn join(said: &[String]) -> String {
    said.iter().map(|said| plain(said)).collect::<Vec<_>>().join("; ")
}

fn plain(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let text: String =
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
