//! Beside a step that asks people: who was asked, when, who said yes, and the form by which somebody else is asked.

use domain::time::Millis;
use leptos::prelude::*;

use super::{CaseView, Drawing, StepView};
use crate::access::form::select;

/// One of those who were asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedView {
    pub name: String,
    /// "asked 03:07", "asked 3 times, last 03:12", "said yes 03:09"
    pub words: String,
    pub standing: AskedStanding,
    /// Why the message did not reach them.
    pub trouble: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AskedStanding {
    Awaited,
    Yes,
    /// Their link is over.
    Over,
}

impl AskedView {
    /// `asked` is how often, the last time, and when the link of that time is over; `trouble` why it did not arrive.
    pub fn of(
        name: String,
        (times, last, until): (i64, Millis, Millis),
        answered_at: Option<Millis>,
        trouble: Option<String>,
        drawing: Drawing<'_>,
    ) -> AskedView {
        let (standing, words) = match (answered_at, times) {
            (Some(at), _) => (AskedStanding::Yes, format!("said yes {}", drawing.clock(at))),
            (None, times) => {
                let is_over = until <= drawing.now;
                let asked = match times {
                    ..=1 => format!("asked {}", drawing.clock(last)),
                    times => format!("asked {times} times, last {}", drawing.clock(last)),
                };
                let over = if is_over { ", no answer in time" } else { ", no answer yet" };
                let standing = if is_over { AskedStanding::Over } else { AskedStanding::Awaited };
                (standing, format!("{asked}{over}"))
            }
        };
        let trouble = trouble.map(|why| match why.trim() {
            "" => "The message did not reach them.".to_owned(),
            why => format!("The message did not reach them: {why}"),
        });
        AskedView { name, words, standing, trouble }
    }
}

/// Who was asked, when, and who said yes.
pub(super) fn asked_of(step: &StepView) -> Option<AnyView> {
    if step.asked.is_empty() {
        return None;
    }
    let rows: Vec<_> = step
        .asked
        .iter()
        .map(|asked| {
            let (sign, code) = match asked.standing {
                AskedStanding::Awaited => ("\u{2026}", "awaited"),
                AskedStanding::Yes => ("\u{2713}", "yes"),
                AskedStanding::Over => ("\u{2013}", "over"),
            };
            let trouble = asked.trouble.clone().map(|why| view! { <span class="late">" "{why}</span> });
            view! {
                <li data-asked=code>
                    <span aria-hidden="true">{sign}" "</span>
                    <span dir="auto">{asked.name.clone()}</span>
                    <span class="dim">{format!(", {}", asked.words)}</span>
                    {trouble}
                </li>
            }
        })
        .collect();
    let label = format!("Who was asked: {}", step.name);
    Some(view! { <ul class="asked small" data-part="asked" aria-label=label>{rows}</ul> }.into_any())
}

/// Somebody who is chosen, whether the configuration names them for the step or not.
pub(super) fn ask_else(view: &CaseView, step: &StepView) -> AnyView {
    if view.askable.is_empty() {
        return ().into_any();
    }
    let is_open = view.typed.is("ask-else", &step.key);
    let chosen = if is_open { view.typed.to.as_str() } else { "" };
    let trouble = is_open.then(|| view.typed.troubles.of("to")).flatten();
    let id = format!("ask-else-{}", step.key);
    let to = select(id, "to".to_owned(), "Whom", chosen, &view.askable, None, trouble);
    view! {
        <details open=is_open>
            <summary>"Ask somebody else"<span class="unseen">{format!(": {}", step.name)}</span></summary>
            <form class="fields" method="post" action=view.address("/ask-else")>
                <input type="hidden" name="step" value=step.key.clone()/>
                {to}
                <button>"Ask them"</button>
            </form>
        </details>
    }
    .into_any()
}
