//! The alerts host, under `/alerts`: whoever is called here is expected to come.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::answer;
use crate::effects;
use crate::platform::Platform;
use crate::world::Emergency;

/// So many calls are kept for the control page.
const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Call {
    r#type: String,
    severity: String,
}

pub async fn emergency(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    let call: Call = match serde_json::from_slice(&body) {
        Ok(call) => call,
        Err(error) => return answer::refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let (mut world, now) = platform.world();
    let id = world.raise(call.r#type, call.severity, now);
    let response = answer::json(StatusCode::ACCEPTED, &json!({ "id": id }));
    effects::applied(response, format!("raised the emergency alert {id}"), true)
}

impl crate::world::World {
    fn raise(&mut self, kind: String, severity: String, now: jiff::Timestamp) -> String {
        let number = self.emergencies.last().map_or(0, |last| last.number) + 1;
        let id = format!("em-{number:04}");
        if self.emergencies.len() == MOST {
            self.emergencies.remove(0);
        }
        self.emergencies.push(Emergency { number, id: id.clone(), at: now, kind, severity });
        id
    }
}
