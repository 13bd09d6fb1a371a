//! A case opened by hand, with whoever is on the telephone.

use std::collections::BTreeMap;

use domain::crises::{Case, CaseId, CaseTypes, Couple, Told, TypeKey, Wedding};
use serde_json::{Map, Value};

use super::{
    CaseRefused, Cases, CoupleState, Stored,
    couple::{self, Sealed},
    couple_store, index_store, object, store,
    verbs::{by, covers_all, holder},
};
use crate::{
    access::{Permit, WorkCases},
    audit,
    db::{DbError, Tx},
    sealing::{Locked, SealingError},
};

/// The fields of a couple and their wedding as a form has them, by what the platform calls them.
const OF_THE_COUPLE: [&str; 5] = ["names", "email", "phone", "language", "venue"];
const OF_THE_WEDDING: [&str; 5] = ["wedding_id", "wedding_date", "wedding_time", "wedding_zone", "summary"];

/// What somebody types. Its debug print shows nothing of it.
#[derive(Clone, Default)]
pub struct ByHand {
    pub platform: String,
    /// The key of the type.
    pub of: String,
    /// `names`, `email`, `phone`, `language`, `venue`, `wedding_id`, `wedding_date` (2026-06-19), `wedding_time` (14:30),
    /// `wedding_zone`, `summary`; what is not known is left out. Names or the day there must be.
    pub typed: BTreeMap<&'static str, String>,
}

/// A case that was opened.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    pub stored: Stored,
    /// Why the couple was not kept: there is no key to seal it with. They have to be written down elsewhere.
    pub not_kept: Option<Locked>,
}

impl std::fmt::Debug for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByHand")
            .field("platform", &self.platform)
            .field("of", &self.of)
            .finish_non_exhaustive()
    }
}

impl Cases {
    /// Opens a case. It is theirs at once.
    ///
    /// # Errors
    /// When there is no such type or platform, or neither names nor a day are given.
    pub async fn open(&self, permit: &Permit<WorkCases>, given: ByHand) -> Result<Opened, CaseRefused> {
        covers_all(permit)?;
        let platforms = &self.0.config.platforms;
        if !platforms.iter().any(|platform| platform.name == given.platform) {
            return Err(CaseRefused::NoSuchPlatform);
        }
        declared(self.types(), &given.of)?;
        let told = read(&given.typed, self.now())?;
        if told.couple.names.is_empty() && told.wedding.date.is_none() && told.wedding.id.is_none() {
            return Err(CaseRefused::NoWedding);
        }
        let (cases, by, entry) = (self.clone(), holder(permit), permit.entry("crisis.opened"));
        let opening = tokio::spawn(async move {
            let now = cases.now();
            let id = CaseId(uuid::Uuid::now_v7().to_string());
            let of = declared(cases.types(), &given.of)?;
            let (case, lines) = Case::by_hand(id.clone(), by, of, told.wedding.clone(), now);
            let mut tx = cases.0.db.begin().await?;
            let mut stored = Stored {
                case,
                platform: given.platform,
                troubles: Vec::new(),
                couple: CoupleState::None,
                mark: String::new(),
                version: 1,
            };
            store::insert(&mut tx, &[(stored.clone(), Sealed::default())], &cases.0.assumed).await?;
            let not_kept = match cases.keep_couple(&mut tx, &mut stored, &told.couple).await {
                Ok(()) => None,
                Err(SealingError::Locked(why)) => Some(why),
                Err(error) => return Err(error.into()),
            };
            cases.tell(&mut tx, &[(id, lines)], now).await?;
            audit::record(&mut tx, now, &entry.about(object(&stored.case))).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(Opened { stored, not_kept })
        });
        opening.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// Puts what is known now of a couple and their wedding in the place of what was. The note, which may be empty, says
    /// where it comes from.
    ///
    /// # Errors
    /// When the couple is erased or the case went into another, nothing is given, or there is no key to seal it with.
    pub async fn correct(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        typed: &BTreeMap<&'static str, String>,
        note: &str,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let told = read(typed, self.now())?;
        if couple::is_empty(&told.couple) && told.wedding == Wedding::default() {
            return Err(CaseRefused::NoWedding);
        }
        let note = if note.trim().is_empty() { "Corrected what is known of the couple." } else { note };
        let (cases, id, note, by) = (self.clone(), id.clone(), note.to_owned(), by(permit));
        let entry = permit.entry("crisis.corrected_the_couple_of");
        let correcting = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            let lines = stored.case.note(by, &note)?;
            cases.keep_couple(&mut tx, &mut stored, &told.couple).await?;
            stored.case.wedding = told.wedding.clone();
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        correcting.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// Seals a couple into the row of its case. An erased one is destroyed for good: its key refuses.
    async fn keep_couple(
        &self,
        tx: &mut Tx,
        stored: &mut Stored,
        couple: &Couple,
    ) -> Result<(), SealingError> {
        if couple::is_empty(couple) {
            return Ok(());
        }
        let id = stored.case.id.clone();
        let index = self.0.sealing.index(tx).await?;
        let key = self.0.sealing.make_key(tx, id.as_str()).await?;
        couple_store::put(tx, &id, &couple::seal(&key, id.as_str(), couple)?).await?;
        index_store::remove(tx, &id).await?;
        let tokens = couple::tokens(&index, couple).into_iter();
        let tokens: Vec<(String, String)> = tokens.map(|token| (token, id.as_str().to_owned())).collect();
        index_store::add(tx, &tokens).await?;
        stored.couple = CoupleState::Kept;
        Ok(())
    }
}

fn declared<'a>(
    types: &'a CaseTypes,
    key: &str,
) -> Result<(domain::crises::TypeOfCase, Option<&'a domain::crises::CaseType>), CaseRefused> {
    let key = TypeKey::parse(key).map_err(|_| CaseRefused::NoSuchType)?;
    types.get(key.as_str()).ok_or(CaseRefused::NoSuchType)?;
    Ok(types.read(key.as_str()))
}

/// What is typed is read by the rules by which the platform's word is: the same is taken out, the same is kept aside.
fn read(typed: &BTreeMap<&'static str, String>, now: domain::time::Millis) -> Result<Told, CaseRefused> {
    let given = |names: &[&'static str]| -> Map<String, Value> {
        let known = names.iter().filter_map(|name| Some((*name, typed.get(name)?.trim())));
        let known = known.filter(|(_, text)| !text.is_empty());
        known.map(|(name, text)| (name.to_owned(), Value::String(text.to_owned()))).collect()
    };
    let mut fields = given(&OF_THE_WEDDING);
    fields.insert("id".to_owned(), Value::String("by-hand".to_owned()));
    fields.insert("couple".to_owned(), Value::Object(given(&OF_THE_COUPLE)));
    // It has an id, so that it can be read.
    Told::parse(&Value::Object(fields), now).map_err(|_| CaseRefused::NoWedding)
}
