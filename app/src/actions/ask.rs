//! `/actions/{key}`: what exactly it would do now, and the form that asks for it.

use std::{collections::BTreeMap, sync::Arc};

use backend::actions::Looked;
use domain::{
    actions::{Action, Danger, Parameter, ParameterKind, Undo},
    live::Frame,
    monitoring::wording::listed,
    time::Millis,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    RunRow, Seen,
    preview::{affected, changed, checked, how_known, obstacles, sends},
    rows::past_rows,
    words::{asks, danger, linked, run_named, undo_sentence},
};
use crate::{
    access::{
        Choice, Troubles,
        form::{Field, select},
    },
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct ActionView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    pub action: Action,
    /// The names of the services that it concerns.
    pub services: Vec<String>,
    /// As the fields of its form stand.
    pub typed: BTreeMap<String, String>,
    /// `None` where a field is wrong: then nothing could be looked at.
    pub looked: Option<Looked>,
    /// The name of the action that takes it back, where there is one.
    pub undone_by: Option<String>,
    pub may: Result<(), String>,
    pub proof: Proof,
    /// Everybody else who may approve it, by name.
    pub approvers: Vec<String>,
    pub past: Vec<RunRow>,
    /// The page of an alert that led here.
    pub alert: Option<String>,
    /// The case of which it does a step: its id, and the key of the step.
    pub crisis: Option<(String, String)>,
    pub reason: String,
    /// What is different from what was on the page when the button was pressed.
    pub changed: Vec<String>,
    pub troubles: Troubles,
    pub done: Option<String>,
}

/// Whether the password has to be given again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    NotNeeded,
    Fresh,
    /// It is asked for when the button is pressed.
    Asked,
}

impl ActionView {
    /// Whether its button is there.
    fn may_ask(&self) -> bool {
        self.may.is_ok() && self.looked.as_ref().is_some_and(|looked| obstacles(looked).is_empty())
    }
}

pub fn action_page(shell: &Shell, view: &ActionView) -> String {
    let problem = if view.troubles.is_empty() && view.changed.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}{} \u{2013} Actions \u{2013} Bellwether", view.action.name);
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let query = shell.platform_query(&view.action.platform);
        let platform = (!query.is_empty()).then(|| view.action.platform.clone());
        let back = format!("/actions?{query}");
        let looked = view.looked.as_ref().map(|looked| {
            view! { {sends(&looked.preview)}{checked(looked)} }
        });
        let beside = view.looked.as_ref().map(|looked| {
            let plan = &looked.preview.plan;
            view! {
                {how_known(plan)}
                {affected(plan, &view.services, danger(&view.action.danger))}
            }
        });
        view! {
            <div class="page action-page">
                {head(view, back.trim_end_matches(['?', '&']))}
                {view.done.clone().map(crate::access::form::done)}
                {above(view)}
                {changed(&view.changed)}
                <div class="two">
                    <div class="stack">
                        {parameters(view, platform.clone())}
                        {looked}
                        {form(view, platform)}
                    </div>
                    <div class="stack">
                        {beside}
                        {undone(view)}
                        {past(view)}
                    </div>
                </div>
            </div>
        }
    })
}

fn head(view: &ActionView, back: &str) -> impl IntoView + use<> {
    let action = &view.action;
    let alert = view.alert.clone().map(|id| {
        view! { <span>"For "<a href=format!("/alerts/{id}")>"the alert that led here"</a></span> }
    });
    let crisis = view.crisis.clone().map(|(id, _)| {
        view! { <span>"A step of "<a href=format!("/crises/{id}")>"the crisis that led here"</a></span> }
    });
    let last = match view.past.first() {
        None => "Never used".to_owned(),
        Some(run) => {
            let took = run.took.clone().map(|took| format!(" in {took}")).unwrap_or_default();
            format!("Last used {}: {}{took}", run.when, run.word.to_lowercase())
        }
    };
    view! {
        <div class="page-head">
            <div>
                <p class="small"><a href=back.to_owned()>"Actions"</a>" \u{b7} "{action.goal.words()}</p>
                <h1>{action.name.clone()}</h1>
                <p class="sentence">{action.changes.clone()}</p>
                <p class="meta"><span>{last}</span><span>"Procedure: "<code>{action.procedure.to_string()}</code></span>{alert}{crisis}</p>
            </div>
        </div>
    }
}

/// What was refused, with a link to the run that it names.
fn above(view: &ActionView) -> Option<AnyView> {
    let said = view.troubles.of("")?;
    let link = run_named(&said).map(|id| {
        view! { <a class="button" href=format!("/runs/{id}")>"Look at that run"</a> }
    });
    Some(
        view! {
            <div class="said" data-part="trouble" role="alert"><p>{linked(&said)}</p>{link}</div>
        }
        .into_any(),
    )
}

/// The fields that it takes: another look with other values.
fn parameters(view: &ActionView, platform: Option<String>) -> Option<AnyView> {
    if view.action.parameters.is_empty() {
        return None;
    }
    let fields: Vec<_> = view.action.parameters.iter().map(|parameter| field(view, parameter)).collect();
    Some(
        view! {
            <section class="card" data-part="parameters" aria-labelledby="parameters-title">
                <h2 id="parameters-title">"With"</h2>
                <form class="trial row" method="get" action=format!("/actions/{}", view.action.key)>
                    {hidden("platform", platform)}
                    {hidden("alert", view.alert.clone())}
                    {hidden_step(view)}
                    {fields}
                    <button>"Look again"</button>
                </form>
            </section>
        }
        .into_any(),
    )
}

fn field(view: &ActionView, parameter: &Parameter) -> AnyView {
    let name = parameter.name.to_string();
    let value = view.typed.get(&name).cloned().or_else(|| parameter.default.clone()).unwrap_or_default();
    let label = parameter.label.clone();
    let field = match &parameter.kind {
        ParameterKind::Number { min, max } => {
            Field::number(name, label, (*min, *max)).hint(format!("{min} to {max}"))
        }
        ParameterKind::Choice { among } => {
            let choices: Vec<Choice> =
                among.iter().map(|one| Choice { value: one.clone(), label: one.clone() }).collect();
            let trouble = view.troubles.of(&name);
            return choice(name, label, &value, &choices, trouble);
        }
        ParameterKind::Version { like } => Field::text(name, label).literal().hint(format!("such as {like}")),
        ParameterKind::Month => Field::text(name, label).literal().hint("year and month, such as 2026-03"),
        ParameterKind::Date => Field::day(name, label),
    };
    field.value(value).refused(&view.troubles).draw()
}

fn choice(name: String, label: String, value: &str, choices: &[Choice], trouble: Option<String>) -> AnyView {
    select(name.clone(), name, label, value, choices, None, trouble)
}

fn hidden(name: &'static str, value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <input type="hidden" name=name value=value/> }.into_any())
}

fn hidden_step(view: &ActionView) -> Option<AnyView> {
    let (crisis, step) = view.crisis.clone()?;
    Some(view! { {hidden("crisis", Some(crisis))}{hidden("step", Some(step))} }.into_any())
}

fn form(view: &ActionView, platform: Option<String>) -> AnyView {
    let two = view.action.two_person.then(|| view! { <span class="mark">"needs a second person"</span> });
    let body = match (&view.may, &view.looked) {
        (Err(who), _) => view! { <p data-part="may-not">{who.clone()}</p> }.into_any(),
        (Ok(()), None) => view! {
            <p data-part="cannot">"Correct the field above, then look again: nothing can be asked for before."</p>
        }
        .into_any(),
        (Ok(()), Some(looked)) if !view.may_ask() => {
            let why: Vec<_> =
                obstacles(looked).iter().map(|why| view! { <li>{linked(why)}</li> }).collect();
            view! {
                <div class="stack-small" data-part="cannot">
                    <p>"It cannot be asked for now:"</p>
                    <ul class="sentences">{why}</ul>
                    <p><a class="button" href=again(view, platform.as_deref())>"Look again"</a></p>
                </div>
            }
            .into_any()
        }
        (Ok(()), Some(looked)) => asking(view, looked, platform),
    };
    view! {
        <section class="card stack" data-part="ask" aria-labelledby="ask-title">
            <div class="card-head"><h2 id="ask-title">{if view.action.two_person { "Ask for it" } else { "Do it" }}</h2>{two}</div>
            {body}
        </section>
    }
    .into_any()
}

/// The same page anew, with the same values.
fn again(view: &ActionView, platform: Option<&str>) -> String {
    let mut query: Vec<String> = Vec::new();
    query.extend(platform.map(|platform| format!("platform={}", crate::encoded(platform))));
    query.extend(view.alert.iter().map(|alert| format!("alert={}", crate::encoded(alert))));
    query.extend(
        view.crisis
            .iter()
            .map(|(id, step)| format!("crisis={}&step={}", crate::encoded(id), crate::encoded(step))),
    );
    query.extend(
        view.typed.iter().map(|(name, value)| format!("{}={}", crate::encoded(name), crate::encoded(value))),
    );
    let query = query.join("&");
    let address = format!("/actions/{}", view.action.key);
    if query.is_empty() { address } else { format!("{address}?{query}") }
}

fn asking(view: &ActionView, looked: &Looked, platform: Option<String>) -> AnyView {
    let plan = &looked.preview.plan;
    let values: Vec<_> = plan
        .values
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=format!("with.{name}") value=value.to_string()/> }
        })
        .collect();
    let dangerous = view.action.danger.is_dangerous();
    let reason = Field::text("reason", if dangerous { "Why" } else { "Why (may be left empty)" })
        .value(view.reason.clone())
        .refused(&view.troubles);
    let reason = if dangerous { reason } else { reason.optional() };
    let proof = match view.proof {
        Proof::NotNeeded => None,
        Proof::Fresh => Some("You gave your password a moment ago."),
        Proof::Asked => {
            Some("Your password is asked for first; what you typed is kept, and you press once more.")
        }
    };
    let approvers = view.action.two_person.then(|| approvers(&view.approvers));
    let hints: Vec<_> = proof
        .map(str::to_owned)
        .into_iter()
        .chain(approvers)
        .map(|hint| view! { <p class="hint">{hint}</p> })
        .collect();
    let class = if dangerous { "danger" } else { "primary" };
    view! {
        <form class="fields" method="post" action=format!("/actions/{}", view.action.key)>
            {values}
            {hidden("platform", platform)}
            {hidden("alert", view.alert.clone())}
            {hidden_step(view)}
            <input type="hidden" name="seen" value=looked.preview.fingerprint().to_string()/>
            <input type="hidden" name="was" value=Seen::of(&looked.preview).field()/>
            {reason.draw()}
            <button class=class data-part="press">{asks(plan)}</button>
            {hints}
        </form>
    }
    .into_any()
}

/// "Jonas W. and 2 others can approve. It lapses in 30 min."
fn approvers(names: &[String]) -> String {
    match names {
        [] => "Nobody else can approve it now; it lapses in 30 min.".to_owned(),
        [first, _, _, ..] => {
            format!("{first} and {} others can approve it. It lapses in 30 min.", names.len() - 1)
        }
        few => format!("{} can approve it. It lapses in 30 min.", listed(few)),
    }
}

fn undone(view: &ActionView) -> AnyView {
    let sentence = undo_sentence(&view.action.undo, |_| view.undone_by.clone());
    let link = match &view.action.undo {
        Undo::Action { key } => {
            Some(view! { <p><a href=format!("/actions/{key}")>"Look at what takes it back"</a></p> })
        }
        Undo::OldValue | Undo::Impossible { .. } => None,
    };
    view! {
        <section class="card" data-part="undone" aria-labelledby="undone-title">
            <h2 id="undone-title">"How it is undone"</h2>
            <p>{sentence}</p>
            {link}
        </section>
    }
    .into_any()
}

fn past(view: &ActionView) -> AnyView {
    let body = if view.past.is_empty() {
        view! { <p class="empty">"It was never used. Each run of it will stand here."</p> }.into_any()
    } else {
        let more = format!("/runs?action={}", view.action.key);
        view! { {past_rows(&view.past, false)}<p class="links"><a href=more>"All runs of it"</a></p> }
            .into_any()
    };
    view! {
        <section class="card" data-part="past" aria-labelledby="past-title">
            <h2 id="past-title">"Past runs"</h2>
            {body}
        </section>
    }
    .into_any()
}

/// Whether a proof is due for an action.
impl Proof {
    pub fn of(danger: &Danger, fresh: bool) -> Proof {
        match (danger.is_dangerous(), fresh) {
            (false, _) => Proof::NotNeeded,
            (true, true) => Proof::Fresh,
            (true, false) => Proof::Asked,
        }
    }
}
