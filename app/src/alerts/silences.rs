//! Silences: those that hold, and the form that makes one.

use backend::windows;
use domain::windows::WindowKind;
use leptos::prelude::*;

use super::{Drawing, Names, parts::lines_field};
use crate::{
    access::{
        Troubles,
        form::{Choice, Field, field_trouble, select},
    },
    when,
};

/// A silence or window that holds, or held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SilenceRow {
    pub id: String,
    /// "Error rate of the optimization engine on wedsync"
    pub over: String,
    pub is_maintenance: bool,
    /// "until 04:56", "from 05:00 to 06:00", "ended 03:12".
    pub stretch: String,
    /// When it ends, in epoch milliseconds, while it holds.
    pub until: Option<i64>,
    pub left: String,
    pub reason: String,
    pub by: String,
    pub emergencies: bool,
    pub may_end: bool,
}

/// The form, as it was typed where it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SilenceForm {
    pub scope: Scope,
    /// Minutes, or "until".
    pub length: String,
    /// "2026-11-24T04:00"
    pub until: String,
    pub reason: String,
    pub emergencies: bool,
    /// Of the fields, and of the whole.
    pub troubles: Troubles,
}

/// What is to be kept quiet; empty is everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    pub platform: String,
    pub service: String,
    pub metric: String,
}

pub(super) const LENGTHS: [(&str, &str); 6] = [
    ("30", "30 minutes"),
    ("60", "1 hour"),
    ("240", "4 hours"),
    ("480", "8 hours"),
    ("1440", "24 hours"),
    ("until", "until a time"),
];

impl SilenceRow {
    pub fn of(stored: &windows::Stored, drawing: Drawing<'_>) -> SilenceRow {
        let Drawing { now, zone, names, rights, .. } = drawing;
        let window = &stored.window;
        let clock = |at: domain::time::Millis| when::clock(at.0, now, zone);
        let ended = stored
            .ended_at
            .filter(|ended| *ended <= now)
            .or(Some(window.until).filter(|until| *until <= now));
        let stretch = match ended {
            Some(ended) => format!("from {} to {}", clock(window.from), clock(ended)),
            None if window.from > now => format!("from {} to {}", clock(window.from), clock(window.until)),
            None => format!("until {}", clock(window.until)),
        };
        let holds = ended.is_none() && window.from <= now;
        let service = window.over.service.as_deref();
        let is_silence = window.kind == WindowKind::Silence;
        SilenceRow {
            id: stored.id.clone(),
            over: names.scope(&window.over),
            is_maintenance: !is_silence,
            stretch,
            until: holds.then_some(window.until.0),
            left: islands::clock_left(window.until.0, now.0),
            reason: window.reason.clone(),
            by: stored.made_by.clone(),
            emergencies: window.emergencies,
            may_end: ended.is_none() && is_silence && rights.may(service, names).is_ok(),
        }
    }
}

/// Those that hold or held, each with its end.
pub(super) fn silence_list(rows: &[SilenceRow], back: &str) -> impl IntoView + use<> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let left = row.until.map(|until| {
                view! { " ("<span data-until=until.to_string()>{row.left.clone()}</span>")" }
            });
            let kind = if row.is_maintenance { "Maintenance" } else { "Silence" };
            let emergencies = row.emergencies.then_some(", emergencies too");
            let end = row.may_end.then(|| {
                view! {
                    <form method="post" action=format!("/alerts/silences/{}/end", row.id)>
                        <input type="hidden" name="back" value=back.to_owned()/>
                        <button>"End now"<span class="unseen">": "{row.over.clone()}</span></button>
                    </form>
                }
            });
            view! {
                <li class="silence" data-silence=row.id.clone()>
                    <div>
                        <p><strong>{row.over.clone()}</strong>{emergencies}</p>
                        <p class="meta"><span>{kind}" "{row.stretch.clone()}{left}</span><span>"by "{row.by.clone()}</span></p>
                        <p class="why">{row.reason.clone()}</p>
                    </div>
                    {end}
                </li>
            }
        })
        .collect();
    view! { <ul class="silences">{rows}</ul> }
}

/// The form. With `fixed` it is about one alert: what it covers is not asked.
pub(super) fn silence_form(
    form: &SilenceForm,
    names: &Names,
    fixed: bool,
    back: &str,
) -> impl IntoView + use<> {
    let SilenceForm { scope, length, until, reason, emergencies, troubles } = form;
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let scope = if fixed {
        [("platform", &scope.platform), ("service", &scope.service), ("metric", &scope.metric)]
            .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> }.into_any())
            .into_iter()
            .collect_view()
            .into_any()
    } else {
        let any = |label: &str| vec![choice("", label)];
        let mut metrics = any("Every metric");
        metrics.extend(names.metrics.iter().map(|metric| choice(metric.key.as_str(), &metric.name)));
        for key in [domain::alerts::UNANSWERED, domain::alerts::ENGINE_STATE, domain::alerts::CRISIS_RESPONSE]
        {
            metrics.push(choice(key, &names.metric_words(key)));
        }
        let mut services = any("Every service");
        services.extend(names.services.iter().map(|(key, name)| choice(key, name)));
        let platforms = (names.platforms.len() > 1).then(|| {
            let mut platforms = any("Every platform");
            platforms.extend(names.platforms.iter().map(|name| choice(name, name)));
            optional_select("silence-platform", "platform", "Platform", &scope.platform, &platforms)
        });
        view! {
            {platforms}
            {optional_select("silence-service", "service", "Service", &scope.service, &services)}
            {optional_select("silence-metric", "metric", "Metric", &scope.metric, &metrics)}
        }
        .into_any()
    };
    let lengths: Vec<Choice> = LENGTHS.iter().map(|(value, label)| choice(value, label)).collect();
    let length = if length.is_empty() { "60" } else { length };
    let until_trouble = troubles.of("until");
    let emergencies_trouble = troubles.of("emergencies");
    let described = if emergencies_trouble.is_some() {
        "silence-emergencies-hint silence-emergencies-trouble"
    } else {
        "silence-emergencies-hint"
    };
    view! {
        <form class="fields" method="post" action="/alerts/silences">
            <input type="hidden" name="back" value=back.to_owned()/>
            {troubles.above()}
            {scope}
            <div class="pair">
                {select("silence-length".to_owned(), "length".to_owned(), "For", length, &lengths, None, troubles.of("length"))}
                {Field::moment("until", "Until, with “until a time”")
                    .inside("silence")
                    .value(until.clone())
                    .optional()
                    .trouble(until_trouble)
                    .draw()}
            </div>
            {lines_field(
                "silence-reason",
                "reason",
                "Why nobody should be called",
                Some("Those who find it in the morning read this."),
                reason,
                troubles.of("reason"),
                true,
            )}
            <div class="field">
                <div class="tick">
                    <input
                        type="checkbox"
                        id="silence-emergencies"
                        name="emergencies"
                        value="yes"
                        checked=*emergencies
                        aria-describedby=described
                        aria-invalid=emergencies_trouble.is_some().then_some("true")
                    />
                    <label for="silence-emergencies">"Emergencies (level 4) too"</label>
                </div>
                <p class="hint" id="silence-emergencies-hint">
                    "For 1 hour at the most, and not on a day with weddings: then emergencies call somebody whatever is silenced."
                </p>
                {emergencies_trouble.map(|trouble| field_trouble(Some("silence-emergencies-trouble".to_owned()), trouble))}
            </div>
            <button>"Silence it"</button>
            <p class="hint">"It calls nobody while that lasts. What happens is recorded all the same, and shown here."</p>
        </form>
    }
}

fn optional_select(id: &str, name: &str, label: &'static str, chosen: &str, choices: &[Choice]) -> AnyView {
    let options: Vec<_> = choices
        .iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value.clone() selected=selected>{choice.label.clone()}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.to_owned()>{label}</label>
            <select id=id.to_owned() name=name.to_owned()>{options}</select>
        </div>
    }
    .into_any()
}
