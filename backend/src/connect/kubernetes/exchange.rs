//! One request to the API server and its whole answer, and what is known when there is none.

use std::{io, time::Duration};

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy;
use kube::client::Body;
use kube::core::Status;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    super::failure::{Because, Failure, said},
    super::transport::{causes, find},
    Cluster,
};

/// Lists of pods are long; whatever is longer is no answer.
const LARGEST_BODY: usize = 16 << 20;

impl Cluster {
    /// Asks for something. `query` begins with a question mark where there is one.
    pub(super) async fn ask<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<T, Failure> {
        let body = self.ask_for_bytes(path, query).await?;
        read(&body).map_err(Failure::of_a_question)
    }

    /// The same, where "not there" is an answer.
    pub(super) async fn ask_maybe<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &str,
    ) -> Result<Option<T>, Failure> {
        match self.ask(path, query).await {
            Ok(found) => Ok(Some(found)),
            Err(Failure::NothingHappened { because: Because::NotFound, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn ask_for_bytes(&self, path: &str, query: &str) -> Result<Vec<u8>, Failure> {
        let request = Request::get(format!("{path}{query}"));
        let request = request.body(Body::empty()).map_err(|_| unaddressable())?;
        self.exchange(request, &Uuid::now_v7().to_string()).await.map_err(Failure::of_a_question)
    }

    /// Sends a request as it is and reads the answer, within the deadline. The id is that of the run, so that it is
    /// found again in the API server's own audit log.
    pub(super) async fn exchange(&self, request: Request<Body>, id: &str) -> Result<Vec<u8>, Failure> {
        let deadline = self.deadline;
        let changes = request.method() != Method::GET;
        let exchange = async {
            let response = self.begin(request, id).await?;
            let (parts, body) = response.into_parts();
            let status = parts.status;
            let body = Limited::new(body, LARGEST_BODY).collect().await;
            let body = match body {
                Ok(body) => body.to_bytes(),
                // A refusal is a refusal, also when its reasons were cut off.
                Err(_) if status.is_client_error() => bytes::Bytes::new(),
                Err(_) => return Err(Failure::unknown("the connection broke before the answer's end")),
            };
            if status.is_success() {
                return Ok(body.to_vec());
            }
            Err(refused(status, &parts.headers, &body, changes))
        };
        tokio::time::timeout(deadline, exchange).await.unwrap_or_else(|_| Err(late(deadline)))
    }

    /// Sends a request and returns as soon as the answer begins.
    pub(super) async fn begin(
        &self,
        mut request: Request<Body>,
        id: &str,
    ) -> Result<Response<Body>, Failure> {
        let id =
            HeaderValue::try_from(id).map_err(|_| Failure::setup("the id of the request is no header"))?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert("x-request-id", id.clone());
        headers.insert("audit-id", id);
        if let Some(token) = self.token().await? {
            headers.insert(header::AUTHORIZATION, token);
        }
        self.client.send(request).await.map_err(|error| trouble(&error))
    }
}

impl Cluster {
    /// What the token's file says now. It is read each time: tokens of service accounts change every hour.
    async fn token(&self) -> Result<Option<HeaderValue>, Failure> {
        let Some(file) = &self.token_file else { return Ok(None) };
        let unusable = |_| Failure::setup("the credentials for the cluster cannot be used");
        let token = tokio::fs::read_to_string(file)
            .await
            .map_err(|error| Failure::setup(format!("{} cannot be read: {error}", file.display())))?;
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.trim())).map_err(unusable)?;
        header.set_sensitive(true);
        Ok(Some(header))
    }
}

/// Reads an answer of 2xx: what cannot be read was done all the same.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body)
        .map_err(|_| Failure::unknown("the cluster's answer cannot be read as what was asked for"))
}

pub(super) fn unaddressable() -> Failure {
    Failure::setup("there is no such address in the cluster")
}

fn late(deadline: Duration) -> Failure {
    Failure::unknown(format!("the cluster did not answer within {} s", deadline.as_secs_f64()))
}

/// What an answer other than 2xx says. A 4xx is a promise that nothing was done; a 5xx is none, for a change.
pub(super) fn refused(status: StatusCode, headers: &http::HeaderMap, body: &[u8], changes: bool) -> Failure {
    let told: Option<Status> = serde_json::from_slice(body).ok();
    let message = told.as_ref().map(|told| told.message.as_str()).unwrap_or_default();
    let reason = told.as_ref().map(|told| told.reason.as_str()).unwrap_or_default();
    let number = status.as_u16();
    let nothing = |because, why: String| Failure::nothing(because, why);
    if !status.is_client_error() || number == 408 {
        let failure = Failure::unknown(format!("the cluster answered {number}"));
        return if changes { failure } else { failure.of_a_question() };
    }
    match (number, reason) {
        (401, _) => {
            nothing(Because::NotSignedIn, "the cluster does not know the console's credentials".to_owned())
        }
        (403, _) => forbidden(message),
        (404, _) => nothing(Because::NotFound, named("there is no such object in the cluster", message)),
        (409, "AlreadyExists") => nothing(Because::AlreadyThere, named("it is there already", message)),
        (409, _) => Failure::changed("somebody else has changed it since it was looked at"),
        (429, _) => Failure::NothingHappened {
            because: Because::Busy,
            why: "the cluster answered 429: too many requests".to_owned(),
            retry_after: retry_after(headers, told.as_ref()),
        },
        _ => nothing(Because::Invalid, named(&format!("the cluster refused it ({number})"), message)),
    }
}

fn named(ours: &str, theirs: &str) -> String {
    if theirs.is_empty() { ours.to_owned() } else { format!("{ours}: {}", said(theirs)) }
}

fn retry_after(headers: &http::HeaderMap, told: Option<&Status>) -> Option<Duration> {
    let header = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let detail =
        told.and_then(|told| told.details.as_ref()).map(|details| details.retry_after_seconds.into());
    header.or(detail).filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

/// Names the right that is missing: `… cannot patch resource "deployments/scale" in API group "apps" in the namespace
/// "ai-services"`.
fn forbidden(message: &str) -> Failure {
    let after = |start: &str| message.split_once(start).map(|(_, rest)| rest);
    let quoted = |start: &str| after(start).and_then(|rest| rest.split('"').next());
    let verb = after(" cannot ").and_then(|rest| rest.split(' ').next());
    let (Some(verb), Some(resource)) = (verb, quoted(" resource \"")) else {
        let why = named("the cluster does not allow it", message);
        return Failure::forbidden("not named by the cluster", why);
    };
    let group = quoted(" in API group \"").filter(|group| !group.is_empty());
    let place = quoted(" in the namespace \"");
    let mut right = format!("{verb} {resource}");
    if let Some(group) = group {
        right += &format!(" ({group})");
    }
    if let Some(place) = place {
        right += &format!(" in {place}");
    }
    let why = format!("the console's account in the cluster lacks a right: {right}");
    Failure::forbidden(right, why)
}

/// Why there is no answer. Only where no connection came about was nothing sent.
fn trouble(error: &kube::Error) -> Failure {
    if causes(error).any(|cause| cause.is::<kube::client::AuthError>()) {
        return Failure::setup("the credentials for the cluster cannot be used");
    }
    let causes = || causes(error);
    let connecting =
        causes().any(|cause| cause.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect));
    let kind = causes().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let tls = causes().any(|cause| find::<rustls::Error>(cause).is_some());
    if connecting {
        let why = match kind {
            _ if tls => "the cluster's certificate is not trusted",
            Some(io::ErrorKind::ConnectionRefused) => "the cluster refused the connection",
            Some(io::ErrorKind::TimedOut) => "no connection to the cluster in time",
            _ => "no connection to the cluster",
        };
        return Failure::nothing(Because::Unreachable, why);
    }
    Failure::unknown(match kind {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            "the connection to the cluster was reset after the request was sent"
        }
        _ => "the connection to the cluster ended without an answer",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u16, reason: &str, message: &str, changes: bool) -> Failure {
        let body = serde_json::json!({ "kind": "Status", "status": "Failure", "code": number, "reason": reason, "message": message });
        let status = StatusCode::from_u16(number).unwrap();
        refused(status, &http::HeaderMap::new(), body.to_string().as_bytes(), changes)
    }

    #[test]
    fn the_missing_right_is_named() {
        let message = "deployments.apps \"x\" is forbidden: User \"u\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"ai-services\"";
        let failure = check(403, "Forbidden", message, true);
        let right = "patch deployments/scale (apps) in ai-services".to_owned();
        assert_eq!(failure.because(), Some(&Because::Forbidden { right: right.clone() }));
        assert_eq!(
            failure.to_string(),
            format!("the console's account in the cluster lacks a right: {right}")
        );
        let core = "pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace \"n\"";
        let failure = check(403, "Forbidden", core, false);
        assert_eq!(failure.because(), Some(&Because::Forbidden { right: "list pods in n".to_owned() }));
        let odd = check(403, "Forbidden", "admission webhook \"x\" denied the request", true);
        assert!(odd.is_certain() && odd.to_string().contains("denied the request"), "{odd}");
    }

    #[test]
    fn only_a_refusal_promises_that_nothing_was_done() {
        for (number, reason, certain) in [
            (400, "BadRequest", true),
            (401, "Unauthorized", true),
            (404, "NotFound", true),
            (408, "Timeout", false),
            (409, "Conflict", true),
            (409, "AlreadyExists", true),
            (422, "Invalid", true),
            (429, "TooManyRequests", true),
            (500, "InternalError", false),
            (503, "ServiceUnavailable", false),
            (504, "Timeout", false),
        ] {
            assert_eq!(check(number, reason, "", true).is_certain(), certain, "{number}");
        }
        assert!(check(503, "ServiceUnavailable", "", false).is_certain(), "a question changes nothing");
    }

    #[test]
    fn what_the_other_side_says_is_cut_off() {
        let told = check(422, "Invalid", &"x".repeat(5_000), true).to_string();
        assert!(told.chars().count() < 300, "{told}");
    }
}
