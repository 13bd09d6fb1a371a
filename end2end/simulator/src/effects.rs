//! What was done to the platform: every change that was applied, once each, however its answer fared.

use std::collections::VecDeque;
use std::sync::Mutex;

use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use crate::platform::lock;

/// So many are remembered.
const MOST: usize = 10_000;

/// A note that a handler leaves on its answer: this was done.
#[derive(Debug, Clone)]
pub struct Applied {
    /// `scaled deployments/ai-optimization-engine from 3 to 10`
    pub what: String,
    /// Whether anything was different afterwards.
    pub changed: bool,
}

/// Notes on an answer what was done.
#[must_use]
pub fn applied(mut response: Response, what: impl Into<String>, changed: bool) -> Response {
    response.extensions_mut().insert(Applied { what: what.into(), changed });
    response
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// Counts from 1 without a gap.
    pub n: u64,
    /// Simulated time.
    pub at: Timestamp,
    /// What the asker called the request: the header `x-request-id`.
    pub request_id: Option<String>,
    pub method: String,
    pub route: String,
    pub what: String,
    pub changed: bool,
}

/// All changes, oldest first.
#[derive(Debug, Default)]
pub struct Effects(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    effects: VecDeque<Effect>,
}

impl Effects {
    /// Adds one; its number is given here.
    pub fn add(&self, mut effect: Effect) {
        let mut kept = lock(&self.0);
        kept.count += 1;
        effect.n = kept.count;
        kept.effects.push_back(effect);
        if kept.effects.len() > MOST {
            kept.effects.pop_front();
        }
    }

    /// Those from number `since` on, and the number to ask for next.
    #[must_use]
    pub fn since(&self, since: u64) -> (u64, Vec<Effect>) {
        let kept = lock(&self.0);
        (kept.count + 1, kept.effects.iter().filter(|effect| effect.n >= since).cloned().collect())
    }
}
