//! Signed JSON, as Standard Webhooks says: the other direction of `connect/webhook.rs`.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::Sent;

/// Seconds that a signature holds.
const HOLDS_FOR: i64 = 300;

/// HMAC-SHA256 over `id.timestamp.body`; of several signatures one has to be right. A secret that begins with `whsec_` is
/// base64 after that; any other is taken as it is.
pub(super) fn is_signed(secret: &SecretString, sent: &Sent<'_>) -> bool {
    let (id, timestamp) = (sent.header("webhook-id"), sent.header("webhook-timestamp"));
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if sent.now.saturating_sub(at).saturating_abs() > HOLDS_FOR || id.is_empty() {
        return false;
    }
    let secret = secret.expose_secret();
    let key = match secret.strip_prefix("whsec_") {
        Some(coded) => STANDARD.decode(coded).or_else(|_| STANDARD_NO_PAD.decode(coded)).unwrap_or_default(),
        None => secret.as_bytes().to_vec(),
    };
    if key.is_empty() {
        return false;
    }
    let told = sent.header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let mut told = told.filter_map(|one| STANDARD.decode(one).ok());
    told.any(|signature| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(sent.body);
        // The comparison takes as long however much is right.
        mac.verify_slice(&signature).is_ok()
    })
}
