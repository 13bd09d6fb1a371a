//! `/c/{token}`: a couple's own page, and what a link says that leads nowhere. A document of its own: no script, no way to
//! anything of the console, nothing of how we work.

use domain::notices::{Language, StatusPage};
use leptos::prelude::*;

use crate::document::{Assets, Bare, bare};

/// What is known, when they hear of us next, whom they may call.
pub fn couple_page(assets: &Assets, page: &StatusPage) -> String {
    let page = page.clone();
    let head = Bare {
        title: page.title.clone(),
        language: page.language.as_str().to_owned(),
        right_to_left: page.right_to_left,
    };
    bare(assets, head, || {
        let next = page.next.map(|next| {
            let late = page.is_overdue.then_some("");
            view! { <p class="couple-next" data-part="next" data-late=late dir="auto">{next}</p> }
        });
        let call =
            page.call.map(|call| view! { <p class="couple-call" data-part="call" dir="auto">{call}</p> });
        view! {
            <main id="main" class="couple-page card">
                <h1>{page.title}</h1>
                <p class="couple-stage" data-part="stage" dir="auto">{page.stage}</p>
                {next}
                {call}
            </main>
        }
        .into_any()
    })
}

/// For a link that has expired, was taken back, or never was: all look the same from outside. In the first of these languages
/// that there are words in, as whoever looks would rather read them; else in English.
pub fn couple_gone_page(assets: &Assets, wished: &[Language]) -> String {
    let (language, title, words) = wished.iter().find_map(gone).unwrap_or(IN_ENGLISH);
    let head = Bare { title: title.to_owned(), language: language.to_owned(), right_to_left: false };
    bare(assets, head, || {
        view! {
            <main id="main" class="couple-page card">
                <h1>{title}</h1>
                <p data-part="gone">{words}</p>
            </main>
        }
        .into_any()
    })
}

/// A language, a title, and what is said.
type Gone = (&'static str, &'static str, &'static str);

const IN_ENGLISH: Gone = (
    "en",
    "This link does not lead anywhere any more",
    "It has run out, or a part of it was lost on its way. Your team is still there for you: you reach them on the number in our \
     last message.",
);

fn gone(language: &Language) -> Option<Gone> {
    Some(match language.plain().as_str() {
        "en" => IN_ENGLISH,
        "de" => (
            "de",
            "Dieser Link führt nicht mehr weiter",
            "Er ist abgelaufen, oder auf dem Weg zu euch ist etwas davon verloren gegangen. Euer Team ist weiter für euch da: \
             Ihr erreicht es unter der Nummer aus unserer letzten Nachricht.",
        ),
        "fr" => (
            "fr",
            "Ce lien ne mène plus nulle part",
            "Il a expiré, ou une partie s’en est perdue en chemin. Votre équipe reste à vos côtés : vous pouvez la joindre au \
             numéro indiqué dans notre dernier message.",
        ),
        "es" => (
            "es",
            "Este enlace ya no lleva a ninguna parte",
            "Ha caducado, o se perdió una parte por el camino. Vuestro equipo sigue a vuestro lado: podéis llamarlo al número \
             de nuestro último mensaje.",
        ),
        "sv" => (
            "sv",
            "Den här länken leder inte längre någonstans",
            "Den har gått ut, eller så har en bit av den försvunnit på vägen. Ert team finns kvar för er: ni når det på numret \
             i vårt senaste meddelande.",
        ),
        _ => return None,
    })
}
