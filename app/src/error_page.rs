//! When a page cannot be shown: what happened, what it means, what to do.

use leptos::prelude::*;

use crate::shell::{Place, Shell};

/// A whole page for a status of 400 or more. Texts are shown as text, whatever stands in them.
pub fn error_page(shell: &Shell, status: u16, title: &str, what_happened: &str, what_to_do: &str) -> String {
    let texts = [title, what_happened, what_to_do].map(str::to_owned);
    shell.page(Place::Elsewhere, &format!("{title} \u{2013} Bellwether"), &[], None, move || {
        let [title, what_happened, what_to_do] = texts;
        view! {
            <article class="card error" data-part="error">
                <p class="dim">"Error "{status}</p>
                <h1>{title}</h1>
                <p>{what_happened}</p>
                <p>{what_to_do}</p>
                <p class="row"><a class="button" href="/">"Go to Now"</a></p>
            </article>
        }
    })
}
