//! `/`: is it well, and what needs somebody?

use std::sync::Arc;

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

/// `beside` draws what other features have to say here, below what is watched.
pub fn now_page(shell: &Shell, view: &Now, beside: impl FnOnce() -> Option<AnyView>) -> String {
    shell.page(Place::Now, &title("Now", &view.frames), &view.frames, Some(view.now), move || {
        let platforms: Vec<_> = view.frames.iter().map(|frame| platform(shell, view, frame)).collect();
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
                {platforms}
                {beside()}
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

fn platform(shell: &Shell, view: &Now, frame: &Arc<Frame>) -> impl IntoView + use<> {
    let several = view.frames.len() > 1;
    let name = several.then(|| frame.platform.clone());
    let stale = frame.is_stale(view.now.0).then_some("");
    let needs = needs_of(frame, |at| when::clock(at, view.now, &shell.zone));
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
                <section class="card" aria-label="Needs someone">
                    <div class="card-head">
                        <h2>"Needs someone"</h2>
                        <a href=address>"All charts"</a>
                    </div>
                    {rows_view(frame.platform.clone(), true, needs)}
                </section>
                {services(frame)}
            </div>
        </section>
    }
}
