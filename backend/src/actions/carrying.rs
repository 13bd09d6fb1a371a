//! Carrying runs out: each by a task of its own, which looks, sends, and looks again until the run is over. What may have
//! been sent is on disk before it is sent, and is never sent a second time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    actions::{Actor, Answer, Board, Dispatch, Happening, Next, Refusal, Run, RunId, State, StepPreview},
    audit::{self as record, Entry, Origin},
    time::Millis,
};
use tokio::{sync::watch, task::JoinSet};

use super::{ActionRefused, Actions, Stored, hands::Progress, store};
use crate::db::DbError;

/// Another replica, or a clock that was set, may have changed what is due.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// While another run is at the same target.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(1);
/// How far a long step has come is written down no more often than this.
const TELL_PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Carries out what was agreed to, for ever. What was under way when the console was stopped is looked for first.
pub async fn run(actions: Actions, mut stop: watch::Receiver<bool>) {
    let mut resumed = false;
    let mut tasks = JoinSet::new();
    while !*stop.borrow() {
        let wait = match actions.look_around(&mut resumed, &mut tasks, &stop).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "runs could not be carried out");
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = actions.0.due.notified() => {}
            Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
            _ = stop.changed() => {}
        }
    }
    // A request that is under way is not cut off: its answer is worth more than a quick end.
    while tasks.join_next().await.is_some() {}
}

impl Actions {
    /// Begins a task for each run that has none and has something to be done. Says when to look again.
    async fn look_around(
        &self,
        resumed: &mut bool,
        tasks: &mut JoinSet<()>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Duration, DbError> {
        if !*resumed {
            for stored in store::open(self.0.db.read()).await? {
                self.resume(&stored.run.id).await?;
            }
            *resumed = true;
        }
        let now = self.0.clock.now();
        let mut next = LOOK_AGAIN;
        for stored in store::open(self.0.db.read()).await? {
            match stored.run.state {
                State::Requested { until } if now < until => {
                    let left = Duration::from_millis(until.since(now).max(1).unsigned_abs());
                    next = next.min(self.0.clock.real(left));
                }
                State::Requested { .. } => self.lapse(&stored.run.id).await?,
                State::Approved { .. } | State::Running { .. } => {
                    let id = stored.run.id.clone();
                    if self.take_in_hand(&id) {
                        let (actions, stop) = (self.clone(), stop.clone());
                        tasks.spawn(async move {
                            actions.carry_out(&id, stop).await;
                            actions.let_go(&id);
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(next.max(Duration::from_millis(5)))
    }

    fn take_in_hand(&self, id: &RunId) -> bool {
        self.0.in_hand.lock().is_ok_and(|mut in_hand| in_hand.insert(id.clone()))
    }

    fn let_go(&self, id: &RunId) {
        if let Ok(mut in_hand) = self.0.in_hand.lock() {
            in_hand.remove(id);
        }
    }

    /// One run, until nothing is to be done for it any more, or the console stops between two things.
    async fn carry_out(&self, id: &RunId, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let wait = match self.one_thing(id).await {
                Ok(Some(wait)) => wait,
                Ok(None) => return,
                Err(ActionRefused::Changed) => Duration::from_millis(10),
                Err(error) => {
                    tracing::error!(run.id = %id, %error, "a run could not be carried on");
                    LOOK_AGAIN
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Does what is next for a run; how long to wait before the thing after it. `None` when there is none.
    async fn one_thing(&self, id: &RunId) -> Result<Option<Duration>, ActionRefused> {
        let stored = self.stored(id).await?;
        let now = self.0.clock.now();
        let until =
            |at: Millis| self.0.clock.real(Duration::from_millis(at.since(now).max(0).unsigned_abs()));
        match stored.run.next() {
            Next::Begin { not_before: Some(at), .. } if now < at => Ok(Some(until(at))),
            Next::Begin { step, .. } => self.begin(&stored, step).await.map(Some),
            Next::Observe { at, .. } if now < at => Ok(Some(until(at))),
            Next::Observe { step, .. } => {
                self.observe(&stored, step).await?;
                Ok(Some(Duration::ZERO))
            }
            // Of this process: whoever sent it waits for it. Of another one: that one does.
            Next::AwaitAnswer { .. } => Ok(Some(LOOK_AGAIN)),
            Next::AwaitApproval { .. } | Next::AskAPerson { .. } | Next::OfferUndo | Next::Done => Ok(None),
        }
    }

    /// Looks at what a step rests on, writes down that it is about to be sent, sends it, and takes in what came back.
    async fn begin(&self, stored: &Stored, step: usize) -> Result<Duration, ActionRefused> {
        let plan = stored.run.plan();
        let Some(planned) = plan.steps.get(step) else { return Ok(LOOK_AGAIN) };
        let hands = self.hands(&plan.platform)?;
        let catalogue = self.catalogue(&plan.platform).ok_or(ActionRefused::Unknown)?;
        let fresh = hands.before(catalogue, planned).await;
        let (send, wait) = self.intend(&stored.run.id, fresh).await?;
        let Some(dispatch) = send else { return Ok(wait) };
        let progress = Progress::new();
        let watching = self.tell_progress(stored.run.id.clone(), progress.clone());
        let answer = hands.apply(planned, &dispatch, &progress).await;
        watching.store(true, Ordering::Relaxed);
        let place = (dispatch.step, dispatch.attempt);
        // The answer is what everything hangs on: it is tried to be kept for as long as that takes.
        loop {
            match self.answer(&stored.run.id, place, answer.clone()).await {
                Ok(()) | Err(ActionRefused::Refusal(_)) => return Ok(Duration::ZERO),
                Err(ActionRefused::Changed) => {}
                Err(error) => {
                    tracing::error!(run.id = %stored.run.id, %error, "an answer could not be written down");
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }

    /// The intent, on disk; what is to be sent after that, or how long to wait.
    pub(super) async fn intend(
        &self,
        id: &RunId,
        fresh: StepPreview,
    ) -> Result<(Option<Dispatch>, Duration), ActionRefused> {
        let (actions, id) = (self.clone(), id.clone());
        let intending = tokio::spawn(async move {
            let now = actions.0.clock.now();
            let mut tx = actions.0.db.begin().await?;
            let automation = store::automation_first(&mut tx).await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else {
                return Err(ActionRefused::Unknown);
            };
            let lapsed = stored.run.lapse(now);
            if !lapsed.is_empty() {
                actions.save(&mut tx, &stored, &lapsed, Some(entry("run.lapsed", &stored.run)), now).await?;
                tx.commit().await.map_err(DbError::from)?;
                actions.told();
                return Ok((None, Duration::ZERO));
            }
            let board = Board::of(&store::in_the_way(&mut tx, now).await?);
            let begun = match stored.run.begin_step(&fresh, &board, &automation, now) {
                Ok(begun) => begun,
                Err(Refusal::Overlaps { .. }) => return Ok((None, WAIT_FOR_OTHERS)),
                Err(refusal) => return Err(refusal.into()),
            };
            let verb = if begun.send.is_some() { "run.began" } else { "run.failed" };
            let record = verb_of(&begun.happened).unwrap_or(verb);
            actions.save(&mut tx, &stored, &begun.happened, Some(entry(record, &stored.run)), now).await?;
            tx.commit().await.map_err(DbError::from)?;
            actions.told();
            Ok((begun.send, Duration::ZERO))
        });
        intending.await.unwrap_or(Err(ActionRefused::Db(DbError::Lost)))
    }

    async fn answer(&self, id: &RunId, place: (usize, u32), answer: Answer) -> Result<(), ActionRefused> {
        let jitter = rand::random::<f64>();
        self.advance(id, move |run, now| run.answered(place, answer, jitter, now)).await
    }

    async fn observe(&self, stored: &Stored, step: usize) -> Result<(), ActionRefused> {
        let plan = stored.run.plan();
        let Some(planned) = plan.steps.get(step) else { return Ok(()) };
        let hands = self.hands(&plan.platform)?;
        let State::Running { phase: domain::actions::Phase::Observing { intent, .. }, .. } =
            &stored.run.state
        else {
            return Ok(());
        };
        let sighting = hands.after(planned, &stored.run.id, intent).await;
        self.advance(&stored.run.id, move |run, now| run.observed(sighting, now)).await
    }

    async fn resume(&self, id: &RunId) -> Result<(), DbError> {
        match self.advance(id, |run, now| Ok(run.resume(now))).await {
            Ok(()) => Ok(()),
            Err(ActionRefused::Db(error)) => Err(error),
            Err(error) => Err(DbError::Stored(error.to_string())),
        }
    }

    async fn lapse(&self, id: &RunId) -> Result<(), DbError> {
        match self.advance(id, |run, now| Ok(run.lapse(now))).await {
            Ok(()) | Err(ActionRefused::Changed) => Ok(()),
            Err(ActionRefused::Db(error)) => Err(error),
            Err(error) => Err(DbError::Stored(error.to_string())),
        }
    }

    /// Load, ask `domain`, save, tell, record what is worth it: in one transaction, and in a task of its own.
    async fn advance(
        &self,
        id: &RunId,
        act: impl FnOnce(&mut Run, Millis) -> Result<Vec<Happening>, Refusal> + Send + 'static,
    ) -> Result<(), ActionRefused> {
        let (actions, id) = (self.clone(), id.clone());
        let advancing = tokio::spawn(async move {
            let now = actions.0.clock.now();
            let mut tx = actions.0.db.begin().await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else {
                return Err(ActionRefused::Unknown);
            };
            let before = stored.run.clone();
            let happened = act(&mut stored.run, now)?;
            if stored.run == before {
                return Ok(());
            }
            let record = verb_of(&happened).map(|verb| entry(verb, &stored.run));
            actions.save(&mut tx, &stored, &happened, record, now).await?;
            if let (State::Succeeded { .. }, Some(undone)) = (&stored.run.state, &stored.run.requested.undoes)
            {
                actions.mark_undone(&mut tx, undone, &stored.run.id, now).await?;
            }
            tx.commit().await.map_err(DbError::from)?;
            actions.told();
            Ok(())
        });
        advancing.await.unwrap_or(Err(ActionRefused::Db(DbError::Lost)))
    }

    /// The run that another one has taken back says so.
    async fn mark_undone(
        &self,
        tx: &mut crate::db::Tx,
        undone: &RunId,
        by: &RunId,
        now: Millis,
    ) -> Result<(), ActionRefused> {
        let Some(mut stored) = store::one(&mut **tx, undone).await? else { return Ok(()) };
        if let Ok(happened) = stored.run.undone(by.clone(), now) {
            self.save(tx, &stored, &happened, Some(entry("run.undone", &stored.run)), now).await?;
        }
        Ok(())
    }

    /// Writes down how far a step has come, and tells the step when somebody wants it to stop. Ends with the flag.
    fn tell_progress(&self, id: RunId, progress: Progress) -> Arc<AtomicBool> {
        let (actions, over) = (self.clone(), Arc::new(AtomicBool::new(false)));
        let ends = over.clone();
        tokio::spawn(async move {
            let mut last = None;
            while !over.load(Ordering::Relaxed) {
                tokio::time::sleep(TELL_PROGRESS_EVERY).await;
                if let Ok(stored) = actions.stored(&id).await
                    && stored.run.is_stopping()
                {
                    progress.stop();
                }
                let said = progress.said();
                if said.is_some() && said != last {
                    if let Err(error) = actions.write_progress(&id, said.clone().unwrap_or_default()).await {
                        tracing::warn!(run.id = %id, %error, "how far a run has come could not be written down");
                    }
                    last = said;
                }
            }
        });
        ends
    }

    async fn write_progress(&self, id: &RunId, said: String) -> Result<(), DbError> {
        let (actions, id) = (self.clone(), id.clone());
        let writing = tokio::spawn(async move {
            let mut tx = actions.0.db.begin().await?;
            store::save_progress(&mut tx, &id, &said).await?;
            tx.commit().await?;
            actions.0.changed.send_modify(|changes| *changes += 1);
            Ok::<_, DbError>(())
        });
        writing.await.map_err(|_| DbError::Lost)?
    }
}

/// What of a story the audit log keeps: not each look, but each thing that changed something or might have.
fn verb_of(happened: &[Happening]) -> Option<&'static str> {
    happened.iter().rev().find_map(|happening| match happening {
        Happening::Succeeded => Some("run.succeeded"),
        Happening::Failed { .. } => Some("run.failed"),
        Happening::BecameUnknown { .. } => Some("run.unknown"),
        Happening::Cancelled { .. } => Some("run.cancelled"),
        Happening::Lapsed => Some("run.lapsed"),
        Happening::Resumed { .. } => Some("run.resumed"),
        Happening::Ended { .. } => Some("run.step_ended"),
        Happening::Began { .. } => Some("run.began"),
        _ => None,
    })
}

/// The console does it; for whom stands in the run.
fn entry(verb: &'static str, run: &Run) -> Entry {
    let by = match &run.requested.by {
        Actor::Person { name, .. } | Actor::Token { name, .. } => format!("for {name}"),
        Actor::Console { rule } => rule.clone(),
    };
    Entry::new(verb, record::Actor::console(by), Origin::default())
}
