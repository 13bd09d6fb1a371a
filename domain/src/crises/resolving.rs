//! The end of a case: only when nothing is left that the couple waits for.

use super::{Case, Happening, Line, Refusal, State, refusal::checked};
use crate::{actions::Actor, notices::Purpose, time::Millis};

/// A notice that keeps a case open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unsettled {
    /// It waits to be sent, or is being sent.
    Queued(Purpose),
    InDoubt(Purpose),
    /// It failed, and no other attempt was made.
    Failed(Purpose),
}

impl Unsettled {
    pub fn words(&self) -> String {
        let (purpose, what) = match self {
            Unsettled::Queued(purpose) => (purpose, "is still to be sent"),
            Unsettled::InDoubt(purpose) => (purpose, "is in doubt: somebody has to say whether it arrived"),
            Unsettled::Failed(purpose) => (purpose, "failed, and no other attempt was made"),
        };
        format!("the notice \u{201c}{}\u{201d} {what}", purpose.label())
    }
}

impl Case {
    /// It is over for the couple. `notices` are those of its notices that are not settled.
    ///
    /// # Errors
    /// When it is over, nobody's, a required step is open, or a notice is not settled; every one is named.
    pub fn resolve(
        &mut self,
        by: Actor,
        note: &str,
        notices: &[Unsettled],
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if self.holder().is_none() {
            return Err(Refusal::IsNobodys);
        }
        let open = self.steps.iter().filter(|step| step.declared.required && !step.is_settled());
        let steps: Vec<String> = open.map(|step| step.declared.name.clone()).collect();
        if !steps.is_empty() || !notices.is_empty() {
            return Err(Refusal::NotResolved { steps, notices: notices.to_vec() });
        }
        let text = if note.trim().is_empty() { None } else { Some(checked(note, Refusal::NeedsNote)?) };
        self.state = State::Resolved { by: by.clone(), at: now };
        Ok(vec![Line { happening: Happening::Resolved { by }, text }])
    }

    /// It was not over. Whoever opens it has it, where they are a person; else it is nobody's, and called for.
    ///
    /// # Errors
    /// When it is open, went into another, or no reason is given.
    pub fn reopen(&mut self, by: Actor, reason: &str, now: Millis) -> Result<Vec<Line>, Refusal> {
        match &self.state {
            State::Merged { into, .. } => return Err(Refusal::IsMerged { into: into.clone() }),
            State::Resolved { .. } | State::Reviewed { .. } => {}
            _ => return Err(Refusal::IsOpen),
        }
        let text = Some(checked(reason, Refusal::NeedsReason)?);
        match &by {
            Actor::Person { id, name } => {
                let holder = super::Holder { id: id.clone(), name: name.clone() };
                self.state = State::Working { holder, since: now };
            }
            _ => self.be_nobodys(now),
        }
        Ok(vec![Line { happening: Happening::Reopened { by }, text }])
    }
}
