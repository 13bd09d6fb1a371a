//! Errors as the API server tells them: `Status` objects, in its words.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::resource::{Resource, Target};
use crate::answer;

/// Who the bearer of the token is to the cluster.
pub const USER: &str = "system:serviceaccount:ai-services:bellwether";

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub code: u16,
    pub reason: &'static str,
    pub message: String,
    pub details: Value,
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: String, details: Value) -> Self {
        Self { code, reason, message, details }
    }

    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Unauthorized".into(), Value::Null)
    }

    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message.into(), Value::Null)
    }

    /// The right to `verb` what is asked for is missing.
    #[must_use]
    pub fn forbidden(verb: &str, target: &Target) -> Self {
        let resource = target.resource;
        let named = match &target.name {
            Some(name) => format!("{} \"{name}\"", resource.qualified()),
            None => resource.qualified(),
        };
        let scope = match &target.namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        let message = format!(
            "{named} is forbidden: User \"{USER}\" cannot {verb} resource \"{}\" in API group \"{}\" {scope}",
            target.right(),
            resource.facts().group,
        );
        Self::new(403, "Forbidden", message, details(resource, target.name()))
    }

    #[must_use]
    pub fn not_found(resource: Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self::new(404, "NotFound", message, details(resource, name))
    }

    /// No such address.
    #[must_use]
    pub fn no_such_address() -> Self {
        let message = "the server could not find the requested resource".to_owned();
        Self::new(404, "NotFound", message, json!({}))
    }

    #[must_use]
    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource".to_owned();
        Self::new(405, "MethodNotAllowed", message, json!({}))
    }

    #[must_use]
    pub fn already_exists(resource: Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Self::new(409, "AlreadyExists", message, details(resource, name))
    }

    /// Somebody else was first.
    #[must_use]
    pub fn conflict(resource: Resource, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
            resource.qualified()
        );
        Self::new(409, "Conflict", message, details(resource, name))
    }

    /// What was remembered is no longer.
    #[must_use]
    pub fn expired(message: String) -> Self {
        Self::new(410, "Expired", message, Value::Null)
    }

    #[must_use]
    pub fn unsupported_media_type(given: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json (got {given})"
        );
        Self::new(415, "UnsupportedMediaType", message, Value::Null)
    }

    /// A JSON patch that does not fit: its `test` failed, or its path leads nowhere. The API server says no more.
    #[must_use]
    pub fn patch_does_not_fit() -> Self {
        let message = "the server rejected our request due to an error in our request".to_owned();
        Self::new(422, "Invalid", message, json!({}))
    }

    /// `kind` is the one of the body, which for `/scale` is another than that of the path.
    #[must_use]
    pub fn invalid(kind: &str, group: &str, name: &str, causes: &[Cause]) -> Self {
        let qualified = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let told: Vec<String> =
            causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let told = match told.as_slice() {
            [one] => one.clone(),
            more => format!("[{}]", more.join(", ")),
        };
        let causes: Vec<Value> = causes
            .iter()
            .map(|cause| json!({ "reason": cause.reason, "message": cause.message, "field": cause.field }))
            .collect();
        Self::new(
            422,
            "Invalid",
            format!("{qualified} \"{name}\" is invalid: {told}"),
            json!({ "name": name, "group": group, "kind": kind, "causes": causes }),
        )
    }

    /// What the API server says with a status that was ordered and not come by.
    #[must_use]
    pub fn ordered(code: u16, retry_after: Option<u32>) -> Self {
        let (reason, message) = match code {
            401 => return Self::unauthorized(),
            403 => ("Forbidden", "forbidden: as ordered"),
            404 => ("NotFound", "the server could not find the requested resource"),
            409 => ("Conflict", "Operation cannot be fulfilled: as ordered"),
            429 => ("TooManyRequests", "Too many requests, please try again later."),
            500 => ("InternalError", "Internal error occurred: as ordered"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "the server was unable to return a response in the time allotted"),
            _ => ("Unknown", "as ordered"),
        };
        let details = retry_after.map_or(json!({}), |seconds| json!({ "retryAfterSeconds": seconds }));
        Self::new(code, reason, message.to_owned(), details)
    }

    /// The `Status` object.
    #[must_use]
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        });
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status
    }

    #[must_use]
    pub fn answer(&self) -> Response {
        let code = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = answer::json(code, &self.status());
        if let Some(seconds) = self.details["retryAfterSeconds"].as_u64() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// One thing that is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub reason: &'static str,
    /// `spec.replicas`
    pub field: String,
    pub message: String,
}

impl Cause {
    #[must_use]
    pub fn invalid_value(field: &str, value: &Value, why: &str) -> Self {
        Self {
            reason: "FieldValueInvalid",
            field: field.to_owned(),
            message: format!("Invalid value: {value}: {why}"),
        }
    }

    #[must_use]
    pub fn required(field: &str, why: &str) -> Self {
        Self {
            reason: "FieldValueRequired",
            field: field.to_owned(),
            message: format!("Required value: {why}"),
        }
    }
}

fn details(resource: Resource, name: &str) -> Value {
    let mut details = json!({ "kind": resource.facts().plural });
    if !name.is_empty() {
        details["name"] = json!(name);
    }
    if !resource.facts().group.is_empty() {
        details["group"] = json!(resource.facts().group);
    }
    details
}
