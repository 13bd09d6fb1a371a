//! Connecting an account with a provider of single sign-on, and where that went no further.

use leptos::prelude::*;

use super::{alone::alone, form::trouble, title};
use crate::Shell;

/// A provider that somebody is about to connect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connect {
    /// What its people call it.
    pub provider: String,
    /// The address there.
    pub url: String,
}

/// Says what follows before it is done: it cannot be taken back alone.
pub fn connect_page(shell: &Shell, view: &Connect) -> String {
    let Connect { provider, url } = view.clone();
    let heading = format!("Connect {provider}");
    alone(shell, title(&heading, false), || {
        view! {
            <h1>{heading}</h1>
            <p>"From then on you sign in with "{provider.clone()}", and only there. Its groups decide your role."</p>
            <p>"Your password and your second factor here are removed, and all your other sessions end. Only an administrator \
                can give you a password again."</p>
            <p class="fields"><a class="button primary" href=url>"Go on to "{provider}</a></p>
            <p class="row"><a class="button quiet" href="/settings">"Go back without it"</a></p>
        }
    })
}

/// Somebody who is signed in, and whom the provider did not bring where they wanted.
pub fn sign_on_refused_page(shell: &Shell, words: &str) -> String {
    let words = words.to_owned();
    alone(shell, title("Single sign-on", true), || {
        view! {
            <h1>"Single sign-on"</h1>
            {trouble(words)}
            <p class="row"><a class="button" href="/settings">"Back to your settings"</a></p>
        }
    })
}
