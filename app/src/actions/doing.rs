//! What may be done to a run by whoever looks: each button says what it does, and where there is none the page says why.

use domain::{
    actions::{Approval, State},
    time::lasting,
};
use leptos::prelude::*;

use super::{RunView, words::does};
use crate::{access::form::Field, when};

pub(super) fn doing(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let parts: Vec<AnyView> = match &run.state {
        State::Requested { .. } => vec![approving(view), alone(view), cancelling(view)],
        State::Approved { .. } | State::Running { .. } => vec![cancelling(view)],
        State::Unknown { .. } => vec![deciding(view)],
        _ => vec![undoing(view)],
    };
    let review = review(view);
    let nothing = parts.is_empty();
    view! {
        {review}
        {(!nothing).then_some(parts)}
    }
    .into_any()
}

fn card(id: &'static str, title: &'static str, body: AnyView) -> AnyView {
    view! {
        <section class="card stack" data-part=id aria-labelledby=format!("{id}-title")>
            <h2 id=format!("{id}-title")>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// A form of one run with one line of typing.
fn spoken(view: &RunView, what: &'static str, label: &'static str, required: bool) -> AnyView {
    let own = view.typed.what == what;
    let field = Field::text("comment", label).inside(what);
    let field =
        if own { field.value(view.typed.comment.clone()).refused(&view.typed.troubles) } else { field };
    if required { field.draw() } else { field.optional().draw() }
}

/// Yes or no, of somebody else than whoever asked.
fn approving(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let State::Requested { until } = run.state else { return ().into_any() };
    let lapses = format!(
        "It lapses {}, in {}.",
        when::clock(until.0, view.now, &view.zone),
        lasting(until.since(view.now))
    );
    let body = match (&view.rights.approve, view.is_own()) {
        (_, true) => view! {
            <p data-part="own">"You asked for it yourself, so somebody else has to approve it. Those who may were told. "{lapses}</p>
        }
        .into_any(),
        (Err(who), false) => view! { <p data-part="may-not">{who.clone()}" "{lapses}</p> }.into_any(),
        (Ok(()), false) => {
            let what = does(run.plan());
            let dangerous = run.plan().danger.is_dangerous();
            let class = if dangerous { "danger" } else { "primary" };
            view! {
                <p>{run.requested.by.name().to_owned()}" asks for it. What it rests on is looked at once more when you approve. "{lapses}</p>
                <form class="fields" method="post" action=view.address("/approve")>
                    {spoken(view, "approve", "Comment (may be left empty)", false)}
                    <button class=class data-part="approve">"Approve: "{what.clone()}</button>
                </form>
                <details open=view.typed.what == "refuse">
                    <summary>"Refuse it"</summary>
                    <form class="fields" method="post" action=view.address("/refuse")>
                        {spoken(view, "refuse", "Why, and what to do instead", true)}
                        <button data-part="refuse">"Refuse: "{what}</button>
                    </form>
                </details>
            }
            .into_any()
        }
    };
    card("approval", "Approval", body)
}

/// Only while a level 4 is open.
fn alone(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let Some(emergency) = &view.told.emergency else { return ().into_any() };
    if view.rights.run.is_err() {
        return ().into_any();
    }
    let body = view! {
        <p>"An "<a href=format!("/alerts/{emergency}")>"emergency"</a>" is open, so one person may go on without a second one. \
            Everybody who may approve hears of it at once, and it waits for a review by somebody else."</p>
        {(!view.proven).then(|| view! { <p class="hint">"Your password is asked for first."</p> })}
        <form class="fields" method="post" action=view.address("/break-glass")>
            <button class="danger" data-part="break-glass">"Go on alone: "{does(run.plan())}</button>
        </form>
    }
    .into_any();
    card("glass", "Without a second person", body)
}

fn cancelling(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let (title, what, hint) = match &run.state {
        State::Running { stopping: Some(stop), .. } => {
            let words = format!(
                "{} wants it to stop. What was sent is still looked for, and no other step begins.",
                stop.by.name()
            );
            return card("stop", "Stop", view! { <p>{words}</p> }.into_any());
        }
        State::Running { .. } => (
            "Stop",
            "Stop",
            "What was sent is not called back; it is still looked for. No other step begins.",
        ),
        _ => ("Cancel", "Cancel", "Nothing has been sent yet."),
    };
    let body = match &view.rights.run {
        Err(who) => view! { <p data-part="may-not">{who.clone()}</p> }.into_any(),
        Ok(()) => view! {
            <form class="fields" method="post" action=view.address("/cancel")>
                <button data-part="cancel">{what}": "{does(run.plan())}</button>
                <p class="hint">{hint}</p>
            </form>
        }
        .into_any(),
    };
    card("stop", title, body)
}

/// Nobody knows what happened: somebody who has looked says it.
fn deciding(view: &RunView) -> AnyView {
    let State::Unknown { why, .. } = &view.told.stored.run.state else { return ().into_any() };
    let why = view! {
        <p>"The console cannot know whether it took effect ("{why.trim_end_matches('.').to_owned()}"). \
            Nothing is sent again. Look at the platform, then say what you saw."</p>
    };
    let body = match &view.rights.run {
        Err(who) => view! { {why}<p data-part="may-not">{who.clone()}</p> }.into_any(),
        Ok(()) => view! {
            {why}
            <form class="fields" method="post" action=view.address("/decide")>
                {spoken(view, "decide", "What you saw, and where", true)}
                <div class="row">
                    <button name="in_place" value="yes">"It took effect"</button>
                    <button name="in_place" value="no">"It did not take effect"</button>
                </div>
            </form>
        }
        .into_any(),
    };
    card("decision", "Say what happened", body)
}

fn undoing(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let changed = run.changed_something();
    let body = match (&run.state, &view.told.undo) {
        (State::Undone { by, .. }, _) => view! {
            <p>"It is undone, by "<a href=format!("/runs/{by}")>"another run"</a>"."</p>
        }
        .into_any(),
        _ if !changed => return again(view),
        (_, Err(why)) => view! { <p data-part="no-undo">{why.clone()}</p> }.into_any(),
        (_, Ok(())) => match &view.rights.run {
            Err(who) => view! { <p data-part="may-not">{who.clone()}</p> }.into_any(),
            Ok(()) => view! {
                <p>"You see first what exactly that would send."</p>
                <p><a class="button" data-part="undo" href=view.address("/undo")>"Undo: "{does(run.plan())}</a></p>
            }
            .into_any(),
        },
    };
    card("undo", "Undo", body)
}

/// Nothing happened: the way back to its action.
fn again(view: &RunView) -> AnyView {
    let run = &view.told.stored.run;
    let values: Vec<String> = run
        .plan()
        .values
        .iter()
        .map(|(name, value)| format!("{name}={}", crate::encoded(&value.to_string())))
        .collect();
    let address = format!("/actions/{}?{}", run.plan().action, values.join("&"));
    let body = view! {
        <p>"Nothing was changed, so there is nothing to undo."</p>
        <p><a class="button" href=address.trim_end_matches('?').to_owned()>"Look at it again"</a></p>
    }
    .into_any();
    if view.told.action.is_none() {
        let words = view! { <p>"Nothing was changed, so there is nothing to undo."</p> }.into_any();
        return card("undo", "Undo", words);
    }
    card("undo", "Undo", body)
}

/// Somebody else looks at why the glass was broken.
fn review(view: &RunView) -> Option<AnyView> {
    let run = &view.told.stored.run;
    let Some(Approval::BrokenGlass { by, .. }) = &run.approval else { return None };
    if !run.waits_for_review() {
        return None;
    }
    let broke_it = by.hands().is_some_and(|hands| hands.as_str() == view.rights.own);
    let body = match (&view.rights.approve, view.is_own() || broke_it) {
        (_, true) => view! {
            <p data-part="own">"You went on alone, so somebody else has to review it."</p>
        }
        .into_any(),
        (Err(who), false) => view! { <p data-part="may-not">{who.clone()}</p> }.into_any(),
        (Ok(()), false) => view! {
            <p>{by.name().to_owned()}" went on alone while an emergency was open. Say what you make of it."</p>
            <form class="fields" method="post" action=view.address("/review")>
                {spoken(view, "review", "What you make of it", true)}
                <button data-part="review">"Record the review"</button>
            </form>
        }
        .into_any(),
    };
    Some(card("review", "Review", body))
}
