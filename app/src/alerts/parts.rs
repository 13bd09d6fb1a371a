//! Parts that several pages of alerts have.

use islands::level_view;
use leptos::prelude::*;

use super::{AlertRow, StateView};

/// Several lines of typing. The only place where such an element is written: its text is escaped here, because the
/// renderer does not do it.
pub(super) fn lines_field(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    value: &str,
    trouble: Option<String>,
    required: bool,
) -> AnyView {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let hint_id = hint.map(|_| format!("{id}-hint"));
    let trouble_id = trouble.is_some().then(|| format!("{id}-trouble"));
    let both: Vec<&str> = [&hint_id, &trouble_id].into_iter().flatten().map(String::as_str).collect();
    let described = (!both.is_empty()).then(|| both.join(" "));
    let field = leptos::html::textarea()
        .id(id)
        .name(name)
        .rows(2)
        .maxlength(2_000)
        .required(required)
        .attr("aria-describedby", described)
        .attr("aria-invalid", trouble.is_some().then_some("true"))
        .inner_html(escaped);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {field}
            {trouble.map(|trouble| crate::access::form::field_trouble(trouble_id, trouble))}
        </div>
    }
    .into_any()
}

/// Who has it, in a line; the clock counts on its own where a script runs.
pub(super) fn state_line(state: &StateView) -> AnyView {
    match state.clone() {
        StateView::Firing { .. } => {
            view! { <span data-part="state">"Nobody has acknowledged it"</span> }.into_any()
        }
        StateView::Held { by, until, until_words, left, .. } => view! {
            <span data-part="state">
                {by}" has it until "{until_words}" ("<span data-until=until.to_string()>{left}</span>")"
            </span>
        }
        .into_any(),
        StateView::Resolved { words } => view! { <span data-part="state">{words}</span> }.into_any(),
    }
}

/// Shape and word of a row's level.
pub(super) fn row_level(row: &AlertRow) -> AnyView {
    level_view(islands::Shown::At(row.level), row.level.word())
}
