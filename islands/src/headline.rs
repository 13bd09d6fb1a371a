//! What is the case, in one sentence, and what is wrong with the newest answer.
//!
//! Its lines stay, and `listen` puts new words into them.

use domain::monitoring::Level;
#[cfg(not(target_arch = "wasm32"))]
use leptos::prelude::*;

#[cfg(not(target_arch = "wasm32"))]
use crate::shape::shape_view;
use crate::shape::{Shown, said};

/// `title` stands before the level where several platforms share a page. As a banner it carries shape and
/// word too; under a page's own heading the sentence is enough.
#[cfg(not(target_arch = "wasm32"))]
pub fn headline_view(frame: &domain::live::Frame, banner: bool, title: Option<String>) -> AnyView {
    let shown = Shown::of_frame(frame);
    let trouble = frame.trouble.clone().unwrap_or_default();
    let title = title.map(|title| format!("{title}: ")).unwrap_or_default();
    let mark = banner.then(|| shape_view(shown));
    let heading = banner.then(|| {
        view! { <h2 class="banner-title">{title}<span class="word">{shown.word()}</span></h2> }
    });
    view! {
        <div
            class=if banner { "banner" } else { "headline" }
            data-level=shown.code()
            data-headline=frame.platform.clone()
        >
            {mark}
            <div>
                {heading}
                <p class="sentence" data-part="sentence" aria-live=politeness_of(shown)>{frame.sentence.clone()}</p>
                <p class="trouble" data-part="trouble" data-said=said(&trouble)>{trouble.clone()}</p>
            </div>
        </div>
    }
    .into_any()
}

/// Puts what each frame says into the headlines of the page.
#[cfg(target_arch = "wasm32")]
pub fn listen() {
    use crate::browser::{each, each_in, say, set};

    each("[data-headline]", |headline| {
        crate::hub::on_frame(headline.get_attribute("data-headline").unwrap_or_default(), move |frame| {
            let shown = Shown::of_frame(frame);
            let trouble = frame.trouble.as_deref().unwrap_or_default();
            set(&headline, "data-level", shown.code());
            each_in(&headline, "path", |part| set(&part, "d", shown.path()));
            each_in(&headline, ".word", |part| say(&part, shown.word()));
            each_in(&headline, ".sentence", |part| {
                set(&part, "aria-live", politeness_of(shown));
                say(&part, &frame.sentence);
            });
            each_in(&headline, ".trouble", |part| {
                set(&part, "data-said", said(trouble));
                say(&part, trouble);
            });
        });
    });
}

/// Only an emergency interrupts a reader.
fn politeness_of(shown: Shown) -> &'static str {
    if shown == Shown::At(Level::Emergency) { "assertive" } else { "polite" }
}
