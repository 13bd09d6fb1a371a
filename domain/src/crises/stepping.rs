//! What is done to the steps of a case.

use super::{
    By, Case, Happening, How, Line, Refusal, State, Step, StepKey, StepState, Wait, refusal::checked,
};
use crate::{
    actions::{Actor, RunId},
    notices::{Purpose, Way},
    time::Millis,
};

impl Case {
    pub fn step(&self, key: &StepKey) -> Option<&Step> {
        self.steps.iter().find(|step| step.key() == key)
    }

    /// What is to be done next: the open step that is due first, else the one that is waited for longest.
    pub fn next_step(&self) -> Option<&Step> {
        let unsettled = self.steps.iter().filter(|step| self.is_open() && !step.is_settled());
        unsettled.min_by_key(|step| (step.state != StepState::Open, step.due))
    }

    /// A run was begun for it.
    ///
    /// # Errors
    /// When the case is over, or the step is not open.
    pub fn run_began(
        &mut self,
        key: &StepKey,
        by: By,
        run: RunId,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.wait(key, by, Wait::Run { run }, now)
    }

    /// So many people were asked.
    ///
    /// # Errors
    /// When the case is over, the step is not open, or nobody was asked.
    pub fn asked(&mut self, key: &StepKey, by: By, people: usize, now: Millis) -> Result<Vec<Line>, Refusal> {
        if people == 0 {
            return Err(Refusal::NobodyToAsk);
        }
        self.wait(key, by, Wait::Answer { asked: people }, now)
    }

    fn wait(&mut self, key: &StepKey, by: By, wait: Wait, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        let step = self.step_mut(key)?;
        match step.state {
            StepState::Open => {}
            StepState::Waiting { .. } => return Err(Refusal::StepIsWaiting),
            _ => return Err(Refusal::StepIsSettled),
        }
        step.state = StepState::Waiting { by: by.clone(), since: now, wait };
        let begun =
            Happening::StepBegun { step: key.clone(), name: step.declared.name.clone(), by: by.clone() };
        Ok(self.at_work(&by, now, vec![begun.into()]))
    }

    /// It is done: somebody says so, its run succeeded, or one of those who were asked answers yes.
    ///
    /// # Errors
    /// When the case is over, the step is settled, or only a notice can do it.
    pub fn done(&mut self, key: &StepKey, by: By, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        let step = self.step_mut(key)?;
        if step.is_settled() {
            return Err(Refusal::StepIsSettled);
        }
        if let How::Notice { .. } = step.declared.how {
            return Err(Refusal::DoneByNotice);
        }
        let line = finish(step, by.clone(), now);
        Ok(self.at_work(&by, now, vec![line]))
    }

    /// What was waited for came to nothing: the run failed, or nobody can come. The step is open again, and as late as
    /// it is.
    ///
    /// # Errors
    /// When it is not waited for.
    pub fn came_to_nothing(&mut self, key: &StepKey) -> Result<Vec<Line>, Refusal> {
        let step = self.step_mut(key)?;
        if !matches!(step.state, StepState::Waiting { .. }) {
            return Err(Refusal::StepNotWaiting);
        }
        Ok(vec![open(step, None)])
    }

    /// Somebody says that it was not done, or is needed, after all.
    ///
    /// # Errors
    /// When the case is over, the step is not settled, only a notice can do it, or no reason is given.
    pub fn not_done(
        &mut self,
        key: &StepKey,
        by: Actor,
        reason: &str,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        let step = self.step_mut(key)?;
        match (&step.declared.how, &step.state) {
            (How::Notice { .. }, StepState::Done { .. }) => return Err(Refusal::DoneByNotice),
            (_, StepState::Done { .. } | StepState::NotNeeded { .. }) => {}
            _ => return Err(Refusal::StepNotSettled),
        }
        let text = Some(checked(reason, Refusal::NeedsReason)?);
        let by = By::from(by);
        let opened = open(step, Some(by.clone()));
        Ok(self.at_work(&by, now, vec![Line { text, ..opened }]))
    }

    /// # Errors
    /// When the case is over, the step is settled, or no reason is given.
    pub fn not_needed(
        &mut self,
        key: &StepKey,
        by: Actor,
        reason: &str,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        let step = self.step_mut(key)?;
        if step.is_settled() {
            return Err(Refusal::StepIsSettled);
        }
        if let StepState::Waiting { wait: Wait::Notice, .. } = step.state {
            return Err(Refusal::StepIsWaiting);
        }
        let text = Some(checked(reason, Refusal::NeedsReason)?);
        let (by, late_by) = (By::from(by), step.late_at(now));
        step.state = StepState::NotNeeded { by: by.clone(), at: now, late_by };
        let name = step.declared.name.clone();
        let happening = Happening::StepNotNeeded { step: key.clone(), name, by: by.clone(), late_by };
        Ok(self.at_work(&by, now, vec![Line { happening, text }]))
    }

    /// A notice is on its way: its step waits for the mail server.
    pub fn notice_queued(&mut self, purpose: Purpose, way: Way, by: Actor, now: Millis) -> Vec<Line> {
        for step in self.steps_of(purpose).filter(|step| step.state == StepState::Open) {
            step.state = StepState::Waiting { by: by.clone().into(), since: now, wait: Wait::Notice };
        }
        let queued = Happening::NoticeQueued { purpose, way, by: by.clone() };
        self.at_work(&by.into(), now, vec![queued.into()])
    }

    /// It left the console for good: the couple is told. `by` is whoever queued it.
    pub fn notice_sent(&mut self, purpose: Purpose, way: Way, by: &Actor, now: Millis) -> Vec<Line> {
        self.told.entry(purpose).or_insert(now);
        let mut lines = vec![Happening::NoticeSent { purpose, way }.into()];
        for step in self.steps_of(purpose).filter(|step| !step.is_settled()) {
            lines.push(finish(step, by.clone().into(), now));
        }
        lines
    }

    /// It did not go, or came back: the couple is not told, and its step is open again.
    pub fn notice_failed(&mut self, purpose: Purpose, way: Way) -> Vec<Line> {
        self.told.remove(&purpose);
        let mut lines = vec![Happening::NoticeFailed { purpose, way }.into()];
        for step in self.steps_of(purpose).filter(|step| {
            matches!(step.state, StepState::Done { .. } | StepState::Waiting { wait: Wait::Notice, .. })
        }) {
            lines.push(open(step, None));
        }
        lines
    }

    /// It was taken back before anything left: what waited for it is open again.
    pub fn notice_withdrawn(&mut self, purpose: Purpose, way: Way, by: Actor) -> Vec<Line> {
        let mut lines = vec![Happening::NoticeWithdrawn { purpose, way, by }.into()];
        let waits = |step: &&mut Step| matches!(step.state, StepState::Waiting { wait: Wait::Notice, .. });
        for step in self.steps_of(purpose).filter(waits) {
            lines.push(open(step, None));
        }
        lines
    }

    /// What the couple is to be told and has not been, in that order. Nothing of a couple that is not to be contacted.
    pub fn to_tell(&self) -> impl Iterator<Item = Purpose> {
        let needs = self.needs.iter().copied();
        needs.filter(|purpose| self.contact.is_allowed() && !self.told.contains_key(purpose))
    }

    /// Milliseconds from the detection until they were first told anything; `None` while they have not been.
    pub fn time_to_tell(&self) -> Option<i64> {
        self.told.values().min().map(|at| at.since(self.detected_at))
    }

    /// Whether the couple should know something by the checklist that they have not been told.
    pub fn is_untold(&self) -> bool {
        self.is_open()
            && self
                .steps
                .iter()
                .any(|step| matches!(step.declared.how, How::Notice { .. }) && !step.is_settled())
    }

    /// How many of its steps are, or were, late.
    pub fn late_steps(&self, now: Millis) -> usize {
        self.steps.iter().filter(|step| step.late_by(now) > 0).count()
    }

    /// Whoever has it and does something is at work.
    fn at_work(&mut self, by: &By, now: Millis, mut lines: Vec<Line>) -> Vec<Line> {
        let hands = match by {
            By::Staff { actor } => actor.hands(),
            By::Asked { .. } | By::Platform => None,
        };
        if let State::Acknowledged { holder, .. } = &self.state
            && hands == Some(&holder.id)
        {
            let holder = holder.clone();
            lines.insert(0, Happening::Began { by: holder.clone() }.into());
            self.state = State::Working { holder, since: now };
        }
        lines
    }

    fn step_mut(&mut self, key: &StepKey) -> Result<&mut Step, Refusal> {
        self.steps.iter_mut().find(|step| step.key() == key).ok_or(Refusal::NoSuchStep)
    }

    fn steps_of(&mut self, purpose: Purpose) -> impl Iterator<Item = &mut Step> {
        self.steps
            .iter_mut()
            .filter(move |step| matches!(step.declared.how, How::Notice { purpose: of } if of == purpose))
    }
}

fn finish(step: &mut Step, by: By, now: Millis) -> Line {
    let late_by = step.late_at(now);
    step.state = StepState::Done { by: by.clone(), at: now, late_by };
    Happening::StepDone { step: step.key().clone(), name: step.declared.name.clone(), by, late_by }.into()
}

fn open(step: &mut Step, by: Option<By>) -> Line {
    step.state = StepState::Open;
    Happening::StepOpened { step: step.key().clone(), name: step.declared.name.clone(), by }.into()
}
