//! What other pages show of breakers: one line while all is well, and a line for each service while something is not.

use domain::failover::Position;
use islands::{Shown, level_view};
use leptos::prelude::*;

use super::{BreakerRow, position};
use crate::{document::rendered, encoded};

/// Under the services of `/performance`.
pub(crate) fn on_performance(platform: &str, rows: &[BreakerRow]) -> AnyView {
    let part = format!("/breakers/part/strip?platform={}", encoded(platform));
    view! {
        <section class="card" data-part="breakers" aria-labelledby="breakers-title">
            <div class="card-head">
                <h2 id="breakers-title">"Breakers"</h2>
                <a href=format!("/breakers?platform={}", encoded(platform))>"All of them, and what they did"</a>
            </div>
            <div data-actions-part=part>{strip_inside(rows)}</div>
        </section>
    }
    .into_any()
}

/// The inside of that alone, for a page that draws it anew.
pub fn strip(rows: &[BreakerRow]) -> String {
    let rows = rows.to_vec();
    rendered(move || strip_inside(&rows))
}

fn strip_inside(rows: &[BreakerRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="empty">"No service is configured. Each would have its breaker here."</p> }
            .into_any();
    }
    if rows.iter().all(is_plain) {
        return view! {
            <p class="breakers-well">{level_view(Shown::Well, "Closed")}" Every service may be called."</p>
        }
        .into_any();
    }
    lines(rows.iter(), false)
}

/// The card on Now: there while a breaker is not closed, or something about one waits for somebody. Rows stand beside the
/// platforms that they belong to.
pub(crate) fn on_now(rows: &[(String, BreakerRow)]) -> AnyView {
    view! { <div data-actions-part="/breakers/part/now">{now_inside(rows)}</div> }.into_any()
}

/// The inside of that alone.
pub fn now_marks(rows: &[(String, BreakerRow)]) -> String {
    let rows = rows.to_vec();
    rendered(move || now_inside(&rows))
}

fn now_inside(rows: &[(String, BreakerRow)]) -> AnyView {
    let told: Vec<&(String, BreakerRow)> = rows.iter().filter(|(_, row)| is_told(row)).collect();
    let Some((platform, _)) = told.first() else { return ().into_any() };
    let all = format!("/breakers?platform={}", encoded(platform));
    view! {
        <section class="card" data-part="breakers-now" aria-labelledby="breakers-now-title">
            <div class="card-head">
                <h2 id="breakers-now-title">"Breakers"</h2>
                <a href=all>"All breakers"</a>
            </div>
            {lines(told.iter().map(|(_, row)| row), true)}
        </section>
    }
    .into_any()
}

/// Closed, and by itself.
fn is_plain(row: &BreakerRow) -> bool {
    row.position == Position::Closed && !row.held
}

/// Whether somebody who looks at how all is should read of it.
fn is_told(row: &BreakerRow) -> bool {
    !is_plain(row) || row.offered.is_some() || row.kept.is_some()
}

fn lines<'a>(rows: impl Iterator<Item = &'a BreakerRow>, with_offers: bool) -> AnyView {
    let items: Vec<_> = rows
        .map(|row| {
            let (shown, word) = position(row.position, row.held);
            let offered = row.offered.clone().filter(|_| with_offers).map(|(words, button)| {
                let button =
                    button.map(|(address, words)| view! { <a class="button" href=address>{words}</a> });
                view! { <span class="why">{words}</span>{button} }
            });
            let why = (!is_plain(row)).then(|| view! { <span class="why">{row.standing.clone()}</span> });
            let done = row.acted.clone().filter(|_| with_offers).map(|(words, address)| {
                let run = address.map(|address| view! { " "<a href=address>"Its run"</a> });
                view! { <span class="why">{words}{run}</span> }
            });
            let kept = row.kept.clone().filter(|_| with_offers && row.offered.is_none());
            let kept = kept.map(|words| view! { <span class="why">{words}</span> });
            view! {
                <li data-service=row.service.clone()>
                    {level_view(shown, word)}
                    <span class="what"><span class="name">{row.name.clone()}</span>{why}{kept}{done}{offered}</span>
                </li>
            }
        })
        .collect();
    view! { <ul class="rows">{items}</ul> }.into_any()
}
