//! The second factor: its code at sign-in.

use leptos::prelude::*;

use super::{Trouble, alone::alone, form::Field, title};
use crate::shell::{Shell, encoded};

/// Between the password and the session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Code {
    /// The address to go on to.
    pub next: String,
    pub trouble: Option<Trouble>,
    /// How long the next try has to wait.
    pub wait_seconds: Option<u32>,
    /// A recovery code is asked for in place of the app's.
    pub recovery: bool,
}

pub fn code_page(shell: &Shell, view: &Code) -> String {
    let refused = view.trouble.is_some() || view.wait_seconds.is_some();
    let trouble = view
        .wait_seconds
        .map(|seconds| {
            format!(
                "Too many tries have failed. The next one is looked at in {}.",
                super::sign_in::in_words(seconds)
            )
        })
        .or_else(|| view.trouble.as_ref().map(|trouble| trouble.words().to_owned()));
    let next = encoded(&view.next);
    let (heading, field, other, address) = if view.recovery {
        (
            "Enter a recovery code",
            Field::text("code", "Recovery code")
                .hint("One of those that you kept when you set the app up. Each works once.")
                .autocomplete("off")
                .literal(),
            "Use the app instead",
            format!("/sign-in/code?next={next}"),
        )
    } else {
        (
            "Enter the code",
            Field::code("code", "Code").hint("Six digits, from the app on your phone."),
            "Use a recovery code instead",
            format!("/sign-in/code?recovery=1&next={next}"),
        )
    };
    alone(shell, title(heading, refused), || {
        view! {
            <h1>{heading}</h1>
            <form class="fields" method="post" action="/sign-in/code">
                <input type="hidden" name="next" value=view.next.clone()/>
                {view.recovery.then(|| view! { <input type="hidden" name="recovery" value="1"/> })}
                {field.trouble(trouble).focus(true).draw()}
                <button class="primary">"Go on"</button>
            </form>
            <div class="row between">
                <a href=address>{other}</a>
                <form method="post" action="/sign-out"><button class="quiet">"Cancel"</button></form>
            </div>
        }
    })
}
