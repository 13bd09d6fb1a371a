//! Looking at a couple. Each look is on record, with what was looked at.

use domain::{
    audit::Facts,
    crises::{CaseId, Couple, Field},
};

use super::{CaseRefused, Cases, couple, couple_store, object};
use crate::{
    access::{Permit, SeePersonalData},
    audit,
    db::DbError,
};

/// What somebody looked at; the rest is empty.
#[derive(Clone, PartialEq, Debug)]
pub struct Revealed {
    pub couple: Couple,
    pub fields: Vec<Field>,
}

impl Cases {
    /// Shows these fields of a couple.
    ///
    /// # Errors
    /// When there is no such case, or it cannot be opened; then nobody has seen anything, and nothing is on record.
    pub async fn reveal(
        &self,
        permit: &Permit<SeePersonalData>,
        id: &CaseId,
        fields: &[Field],
    ) -> Result<Revealed, CaseRefused> {
        let (cases, id, entry) = (self.clone(), id.clone(), permit.entry("crisis.looked_at_the_couple_of"));
        let fields: Vec<Field> = Field::ALL.into_iter().filter(|field| fields.contains(field)).collect();
        let looking = tokio::spawn(async move {
            let mut tx = cases.0.db.begin().await?;
            let stored = cases.load(&mut tx, &id).await?;
            let key = cases.0.sealing.open_key(&mut tx, id.as_str()).await?;
            let sealed = couple_store::of(&mut tx, &[id.as_str()]).await?.pop();
            let (_, sealed) = sealed.ok_or(CaseRefused::Unknown)?;
            let couple = only(couple::open(&key, id.as_str(), &sealed)?, &fields);
            let words: Vec<&str> = fields.iter().map(|field| field.words()).collect();
            let facts = Facts::from([("fields".to_owned(), words.join(", "))]);
            let entry = entry.about(object(&stored.case)).changed(Facts::new(), facts);
            audit::record(&mut tx, cases.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(Revealed { couple, fields })
        });
        looking.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }
}

fn only(couple: Couple, fields: &[Field]) -> Couple {
    let has = |field: Field| fields.contains(&field);
    let unusable = couple.unusable.into_iter().filter(|unusable| has(unusable.field)).collect();
    Couple {
        names: if has(Field::Names) { couple.names } else { Default::default() },
        emails: if has(Field::Email) { couple.emails } else { Vec::new() },
        phones: if has(Field::Phone) { couple.phones } else { Vec::new() },
        language: couple.language.filter(|_| has(Field::Language)),
        venue: if has(Field::Venue) { couple.venue } else { Default::default() },
        summary: if has(Field::Summary) { couple.summary } else { Default::default() },
        unusable,
    }
}
