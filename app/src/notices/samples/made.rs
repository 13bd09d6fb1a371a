//! Letters and attempts as they come about: by the rules of `domain`, one thing after the other.

use domain::{
    access::PersonId,
    actions::Actor,
    notices::{
        Answer, Attempt, AttemptId, AttemptState, BOUNCE_WINDOW, Given, Language, Letter, Purpose, Report,
        Templates, Variable, Way,
    },
    time::{MINUTE, SECOND},
};
use jiff::tz::TimeZone;

use super::NOW;
use crate::notices::{AttemptView, Content};

pub(crate) fn actor(name: &str) -> Actor {
    Actor::Person { id: PersonId::new(format!("p-{name}")), name: name.to_owned() }
}

pub(super) fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap_or_else(|_| Language::english())
}

fn given(names: &str) -> Given {
    Given::default()
        .with(Variable::Names, names)
        .with(Variable::PromisedTime, "04:00 on 24/11/2026")
        .with(Variable::Contact, "Priya Nair, +46 8 123 45 67")
        .with(
            Variable::Plan,
            "Four florists are near your venue, and two can deliver by noon.\nYou choose one of them.",
        )
        .with(Variable::Venue, "Lindholm G\u{e5}rd")
        .with(Variable::Ceremony, "12:30 on 24/11/2026")
        .with(Variable::StatusPage, "https://bellwether.example.com/c/VGhpcyBpcyBhIGxpbms")
}

/// As the shipped text says it to these people; `None` where there is none, which a test would see as a missing letter.
pub(crate) fn letter(tag: &str, purpose: Purpose, names: &str) -> Option<Letter> {
    let templates = Templates::shipped_and(Vec::new()).ok()?;
    let chosen = templates.choose("vendor_cancelled", purpose, &language(tag))?;
    Letter::fill(chosen.template, &given(names)).ok()
}

/// What comes of an attempt.
#[derive(Clone, Copy)]
pub(crate) enum Trail {
    Drafted,
    Queued,
    /// So many tries, and none is taken.
    Retried(u32),
    Sending,
    Sent,
    Bounced,
    Refused,
    Delivered,
    /// The line was cut.
    Cut,
    Stopped,
    TakenBack,
}

/// One that was pressed so many minutes ago.
pub(super) fn tried(
    id: &str,
    purpose: Purpose,
    way: Way,
    trail: Trail,
    ago: i64,
    content: Content,
) -> AttemptView {
    AttemptView::of(&attempt(id, purpose, way, trail, ago), content, NOW, &TimeZone::UTC)
}

/// The same as `domain` has it.
pub(crate) fn attempt(id: &str, purpose: Purpose, way: Way, trail: Trail, ago: i64) -> Attempt {
    let made_at = NOW.minus(ago * MINUTE);
    let by = actor("Priya Nair");
    let state = AttemptState::Drafted;
    let mut attempt = Attempt { id: AttemptId(id.to_owned()), purpose, way, by, made_at, state };
    let mut at = made_at;
    let is_pressed = !matches!(trail, Trail::Drafted) && attempt.press(at).is_ok();
    let tries = match trail {
        Trail::Drafted | Trail::Queued | Trail::TakenBack => 0,
        Trail::Retried(tries) => tries,
        _ => 1,
    };
    for last in (1..=tries).map(|number| number == tries) {
        let begun = is_pressed && attempt.intend(at).is_ok();
        let answer = match trail {
            Trail::Retried(_) => Some(Answer::Later),
            Trail::Refused => Some(Answer::Never { code: 550 }),
            Trail::Cut => Some(Answer::Cut),
            Trail::Sent | Trail::Bounced | Trail::Delivered => Some(Answer::Taken),
            _ => None,
        };
        let has_ended = begun && attempt.end(at).is_ok();
        if let Some(answer) = answer.filter(|_| has_ended) {
            let _ = attempt.answered(answer, BOUNCE_WINDOW, at.plus(2 * SECOND));
        }
        if let AttemptState::Queued { not_before, .. } = attempt.state
            && !last
        {
            at = not_before;
        }
    }
    match trail {
        Trail::Bounced => drop(attempt.reported(Report::Bounced, at.plus(40 * SECOND))),
        Trail::Delivered => drop(attempt.reported(Report::Delivered, at.plus(5 * SECOND))),
        Trail::Stopped => drop(attempt.resume(at.plus(MINUTE))),
        Trail::TakenBack => drop(attempt.withdraw(actor("Priya Nair"), at.plus(30 * SECOND))),
        _ => {}
    }
    attempt
}

/// A call, so many minutes ago.
pub(super) fn called(id: &str, purpose: Purpose, reached: bool, ago: i64, content: Content) -> AttemptView {
    AttemptView::of(&call(id, purpose, reached, ago), content, NOW, &TimeZone::UTC)
}

/// The same as `domain` has it.
pub(crate) fn call(id: &str, purpose: Purpose, reached: bool, ago: i64) -> Attempt {
    let made_at = NOW.minus(ago * MINUTE);
    let (by, state, way) = (actor("Marta Keller"), AttemptState::Drafted, Way::Telephone);
    let mut attempt = Attempt { id: AttemptId(id.to_owned()), purpose, way, by, made_at, state };
    let _ = attempt.called(reached, made_at);
    attempt
}
