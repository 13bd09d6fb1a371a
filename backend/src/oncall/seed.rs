//! What the configuration says of the tiers, written beside who is in them.

use domain::time::Millis;

use super::{WrittenStaffing, store, whole};
use crate::{
    config::Config,
    db::{Db, DbError},
};

/// At each start: names, channels and seasons as they are configured. Who is in a tier stays; a tier that the
/// configuration lost is kept and not shown.
///
/// # Errors
/// When the database refuses.
pub async fn seed(db: &Db, config: &Config, now: Millis) -> Result<(), DbError> {
    let (db, tiers) = (db.clone(), config.tiers.clone());
    let zone = config.on_call.zone.iana_name().unwrap_or("UTC").to_owned();
    whole(async move {
        let mut tx = db.begin().await?;
        for old in store::tiers(&mut tx).await? {
            if !tiers.iter().any(|tier| tier.number == old.number) {
                store::drop_tier(&mut tx, old.number, now).await?;
            }
        }
        for tier in &tiers {
            let seasons: Vec<String> = tier.seasons.iter().map(ToString::to_string).collect();
            let seasons = (!seasons.is_empty()).then(|| serde_json::to_string(&seasons)).transpose();
            let seasons = seasons.map_err(|error| DbError::Stored(error.to_string()))?;
            store::put_tier(&mut tx, tier, seasons.as_deref(), &zone, now).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Names people in tiers where nobody ever was: a demo's first roster. Says in how many.
///
/// # Errors
/// When the database refuses.
pub async fn seed_staffing(
    db: &Db,
    wanted: Vec<(u8, WrittenStaffing)>,
    now: Millis,
) -> Result<usize, DbError> {
    let db = db.clone();
    whole(async move {
        let mut tx = db.begin().await?;
        let mut seeded = 0;
        for row in store::tiers(&mut tx).await?.into_iter().filter(|row| row.staffing.is_none()) {
            let Some((_, staffing)) = wanted.iter().find(|(tier, _)| *tier == row.number) else { continue };
            let text = serde_json::to_string(staffing).map_err(|error| DbError::Stored(error.to_string()))?;
            seeded += usize::from(store::set_staffing(&mut tx, row.number, row.version, &text, now).await?);
        }
        tx.commit().await?;
        Ok(seeded)
    })
    .await
}
