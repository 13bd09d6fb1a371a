//! A level as everybody sees it: a shape, a word, and last a colour.

use domain::{live::Frame, monitoring::Level};
#[cfg(not(target_arch = "wasm32"))]
use leptos::prelude::*;

/// What a thing is shown as. Unknown is not well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Shown {
    Well,
    #[default]
    Unknown,
    At(Level),
}

impl Shown {
    pub fn of(level: Option<Level>, known: bool) -> Shown {
        match (level, known) {
            (Some(level), _) => Shown::At(level),
            (None, true) => Shown::Well,
            (None, false) => Shown::Unknown,
        }
    }

    /// A whole platform: known as soon as its newest answer holds anything that can be read.
    pub fn of_frame(frame: &Frame) -> Shown {
        let any = frame.metrics.iter().any(|metric| metric.value.is_some());
        Shown::of(frame.level, frame.answered_at.is_some() && any)
    }

    pub fn word(self) -> &'static str {
        match self {
            Shown::Unknown => "Unknown",
            Shown::Well => "Well",
            Shown::At(level) => level.word(),
        }
    }

    /// The value of `data-level`, by which the stylesheet colours.
    pub fn code(self) -> &'static str {
        match self {
            Shown::Unknown => "unknown",
            Shown::Well => "well",
            Shown::At(Level::Information) => "information",
            Shown::At(Level::Warning) => "warning",
            Shown::At(Level::Critical) => "critical",
            Shown::At(Level::Emergency) => "emergency",
        }
    }

    /// Path data in a box of 16 by 16: square, disc with a tick, ring, triangle, diamond, octagon.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Shown::Unknown => "M2 2h12v12H2zM4 4v8h8V4z",
            Shown::Well => {
                "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1M7 11.6 3.7 8.3 4.9 7.1 7 9.2 11.1 5.1 12.3 6.3z"
            }
            Shown::At(Level::Information) => {
                "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1m0 1.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.7\
                 M7.2 7h1.6v4.3H7.2zM7.2 4.6h1.6v1.6H7.2z"
            }
            Shown::At(Level::Warning) => "M8 1 15.7 14.6H.3zM7.2 6h1.6v4.2H7.2zM7.2 11.4h1.6V13H7.2z",
            Shown::At(Level::Critical) => {
                "M8 .3 15.7 8 8 15.7.3 8zM7.2 4.2h1.6v4.9H7.2zM7.2 10.3h1.6v1.6H7.2z"
            }
            Shown::At(Level::Emergency) => {
                "M4.9.6h6.2l4.3 4.3v6.2l-4.3 4.3H4.9L.6 11.1V4.9zM7.1 3.6h1.8v5.5H7.1zM7.1 10.5h1.8v1.8H7.1z"
            }
        }
    }
}

/// The value of `data-said`: what has no words takes no room. (An empty text is rendered as a space, so the
/// stylesheet cannot see it by itself.)
pub fn said(words: &str) -> &'static str {
    if words.is_empty() { "no" } else { "yes" }
}

/// Shape and word. The word is the level's own, unless a service says of itself what it is.
#[cfg(not(target_arch = "wasm32"))]
pub fn level_view(shown: Shown, word: &str) -> AnyView {
    view! {
        <span class="level" data-part="level" data-level=shown.code()>
            {shape_view(shown)}
            <span class="word">{word.to_owned()}</span>
        </span>
    }
    .into_any()
}

/// The shape alone. Always beside its word, so assistive technology passes over it.
#[cfg(not(target_arch = "wasm32"))]
pub fn shape_view(shown: Shown) -> AnyView {
    view! {
        <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
            <path d=shown.path()></path>
        </svg>
    }
    .into_any()
}

/// Puts another level into what `level_view` wrote, inside `part`.
#[cfg(target_arch = "wasm32")]
pub fn put_level(part: &web_sys::Element, shown: Shown, word: &str) {
    use crate::browser::{each_in, say, set};
    each_in(part, ".level", |level| set(&level, "data-level", shown.code()));
    each_in(part, ".shape path", |path| set(&path, "d", shown.path()));
    each_in(part, ".word", |own| say(&own, word));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_well() {
        assert_eq!(Shown::of(None, false).word(), "Unknown");
        assert_eq!(Shown::of(None, true).word(), "Well");
        assert_eq!(Shown::of(Some(Level::Critical), false).code(), "critical");
    }

    #[test]
    fn the_worst_sorts_last_and_unknown_is_worse_than_well() {
        let mut all =
            [Shown::At(Level::Emergency), Shown::Unknown, Shown::At(Level::Information), Shown::Well];
        all.sort();
        assert_eq!(all[0], Shown::Well);
        assert_eq!(all[1], Shown::Unknown);
        assert_eq!(all[3], Shown::At(Level::Emergency));
    }
}
