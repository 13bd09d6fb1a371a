//! How a case reads: its title, its clocks, and each line of its story.

use super::{
    Ai, Assumptions, Case, Happening, Line, Origin, Presence, State, Step, StepState, UpstreamStatus, Wait,
};
use crate::time::{DAY, HOUR, MINUTE, Millis, SECOND, lasting};

/// "9 h 04 min", "4 min", "38 s", "12 d": a span that is counted down.
pub fn countdown(milliseconds: i64) -> String {
    match milliseconds.max(0) {
        short @ ..MINUTE => format!("{} s", short / SECOND),
        short @ MINUTE..HOUR => format!("{} min", short / MINUTE),
        hours @ HOUR..DAY => format!("{} h {:02} min", hours / HOUR, hours % HOUR / MINUTE),
        long => match (long / DAY, long % DAY / HOUR) {
            (days @ 3.., _) | (days, 0) => format!("{days} d"),
            (days, hours) => format!("{days} d {hours} h"),
        },
    }
}

/// "Vendor cancelled, ceremony in 9 hours".
pub fn title(case: &Case, assumed: &Assumptions, now: Millis) -> String {
    let of = case.of.words();
    match case.time_left(assumed, now) {
        None => format!("{of}, day of the wedding unknown"),
        Some(left) => format!("{of}, {}", ceremony_is(left)),
    }
}

fn ceremony_is(left: i64) -> String {
    let several = |count: i64, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let span = |of: i64| match of {
        ..MINUTE => "less than a minute".to_owned(),
        MINUTE..HOUR => several(of / MINUTE, "minute"),
        HOUR..DAY => several(of / HOUR, "hour"),
        _ => several(of / DAY, "day"),
    };
    if left >= 0 {
        format!("ceremony in {}", span(left))
    } else {
        // The smallest number has no positive counterpart.
        format!("ceremony {} ago", span(left.saturating_neg()))
    }
}

/// What was assumed about the time of the ceremony, in sentences.
pub fn assumptions(case: &Case, assumed: &Assumptions) -> Vec<String> {
    let Some(ceremony) = case.wedding.ceremony(assumed) else {
        return vec!["Nobody has said on which day the wedding is; it is treated as today.".to_owned()];
    };
    let mut said = Vec::new();
    if ceremony.time_assumed {
        said.push(format!(
            "Only the day is known; the ceremony is assumed to begin at {}.",
            assumed.time.strftime("%H:%M")
        ));
    }
    if ceremony.zone_assumed {
        let zone = assumed.zone.iana_name().unwrap_or("UTC");
        said.push(format!("The time zone of the couple is not known; {zone} is assumed."));
    }
    said
}

/// "Working · Priya N.", "Detected · nobody's": the state and who has it.
pub fn standing(case: &Case) -> String {
    match &case.state {
        State::Detected { .. } => "Detected \u{b7} nobody\u{2019}s".to_owned(),
        State::Acknowledged { holder, .. } => format!("Acknowledged \u{b7} {}", holder.name),
        State::Working { holder, .. } => format!("Working \u{b7} {}", holder.name),
        State::Resolved { by, .. } => format!("Resolved \u{b7} {}", by.name()),
        State::Reviewed { by, .. } => format!("Reviewed \u{b7} {}", by.name()),
        State::Merged { into, .. } => format!("Went into case {into}"),
    }
}

/// "due 03:08", "4 min late", "03:07 · Marta K.", "03:20 · Marta K., 12 min late": what stands beside a step.
pub fn step_clock(step: &Step, now: Millis, clock: impl Fn(Millis) -> String) -> String {
    let late = |late_by: i64| match late_by {
        0 => String::new(),
        late_by => format!(", {} late", countdown(late_by)),
    };
    let name = |by: &super::By| if by.is_automatic() { "automatic".to_owned() } else { by.name().to_owned() };
    match &step.state {
        StepState::Open if step.late_by(now) > 0 => format!("{} late", countdown(step.late_by(now))),
        StepState::Open => format!("due {}", clock(step.due)),
        StepState::Waiting { since, wait, .. } => {
            let waits = match wait {
                Wait::Run { .. } => "running".to_owned(),
                Wait::Answer { asked: 1 } => "1 person asked, no answer yet".to_owned(),
                Wait::Answer { asked } => format!("{asked} people asked, no answer yet"),
                Wait::Notice => "on its way".to_owned(),
            };
            format!("{waits} since {}{}", clock(*since), late(step.late_by(now)))
        }
        StepState::Done { by, at, late_by } => {
            format!("{} \u{b7} {}{}", clock(*at), name(by), late(*late_by))
        }
        StepState::NotNeeded { by, at, late_by } => {
            format!("not needed, {} \u{b7} {}{}", clock(*at), name(by), late(*late_by))
        }
    }
}

/// What is said of the AI's answer; `None` where it never had the case.
pub fn ai_clock(case: &Case, now: Millis) -> Option<String> {
    Some(match case.ai {
        Ai::NotAsked => return None,
        Ai::Awaited if now <= case.ai_due() => {
            format!("The AI has {} left to answer", countdown(case.ai_due().since(now) + 999))
        }
        Ai::Awaited | Ai::Late => "The AI gave no answer in 10 s".to_owned(),
        Ai::Answered { late_by: 0, .. } => "The AI answered".to_owned(),
        Ai::Answered { late_by, .. } => format!("The AI answered {} late", countdown(late_by)),
        Ai::Failed { .. } => "The AI\u{2019}s handling failed".to_owned(),
    })
}

/// What has to be said about where the case comes from.
pub fn warnings(case: &Case, now: Millis, clock: impl Fn(Millis) -> String) -> Vec<String> {
    let mut said: Vec<String> = case.flags(now).iter().map(ToString::to_string).collect();
    if let Origin::Platform { status, presence, another_couple, .. } = &case.origin {
        if let Some(at) = another_couple {
            said.push(format!(
                "At {} the platform gave the same crisis with another couple. That was not taken in: somebody has to look.",
                clock(*at)
            ));
        }
        match (presence, status) {
            _ if !case.is_open() => {}
            (_, UpstreamStatus::Resolved) => {
                said.push("The platform says that it is resolved. It stays open here until a person says so.".to_owned());
            }
            (Presence::Vanished { at }, _) => said.push(format!(
                "Since {} the platform does not have it among its active crises any more. It stays open here.",
                clock(*at)
            )),
            (Presence::There, _) => {}
        }
    }
    if let super::Contact::NotWanted { by, .. } = &case.contact {
        said.push(format!("The couple is not to be contacted, as {} says.", by.name()));
    }
    if case.erased_at.is_some() {
        said.push("The couple was erased: nothing personal is left.".to_owned());
    }
    said
}

/// One line of the story. What somebody wrote is said only where it may be seen; `clock` writes a moment.
pub fn told(line: &Line, may_see: bool, clock: impl Fn(Millis) -> String) -> String {
    let said = happened(&line.happening, clock);
    match &line.text {
        Some(text) if may_see => format!("{}: {}", said.trim_end_matches('.'), text.expose()),
        _ => said,
    }
}

fn late(late_by: i64) -> String {
    if late_by > 0 { format!(", {} late", countdown(late_by)) } else { String::new() }
}

fn happened(happening: &Happening, clock: impl Fn(Millis) -> String) -> String {
    match happening {
        Happening::Opened { by: None, detected_at } => {
            format!("Opened from the platform, which detected it at {}.", clock(*detected_at))
        }
        Happening::Opened { by: Some(by), .. } => format!("{} opened it.", by.name()),
        Happening::AiLate => "The AI gave no answer in 10 s.".to_owned(),
        Happening::AiFailed => "The AI\u{2019}s handling failed.".to_owned(),
        Happening::AiAnswered { late_by } => format!("The AI answered{}.", late(*late_by)),
        Happening::ChangedUpstream { fields } => {
            let words: Vec<&str> = fields.iter().map(|field| field.words()).collect();
            format!("The platform changed the {}.", listed(&words))
        }
        Happening::AnotherCouple => {
            "The platform gave the same crisis with another couple; that was not taken in.".to_owned()
        }
        Happening::Vanished => "The platform does not have it among its active crises any more.".to_owned(),
        Happening::Reappeared => "The platform has it among its active crises again.".to_owned(),
        Happening::ResolvedUpstream => "The platform says that it is resolved.".to_owned(),
        Happening::Called { unheld_for, times: 1 } => {
            format!("Somebody is called: it was nobody\u{2019}s for {}.", lasting(*unheld_for))
        }
        Happening::Called { unheld_for, times } => {
            format!(
                "Somebody is called again ({times}): it was nobody\u{2019}s for {}.",
                lasting(*unheld_for)
            )
        }
        Happening::Acknowledged { by } => format!("{} acknowledged it.", by.name),
        Happening::Began { by } => format!("{} is at work on it.", by.name),
        Happening::HandedOver { by, to } if by.hands() == Some(&to.id) => {
            format!("{} took it over.", to.name)
        }
        Happening::HandedOver { by, to } => format!("{} handed it over to {}.", by.name(), to.name),
        Happening::Released { by } => format!("{} gave it back: it is nobody\u{2019}s.", by.name()),
        Happening::Noted { by } => format!("{} wrote a note.", by.name()),
        Happening::Filed { by } => format!("{} added a file.", by.name()),
        Happening::Contact { by, allowed: true } => {
            format!("{} says that the couple may be contacted.", by.name())
        }
        Happening::Contact { by, allowed: false } => {
            format!("{} says that the couple is not to be contacted.", by.name())
        }
        Happening::Erased { by } => format!("{} erased the couple.", by.name()),
        Happening::Linked { by, alert } => format!("{} linked alert {alert}.", by.name()),
        Happening::StepBegun { name, by, .. } => format!("{name}: begun by {}.", by_whom(by)),
        Happening::StepDone { name, by, late_by, .. } => {
            format!("{name}: done by {}{}.", by_whom(by), late(*late_by))
        }
        Happening::StepNotNeeded { name, by, late_by, .. } => {
            format!("{name}: not needed, says {}{}.", by_whom(by), late(*late_by))
        }
        Happening::StepOpened { name, by: None, .. } => {
            format!("{name}: came to nothing, and is open again.")
        }
        Happening::StepOpened { name, by: Some(by), .. } => {
            format!("{name}: opened again by {}.", by_whom(by))
        }
        Happening::NoticeQueued { purpose, way, by } => {
            format!("{} sends the notice \u{201c}{}\u{201d} by {}.", by.name(), purpose.label(), way.label())
        }
        Happening::NoticeSent { purpose, way } => notice(*purpose, *way, "has gone out"),
        Happening::NoticeDelivered { purpose, way } => notice(*purpose, *way, "was delivered"),
        Happening::NoticeFailed { purpose, way } => notice(*purpose, *way, "failed"),
        Happening::NoticeInDoubt { purpose, way } => {
            notice(*purpose, *way, "is in doubt: somebody has to say whether it arrived")
        }
        Happening::NoticeWithdrawn { purpose, way, by } => format!(
            "{} took back the notice \u{201c}{}\u{201d} by {} before it left.",
            by.name(),
            purpose.label(),
            way.label()
        ),
        Happening::NoticeDecided { purpose, by, arrived } => format!(
            "{} looked, and says that the notice \u{201c}{}\u{201d} {}.",
            by.name(),
            purpose.label(),
            if *arrived { "arrived" } else { "did not arrive" }
        ),
        Happening::PageShared { by } => format!("{} gave the couple a page of their own.", by.name()),
        Happening::PageRevoked { by } => format!("{} took the couple\u{2019}s page back.", by.name()),
        Happening::Resolved { by } => format!("{} resolved it.", by.name()),
        Happening::Reopened { by } => format!("{} opened it again.", by.name()),
        Happening::Reviewed { by, tasks: 0 } => format!("{} reviewed it.", by.name()),
        Happening::Reviewed { by, tasks: 1 } => format!("{} reviewed it; 1 task came of it.", by.name()),
        Happening::Reviewed { by, tasks } => format!("{} reviewed it; {tasks} tasks came of it.", by.name()),
        Happening::TaskDone { by } => format!("{} did a task of the review.", by.name()),
        Happening::MergedInto { by, into } => format!("{} found it a double of case {into}.", by.name()),
        Happening::TookIn { by, double } => format!("{} found case {double} a double of it.", by.name()),
    }
}

fn by_whom(by: &super::By) -> String {
    if by.is_automatic() { "the console".to_owned() } else { by.name().to_owned() }
}

fn notice(purpose: crate::notices::Purpose, way: crate::notices::Way, what: &str) -> String {
    format!("The notice \u{201c}{}\u{201d} by {} {what}.", purpose.label(), way.label())
}

/// "a, b and c".
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
