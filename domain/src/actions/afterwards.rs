//! What may still be said of a run that is over: what happened where nobody knew, and that it was taken back.

use super::{Actor, Failure, Happening, Refusal, Run, RunId, State, StepEnd, refusal::checked_reason};
use crate::time::Millis;

impl Run {
    /// Somebody has looked, and says whether the step took effect of which nobody knew. The run does not go on by that:
    /// what comes after it is asked for anew, now that it is known where things stand.
    ///
    /// # Errors
    /// When it is known, or nothing is said about how they know.
    pub fn decide(
        &mut self,
        by: Actor,
        in_place: bool,
        comment: &str,
        now: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        let State::Unknown { .. } = self.state else { return Err(Refusal::NothingToDecide) };
        let comment = checked_reason(comment, true)?;
        let all = self.steps.len() == self.plan().steps.len();
        let Some(record) = self.steps.last_mut() else { return Err(Refusal::NothingToDecide) };
        let (said, decided_by) = (comment.clone(), Some(by.clone()));
        record.end = if in_place {
            StepEnd::InPlace { said, decided_by }
        } else {
            StepEnd::NotDone { said, decided_by }
        };
        let mut happened = vec![Happening::Decided { by: by.clone(), in_place, comment }];
        if in_place && all {
            self.state = State::Succeeded { at: now };
            happened.push(Happening::Succeeded);
        } else {
            let why = Failure::Decided { by };
            self.state = State::Failed { at: now, why: why.clone() };
            happened.push(Happening::Failed { why });
        }
        Ok(happened)
    }

    /// The run that takes this one back has succeeded.
    ///
    /// # Errors
    /// When it is not over, or there was nothing to take back.
    pub fn undone(&mut self, by: RunId, now: Millis) -> Result<Vec<Happening>, Refusal> {
        match self.state {
            State::Succeeded { .. }
            | State::Failed { .. }
            | State::Cancelled { .. }
            | State::Unknown { .. }
                if self.changed_something() =>
            {
                self.state = State::Undone { at: now, by: by.clone() };
                Ok(vec![Happening::Undone { by }])
            }
            _ => Err(Refusal::NothingToUndo),
        }
    }
}
