//! Who is in a tier: changed by whoever may change schedules.

use std::collections::BTreeMap;

use domain::{
    access::PersonId,
    audit::{Masked, Object},
    oncall::Tier,
    time::Millis,
};

use super::{
    OnCallRefused, WrittenStaffing,
    load::{Loaded, load},
    store, whole,
};
use crate::{
    access::{ChangeSchedules, Known, Permit},
    audit,
    db::{Db, DbError},
};

/// Names the people of a tier, or its rotation.
///
/// # Errors
/// When it cannot be, when somebody new in it has no account that can be used, or when somebody else changed it since
/// `version` was read.
pub async fn set_staffing(
    db: &Db,
    permit: &Permit<ChangeSchedules>,
    tier: u8,
    version: i64,
    wanted: WrittenStaffing,
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry) = (db.clone(), permit.entry("schedule.changed"));
    whole(async move {
        let mut tx = db.begin().await?;
        let loaded = load(&mut tx, now, now.plus(1)).await?;
        let Loaded { chain, states, people, .. } = &loaded;
        let about = chain.tier(tier).ok_or(OnCallRefused::NoTier)?;
        let state = states.iter().find(|state| state.number == tier).ok_or(OnCallRefused::NoTier)?;
        check(&wanted)?;
        let before = state.written.as_ref();
        let was_in = |person: &PersonId| before.is_some_and(|before| before.people().contains(person));
        let is_here =
            |person: &PersonId| people.iter().any(|known| known.id == *person && known.disabled_at.is_none());
        // Somebody who left keeps the place that they have: the turns of the others hang on it.
        if let Some(gone) = wanted.people().iter().find(|person| !was_in(person) && !is_here(person)) {
            return Err(OnCallRefused::Gone(gone.clone()));
        }
        let text = serde_json::to_string(&wanted).map_err(|error| DbError::Stored(error.to_string()))?;
        if !store::set_staffing(&mut tx, tier, version, &text, now).await? {
            let stored = Box::new(state.written.clone());
            return Err(OnCallRefused::Conflict { stored, version: state.version });
        }
        let names = names(people);
        let (was, is) = facts(before, &wanted, &names).parts();
        audit::record(&mut tx, now, &entry.about(object(about)).changed(was, is)).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    })
    .await
}

fn check(wanted: &WrittenStaffing) -> Result<(), OnCallRefused> {
    match wanted {
        WrittenStaffing::Rotation(written) => written.check().map(|_| ()).map_err(OnCallRefused::Faults),
        WrittenStaffing::People { people } if people.is_empty() => Err(OnCallRefused::NoPeople),
        WrittenStaffing::People { people } => {
            let twice = (1..people.len()).find(|place| people[..*place].contains(&people[*place]));
            match twice.and_then(|place| people.get(place)) {
                Some(person) => {
                    Err(OnCallRefused::Faults(vec![domain::oncall::Fault::Twice(person.clone())]))
                }
                None => Ok(()),
            }
        }
    }
}

/// "tier 2, Platform Engineering on-call"
pub(super) fn object(tier: &Tier) -> Object {
    Object::new("tier", tier.number.to_string(), format!("tier {}, {}", tier.number, tier.name))
}

/// By id, as people read them.
pub(super) fn names(people: &[Known]) -> BTreeMap<&PersonId, &str> {
    people.iter().map(|person| (&person.id, person.name.as_str())).collect()
}

fn facts(
    before: Option<&WrittenStaffing>,
    after: &WrittenStaffing,
    names: &BTreeMap<&PersonId, &str>,
) -> Masked {
    let told = |staffing: &WrittenStaffing| {
        let people: Vec<&str> = staffing
            .people()
            .iter()
            .map(|person| names.get(person).copied().unwrap_or("somebody removed"))
            .collect();
        let mut facts = vec![("people", people.join(", "))];
        match staffing {
            WrittenStaffing::People { .. } => facts.push(("kind", "all of them at once".to_owned())),
            WrittenStaffing::Rotation(written) => facts.extend([
                ("kind", "a rotation".to_owned()),
                ("zone", written.zone.clone()),
                ("first day", written.first_day.clone()),
                ("handover", written.handover_time.clone()),
                ("weeks", written.length_weeks.to_string()),
            ]),
        }
        facts
    };
    let (before, after) = (before.map(told).unwrap_or_default(), told(after));
    let of = |facts: &[(&'static str, String)], key: &str| {
        facts.iter().find(|(own, _)| *own == key).map(|(_, value)| value.clone())
    };
    let keys = ["kind", "people", "zone", "first day", "handover", "weeks"];
    keys.into_iter().fold(Masked::new(), |masked, key| {
        masked.shown(key, of(&before, key).as_deref(), of(&after, key).as_deref())
    })
}
