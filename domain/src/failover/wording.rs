//! How a breaker and what follows from it read.

use super::{Asked, Breaker, BreakerState, Decision, Position, Proposed, STEADY, Transition, Why};
use crate::{
    time::{MINUTE, Millis},
    words::capitalised,
};

/// One line of a breaker's story. `service` is its name as people read it; `clock` writes a moment.
pub fn told(service: &str, transition: &Transition, clock: impl Fn(Millis) -> String) -> String {
    let position = match transition.to {
        Position::Closed => "closed",
        Position::Open => "open",
        Position::HalfOpen => "half-open",
    };
    match &transition.why {
        Why::Failures { count, last } => format!(
            "The breaker of {service} opened: {count} failures running; the last one was {}.",
            last.words()
        ),
        Why::Waited => format!("The breaker of {service} is half-open: one call may probe it."),
        Why::ProbeSucceeded => format!("The breaker of {service} closed: the probe succeeded."),
        Why::ProbeFailed { how } => {
            format!("The breaker of {service} is open again: the probe failed with {}.", how.words())
        }
        Why::ProbeLost => format!("The breaker of {service} is open again: nothing was heard of the probe."),
        Why::Held { by, reason, until } => format!(
            "{} holds the breaker of {service} {position} until {}, because: {reason}",
            by.name(),
            clock(*until)
        ),
        Why::HoldEnded => {
            format!("The breaker of {service} is held no longer: its time is over. It is {position} now.")
        }
        Why::Released { by } => {
            format!("{} let the breaker of {service} go. It is {position} now.", by.name())
        }
    }
}

/// How a breaker stands, in one sentence.
pub fn standing(breaker: &Breaker, clock: impl Fn(Millis) -> String) -> String {
    match &breaker.state {
        BreakerState::Closed { failures, .. } if failures.is_empty() => {
            "Closed: calls go through.".to_owned()
        }
        BreakerState::Closed { failures, .. } => {
            let count = failures.len();
            let failures = if count == 1 { "failure" } else { "failures" };
            format!("Closed: calls go through; {count} {failures} running.")
        }
        BreakerState::Open { since, until } => format!(
            "Open since {}: calls are kept away; the next probe is at {}.",
            clock(*since),
            clock(*until)
        ),
        BreakerState::HalfOpen { .. } => "Half-open: one call probes whether it is well again.".to_owned(),
        BreakerState::Held { position, until, by, reason, .. } => {
            let position = if *position == Position::Closed { "closed" } else { "open" };
            format!("Held {position} by {} until {}: {reason}", by.name(), clock(*until))
        }
    }
}

/// What was decided, with its reason. `name` gives an action its name in words.
pub fn decided(
    service: &str,
    decision: &Decision,
    name: impl Fn(&crate::actions::ActionKey) -> String,
    clock: impl Fn(Millis) -> String,
) -> String {
    let offered = |action, because: &str, why: &Proposed| {
        let why = match why {
            Proposed::Configured => "",
            Proposed::SwitchedOff => " It is not done by itself, because everything automatic is off.",
            Proposed::ByAPerson => " It is not done by itself, because a person failed over.",
            Proposed::NotBegun => " It could not be begun by itself: its page says what is in the way.",
        };
        format!("{because} \"{}\" waits for somebody to press it.{why}", name(action))
    };
    let opened = opened(service);
    let steady = format!("{} has been well for {} minutes.", capitalised(service), STEADY / MINUTE);
    match decision {
        Decision::RunFailover { action } => format!("{opened} \"{}\" is run automatically.", name(action)),
        Decision::ProposeFailover { action, why } => offered(action, &opened, why),
        Decision::RunFailback { action } => format!("{steady} \"{}\" is run automatically.", name(action)),
        Decision::ProposeFailback { action, why } => offered(action, &steady, why),
        Decision::InPlace { action } => format!("{opened} \"{}\" is in place already.", name(action)),
        Decision::AskAPerson { why: Asked::TooSoon { last, action } } => format!(
            "{opened} \"{}\" is not run automatically, because the last automatic failover was at {}: somebody has to \
             look.",
            name(action),
            clock(*last)
        ),
        Decision::AskAPerson { why: Asked::NoFailover } => {
            format!("{opened} No failover is configured for it: somebody has to look.")
        }
        Decision::AskAPerson { why: Asked::NoFailback } => {
            format!("{steady} No way back is configured for it: somebody has to look.")
        }
    }
}

/// How a decision about an opening begins; where the breaker is named already, the rest says it all.
pub fn opened(service: &str) -> String {
    format!("The breaker of {service} opened.")
}
