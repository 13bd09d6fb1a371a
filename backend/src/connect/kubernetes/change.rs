//! A request that changes something, exactly as it will be sent: what a preview shows, what is written down before it
//! leaves, and what leaves.

use std::fmt;

use http::{Method, Request, header};
use kube::client::Body;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    super::failure::{Because, Failure},
    Cluster,
    exchange::unaddressable,
};

/// One change of one object. Its body may hold what a template holds; only `Display` masks it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `PATCH`, `POST`.
    pub method: String,
    /// `/apis/apps/v1/namespaces/ai-services/deployments/ai-optimization-engine/scale`
    pub path: String,
    pub content_type: String,
    pub body: Value,
    /// What it does, in words: "scales ai-recommendation-engine from 3 to 8 pods".
    pub does: String,
}

/// What came of a change that was not refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    Done,
    /// It had been made before: a repeat of the same run.
    AlreadyThere,
}

impl fmt::Display for Change {
    /// As a preview shows it: the first line of the request, and its body. Values of variables whose names speak of a
    /// secret are masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        writeln!(f, "content-type: {}\n", self.content_type)?;
        let mut body = self.body.clone();
        mask(&mut body);
        write!(f, "{body:#}")
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({} {}: {})", self.method, self.path, self.does)
    }
}

const SECRET_WORDS: [&str; 5] = ["PASSWORD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"];

fn mask(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(mask),
        Value::Object(fields) => {
            let name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            if SECRET_WORDS.iter().any(|word| name.contains(word))
                && let Some(value) = fields.get_mut("value")
            {
                *value = Value::String("(masked)".to_owned());
            }
            fields.values_mut().for_each(mask);
        }
        _ => {}
    }
}

pub(super) const MERGE_PATCH: &str = "application/merge-patch+json";
pub(super) const STRATEGIC_PATCH: &str = "application/strategic-merge-patch+json";
pub(super) const JSON_PATCH: &str = "application/json-patch+json";

impl Change {
    pub(super) fn patch(path: String, kind: &str, body: Value, does: String) -> Change {
        Change { method: "PATCH".to_owned(), path, content_type: kind.to_owned(), body, does }
    }

    pub(super) fn post(path: String, body: Value, does: String) -> Change {
        Change { method: "POST".to_owned(), path, content_type: "application/json".to_owned(), body, does }
    }
}

impl Cluster {
    /// Sends a change, once. `id` names the request on both sides.
    ///
    /// # Errors
    /// `NothingHappened` or `MayHaveHappened`, as far as can be known.
    pub async fn apply(&self, change: &Change, id: &str) -> Result<Applied, Failure> {
        match self.send(change, "", id).await {
            Ok(_) => Ok(Applied::Done),
            Err(Failure::NothingHappened { because: Because::AlreadyThere, .. }) => Ok(Applied::AlreadyThere),
            Err(failure) => Err(failure),
        }
    }

    /// Has the API server check a change and not make it: rights, limits and the object's present state are as for the
    /// real one.
    ///
    /// # Errors
    /// What `apply` would fail with; nothing happens in any case.
    pub async fn rehearse(&self, change: &Change, id: &str) -> Result<(), Failure> {
        match self.send(change, "?dryRun=All", id).await.map_err(Failure::of_a_question) {
            Ok(_) | Err(Failure::NothingHappened { because: Because::AlreadyThere, .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn send(&self, change: &Change, query: &str, id: &str) -> Result<Vec<u8>, Failure> {
        let method = Method::from_bytes(change.method.as_bytes()).map_err(|_| unaddressable())?;
        let body = serde_json::to_vec(&change.body).map_err(|_| unaddressable())?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{query}", change.path))
            .header(header::CONTENT_TYPE, change.content_type.as_str())
            .body(Body::from(body))
            .map_err(|_| unaddressable())?;
        self.exchange(request, id).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_preview_masks_what_a_template_holds_in_secret() {
        let env = json!([{ "name": "DB_PASSWORD", "value": "marked-secret" }, { "name": "MONTH", "value": "2026-11" }]);
        let body = json!({ "spec": { "containers": [{ "name": "script", "env": env }] } });
        let change = Change::post("/apis/batch/v1/jobs".into(), body.clone(), "starts a job".into());
        let shown = format!("{change} {change:?}");
        assert!(shown.contains("2026-11") && shown.contains("(masked)") && !shown.contains("marked-secret"));
        assert_eq!(change.body, body, "what is sent is whole");
    }
}
