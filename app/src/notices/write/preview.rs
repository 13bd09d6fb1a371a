//! The letter as it will go, and the press.

use leptos::prelude::*;

use super::{Why, WriteView};
use crate::notices::{To, letter::letter, named::missing_words, words::language_words};

pub(super) fn preview(view: &WriteView) -> AnyView {
    let body = match &view.letter {
        Some(words) => letter(words, view.way, view.to()),
        None if view.missing.is_empty() => view! {
            <p class="empty" data-part="empty">"It stands here as it will go once nothing is wrong with it any more."</p>
        }
        .into_any(),
        None => {
            let lines: Vec<_> =
                view.missing.iter().map(|variable| view! { <li>{missing_words(*variable)}</li> }).collect();
            view! {
                <div data-part="missing">
                    <p>"It cannot be shown as it will go before this is filled in:"</p>
                    <ul class="reasons">{lines}</ul>
                </div>
            }
            .into_any()
        }
    };
    let not_theirs =
        not_theirs(view).map(|words| view! { <p class="trouble" data-part="not-theirs">{words}</p> });
    let obstacles: Vec<_> = view.obstacles.iter().map(|why| view! { <li>{why.clone()}</li> }).collect();
    let obstacles = (!obstacles.is_empty()).then(|| {
        view! {
            <div data-part="cannot-be-sent"><p>"It cannot be sent:"</p><ul class="reasons">{obstacles}</ul></div>
        }
    });
    let is_masked = view.addresses.iter().any(|to| matches!(to, To::Masked(_)));
    let reveal = is_masked.then(|| {
        view! {
            <button class="quiet" name="reveal" value="1" formaction=view.address("/new")>"Show their address"</button>
        }
    });
    let send = view.may_send().then(|| {
        let to = view.to().map(To::words).unwrap_or_default();
        let words = format!("Send: \u{201c}{}\u{201d} to {to}", view.purpose.label());
        view! { <button class="primary" formaction=view.address("/send")>{words}</button> }
    });
    let once = send.is_some().then(|| view! { <p class="hint">"It goes once, as it stands here."</p> });
    view! {
        <section class="card stack main-side" aria-labelledby="preview-title">
            <h2 id="preview-title">"As it will go"</h2>
            {not_theirs}
            {body}
            {obstacles}
            <div class="row send">{send}{reveal}</div>
            {once}
        </section>
    }
    .into_any()
}

/// That it is in another language than they read, as far as that is known.
fn not_theirs(view: &WriteView) -> Option<String> {
    let theirs = view.theirs.as_ref()?;
    let own = match &theirs.why {
        Why::NoTextIn(language) => {
            let words = language_words(&view.language);
            return Some(format!(
                "They read {language}, and there is no text in it: this one is in {words}."
            ));
        }
        Why::Unknown => return None,
        Why::Read => &theirs.language,
    };
    let is_theirs = own.plain() == view.language.plain();
    (!is_theirs).then(|| {
        format!("They read {}, and this one is in {}.", language_words(own), language_words(&view.language))
    })
}
