//! Parts that several pages of alerts have.

use islands::level_view;
use leptos::prelude::*;

use super::{AlertRow, StateView};
use crate::access::form::Lines;

/// Several lines of typing.
pub(super) fn lines_field(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    value: &str,
    trouble: Option<String>,
    required: bool,
) -> AnyView {
    Lines { id: id.to_owned(), name, label: label.to_owned(), hint, most: 2_000, required }
        .draw(value, trouble)
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
