//! One request that changes something on a platform, sent once, and what can be known from its answer.

use domain::actions::{Answer, NotDone};
use reqwest::{
    Method, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER},
};
use serde_json::Value;

use super::{ConnectError, fields::quoted, platform::PlatformClient, transport};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl PlatformClient {
    /// Sends a request that changes something, once. `address` begins with one of the platform's own; `id` names the
    /// request on both sides, so that of two that arrive only one need take effect.
    pub async fn change(&self, method: Method, address: &str, body: Option<String>, id: &str) -> Answer {
        let not_sent = |why: &str| Answer::NotDone { why: NotDone::Invalid, said: why.to_owned() };
        let Ok(url) = Url::parse(address) else { return not_sent("the address cannot be read") };
        let mut request =
            self.http().request(method, url).header(ACCEPT, "application/json").header(REQUEST_ID, id);
        if let Some(authorization) = self.authorization_for(address) {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let deadline = self.deadlines().request;
        let exchange = async {
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => return broken(&error, &transport::trouble(&error, deadline)),
            };
            let status = response.status().as_u16();
            let wait = response.headers().get(RETRY_AFTER).and_then(|wait| {
                // A date is not what a platform that is busy answers.
                wait.to_str().ok()?.parse::<u32>().ok().map(|seconds| i64::from(seconds) * 1_000)
            });
            let told = transport::read_body(response, deadline).await;
            let told = told.ok().and_then(|body| words_of(&body));
            let said = match told {
                Some(words) => format!("answered {status}: {words}"),
                None => format!("answered {status}"),
            };
            Answer::of_status(status, wait, false, &said)
        };
        let late = Answer::InDoubt { said: transport::late(deadline).to_string() };
        tokio::time::timeout(deadline, exchange).await.unwrap_or(late)
    }

    /// Asks one of the platform's addresses for what it tells, as JSON.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn look(&self, address: &str) -> Result<Vec<u8>, ConnectError> {
        let url =
            Url::parse(address).map_err(|_| ConnectError::Setup("the address cannot be read".to_owned()))?;
        let authorization = self.authorization_for(address);
        let answer =
            transport::get(self.http(), url, authorization.as_ref(), self.deadlines().request).await?;
        answer.accepted().map(<[u8]>::to_vec)
    }
}

/// Without a connection nothing was sent; of everything else nobody can say how far it came.
fn broken(error: &reqwest::Error, trouble: &ConnectError) -> Answer {
    let said = trouble.to_string();
    if error.is_connect() || error.is_builder() {
        return Answer::NotDone { why: NotDone::NotConnected, said };
    }
    Answer::InDoubt { said }
}

/// What the platform says of a refusal, in few words and in quotes: its answers may hold what is nobody's business.
fn words_of(body: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let text = ["error", "message", "detail"].iter().find_map(|name| document.get(name)?.as_str())?;
    Some(quoted(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_of_an_answer_are_kept() {
        assert_eq!(
            words_of(br#"{"error":"no such model","email":"a@b"}"#).as_deref(),
            Some("\"no such model\"")
        );
        assert_eq!(words_of(br#"{"enabled":true}"#), None);
        assert_eq!(words_of(b"<html>"), None);
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(500));
        assert!(words_of(long.as_bytes()).unwrap().len() < 60);
    }
}
