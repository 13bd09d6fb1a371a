//! Somebody in the place of whoever's turn it is: a shift that is taken, given or swapped.

use domain::{
    access::{Permission, PersonId},
    audit::{Entry, Object},
    oncall::{OnCall, Staffing, Tier},
    time::{DAY, MINUTE, Millis},
};
use uuid::Uuid;

use super::{
    OnCallRefused,
    board::StoredOverride,
    change::names,
    load::{Loaded, load},
    store, whole,
};
use crate::{
    access::{ChangeSchedules, Permit, SeeStatus},
    audit,
    db::{Db, DbError, Tx},
};

const LONGEST: i64 = 366 * DAY;
const LONGEST_NOTE: usize = 500;

/// What is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewOverride {
    pub tier: u8,
    /// May lie a minute back: forms know no seconds.
    pub from: Millis,
    pub to: Millis,
    pub person: PersonId,
    /// Why; may be empty.
    pub note: String,
}

/// A shift, or a part of one, with whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub from: Millis,
    pub to: Millis,
    pub person: PersonId,
}

/// Puts somebody in the place of whoever's turn it is.
///
/// # Errors
/// When the tier has no rotation, the person cannot be called, or the time is none.
pub async fn add_override(
    db: &Db,
    permit: &Permit<ChangeSchedules>,
    wanted: NewOverride,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, by) = (db.clone(), permit.entry("override.added"), permit.person().clone());
    whole(async move {
        let mut tx = db.begin().await?;
        let (loaded, _) = rotation(&mut tx, wanted.tier, now).await?;
        put(tx, &loaded, wanted, entry, by, now).await
    })
    .await
}

/// Takes a shift oneself, from `from` until `to`, or until the next handover. Whoever is of the rotation may, and whoever
/// may change schedules.
///
/// # Errors
/// As `add_override`, and when the person is not of the rotation.
pub async fn take(
    db: &Db,
    permit: &Permit<SeeStatus>,
    tier: u8,
    (from, to): (Millis, Option<Millis>),
    note: String,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, by) = (db.clone(), permit.entry("override.added"), permit.person().clone());
    let may_change = permit.viewer().permissions.has(Permission::ChangeSchedules);
    whole(async move {
        let mut tx = db.begin().await?;
        let (loaded, tier) = rotation(&mut tx, tier, now).await?;
        let Staffing::Rotation { rotation, .. } = &tier.staffing else {
            return Err(OnCallRefused::NoRotation);
        };
        if !may_change && !rotation.people().contains(&by) {
            return Err(OnCallRefused::NotOfTheRotation);
        }
        let to = to.or_else(|| rotation.next_handover(from)).ok_or(OnCallRefused::TooLong)?;
        let wanted = NewOverride { tier: tier.number, from, to, person: by.clone(), note };
        put(tx, &loaded, wanted, entry, by, now).await
    })
    .await
}

/// Two people each take the other's shift.
///
/// # Errors
/// When one of the shifts is not theirs any more, lies in the past, or they are of one person or overlap.
pub async fn swap(
    db: &Db,
    permit: &Permit<ChangeSchedules>,
    tier: u8,
    [one, other]: [Part; 2],
    note: String,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, by) = (db.clone(), permit.entry("shifts.swapped"), permit.person().clone());
    whole(async move {
        let mut tx = db.begin().await?;
        if one.person == other.person {
            return Err(OnCallRefused::SamePerson);
        }
        if one.from < other.to && other.from < one.to {
            return Err(OnCallRefused::Overlap);
        }
        let (loaded, tier) = rotation(&mut tx, tier, now).await?;
        let (first, second) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let halves = [(&one, &other.person, &first, &second), (&other, &one.person, &second, &first)];
        let mut told = Vec::new();
        for (part, person, own, twin) in halves {
            let covered = loaded.chain.shifts(&tier, part.from.max(now), part.to);
            let theirs = OnCall::People { people: vec![part.person.clone()] };
            if covered.len() != 1 || covered.iter().any(|shift| shift.on != theirs) {
                return Err(OnCallRefused::NotTheirs { from: part.from });
            }
            let wanted = NewOverride {
                tier: tier.number,
                from: part.from.max(now),
                to: part.to,
                person: person.clone(),
                note: note.clone(),
            };
            let stored = checked(&loaded, wanted, by.clone(), now)?;
            let stored = StoredOverride { id: own.clone(), swapped_with: Some(twin.clone()), ..stored };
            store::add_override(&mut tx, &stored).await?;
            told.push(stored);
        }
        let names = names(&loaded.people);
        let name = |person: &PersonId| names.get(person).copied().unwrap_or_default().to_owned();
        let what =
            format!("the shifts of {} and {} in {}", name(&one.person), name(&other.person), named(&tier));
        let entry = with_times(entry.about(Object::new("override", first, what)), &told);
        audit::record(&mut tx, now, &reason(entry, &note)).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    })
    .await
}

/// Ends an override: what lies behind stays, what is to come is the rotation's again. Of a swap both go. Whoever may change
/// schedules can, and whoever took a shift themselves.
///
/// # Errors
/// When there is none such, it is over, or it is somebody else's.
pub async fn remove_override(
    db: &Db,
    permit: &Permit<SeeStatus>,
    id: &str,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, by) = (db.clone(), permit.entry("override.removed"), permit.person().clone());
    let may_change = permit.viewer().permissions.has(Permission::ChangeSchedules);
    let id = id.to_owned();
    whole(async move {
        let mut tx = db.begin().await?;
        let found = store::override_by_id(&mut tx, &id).await?;
        let found = found.filter(|found| found.to > now).ok_or(OnCallRefused::NoOverride)?;
        let is_own = found.person == by && found.made_by == by;
        if !(may_change || is_own) {
            return Err(OnCallRefused::NotYours);
        }
        store::hold_tier(&mut tx, found.tier).await?;
        let loaded = load(&mut tx, now, now.plus(1)).await?;
        for id in [Some(&found.id), found.swapped_with.as_ref()].into_iter().flatten() {
            store::end_override(&mut tx, id, now).await?;
        }
        let object = override_object(&loaded, &found);
        audit::record(&mut tx, now, &with_times(entry.about(object), &[found])).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    })
    .await
}

/// The tier, held to the end of the transaction, and everything that is to come of it.
async fn rotation(tx: &mut Tx, tier: u8, now: Millis) -> Result<(Loaded, Tier), OnCallRefused> {
    store::hold_tier(tx, tier).await?;
    let loaded = load(tx, now.minus(DAY), Millis(i64::MAX)).await?;
    let tier = loaded.chain.tier(tier).cloned().ok_or(OnCallRefused::NoTier)?;
    match tier.staffing {
        Staffing::Rotation { .. } => Ok((loaded, tier)),
        _ => Err(OnCallRefused::NoRotation),
    }
}

async fn put(
    mut tx: Tx,
    loaded: &Loaded,
    wanted: NewOverride,
    entry: Entry,
    by: PersonId,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let stored = checked(loaded, wanted, by, now)?;
    store::add_override(&mut tx, &stored).await?;
    let note = stored.note.clone();
    let entry = with_times(entry.about(override_object(loaded, &stored)), &[stored]);
    audit::record(&mut tx, now, &reason(entry, &note)).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(())
}

fn checked(
    loaded: &Loaded,
    wanted: NewOverride,
    by: PersonId,
    now: Millis,
) -> Result<StoredOverride, OnCallRefused> {
    let NewOverride { tier, from, to, person, note } = wanted;
    let note = note.trim().to_owned();
    if to <= from {
        return Err(OnCallRefused::EndsBefore);
    }
    if from < now.minus(MINUTE) {
        return Err(OnCallRefused::Past);
    }
    if to.since(from) > LONGEST {
        return Err(OnCallRefused::TooLong);
    }
    if note.chars().count() > LONGEST_NOTE {
        return Err(OnCallRefused::NoteTooLong);
    }
    if !loaded.people.iter().any(|known| known.id == person && known.disabled_at.is_none()) {
        return Err(OnCallRefused::Gone(person));
    }
    let id = Uuid::now_v7().to_string();
    Ok(StoredOverride { id, tier, from, to, person, note, made_by: by, made_at: now, swapped_with: None })
}

fn named(tier: &Tier) -> String {
    format!("tier {}, {}", tier.number, tier.name)
}

/// "an override by Ben in tier 2, Platform Engineering on-call"
fn override_object(loaded: &Loaded, one: &StoredOverride) -> Object {
    let names = names(&loaded.people);
    let name = names.get(&one.person).copied().unwrap_or("somebody removed");
    let tier = loaded.chain.tier(one.tier).map(named).unwrap_or_else(|| format!("tier {}", one.tier));
    Object::new("override", &one.id, format!("an override by {name} in {tier}"))
}

fn with_times(entry: Entry, overrides: &[StoredOverride]) -> Entry {
    let mut after = domain::audit::Facts::new();
    for (place, one) in overrides.iter().enumerate() {
        let suffix = if place == 0 { String::new() } else { format!(" {}", place + 1) };
        after.insert(format!("from{suffix}"), moment(one.from));
        after.insert(format!("to{suffix}"), moment(one.to));
    }
    entry.changed(domain::audit::Facts::new(), after)
}

fn moment(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default()
}

fn reason(entry: Entry, note: &str) -> Entry {
    if note.trim().is_empty() { entry } else { entry.because(note.trim()) }
}
