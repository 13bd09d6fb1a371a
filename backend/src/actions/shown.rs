//! What the pages show of actions and runs.

use domain::{
    actions::{Action, ActionKey, Automation, Goal, Happening, RunId},
    alerts::AlertId,
    time::Millis,
};

use super::{ActionRefused, Actions, Stored, store};
use crate::{
    access::{Permit, SeeStatus},
    db::DbError,
};

/// `/actions`
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    /// By what one wants to achieve.
    pub goals: Vec<(Goal, Vec<Entry>)>,
    /// Those that are not over, oldest first.
    pub open: Vec<Stored>,
    /// Those of which nobody knows what happened, or that wait for a review.
    pub waiting: Vec<Stored>,
    pub automation: Automation,
    pub now: Millis,
}

/// One action in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub action: Action,
    /// The newest run of it.
    pub last: Option<Stored>,
}

/// `/actions/{key}` beside its preview.
#[derive(Clone, PartialEq, Debug)]
pub struct RunShown {
    pub past: Vec<Stored>,
    pub now: Millis,
}

/// `/runs/{id}`
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub stored: Stored,
    /// Oldest first.
    pub story: Vec<(Millis, Happening)>,
    /// The catalogue's entry as it is now; `None` when it is gone.
    pub action: Option<Action>,
    /// Why it cannot be undone; `Ok` when it can.
    pub undo: Result<(), String>,
    /// The open alert of level 4 that would let one person go on alone.
    pub emergency: Option<AlertId>,
    pub automation: Automation,
    pub now: Millis,
}

impl Actions {
    /// The catalogue of a platform with what is going on.
    ///
    /// # Errors
    /// When the database cannot be read, or there is no such platform.
    pub async fn listed(&self, _: &Permit<SeeStatus>, platform: &str) -> Result<Listed, ActionRefused> {
        let catalogue = self.catalogue(platform).ok_or(ActionRefused::Unknown)?;
        let db = self.0.db.read();
        let mut goals = Vec::new();
        for (goal, actions) in catalogue.by_goal() {
            let mut entries = Vec::new();
            for action in actions {
                let last = store::past(db, Some((platform, &action.key)), None, 1).await?.pop();
                entries.push(Entry { action: action.clone(), last });
            }
            goals.push((goal, entries));
        }
        let of_platform = |stored: &Stored| stored.run.plan().platform == platform;
        let mut open = store::open(db).await?;
        open.retain(of_platform);
        let mut waiting = store::waiting_for_people(db).await?;
        waiting.retain(of_platform);
        Ok(Listed { goals, open, waiting, automation: store::automation(db).await?, now: self.0.clock.now() })
    }

    /// Past runs of an action, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn past(
        &self,
        _: &Permit<SeeStatus>,
        platform: &str,
        key: &ActionKey,
        most: i64,
    ) -> Result<RunShown, DbError> {
        let past = store::past(self.0.db.read(), Some((platform, key)), None, most).await?;
        Ok(RunShown { past, now: self.0.clock.now() })
    }

    /// Every run, or those of one action of a platform, the newest first, from the one after `before` on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history(
        &self,
        _: &Permit<SeeStatus>,
        of: Option<(&str, &ActionKey)>,
        before: Option<&RunId>,
        most: i64,
    ) -> Result<Vec<Stored>, DbError> {
        store::past(self.0.db.read(), of, before, most).await
    }

    /// Runs of which nobody knows what happened, and those that wait for a review, of every platform.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn waiting_for_people(&self) -> Result<Vec<Stored>, DbError> {
        store::waiting_for_people(self.0.db.read()).await
    }

    /// One run with its story.
    ///
    /// # Errors
    /// When there is none such, or the database cannot be read.
    pub async fn told_of(&self, _: &Permit<SeeStatus>, id: &RunId) -> Result<Told, ActionRefused> {
        let stored = self.stored(id).await?;
        let plan = stored.run.plan();
        Ok(Told {
            story: store::story(self.0.db.read(), id).await?,
            action: self.action(&plan.platform, &plan.action).cloned(),
            undo: self.undo_plan(&stored).map(|_| ()).map_err(|why| why.to_string()),
            emergency: self.emergency(&plan.platform).await?,
            automation: store::automation(self.0.db.read()).await?,
            now: self.0.clock.now(),
            stored,
        })
    }

    /// Runs that are not over, of every platform, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(&self) -> Result<Vec<Stored>, DbError> {
        store::open(self.0.db.read()).await
    }

    /// One run; `None` when there is none such.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn found(&self, id: &RunId) -> Result<Option<Stored>, DbError> {
        store::one(self.0.db.read(), id).await
    }

    /// Runs that were asked for from the page of an alert, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn of_alert(&self, alert: &AlertId) -> Result<Vec<Stored>, DbError> {
        store::of_alert(self.0.db.read(), alert).await
    }

    /// Runs that were at work on a platform in a stretch `[from, to)` and changed something, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn at_work_between(
        &self,
        platform: &str,
        from: Millis,
        to: Millis,
    ) -> Result<Vec<Stored>, DbError> {
        let mut found = store::open_between(self.0.db.read(), platform, from, to).await?;
        found.retain(|stored| stored.run.changed_something());
        Ok(found)
    }
}
