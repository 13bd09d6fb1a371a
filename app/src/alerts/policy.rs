//! `/alerts/policy`: the policy in words, and what it, or an edited one, would have done with the past.

use std::sync::Arc;

use domain::{
    alerts::Policy,
    live::Frame,
    monitoring::{Level, Metric},
    time::Millis,
};
use islands::{Shown, level_view};
use leptos::prelude::*;

use super::policy_words::{self, LevelWords, MetricWords};
use crate::{
    access::{
        Troubles,
        form::{Choice, field_trouble},
    },
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct PolicyView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    zones: Vec<String>,
    debounce: Vec<String>,
    metrics: Vec<MetricWords>,
    levels: Vec<LevelWords>,
    silences: Vec<String>,
    pub form: TryForm,
    pub result: Option<BacktestView>,
}

/// What is to be tried, as it stands in the fields.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TryForm {
    pub platforms: Vec<Choice>,
    pub platform: String,
    pub days: String,
    pub lines: Vec<LineField>,
    pub debounce: Vec<NumberField>,
    pub troubles: Troubles,
}

/// The three lines of a metric, as they are typed: in its own unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineField {
    pub key: String,
    pub name: String,
    /// "milliseconds", "0 to 1", "a number"
    pub unit: &'static str,
    pub values: [String; 3],
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberField {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
}

/// What came of trying.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BacktestView {
    pub days: u32,
    pub took_ms: u64,
    pub samples: usize,
    /// What is stored of that time.
    pub happened: OutcomeView,
    pub as_is: OutcomeView,
    /// `None` when nothing was edited.
    pub edited: Option<OutcomeView>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutcomeView {
    /// By level 1 to 4.
    pub by_level: [usize; 4],
    /// `None` where it is not known.
    pub pages: Option<usize>,
    /// Pages once more, because nobody acknowledged.
    pub reminders: Option<usize>,
    pub rows: Vec<TriedRow>,
}

/// An alert that would have been.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TriedRow {
    pub level: Level,
    pub about: String,
    /// "23 Nov 2026, 02:56"
    pub fired: String,
    /// "24 min", "still open at the end"
    pub lasted: String,
    pub pages: usize,
}

/// So many alerts of a trial are listed.
const LISTED: usize = 100;

impl OutcomeView {
    fn alerts(&self) -> usize {
        self.by_level.iter().sum()
    }
}

impl PolicyView {
    pub fn of(
        policy: &Policy,
        metrics: &[Metric],
        frames: Vec<Arc<Frame>>,
        form: TryForm,
        result: Option<BacktestView>,
        now: Millis,
    ) -> PolicyView {
        PolicyView {
            frames,
            now,
            zones: policy_words::zones(),
            debounce: policy_words::debounce(&policy.debounce),
            metrics: metrics.iter().map(policy_words::metric).collect(),
            levels: policy_words::levels(policy),
            silences: policy_words::silences(),
            form,
            result,
        }
    }
}

pub fn policy_page(shell: &Shell, view: &PolicyView) -> String {
    let problem = if view.form.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}When and whom alerts call \u{2013} Bellwether");
    shell.page_with_forms(Place::Alerts, &title, &view.frames, view.now, || {
        view! {
            <div class="page policy">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/alerts">"Alerts"</a></p>
                        <h1>"When and whom alerts call"</h1>
                        <p class="dim">"The policy as it is configured now. It can be tried on the past below."</p>
                    </div>
                </div>
                <section class="card" aria-labelledby="levels-title">
                    <h2 id="levels-title">"Who hears, and when"</h2>
                    {levels(view)}
                </section>
                <section class="card" aria-labelledby="lines-title">
                    <h2 id="lines-title">"The lines"</h2>
                    {lines(view)}
                </section>
                <div class="three">
                    {words("zones", "How bad it is", &view.zones)}
                    {words("debounce", "From samples to an alert", &view.debounce)}
                    {words("quiet", "What calls nobody", &view.silences)}
                </div>
                {trial(view)}
                {result(view)}
            </div>
        }
    })
}

fn words(id: &'static str, title: &'static str, lines: &[String]) -> impl IntoView + use<> {
    let lines: Vec<_> = lines.iter().cloned().map(|line| view! { <li>{line}</li> }).collect();
    view! {
        <section class="card" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <ul class="sentences">{lines}</ul>
        </section>
    }
}

fn levels(view: &PolicyView) -> impl IntoView + use<> {
    let rows: Vec<_> = view
        .levels
        .iter()
        .map(|level| {
            let lines: Vec<_> = level.lines.iter().cloned().map(|line| view! { <li>{line}</li> }).collect();
            view! {
                <li>
                    {level_view(Shown::At(level.level), level.level.word())}
                    <ul class="sentences">{lines}</ul>
                </li>
            }
        })
        .collect();
    view! { <ul class="levels">{rows}</ul> }
}

fn lines(view: &PolicyView) -> impl IntoView + use<> {
    let rows: Vec<_> = view
        .metrics
        .iter()
        .map(|metric| {
            let cell = |label: &'static str, line: &Option<String>| {
                let line = line.clone().unwrap_or_else(|| "none".to_owned());
                view! { <td role="cell" data-label=label>{line}</td> }
            };
            let [target, alert, critical] = &metric.lines;
            let more: Vec<_> = metric
                .more
                .iter()
                .cloned()
                .map(|more| view! { <span class="dim small">{more}</span> })
                .collect();
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row">{metric.name.clone()}{more}</th>
                    {cell("Target", target)}
                    {cell("Alert line", alert)}
                    {cell("Critical line", critical)}
                </tr>
            }
        })
        .collect();
    view! {
        <table class="list" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Metric"</th>
                    <th role="columnheader" scope="col">"Target"</th>
                    <th role="columnheader" scope="col">"Alert line"</th>
                    <th role="columnheader" scope="col">"Critical line"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// A form that only asks: its address can be shared.
fn trial(view: &PolicyView) -> impl IntoView + use<> {
    let form = &view.form;
    let number = |name: String, label: String, value: &str, trouble: Option<String>| {
        let trouble_id = trouble.is_some().then(|| format!("{name}-trouble"));
        view! {
            <div class="field">
                <label for=name.clone()>{label}</label>
                <input
                    id=name.clone()
                    name=name
                    inputmode="decimal"
                    autocomplete="off"
                    value=value.to_owned()
                    aria-describedby=trouble_id.clone()
                    aria-invalid=trouble.is_some().then_some("true")
                />
                {trouble.map(|trouble| field_trouble(trouble_id, trouble))}
            </div>
        }
    };
    let metrics: Vec<_> = form
        .lines
        .iter()
        .map(|line| {
            let fields: Vec<_> = ["target", "alert", "critical"]
                .into_iter()
                .zip(&line.values)
                .map(|(which, value)| {
                    let name = format!("{}.{which}", line.key);
                    let label = match which {
                        "target" => "Target",
                        "alert" => "Alert line",
                        _ => "Critical line",
                    };
                    let trouble = form.troubles.of(&name);
                    number(name, label.to_owned(), value, trouble)
                })
                .collect();
            view! {
                <fieldset>
                    <legend>{line.name.clone()}<span class="hint">" "{line.unit}</span></legend>
                    <div class="thirds">{fields}</div>
                </fieldset>
            }
        })
        .collect();
    let samples: Vec<_> = form
        .debounce
        .iter()
        .map(|field| {
            number(field.name.to_owned(), field.label.to_owned(), &field.value, form.troubles.of(field.name))
        })
        .collect();
    let platforms = (form.platforms.len() > 1).then(|| {
        let options: Vec<_> = form
            .platforms
            .iter()
            .map(|choice| {
                let selected = choice.value == form.platform;
                view! { <option value=choice.value.clone() selected=selected>{choice.label.clone()}</option> }
            })
            .collect();
        view! {
            <div class="field">
                <label for="platform">"Platform"</label>
                <select id="platform" name="platform">{options}</select>
            </div>
        }
    });
    let is_open = view.result.is_some() || !form.troubles.is_empty();
    view! {
        <section class="card" id="try" aria-labelledby="try-title">
            <h2 id="try-title">"Try it on the past"</h2>
            <form class="fields" method="get" action="/alerts/policy#try">
                <input type="hidden" name="try" value="yes"/>
                {form.troubles.above()}
                <div class="row trial">
                    {platforms}
                    {number("days".to_owned(), "Days back, up to 90".to_owned(), &form.days, form.troubles.of("days"))}
                    <button>"Try it"</button>
                </div>
                <details open=is_open>
                    <summary>"With other lines and samples"</summary>
                    <div class="trial-fields">
                        {metrics}
                        <fieldset>
                            <legend>"Samples running"</legend>
                            <div class="thirds">{samples}</div>
                        </fieldset>
                    </div>
                    <p class="hint">"Nothing is changed by trying. An empty line is none."</p>
                </details>
            </form>
        </section>
    }
}

fn result(view: &PolicyView) -> impl IntoView + use<> {
    view.result.as_ref().map(|result| {
        let edited = result.edited.as_ref();
        let count = |pick: &dyn Fn(&OutcomeView) -> Option<usize>| {
            let said = |outcome: &OutcomeView| pick(outcome).map_or_else(|| "\u{2013}".to_owned(), |n| n.to_string());
            let edited = edited.map(|edited| view! { <td>{said(edited)}</td> });
            view! { <td>{said(&result.happened)}</td><td>{said(&result.as_is)}</td>{edited} }
        };
        let rows: Vec<_> = [Level::Emergency, Level::Critical, Level::Warning, Level::Information]
            .into_iter()
            .map(|level| {
                let index = usize::from(level.number()) - 1;
                view! {
                    <tr>
                        <th scope="row">{level_view(Shown::At(level), level.word())}</th>
                        {count(&|outcome| outcome.by_level.get(index).copied())}
                    </tr>
                }
            })
            .collect();
        let shown = edited.unwrap_or(&result.as_is);
        let list: Vec<_> = shown
            .rows
            .iter()
            .take(LISTED)
            .map(|row| {
                let pages = if row.pages == 1 { "1 page".to_owned() } else { format!("{} pages", row.pages) };
                view! {
                    <li>
                        {level_view(Shown::At(row.level), row.level.word())}
                        <span>
                            {row.about.clone()}
                            <span class="meta">{format!("{}, {}, {pages}", row.fired, row.lasted)}</span>
                        </span>
                    </li>
                }
            })
            .collect();
        let rest = shown.rows.len().saturating_sub(LISTED);
        let heading = edited.map(|_| view! { <th scope="col">"As edited"</th> });
        let nothing = list.is_empty().then(|| view! { <p class="empty">"It would have made no alert."</p> });
        view! {
            <section class="card stack" data-part="backtest" aria-labelledby="result-title">
                <div>
                    <h2 id="result-title">{sentence(result)}</h2>
                    <p class="dim small">
                        {format!("{} samples of the last {}, tried in {} ms.", result.samples, days(result.days), result.took_ms)}
                    </p>
                </div>
                <div class="scroll" tabindex="0" role="region" aria-label="Compared">
                    <table class="trial-table">
                        <thead>
                            <tr>
                                <th scope="col">"Alerts"</th>
                                <th scope="col">"Happened"</th>
                                <th scope="col">"As it is"</th>
                                {heading}
                            </tr>
                        </thead>
                        <tbody>
                            {rows}
                            <tr>
                                <th scope="row">"All levels"</th>
                                {count(&|outcome| Some(outcome.alerts()))}
                            </tr>
                            <tr>
                                <th scope="row">"Pages"</th>
                                {count(&|outcome| outcome.pages)}
                            </tr>
                            <tr>
                                <th scope="row">"Repeated, if nobody acknowledged"</th>
                                {count(&|outcome| outcome.reminders)}
                            </tr>
                        </tbody>
                    </table>
                </div>
                {nothing}
                <ul class="pending">{list}</ul>
                {(rest > 0).then(|| view! { <p class="dim">{format!("And {rest} more.")}</p> })}
            </section>
        }
    })
}

/// "30 days"
fn days(count: u32) -> String {
    if count == 1 { "day".to_owned() } else { format!("{count} days") }
}

/// "Edited, it would have made 12 alerts instead of 18, and 30 pages instead of 41."
fn sentence(result: &BacktestView) -> String {
    let alerts = |outcome: &OutcomeView| match outcome.alerts() {
        1 => "1 alert".to_owned(),
        count => format!("{count} alerts"),
    };
    let pages = |outcome: &OutcomeView| match outcome.pages {
        Some(1) => " and 1 page".to_owned(),
        Some(count) => format!(" and {count} pages"),
        None => String::new(),
    };
    match &result.edited {
        Some(edited) => format!(
            "Edited, it would have made {}{}; as it is, {}{}.",
            alerts(edited),
            pages(edited),
            alerts(&result.as_is),
            pages(&result.as_is)
        ),
        None => format!(
            "As it is, it would have made {}{}; {} happened.",
            alerts(&result.as_is),
            pages(&result.as_is),
            alerts(&result.happened)
        ),
    }
}
