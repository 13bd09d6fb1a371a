//! `/diagnostics` with every look, and `/diagnostics/{panel}` with one.

use backend::diagnostics::Look;
use domain::{
    diagnostics::{Panel, Tone, Unseen},
    monitoring::wording::{listed, mid_sentence},
    words::capitalised,
};
use leptos::prelude::*;

use super::{DiagnosticsView, ScopeView, log, look::card};
use crate::{
    access::form::done,
    encoded,
    shell::{Place, Shell},
    when,
};

/// Every look of a scope.
pub fn diagnostics_page(shell: &Shell, view: &DiagnosticsView) -> String {
    let title = format!("A closer look at {} \u{2013} Bellwether", view.scope.words());
    shell.page_with_forms(place(&view.scope), &title, &view.frames, view.now, || {
        let (missing, mut looks): (Vec<_>, Vec<_>) =
            view.looks.iter().partition(|look| matches!(look.seen, Err(Unseen::NotConfigured { .. })));
        looks.sort_by_key(|look| turn(look));
        let seen = looks.iter().filter(|look| look.seen.is_ok()).count();
        let asked = looks.len();
        let stand_out = stand_out(&looks);
        let cards: Vec<_> = looks.into_iter().map(|look| card(view, look, false)).collect();
        let not_set_up = not_set_up(&missing);
        let when = when::time(view.now, &view.zone);
        let sentence = match (asked, seen) {
            (0, _) => "Nothing can be looked at yet: what would be is listed below with what it needs.".to_owned(),
            (asked, seen) if asked == seen => {
                format!("{stand_out}Looked at {} at {when}; nothing was changed.", view.scope.words())
            }
            (asked, seen) => format!(
                "{stand_out}Looked at {} at {when}: {seen} of {asked} looks came back, the others say why not. Nothing was \
                 changed.",
                view.scope.words()
            ),
        };
        view! {
            <div class="page diagnostics-page">
                {above(view, false)}
                <div class="page-head">
                    <div>
                        <h1>"A closer look"</h1>
                        <p class="sentence" data-part="sentence">{sentence}</p>
                    </div>
                    {scopes(&view.scope)}
                </div>
                <div class="looks">{cards}</div>
                {not_set_up}
            </div>
        }
    })
}

/// One look alone, which was given more time.
pub fn panel_page(shell: &Shell, view: &DiagnosticsView) -> String {
    let Some(look) = view.looks.first() else { return diagnostics_page(shell, view) };
    let panel = look.question.panel();
    let problem = if view.typed.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}{}: {} \u{2013} Bellwether", panel.title(), view.scope.words());
    shell.page_with_forms(place(&view.scope), &title, &view.frames, view.now, || {
        let form = view.log.as_ref().map(|shown| log::form(&view.scope, shown));
        view! {
            <div class="page diagnostics-page">
                {above(view, true)}
                <div class="page-head">
                    <div>
                        <h1>{panel.title()}</h1>
                        <p class="dim">{capitalised(&view.scope.words())}</p>
                    </div>
                </div>
                {form}
                {card(view, look, true)}
            </div>
        }
    })
}

/// What is wrong comes first, then what could not be seen: on a phone nobody has to look for it.
fn turn(look: &Look) -> u8 {
    match look.seen.as_ref().map(|report| report.tone) {
        Ok(Tone::Critical) => 0,
        Ok(Tone::Warning) => 1,
        Err(_) => 2,
        Ok(Tone::Well | Tone::Plain) => 3,
    }
}

/// As many are named in a sentence.
const NAMED: usize = 3;

/// "Pods and one call of the API stand out. "; nothing where nothing was seen.
fn stand_out(looks: &[&Look]) -> String {
    let names: Vec<String> = looks
        .iter()
        .filter(|look| turn(look) < 2)
        .enumerate()
        .map(|(place, look)| {
            let title = look.question.panel().title();
            if place == 0 { title.to_owned() } else { mid_sentence(title) }
        })
        .collect();
    match names.as_slice() {
        [] if looks.iter().any(|look| look.seen.is_ok()) => "Nothing stands out. ".to_owned(),
        [] => String::new(),
        [one] => format!("What stands out: {}. ", mid_sentence(one)),
        some if some.len() <= NAMED => format!("{} stand out. ", listed(some)),
        some => format!("{} of {} looks stand out. ", some.len(), looks.len()),
    }
}

fn place(scope: &ScopeView) -> Place {
    if scope.alert.is_some() { Place::Alerts } else { Place::Performance }
}

/// The way back, what was just pinned, and what was refused. `alone`: one look, which has the others above it.
fn above(view: &DiagnosticsView, alone: bool) -> impl IntoView + use<> {
    let (address, title) = match &view.scope.alert {
        Some((id, title)) => (format!("/alerts/{id}"), title.clone()),
        None => {
            (format!("/performance?platform={}", encoded(&view.scope.platform)), "Performance".to_owned())
        }
    };
    let all = alone.then(|| view! { " \u{b7} "<a href=view.scope.address()>"All looks"</a> });
    let back = view! { <p class="small"><a href=address>{title}</a>{all}</p> };
    let pinned = view
        .pinned
        .map(|panel| done(format!("{} is pinned: it stands on the alert\u{2019}s page.", quoted(panel))));
    view! { <div class="stack-small">{back}{pinned}{view.typed.troubles.above()}</div> }
}

fn quoted(panel: Panel) -> String {
    format!("\u{201c}{}\u{201d}", panel.title())
}

/// What else can be looked at.
fn scopes(scope: &ScopeView) -> Option<AnyView> {
    let mut choices: Vec<(String, String, bool)> = Vec::new();
    if scope.whole {
        let address = format!("/diagnostics?{}", scope.query_with(None));
        choices.push((address, "The platform".to_owned(), scope.service.is_none()));
    }
    for (key, name) in &scope.services {
        let address = format!("/diagnostics?{}", scope.query_with(Some(key)));
        choices.push((address, name.clone(), scope.service.as_ref() == Some(key)));
    }
    if choices.len() < 2 {
        return None;
    }
    let links: Vec<_> = choices
        .into_iter()
        .map(|(address, name, own)| view! { <a href=address aria-current=own.then_some("page")>{name}</a> })
        .collect();
    Some(view! { <nav class="seg" aria-label="What is looked at">{links}</nav> }.into_any())
}

/// What would be seen if it were configured.
fn not_set_up(missing: &[&Look]) -> Option<AnyView> {
    if missing.is_empty() {
        return None;
    }
    let mut sentences: Vec<(String, Vec<&'static str>)> = Vec::new();
    for look in missing {
        let Err(unseen) = &look.seen else { continue };
        let (sentence, title) = (unseen.sentence(), look.question.panel().title());
        match sentences.iter_mut().find(|(own, _)| *own == sentence) {
            Some((_, titles)) => titles.push(title),
            None => sentences.push((sentence, vec![title])),
        }
    }
    let rows: Vec<_> = sentences
        .into_iter()
        .map(|(sentence, titles)| view! { <dt>{titles.join(", ")}</dt><dd>{sentence}</dd> })
        .collect();
    Some(
        view! {
            <section class="card" data-part="not-set-up" aria-labelledby="not-set-up">
                <h2 id="not-set-up">"Not set up"</h2>
                <dl class="pairs">{rows}</dl>
            </section>
        }
        .into_any(),
    )
}
