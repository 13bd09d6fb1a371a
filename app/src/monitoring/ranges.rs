//! Which stretch of time: links for the usual ones, a form for any other.

use backend::monitoring::shown::Performance;
use domain::{monitoring::range::Preset, time::Millis};
use leptos::prelude::*;

use crate::{
    shell::{Shell, encoded},
    when,
};

pub fn ranges(shell: &Shell, view: &Performance) -> impl IntoView + use<> {
    let own = view.range.preset.is_none();
    let summary = if own {
        format!("{} to {}", when::full(view.range.from, &shell.zone), when::full(view.range.to, &shell.zone))
    } else {
        "From \u{2026} to \u{2026}".to_owned()
    };
    let fields = [("from", "From", view.range.from), ("to", "To", view.range.to)]
        .map(|(name, label, at)| Field { name, label, value: when::field(at, &shell.zone), wrong: None });
    view! {
        <div class="ranges">
            {presets(shell, &view.platform, view.range.preset)}
            <details class="custom" data-current=own.then_some("")>
                <summary>{summary}</summary>
                {form(shell, &view.platform, fields, view.now)}
            </details>
        </div>
    }
}

/// Links to the usual stretches of time.
pub(super) fn presets(shell: &Shell, platform: &str, shown: Option<Preset>) -> impl IntoView + use<> {
    let platform = shell.platform_query(platform);
    let links = Preset::ALL.map(|preset| {
        let current = (shown == Some(preset)).then_some("true");
        let address = format!("/performance?{platform}range={}", preset.code());
        let label = format!("{}: the last {}", preset.label(), preset.words());
        view! { <li><a href=address aria-current=current aria-label=label>{preset.label()}</a></li> }
    });
    view! { <nav aria-label="Range"><ul class="seg">{links.into_iter().collect_view()}</ul></nav> }
}

/// One of the two times of the form.
pub(super) struct Field {
    /// As in the address: `from`, `to`.
    pub name: &'static str,
    pub label: &'static str,
    /// As it was typed, whatever that is.
    pub value: String,
    /// What is wrong with it, in words.
    pub wrong: Option<String>,
}

/// The form for any stretch of time. It needs no script: it asks for the page with both times in its address.
pub(super) fn form(shell: &Shell, platform: &str, fields: [Field; 2], now: Millis) -> impl IntoView + use<> {
    let hidden = (shell.platforms.len() > 1).then(|| {
        view! { <input type="hidden" name="platform" value=platform.to_owned()/> }
    });
    // Only one element may ask for the focus: the first that has to be corrected.
    let first = fields.iter().position(|field| field.wrong.is_some());
    let fields: Vec<_> =
        fields.into_iter().enumerate().map(|(index, field)| input(field, first == Some(index))).collect();
    view! {
        <form class="card range-form" method="get" action="/performance">
            {hidden}
            {fields}
            <p class="dim small">"Times in "{when::zone_name(&shell.zone, now)}</p>
            <button>"Show this range"</button>
        </form>
    }
}

fn input(field: Field, focused: bool) -> impl IntoView {
    let Field { name, label, value, wrong } = field;
    // A field for times shows nothing at all of a text that is none: that text gets a field for texts.
    let kind = if value.is_empty() || is_local_time(&value) { "datetime-local" } else { "text" };
    let words = format!("{name}-wrong");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                type=kind
                id=name
                name=name
                required=true
                value=value
                autofocus=focused
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=wrong.is_some().then(|| words.clone())
            />
            {wrong.map(|wrong| view! { <p class="wrong" id=words>{wrong}</p> })}
        </div>
    }
}

/// Whether it is exactly what a browser's field for times takes: "2026-11-24T03:00".
fn is_local_time(text: &str) -> bool {
    text.len() == "2026-11-24T03:00".len()
        && text.as_bytes().get(10) == Some(&b'T')
        && text.parse::<jiff::civil::DateTime>().is_ok()
}

/// Links to the same page of the other platforms.
pub fn platforms(view: &Performance) -> Option<impl IntoView + use<>> {
    let query = view.range.query();
    (view.platforms.len() > 1).then(|| {
        let links: Vec<_> = view
            .platforms
            .iter()
            .map(|platform| {
                let current = (*platform == view.platform).then_some("true");
                let address = format!("/performance?platform={}&{query}", encoded(platform));
                view! { <li><a href=address aria-current=current>{platform.clone()}</a></li> }
            })
            .collect();
        view! { <nav aria-label="Platform"><ul class="seg platforms">{links}</ul></nav> }
    })
}
