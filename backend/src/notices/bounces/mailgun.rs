//! Mailgun signs a timestamp and a token within the body; the rest it does not sign, so that only who reads the console's
//! own traffic could put another event beside them.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use super::Sent;
use crate::connect::chat;

/// Mailgun tries for eight hours, each time with a new signature.
const HOLDS_FOR: i64 = 900;

#[derive(Deserialize)]
struct Body {
    signature: Signature,
}

#[derive(Deserialize)]
struct Signature {
    timestamp: String,
    token: String,
    signature: String,
}

/// HMAC-SHA256 over timestamp and token, in hexadecimal letters.
pub(super) fn is_signed(key: &SecretString, sent: &Sent<'_>) -> bool {
    let Ok(Body { signature }) = serde_json::from_slice::<Body>(sent.body) else { return false };
    let Ok(at) = signature.timestamp.parse::<i64>() else { return false };
    if sent.now.saturating_sub(at).saturating_abs() > HOLDS_FOR {
        return false;
    }
    let Some(told) = chat::from_hexadecimal(&signature.signature) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()) else { return false };
    mac.update(signature.timestamp.as_bytes());
    mac.update(signature.token.as_bytes());
    mac.verify_slice(&told).is_ok()
}
