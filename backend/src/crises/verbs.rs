//! What people do to cases: each verb one function and one transaction, with its story line and its record.

use domain::{
    access::PersonId,
    actions::Actor,
    audit::{Entry, Facts},
    crises::{Case, CaseId, Holder, Line},
    time::Millis,
};

use super::{CaseRefused, Cases, Stored, object, store};
use crate::{
    access::{Missing, Permission, Permit, WorkCases},
    actions::actor,
    audit,
    db::{DbError, Tx},
    notices,
};

impl Cases {
    /// Takes a case on: nobody else is called while that holds.
    ///
    /// # Errors
    /// When it is over, or somebody has it.
    pub async fn acknowledge(&self, permit: &Permit<WorkCases>, id: &CaseId) -> Result<Stored, CaseRefused> {
        let by = holder(permit);
        self.change(permit, "crisis.acknowledged", id, move |case, now| Ok(case.acknowledge(by, now)?)).await
    }

    /// Whoever has it is at work on it.
    ///
    /// # Errors
    /// When it is over, nobody's, or somebody else's.
    pub async fn begin(&self, permit: &Permit<WorkCases>, id: &CaseId) -> Result<Stored, CaseRefused> {
        let by = holder(permit);
        self.change(permit, "crisis.started", id, move |case, now| Ok(case.begin(&by, now)?)).await
    }

    /// Gives it to somebody else, or takes it over, with what the next person has to know.
    ///
    /// # Errors
    /// When it is over or theirs already, nothing is said, or there is nobody such who may work on cases.
    pub async fn hand_over(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        to: &PersonId,
        note: &str,
    ) -> Result<Stored, CaseRefused> {
        let may = self.0.access.holders(Permission::WorkCases, None).await?;
        let to = may.into_iter().find(|(person, _)| person == to).ok_or(CaseRefused::NoSuchPerson)?;
        let (by, to, note) = (by(permit), Holder { id: to.0, name: to.1 }, note.to_owned());
        self.change(
            permit,
            "crisis.handed_over",
            id,
            move |case, now| Ok(case.hand_over(by, to, &note, now)?),
        )
        .await
    }

    /// Nobody has it any more: somebody is called as when it was new.
    ///
    /// # Errors
    /// When it is over or nobody's, or no word is left for the next.
    pub async fn release(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        note: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, note) = (by(permit), note.to_owned());
        self.change(permit, "crisis.gave_back", id, move |case, now| Ok(case.release(by, &note, now)?)).await
    }

    /// Writes into its story.
    ///
    /// # Errors
    /// When the note is empty or too long, or cannot be sealed.
    pub async fn note(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        note: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, note) = (by(permit), note.to_owned());
        self.change(permit, "crisis.wrote_a_note_on", id, move |case, _| Ok(case.note(by, &note)?)).await
    }

    /// Whether the couple may be contacted, with what staff read before they do.
    ///
    /// # Errors
    /// When it is so already, or no reason is given.
    pub async fn set_contact(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        allowed: bool,
        reason: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, reason) = (by(permit), reason.to_owned());
        let verb = if allowed { "crisis.allowed_contact_for" } else { "crisis.forbade_contact_for" };
        self.change(permit, verb, id, move |case, now| Ok(case.set_contact(allowed, by, &reason, now)?)).await
    }

    /// It is over for the couple. The note may be empty.
    ///
    /// # Errors
    /// When it is over or nobody's, a required step is open or a notice is not settled; every one is named.
    pub async fn resolve(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        note: &str,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, id, note) = (self.clone(), id.clone(), note.to_owned());
        let (by, entry) = (by(permit), permit.entry("crisis.resolved"));
        let resolving = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            let open = notices::unsettled(&cases, &mut tx, &stored.case).await?;
            let lines = stored.case.resolve(by, &note, &open, now)?;
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        resolving.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// It was not over.
    ///
    /// # Errors
    /// When it is open, went into another, or no reason is given.
    pub async fn reopen(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        reason: &str,
    ) -> Result<Stored, CaseRefused> {
        let (by, reason) = (by(permit), reason.to_owned());
        self.change(permit, "crisis.reopened", id, move |case, now| Ok(case.reopen(by, &reason, now)?)).await
    }

    /// What a person does to a case by the rules of `domain`.
    pub(super) async fn change(
        &self,
        permit: &Permit<WorkCases>,
        verb: &'static str,
        id: &CaseId,
        act: impl FnOnce(&mut Case, Millis) -> Result<Vec<Line>, CaseRefused> + Send + 'static,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, id, entry) = (self.clone(), id.clone(), permit.entry(verb));
        // In a task of its own: nothing that is cancelled leaves it half-way.
        let done = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            let before = stored.case.clone();
            let lines = act(&mut stored.case, now)?;
            if lines.is_empty() && stored.case == before {
                return Ok(stored);
            }
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        done.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    pub(crate) async fn load(&self, tx: &mut Tx, id: &CaseId) -> Result<Stored, CaseRefused> {
        store::one(&mut **tx, id).await?.ok_or(CaseRefused::Unknown)
    }

    /// Saves a case that nobody changed since, with its story and its record, in the caller's transaction.
    pub(crate) async fn save(
        &self,
        tx: &mut Tx,
        stored: &mut Stored,
        lines: Vec<Line>,
        entry: Entry,
        now: Millis,
    ) -> Result<(), CaseRefused> {
        if !store::update(tx, stored, &self.0.assumed).await? {
            return Err(CaseRefused::Changed);
        }
        stored.version += 1;
        self.tell(tx, &[(stored.case.id.clone(), lines)], now).await?;
        let mut after = entry.after.clone().unwrap_or_default();
        after.insert("state".to_owned(), stored.case.state_word().to_owned());
        let entry = entry.about(object(&stored.case)).changed(Facts::new(), after);
        audit::record(tx, now, &entry).await?;
        Ok(())
    }
}

/// A role that is limited to services works on no case: those concern the platform as a whole.
pub(crate) fn covers_all(permit: &Permit<WorkCases>) -> Result<(), Missing> {
    match permit.viewer().services {
        None => Ok(()),
        Some(_) => Err(Missing {
            permission: Permission::WorkCases,
            service: Some("of the platform as a whole".to_owned()),
        }),
    }
}

pub(crate) fn by(permit: &Permit<WorkCases>) -> Actor {
    actor(permit.viewer())
}

pub(super) fn holder(permit: &Permit<WorkCases>) -> Holder {
    Holder { id: permit.person().clone(), name: permit.viewer().name.clone() }
}
