//! How the platform as a whole stands, in one level and one sentence.

use super::{EngineState, Level, PlatformStatus, Sample, Standing, wording};
use crate::{
    time::{MINUTE, Millis, SECOND, lasting},
    words::capitalised,
};

/// So many polls running without an answer are an outage.
pub const OUTAGE_POLLS: usize = 3;
/// A crisis may wait this long for the AI's answer.
pub const CRISIS_ANSWER_WITHIN: i64 = 10 * SECOND;
/// Departures that began within this of the first are said to have come with it.
const TOGETHER: i64 = 30 * MINUTE;

/// The active crises of a platform, counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CrisisCounts {
    pub active: usize,
    /// Still waiting for the AI's answer after ten seconds.
    pub waiting_long: usize,
    /// The AI's handling failed.
    pub failed: usize,
}

/// All that the level of a platform rests on.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub standings: &'a [Standing],
    /// Oldest first.
    pub recent: &'a [Sample],
    pub crises: CrisisCounts,
    pub weddings_today: Option<u32>,
    /// The service whose failure is an emergency, and its name in words.
    pub crisis_manager: Option<(&'a str, &'a str)>,
    /// Names of the services in words, by key.
    pub service_names: &'a [(String, String)],
}

impl Situation<'_> {
    /// Whether a wedding that takes place today, or an open crisis, is affected by what is critical.
    pub fn wedding_affected(weddings_today: Option<u32>, crises: CrisisCounts) -> bool {
        weddings_today.is_some_and(|count| count > 0) || crises.active > 0
    }
}

/// One thing that is the case. In the order in which they are said.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    Unanswered { since: Millis, polls: usize },
    EngineDown { name: String, since: Millis },
    CrisisManager { name: String, state: EngineState },
    CrisisWaiting { count: usize },
    CrisisFailed { count: usize },
    Departed { phrase: String, follower: String, rises: bool, since: Option<Millis>, level: Level },
    ServiceState { name: String, state: EngineState },
}

/// The level of the whole and what it rests on, worst first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Overall {
    pub level: Option<Level>,
    pub reasons: Vec<(Level, Reason)>,
    /// The newest sample, whatever came of it; `None` before the first poll.
    pub newest: Option<Millis>,
    /// How many metrics have a value now, and how many there are.
    pub known: (usize, usize),
}

/// Level and reasons. Pure; see `policy.md`, sections 1 and 2.
pub fn overall(situation: &Situation<'_>) -> Overall {
    let mut reasons = Vec::new();
    let unanswered = unanswered_run(situation.recent);
    if let Some((since, polls)) = unanswered.filter(|(_, polls)| *polls >= OUTAGE_POLLS) {
        reasons.push((Level::Emergency, Reason::Unanswered { since, polls }));
    } else {
        services(situation, &mut reasons);
        departures(situation, &mut reasons);
    }
    let crises = situation.crises;
    if crises.failed > 0 {
        reasons.push((Level::Emergency, Reason::CrisisFailed { count: crises.failed }));
    }
    if crises.waiting_long > 0 {
        reasons.push((Level::Emergency, Reason::CrisisWaiting { count: crises.waiting_long }));
    }
    reasons.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    Overall {
        level: reasons.iter().map(|(level, _)| *level).max(),
        reasons,
        newest: situation.recent.last().map(|sample| sample.at),
        known: (
            situation.standings.iter().filter(|standing| standing.newest.is_some()).count(),
            situation.standings.len(),
        ),
    }
}

/// Since when, and for how many polls, nothing usable has come.
pub fn unanswered_run(recent: &[Sample]) -> Option<(Millis, usize)> {
    let run = recent.iter().rev().take_while(|sample| !sample.is_answered());
    let (count, since) = run.fold((0, None), |(count, _), sample| (count + 1, Some(sample.at)));
    since.map(|since| (since, count))
}

fn services(situation: &Situation<'_>, reasons: &mut Vec<(Level, Reason)>) {
    let Some(newest) = situation.recent.last().filter(|sample| sample.is_answered()) else { return };
    let down_for = |service: &str| {
        let run = situation.recent.iter().rev().take_while(|sample| {
            sample.status.is_some_and(|status| status != PlatformStatus::Healthy)
                && sample.services.get(service) == Some(&EngineState::Down)
        });
        run.fold((0, newest.at), |(count, _), sample| (count + 1, sample.at))
    };
    for (key, state) in &newest.services {
        let name = situation
            .service_names
            .iter()
            .find(|(known, _)| known == key)
            .map_or_else(|| key.clone(), |(_, name)| wording::mid_sentence(name));
        let (polls_down, since) = down_for(key);
        let is_crisis_manager = situation.crisis_manager.is_some_and(|(manager, _)| manager == key);
        reasons.push(match state {
            EngineState::Operational => continue,
            state if is_crisis_manager => (Level::Emergency, Reason::CrisisManager { name, state: *state }),
            EngineState::Down if polls_down >= OUTAGE_POLLS => {
                (Level::Emergency, Reason::EngineDown { name, since })
            }
            EngineState::Down => (Level::Critical, Reason::ServiceState { name, state: *state }),
            EngineState::Degraded => (Level::Warning, Reason::ServiceState { name, state: *state }),
        });
    }
}

fn departures(situation: &Situation<'_>, reasons: &mut Vec<(Level, Reason)>) {
    let mut departed: Vec<_> =
        situation.standings.iter().filter(|standing| standing.level().is_some()).collect();
    departed.sort_by_key(|standing| standing.departed.unwrap_or(Millis(i64::MAX)));
    for standing in departed {
        let Some(level) = standing.level() else { continue };
        reasons.push((
            level,
            Reason::Departed {
                phrase: wording::departure(&standing.metric),
                follower: wording::follower(&standing.metric),
                rises: standing.metric.better == super::Better::Lower,
                since: standing.departed,
                level,
            },
        ));
    }
}

/// The sentence at the top of the page. `clock` writes a moment as the page does ("02:56").
pub fn sentence(overall: &Overall, clock: impl Fn(Millis) -> String) -> String {
    let Some(newest) = overall.newest else {
        return "No answer yet: the first poll is on its way.".to_owned();
    };
    let mut parts: Vec<String> = Vec::new();
    let mut head: Option<Millis> = None;
    let (mut rose, mut fell) = (Vec::new(), Vec::new());
    for (_, reason) in &overall.reasons {
        match reason {
            Reason::Unanswered { since, polls } => parts.push(format!(
                "No answer since {} ({polls} polls, {})",
                clock(*since),
                lasting(newest.since(*since))
            )),
            Reason::EngineDown { name, since } => parts.push(format!("{name} down since {}", clock(*since))),
            Reason::CrisisManager { name, state } | Reason::ServiceState { name, state } => {
                parts.push(format!(
                    "{name} {}",
                    if *state == EngineState::Down { "down" } else { "degraded" }
                ));
            }
            Reason::CrisisWaiting { count: 1 } => {
                parts.push("a crisis waits over 10 s for the AI\u{2019}s answer".to_owned());
            }
            Reason::CrisisWaiting { count } => {
                parts.push(format!("{count} crises wait over 10 s for the AI\u{2019}s answer"));
            }
            Reason::CrisisFailed { count: 1 } => parts.push("the AI failed in a crisis".to_owned()),
            Reason::CrisisFailed { count } => parts.push(format!("the AI failed in {count} crises")),
            Reason::Departed { level: Level::Information, .. } => {}
            Reason::Departed { phrase, follower, rises, since, .. } => match (head, since) {
                (Some(first), Some(since)) if since.since(first).abs() <= TOGETHER => {
                    if *rises {
                        rose.push(follower.clone())
                    } else {
                        fell.push(follower.clone())
                    }
                }
                (_, Some(since)) => {
                    head = head.or(Some(*since));
                    let phrase = in_its_place(phrase, &parts);
                    parts.push(format!("{phrase} since {}", clock(*since)));
                }
                (_, None) => parts.push(in_its_place(phrase, &parts)),
            },
        }
    }
    for (followers, verb) in [(rose, "rose"), (fell, "fell")] {
        if !followers.is_empty() {
            parts.push(format!("{} {verb} with it", wording::listed(&followers)));
        }
    }
    if parts.is_empty() {
        return well(overall);
    }
    capitalised(&format!("{}.", parts.join("; ")))
}

/// A phrase begins the sentence, or goes on with it.
fn in_its_place(phrase: &str, before: &[String]) -> String {
    if before.is_empty() { phrase.to_owned() } else { wording::mid_sentence(phrase) }
}

fn well(overall: &Overall) -> String {
    let noticed: Vec<String> = overall
        .reasons
        .iter()
        .filter_map(|(_, reason)| match reason {
            Reason::Departed { follower, .. } => Some(follower.clone()),
            _ => None,
        })
        .collect();
    match (overall.known, noticed.as_slice()) {
        ((0, _), _) => "The newest answer holds no value that can be read.".to_owned(),
        ((known, all), []) if known == all => "All is well: every metric meets its target.".to_owned(),
        ((known, all), []) => format!("Well as far as is known: {known} of {all} metrics have a value."),
        (_, noticed) => {
            let verb = if noticed.len() == 1 { "is" } else { "are" };
            format!("Every target is met; {} {verb} worse than normal.", wording::listed(noticed))
        }
    }
}

#[cfg(test)]
#[path = "overall_tests.rs"]
mod tests;
