//! `/sign-in`: e-mail and password, or the provider.

use leptos::prelude::*;

use super::{
    Trouble,
    alone::alone,
    form::{Field, trouble},
    title,
};
use crate::shell::{Shell, encoded};

/// What is known before anybody has signed in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SignIn {
    /// As it was typed before.
    pub email: String,
    /// The address to go on to.
    pub next: String,
    pub trouble: Option<Trouble>,
    /// How long the next try has to wait, after too many that failed.
    pub wait_seconds: Option<u32>,
    pub providers: Vec<Provider>,
    /// E-mail and role of each account of the demo; empty everywhere else.
    pub demo_accounts: Vec<(String, String)>,
    /// The one password of all of them.
    pub demo_password: Option<String>,
}

/// A provider of single sign-on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Provider {
    /// As it stands in addresses.
    pub name: String,
    /// What its people call it.
    pub label: String,
}

pub fn sign_in_page(shell: &Shell, view: &SignIn) -> String {
    let refused = view.trouble.as_ref().is_some_and(|trouble| *trouble != Trouble::Ended);
    let title = title("Sign in", refused || view.wait_seconds.is_some());
    alone(shell, title, || {
        let known = !view.email.is_empty();
        // Which of the two is wrong is not said, so neither is marked.
        view! {
            <h1>"Sign in"</h1>
            {above(view).map(trouble)}
            <form class="fields" method="post" action="/sign-in">
                <input type="hidden" name="next" value=view.next.clone()/>
                {Field::email("email", "E-mail").value(view.email.clone()).autocomplete("username").focus(!known).draw()}
                {Field::password("password", "Password", "current-password").focus(known).draw()}
                <button class="primary">"Sign in"</button>
            </form>
            {by_providers(view)}
            <p class="dim small">"No account, or the password is gone? An administrator can send you a link."</p>
            {demo(view)}
        }
    })
}

fn above(view: &SignIn) -> Option<String> {
    let wait = view.wait_seconds.map(|seconds| {
        format!("Too many tries have failed. The next one is looked at in {}.", in_words(seconds))
    });
    wait.or_else(|| view.trouble.as_ref().map(|trouble| trouble.words().to_owned()))
}

/// "40 seconds", "3 minutes": rounded up, so that nobody comes too early.
pub(super) fn in_words(seconds: u32) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        0..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// Links, because a form may not lead to another host.
fn by_providers(view: &SignIn) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = view
        .providers
        .iter()
        .map(|provider| {
            let address = format!("/sign-in/{}?next={}", encoded(&provider.name), encoded(&view.next));
            view! { <a class="button" href=address>"Sign in with "{provider.label.clone()}</a> }
        })
        .collect();
    (!links.is_empty()).then(|| view! { <div class="fields other-way">{links}</div> })
}

/// Every account is a link that fills in its address.
fn demo(view: &SignIn) -> Option<impl IntoView + use<>> {
    let next = view.next.clone();
    let accounts: Vec<_> = view
        .demo_accounts
        .iter()
        .map(|(email, role)| {
            let address = format!("/sign-in?email={}&next={}", encoded(email), encoded(&next));
            view! { <li><a href=address>{email.clone()}</a><span class="dim">{role.clone()}</span></li> }
        })
        .collect();
    let password = view.demo_password.clone().map(|password| {
        view! { <p class="small">"The password of each is "<code>{password}</code>"."</p> }
    });
    (!accounts.is_empty()).then(|| {
        view! {
            <section class="demo-accounts" aria-labelledby="demo-accounts">
                <h2 id="demo-accounts">"Accounts of this demo"</h2>
                {password}
                <ul>{accounts}</ul>
            </section>
        }
    })
}
