//! Signed JSON, as Standard Webhooks says: the other direction of `connect/webhook.rs`.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use secrecy::SecretString;

use super::Sent;
use crate::connect::webhook;

/// Seconds that a signature holds.
const HOLDS_FOR: i64 = 300;

/// Of several signatures one has to be right.
pub(super) fn is_signed(secret: &SecretString, sent: &Sent<'_>) -> bool {
    let (id, timestamp) = (sent.header("webhook-id"), sent.header("webhook-timestamp"));
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if sent.now.saturating_sub(at).saturating_abs() > HOLDS_FOR || id.is_empty() {
        return false;
    }
    let Some(key) = webhook::signing_key(secret).filter(|key| !key.is_empty()) else { return false };
    let told = sent.header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let mut told = told.filter_map(|one| STANDARD.decode(one).ok());
    // The comparison takes as long however much is right.
    told.any(|signature| {
        webhook::signed(&key, id, timestamp, sent.body)
            .is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    })
}
