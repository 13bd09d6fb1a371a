//! Slack: incoming webhooks, an app's messages, and the signatures of what Slack sends back.

use std::time::Duration;

use domain::delivery::Again;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{
    Client,
    header::{AUTHORIZATION, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::{
    ConnectError,
    hand_over::{self, NotTaken},
};
use crate::config;

/// A chat that takes 8 s still counts as one that takes.
const DEADLINE: Duration = Duration::from_secs(10);
/// A signature is believed so many seconds before and after it was made.
const SIGNATURE_HOLDS: i64 = 5 * 60;

/// Posts to one incoming webhook.
pub struct Hook {
    http: Client,
    url: SecretString,
}

impl Hook {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(config: &config::Slack) -> Result<Hook, ConnectError> {
        Ok(Hook { http: hand_over::client(config.url.expose_secret(), None)?, url: config.url.clone() })
    }

    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn post(&self, body: &Value) -> Result<(), NotTaken> {
        hand_over::post(self.http.post(self.url.expose_secret()).json(body), DEADLINE).await.map(|_| ())
    }
}

/// A Slack app: `chat.postMessage` and its like.
pub struct App {
    http: Client,
    api_url: String,
    authorization: HeaderValue,
}

/// Where a message stands in Slack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posted {
    pub channel: String,
    pub ts: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    ok: bool,
    error: String,
    channel: String,
    ts: String,
}

impl App {
    /// # Errors
    /// When TLS cannot be set up, or the token has signs that no header takes.
    pub fn new(config: &config::SlackApp) -> Result<App, ConnectError> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", config.token.expose_secret()))
            .map_err(|_| ConnectError::Setup("the token has signs that no header takes".to_owned()))?;
        authorization.set_sensitive(true);
        Ok(App {
            http: hand_over::client(&config.api_url, None)?,
            api_url: config.api_url.clone(),
            authorization,
        })
    }

    /// Posts to a channel or a person, below the message `thread` when there is one; `to_channel_too` shows it in the
    /// channel as well.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn post(
        &self,
        channel: &str,
        thread: Option<&str>,
        to_channel_too: bool,
        mut body: Value,
    ) -> Result<Posted, NotTaken> {
        body["channel"] = channel.into();
        if let Some(thread) = thread {
            body["thread_ts"] = thread.into();
            body["reply_broadcast"] = to_channel_too.into();
        }
        let answer = self.call("chat.postMessage", &body).await?;
        Ok(Posted { channel: answer.channel, ts: answer.ts })
    }

    /// Puts another text in the place of a message.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn update(&self, posted: &Posted, mut body: Value) -> Result<(), NotTaken> {
        body["channel"] = posted.channel.as_str().into();
        body["ts"] = posted.ts.as_str().into();
        self.call("chat.update", &body).await.map(|_| ())
    }

    /// Says something that only one person in the channel sees.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn whisper(&self, channel: &str, user: &str, text: &str) -> Result<(), NotTaken> {
        let body = serde_json::json!({ "channel": channel, "user": user, "text": text });
        self.call("chat.postEphemeral", &body).await.map(|_| ())
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Answer, NotTaken> {
        let request = self
            .http
            .post(format!("{}/{method}", self.api_url))
            .header(AUTHORIZATION, self.authorization.clone())
            .json(body);
        let taken = hand_over::post(request, DEADLINE).await?;
        let answer: Answer = serde_json::from_slice(&taken.body)
            .map_err(|_| NotTaken::in_doubt("answered what is not JSON"))?;
        if answer.ok {
            return Ok(answer);
        }
        let is_word = (1..=60).contains(&answer.error.len())
            && answer.error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let word = if is_word { answer.error.as_str() } else { "an unknown error" };
        let why = format!("refused: {word}");
        Err(match word {
            "ratelimited" | "rate_limited" => {
                let again = Again::Later { not_before: hand_over::retry_after(&taken.headers) };
                NotTaken { again, ..NotTaken::for_now(why) }
            }
            "fatal_error" | "internal_error" | "request_timeout" => NotTaken::in_doubt(why),
            "service_unavailable" | "team_added_to_org" => NotTaken::for_now(why),
            _ => NotTaken::for_good(why),
        })
    }
}

/// Whether Slack signed this: `v0=` and HMAC-SHA256 over `v0:timestamp:body`, not older than five minutes. `now` is real
/// time in seconds. The comparison takes as long however much is right.
pub fn is_signed(secret: &SecretString, timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if (now.saturating_sub(at)).abs() > SIGNATURE_HOLDS {
        return false;
    }
    let Some(told) = signature.strip_prefix("v0=").and_then(from_hexadecimal) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return false };
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac.verify_slice(&told).is_ok()
}

/// A SHA-256 in 64 hexadecimal letters.
pub(crate) fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's own documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const BODY: &[u8] =
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=\
https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const AT: i64 = 1_531_420_618;
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    #[track_caller]
    fn check(timestamp: &str, signature: &str, body: &[u8], now: i64, expected: bool) {
        assert_eq!(is_signed(&SecretString::from(SECRET), timestamp, signature, body, now), expected);
    }

    #[test]
    fn only_what_slack_signed_lately_is_believed() {
        let at = AT.to_string();
        check(&at, SIGNATURE, BODY, AT, true);
        check(&at, SIGNATURE, BODY, AT + 299, true);
        check(&at, SIGNATURE, BODY, AT + 301, false);
        check(&at, SIGNATURE, BODY, AT - 301, false);
        check(&at, &SIGNATURE.replace("v0=", "v1="), BODY, AT, false);
        check(&at, &SIGNATURE.replace('a', "b"), BODY, AT, false);
        check(&at, "v0=", BODY, AT, false);
        check(&at, "", BODY, AT, false);
        check(&(AT + 1).to_string(), SIGNATURE, BODY, AT, false);
        check("soon", SIGNATURE, BODY, AT, false);
        check(&at, SIGNATURE, &BODY[1..], AT, false);
        assert!(!is_signed(&SecretString::from("other"), &at, SIGNATURE, BODY, AT));
    }
}
