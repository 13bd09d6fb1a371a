//! The policy as sentences, made from the configuration: what is true of it changes with it.

use domain::{
    alerts::{Call, Debounce, People, Plan, Policy},
    monitoring::{Better, Level, Metric, wording},
    time::lasting,
    windows::{LONGEST, LONGEST_EMERGENCY},
};

/// What is said of one level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelWords {
    pub level: Level,
    pub lines: Vec<String>,
}

/// The lines of one metric: target, alert line, critical line, and what else counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricWords {
    pub name: String,
    pub lines: [Option<String>; 3],
    pub more: Vec<String>,
}

/// How long something has to last.
pub(super) fn debounce(debounce: &Debounce) -> Vec<String> {
    let after = |count: u8| match count {
        0 | 1 => "the first sample".to_owned(),
        count => format!("{count} samples running"),
    };
    vec![
        format!(
            "Level 1 fires after {}, level 2 after {} ({} when past the alert line), level 3 after {}, level 4 after {}.",
            after(debounce.information),
            after(debounce.warning),
            after(debounce.warning_past_alert),
            after(debounce.critical),
            after(debounce.emergency)
        ),
        format!("An alert resolves by itself after {} good samples running.", debounce.resolve.max(1)),
        "A poll without an answer is neither good nor bad; three of them running are the alert that the platform does \
         not answer, and while that is open no other begins."
            .to_owned(),
        "An alert that gets worse after somebody acknowledged it calls again.".to_owned(),
    ]
}

/// What a value's level is, for every metric alike.
pub(super) fn zones() -> Vec<String> {
    [
        "A value that meets its target is no alert; 5 % worse than normal is Information.",
        "One that misses its target is a Warning.",
        "One past the alert line is a Warning that calls somebody at once; Critical when it is over 25 % worse than \
         normal, or has been past the line for 15 minutes.",
        "One past the critical line is Critical.",
        "Critical is an Emergency while weddings take place or a crisis is open. So is a platform that does not answer, a \
         crisis manager that is not operational, and a crisis that waits for over 10 s.",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(super) fn metric(metric: &Metric) -> MetricWords {
    let value = |line: f64| wording::value(metric.unit, line);
    let (good, bad) = match metric.better {
        Better::Lower => ("<", ">"),
        Better::Higher => (">", "<"),
    };
    let mut more = Vec::new();
    if metric.doubling_alerts {
        more.push(
            "Doubled within 5 minutes and past its target, it counts as past the alert line.".to_owned(),
        );
    }
    if !metric.degrades {
        more.push("Its lines alone decide: how far it is from normal does not count.".to_owned());
    } else if metric.named_lines().next().is_none() {
        more.push(
            "Without lines: Information from 5 % worse than normal, Warning from 10 %, Critical above 25 %."
                .to_owned(),
        );
    }
    let target = metric.target.map(|target| {
        if metric.met_at_target {
            format!("at least {}", value(target))
        } else {
            format!("{good}\u{a0}{}", value(target))
        }
    });
    let worse = |line: Option<f64>| line.map(|line| format!("{bad}\u{a0}{}", value(line)));
    MetricWords {
        name: metric.name.clone(),
        lines: [target, worse(metric.alert), worse(metric.critical)],
        more,
    }
}

/// Who hears of each level, and when.
pub(super) fn levels(policy: &Policy) -> Vec<LevelWords> {
    [Level::Emergency, Level::Critical, Level::Warning, Level::Information]
        .into_iter()
        .map(|level| {
            let lines = match policy.plan(level) {
                None => vec!["Nobody is called. It is recorded, and shown here.".to_owned()],
                Some(plan) => plan_lines(plan),
            };
            LevelWords { level, lines }
        })
        .collect()
}

fn plan_lines(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan
        .steps
        .iter()
        .map(|step| {
            let calls: Vec<String> = step.calls.iter().flat_map(call).collect();
            let when = match step.after {
                0 => "At once".to_owned(),
                after => format!("After {} without an acknowledgement", lasting(after)),
            };
            format!("{when}: {}.", wording::listed(&calls))
        })
        .collect();
    lines.push(format!(
        "Then again every {} until somebody acknowledges. That holds for {} without a note or an improvement.",
        lasting(plan.repeat_every),
        lasting(plan.acknowledged_for)
    ));
    lines
}

fn call(call: &Call) -> Vec<String> {
    let channel = call.channel.then(|| format!("the channel of tier {}", call.tier));
    let person = match call.people {
        People::Never => None,
        People::Always => Some(format!("whoever is on call in tier {}", call.tier)),
        People::WhenUrgent => {
            Some(format!("whoever is on call in tier {} when it is past the alert line", call.tier))
        }
        People::WhenWedding => {
            Some(format!("whoever is on call in tier {} when a wedding is hit", call.tier))
        }
    };
    channel.into_iter().chain(person).collect()
}

pub(super) fn silences() -> Vec<String> {
    vec![
        format!(
            "A silence needs a reason and an end, {} away at the most. Emergencies can be silenced for {} at the most, and \
             not at all on a day with weddings.",
            lasting(LONGEST),
            lasting(LONGEST_EMERGENCY)
        ),
        "Silences and maintenance windows stop calls, never records.".to_owned(),
        "A tier with nobody on call is skipped at once, and the story says so.".to_owned(),
        "More than ten alerts within a minute come as one page that lists them.".to_owned(),
    ]
}
