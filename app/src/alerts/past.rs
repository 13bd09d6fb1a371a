//! Alerts of the past: the filters, the rows, and the way to older ones.

use backend::alerts::PastState;
use domain::monitoring::Level;
use leptos::prelude::*;

use super::{
    AlertRow, AlertsView, Filters,
    filters::WHOLE,
    parts::{row_level, state_line},
};

pub(super) fn past(view: &AlertsView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.past.iter().map(row).collect();
    let nothing = rows.is_empty().then(|| match (&view.problem, view.filters.is_any()) {
        (Some(_), _) => None,
        (None, true) => Some("No alert has ended yet. Each will stand here with its story."),
        (None, false) => Some("No alert matches. Take a filter away, or show all."),
    });
    let nothing = nothing.flatten().map(|words| view! { <p class="empty" data-part="empty">{words}</p> });
    let list = (!rows.is_empty()).then(|| view! { <ul class="alerts past" data-part="past">{rows}</ul> });
    let older =
        view.older.clone().map(|address| view! { <a class="button" href=address rel="next">"Older"</a> });
    let newest = (!view.filters.before.is_empty()).then(|| {
        view! { <a class="button quiet" href=view.filters.address(None)>"Newest"</a> }
    });
    let turn = (older.is_some() || newest.is_some())
        .then(|| view! { <nav class="row turn" aria-label="Pages of past alerts">{newest}{older}</nav> });
    view! {
        <section class="card stack" id="past" aria-labelledby="past-title">
            <h2 id="past-title">"Past alerts"</h2>
            {filters(view)}
            {nothing}
            {list}
            {turn}
        </section>
    }
}

fn row(row: &AlertRow) -> impl IntoView + use<> {
    let place = (!row.place.is_empty()).then(|| view! { <span>{row.place.clone()}</span> });
    view! {
        <li class="alert" data-alert=row.id.clone()>
            {row_level(row)}
            <div class="told">
                <a data-part="alert-link" href=format!("/alerts/{}", row.id)>{row.title.clone()}</a>
                <p class="meta"><span>"Since "{row.since.clone()}</span>{state_line(&row.state)}{place}</p>
            </div>
        </li>
    }
}

fn filters(view: &AlertsView) -> impl IntoView + use<> {
    let Filters { text, level, platform, service, metric, state, from, to, .. } = view.filters.clone();
    let names = &view.names;
    let is_open =
        [&level, &platform, &service, &metric, &state, &from, &to].iter().any(|typed| !typed.is_empty());
    let options = |chosen: &str, choices: Vec<(String, String)>| {
        let chosen = chosen.to_owned();
        choices
            .into_iter()
            .map(|(value, label)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{label}</option> }
            })
            .collect::<Vec<_>>()
    };
    let any = |label: &str| vec![(String::new(), label.to_owned())];
    let mut levels = any("Any");
    levels.extend(
        [Level::Emergency, Level::Critical, Level::Warning, Level::Information]
            .map(|level| (level.number().to_string(), format!("{} {level}", level.number()))),
    );
    let states = PastState::ALL.map(|state| {
        let (value, label) = match state {
            PastState::Resolved => ("", "Resolved"),
            PastState::Firing => (state.word(), "Firing"),
            PastState::Acknowledged => (state.word(), "Acknowledged"),
            PastState::Any => (state.word(), "Any"),
        };
        (value.to_owned(), label.to_owned())
    });
    let mut services = any("Any");
    services.push((WHOLE.to_owned(), "The platform as a whole".to_owned()));
    services.extend(names.services.iter().cloned());
    let mut metrics = any("Any");
    metrics.extend(names.metrics.iter().map(|metric| (metric.key.0.clone(), metric.name.clone())));
    for key in [domain::alerts::UNANSWERED, domain::alerts::ENGINE_STATE, domain::alerts::CRISIS_RESPONSE] {
        metrics.push((key.to_owned(), names.metric_words(key)));
    }
    let platforms = (names.platforms.len() > 1).then(|| {
        let mut platforms = any("Any");
        platforms.extend(names.platforms.iter().map(|name| (name.clone(), name.clone())));
        view! { <label>"Platform"<select name="platform">{options(&platform, platforms)}</select></label> }
    });
    let problem = view
        .problem
        .clone()
        .map(|problem| view! { <p class="trouble" role="alert" data-part="problem">{problem}</p> });
    let all = (!view.filters.is_any())
        .then(|| view! { <a class="button quiet" href="/alerts#past">"Show all"</a> });
    let state_chosen = if state == PastState::Resolved.word() { String::new() } else { state };
    view! {
        <form class="filters" method="get" action="/alerts#past" role="search" aria-label="Past alerts" data-part="filters">
            <div class="searching">
                <label>"Search"<input type="search" name="text" value=text/></label>
                <button>"Find"</button>
                {all}
            </div>
            <details open=is_open>
                <summary>"Filters"</summary>
                <div class="fields">
                    <label>"Worst level"<select name="level">{options(&level, levels)}</select></label>
                    <label>"State"<select name="state">{options(&state_chosen, states.to_vec())}</select></label>
                    {platforms}
                    <label>"Service"<select name="service">{options(&service, services)}</select></label>
                    <label>"Metric"<select name="metric">{options(&metric, metrics)}</select></label>
                    <label>"From day"<input type="date" name="from" value=from/></label>
                    <label>"To day"<input type="date" name="to" value=to/></label>
                </div>
            </details>
            {problem}
        </form>
    }
}
