//! From the first step to an end that is known, or known to be unknown. A request leaves at most once for each time that
//! it may have taken effect.

use super::{
    Actor, Answer, Automation, Board, Changed, Dispatch, Failure, Happening, Intent, Known, Look, Mark,
    Phase, PlannedStep, Refusal, Run, Sighting, State, StepEnd, StepPreview, StepRecord, Stop, overlap,
    run::LAST_LOOK,
};
use crate::time::{Millis, SECOND};

/// So long nothing of a batch may have changed before it is taken to be over: longer than the longest statement may take,
/// of the database or of the cache.
const STANDS_STILL: i64 = 20 * SECOND;

/// What came of beginning a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Begun {
    /// Store the run with its intent; then, and only then, send this. `None` when the preconditions do not hold any more,
    /// or everything automatic was turned off: nothing of this step was sent, and the run is over.
    pub send: Option<Dispatch>,
    pub happened: Vec<Happening>,
}

impl Run {
    /// Begins the next step, or the next attempt of it. `fresh` is what was just observed of that step.
    ///
    /// # Errors
    /// When it is not its turn: another run is at work there, or it is too early. It is then as it was.
    pub fn begin_step(
        &mut self,
        fresh: &StepPreview,
        board: &Board,
        automation: &Automation,
        now: Millis,
    ) -> Result<Begun, Refusal> {
        let (attempt, since) = match &self.state {
            State::Approved { until } if now < *until => {
                board.may_begin(self)?;
                (1, now)
            }
            State::Approved { .. } => return Err(Refusal::HasLapsed),
            State::Running { phase: Phase::Ready, since, .. } => (1, *since),
            State::Running { phase: Phase::Waiting { attempt, until, .. }, since, .. } => {
                if now < *until {
                    return Err(Refusal::TooEarly { at: *until });
                }
                (attempt.saturating_add(1), *since)
            }
            _ => return Err(Refusal::CannotBegin { state: self.state_word() }),
        };
        let step = self.steps.len();
        let Some(planned) = self.plan().steps.get(step) else {
            return Err(Refusal::CannotBegin { state: self.state_word() });
        };
        let what = planned.step.clone();
        if let Automation::Off { by, .. } = automation
            && self.requested.by.is_automatic()
        {
            return Ok(Begun { send: None, happened: self.cancel(by.clone(), now)? });
        }
        let failing = fresh.failing();
        if !failing.is_empty() {
            return Ok(self.ended_before(Failure::ChecksFail { said: failing }, now));
        }
        let changed = self.changed_before(step, fresh);
        if !changed.is_empty() {
            return Ok(self.ended_before(Failure::NoLongerTrue { changed }, now));
        }
        let intent = Intent { step, attempt, at: now, old: fresh.old.clone() };
        self.state = State::Running { since, phase: Phase::Intended { intent }, stopping: None };
        let mark = Mark::new(&self.id, step);
        let dispatch = Dispatch { step, attempt, mark, what, old: fresh.old.clone() };
        Ok(Begun { send: Some(dispatch), happened: vec![Happening::Began { step, attempt }] })
    }

    /// What the step rested on and is not so any more. What an earlier step of the run has touched may be different: that
    /// is what it was for.
    fn changed_before(&self, step: usize, fresh: &StepPreview) -> Vec<Changed> {
        let (Some(planned), Some(seen)) = (self.plan().steps.get(step), self.preview.steps.get(step)) else {
            return Vec::new();
        };
        let touched: Vec<_> = self.plan().steps.iter().take(step).flat_map(PlannedStep::targets).collect();
        if overlap(&planned.targets(), &touched) {
            return Vec::new();
        }
        seen.changed_in(fresh)
    }

    fn ended_before(&mut self, why: Failure, now: Millis) -> Begun {
        self.state = State::Failed { at: now, why: why.clone() };
        Begun { send: None, happened: vec![Happening::Failed { why }] }
    }

    /// Takes in what came back for an attempt of a step, or that nothing did. `jitter` is by chance, from 0 to 1.
    ///
    /// # Errors
    /// When that attempt is not waited for: an answer that came twice, or long after.
    pub fn answered(
        &mut self,
        (step, attempt): (usize, u32),
        answer: Answer,
        jitter: f64,
        now: Millis,
    ) -> Result<Vec<Happening>, Refusal> {
        if self.is_over() {
            return Err(Refusal::IsOver { state: self.state_word() });
        }
        let (intent, since, stopping) = match &self.state {
            State::Running {
                since,
                stopping,
                phase:
                    Phase::Intended { intent }
                    | Phase::Observing { intent, answer: Known::InDoubt { .. } | Known::Lost, .. },
            } if (intent.step, intent.attempt) == (step, attempt) => {
                (intent.clone(), *since, stopping.clone())
            }
            _ => return Err(Refusal::NotWaitedFor),
        };
        let mut happened = vec![Happening::Answered { step, answer: answer.clone() }];
        let only_answer = self.look(step) == Some(&Look::AnswerOnly);
        match answer {
            Answer::Done { said } if only_answer => {
                happened.extend(self.end_step(&intent, in_place(said), now));
            }
            Answer::Done { said } => self.observe_from(intent, Known::Taken { said }, now),
            Answer::InDoubt { said } if only_answer => {
                happened.extend(self.end_step(&intent, StepEnd::Unknown { said }, now));
            }
            Answer::InDoubt { said } => self.observe_from(intent, Known::InDoubt { said }, now),
            Answer::Partly { said } => {
                happened.extend(self.end_step(&intent, StepEnd::Partly { said }, now));
            }
            Answer::NotDone { why, said } => match why.pause(attempt, jitter) {
                Some(pause) if stopping.is_none() => {
                    let until = now.plus(pause);
                    self.state =
                        State::Running { since, phase: Phase::Waiting { attempt, until, said }, stopping };
                    happened.push(Happening::WillTryAgain { step, at: until });
                }
                _ => {
                    let end = StepEnd::NotDone { said, decided_by: None };
                    happened.extend(self.end_step(&intent, end, now));
                }
            },
        }
        Ok(happened)
    }

    /// After the console was stopped, however: what may have been sent is never sent again, only looked for. Called for
    /// every run once, before anything else is done for it.
    pub fn resume(&mut self, now: Millis) -> Vec<Happening> {
        let State::Running { phase: Phase::Intended { intent }, .. } = &self.state else { return Vec::new() };
        let intent = intent.clone();
        let mut happened = vec![Happening::Resumed { step: intent.step }];
        if self.look(intent.step) == Some(&Look::AnswerOnly) {
            let said = "the console was stopped before it had the answer".to_owned();
            happened.extend(self.end_step(&intent, StepEnd::Unknown { said }, now));
        } else {
            self.observe_from(intent, Known::Lost, now);
        }
        happened
    }

    /// Takes in one look at the effect of the present step.
    ///
    /// # Errors
    /// When nothing is looked for.
    pub fn observed(&mut self, sighting: Sighting, now: Millis) -> Result<Vec<Happening>, Refusal> {
        let State::Running { phase: Phase::Observing { intent, answer, until, looked, fewest, .. }, .. } =
            &mut self.state
        else {
            let state = self.state_word();
            return Err(if self.is_over() { Refusal::IsOver { state } } else { Refusal::NotWaitedFor });
        };
        if let Sighting::Partly { left: Some(left), .. } = &sighting
            && fewest.is_none_or(|(_, fewest)| *left < fewest)
        {
            *fewest = Some((now, *left));
        }
        // Without an answer nobody is at work on it any more. Others may add to it meanwhile.
        let is_left = matches!(answer, Known::InDoubt { .. } | Known::Lost)
            && matches!(sighting, Sighting::Partly { left: Some(_), .. })
            && fewest.is_some_and(|(since, _)| now.since(since) >= STANDS_STILL);
        let late = now >= *until || is_left;
        let end = match (&sighting, &*answer) {
            (Sighting::InPlace { said }, _) => in_place(said.clone()),
            (Sighting::Broke { said }, _) => StepEnd::Broke { said: said.clone() },
            _ if !late => {
                *looked = Some((now, sighting));
                return Ok(Vec::new());
            }
            (Sighting::Partly { said, .. }, _) => StepEnd::Partly { said: said.clone() },
            (Sighting::NotYet { said }, Known::Taken { .. }) => StepEnd::NoEffect { said: said.clone() },
            (Sighting::NotYet { said } | Sighting::CannotSee { why: said }, _) => {
                StepEnd::Unknown { said: said.clone() }
            }
        };
        let intent = intent.clone();
        Ok(self.end_step(&intent, end, now))
    }

    /// Somebody wants no more of it. What has been sent is still looked for; what has not is never sent.
    ///
    /// # Errors
    /// When it is over, or being stopped already.
    pub fn cancel(&mut self, by: Actor, now: Millis) -> Result<Vec<Happening>, Refusal> {
        match &mut self.state {
            State::Running { stopping: Some(_), .. } => Err(Refusal::IsStopping),
            State::Running { stopping, phase: Phase::Intended { .. } | Phase::Observing { .. }, .. } => {
                *stopping = Some(Stop { by: by.clone(), at: now });
                Ok(vec![Happening::Stopping { by }])
            }
            State::Requested { .. } | State::Approved { .. } | State::Running { .. } => {
                self.state = State::Cancelled { at: now, by: by.clone() };
                Ok(vec![Happening::Cancelled { by }])
            }
            _ => Err(Refusal::IsOver { state: self.state_word() }),
        }
    }

    fn look(&self, step: usize) -> Option<&Look> {
        self.plan().steps.get(step).map(|planned| &planned.effect.look)
    }

    fn observe_from(&mut self, intent: Intent, answer: Known, now: Millis) {
        let within = self.plan().steps.get(intent.step).map_or(0, |planned| planned.effect.within);
        if let State::Running { phase, .. } = &mut self.state {
            let looked = match phase {
                Phase::Observing { looked, .. } => looked.take(),
                _ => None,
            };
            let until = intent.at.plus(within).max(now.plus(LAST_LOOK));
            *phase = Phase::Observing { intent, answer, from: now, until, looked, fewest: None };
        }
    }

    /// Writes down what a step came to, and goes on to the next step or to the end of the run.
    fn end_step(&mut self, intent: &Intent, end: StepEnd, now: Millis) -> Vec<Happening> {
        let mut happened = vec![Happening::Ended { step: intent.step, end: end.clone() }];
        self.steps.push(StepRecord {
            began: intent.at,
            ended: now,
            attempts: intent.attempt,
            old: intent.old.clone(),
            end: end.clone(),
        });
        let (since, stopping) = match &self.state {
            State::Running { since, stopping, .. } => (*since, stopping.clone()),
            _ => (now, None),
        };
        let all_done = self.steps.len() == self.plan().steps.len();
        let fail =
            |why: Failure| (State::Failed { at: now, why: why.clone() }, Some(Happening::Failed { why }));
        let (state, told) = match (end, stopping) {
            (StepEnd::Unknown { said }, _) => {
                (State::Unknown { at: now, why: said.clone() }, Some(Happening::BecameUnknown { why: said }))
            }
            (StepEnd::InPlace { .. }, _) if all_done => {
                (State::Succeeded { at: now }, Some(Happening::Succeeded))
            }
            (StepEnd::InPlace { .. } | StepEnd::NotDone { .. } | StepEnd::Partly { .. }, Some(stop)) => (
                State::Cancelled { at: now, by: stop.by.clone() },
                Some(Happening::Cancelled { by: stop.by }),
            ),
            (StepEnd::InPlace { .. }, None) => {
                (State::Running { since, phase: Phase::Ready, stopping: None }, None)
            }
            (StepEnd::NotDone { said, .. }, None) => {
                fail(Failure::NotDone { said, attempts: intent.attempt })
            }
            (StepEnd::Partly { said }, None) => fail(Failure::Partly { said }),
            (StepEnd::NoEffect { said }, _) => fail(Failure::NoEffect { said }),
            (StepEnd::Broke { said }, _) => fail(Failure::Broke { said }),
        };
        self.state = state;
        happened.extend(told);
        happened
    }
}

fn in_place(said: String) -> StepEnd {
    StepEnd::InPlace { said, decided_by: None }
}
