//! A request as a person sees it before it is sent: method, address, and a body of lines. Secrets never get in here.

use std::fmt;

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

use crate::audit::is_secret;

const MASK: &str = "•••";
/// No body is shown any longer than this many lines.
const MOST_LINES: usize = 400;

/// What will be sent, or a command of the cache or a statement in its place. Built only by what masks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// "POST", "PATCH"; "UNLINK", "DELETE".
    pub method: String,
    /// "https://api.wedsync.com/ai/fallback/enable"; for the cache and the database, what it goes to.
    pub address: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<Line>,
}

/// A line of a body, and whether it is there before, afterwards, or both.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "line", content = "text", rename_all = "snake_case")]
pub enum Line {
    Same(String),
    Removed(String),
    Added(String),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Same(text) => write!(f, "  {text}"),
            Line::Removed(text) => write!(f, "- {text}"),
            Line::Added(text) => write!(f, "+ {text}"),
        }
    }
}

impl Request {
    /// User and password of an address, and those parts of its query that are named like secrets, are masked.
    pub fn new(method: &str, address: &str) -> Request {
        Request {
            method: method.to_owned(),
            address: masked_address(address),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Of a header that is named like a secret only the name is kept.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        let value = if is_secret(name) { MASK } else { value };
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON body; fields that are named like secrets are masked, however deep they are.
    #[must_use]
    pub fn json(mut self, after: &serde_json::Value) -> Request {
        self.body = lines(after).into_iter().map(Line::Same).collect();
        self
    }

    /// What a JSON document is and becomes, line by line.
    #[must_use]
    pub fn change(mut self, before: &serde_json::Value, after: &serde_json::Value) -> Request {
        let (before, after) = (lines(before), lines(after));
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let after: Vec<&str> = after.iter().map(String::as_str).collect();
        let changes = TextDiff::from_slices(&before, &after);
        self.body = changes
            .iter_all_changes()
            .map(|change| {
                let text = change.value().to_owned();
                match change.tag() {
                    ChangeTag::Equal => Line::Same(text),
                    ChangeTag::Delete => Line::Removed(text),
                    ChangeTag::Insert => Line::Added(text),
                }
            })
            .collect();
        self
    }

    /// Lines that are no JSON: a command, a statement of the configuration. They are shown as they are, so nothing that is
    /// secret may be in them.
    #[must_use]
    pub fn text(mut self, text: &str) -> Request {
        self.body = text.lines().take(MOST_LINES).map(|line| Line::Same(line.to_owned())).collect();
        self
    }
}

fn lines(document: &serde_json::Value) -> Vec<String> {
    let mut document = document.clone();
    mask(&mut document);
    let mut lines: Vec<String> = format!("{document:#}").lines().map(str::to_owned).collect();
    if lines.len() > MOST_LINES {
        let more = lines.len() - MOST_LINES;
        lines.truncate(MOST_LINES);
        lines.push(format!("… and {more} more lines"));
    }
    lines
}

fn mask(document: &mut serde_json::Value) {
    match document {
        serde_json::Value::Object(fields) => {
            // The variables of a container: the name stands beside the value.
            let named_secret = fields.get("name").and_then(|name| name.as_str()).is_some_and(is_secret);
            for (name, value) in fields.iter_mut() {
                let hidden = is_secret(name) || (named_secret && name == "value");
                if hidden && !value.is_null() {
                    *value = MASK.into();
                } else {
                    mask(value);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

fn masked_address(address: &str) -> String {
    let (address, query) = match address.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (address, None),
    };
    let mut masked = match address.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            match authority.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}://{MASK}@{host}{path}"),
                None => address.to_owned(),
            }
        }
        None => address.to_owned(),
    };
    if let Some(query) = query {
        let parts: Vec<String> = query
            .split('&')
            .map(|part| match part.split_once('=') {
                Some((name, _)) if is_secret(name) => format!("{name}={MASK}"),
                _ => part.to_owned(),
            })
            .collect();
        masked.push('?');
        masked.push_str(&parts.join("&"));
    }
    masked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_changes_is_seen_line_by_line() {
        let request = Request::new("PATCH", "https://cluster/apis/apps/v1/deployments/engine/scale")
            .change(&json!({"spec": {"replicas": 3}}), &json!({"spec": {"replicas": 10}}));
        let body: Vec<String> = request.body.iter().map(Line::to_string).collect();
        let expected =
            ["  {", "    \"spec\": {", "-     \"replicas\": 3", "+     \"replicas\": 10", "    }", "  }"];
        assert_eq!(body, expected);
    }

    #[test]
    fn no_secret_gets_into_it() {
        let request = Request::new("POST", "https://user:hunter2@host/path?token=hunter2&page=2")
            .header("Authorization", "Bearer hunter2")
            .header("Accept", "application/json")
            .json(&json!({
                "password": "hunter2",
                "deep": [{ "api_key": "hunter2", "env": [{ "name": "DB_PASSWORD", "value": "hunter2" }] }],
                "replicas": 3
            }));
        let stored = serde_json::to_string(&request).unwrap();
        assert!(!stored.contains("hunter2"), "{stored}");
        assert_eq!(request.address, "https://•••@host/path?token=•••&page=2");
        assert_eq!(request.headers[1], ("Accept".to_owned(), "application/json".to_owned()));
        assert!(stored.contains("\\\"replicas\\\": 3"), "{stored}");
    }
}
