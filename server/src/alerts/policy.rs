//! `GET /alerts/policy`: the policy in words, and what it, or an edited one, would have done with the past.

use std::collections::{BTreeMap, HashMap};

use app::{
    access::{Choice, Troubles},
    alerts::{BacktestView, LineField, NumberField, OutcomeView, PolicyView, TriedRow, TryForm, policy_page},
};
use axum::{extract::Query, http::StatusCode, response::Response};
use backend::alerts::{Edited, Outcome, Tried};
use domain::{
    alerts::Debounce,
    monitoring::{Metric, Unit},
    time::lasting,
};

use super::{Context, frames};
use crate::access::asked::{Asked, Refusal};

/// Raw samples reach as far back as this, in days.
const MOST_DAYS: u32 = 90;
const USUAL_DAYS: u32 = 30;

/// The fields of the debounce, as they stand in the address, and what they are called.
const SAMPLES: [(&str, &str); 6] = [
    ("information", "Information"),
    ("warning", "Warning"),
    ("warning_past_alert", "Warning past the alert line"),
    ("critical", "Critical"),
    ("emergency", "Emergency"),
    ("resolve", "Good ones to resolve"),
];

/// The three lines of a metric by its key: target, alert line, critical line.
pub(super) type Lines = BTreeMap<String, [Option<f64>; 3]>;

/// What is to be tried, as it was understood.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Trial {
    pub platform: String,
    pub days: u32,
    /// Those that differ from the configured ones.
    pub lines: Lines,
    pub debounce: Debounce,
}

pub(super) async fn show(asked: Asked, Query(typed): Query<HashMap<String, String>>) -> Response {
    asked
        .answer(|asked| async move {
            let (state, context) = (&asked.state, Context::of(&asked));
            let console = &state.console;
            let metrics = console.metrics();
            let form = form(&typed, metrics, &context.policy.debounce, &console.platforms());
            let wanted = typed.contains_key("try");
            let (form, trial) = match read(&form, metrics, &context.policy.debounce) {
                Ok(trial) => (form, wanted.then_some(trial)),
                Err(troubles) => (TryForm { troubles, ..form }, None),
            };
            let is_refused = wanted && !form.troubles.is_empty();
            let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let result = match &trial {
                Some(trial) => Some(tried(&asked, &context, trial).await?),
                None => None,
            };
            let view = PolicyView::of(&context.policy, metrics, frames(state), form, result, context.now);
            Ok(asked.page(status, policy_page(&asked.shell(), &view)))
        })
        .await
}

/// Runs both policies over the stored past.
async fn tried(asked: &Asked, context: &Context, trial: &Trial) -> Result<BacktestView, Refusal> {
    let Trial { platform, days, lines, debounce } = trial;
    let is_edited = !lines.is_empty() || *debounce != context.policy.debounce;
    let edited = is_edited.then(|| Edited { lines: lines.clone(), debounce: *debounce });
    let alerts = &asked.state.console.alerts;
    let backtest = alerts.backtest(platform, *days, edited.as_ref()).await?;
    let mut happened = OutcomeView::default();
    for stored in &backtest.happened {
        let index = usize::from(stored.alert.highest.number()) - 1;
        if let Some(count) = happened.by_level.get_mut(index) {
            *count += 1;
        }
    }
    Ok(BacktestView {
        days: *days,
        took_ms: backtest.took_ms,
        samples: backtest.samples,
        happened,
        as_is: outcome(&backtest.as_is, context),
        edited: backtest.edited.as_ref().map(|edited| outcome(edited, context)),
    })
}

fn outcome(outcome: &Outcome, context: &Context) -> OutcomeView {
    let row = |tried: &Tried| TriedRow {
        level: tried.highest.level,
        about: context.names.about(&tried.key),
        fired: app::full(tried.fired_at, &context.zone),
        lasted: tried
            .resolved_at
            .map_or_else(|| "still open at the end".to_owned(), |at| lasting(at.since(tried.began_at))),
        pages: tried.pages + tried.reminders,
    };
    OutcomeView {
        by_level: outcome.by_level,
        pages: Some(outcome.pages),
        reminders: Some(outcome.reminders),
        rows: outcome.alerts.iter().map(row).collect(),
    }
}

/// What the fields hold: what was typed, else what is configured.
fn form(
    typed: &HashMap<String, String>,
    metrics: &[Metric],
    debounce: &Debounce,
    platforms: &[String],
) -> TryForm {
    let text = |name: &str, usual: String| typed.get(name).map_or(usual, |typed| typed.trim().to_owned());
    let lines = metrics
        .iter()
        .map(|metric| LineField {
            key: metric.key.0.clone(),
            name: metric.name.clone(),
            unit: match metric.unit {
                Unit::Milliseconds => "in milliseconds",
                Unit::Ratio => "from 0 to 1",
                Unit::Count => "a number",
            },
            values: [("target", metric.target), ("alert", metric.alert), ("critical", metric.critical)].map(
                |(which, line)| {
                    let usual = line.map(|line| line.to_string()).unwrap_or_default();
                    text(&format!("{}.{which}", metric.key), usual)
                },
            ),
        })
        .collect();
    let debounce = SAMPLES
        .iter()
        .zip(samples_of(debounce))
        .map(|((name, label), usual)| NumberField { name, label, value: text(name, usual.to_string()) })
        .collect();
    TryForm {
        platforms: platforms.iter().map(|name| Choice { value: name.clone(), label: name.clone() }).collect(),
        platform: text("platform", platforms.first().cloned().unwrap_or_default()),
        days: text("days", USUAL_DAYS.to_string()),
        lines,
        debounce,
        troubles: Troubles::default(),
    }
}

fn samples_of(debounce: &Debounce) -> [u8; 6] {
    let Debounce { information, warning, warning_past_alert, critical, emergency, resolve } = *debounce;
    [information, warning, warning_past_alert, critical, emergency, resolve]
}

/// What was typed, understood.
///
/// # Errors
/// With a sentence for each field that cannot be.
fn read(form: &TryForm, metrics: &[Metric], usual: &Debounce) -> Result<Trial, Troubles> {
    let mut troubles = Troubles::default();
    let days = form.days.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    if days.is_none() {
        troubles = troubles.and("days", format!("Write a number of days from 1 to {MOST_DAYS}."));
    }
    if form.platforms.iter().all(|choice| choice.value != form.platform) {
        troubles = troubles.and("", "There is no platform of that name.");
    }
    let mut lines = Lines::new();
    for (metric, field) in metrics.iter().zip(&form.lines) {
        let mut own = [metric.target, metric.alert, metric.critical];
        for ((which, typed), line) in
            ["target", "alert", "critical"].into_iter().zip(&field.values).zip(&mut own)
        {
            match number(typed, metric.unit) {
                Ok(number) => *line = number,
                Err(words) => troubles = troubles.and(format!("{}.{which}", field.key), words),
            }
        }
        if own != [metric.target, metric.alert, metric.critical] {
            lines.insert(field.key.clone(), own);
        }
    }
    let mut samples = samples_of(usual);
    for (field, sample) in form.debounce.iter().zip(&mut samples) {
        match field.value.parse::<u8>().ok().filter(|count| (1..=250).contains(count)) {
            Some(count) => *sample = count,
            None => troubles = troubles.and(field.name, "Write a number from 1 to 250."),
        }
    }
    let [information, warning, warning_past_alert, critical, emergency, resolve] = samples;
    match days {
        Some(days) if troubles.is_empty() => Ok(Trial {
            platform: form.platform.clone(),
            days,
            lines,
            debounce: Debounce { information, warning, warning_past_alert, critical, emergency, resolve },
        }),
        _ => Err(troubles),
    }
}

fn number(typed: &str, unit: Unit) -> Result<Option<f64>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    let number: Option<f64> = typed.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite());
    let number = number.ok_or_else(|| format!("\u{201c}{typed}\u{201d} is not a number."))?;
    match unit {
        Unit::Ratio if !(0.0..=1.0).contains(&number) => Err("Write a rate from 0 to 1.".to_owned()),
        _ if number < 0.0 => Err("Write a number from 0.".to_owned()),
        _ => Ok(Some(number)),
    }
}

#[cfg(test)]
mod tests {
    use domain::monitoring::metric::five;

    use super::*;

    fn tried(typed: &[(&str, &str)]) -> Result<Trial, Troubles> {
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (metrics, usual) = (five(), Debounce::default());
        read(&form(&typed, &metrics, &usual, &["wedsync".to_owned()]), &metrics, &usual)
    }

    #[test]
    fn only_lines_that_were_changed_are_tried_differently() {
        let trial = tried(&[("days", "7"), ("response_time_ms.target", "4000"), ("error_rate.critical", "")])
            .unwrap();
        assert_eq!(trial.days, 7);
        assert_eq!(trial.lines.len(), 2);
        assert_eq!(trial.lines["response_time_ms"], [Some(4_000.0), Some(10_000.0), Some(15_000.0)]);
        assert_eq!(trial.lines["error_rate"], [Some(0.005), Some(0.01), None]);
        assert!(tried(&[]).unwrap().lines.is_empty());
    }

    #[test]
    fn what_cannot_be_tried_is_said_at_its_field() {
        let troubles =
            tried(&[("days", "400"), ("accuracy_rate.alert", "80"), ("warning", "0")]).unwrap_err();
        let said = ["days", "accuracy_rate.alert", "warning"].map(|field| troubles.of(field));
        assert_eq!(
            said.map(Option::unwrap),
            [
                "Write a number of days from 1 to 90.",
                "Write a rate from 0 to 1.",
                "Write a number from 1 to 250."
            ]
        );
    }
}
