//! Two cases of one trouble become one. The double keeps its own story, and says where it went.

use super::{Case, Happening, Line, Refusal, State, Unsettled};
use crate::{actions::Actor, time::Millis};

impl Case {
    /// This one, a double, goes into `into`. The lines of each are handed back in that order. What the couple was told
    /// from the double they know; the clocks of each stay what they are.
    ///
    /// # Errors
    /// When either is over, they are the same or of different weddings, or a notice of the double is not settled: it
    /// would be out of sight. Both are then as they were.
    pub fn merge_into(
        &mut self,
        into: &mut Case,
        by: Actor,
        notices: &[Unsettled],
        now: Millis,
    ) -> Result<(Vec<Line>, Vec<Line>), Refusal> {
        if self.id == into.id {
            return Err(Refusal::IntoItself);
        }
        self.check_open()?;
        into.check_open()?;
        if let (Some(mine), Some(theirs)) = (&self.wedding.id, &into.wedding.id)
            && mine != theirs
        {
            return Err(Refusal::OtherWedding);
        }
        if !notices.is_empty() {
            return Err(Refusal::NoticesOpen(notices.to_vec()));
        }
        for (purpose, at) in &self.told {
            let known = into.told.entry(*purpose).or_insert(*at);
            *known = (*known).min(*at);
        }
        if !self.contact.is_allowed() {
            into.contact = self.contact.clone();
        }
        into.severity = into.severity.max(self.severity);
        into.doubles.push(self.id.clone());
        self.state = State::Merged { into: into.id.clone(), by: by.clone(), at: now };
        let went = Happening::MergedInto { by: by.clone(), into: into.id.clone() };
        let took = Happening::TookIn { by, double: self.id.clone() };
        Ok((vec![went.into()], vec![took.into()]))
    }
}
