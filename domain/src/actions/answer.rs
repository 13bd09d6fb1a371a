//! What came back from a request, and what was seen afterwards: what each says about whether something happened.

use serde::{Deserialize, Serialize};

use crate::time::SECOND;

/// Tries of one step, the first included.
pub const MOST_ATTEMPTS: u32 = 4;
/// Whoever asks to wait for longer than this is not waited for.
const LONGEST_PAUSE: i64 = 60 * SECOND;
const LONGEST_OWN_PAUSE: i64 = 15 * SECOND;

/// What is known from the answer, or from its absence. `said` is in the words of whoever answered, without secrets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It was taken.
    Done { said: String },
    /// It was refused, and nothing has happened.
    NotDone { why: NotDone, said: String },
    /// It may have happened: no answer, or one that does not tell.
    InDoubt { said: String },
    /// It did some of it and then stopped: asked to, or by a failure between two batches.
    Partly { said: String },
}

/// Why nothing has happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NotDone {
    /// No connection could be made: nothing was sent.
    NotConnected,
    /// Too much to do, or not ready, said before it began. Milliseconds that it asked to wait for.
    Busy {
        wait: Option<i64>,
    },
    /// Something else changed it since it was read.
    Conflict,
    /// A right is missing.
    Forbidden,
    NotFound,
    /// It made no sense there.
    Invalid,
}

impl NotDone {
    /// How long to wait before it may be tried again; `None` when that would be no use. `jitter` is from 0 to 1.
    pub fn pause(self, attempt: u32, jitter: f64) -> Option<i64> {
        let asked = match self {
            NotDone::NotConnected => 0,
            NotDone::Busy { wait } => wait.unwrap_or(0).max(0),
            NotDone::Conflict | NotDone::Forbidden | NotDone::NotFound | NotDone::Invalid => return None,
        };
        if attempt >= MOST_ATTEMPTS || asked > LONGEST_PAUSE {
            return None;
        }
        let own = (SECOND << (attempt.saturating_sub(1)).min(10)).min(LONGEST_OWN_PAUSE);
        let half = own / 2;
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
        Some(asked.max(half + (half as f64 * jitter) as i64))
    }
}

impl Answer {
    /// What a status of HTTP says of a request that changes something. `wait` is what `Retry-After` asks for, in
    /// milliseconds. `refuses_first` says that this server gives 503 only before it begins: the Kubernetes API does.
    pub fn of_status(status: u16, wait: Option<i64>, refuses_first: bool, said: &str) -> Answer {
        let said = said.to_owned();
        let not_done = |why| Answer::NotDone { why, said: said.clone() };
        match status {
            200..=299 => Answer::Done { said },
            401 | 403 => not_done(NotDone::Forbidden),
            404 | 410 => not_done(NotDone::NotFound),
            409 | 412 => not_done(NotDone::Conflict),
            429 => not_done(NotDone::Busy { wait }),
            503 if refuses_first || wait.is_some() => not_done(NotDone::Busy { wait }),
            // The time was up on the other side, which may have been at work.
            408 => Answer::InDoubt { said },
            400..=499 => not_done(NotDone::Invalid),
            // A redirect is often the answer to what was done; every other 5xx may come from half-way.
            _ => Answer::InDoubt { said },
        }
    }
}

/// What was seen when the effect was looked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "sighting", rename_all = "snake_case")]
pub enum Sighting {
    InPlace {
        said: String,
    },
    NotYet {
        said: String,
    },
    /// It happened and went wrong, and will not become right: the job has failed.
    Broke {
        said: String,
    },
    /// Some of it: rows or keys are left, or replicas are not ready.
    Partly {
        said: String,
        /// How many are left, of what goes in batches: those go on only while the console carries them on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<u64>,
    },
    /// It could not be looked at.
    CannotSee {
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_whether_something_may_have_happened() {
        let done = |status, wait, first| match Answer::of_status(status, wait, first, "") {
            Answer::Done { .. } => "done".to_owned(),
            Answer::InDoubt { .. } => "in doubt".to_owned(),
            Answer::Partly { .. } => "partly".to_owned(),
            Answer::NotDone { why, .. } => {
                let again = if why.pause(1, 0.5).is_some() { "again" } else { "not again" };
                format!("not done, {again}")
            }
        };
        for (status, wait, first, expected) in [
            (200, None, false, "done"),
            (202, None, false, "done"),
            (204, None, false, "done"),
            (301, None, false, "in doubt"),
            (303, None, false, "in doubt"),
            (400, None, false, "not done, not again"),
            (401, None, false, "not done, not again"),
            (403, None, false, "not done, not again"),
            (404, None, false, "not done, not again"),
            (408, None, false, "in doubt"),
            (409, None, false, "not done, not again"),
            (422, None, false, "not done, not again"),
            (429, None, false, "not done, again"),
            (429, Some(30_000), false, "not done, again"),
            (429, Some(3_600_000), false, "not done, not again"),
            (500, None, true, "in doubt"),
            (502, None, true, "in doubt"),
            (503, None, false, "in doubt"),
            (503, None, true, "not done, again"),
            (503, Some(1_000), false, "not done, again"),
            (504, None, true, "in doubt"),
            (0, None, false, "in doubt"),
        ] {
            assert_eq!(done(status, wait, first), expected, "{status} {wait:?} {first}");
        }
    }

    #[test]
    fn pauses_grow_with_chance_in_them_and_end() {
        let pause = |attempt, jitter| NotDone::NotConnected.pause(attempt, jitter);
        assert_eq!(
            [1, 2, 3, 4].map(|attempt| pause(attempt, 0.0)),
            [Some(500), Some(1_000), Some(2_000), None]
        );
        assert_eq!(pause(1, 1.0), Some(1_000));
        assert_eq!(
            (pause(1, f64::NAN), pause(1, 7.0), pause(1, -7.0)),
            (Some(1_000), Some(1_000), Some(500))
        );
        assert_eq!(NotDone::Busy { wait: Some(20_000) }.pause(1, 1.0), Some(20_000));
        assert_eq!(NotDone::Busy { wait: Some(-5) }.pause(1, 0.0), Some(500));
    }
}
