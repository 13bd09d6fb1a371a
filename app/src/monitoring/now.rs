//! `/`: is it well, and what needs somebody?

use std::{collections::BTreeSet, sync::Arc};

use backend::monitoring::shown::Now;
use domain::live::Frame;
use islands::{headline_view, needs_of, rows_view};
use leptos::prelude::*;

use super::{
    cards::{cards, services},
    title,
};
use crate::{
    shell::{Place, Shell},
    when,
};

/// What other features have to say here.
#[derive(Default)]
pub(crate) struct Beside {
    /// The open alerts, where somebody looks for what needs them.
    pub alerts: Option<AnyView>,
    /// Names of metrics and services that those say already: they are not said a second time.
    pub said: BTreeSet<String>,
    /// Beside the services.
    pub aside: Option<AnyView>,
}

/// `beside` draws what other features have to say here.
pub(crate) fn now_page(shell: &Shell, view: &Now, beside: impl FnOnce() -> Beside) -> String {
    shell.page(Place::Now, &title("Now", &view.frames), &view.frames, Some(view.now), move || {
        let mut beside = beside();
        let (mut together, mut below) = (None, None);
        if view.frames.len() != 1 {
            // Of several platforms they stand together: the worst of all is the first thing to see.
            together = beside.alerts.take().map(open_alerts);
            below = beside.aside.take();
            beside.said.clear();
        }
        let platforms: Vec<_> =
            view.frames.iter().map(|frame| platform(shell, view, frame, &mut beside)).collect();
        let none = view.frames.is_empty().then(|| {
            view! {
                <p class="card empty">
                    "No platform is configured. Name one under [[platform]] in bellwether.toml, and it is watched here."
                </p>
            }
        });
        view! {
            <div class="page">
                <h1 class="unseen">"Now"</h1>
                {troubles(&view.troubles)}
                {none}
                {together}
                {platforms}
                {below}
            </div>
        }
    })
}

/// What is wrong with the console itself comes before everything: it may be why all else looks well.
fn troubles(troubles: &[String]) -> Option<impl IntoView + use<>> {
    let lines: Vec<_> = troubles.iter().cloned().map(|line| view! { <li>{line}</li> }).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card own-troubles" data-part="own-troubles" aria-label="The console itself">
                <h2>"The console itself"</h2>
                <ul>{lines}</ul>
            </section>
        }
    })
}

fn open_alerts(list: AnyView) -> AnyView {
    view! {
        <section class="card needs-card" aria-labelledby="alerts-title">
            <div class="card-head">
                <h2 id="alerts-title">"Open alerts"</h2>
                <a href="/alerts">"All alerts"</a>
            </div>
            {list}
        </section>
    }
    .into_any()
}

fn platform(shell: &Shell, view: &Now, frame: &Arc<Frame>, beside: &mut Beside) -> impl IntoView + use<> {
    let several = view.frames.len() > 1;
    let name = several.then(|| frame.platform.clone());
    let stale = frame.is_stale(view.now.0).then_some("");
    let needs = needs_of(frame, |at| when::clock(at, view.now, &shell.zone));
    let needs: Vec<_> = needs.into_iter().map(|row| row.said_by(&beside.said)).collect();
    let (list, aside) = (beside.alerts.take(), beside.aside.take());
    let query = shell.platform_query(&frame.platform);
    let address = match query.trim_end_matches('&') {
        "" => "/performance".to_owned(),
        query => format!("/performance?{query}"),
    };
    view! {
        <section class="platform stack" data-platform=frame.platform.clone() data-stale=stale aria-label=frame.platform.clone()>
            {headline_view(frame, true, name)}
            {cards(frame, view.now, &shell.zone)}
            <div class="two">
                <section class="card needs-card" aria-label="Needs someone">
                    <div class="card-head">
                        <h2>"Needs someone"</h2>
                        <span class="links"><a href="/alerts">"All alerts"</a><a href=address>"All charts"</a></span>
                    </div>
                    {list}
                    {rows_view(frame.platform.clone(), true, needs)}
                </section>
                <div class="stack">{services(frame)}{aside}</div>
            </div>
        </section>
    }
}
