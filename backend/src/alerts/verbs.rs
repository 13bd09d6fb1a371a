//! What people do to alerts: each verb one function and one transaction.

use domain::{
    access::PersonId,
    alerts::{AlertId, Happening, PinnedEvidence, Policy, Who},
    audit::{Entry, Facts, Object},
    delivery::{Occasion, Recipient},
    time::Millis,
    windows::Window,
};

use super::{AlertRefused, Alerts, Source, Stored, evidence_store, pages, passing::clock_time, store};
use crate::{
    access::{HandleAlerts, Missing, Permission, Permit, Viewer},
    audit,
    db::{DbError, Tx},
    monitoring, windows,
};

const LONGEST_TEXT: usize = 2_000;

/// A note that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Noted {
    pub at: Millis,
    pub text: String,
}

/// What a verb does to the alert, what the channels then hear, and what is on record.
pub(super) struct Deed {
    pub verb: &'static str,
    pub occasion: Option<Occasion>,
    pub reason: Option<String>,
    /// What hangs on it from now on; when that was is filled in here.
    pub evidence: Option<PinnedEvidence>,
}

impl Alerts {
    /// Takes an alert on: nobody else is called while that holds. A note may come with it.
    ///
    /// # Errors
    /// When it is resolved, somebody has it, or the role does not hold for its service.
    pub async fn acknowledge(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        note: &str,
    ) -> Result<Stored, AlertRefused> {
        let note = text(note)?;
        let by = who(permit);
        self.change(permit, id, deed("alert.acknowledged", Some(Occasion::Acknowledged), &note), {
            move |stored, policy, now| {
                let mut happened = stored.alert.acknowledge(policy, by.clone(), now)?;
                if !note.is_empty() {
                    happened.push(Happening::Noted { by, text: note });
                }
                Ok(happened)
            }
        })
        .await
    }

    /// Whoever was called says that they have it, by a link or a button of a message that went to them. Who may handle
    /// alerts may do so in any case.
    ///
    /// # Errors
    /// When it is resolved, somebody has it, or they were not called and may not handle alerts.
    pub async fn acknowledge_called(&self, viewer: &Viewer, id: &AlertId) -> Result<Stored, AlertRefused> {
        let missing = match viewer.permit::<HandleAlerts>() {
            Ok(permit) => return self.acknowledge(&permit, id, "").await,
            Err(missing) => missing,
        };
        let to = Recipient::Person { id: viewer.person.clone() };
        if !store::was_told(self.0.db.read(), id, &to).await? {
            return Err(missing.into());
        }
        let by = Who { person: Some(viewer.person.clone()), name: viewer.name.clone() };
        let deed = deed("alert.acknowledged", Some(Occasion::Acknowledged), "");
        let entry = Entry::new(deed.verb, viewer.actor(), viewer.origin().clone());
        self.carry_out(entry, id, deed, None, move |stored, policy, now| {
            Ok(stored.alert.acknowledge(policy, by, now)?)
        })
        .await
    }

    /// Takes the promise back: paging goes on where it stood.
    ///
    /// # Errors
    /// When nobody has acknowledged it.
    pub async fn unacknowledge(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
    ) -> Result<Stored, AlertRefused> {
        let by = who(permit);
        self.change(permit, id, deed("alert.unacknowledged", None, ""), move |stored, _, now| {
            Ok(stored.alert.unacknowledge(by, now)?)
        })
        .await
    }

    /// Gives it to somebody else, or takes it over.
    ///
    /// # Errors
    /// When it is resolved, or there is nobody such who may handle alerts.
    pub async fn hand_over(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        to: &PersonId,
    ) -> Result<Stored, AlertRefused> {
        let names = crate::access::names(&self.0.db, std::slice::from_ref(to)).await?;
        let Some(name) = names.get(to) else { return Err(AlertRefused::NoSuchPerson) };
        let to = Who { person: Some(to.clone()), name: name.clone() };
        let by = who(permit);
        self.change(permit, id, deed("alert.handed_over", Some(Occasion::Acknowledged), ""), {
            move |stored, policy, now| Ok(stored.alert.hand_over(policy, by, to, now)?)
        })
        .await
    }

    /// Ends it by a person: without a reason only when it is good.
    ///
    /// # Errors
    /// When it is resolved, or bad and without a reason.
    pub async fn resolve(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        reason: &str,
    ) -> Result<Stored, AlertRefused> {
        let reason = text(reason)?;
        let by = who(permit);
        let good = self.is_good(id).await?;
        self.change(permit, id, deed("alert.resolved", Some(Occasion::Resolved), &reason), {
            move |stored, _, now| Ok(stored.alert.resolve(by, &reason, good, now)?)
        })
        .await
    }

    /// Opens it again, as it was.
    ///
    /// # Errors
    /// When it is open, ended too long ago, or another one is open for the same.
    pub async fn reopen(&self, permit: &Permit<HandleAlerts>, id: &AlertId) -> Result<Stored, AlertRefused> {
        let by = who(permit);
        self.change(permit, id, deed("alert.reopened", None, ""), move |stored, _, now| {
            Ok(stored.alert.reopen(by, now)?)
        })
        .await
    }

    /// Writes into its story; whoever acknowledged it is thereby at work.
    ///
    /// # Errors
    /// When the note is empty or too long.
    pub async fn note(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        note: &str,
    ) -> Result<Stored, AlertRefused> {
        let note = text(note)?;
        if note.is_empty() {
            return Err(AlertRefused::EmptyNote);
        }
        let by = who(permit);
        self.change(permit, id, deed("alert.noted", None, ""), move |stored, policy, now| {
            stored.alert.work(policy, now);
            Ok(vec![Happening::Noted { by, text: note }])
        })
        .await
    }

    /// Makes a silence: nobody is called for what it covers while it lasts.
    ///
    /// # Errors
    /// With the rule that it breaks.
    pub async fn silence(
        &self,
        permit: &Permit<HandleAlerts>,
        window: Window,
    ) -> Result<windows::Stored, windows::Refused> {
        let (alerts, permit) = (self.clone(), permit.clone());
        let made = tokio::spawn(async move {
            let now = alerts.0.clock.now();
            let mut tx = alerts.0.db.begin().await?;
            let today = alerts.most_weddings(&mut tx, window.over.platform.as_deref()).await?;
            let made = windows::make(&mut tx, &permit, window, today, now).await?;
            store::look_again(&mut tx, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            alerts.stir();
            Ok(made)
        });
        made.await.unwrap_or(Err(windows::Refused::Db(DbError::Lost)))
    }

    /// Ends a silence before its time: what it held back is paged at once.
    ///
    /// # Errors
    /// When there is none such, or it is over.
    pub async fn end_silence(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &str,
    ) -> Result<windows::Stored, windows::Refused> {
        let (alerts, permit, id) = (self.clone(), permit.clone(), id.to_owned());
        let ended = tokio::spawn(async move {
            let now = alerts.0.clock.now();
            let mut tx = alerts.0.db.begin().await?;
            let ended = windows::end(&mut tx, &permit, &id, now).await?;
            store::look_again(&mut tx, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            alerts.stir();
            Ok(ended)
        });
        ended.await.unwrap_or(Err(windows::Refused::Db(DbError::Lost)))
    }

    /// The most weddings that any of the platforms has today.
    async fn most_weddings(&self, tx: &mut Tx, platform: Option<&str>) -> Result<Option<u32>, DbError> {
        let mut most = None;
        for known in &self.0.config.platforms {
            if platform.is_none_or(|wanted| wanted == known.name) {
                most = most.max(monitoring::weddings_today(tx, &known.name).await?);
            }
        }
        Ok(most)
    }

    /// Whether the newest sample of what an alert is about was good, as the watching remembers it.
    pub(super) async fn is_good(&self, id: &AlertId) -> Result<bool, AlertRefused> {
        let Some(stored) = store::one(self.0.db.read(), id).await? else { return Err(AlertRefused::Unknown) };
        if stored.source != Source::Watch {
            // It is bad until its sender says otherwise, and then it is resolved.
            return Ok(false);
        }
        let memory = store::memory(self.0.db.read(), &stored.alert.key.platform).await?;
        Ok(memory.is_some_and(|memory| memory.is_good(&stored.alert.key)))
    }

    pub(super) async fn change(
        &self,
        permit: &Permit<HandleAlerts>,
        id: &AlertId,
        deed: Deed,
        act: impl FnOnce(&mut Stored, &Policy, Millis) -> Result<Vec<Happening>, AlertRefused> + Send + 'static,
    ) -> Result<Stored, AlertRefused> {
        self.carry_out(permit.entry(deed.verb), id, deed, Some(permit.clone()), act).await
    }

    /// Load, ask `domain`, save, tell, record: in one transaction, and in a task of its own.
    async fn carry_out(
        &self,
        entry: Entry,
        id: &AlertId,
        deed: Deed,
        permit: Option<Permit<HandleAlerts>>,
        act: impl FnOnce(&mut Stored, &Policy, Millis) -> Result<Vec<Happening>, AlertRefused> + Send + 'static,
    ) -> Result<Stored, AlertRefused> {
        let (alerts, id) = (self.clone(), id.clone());
        let done = tokio::spawn(async move {
            let now = alerts.0.clock.now();
            let policy = &alerts.0.policy;
            let mut tx = alerts.0.db.begin().await?;
            let Some(mut stored) = store::one(&mut *tx, &id).await? else {
                return Err(AlertRefused::Unknown);
            };
            if let Some(missing) = permit.as_ref().and_then(|permit| not_covered(permit, &stored)) {
                return Err(missing.into());
            }
            let was_open = stored.alert.is_open();
            if !was_open
                && deed.verb == "alert.reopened"
                && store::open_for(&mut *tx, &stored.alert.key).await?.is_some()
            {
                return Err(domain::alerts::Refusal::AnotherIsOpen.into());
            }
            let happened = act(&mut stored, policy, now)?;
            if !store::update(&mut tx, &stored, stored.alert.due_at(policy)).await? {
                return Err(AlertRefused::Changed);
            }
            stored.version += 1;
            let mut facts =
                Facts::from([("state".to_owned(), store::state_word(&stored.alert.state).to_owned())]);
            if let Some(pinned) = deed.evidence {
                facts.insert("evidence".to_owned(), pinned.evidence.kind.clone());
                if !evidence_store::insert(&mut tx, &id, &PinnedEvidence { at: now, ..pinned }).await? {
                    return Err(AlertRefused::IsPinned);
                }
            }
            let zone = alerts.0.config.server.zone.clone();
            if let Some(occasion) = deed.occasion {
                let said = happened.first().map(|happening| {
                    domain::alerts::wording::told(happening, |id| id.to_string(), |at| clock_time(at, &zone))
                });
                if was_open && !stored.alert.is_open() {
                    pages::ended(&mut tx, &stored, now).await?;
                } else {
                    pages::told(&mut tx, &stored, occasion, said.unwrap_or_default(), now).await?;
                }
            }
            store::tell(&mut tx, &[(id.clone(), now, happened)]).await?;
            let mut entry = Entry { verb: deed.verb.into(), ..entry };
            entry = entry
                .about(Object::new("alert", id.as_str(), stored.title.as_str()))
                .changed(Facts::new(), facts);
            entry.reason = deed.reason.filter(|reason| !reason.is_empty());
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            alerts.stir();
            Ok(stored)
        });
        done.await.unwrap_or(Err(AlertRefused::Db(DbError::Lost)))
    }
}

/// A role that is limited to services handles their alerts only: not those of the platform as a whole either.
fn not_covered(permit: &Permit<HandleAlerts>, stored: &Stored) -> Option<Missing> {
    let service = stored.alert.key.service.as_deref();
    let covered = match service {
        Some(service) => permit.covers(service),
        None => permit.viewer().services.is_none(),
    };
    (!covered).then(|| Missing {
        permission: Permission::HandleAlerts,
        service: Some(service.unwrap_or("of the platform as a whole").to_owned()),
    })
}

fn deed(verb: &'static str, occasion: Option<Occasion>, reason: &str) -> Deed {
    Deed { verb, occasion, reason: Some(reason.to_owned()), evidence: None }
}

pub(super) fn who(permit: &Permit<HandleAlerts>) -> Who {
    Who { person: Some(permit.person().clone()), name: permit.viewer().name.clone() }
}

pub(super) fn text(text: &str) -> Result<String, AlertRefused> {
    let text = text.trim();
    if text.chars().count() > LONGEST_TEXT {
        return Err(AlertRefused::TooLong { most: LONGEST_TEXT });
    }
    Ok(text.to_owned())
}
