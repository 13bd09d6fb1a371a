//! `/performance`: the metrics of one platform against their lines, now and over a range.

use backend::monitoring::shown::{ErrorCount, Performance};
use domain::{access::Permission, live::Frame, monitoring::Level};
use islands::headline_view;
use leptos::prelude::*;

use super::{
    cards::{cards, services},
    figure::{ChartDrawing, Size, figure},
    ranges::{platforms, ranges},
    title,
};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

/// `drawn` has one drawing for each chart of `view`, in the same order; a chart without one is left out.
/// `below_services` draws what another feature has to say of them.
pub(crate) fn performance_page(
    shell: &Shell,
    view: &Performance,
    drawn: &[ChartDrawing],
    below_services: impl FnOnce() -> AnyView,
) -> String {
    let frames = [view.frame.clone()];
    let frame = &view.frame;
    shell.page(Place::Performance, &title("AI performance", &frames), &frames, Some(view.now), move || {
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <h1>"AI performance"</h1>
                        {headline_view(frame, false, None)}
                        {platforms(view)}
                    </div>
                    {ranges(shell, view)}
                </div>
                <section aria-labelledby="now-heading">
                    <h2 id="now-heading" class="unseen">"The newest values"</h2>
                    {cards(frame, view.now, &shell.zone)}
                </section>
                <section aria-labelledby="range-heading" class="stack">
                    <h2 id="range-heading">{range_heading(shell, view)}</h2>
                    <div class="charts">{charts(view, drawn)}</div>
                </section>
                <div class="two">
                    <div class="stack">{services(frame)}{below_services()}{closer(shell, frame)}</div>
                    {errors(shell, view)}
                </div>
            </div>
        }
    })
}

fn range_heading(shell: &Shell, view: &Performance) -> String {
    match view.range.preset {
        Some(preset) => format!("The last {}", preset.words()),
        None => {
            format!(
                "{} to {}",
                when::full(view.range.from, &shell.zone),
                when::full(view.range.to, &shell.zone)
            )
        }
    }
}

/// The metric that is worst comes first and wide, the others follow in their own order.
fn charts(view: &Performance, drawn: &[ChartDrawing]) -> Vec<AnyView> {
    let first = worst(&view.frame, view);
    let pairs: Vec<_> = view.charts.iter().zip(drawn).collect();
    let order = std::iter::once(first).chain((0..pairs.len()).filter(|index| *index != first));
    order
        .filter_map(|index| {
            let (chart, drawing) = pairs.get(index)?;
            let size = if index == first { Size::Wide } else { Size::Half };
            Some(figure(chart, drawing, size).into_any())
        })
        .collect()
}

/// The first chart unless another metric is at Warning or worse.
fn worst(frame: &Frame, view: &Performance) -> usize {
    let level = |index: usize| {
        let key = view.charts[index].metric.key.as_str();
        let metric = frame.metrics.iter().find(|metric| metric.key == key);
        metric.and_then(|metric| metric.level).filter(|level| *level >= Level::Warning)
    };
    (0..view.charts.len()).rev().max_by_key(|index| level(*index)).unwrap_or_default()
}

/// The way to what the platform itself says at this moment, for who may.
fn closer(shell: &Shell, frame: &Frame) -> Option<AnyView> {
    let viewer = shell.viewer.as_ref()?;
    if !viewer.permissions.has(Permission::HandleAlerts) {
        return None;
    }
    let platform = format!("/diagnostics?platform={}", encoded(&frame.platform));
    let own = |key: &String| viewer.services.as_ref().is_none_or(|services| services.contains(key));
    let services: Vec<_> = frame
        .services
        .iter()
        .filter(|service| own(&service.key))
        .map(|service| {
            let address = format!("{platform}&service={}", encoded(&service.key));
            view! { <li><a href=address>{service.name.clone()}</a></li> }
        })
        .collect();
    let whole = viewer
        .services
        .is_none()
        .then(|| view! { <li><a href=platform.clone()>"The platform as a whole"</a></li> });
    if whole.is_none() && services.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="card" data-part="closer" aria-labelledby="closer-title">
                <h2 id="closer-title">"Look closer"</h2>
                <ul class="offers">{whole}{services}</ul>
            </section>
        }
        .into_any(),
    )
}

fn errors(shell: &Shell, view: &Performance) -> impl IntoView + use<> {
    let list = match view.errors.as_deref() {
        None => view! {
            <p class="empty">"The platform could not be asked for its errors. They are shown again with its next answer."</p>
        }
        .into_any(),
        Some([]) => view! { <p class="empty">"No errors in the last hour. They would be listed here by their code."</p> }.into_any(),
        Some(errors) => {
            let rows: Vec<_> = errors.iter().map(|error| row(shell, view, error)).collect();
            view! { <dl class="errors">{rows}</dl> }.into_any()
        }
    };
    view! { <section class="card" data-part="errors" aria-label="Errors"><h2>"Errors, last hour"</h2>{list}</section> }
}

fn row(shell: &Shell, view: &Performance, error: &ErrorCount) -> impl IntoView + use<> {
    let mut rest: Vec<String> = error.service.iter().cloned().collect();
    rest.extend(error.last_seen.map(|at| format!("last {}", when::clock(at.0, view.now, &shell.zone))));
    view! {
        <dt>{error.code.clone()}</dt>
        <dd>
            <strong>{error.count}</strong>" "{error.message.clone()}
            <span class="dim small">{rest.join(" \u{b7} ")}</span>
        </dd>
    }
}
