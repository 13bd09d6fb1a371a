//! A call: somebody says whether they reached the couple.

use domain::notices::{Fate, Purpose};
use leptos::prelude::*;

use crate::{
    access::{
        Choice, Troubles,
        form::{Lines, field_trouble, select},
    },
    crises::CaseView,
    notices::heading,
};

/// What was typed of a call.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CallForm {
    /// The word of the purpose.
    pub purpose: String,
    /// "yes", "no"; nothing before one is chosen.
    pub reached: String,
    pub text: String,
    pub reason: String,
    pub troubles: Troubles,
}

/// It is full of what was said to a couple.
impl std::fmt::Debug for CallForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallForm(…)")
    }
}

/// Somebody called: that is a notice too.
pub(super) fn called(view: &CaseView) -> AnyView {
    let form = &view.notices.call;
    let is_open = !form.troubles.is_empty();
    let purposes: Vec<Choice> = Purpose::ALL
        .into_iter()
        .map(|purpose| Choice { value: purpose.word().to_owned(), label: heading(purpose).to_owned() })
        .collect();
    let chosen = if form.purpose.is_empty() { first_untold(view).word() } else { form.purpose.as_str() };
    let purpose = select(
        "called-purpose".to_owned(),
        "purpose".to_owned(),
        "What they were to be told",
        chosen,
        &purposes,
        None,
        form.troubles.of("purpose"),
    );
    let lines = |id: &str, name: &'static str, label: &str, hint: Option<&'static str>, value: &str| {
        let field =
            Lines { id: id.to_owned(), name, label: label.to_owned(), hint, most: 4_000, required: false };
        field.draw(value, form.troubles.of(name))
    };
    let reached = |value: &'static str, label: &'static str| {
        let id = format!("called-{value}");
        let checked = form.reached == value;
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="reached" value=value checked=checked required=true/>
                <label for=id>{label}</label>
            </div>
        }
    };
    let trouble = form.troubles.of("reached").map(|trouble| field_trouble(None, trouble));
    view! {
        <details open=is_open>
            <summary>"They were called"</summary>
            <form class="fields" method="post" action=view.address("/notices/called")>
                {form.troubles.above()}
                {purpose}
                <fieldset class="choices">
                    <legend>"Did you reach them?"</legend>
                    <div class="choice-row">{reached("yes", "They know it now")}{reached("no", "Not reached")}</div>
                    {trouble}
                </fieldset>
                {lines("called-text", "text", "What was said, and promised", None, &form.text)}
                {lines(
                    "called-reason",
                    "reason",
                    "Why they were told again, if they had been told this before",
                    None,
                    &form.reason,
                )}
                <button>"Record the call"</button>
            </form>
        </details>
    }
    .into_any()
}

fn first_untold(view: &CaseView) -> Purpose {
    let untold =
        view.notices.purposes.iter().find(|of| {
            !of.attempts.iter().any(|attempt| matches!(attempt.fate, Fate::Sent | Fate::Delivered))
        });
    untold.map_or(Purpose::WeKnow, |of| of.purpose)
}
