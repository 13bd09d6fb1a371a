//! From a look at what would be done to a run that was asked for.

use std::collections::BTreeMap;

use domain::{
    access::Permission,
    actions::{
        Action, ActionKey, Actor, Asked, Automation, Board, Fingerprint, Happening, Plan, Preview, Refusal,
        Run, RunId, Sighting, State, Values, check_values, wording,
    },
    alerts::AlertId,
    audit::{self as record, Entry, Facts, Object, Origin},
    delivery::Recipient,
    time::Millis,
};
use jiff::civil::Date;

use super::{
    ActionRefused, Actions, RunPermit, Stored,
    permits::{actor, proven},
    store,
};
use crate::{
    access::{Permit, SeeStatus, Viewer},
    audit,
    db::{DbError, Tx},
    delivery::{self, Order},
};

/// What somebody asks for, as it came from a form or from the API.
#[derive(Clone, Debug)]
pub struct Asking {
    pub platform: String,
    pub action: ActionKey,
    /// The fields of the action's form, as they were typed.
    pub typed: BTreeMap<String, String>,
    pub reason: String,
    /// Of the preview that they saw.
    pub seen: Fingerprint,
    pub alert: Option<AlertId>,
}

/// A request that is ready to be written down, in whatever transaction it belongs to.
#[derive(Clone, Debug)]
pub struct Prepared {
    asked: Asked,
    entry: Entry,
    approvers: Vec<Recipient>,
}

impl Prepared {
    /// The record of its refusal.
    pub fn refused(&self, refusal: &Refusal) -> Entry {
        let plan = &self.asked.preview.plan;
        let object = Object::new("action", plan.action.as_str(), &plan.name);
        Entry { reason: None, ..self.entry.clone() }.about(object).refused(refusal.to_string())
    }
}

/// What an action would do now.
#[derive(Clone, PartialEq, Debug)]
pub struct Looked {
    pub preview: Preview,
    /// Why it cannot be asked for just now, whatever the checks say: another run is in the way.
    pub in_the_way: Option<String>,
}

impl Actions {
    /// Looks at what an action would do with these values: asks the platform, changes nothing.
    ///
    /// # Errors
    /// With what is wrong in the fields, or when there is no such action.
    pub async fn look(
        &self,
        _: &Permit<SeeStatus>,
        platform: &str,
        key: &ActionKey,
        typed: &BTreeMap<String, String>,
    ) -> Result<Looked, ActionRefused> {
        let (_, plan) = self.plan(platform, key, typed)?;
        let preview = self.preview(&plan).await?;
        let in_the_way = self.in_the_way(&plan, None).await?;
        Ok(Looked { preview, in_the_way })
    }

    /// The values that the form begins with: the defaults, or what was typed.
    ///
    /// # Errors
    /// With what is wrong in the fields.
    pub fn values(&self, action: &Action, typed: &BTreeMap<String, String>) -> Result<Values, ActionRefused> {
        Ok(check_values(action, typed, self.today())?)
    }

    /// Asks for a run. It waits for a second person where the action needs one, and is carried out otherwise.
    ///
    /// # Errors
    /// With what is missing or in the way. Then there is no run, and the refusal is on record.
    pub async fn request(&self, permit: &RunPermit, asking: Asking) -> Result<Run, ActionRefused> {
        let (action, plan) = self.plan(&asking.platform, &asking.action, &asking.typed)?;
        // The permit may have been made for another action.
        RunPermit::of(permit.viewer(), action)?;
        self.ask(permit, plan, asking.reason, asking.seen, None, asking.alert).await
    }

    /// Asks for a run that takes another one back.
    ///
    /// # Errors
    /// When it cannot be taken back, and as `request`.
    pub async fn undo(
        &self,
        viewer: &Viewer,
        id: &RunId,
        reason: String,
        seen: Fingerprint,
    ) -> Result<Run, ActionRefused> {
        let stored = self.stored(id).await?;
        let plan = self.undo_plan(&stored)?;
        let permit = self.permit_for(viewer, &plan)?;
        self.ask(&permit, plan, reason, seen, Some(id.clone()), stored.run.requested.alert.clone()).await
    }

    /// What would be done to take a run back.
    ///
    /// # Errors
    /// When it cannot be taken back.
    pub fn undo_plan(&self, stored: &Stored) -> Result<Plan, ActionRefused> {
        let platform = &stored.run.plan().platform;
        let catalogue = self.catalogue(platform).ok_or(ActionRefused::Unknown)?;
        Ok(catalogue.plan_undo(&stored.run)?)
    }

    /// A run, and what would be done now to take it back, or why it cannot be.
    ///
    /// # Errors
    /// When there is no such run, or the database cannot be read.
    pub async fn look_at_undo(
        &self,
        _: &Permit<SeeStatus>,
        id: &RunId,
    ) -> Result<(Stored, Result<Looked, ActionRefused>), ActionRefused> {
        let stored = self.stored(id).await?;
        let plan = match self.undo_plan(&stored) {
            Ok(plan) => plan,
            Err(why) => return Ok((stored, Err(why))),
        };
        let preview = self.preview(&plan).await?;
        let in_the_way = self.in_the_way(&plan, Some(id)).await?;
        Ok((stored, Ok(Looked { preview, in_the_way })))
    }

    /// Leave to run what a plan does: that of its action.
    ///
    /// # Errors
    /// With the permission that is missing.
    pub fn permit_for(&self, viewer: &Viewer, plan: &Plan) -> Result<RunPermit, ActionRefused> {
        let action = self.action(&plan.platform, &plan.action).ok_or(ActionRefused::Unknown)?;
        Ok(RunPermit::of(viewer, action)?)
    }

    fn plan(
        &self,
        platform: &str,
        key: &ActionKey,
        typed: &BTreeMap<String, String>,
    ) -> Result<(&Action, Plan), ActionRefused> {
        let catalogue = self.catalogue(platform).ok_or(ActionRefused::Unknown)?;
        let action = catalogue.get(key).ok_or(ActionRefused::Unknown)?;
        let values = check_values(action, typed, self.today())?;
        Ok((action, catalogue.plan(key, &values)?))
    }

    fn today(&self) -> Date {
        let now = jiff::Timestamp::from_millisecond(self.0.clock.now().0).unwrap_or_default();
        now.to_zoned(self.0.config.server.zone.clone()).date()
    }

    /// What an action would do now with its defaults, for whatever the console begins by itself.
    ///
    /// # Errors
    /// When there is no such action, or one of its values has no default.
    pub async fn preview_of(&self, platform: &str, key: &ActionKey) -> Result<Preview, ActionRefused> {
        let (_, plan) = self.plan(platform, key, &BTreeMap::new())?;
        self.preview(&plan).await
    }

    /// Whether the effect of an action is in place, as the platform tells just now; `None` where it cannot be known.
    pub async fn in_effect(&self, platform: &str, key: &ActionKey) -> Option<bool> {
        let (_, plan) = self.plan(platform, key, &BTreeMap::new()).ok()?;
        let hands = self.hands(platform).ok()?;
        for step in &plan.steps {
            match hands.now(step).await {
                Sighting::InPlace { .. } => {}
                Sighting::NotYet { .. } => return Some(false),
                _ => return None,
            }
        }
        Some(true)
    }

    /// Begins a run that nobody asked for, in the transaction of what decided it. The inner error is the rule that is
    /// against it; then there is no run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_by_console(
        &self,
        tx: &mut Tx,
        preview: Preview,
        rule: &str,
        now: Millis,
    ) -> Result<Result<Run, String>, DbError> {
        let asked = Asked {
            id: RunId(uuid::Uuid::now_v7().to_string()),
            by: Actor::Console { rule: rule.to_owned() },
            reason: rule.to_owned(),
            proven: None,
            seen: preview.fingerprint(),
            preview,
            undoes: None,
            alert: None,
        };
        let approvers = self.approvers(&asked.preview.plan, None).await?;
        let entry = Entry::new("run.requested", record::Actor::console(rule), Origin::default());
        let run = match write_down(tx, asked, entry, now).await? {
            Ok(run) => run,
            Err(refusal) => return Ok(Err(refusal.to_string())),
        };
        self.tell_approvers(tx, &run, approvers, now).await?;
        Ok(Ok(run))
    }

    /// The switch, as the caller's transaction sees it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn automation_in(&self, tx: &mut Tx) -> Result<Automation, DbError> {
        store::automation(&mut **tx).await
    }

    /// After a run was begun in somebody else's transaction.
    pub fn stir(&self) {
        self.told();
    }

    /// Looks at every step of a plan at once.
    pub(super) async fn preview(&self, plan: &Plan) -> Result<Preview, ActionRefused> {
        let hands = self.hands(&plan.platform)?;
        let catalogue = self.catalogue(&plan.platform).ok_or(ActionRefused::Unknown)?;
        let steps = plan.steps.iter().map(|step| hands.before(catalogue, step));
        let steps = futures::future::join_all(steps).await;
        Ok(Preview { plan: plan.clone(), steps, made_at: self.0.clock.now() })
    }

    async fn in_the_way(&self, plan: &Plan, undoes: Option<&RunId>) -> Result<Option<String>, DbError> {
        let now = self.0.clock.now();
        let mut tx = self.0.db.snapshot().await?;
        let board = Board::of(&store::in_the_way(&mut tx, now).await?);
        Ok(board.may_request(plan, undoes, now).err().map(|refusal| refusal.to_string()))
    }

    async fn ask(
        &self,
        permit: &RunPermit,
        plan: Plan,
        reason: String,
        seen: Fingerprint,
        undoes: Option<RunId>,
        alert: Option<AlertId>,
    ) -> Result<Run, ActionRefused> {
        let prepared = self.ready(permit, plan, reason, seen, undoes, alert).await?;
        let actions = self.clone();
        let asking = tokio::spawn(async move { actions.ask_whole(prepared).await });
        asking.await.unwrap_or(Err(ActionRefused::Db(DbError::Lost)))
    }

    async fn ready(
        &self,
        permit: &RunPermit,
        plan: Plan,
        reason: String,
        seen: Fingerprint,
        undoes: Option<RunId>,
        alert: Option<AlertId>,
    ) -> Result<Prepared, ActionRefused> {
        let preview = self.preview(&plan).await?;
        let viewer = permit.viewer().clone();
        let now = self.0.clock.now();
        let asked = Asked {
            id: RunId(uuid::Uuid::now_v7().to_string()),
            by: actor(&viewer),
            reason: reason.clone(),
            proven: proven(&viewer, self.0.access.now(), now),
            seen,
            preview,
            undoes,
            alert,
        };
        let entry = permit.entry("run.requested").because(reason);
        let approvers = self.approvers(&plan, Some(&viewer)).await?;
        Ok(Prepared { asked, entry, approvers })
    }

    /// Everybody who may approve it, but for whoever asks.
    async fn approvers(&self, plan: &Plan, but: Option<&Viewer>) -> Result<Vec<Recipient>, DbError> {
        if !plan.two_person {
            return Ok(Vec::new());
        }
        let holders = self.0.access.holders(Permission::Approve, None).await?;
        let others = holders.into_iter().filter(|(id, _)| but.is_none_or(|viewer| *id != viewer.person));
        Ok(others.map(|(id, _)| Recipient::Person { id }).collect())
    }

    async fn ask_whole(&self, prepared: Prepared) -> Result<Run, ActionRefused> {
        let now = self.0.clock.now();
        let mut tx = self.0.db.begin().await?;
        let run = match self.request_in(&mut tx, prepared.clone(), now).await? {
            Ok(run) => run,
            Err(refusal) => {
                audit::record(&mut tx, now, &prepared.refused(&refusal)).await?;
                tx.commit().await.map_err(DbError::from)?;
                return Err(refusal.into());
            }
        };
        tx.commit().await.map_err(DbError::from)?;
        self.told();
        Ok(run)
    }

    /// Looks at what is asked for, as `request` does, and leaves it to the caller to write it down by `request_in`.
    ///
    /// # Errors
    /// When there is no such action, or they may not run it.
    pub async fn prepare(&self, permit: &RunPermit, asking: Asking) -> Result<Prepared, ActionRefused> {
        let (action, plan) = self.plan(&asking.platform, &asking.action, &asking.typed)?;
        // The permit may have been made for another action.
        RunPermit::of(permit.viewer(), action)?;
        self.ready(permit, plan, asking.reason, asking.seen, None, asking.alert).await
    }

    /// Writes a request down in the caller's transaction; call `stir` after the commit. The inner error is the rule that is
    /// against it: then there is no run, and its refusal is the caller's to record.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn request_in(
        &self,
        tx: &mut Tx,
        prepared: Prepared,
        now: Millis,
    ) -> Result<Result<Run, Refusal>, DbError> {
        let Prepared { asked, entry, approvers } = prepared;
        let run = match write_down(tx, asked, entry, now).await? {
            Ok(run) => run,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.tell_approvers(tx, &run, approvers, now).await?;
        Ok(Ok(run))
    }

    /// Where a run waits for a second person, in the transaction that wrote it down.
    async fn tell_approvers(
        &self,
        tx: &mut Tx,
        run: &Run,
        approvers: Vec<Recipient>,
        now: Millis,
    ) -> Result<(), DbError> {
        let State::Requested { until } = run.state else { return Ok(()) };
        let message = wording::approval_wanted(run, until, |at| self.clock_time(at));
        let orders: Vec<Order> =
            approvers.into_iter().map(|to| Order { message: message.clone(), to }).collect();
        delivery::enqueue_all(tx, now, &orders).await.map(|_| ())
    }

    /// Saves a change of a run with its story and its record, in the caller's transaction.
    pub(super) async fn save(
        &self,
        tx: &mut Tx,
        stored: &Stored,
        happened: &[Happening],
        entry: Option<Entry>,
        now: Millis,
    ) -> Result<(), ActionRefused> {
        if !store::update(tx, stored).await? {
            return Err(ActionRefused::Changed);
        }
        store::tell(tx, &stored.run.id, now, happened).await?;
        if let Some(entry) = entry {
            let state = Facts::from([("state".to_owned(), stored.run.state_word().to_owned())]);
            let entry = entry.about(object(&stored.run)).changed(Facts::new(), state);
            audit::record(tx, now, &entry).await?;
        }
        Ok(())
    }

    pub(super) fn hands(&self, platform: &str) -> Result<&super::Hands, ActionRefused> {
        self.0.hands.get(platform).map(AsRef::as_ref).ok_or(ActionRefused::Unknown)
    }

    pub(super) fn clock_time(&self, at: Millis) -> String {
        let zone = self.0.config.server.zone.clone();
        jiff::Timestamp::from_millisecond(at.0)
            .map(|timestamp| timestamp.to_zoned(zone).strftime("%H:%M %Z").to_string())
            .unwrap_or_else(|_| at.0.to_string())
    }
}

/// Writes a run down with its story and its record. The inner error is the rule that is against it; then nothing is
/// written.
async fn write_down(
    tx: &mut Tx,
    asked: Asked,
    entry: Entry,
    now: Millis,
) -> Result<Result<Run, Refusal>, DbError> {
    let automation = store::automation_first(tx).await?;
    let board = Board::of(&store::in_the_way(tx, now).await?);
    let (run, happened) = match Run::request(asked, &board, &automation, now) {
        Ok(made) => made,
        Err(refusal) => return Ok(Err(refusal)),
    };
    store::insert(tx, &run).await?;
    store::tell(tx, &run.id, now, &happened).await?;
    audit::record(tx, now, &entry.about(object(&run)).changed(Facts::new(), facts(&run))).await?;
    Ok(Ok(run))
}

pub(super) fn object(run: &Run) -> Object {
    Object::new("run", run.id.as_str(), &run.plan().name)
}

/// What exactly is to be done, for the record of it.
fn facts(run: &Run) -> Facts {
    let plan = run.plan();
    let mut facts = Facts::from([
        ("action".to_owned(), plan.action.to_string()),
        ("platform".to_owned(), plan.platform.clone()),
        ("state".to_owned(), run.state_word().to_owned()),
    ]);
    for (name, value) in &plan.values {
        facts.insert(format!("value.{name}"), value.to_string());
    }
    if let Some(undoes) = &run.requested.undoes {
        facts.insert("undoes".to_owned(), undoes.to_string());
    }
    facts
}
