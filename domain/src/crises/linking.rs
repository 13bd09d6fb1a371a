//! What caused a case, and what belongs to it no more.

use super::{Case, Happening, Line, Refusal, State, refusal::checked};
use crate::{actions::Actor, alerts::AlertId};

impl Case {
    /// Names the alert that caused it, in the place of another. It may be over: then its review has the alert too.
    ///
    /// # Errors
    /// When it went into another case, or names that one already.
    pub fn link(&mut self, by: Actor, alert: AlertId) -> Result<Vec<Line>, Refusal> {
        self.check_kept()?;
        if self.alert.as_ref() == Some(&alert) {
            return Err(Refusal::IsSoAlready);
        }
        self.alert = Some(alert.clone());
        Ok(vec![Happening::Linked { by, alert }.into()])
    }

    /// The alert did not cause it after all.
    ///
    /// # Errors
    /// When it went into another case, or names none.
    pub fn unlink(&mut self, by: Actor) -> Result<Vec<Line>, Refusal> {
        self.check_kept()?;
        let alert = self.alert.take().ok_or(Refusal::IsSoAlready)?;
        Ok(vec![Happening::Unlinked { by, alert }.into()])
    }

    /// A file of it is gone, with the reason.
    ///
    /// # Errors
    /// When no reason is given.
    pub fn file_removed(&self, by: Actor, reason: &str) -> Result<Vec<Line>, Refusal> {
        let text = Some(checked(reason, Refusal::NeedsReason)?);
        Ok(vec![Line { happening: Happening::FileRemoved { by }, text }])
    }

    fn check_kept(&self) -> Result<(), Refusal> {
        match &self.state {
            State::Merged { into, .. } => Err(Refusal::IsMerged { into: into.clone() }),
            _ => Ok(()),
        }
    }
}
