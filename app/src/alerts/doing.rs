//! What may be done to one alert, on its page.

use leptos::prelude::*;

use super::{
    AlertView, StateView,
    list::may_not,
    parts::{lines_field, state_line},
    silences::silence_form,
};
use crate::access::form::select;

/// What may be done to it, in the order in which it usually is.
pub(super) fn actions(view: &AlertView) -> AnyView {
    if view.may_handle.is_err() {
        return view! {
            <section class="card" aria-labelledby="actions-title">
                <h2 id="actions-title">"Who has it"</h2>
                <p data-part="holder">{state_line(&view.row.state)}"."</p>
                {may_not(&view.may_handle)}
            </section>
        }
        .into_any();
    }
    let forms = match &view.row.state {
        StateView::Firing { .. } => {
            view! { {note(view)}{hand_over(view)}{resolve(view, false)}{silence(view)} }.into_any()
        }
        StateView::Held { .. } => {
            // The reason is asked in the open, where one is needed: it is then the one thing to do.
            let resolving = (!view.good).then(|| resolve(view, true));
            view! { {resolving}{note(view)}{hand_over(view)}{silence(view)}{unacknowledge(view)} }.into_any()
        }
        StateView::Resolved { .. } => view! { {note(view)}{reopen(view)} }.into_any(),
    };
    let holder = match &view.row.state {
        StateView::Firing { .. } => "Nobody has acknowledged it.".to_owned(),
        StateView::Held { by, since, .. } => format!("{by} acknowledged it {since}."),
        StateView::Resolved { .. } => "It has ended.".to_owned(),
    };
    let hint = match &view.row.state {
        StateView::Held { until_words, .. } => Some(format!(
            "Without a note, a hand-over or an improvement that lapses {until_words}, and paging goes on."
        )),
        _ => None,
    };
    view! {
        <section class="card stack" aria-labelledby="actions-title">
            <h2 id="actions-title">"Who has it"</h2>
            <div>
                <p data-part="holder">{holder}</p>
                {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
            </div>
            {forms}
        </section>
    }
    .into_any()
}

fn note(view: &AlertView) -> impl IntoView + use<> {
    view! {
        <form class="fields" method="post" action=view.address("/note")>
            {lines_field("note", "note", "Note", None, &view.typed.note, view.typed.troubles.of("note"), true)}
            <button>"Add the note"</button>
        </form>
    }
}

/// `openly`: as the first thing to do, with its reason. Else behind its name.
fn resolve(view: &AlertView, openly: bool) -> AnyView {
    let trouble = view.typed.troubles.of("reason");
    let is_open = trouble.is_some();
    let hint = if view.good {
        "Its newest sample is good: no reason is needed."
    } else {
        "It is still bad. Nothing new opens for it until it is well, or worse than now."
    };
    let form = view! {
        <form class="fields" method="post" action=view.address("/resolve")>
            {lines_field(
                "reason",
                "reason",
                if view.good { "Reason" } else { "Why it is resolved all the same" },
                Some(hint),
                &view.typed.reason,
                trouble,
                false,
            )}
            <button class=openly.then_some("primary")>"Resolve"</button>
        </form>
    };
    if openly {
        return form.into_any();
    }
    view! { <details open=is_open><summary>"Resolve it"</summary>{form}</details> }.into_any()
}

fn hand_over(view: &AlertView) -> impl IntoView + use<> {
    let trouble = view.typed.troubles.of("to");
    let is_open = trouble.is_some();
    let body = if view.people.is_empty() {
        view! { <p class="hint">"Nobody else may handle it."</p> }.into_any()
    } else {
        view! {
            <form class="fields" method="post" action=view.address("/hand-over")>
                {select("to".to_owned(), "to".to_owned(), "To", &view.typed.to, &view.people, None, trouble)}
                <button>"Hand it over"</button>
            </form>
        }
        .into_any()
    };
    view! { <details open=is_open><summary>"Hand it over"</summary>{body}</details> }
}

fn silence(view: &AlertView) -> impl IntoView + use<> {
    let is_open = !view.typed.silence.troubles.is_empty();
    view! {
        <details open=is_open>
            <summary>"Silence this"</summary>
            {silence_form(&view.typed.silence, &view.names, true, &view.address(""))}
        </details>
    }
}

fn unacknowledge(view: &AlertView) -> impl IntoView + use<> {
    view! {
        <form method="post" action=view.address("/unacknowledge")>
            <button>"Take the acknowledgement back"</button>
            <p class="hint">"Paging then goes on where it stood."</p>
        </form>
    }
}

fn reopen(view: &AlertView) -> AnyView {
    if !view.may_reopen {
        let words = "It ended more than a day ago: a new departure opens a new alert.";
        return view! { <p class="hint">{words}</p> }.into_any();
    }
    view! {
        <form method="post" action=view.address("/reopen")>
            <button>"Open it again"</button>
            <p class="hint">"It then calls by its plan anew."</p>
        </form>
    }
    .into_any()
}
