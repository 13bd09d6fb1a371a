//! What one sample says of everything that can have an alert.

use std::collections::BTreeMap;

use crate::{
    alerts::{CRISIS_RESPONSE, ENGINE_STATE, Severity},
    monitoring::{
        EngineState, Level, Metric, PlatformStatus, Sample, SeriesKey,
        overall::{CrisisCounts, OUTAGE_POLLS},
        wording,
    },
    time::lasting,
    words::capitalised,
};

/// What is known around a sample when it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub platform: &'a str,
    pub metrics: &'a [Metric],
    pub normals: &'a BTreeMap<SeriesKey, f64>,
    /// Keys and names in words.
    pub services: &'a [(String, String)],
    /// The key of the service whose failure is an emergency.
    pub crisis_manager: Option<&'a str>,
    pub crises: CrisisCounts,
    pub weddings_today: Option<u32>,
}

impl Context<'_> {
    /// Whether what is critical now hits a wedding of today or an open crisis.
    pub fn wedding_affected(&self) -> bool {
        self.weddings_today.is_some_and(|count| count > 0) || self.crises.active > 0
    }

    /// "optimization engine", in the middle of a sentence.
    pub(super) fn service_name(&self, key: &str) -> String {
        let named = self.services.iter().find(|(known, _)| known == key);
        named.map_or_else(|| key.to_owned(), |(_, name)| wording::mid_sentence(name))
    }
}

/// What is said of one thing. Unknown is neither good nor bad, and is no finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub service: Option<String>,
    pub metric: String,
    /// `None` is good.
    pub severity: Option<Severity>,
    pub value: Option<f64>,
    /// One line for people: "Response time 12.7 s".
    pub title: String,
    /// "past the alert line of 10 s and 40 % worse than normal"
    pub why: String,
}

/// Nothing usable came, for so many polls and milliseconds. `None` while it is too early to say.
pub(super) fn unanswered(
    context: &Context<'_>,
    polls: usize,
    since_ms: i64,
    reason: &str,
) -> Option<Finding> {
    let severity = match polls {
        0 => None,
        _ if polls < OUTAGE_POLLS => return None,
        _ => Some(Severity::new(Level::Emergency, true, context.wedding_affected())),
    };
    Some(Finding {
        service: None,
        metric: super::UNANSWERED.to_owned(),
        severity,
        value: None,
        title: "The platform does not answer".to_owned(),
        why: if severity.is_some() {
            format!("{polls} polls running ({}) brought nothing usable: {reason}", lasting(since_ms))
        } else {
            "it answers".to_owned()
        },
    })
}

/// What the platform says of its services. `down_for` counts, by service, the polls running in which the platform was
/// not healthy and the service down, this one among them.
pub(super) fn services<'a>(
    context: &'a Context<'_>,
    sample: &'a Sample,
    down_for: impl Fn(&str) -> usize + 'a,
) -> impl Iterator<Item = Finding> + 'a {
    sample.services.iter().map(move |(key, state)| {
        let is_crisis_manager = context.crisis_manager == Some(key.as_str());
        let lasting_outage = down_for(key) >= OUTAGE_POLLS;
        let level = match state {
            EngineState::Operational => None,
            _ if is_crisis_manager => Some(Level::Emergency),
            EngineState::Down if lasting_outage => Some(Level::Emergency),
            EngineState::Down if context.wedding_affected() => Some(Level::Emergency),
            EngineState::Down => Some(Level::Critical),
            EngineState::Degraded => Some(Level::Warning),
        };
        let name = context.service_name(key);
        let (word, why) = match state {
            EngineState::Operational => ("operational", "it is operational".to_owned()),
            EngineState::Degraded => ("degraded", "the platform says that it is degraded".to_owned()),
            EngineState::Down if lasting_outage => {
                ("down", format!("down, and the platform not healthy, for {} polls running", down_for(key)))
            }
            EngineState::Down => ("down", "the platform says that it is down".to_owned()),
        };
        Finding {
            service: Some(key.clone()),
            metric: ENGINE_STATE.to_owned(),
            severity: level.map(|level| Severity::new(level, false, context.wedding_affected())),
            value: None,
            title: format!("{} {word}", capitalised(&name)),
            why,
        }
    })
}

/// Whether the platform is not healthy and this service down.
pub(super) fn is_outage_of(sample: &Sample, service: &str) -> bool {
    sample.status.is_some_and(|status| status != PlatformStatus::Healthy)
        && sample.services.get(service) == Some(&EngineState::Down)
}

/// How crises are answered.
pub(super) fn crises(context: &Context<'_>) -> Finding {
    let CrisisCounts { waiting_long, failed, .. } = context.crises;
    let crises = |count| if count == 1 { "a crisis".to_owned() } else { format!("{count} crises") };
    let (title, why) = match (failed, waiting_long) {
        (0, 0) => ("Crises are answered".to_owned(), "no crisis waits".to_owned()),
        (0, waiting) => (
            format!("{} over 10 s for the AI\u{2019}s answer", capitalised(&waits(waiting))),
            "a crisis must be answered within 10 s".to_owned(),
        ),
        (failed, 0) => {
            (format!("The AI failed in {}", crises(failed)), "its handling failed, so people must".to_owned())
        }
        (failed, waiting) => (
            format!("The AI failed in {}, and {} over 10 s", crises(failed), waits(waiting)),
            "its handling failed, so people must".to_owned(),
        ),
    };
    let bad = failed > 0 || waiting_long > 0;
    Finding {
        service: context.crisis_manager.map(str::to_owned),
        metric: CRISIS_RESPONSE.to_owned(),
        severity: bad.then(|| Severity::new(Level::Emergency, true, true)),
        value: None,
        title,
        why,
    }
}

fn waits(count: usize) -> String {
    if count == 1 { "a crisis waits".to_owned() } else { format!("{count} crises wait") }
}
