//! What the platform tells of its crises, taken in: once each, however often it is read.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use domain::{
    audit::{Actor, Entry, Origin as From},
    crises::{CaseId, Field, Intake, Line, Marks, Origin, Told, take_in, vanish},
    time::Millis,
};

use super::{
    Cases, CoupleState, Stored,
    couple::{self, Sealed},
    couple_store, index_store, intake_store, object, store,
};
use crate::{
    audit,
    db::{DbError, Tx},
    sealing::{DataKey, Index, SealingError},
};

/// So many crises are taken in with one transaction: others who write wait no longer than that takes.
const AT_ONCE: usize = 500;
/// More of one kind in one go are told to the audit log as a number.
const RECORDED_ONE_BY_ONE: usize = 20;

/// What a reading came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TakenIn {
    pub opened: usize,
    /// The platform says something else of them, or has them again.
    pub changed: usize,
    pub vanished: usize,
}

/// What has to be looked at of a reading: most of the time nothing.
struct News {
    told: Vec<Told>,
    /// Cases that the platform does not have any more.
    vanished: Vec<String>,
}

/// What one transaction writes.
#[derive(Default)]
struct Batch {
    new: Vec<(Stored, Sealed)>,
    changed: Vec<Stored>,
    couples: Vec<(CaseId, Sealed)>,
    /// (token, case)
    tokens: Vec<(String, String)>,
    /// Whose tokens are replaced.
    found_otherwise: Vec<CaseId>,
    told: Vec<(CaseId, Vec<Line>)>,
    recorded: Vec<(&'static str, domain::audit::Object)>,
    count: TakenIn,
}

impl Cases {
    /// Takes in what was read of a platform's active crises. `complete` is that nothing was left out: only then what is
    /// not among them has vanished. Nothing is written when nothing changed.
    ///
    /// # Errors
    /// When the database refuses; what was not taken in is taken in with the next reading.
    pub async fn take_in(&self, platform: &str, told: Vec<Told>, complete: bool) -> Result<TakenIn, DbError> {
        let News { mut told, mut vanished } = self.news(platform, told, complete).await?;
        let mut all = TakenIn::default();
        while !told.is_empty() || !vanished.is_empty() {
            let some = told.split_off(told.len().saturating_sub(AT_ONCE));
            let gone = vanished.split_off(vanished.len().saturating_sub(AT_ONCE));
            let (cases, platform) = (self.clone(), platform.to_owned());
            // In a task of its own: nothing that is cancelled leaves it half-way.
            let taking = tokio::spawn(async move { cases.take_in_some(&platform, &some, &gone).await });
            let count = taking.await.map_err(|_| DbError::Lost)??;
            all.opened += count.opened;
            all.changed += count.changed;
            all.vanished += count.vanished;
            self.told();
        }
        Ok(all)
    }

    /// Compares by the mark of what was last taken in, so that what is the same is not even loaded.
    async fn news(&self, platform: &str, told: Vec<Told>, complete: bool) -> Result<News, DbError> {
        let mut tx = self.0.db.snapshot().await?;
        let index = match self.0.sealing.index_to_search(&mut tx).await {
            Ok(index) => Some(index),
            Err(SealingError::Database(error)) => return Err(error),
            Err(_) => None,
        };
        let can_seal = index.is_some() || self.0.sealing.locked().is_none();
        let present = intake_store::present(&mut tx, platform).await?;
        let present: BTreeMap<String, intake_store::Known> =
            present.into_iter().map(|known| (known.platform_id.clone(), known)).collect();
        let ids: BTreeSet<&str> = told.iter().map(|told| told.id.as_str()).collect();
        let gone = present.values().filter(|known| complete && !ids.contains(known.platform_id.as_str()));
        let vanished = gone.map(|known| known.id.clone()).collect();
        let mut news = Vec::new();
        for told in told {
            let is_known = match present.get(told.id.as_str()) {
                None => false,
                Some(known) => {
                    let is_erased = known.couple == CoupleState::Erased.word();
                    let says_the_same = told
                        .status
                        .as_ref()
                        .map(store::json)
                        .transpose()?
                        .is_none_or(|said| said == known.upstream);
                    match &index {
                        _ if is_erased => says_the_same,
                        Some(index) => known.mark == whole(index, &told),
                        // Nothing was ever sealed, and now there is a key.
                        None if can_seal => false,
                        None => says_the_same,
                    }
                }
            };
            if !is_known {
                news.push(told);
            }
        }
        Ok(News { told: news, vanished })
    }

    async fn take_in_some(&self, platform: &str, told: &[Told], gone: &[String]) -> Result<TakenIn, DbError> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let index = unlocked(self.0.sealing.index(&mut tx).await)?;
        let ids: Vec<&str> = told.iter().map(|told| told.id.as_str()).collect();
        let known = intake_store::by_platform_id(&mut tx, platform, &ids).await?;
        let known_ids: Vec<&str> = known.iter().map(|known| known.id.as_str()).collect();
        let mut stored: BTreeMap<String, Stored> = BTreeMap::new();
        for case in store::these(&mut tx, &known_ids).await? {
            if let Origin::Platform { id, .. } = &case.case.origin {
                stored.insert(id.as_str().to_owned(), case);
            }
        }
        let mut held = match &index {
            Some(_) => self.0.sealing.hold_keys(&mut tx, &known_ids).await?,
            None => BTreeMap::new(),
        };
        let mut batch = Batch::default();
        let mut seen = BTreeSet::new();
        let mut new = Vec::new();
        for told in told.iter().filter(|told| seen.insert(told.id.as_str())) {
            match stored.remove(told.id.as_str()) {
                Some(known) => {
                    let key = held.remove(known.case.id.as_str());
                    self.heard_again(&mut tx, &mut batch, (known, key), told, index.as_ref(), now).await?
                }
                None => new.push((CaseId(uuid::Uuid::now_v7().to_string()), told)),
            }
        }
        let owners: Vec<&str> = new.iter().filter(|_| index.is_some()).map(|(id, _)| id.as_str()).collect();
        // A wave is many at once: their keys are made with a few statements.
        let keys = unlocked(self.0.sealing.make_new_keys(&mut tx, &owners).await)?.unwrap_or_default();
        let mut keys = keys.into_iter();
        for (id, told) in new {
            self.heard_first(
                &mut batch,
                platform,
                (id, told),
                index.as_ref().zip(keys.next().as_ref()),
                now,
            )?;
        }
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        for mut case in store::these(&mut tx, &gone).await? {
            let lines = vanish(&mut case.case, now);
            batch.count.vanished += 1;
            if !lines.is_empty() {
                batch.recorded.push(("crisis.no_longer_listed", object(&case.case)));
            }
            batch.told.push((case.case.id.clone(), lines));
            batch.changed.push(case);
        }
        let count = batch.count;
        self.write(&mut tx, platform, batch, now).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// `with` is missing while nothing can be sealed.
    fn heard_first(
        &self,
        batch: &mut Batch,
        platform: &str,
        (id, told): (CaseId, &Told),
        with: Option<(&Index, &DataKey)>,
        now: Millis,
    ) -> Result<(), DbError> {
        let marks = with.map(|(index, _)| marks(index, told)).unwrap_or_default();
        let Intake::New { case, lines } = take_in(None, id.clone(), told, marks, self.types(), now) else {
            return Ok(());
        };
        let mut sealed = Sealed::default();
        let couple = match with {
            _ if couple::is_empty(&told.couple) => CoupleState::None,
            Some((index, key)) => {
                sealed = couple::seal(key, id.as_str(), &told.couple)?;
                batch.index(index, &id, told);
                CoupleState::Kept
            }
            None => CoupleState::Awaited,
        };
        let stored = Stored {
            case: *case,
            platform: platform.to_owned(),
            troubles: told.troubles.clone(),
            couple,
            mark: with.map(|(index, _)| whole(index, told)).unwrap_or_default(),
            version: 1,
        };
        batch.count.opened += 1;
        batch.recorded.push(("crisis.opened", object(&stored.case)));
        batch.told.push((id, lines));
        batch.new.push((stored, sealed));
        Ok(())
    }

    async fn heard_again(
        &self,
        tx: &mut Tx,
        batch: &mut Batch,
        (mut stored, held): (Stored, Option<DataKey>),
        told: &Told,
        index: Option<&Index>,
        now: Millis,
    ) -> Result<(), DbError> {
        let id = stored.case.id.clone();
        let is_erased = stored.couple == CoupleState::Erased;
        let key = match (index.filter(|_| !is_erased), held) {
            (Some(_), Some(key)) => Some(key),
            // It was opened without a key.
            (Some(_), None) => unlocked(self.0.sealing.make_key(tx, id.as_str()).await)?,
            (None, _) => None,
        };
        // Without a key there is nothing to compare with, and nothing can be taken in but where it stands.
        let index = index.filter(|_| key.is_some());
        let mut fills_in = false;
        let marks = match (&mut stored.case.origin, index) {
            (Origin::Platform { marks: old, .. }, Some(index)) => {
                let marks = marks(index, told);
                if stored.mark.is_empty() {
                    // It was opened without a key: what is said now is what was said then, as far as anybody knows.
                    *old = marks.clone();
                    fills_in = true;
                }
                marks
            }
            (Origin::Platform { marks, .. }, None) => marks.clone(),
            (Origin::ByHand { .. }, _) => return Ok(()),
        };
        if fills_in {
            stored.case.wedding = told.wedding.clone();
        }
        let mark = index.map_or_else(|| stored.mark.clone(), |index| whole(index, told));
        let is_news = mark != stored.mark;
        stored.mark = mark;
        let (mut takes_couple, mut changed) = (fills_in, fills_in || is_news);
        match take_in(Some(stored.case.clone()), id.clone(), told, marks, self.types(), now) {
            Intake::New { .. } => {}
            Intake::Unchanged => {
                if index.is_some() {
                    stored.troubles.clone_from(&told.troubles);
                }
            }
            Intake::Changed { case, fields, lines } => {
                let personal = |field: &Field| field.is_personal() || *field == Field::Language;
                takes_couple |= fields.iter().any(personal);
                stored.case = *case;
                if index.is_some() {
                    stored.troubles.clone_from(&told.troubles);
                }
                batch.recorded.push(("crisis.changed", object(&stored.case)));
                batch.told.push((id.clone(), lines));
                changed = true;
            }
            Intake::AnotherCouple { case, lines } => {
                takes_couple = false;
                if let Some(case) = case {
                    stored.case = *case;
                    batch.recorded.push(("crisis.told_another_couple_for", object(&stored.case)));
                    batch.told.push((id.clone(), lines));
                    changed = true;
                }
            }
            Intake::StatusOnly { case, lines } => {
                stored.case = *case;
                batch.told.push((id.clone(), lines));
                changed = true;
            }
        }
        if let (true, Some(key), Some(index)) = (takes_couple, &key, index) {
            batch.couples.push((id.clone(), couple::seal(key, id.as_str(), &told.couple)?));
            batch.found_otherwise.push(id.clone());
            batch.index(index, &id, told);
            stored.couple = CoupleState::Kept;
        }
        if changed {
            batch.count.changed += 1;
            batch.changed.push(stored);
        }
        Ok(())
    }

    async fn write(&self, tx: &mut Tx, platform: &str, batch: Batch, now: Millis) -> Result<(), DbError> {
        store::insert(tx, &batch.new, &self.0.assumed).await?;
        for (id, sealed) in &batch.couples {
            couple_store::put(tx, id, sealed).await?;
        }
        for stored in &batch.changed {
            if !store::update(tx, stored, &self.0.assumed).await? {
                return Err(DbError::Conflict("a case was changed meanwhile"));
            }
        }
        for id in &batch.found_otherwise {
            index_store::remove(tx, id).await?;
        }
        index_store::add(tx, &batch.tokens).await?;
        // Nothing in these lines was written by anybody, so that no key is needed.
        unlocked(self.tell(tx, &batch.told, now).await)?;
        let mut by_verb: BTreeMap<&'static str, Vec<domain::audit::Object>> = BTreeMap::new();
        for (verb, object) in batch.recorded {
            by_verb.entry(verb).or_default().push(object);
        }
        for (verb, objects) in by_verb {
            let entry = Entry::new(verb, Actor::platform(platform), From::default());
            if objects.len() > RECORDED_ONE_BY_ONE {
                let entry = entry.about(super::objects(objects.len())).because("many crises at once");
                audit::record(tx, now, &entry).await?;
                continue;
            }
            for object in objects {
                audit::record(tx, now, &entry.clone().about(object)).await?;
            }
        }
        Ok(())
    }
}

impl Batch {
    fn index(&mut self, index: &Index, id: &CaseId, told: &Told) {
        let tokens = couple::tokens(index, &told.couple).into_iter();
        self.tokens.extend(tokens.map(|token| (token, id.as_str().to_owned())));
    }
}

fn marks(index: &Index, told: &Told) -> Marks {
    Marks::of(told, |field, text| index.of_text(field.words(), text))
}

/// One hash of everything that was told.
fn whole(index: &Index, told: &Told) -> String {
    let all = RefCell::new(String::new());
    Marks::of(told, |field, text| {
        // Led by its length, so that no two tellings are the same text.
        all.borrow_mut().push_str(&format!("{}:{}:{text}\n", field.words(), text.len()));
        String::new()
    });
    let troubles: Vec<String> = told.troubles.iter().map(ToString::to_string).collect();
    index.of_text(&troubles.join("\n"), &all.into_inner())
}

/// `None` when there is no key for it; a case whose key was tampered with must not keep the others out.
fn unlocked<T>(result: Result<T, SealingError>) -> Result<Option<T>, DbError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(SealingError::Locked(_)) => Ok(None),
        Err(SealingError::Database(error)) => Err(error),
        Err(other) => Err(DbError::Stored(other.to_string())),
    }
}
