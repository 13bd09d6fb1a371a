//! `/setup/{token}`, `/invite/{token}`, `/reset/{token}`: a new password by a link that works once.

use leptos::prelude::*;

use super::{
    alone::alone,
    form::{Field, Troubles},
    title,
};
use crate::Shell;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LinkKind {
    /// Of the first administrator.
    Setup,
    Invite,
    Reset,
}

/// A link that still works, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub kind: LinkKind,
    pub email: String,
    pub name: String,
    /// Of `password`, `password_again`, or of the whole.
    pub troubles: Troubles,
    /// The page's own address, which the form is sent to.
    pub token_path: String,
}

/// What a password must be; the pages where one is chosen say the same.
pub(super) const PASSWORD_HINT: &str =
    "At least 12 letters. A sentence that only you would say is good; signs and digits are not needed.";

pub fn link_page(shell: &Shell, view: &Link) -> String {
    let (heading, what, button) = match view.kind {
        LinkKind::Setup => (
            "Set Bellwether up",
            "You are its first administrator. Choose a password; a second factor comes next.",
            "Create my account",
        ),
        LinkKind::Invite => (
            "Welcome to Bellwether",
            "Bellwether shows how the AI services are doing, and who must act. Choose a password to begin.",
            "Create my account",
        ),
        LinkKind::Reset => (
            "Choose a new password",
            "It takes the place of the old one at once, and every session of yours ends.",
            "Change my password",
        ),
    };
    alone(shell, title(heading, !view.troubles.is_empty()), || {
        let name = (!view.name.is_empty()).then(|| view! { <p class="own-name">{view.name.clone()}</p> });
        view! {
            <h1>{heading}</h1>
            {name}
            <p class="dim">{what}</p>
            {view.troubles.above()}
            <form class="fields" method="post" action=view.token_path.clone()>
                // Read only, so that a password manager knows whose password it keeps.
                {Field::email("email", "E-mail").value(view.email.clone()).autocomplete("username").readonly().draw()}
                {Field::password("password", "New password", "new-password")
                    .hint(PASSWORD_HINT)
                    .focus(view.troubles.is_empty())
                    .refused(&view.troubles)
                    .draw()}
                {Field::password("password_again", "The same again", "new-password")
                    .refused(&view.troubles)
                    .draw()}
                <button class="primary">{button}</button>
            </form>
        }
    })
}

/// For a link that has expired, was used, or never was: the three look the same from outside.
pub fn link_dead_page(shell: &Shell) -> String {
    alone(shell, title("This link does not work", false), || {
        view! {
            <h1>"This link does not work"</h1>
            <p>"Every link works once and only for a while. This one was used, is too old, or was cut off on its way."</p>
            <p>"If you have a password by now, sign in with it. If not, ask an administrator for a new link. "
                "The first administrator gets one by "<code>"bellwether user add"</code>" on the server."</p>
            <p class="row"><a class="button" href="/sign-in">"Go to sign-in"</a></p>
        }
    })
}
