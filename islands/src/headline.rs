//! What is the case, in one sentence, and what is wrong with the newest answer.

use domain::monitoring::Level;
use leptos::prelude::*;

use crate::{hub, shape::Shown, shape::shape};

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
    let shown = RwSignal::new(shown);
    let sentence = RwSignal::new(sentence);
    let trouble = RwSignal::new(trouble);
    hub::on_frame(platform, move |frame| {
        let set = |signal: RwSignal<String>, text: &str| {
            // An unchanged sentence must not be announced again.
            if signal.with_untracked(|old| old != text) {
                signal.set(text.to_owned());
            }
        };
        shown.set(Shown::of(frame.level, frame.answered_at.is_some()));
        set(sentence, &frame.sentence);
        trouble.set(frame.trouble.clone());
    });
    let politeness = move || match shown.get() {
        Shown::At(Level::Emergency) => "assertive",
        _ => "polite",
    };
    let title = title.map(|title| format!("{title}: ")).unwrap_or_default();
    view! {
        <div class:banner=banner class:headline=!banner data-level=move || shown.get().code()>
            {banner.then(|| shape(move || shown.get()))}
            <div>
                {banner.then(|| view! {
                    <h2 class="banner-title">{title} {move || shown.get().word()}</h2>
                })}
                <p class="sentence" data-part="sentence" aria-live=politeness>{move || sentence.get()}</p>
                <p class="trouble" data-part="trouble" hidden=move || trouble.with(Option::is_none)>
                    {move || trouble.get().unwrap_or_default()}
                </p>
            </div>
        </div>
    }
}
