//! The form that pins a look to an alert. It sends the name of the look: what was seen is what is pinned.

use backend::diagnostics::Look;
use domain::diagnostics::Panel;
use leptos::prelude::*;

use super::{DiagnosticsView, fields_of};

pub(super) fn pin(view: &DiagnosticsView, look: &Look, alone: bool) -> Option<AnyView> {
    let id = look.id.as_ref()?;
    if view.scope.alert.is_none() && view.alerts.is_empty() {
        return None;
    }
    let panel = look.question.panel();
    let own = view.typed.panel == Some(panel);
    let mut hidden: Vec<(&'static str, String)> = vec![
        ("look", id.as_str().to_owned()),
        ("panel", panel.word().to_owned()),
        ("alone", if alone { "yes" } else { "" }.to_owned()),
    ];
    hidden.extend(view.scope.fields());
    hidden.extend(fields_of(&look.question));
    let hidden: Vec<_> = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let to = view.scope.alert.is_none().then(|| which(view, panel, own));
    let note = own.then(|| view.typed.note.clone());
    let trouble = own.then(|| view.typed.troubles.of("note")).flatten();
    let (note_id, trouble_id) = (format!("note-{}", panel.word()), format!("note-{}-trouble", panel.word()));
    let described = trouble.is_some().then(|| trouble_id.clone());
    let invalid = trouble.is_some().then_some("true");
    let trouble = trouble.map(|trouble| crate::access::form::field_trouble(Some(trouble_id), trouble));
    Some(
        view! {
            <details class="pin" data-part="pin" open=own>
                <summary>"Pin to the alert"<span class="unseen">{format!(": {}", panel.title())}</span></summary>
                <form class="fields" method="post" action="/diagnostics/pin">
                    {hidden}
                    {to}
                    <div class="field">
                        <label for=note_id.clone()>"Why it matters, if you like"</label>
                        <input
                            id=note_id.clone()
                            name="note"
                            maxlength="2000"
                            autocomplete="off"
                            value=note
                            aria-describedby=described
                            aria-invalid=invalid
                        />
                        {trouble}
                    </div>
                    <button>{words(panel)}</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

/// To which of the open alerts.
fn which(view: &DiagnosticsView, panel: Panel, own: bool) -> AnyView {
    let id = format!("alert-{}", panel.word());
    let options: Vec<_> = view
        .alerts
        .iter()
        .map(|(alert, title)| {
            let selected = own && view.typed.alert == *alert;
            view! { <option value=alert.clone() selected=selected>{title.clone()}</option> }
        })
        .collect();
    view! {
        <div class="field"><label for=id.clone()>"To which alert"</label><select id=id.clone() name="to">{options}</select></div>
    }
    .into_any()
}

fn words(panel: Panel) -> &'static str {
    match panel {
        Panel::Pods => "Pin these pods",
        Panel::Describe => "Pin this description",
        Panel::Log => "Pin these lines",
        Panel::Call => "Pin this call",
        Panel::Dependencies => "Pin what answers",
        Panel::Models => "Pin these models",
        Panel::Cache => "Pin these figures",
        Panel::Active | Panel::Slowest => "Pin these statements",
        Panel::Feedback => "Pin this feedback",
        Panel::Quality => "Pin these counts",
        Panel::Crises => "Pin these crises",
    }
}
