//! SendGrid signs with a key of its own for each webhook: ECDSA over the timestamp and the body as they came.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Sent, keys};

/// SendGrid tries for a day; each try is signed when it is sent.
const HOLDS_FOR: i64 = 900;

/// Whether this is a key as SendGrid shows it: base64 of DER, of the curve P-256.
pub fn is_key(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|der| keys::p256_point(&der).is_some())
}

pub(super) fn is_signed(key: &str, sent: &Sent<'_>) -> bool {
    let timestamp = sent.header("x-twilio-email-event-webhook-timestamp");
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if sent.now.saturating_sub(at).saturating_abs() > HOLDS_FOR {
        return false;
    }
    let signature = STANDARD.decode(sent.header("x-twilio-email-event-webhook-signature"));
    let (Ok(key), Ok(signature)) = (STANDARD.decode(key), signature) else { return false };
    let Some(point) = keys::p256_point(&key) else { return false };
    let message = [timestamp.as_bytes(), sent.body].concat();
    keys::is_p256_signed(point, &message, &signature)
}
