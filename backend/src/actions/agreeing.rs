//! What people say to a run: yes, no, stop, this is what happened; and to everything automatic.

use std::collections::BTreeSet;

use domain::{
    access::{EmailAddress, PersonId},
    actions::{Account, Actor, Automation, Happening, Refusal, Run, RunId, Second, wording},
    alerts::AlertId,
    audit::{Entry, Facts, Object},
    delivery::Recipient,
    monitoring::Level,
    time::Millis,
};

use super::{
    ActionRefused, Actions, RunPermit, Stored,
    asking::object,
    permits::{actor, proven},
    store,
};
use crate::{
    access::{Approve, HandleAlerts, Permit, Viewer},
    audit,
    db::DbError,
    delivery::{self, Order},
};

impl Actions {
    /// A second person agrees. What it rests on is looked at once more.
    ///
    /// # Errors
    /// When it is the same person, it does not wait for that, or what was seen is no longer true.
    pub async fn approve(
        &self,
        permit: &Permit<Approve>,
        id: &RunId,
        comment: String,
    ) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        let fresh = self.preview(stored.run.plan()).await?;
        let both = Both::of(self, permit.viewer(), &stored.run).await?;
        let by = actor(permit.viewer());
        self.change(id, permit.entry("run.approved"), move |run, now| {
            run.approve(&both.second(by), &comment, &fresh, now)
        })
        .await
    }

    /// Somebody says no, and what to do instead.
    ///
    /// # Errors
    /// Without a comment, or when it does not wait for an approval.
    pub async fn refuse(
        &self,
        permit: &Permit<Approve>,
        id: &RunId,
        comment: String,
    ) -> Result<Run, ActionRefused> {
        let by = actor(permit.viewer());
        let entry = permit.entry("run.refused").because(comment.clone());
        self.change(id, entry, move |run, now| run.refuse(by, &comment, now)).await
    }

    /// One person alone goes on, because a level 4 is open. Everybody who may approve hears of it.
    ///
    /// # Errors
    /// When no level 4 is open, the password was not given just now, or what was seen is no longer true.
    pub async fn break_glass(&self, permit: &RunPermit, id: &RunId) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        self.permit_for(permit.viewer(), stored.run.plan())?;
        let fresh = self.preview(stored.run.plan()).await?;
        let emergency = self.emergency(&stored.run.plan().platform).await?;
        let (viewer, real) = (permit.viewer().clone(), self.0.access.now());
        self.change(id, permit.entry("run.glass_broken"), move |run, now| {
            let proof = proven(&viewer, real, now);
            run.break_glass(actor(&viewer), proof, emergency.as_ref(), &fresh, now)
        })
        .await
    }

    /// The open alert of level 4 that lets one person go on alone, if there is one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn emergency(&self, platform: &str) -> Result<Option<AlertId>, DbError> {
        let open = self.0.alerts.open(500).await?;
        let worst = open.into_iter().find(|stored| {
            stored.alert.severity.level == Level::Emergency && stored.alert.key.platform == platform
        });
        Ok(worst.map(|stored| stored.id))
    }

    /// Somebody else has looked at why the glass was broken.
    ///
    /// # Errors
    /// When it is the same person, or there is nothing to review.
    pub async fn review(
        &self,
        permit: &Permit<Approve>,
        id: &RunId,
        comment: String,
    ) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        let both = Both::of(self, permit.viewer(), &stored.run).await?;
        let by = actor(permit.viewer());
        self.change(id, permit.entry("run.reviewed"), move |run, now| {
            run.review(&both.second(by), &comment, now)
        })
        .await
    }

    /// Somebody wants no more of it.
    ///
    /// # Errors
    /// When it is over, or being stopped already.
    pub async fn cancel(&self, permit: &RunPermit, id: &RunId) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        self.permit_for(permit.viewer(), stored.run.plan())?;
        let by = actor(permit.viewer());
        self.change(id, permit.entry("run.cancelled"), move |run, now| run.cancel(by, now)).await
    }

    /// Somebody has looked, and says what happened where nobody knew.
    ///
    /// # Errors
    /// When it is known, or nothing is said about how they know.
    pub async fn decide(
        &self,
        permit: &RunPermit,
        id: &RunId,
        in_place: bool,
        comment: String,
    ) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        self.permit_for(permit.viewer(), stored.run.plan())?;
        let by = actor(permit.viewer());
        let entry = permit.entry("run.decided").because(comment.clone());
        self.change(id, entry, move |run, now| run.decide(by, in_place, &comment, now)).await
    }

    /// Whether the console may do anything by itself.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn automation(&self) -> Result<Automation, DbError> {
        store::automation(self.0.db.read()).await
    }

    /// Turns everything automatic off, or on again.
    ///
    /// # Errors
    /// Without a reason, or when it is so already.
    pub async fn turn_automation(
        &self,
        permit: &Permit<HandleAlerts>,
        on: bool,
        reason: String,
    ) -> Result<Automation, ActionRefused> {
        let (actions, by) = (self.clone(), actor(permit.viewer()));
        let entry = permit.entry(if on { "automation.turned_on" } else { "automation.turned_off" });
        let turning = tokio::spawn(async move {
            let now = actions.0.clock.now();
            let mut tx = actions.0.db.begin().await?;
            let before = store::automation_first(&mut tx).await?;
            let entry = entry.about(Object::new("automation", "automation", "everything automatic"));
            let turned = if on { Ok(Automation::On) } else { before.turn_off(by, &reason, now) };
            let after = match turned {
                Ok(after) => after,
                Err(refusal) => {
                    audit::record(&mut tx, now, &entry.refused(refusal.to_string())).await?;
                    tx.commit().await.map_err(DbError::from)?;
                    return Err(refusal.into());
                }
            };
            store::save_automation(&mut tx, &after).await?;
            let word = |automation: &Automation| {
                let word = if automation.is_on() { "on" } else { "off" };
                Facts::from([("automatic".to_owned(), word.to_owned())])
            };
            let mut entry = entry.changed(word(&before), word(&after));
            entry.reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            actions.told();
            Ok(after)
        });
        turning.await.unwrap_or(Err(ActionRefused::Db(DbError::Lost)))
    }

    pub(super) async fn stored(&self, id: &RunId) -> Result<Stored, ActionRefused> {
        store::one(self.0.db.read(), id).await?.ok_or(ActionRefused::Unknown)
    }

    /// Load, ask `domain`, save, tell, record: in one transaction, and in a task of its own. A refusal is on record too.
    async fn change(
        &self,
        id: &RunId,
        entry: Entry,
        act: impl FnOnce(&mut Run, Millis) -> Result<Vec<Happening>, Refusal> + Send + 'static,
    ) -> Result<Run, ActionRefused> {
        let (actions, id) = (self.clone(), id.clone());
        let changing = tokio::spawn(async move {
            let now = actions.0.clock.now();
            let others = actions.0.access.holders(domain::access::Permission::Approve, None).await?;
            let mut tx = actions.0.db.begin().await?;
            store::automation_first(&mut tx).await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else {
                return Err(ActionRefused::Unknown);
            };
            let happened = match act(&mut stored.run, now) {
                Ok(happened) => happened,
                Err(refusal) => {
                    let entry = Entry { reason: None, ..entry };
                    let entry = entry.about(object(&stored.run)).refused(refusal.to_string());
                    audit::record(&mut tx, now, &entry).await?;
                    tx.commit().await.map_err(DbError::from)?;
                    return Err(refusal.into());
                }
            };
            actions.save(&mut tx, &stored, &happened, Some(entry), now).await?;
            let alone = happened.iter().any(|one| matches!(one, Happening::GlassBroken { .. }));
            if alone && let Some(message) = wording::glass_broken(&stored.run, |at| actions.clock_time(at)) {
                let orders: Vec<Order> = others
                    .into_iter()
                    .map(|(id, _)| Order { message: message.clone(), to: Recipient::Person { id } })
                    .collect();
                delivery::enqueue_all(&mut tx, now, &orders).await?;
            }
            tx.commit().await.map_err(DbError::from)?;
            actions.told();
            Ok(stored.run)
        });
        changing.await.unwrap_or(Err(ActionRefused::Db(DbError::Lost)))
    }
}

/// What is known of whoever agrees and of whoever asked.
struct Both {
    own: Account,
    requester: Option<Account>,
}

impl Both {
    async fn of(actions: &Actions, viewer: &Viewer, run: &Run) -> Result<Both, ActionRefused> {
        let requester = match run.requested.by.hands() {
            Some(person) => actions.account(person).await?,
            None => None,
        };
        let own = actions.account(&viewer.person).await?;
        Ok(Both { own: own.ok_or(ActionRefused::Unknown)?, requester })
    }

    fn second(&self, by: Actor) -> Second<'_> {
        Second { by, account: &self.own, requester: self.requester.as_ref() }
    }
}

impl Actions {
    /// Of somebody who has an account still.
    async fn account(&self, person: &PersonId) -> Result<Option<Account>, DbError> {
        let Some(email) = self.0.access.email_of(person).await? else { return Ok(None) };
        Ok(Some(Account {
            id: person.clone(),
            email: EmailAddress::parse(&email).ok(),
            linked: BTreeSet::new(),
        }))
    }
}
