//! One attempt to tell a couple something: by which way, what became of it, and what it said for whoever may read that.

use domain::{
    notices::{Attempt, AttemptState, Fate, Purpose, Way},
    time::Millis,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    LetterWords, To,
    letter::letter,
    words::{fate_sign, fate_word, sentence, way_heading},
};

/// What it said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Nothing was kept with it.
    Nothing,
    /// Whoever looks may not read it.
    Hidden,
    /// It is there once somebody asks for it, which is recorded.
    Folded,
    /// It went with the couple.
    Erased,
    Letter(LetterWords),
    /// What somebody wrote of a call.
    Said(Said),
}

/// What somebody wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Said(pub String);

/// It never stands in a log.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Said(…)")
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttemptView {
    pub id: String,
    pub purpose: Purpose,
    pub way: Way,
    pub fate: Fate,
    /// "Delivered 12 min ago, 03:10: no bounce came."
    pub words: String,
    /// Who pressed, or called.
    pub by: String,
    /// The address or number, as far as whoever looks may see it.
    pub to: Option<To>,
    pub content: Content,
    /// Why they were told again, or by this way, where that may be read.
    pub reason: Option<Said>,
    /// Nothing has left yet.
    pub can_be_taken_back: bool,
}

impl AttemptView {
    pub fn of(attempt: &Attempt, content: Content, now: Millis, zone: &TimeZone) -> AttemptView {
        AttemptView {
            id: attempt.id.0.clone(),
            purpose: attempt.purpose,
            way: attempt.way,
            fate: Fate::of(&attempt.state),
            words: sentence(attempt, now, zone),
            by: attempt.by.name().to_owned(),
            to: None,
            content,
            reason: None,
            can_be_taken_back: matches!(attempt.state, AttemptState::Drafted | AttemptState::Queued { .. }),
        }
    }
}

/// "✓ Delivered": the shape, then the word.
pub(super) fn fate_mark(fate: Fate) -> AnyView {
    view! {
        <span class="fate" data-fate=fate.code()><span class="sign" aria-hidden="true">{fate_sign(fate)}</span>{fate_word(fate)}</span>
    }
    .into_any()
}

/// Its mark, its sentence, and what it said. `acts` are the buttons of whoever may press them.
pub(crate) fn attempt_row(view: &AttemptView, acts: AnyView) -> AnyView {
    let by = match (view.way, view.fate) {
        // The sentence names whoever called.
        (Way::Telephone, _) | (_, Fate::TakenBack) => None,
        _ => Some(view! { <span class="dim">{format!("pressed by {}", view.by)}</span> }),
    };
    let to = view.to.as_ref().map(|to| view! { <span dir="auto">{format!("to {}", to.words())}</span> });
    let reason = view.reason.clone().map(|Said(reason)| {
        view! { <p class="small"><span class="dim">"Because: "</span><span dir="auto">{reason}</span></p> }
    });
    // The sentence of a call says that it was one.
    let way = (view.way != Way::Telephone).then(|| format!("{}. ", way_heading(view.way)));
    view! {
        <li class="attempt" data-attempt=view.id.clone() data-fate=view.fate.code()>
            {fate_mark(view.fate)}
            <div class="told">
                <p>{way}<span data-part="words" dir="auto">{view.words.clone()}</span></p>
                <p class="meta">{to}{by}</p>
                {reason}
                {content(view)}
                {acts}
            </div>
        </li>
    }
    .into_any()
}

fn content(view: &AttemptView) -> Option<AnyView> {
    let dim = |words: &'static str| Some(view! { <p class="dim small">{words}</p> }.into_any());
    match &view.content {
        // The button is among what can be pressed.
        Content::Nothing | Content::Folded => None,
        Content::Hidden => dim("What it says is not shown to you."),
        Content::Erased => dim("What it said was erased with the couple."),
        Content::Said(Said(text)) => {
            Some(view! { <blockquote class="written" dir="auto">{text.clone()}</blockquote> }.into_any())
        }
        Content::Letter(words) => Some(
            view! {
                <p class="hint">"Shown to you; recorded."</p>
                {letter(words, view.way, None)}
            }
            .into_any(),
        ),
    }
}
