//! Access: signing in and out, the own profile and sessions, people, tokens. Every form is a plain POST and
//! works without a script; what was typed is kept when it is refused, passwords and codes never are.

pub(crate) mod alone;
mod connections;
mod forbidden;
pub(crate) mod form;
mod link;
mod people;
mod person;
mod prove;
pub mod samples;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod sign_on;
#[cfg(test)]
mod tests;
mod tokens;

pub use connections::{Connections, PlatformRow, ProviderRow, ReceiverRow, WayRow, connections_page};
pub use forbidden::{Forbidden, forbidden_page};
pub use form::{Choice, Troubles};
pub use link::{Link, LinkKind, link_dead_page, link_page};
pub use people::{Invite, NewLink, People, PersonRow, PersonState, people_page};
pub use person::{Conflict, Person, PersonForm, person_page};
pub use prove::{Prove, prove_page};
pub use second_factor::{
    Code, QrCode, RecoveryCodes, SecondFactorOn, SecondFactorStart, code_page, recovery_codes_page,
    second_factor_page, second_factor_start_page,
};
pub use sessions::SessionRow;
pub use settings::{FactorState, Links, Profile, Settings, Way, settings_page};
pub use sign_in::{Provider, SignIn, sign_in_page};
pub use sign_on::{Connect, connect_page, sign_on_refused_page};
pub use tokens::{NewToken, TokenForm, TokenRow, Tokens, tokens_page};

/// Why a proof was not taken. One variant has one wording, whoever asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// No such account, a wrong password, a disabled account: nobody learns which.
    NotRecognised,
    /// The password of the person who is signed in.
    WrongPassword,
    WrongCode,
    /// A right code for the second time.
    UsedCode,
    /// There was a session, and it is over.
    Ended,
    /// Refused elsewhere, in a sentence that may be shown: by the provider, by a rule.
    Said(String),
}

impl Trouble {
    fn words(&self) -> &str {
        match self {
            Trouble::NotRecognised => {
                "This e-mail address and password do not go together. Check both and try again."
            }
            Trouble::WrongPassword => "This is not your password. Try again.",
            Trouble::WrongCode => "This code is not right. Take the one that is shown now.",
            Trouble::UsedCode => "This code was used already. Wait for the next one.",
            Trouble::Ended => "Your session has ended. Sign in to go on where you were.",
            Trouble::Said(words) => words,
        }
    }
}

/// "Problem" first, so that it is the first thing that is read out.
fn title(page: &str, refused: bool) -> String {
    let problem = if refused { "Problem: " } else { "" };
    format!("{problem}{page} \u{2013} Bellwether")
}
