//! Label selectors and field selectors.

use serde_json::Value;

use super::refusal::Refusal;

/// What a list or a watch is limited to.
#[derive(Debug, Clone, Default)]
pub struct Selector(Vec<Term>);

#[derive(Debug, Clone)]
struct Term {
    place: Place,
    wanted: Wanted,
}

#[derive(Debug, Clone)]
enum Place {
    Label(String),
    /// The way through the object.
    Field(Vec<String>),
}

#[derive(Debug, Clone)]
enum Wanted {
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    There,
    Absent,
}

impl Selector {
    /// Reads `labelSelector` and `fieldSelector`.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn read(labels: Option<&str>, fields: Option<&str>) -> Result<Self, Refusal> {
        let mut terms = Vec::new();
        for text in split(labels.unwrap_or_default()) {
            let (key, wanted) = term(text)
                .ok_or_else(|| Refusal::bad_request(format!("unable to parse requirement: {text}")))?;
            terms.push(Term { place: Place::Label(key), wanted });
        }
        for text in split(fields.unwrap_or_default()) {
            let (key, wanted) = match term(text) {
                Some((key, wanted @ (Wanted::OneOf(_) | Wanted::NoneOf(_)))) => (key, wanted),
                _ => {
                    return Err(Refusal::bad_request(format!(
                        "invalid selector: '{text}'; can't understand '{text}'"
                    )));
                }
            };
            terms.push(Term { place: Place::Field(key.split('.').map(str::to_owned).collect()), wanted });
        }
        Ok(Self(terms))
    }

    #[must_use]
    pub fn takes(&self, object: &Value) -> bool {
        self.0.iter().all(|term| {
            let found = match &term.place {
                Place::Label(key) => object["metadata"]["labels"][key.as_str()].as_str(),
                Place::Field(way) => way.iter().fold(object, |value, key| &value[key.as_str()]).as_str(),
            };
            match &term.wanted {
                Wanted::OneOf(values) => found.is_some_and(|found| values.iter().any(|value| value == found)),
                Wanted::NoneOf(values) => found.is_none_or(|found| values.iter().all(|value| value != found)),
                Wanted::There => found.is_some(),
                Wanted::Absent => found.is_none(),
            }
        })
    }
}

/// At commas that do not stand in brackets.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |letter: char| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

fn term(text: &str) -> Option<(String, Wanted)> {
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some((key, value)) = text.split_once("!=") {
        return Some((key.trim().to_owned(), Wanted::NoneOf(one(value))));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Some((key.trim().to_owned(), Wanted::OneOf(one(value))));
    }
    if let Some((head, values)) = text.split_once('(') {
        let values = values.strip_suffix(')')?.split(',').map(|value| value.trim().to_owned()).collect();
        let (key, word) = head.trim().split_once(' ')?;
        return match word.trim() {
            "in" => Some((key.to_owned(), Wanted::OneOf(values))),
            "notin" => Some((key.to_owned(), Wanted::NoneOf(values))),
            _ => None,
        };
    }
    match text.strip_prefix('!') {
        Some(key) => Some((key.trim().to_owned(), Wanted::Absent)),
        None => (!text.contains(' ')).then(|| (text.to_owned(), Wanted::There)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_and_fields_choose() {
        check("app=engine", None, true);
        check("app==engine,tier!=web", None, true);
        check("app in (engine, other),app", None, true);
        check("app notin (engine)", None, false);
        check("!app", None, false);
        check("tier", None, false);
        check("", Some("status.phase=Running,metadata.name!=other"), true);
        check("", Some("status.phase!=Running"), false);
        assert!(Selector::read(Some("app like engine"), None).is_err());
        assert!(Selector::read(None, Some("status.phase")).is_err());
    }

    #[track_caller]
    fn check(labels: &str, fields: Option<&str>, expected: bool) {
        let pod = json!({
            "metadata": { "name": "pod", "labels": { "app": "engine" } }, "status": { "phase": "Running" },
        });
        assert_eq!(
            Selector::read(Some(labels), fields).unwrap().takes(&pod),
            expected,
            "{labels} {fields:?}"
        );
    }
}
