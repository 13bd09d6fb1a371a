//! What is learned from a case when it is over.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Case, Happening, Holder, Line, Private, Refusal, State, refusal::checked};
use crate::{
    actions::{Actor, ProcedureSlug},
    time::Millis,
};

/// Stored sealed, beside the case.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Findings {
    pub helped: Private,
    pub to_change: Private,
    pub tasks: Vec<Task>,
    /// The page of the runbook that should change.
    pub procedure: Option<ProcedureSlug>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    pub what: Private,
    pub owner: Holder,
    pub due: Option<Date>,
    /// `None` while it is to be done.
    pub done: Option<(Actor, Millis)>,
}

impl Findings {
    /// What was written, without blanks around it.
    ///
    /// # Errors
    /// When nothing is found, a text is too long, or a task says nothing or is nobody's.
    pub fn checked(self) -> Result<Findings, Refusal> {
        let text = |text: &Private| match checked(text.expose(), Refusal::NeedsFindings) {
            Err(Refusal::NeedsFindings) => Ok(Private::default()),
            read => read,
        };
        let (helped, to_change) = (text(&self.helped)?, text(&self.to_change)?);
        if helped.is_empty() && to_change.is_empty() {
            return Err(Refusal::NeedsFindings);
        }
        let mut tasks = Vec::with_capacity(self.tasks.len());
        for task in self.tasks {
            if task.owner.id.as_str().is_empty() {
                return Err(Refusal::EmptyTask);
            }
            tasks.push(Task { what: checked(task.what.expose(), Refusal::EmptyTask)?, ..task });
        }
        Ok(Findings { helped, to_change, tasks, procedure: self.procedure })
    }

    /// # Errors
    /// When there is no such task, or it is done.
    pub fn task_done(&mut self, place: usize, by: Actor, now: Millis) -> Result<Vec<Line>, Refusal> {
        let task = self.tasks.get_mut(place).ok_or(Refusal::NoSuchTask)?;
        if task.done.is_some() {
            return Err(Refusal::IsSoAlready);
        }
        task.done = Some((by.clone(), now));
        Ok(vec![Line { happening: Happening::TaskDone { by }, text: Some(task.what.clone()) }])
    }
}

impl Case {
    /// Somebody has looked back at it. What they found is to be stored with it.
    ///
    /// # Errors
    /// When it is not resolved, has been reviewed, or the findings do not hold.
    pub fn review(
        &mut self,
        by: Actor,
        findings: Findings,
        now: Millis,
    ) -> Result<(Findings, Vec<Line>), Refusal> {
        let resolved_at = match &self.state {
            State::Resolved { at, .. } => *at,
            State::Reviewed { .. } => return Err(Refusal::IsReviewed),
            State::Merged { into, .. } => return Err(Refusal::IsMerged { into: into.clone() }),
            _ => return Err(Refusal::NotYetResolved),
        };
        let findings = findings.checked()?;
        self.state = State::Reviewed { by: by.clone(), at: now, resolved_at };
        let reviewed = Happening::Reviewed { by, tasks: findings.tasks.len() };
        Ok((findings, vec![reviewed.into()]))
    }
}
