//! Postmark signs nothing: it sends the user and password that stand in the address that it was given.

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use super::Sent;
use crate::access::secrets;

const USER: &str = "postmark";

pub(super) fn is_signed(password: &SecretString, sent: &Sent<'_>) -> bool {
    let told = sent.header("authorization");
    let Some((scheme, coded)) = told.split_once(' ') else { return false };
    let Ok(told) = STANDARD.decode(coded.trim()) else { return false };
    let own = format!("{USER}:{}", password.expose_secret());
    // Of hashes it does not matter how long a comparison takes.
    scheme.eq_ignore_ascii_case("basic") && secrets::hash(&told) == secrets::hash(own.as_bytes())
}
