//! Signed JSON to a configured address, as Standard Webhooks says.

use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::{
    ConnectError,
    hand_over::{self, NotTaken},
};
use crate::config;

const DEADLINE: Duration = Duration::from_secs(5);

pub struct Webhook {
    http: Client,
    url: String,
    secret: SecretString,
}

impl Webhook {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: &config::Webhook) -> Result<Webhook, ConnectError> {
        let http = hand_over::client(&config.url, config.ca_file.as_deref())?;
        Ok(Webhook { http, url: config.url.clone(), secret: config.secret.clone() })
    }

    /// `id` is the same for every try of one thing; `now` is real time in seconds.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn post(&self, id: &str, now: i64, body: &Value) -> Result<(), NotTaken> {
        let body = body.to_string();
        let Some(signature) = signature(&self.secret, id, now, &body) else {
            return Err(NotTaken::for_good("the secret cannot sign"));
        };
        let request = self
            .http
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signature)
            .body(body);
        hand_over::post(request, DEADLINE).await.map(|_| ())
    }
}

/// `v1,` and base64 of what is signed.
fn signature(secret: &SecretString, id: &str, now: i64, body: &str) -> Option<String> {
    let mac = signed(&signing_key(secret)?, id, &now.to_string(), body.as_bytes())?;
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// A secret that begins with `whsec_` is base64 after that; any other is taken as it is. `None` when it is not base64.
pub(crate) fn signing_key(secret: &SecretString) -> Option<Vec<u8>> {
    let secret = secret.expose_secret();
    match secret.strip_prefix("whsec_") {
        Some(coded) => STANDARD.decode(coded).or_else(|_| STANDARD_NO_PAD.decode(coded)).ok(),
        None => Some(secret.as_bytes().to_vec()),
    }
}

/// HMAC-SHA256 over `id.timestamp.body`, in either direction.
pub(crate) fn signed(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let told =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(told.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature(&SecretString::from("whsec_§"), "a", 1, "{}"), None);
        assert!(signature(&SecretString::from("plain"), "a", 1, "{}").is_some());
    }
}
