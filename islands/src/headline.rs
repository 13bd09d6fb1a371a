//! What is the case, in one sentence, and what is wrong with the newest answer.

use domain::monitoring::Level;
use leptos::prelude::*;

use crate::{
    hub,
    shape::{Mark, Shown, put, said, text},
};

/// `title` stands before the level where several platforms share a page. As a banner it carries shape and
/// word too; under a page's own heading the sentence is enough.
#[island]
pub fn Headline(
    platform: String,
    banner: bool,
    title: Option<String>,
    shown: Shown,
    sentence: String,
    trouble: Option<String>,
) -> impl IntoView {
    let mark = Mark::new(shown);
    let politeness = text(politeness_of(shown));
    let sentence = text(sentence);
    let trouble = trouble.unwrap_or_default();
    let has_trouble = text(said(&trouble));
    let trouble = text(trouble);
    hub::on_frame(platform, move |frame| {
        let shown = Shown::of_frame(frame);
        mark.put(shown, shown.word());
        put(politeness, politeness_of(shown));
        put(sentence, frame.sentence.as_str());
        let new = frame.trouble.clone().unwrap_or_default();
        put(has_trouble, said(&new));
        put(trouble, new);
    });
    let title = title.map(|title| format!("{title}: ")).unwrap_or_default();
    view! {
        <div class=if banner { "banner" } else { "headline" } data-level=mark.code>
            {mark.shape()}
            <div>
                <h2 class="banner-title" hidden=!banner>{title}<span>{mark.word()}</span></h2>
                <p class="sentence" data-part="sentence" aria-live=politeness>{sentence}</p>
                <p class="trouble" data-part="trouble" data-said=has_trouble>{trouble}</p>
            </div>
        </div>
    }
}

/// Only an emergency interrupts a reader.
fn politeness_of(shown: Shown) -> &'static str {
    if shown == Shown::At(Level::Emergency) { "assertive" } else { "polite" }
}
