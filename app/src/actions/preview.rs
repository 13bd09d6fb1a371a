//! What an action would do now: its requests, what it rests on, and what was checked.

use backend::actions::Looked;
use domain::{
    actions::{Check, Found, Look, Plan, PlannedStep, Preview},
    monitoring::Level,
};
use islands::{Shown, shape_view};
use leptos::prelude::*;

use super::{
    requests::{facts, language, request},
    words::{linked, targets, within},
};

/// What it will send, step by step.
pub(super) fn sends(preview: &Preview) -> AnyView {
    let steps = preview.plan.steps.iter().zip(&preview.steps).enumerate();
    let several = preview.plan.steps.len() > 1;
    let steps: Vec<_> = steps
        .map(|(number, (planned, found))| {
            let heading = several.then(|| {
                view! { <h3>{format!("{}. {}", number + 1, planned.name)}<span class="mark">{language(&planned.step)}</span></h3> }
            });
            let nothing = found.requests.is_empty().then(|| {
                view! { <p class="dim">"It cannot be said now: what it changes could not be looked at."</p> }
            });
            let requests: Vec<_> = found.requests.iter().map(request).collect();
            view! { <div class="stack-small">{heading}{requests}{nothing}{facts(&planned.step, found)}</div> }
        })
        .collect();
    let only = (!several)
        .then(|| preview.plan.steps.first())
        .flatten()
        .map(|step| view! { <span class="mark">{language(&step.step)}</span> });
    view! {
        <section class="card" data-part="sends" aria-labelledby="sends-title">
            <div class="card-head"><h2 id="sends-title">"What it will send"</h2>{only}</div>
            <div class="stack">{steps}</div>
        </section>
    }
    .into_any()
}

/// Everything that was checked just now, the worst first.
pub(super) fn checked(looked: &Looked) -> AnyView {
    let preview = &looked.preview;
    let several = preview.plan.steps.len() > 1;
    let mut rows: Vec<(Check, Option<String>)> = Vec::new();
    rows.push((
        Check {
            what: "No other run is in the way".to_owned(),
            found: match &looked.in_the_way {
                None => Found::Holds(String::new()),
                Some(why) => Found::Fails(why.clone()),
            },
        },
        None,
    ));
    for (planned, step) in preview.plan.steps.iter().zip(&preview.steps) {
        let of = several.then(|| planned.name.clone());
        rows.extend(step.checks.iter().map(|check| (check.clone(), of.clone())));
    }
    rows.sort_by_key(|(check, _)| match check.found {
        Found::Fails(_) => 0,
        Found::Warns(_) => 1,
        Found::Holds(_) => 2,
    });
    let rows: Vec<_> = rows.iter().map(|(check, of)| check_row(check, of.as_deref())).collect();
    view! {
        <section class="card" data-part="checks" aria-labelledby="checks-title">
            <h2 id="checks-title">"Checked just now"</h2>
            <ul class="checks">{rows}</ul>
        </section>
    }
    .into_any()
}

fn check_row(check: &Check, of: Option<&str>) -> impl IntoView + use<> {
    let (shown, word, said) = match &check.found {
        Found::Holds(said) => (Shown::Well, "Holds", said),
        Found::Warns(said) => (Shown::At(Level::Warning), "Warning", said),
        Found::Fails(said) => (Shown::At(Level::Critical), "Fails", said),
    };
    let code = match check.found {
        Found::Holds(_) => "holds",
        Found::Warns(_) => "warns",
        Found::Fails(_) => "fails",
    };
    let said = (!said.is_empty()).then(|| view! { <span class="found">{linked(said)}</span> });
    let of = of.map(|of| view! { <span class="small dim">{of.to_owned()}</span> });
    view! {
        <li data-found=code>
            <span class="level" data-level=shown.code()>{shape_view(shown)}<span class="unseen">{word}": "</span></span>
            <span class="what">{check.what.clone()}" "{of}</span>
            {said}
        </li>
    }
}

/// Why its button is not there: what fails, and what is in the way. Empty when it may be asked for.
pub(super) fn obstacles(looked: &Looked) -> Vec<String> {
    let mut why = looked.preview.failing();
    why.extend(looked.in_the_way.clone());
    why
}

/// How it will be seen that it worked.
pub(super) fn how_known(plan: &Plan) -> AnyView {
    let row = |step: &PlannedStep| match step.effect.look {
        Look::AnswerOnly => format!("Only the answer tells, {}.", within(step.effect.within)),
        _ => format!("It is looked for {}: {}.", within(step.effect.within), step.effect.look.words()),
    };
    let body = match plan.steps.as_slice() {
        [only] => view! { <p>{row(only)}</p> }.into_any(),
        steps => {
            let rows: Vec<_> = steps
                .iter()
                .map(|step| view! { <li><strong>{step.name.clone()}</strong><span class="dim">{row(step)}</span></li> })
                .collect();
            view! { <ol class="how">{rows}</ol> }.into_any()
        }
    };
    view! {
        <section class="card" data-part="how" aria-labelledby="how-title">
            <h2 id="how-title">"How we will know"</h2>
            {body}
        </section>
    }
    .into_any()
}

/// What and whom it concerns.
pub(super) fn affected(plan: &Plan, services: &[String], because: Option<String>) -> AnyView {
    let targets: Vec<_> = targets(plan).into_iter().map(|target| view! { <li>{target}</li> }).collect();
    let services = if services.is_empty() {
        view! { <p>{format!("The platform {} as a whole.", plan.platform)}</p> }.into_any()
    } else {
        let rows: Vec<_> = services.iter().cloned().map(|name| view! { <li>{name}</li> }).collect();
        view! { <ul class="plain">{rows}</ul> }.into_any()
    };
    let because = because.map(|because| view! { <p data-part="because">{because}</p> });
    view! {
        <section class="card stack-small" data-part="affected" aria-labelledby="affected-title">
            <h2 id="affected-title">"Who and what is affected"</h2>
            {because}
            {services}
            <p class="small dim">"It touches:"</p>
            <ul class="plain small">{targets}</ul>
        </section>
    }
    .into_any()
}

/// What is not any more as it was when the button was pressed.
pub(super) fn changed(changed: &[String]) -> Option<AnyView> {
    if changed.is_empty() {
        return None;
    }
    let rows: Vec<_> = changed.iter().cloned().map(|changed| view! { <li>{changed}</li> }).collect();
    Some(
        view! {
            <section class="card changed" data-part="changed" aria-labelledby="changed-title">
                <h2 id="changed-title">"What changed since you looked"</h2>
                <ul class="sentences">{rows}</ul>
                <p class="dim">"Nothing was sent. Below is what it would do now."</p>
            </section>
        }
        .into_any(),
    )
}
