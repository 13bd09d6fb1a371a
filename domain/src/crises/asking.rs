//! Steps that people are asked for: some are written to, some answer yes by a link, and with enough of them it is done.

use super::{
    By, Case, Happening, Line, Refusal, StepKey, StepState, Wait,
    stepping::{finish, open},
};
use crate::time::Millis;

/// Whom a step asks now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asking {
    /// Their names, as the story tells them. Never empty.
    pub people: Vec<String>,
    /// So many yeses do it; all of them where fewer are asked.
    pub enough: usize,
    /// When the links that they get are over.
    pub until: Millis,
}

impl Case {
    /// People were asked for a step: for the first time, or more of them while it waits for others.
    ///
    /// # Errors
    /// When the case is over, the step is settled or waits for something else, or nobody was asked.
    pub fn asked(
        &mut self,
        key: &StepKey,
        by: By,
        asking: Asking,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if asking.people.is_empty() {
            return Err(Refusal::NobodyToAsk);
        }
        let step = self.step_mut(key)?;
        match &mut step.state {
            StepState::Open => {
                let wait = Wait::Answer {
                    asked: asking.people.len(),
                    answered: 0,
                    enough: asking.enough.max(1),
                    until: Some(asking.until),
                };
                step.state = StepState::Waiting { by: by.clone(), since: now, wait };
            }
            StepState::Waiting { wait: Wait::Answer { asked, until, .. }, .. } => {
                *asked = asked.saturating_add(asking.people.len());
                *until = (*until).max(Some(asking.until));
            }
            StepState::Waiting { .. } => return Err(Refusal::StepIsWaiting),
            _ => return Err(Refusal::StepIsSettled),
        }
        Ok(self.told_of_asking(key, by, asking.people, false, now))
    }

    /// Those who have not answered are asked once more.
    ///
    /// # Errors
    /// When the case is over, the step waits for nobody's answer, or nobody was asked.
    pub fn asked_again(
        &mut self,
        key: &StepKey,
        by: By,
        asking: Asking,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if asking.people.is_empty() {
            return Err(Refusal::EverybodyAnswered);
        }
        match &mut self.step_mut(key)?.state {
            StepState::Waiting { wait: Wait::Answer { until, .. }, .. } => {
                *until = (*until).max(Some(asking.until));
            }
            _ => return Err(Refusal::StepNotWaiting),
        }
        Ok(self.told_of_asking(key, by, asking.people, true, now))
    }

    fn told_of_asking(
        &mut self,
        key: &StepKey,
        by: By,
        people: Vec<String>,
        again: bool,
        now: Millis,
    ) -> Vec<Line> {
        let name = self.step(key).map(|step| step.declared.name.clone()).unwrap_or_default();
        let told = Happening::PeopleAsked { step: key.clone(), name, by: by.clone(), people, again };
        self.at_work(&by, now, vec![told.into()])
    }

    /// One of those who were asked says yes. With enough of them the step is done, in the name of the last.
    ///
    /// # Errors
    /// When the case is over, or the step waits for nobody's answer: others were enough, or somebody settled it.
    pub fn answered(&mut self, key: &StepKey, who: &str, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        let step = self.step_mut(key)?;
        let StepState::Waiting { wait: Wait::Answer { asked, answered, enough, .. }, .. } = &mut step.state
        else {
            return Err(Refusal::StepNotWaiting);
        };
        *answered = answered.saturating_add(1);
        if *answered >= (*enough).min(*asked) {
            return Ok(vec![finish(step, By::Asked { name: who.to_owned() }, now)]);
        }
        let (step, name) = (key.clone(), step.declared.name.clone());
        Ok(vec![Happening::Answered { step, name, who: who.to_owned() }.into()])
    }

    /// Steps whose links are all over and that too few answered are open again, so that somebody asks others.
    pub fn answers_lapse(&mut self, now: Millis) -> Vec<Line> {
        if !self.is_open() {
            return Vec::new();
        }
        let is_over = |wait: &Wait| matches!(wait, Wait::Answer { until: Some(until), .. } if *until <= now);
        let steps = self.steps.iter_mut();
        steps
            .filter(|step| matches!(&step.state, StepState::Waiting { wait, .. } if is_over(wait)))
            .map(|step| open(step, None))
            .collect()
    }

    /// When the first of its steps has waited long enough for answers; `None` where none waits for any.
    pub(super) fn answers_due(&self) -> Option<Millis> {
        let until = self.steps.iter().filter_map(|step| match step.state {
            StepState::Waiting { wait: Wait::Answer { until, .. }, .. } => until,
            _ => None,
        });
        until.min().filter(|_| self.is_open())
    }
}
