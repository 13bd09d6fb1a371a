//! The second factor: its code at sign-in, setting it up, its recovery codes, taking it away.

use domain::time::Millis;
use leptos::prelude::*;

use super::{
    Trouble,
    alone::alone,
    form::{Field, Troubles, done},
    settings::recovery_words,
    title,
};
use crate::{
    shell::{Place, Shell, encoded},
    when,
};

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

/// A QR code, as its modules: `dark` has `width` of them for each of `width` rows. Drawn here, so that no
/// foreign markup gets into a page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QrCode {
    pub width: usize,
    pub dark: Vec<bool>,
}

/// A secret that waits for its first code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SecondFactorStart {
    pub now: Millis,
    pub qr: QrCode,
    /// In base 32; it is shown in groups of four.
    pub secret: String,
    /// The role needs it: nothing else can be used before.
    pub required: bool,
    /// Of `code`, or of the whole.
    pub troubles: Troubles,
}

/// `/settings/second-factor` while there is none.
pub fn second_factor_start_page(shell: &Shell, view: &SecondFactorStart) -> String {
    let title = title("Set the second factor up", !view.troubles.is_empty());
    shell.page(Place::Settings, &title, &[], Some(view.now), || {
        let why = if view.required {
            "Your role needs it. Until it is set up you can use nothing else."
        } else {
            "From then on, signing in needs your password and a code from your phone."
        };
        view! {
            <div class="page narrow">
                <div class="stack-small">
                    <p class="small"><a href="/settings">"Settings"</a></p>
                    <h1>"Set the second factor up"</h1>
                    <p class="dim">{why}</p>
                </div>
                {view.troubles.above()}
                <ol class="steps">
                    <li class="card">
                        <h2>"1. Scan this with an authenticator app"</h2>
                        <div class="scan">
                            {drawn(&view.qr)}
                            <div class="stack-small">
                                <p class="dim">"Or type this key into the app:"</p>
                                <p><code class="secret">{in_groups(&view.secret)}</code></p>
                                <p class="hint">"By time, six digits, every 30 seconds."</p>
                            </div>
                        </div>
                    </li>
                    <li class="card">
                        <h2>"2. Type the code that the app shows"</h2>
                        <form class="fields" method="post" action="/settings/second-factor">
                            {Field::code("code", "Code").refused(&view.troubles).draw()}
                            <button class="primary">"Switch it on"</button>
                        </form>
                    </li>
                </ol>
            </div>
        }
    })
}

fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Dark on light in both themes, with the quiet margin of four modules: scanners want it so.
fn drawn(qr: &QrCode) -> impl IntoView + use<> {
    const MARGIN: usize = 4;
    let width = qr.width + 2 * MARGIN;
    let path: String = qr
        .dark
        .iter()
        .enumerate()
        .filter(|(index, dark)| **dark && qr.width > 0 && index / qr.width < qr.width)
        .map(|(index, _)| format!("M{} {}h1v1h-1z", index % qr.width + MARGIN, index / qr.width + MARGIN))
        .collect();
    view! {
        <svg class="qr" viewBox=format!("0 0 {width} {width}") role="img" aria-label="The key as a QR code" shape-rendering="crispEdges">
            <path d=path></path>
        </svg>
    }
}

/// New recovery codes, on the only page that ever shows them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecoveryCodes {
    pub now: Millis,
    /// Whose they are, for the sheet of paper.
    pub email: String,
    pub codes: Vec<String>,
    /// Where the page leads on to.
    pub next: String,
    pub done: Option<String>,
}

pub fn recovery_codes_page(shell: &Shell, view: &RecoveryCodes) -> String {
    shell.page(Place::Settings, &title("Recovery codes", false), &[], Some(view.now), || {
        let codes: Vec<_> = view.codes.iter().cloned().map(|code| view! { <li><code>{code}</code></li> }).collect();
        view! {
            <div class="page narrow">
                {view.done.clone().map(done)}
                <div class="stack-small">
                    <h1>"Keep these recovery codes"</h1>
                    <p>"Each lets you in once when your phone is not at hand. "
                        <strong>"They are shown only now"</strong>
                        ": print this page, or copy them into your password manager."</p>
                </div>
                <section class="card stack" aria-label="Recovery codes">
                    <ol class="codes">{codes}</ol>
                    <p class="dim small">"Bellwether \u{b7} "{view.email.clone()}" \u{b7} made "{when::full(view.now, &shell.zone)}
                        ". Older codes work no more."</p>
                </section>
                <p class="row"><a class="button primary" href=view.next.clone()>"I have kept them"</a></p>
            </div>
        }
    })
}

/// A second factor that is on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SecondFactorOn {
    pub now: Millis,
    pub since: Millis,
    pub recovery_left: u32,
    /// The role needs it, so it cannot be removed.
    pub required: bool,
    pub troubles: Troubles,
    pub saved: Option<String>,
}

/// `/settings/second-factor` while there is one.
pub fn second_factor_page(shell: &Shell, view: &SecondFactorOn) -> String {
    let title = title("Second factor", !view.troubles.is_empty());
    shell.page(Place::Settings, &title, &[], Some(view.now), || {
        let remove = if view.required {
            view! { <p>"Your role needs it, so it cannot be removed. With a new phone, ask an administrator to reset it."</p> }
                .into_any()
        } else {
            view! {
                <p>"From then on your password alone lets you in. The recovery codes go with it."</p>
                <form method="post" action="/settings/second-factor/remove">
                    <button class="danger">"Remove my second factor"</button>
                </form>
            }
            .into_any()
        };
        view! {
            <div class="page narrow">
                <div class="stack-small">
                    <p class="small"><a href="/settings">"Settings"</a></p>
                    <h1>"Second factor"</h1>
                    <p class="dim">"On since "{when::full(view.since, &shell.zone)}". "{recovery_words(view.recovery_left)}</p>
                </div>
                {view.saved.clone().map(done)}
                {view.troubles.above()}
                <section class="card stack" aria-labelledby="codes-title">
                    <h2 id="codes-title">"Recovery codes"</h2>
                    <p>"New ones take the place of all that are left."</p>
                    <form method="post" action="/settings/second-factor/codes">
                        <button>"Make new recovery codes"</button>
                    </form>
                </section>
                <section class="card stack" aria-labelledby="remove-title">
                    <h2 id="remove-title">"Remove it"</h2>
                    {remove}
                </section>
            </div>
        }
    })
}
