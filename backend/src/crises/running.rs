//! Steps that an action does: begun by the console where a crisis failure of level 4 lets it, and settled when their run
//! has ended.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actions::{ActionKey, Run, RunId, State},
    audit::{Actor, Entry, Facts, Origin},
    crises::{Automatic, CaseId, How, Line, StepKey, StepState, Wait, automatic_steps},
    time::{MINUTE, Millis},
};

use super::{Cases, Stored, store};
use crate::{
    actions::Actions,
    audit,
    db::{DbError, Tx},
};

pub(super) const RULE: &str = "crisis failure";
/// What was refused or failed is not tried again sooner.
const TRY_AGAIN: i64 = MINUTE;

/// When each action of a platform, and each step that asks people, was last tried by itself. It is forgotten with a restart: then it is tried once more, and
/// what is in its way is in its way then too.
pub(super) type Tried = BTreeMap<(String, String), Millis>;

/// What a run has come to, for a step that waits for it.
enum Came {
    Done { at: Millis },
    ToNothing,
    NotYet,
}

impl Cases {
    /// Settles the steps whose runs have ended. Says whether any had.
    pub(super) async fn settle_runs(&self) -> Result<bool, DbError> {
        let waiting = store::waiting_for_runs(self.0.db.read()).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let runs: BTreeSet<RunId> =
            waiting.iter().flat_map(|stored| runs_of(&stored.case)).map(|(_, run)| run).collect();
        let mut ended: BTreeMap<RunId, Came> = BTreeMap::new();
        for run in runs {
            let came = came(&self.0.actions, &run).await?;
            if !matches!(came, Came::NotYet) {
                ended.insert(run, came);
            }
        }
        let ids: Vec<String> = waiting
            .iter()
            .filter(|stored| runs_of(&stored.case).iter().any(|(_, run)| ended.contains_key(run)))
            .map(|stored| stored.case.id.as_str().to_owned())
            .collect();
        if ids.is_empty() {
            return Ok(false);
        }
        let cases = self.clone();
        let settling = tokio::spawn(async move { cases.settle_whole(&ids, &ended).await });
        settling.await.map_err(|_| DbError::Lost)??;
        self.told();
        Ok(true)
    }

    async fn settle_whole(&self, ids: &[String], ended: &BTreeMap<RunId, Came>) -> Result<(), DbError> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut told: Vec<(CaseId, Vec<Line>)> = Vec::new();
        for mut stored in store::these(&mut tx, &ids).await? {
            let mut lines = Vec::new();
            for (step, run) in runs_of(&stored.case) {
                let by = match stored.case.step(&step).map(|step| &step.state) {
                    Some(StepState::Waiting { by, .. }) => by.clone(),
                    _ => continue,
                };
                let settled = match ended.get(&run) {
                    // A case that is over keeps what it was: nobody waits for it any more.
                    Some(_) if !stored.case.is_open() => stored.case.came_to_nothing(&step),
                    Some(Came::Done { at }) => stored.case.done(&step, by, (*at).min(now)),
                    Some(Came::ToNothing) => stored.case.came_to_nothing(&step),
                    Some(Came::NotYet) | None => continue,
                };
                lines.extend(settled.unwrap_or_default());
            }
            self.save_quietly(&mut tx, &stored).await?;
            told.push((stored.case.id, lines));
        }
        self.tell_plainly(&mut tx, &told, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins what runs by itself. Says whether anything was begun.
    pub(super) async fn run_automatic(&self, tried: &mut Tried) -> Result<bool, DbError> {
        let failing = self.failing();
        if failing.is_empty() {
            return Ok(false);
        }
        let automation = self.0.actions.automation().await?;
        let mut any = false;
        for platform in failing {
            let stored = store::automatic(self.0.db.read(), &platform).await?;
            let steps = automatic_steps(stored.iter().map(|stored| &stored.case), true, &automation);
            for one in steps {
                let How::Action { action } = &one.how else {
                    any |= self.ask_each(one.serves, tried).await?;
                    continue;
                };
                let (now, tries) = (self.now(), (platform.clone(), action.to_string()));
                let rests = tried.get(&tries).is_some_and(|last| now.since(*last) < TRY_AGAIN);
                let going_on = self.going_on(&platform, action).await?;
                if rests && going_on.is_none() {
                    continue;
                }
                if going_on.is_none() {
                    tried.insert(tries, now);
                }
                any |= self.run_one(&platform, action, one.serves, going_on).await?;
            }
        }
        Ok(any)
    }

    /// People are asked for each case by itself; where that could not be done it is tried again after a while.
    async fn ask_each(&self, serves: Vec<(CaseId, StepKey)>, tried: &mut Tried) -> Result<bool, DbError> {
        let mut any = false;
        for (id, step) in serves {
            let (now, tries) = (self.now(), (id.to_string(), step.to_string()));
            if tried.get(&tries).is_some_and(|last| now.since(*last) < TRY_AGAIN) {
                continue;
            }
            tried.insert(tries, now);
            any |= self.ask_by_itself(&id, &step).await?;
        }
        Ok(any)
    }

    async fn run_one(
        &self,
        platform: &str,
        action: &ActionKey,
        serves: Vec<(CaseId, StepKey)>,
        going_on: Option<RunId>,
    ) -> Result<bool, DbError> {
        // The platform is looked at before the transaction, so that nobody waits for it inside one.
        let is_in_place =
            going_on.is_none() && self.0.actions.in_effect(platform, action).await == Some(true);
        let preview = match going_on {
            None if !is_in_place => match self.0.actions.preview_of(platform, action).await {
                Ok(preview) => Some(preview),
                Err(why) => {
                    tracing::warn!(platform, action = %action, %why, "a step that runs by itself could not be looked at");
                    return Ok(false);
                }
            },
            _ => None,
        };
        let (cases, platform, action) = (self.clone(), platform.to_owned(), action.clone());
        let beginning = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let run = match preview {
                None => going_on,
                Some(preview) => match cases.0.actions.begin_by_console(&mut tx, preview, RULE, now).await? {
                    Ok(Run { id, .. }) => Some(id),
                    Err(why) => {
                        tracing::warn!(platform, action = %action, why, "a step that runs by itself was not begun");
                        return Ok(false);
                    }
                },
            };
            let mut told: Vec<(CaseId, Vec<Line>)> = Vec::new();
            for (id, step) in serves {
                let Some(stored) = store::one(&mut *tx, &id).await? else { continue };
                told.extend(cases.serve(&mut tx, stored, &step, run.clone(), now).await?);
            }
            if told.is_empty() {
                return Ok(false);
            }
            let entry = Entry::new("crisis.began_a_step_of", Actor::console(RULE), Origin::default());
            let facts =
                Facts::from([("action".to_owned(), action.to_string()), ("platform".to_owned(), platform)]);
            let entry = entry.about(super::objects(told.len()));
            cases.tell_plainly(&mut tx, &told, now).await?;
            audit::record(&mut tx, now, &entry.changed(Facts::new(), facts)).await?;
            tx.commit().await?;
            cases.0.actions.stir();
            cases.told();
            Ok::<_, DbError>(true)
        });
        beginning.await.map_err(|_| DbError::Lost)?
    }

    /// One case waits for the run; or, where there is none, its effect is there already and the step is done.
    async fn serve(
        &self,
        tx: &mut Tx,
        mut stored: Stored,
        step: &StepKey,
        run: Option<RunId>,
        now: Millis,
    ) -> Result<Option<(CaseId, Vec<Line>)>, DbError> {
        let begun = match run {
            Some(run) => stored.case.run_began(step, Automatic::by(), run, now),
            None => stored.case.done(step, Automatic::by(), now),
        };
        // Somebody was faster.
        let Ok(lines) = begun else { return Ok(None) };
        self.save_quietly(tx, &stored).await?;
        Ok(Some((stored.case.id, lines)))
    }

    /// Saves what the console itself does; with another writer at once it is done again, from the beginning.
    pub(super) async fn save_quietly(&self, tx: &mut Tx, stored: &Stored) -> Result<(), DbError> {
        match store::update(tx, stored, &self.0.assumed).await? {
            true => Ok(()),
            false => Err(DbError::Conflict("a case was changed meanwhile")),
        }
    }

    /// Lines beside which nobody wrote anything, so that no key is needed.
    pub(super) async fn tell_plainly(
        &self,
        tx: &mut Tx,
        told: &[(CaseId, Vec<Line>)],
        now: Millis,
    ) -> Result<(), DbError> {
        match self.tell(tx, told, now).await {
            Ok(()) => Ok(()),
            Err(crate::sealing::SealingError::Database(error)) => Err(error),
            Err(other) => Err(DbError::Stored(other.to_string())),
        }
    }
}

/// The steps that wait for a run, with the run.
fn runs_of(case: &domain::crises::Case) -> Vec<(StepKey, RunId)> {
    let waits = case.steps.iter().filter_map(|step| match &step.state {
        StepState::Waiting { wait: Wait::Run { run }, .. } => Some((step.key().clone(), run.clone())),
        _ => None,
    });
    waits.collect()
}

async fn came(actions: &Actions, run: &RunId) -> Result<Came, DbError> {
    let Some(stored) = actions.found(run).await? else { return Ok(Came::ToNothing) };
    Ok(match stored.run.state {
        State::Succeeded { at } => Came::Done { at },
        // Nobody knows what happened; somebody decides, and then it is one of the others.
        State::Requested { .. } | State::Approved { .. } | State::Running { .. } | State::Unknown { .. } => {
            Came::NotYet
        }
        State::Failed { .. }
        | State::Undone { .. }
        | State::Refused { .. }
        | State::Lapsed { .. }
        | State::Cancelled { .. } => Came::ToNothing,
    })
}
