//! What a case came to: how long things took, and what was late.

use super::{Case, Happening, Line, State, wording::countdown};
use crate::time::Millis;

/// Spans are in milliseconds from the detection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct After {
    /// Until somebody had it first.
    pub held: Option<i64>,
    /// Until the couple was first told anything that did not come back.
    pub told: Option<i64>,
    /// Until it was last resolved.
    pub solved: Option<i64>,
    pub steps: usize,
    /// Name and lateness of each step that was late, in the order in which they were due.
    pub late: Vec<(String, i64)>,
}

impl After {
    /// `story` is that of the case, oldest first.
    pub fn of(case: &Case, story: &[(Millis, Line)]) -> After {
        let takes = |happening: &Happening| {
            matches!(happening, Happening::Acknowledged { .. } | Happening::HandedOver { .. })
        };
        let held = story.iter().find(|(_, line)| takes(&line.happening)).map(|(at, _)| *at);
        let solved = match case.state {
            State::Resolved { at, .. } | State::Reviewed { resolved_at: at, .. } => Some(at),
            _ => None,
        };
        let late = case.settled_late();
        let since = |at: Millis| at.since(case.detected_at).max(0);
        After {
            held: held.map(since),
            told: case.time_to_tell().map(|span| span.max(0)),
            solved: solved.map(since),
            steps: case.steps.len(),
            late: late.map(|step| (step.declared.name.clone(), step.late_by(case.detected_at))).collect(),
        }
    }

    /// "Somebody had it after 40 s.", and the rest of it.
    pub fn sentences(&self) -> Vec<String> {
        let span = |span: Option<i64>, words: &str, never: &str| match span {
            Some(span) => format!("{words} after {}.", countdown(span)),
            None => never.to_owned(),
        };
        let mut said = vec![
            span(self.held, "Somebody had it", "Nobody ever had it."),
            span(self.told, "The couple was told", "No notice told the couple anything."),
            span(self.solved, "It was resolved", "It is not resolved."),
        ];
        let late =
            |(name, late_by): &(String, i64)| format!("\u{201c}{name}\u{201d} by {}", countdown(*late_by));
        said.push(match (self.late.as_slice(), self.steps) {
            ([], 0) => "It had no steps.".to_owned(),
            ([], _) => "Every step was in time.".to_owned(),
            (some, of) => {
                let each: Vec<String> = some.iter().map(late).collect();
                format!("{} of {of} steps were late: {}.", some.len(), each.join(", "))
            }
        });
        said
    }
}
