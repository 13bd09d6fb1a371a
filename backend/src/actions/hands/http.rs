//! Steps that are one request to the platform's API or to its alerts host.

use domain::actions::{
    Answer, Base, Body, Look, Mark, Method, PlannedStep, Request, Scalar, Sighting, Step, StepPreview,
};
use serde_json::Value;

use super::{Hands, fact};
use crate::connect::failure::Failure;

impl Hands {
    pub(super) async fn http_before(
        &self,
        planned: &PlannedStep,
        preview: &mut StepPreview,
    ) -> Result<(), Failure> {
        let Step::Http { method, base, path, body } = &planned.step else { return Ok(()) };
        let address = self.address(*base, path)?;
        let mut request = Request::new(method.word(), &address);
        if self.http.has_token() {
            request = request.header("Authorization", "Bearer");
        }
        if !body.is_empty() {
            let document = serde_json::from_str(&body.json()).unwrap_or(Value::Null);
            request = request.header("Content-Type", "application/json").json(&document);
        }
        preview.requests.push(request);
        if let Look::Answer { base, path, field, .. } = &planned.effect.look {
            match self.field(*base, path, field).await {
                Ok(value) => {
                    preview.rests_on.push(fact("answer", format!("{path}: {field}"), in_words(&value)))
                }
                Err(why) => {
                    preview.also.push(fact("answer", format!("{path}: {field}"), format!("not known: {why}")))
                }
            }
        }
        Ok(())
    }

    pub(super) async fn http_apply(&self, step: &Step, mark: &Mark) -> Answer {
        let Step::Http { method, base, path, body } = step else {
            return Answer::InDoubt { said: "not a request".to_owned() };
        };
        let address = match self.address(*base, path) {
            Ok(address) => address,
            Err(failure) => return super::answer_of(&failure),
        };
        let method = match method {
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let body = body_of(body);
        self.http.change(method, &address, body, mark.as_str()).await
    }

    pub(super) async fn http_sight(&self, look: &Look) -> Sighting {
        let Look::Answer { base, path, field, is } = look else {
            return Sighting::CannotSee { why: "there is nothing to look at".to_owned() };
        };
        match self.field(*base, path, field).await {
            Ok(value) => {
                let said = format!("{path} says {field}: {}", in_words(&value));
                if is_the_same(&value, is) { Sighting::InPlace { said } } else { Sighting::NotYet { said } }
            }
            Err(why) => Sighting::CannotSee { why },
        }
    }

    async fn field(&self, base: Base, path: &str, field: &str) -> Result<Value, String> {
        let address = self.address(base, path).map_err(|failure| failure.to_string())?;
        let answer = self.http.look(&address).await.map_err(|error| error.to_string())?;
        let document: Value =
            serde_json::from_slice(&answer).map_err(|_| format!("{path} does not answer with JSON"))?;
        document.get(field).cloned().ok_or_else(|| format!("{path} does not tell {field}"))
    }

    fn address(&self, base: Base, path: &str) -> Result<String, Failure> {
        match base {
            Base::Api => Ok(format!("{}{path}", self.http.api_url())),
            Base::Alerts => match self.http.alerts_url() {
                Some(url) => Ok(format!("{url}{path}")),
                None => Err(Failure::setup("no alerts_url is configured for this platform")),
            },
        }
    }
}

fn body_of(body: &Body) -> Option<String> {
    (!body.is_empty()).then(|| body.json())
}

fn is_the_same(value: &Value, is: &Scalar) -> bool {
    match is {
        Scalar::Flag(flag) => value.as_bool() == Some(*flag),
        Scalar::Number(number) => value.as_i64() == Some(*number),
        Scalar::Text(text) => value.as_str() == Some(text),
    }
}

/// As it stands on a page: short, whatever the platform says.
fn in_words(value: &Value) -> String {
    let words = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if words.chars().count() > 80 { words.chars().take(79).chain(['…']).collect() } else { words }
}
