//! `/prove`: the password again, before what is dangerous.

use leptos::prelude::*;

use super::{Trouble, alone::alone, form::Field, title};
use crate::{Shell, shell::encoded};

/// What waits for the proof, and who is to give it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prove {
    /// The address to go on to.
    pub next: String,
    /// The address to go back to without.
    pub back: String,
    /// Of the person who is signed in, for the password manager.
    pub email: String,
    /// What it is for, after "to": "remove your second factor".
    pub what: String,
    pub trouble: Option<Trouble>,
    pub wait_seconds: Option<u32>,
    /// Signed in by the provider, who is asked instead.
    pub with_provider: Option<String>,
}

pub fn prove_page(shell: &Shell, view: &Prove) -> String {
    let refused = view.trouble.is_some() || view.wait_seconds.is_some();
    let heading = if view.with_provider.is_some() { "Confirm that it is you" } else { "Password again" };
    let wait = view.wait_seconds.map(|seconds| {
        format!(
            "Too many tries have failed. The next one is looked at in {}.",
            super::sign_in::in_words(seconds)
        )
    });
    let trouble = wait.or_else(|| view.trouble.as_ref().map(|trouble| trouble.words().to_owned()));
    let next = view.next.clone();
    alone(shell, title(heading, refused), || {
        let form = match view.with_provider.clone() {
            Some(provider) => view! {
                {trouble.map(super::form::trouble)}
                <p>"You keep your password there: "{provider.clone()}" asks you for it again."</p>
                <p class="fields"><a class="button primary" href=format!("/prove/provider?next={}", encoded(&next))>"Confirm with "{provider}</a></p>
            }
            .into_any(),
            None => view! {
                <form class="fields" method="post" action="/prove">
                    <input type="hidden" name="next" value=next/>
                    <input type="text" name="email" value=view.email.clone() autocomplete="username" hidden=true/>
                    {Field::password("password", "Your password", "current-password").trouble(trouble).focus(true).draw()}
                    <button class="primary">"Go on"</button>
                </form>
            }
            .into_any(),
        };
        view! {
            <h1>{heading}</h1>
            <p>"You are about to "<strong>{view.what.clone()}</strong>". "
                <span class="dim">"This holds for five minutes."</span></p>
            {form}
            <p class="row"><a class="button quiet" href=view.back.clone()>"Go back without it"</a></p>
        }
    })
}
