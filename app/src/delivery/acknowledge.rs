//! `/ack/{token}`: for whoever got the mail, without a sign-in. One button: what only looks at links presses none.

use domain::{monitoring::Level, time::Millis};
use islands::{Shown, level_view};
use leptos::prelude::*;

use crate::{Shell, access::alone::alone, when};

/// A link that still holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledge {
    pub title: String,
    pub level: Option<Level>,
    /// Who acknowledges.
    pub name: String,
    pub now: Millis,
    pub expires_at: Millis,
    /// The page's own address, which the form is sent to.
    pub token_path: String,
    /// Why it could not be done, in a sentence.
    pub trouble: Option<String>,
}

/// What the press came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledged {
    pub title: String,
    /// A sentence.
    pub what: String,
    /// The page of the alert in the console.
    pub path: String,
}

pub fn acknowledge_page(shell: &Shell, view: &Acknowledge) -> String {
    let view = view.clone();
    let problem = if view.trouble.is_some() { "Problem: " } else { "" };
    alone(shell, format!("{problem}Acknowledge \u{2013} Bellwether"), || {
        let level = view.level.map(|level| level_view(Shown::At(level), level.word()));
        // Without the right there is nothing to press: the sentence says why.
        let press = view.trouble.is_none().then(|| {
            let button = format!("Acknowledge as {}", view.name);
            view! {
                <p>"You say that you are on it. Nobody else is called for it then, until your word lapses or it gets worse."</p>
                <form method="post" action=view.token_path.clone()><button class="primary">{button}</button></form>
            }
        });
        let until = when::clock(view.expires_at.0, view.now, &shell.zone);
        let zone = when::zone_name(&shell.zone, view.now);
        view! {
            <h1>"Acknowledge"</h1>
            <div class="stack-small acknowledge">
                {level}
                <p class="own-name">{view.title}</p>
            </div>
            {view.trouble.map(crate::access::form::trouble)}
            {press}
            <p class="small dim">{format!("This link is yours alone, and holds until {until} ({zone}).")}</p>
        }
    })
}

pub fn acknowledged_page(shell: &Shell, view: &Acknowledged) -> String {
    let view = view.clone();
    alone(shell, "Acknowledged \u{2013} Bellwether".to_owned(), || {
        view! {
            <h1>"Acknowledged"</h1>
            {crate::access::form::done(view.what)}
            <p class="own-name">{view.title}</p>
            <p class="row"><a class="button" href=view.path>"See the whole story"</a></p>
        }
    })
}

/// For a link that has expired or never was: both look the same from outside.
pub fn link_over_page(shell: &Shell) -> String {
    alone(shell, "This link does not work \u{2013} Bellwether".to_owned(), || {
        view! {
            <h1>"This link does not work"</h1>
            <p>"A link to acknowledge holds for 24 hours. This one is older, or was cut off on its way. "
                "Nothing was acknowledged."</p>
            <p class="row"><a class="button" href="/sign-in">"Go to sign-in"</a></p>
        }
    })
}
