//! PagerDuty Events API v2.

use std::time::Duration;

use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    ConnectError,
    hand_over::{self, NotTaken},
};
use crate::config;

const DEADLINE: Duration = Duration::from_secs(10);

pub struct PagerDuty {
    http: Client,
    url: String,
    routing_key: SecretString,
}

impl PagerDuty {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: &config::PagerDuty) -> Result<PagerDuty, ConnectError> {
        let http = hand_over::client(&config.url, None)?;
        Ok(PagerDuty { http, url: config.url.clone(), routing_key: config.routing_key.clone() })
    }

    /// Hands an event over, which `event` makes of the routing key. The same twice is one there, by its `dedup_key`.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn post(&self, event: impl FnOnce(&str) -> Value) -> Result<(), NotTaken> {
        let event = event(self.routing_key.expose_secret());
        hand_over::post(self.http.post(&self.url).json(&event), DEADLINE).await.map(|_| ())
    }
}
