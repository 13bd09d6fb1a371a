//! The roster of a demo: its operator is called first, then its lead; its support team on wedding days.

use backend::{
    access::{self, Access, Known},
    config::Config,
    oncall::{self, WrittenStaffing},
};
use domain::{access::PersonId, oncall::Written, time::Millis};
use jiff::Timestamp;

/// Names the demo's accounts in the tiers where nobody ever was.
///
/// # Errors
/// In words, when the database refuses.
pub async fn make(access: &Access, config: &Config, now: Millis) -> Result<(), String> {
    if config.demo.password.is_none() {
        return Ok(());
    }
    let people = known(access).await.map_err(|error| error.to_string())?;
    let of = |role: &str| people.iter().find(|known| known.role == role).map(|known| known.id.clone());
    let zone = config.on_call.zone.clone();
    let today = Timestamp::from_millisecond(now.0).unwrap_or_default().to_zoned(zone.clone()).date();
    let rotation = |people: Vec<PersonId>| {
        WrittenStaffing::Rotation(Written {
            zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            // Whoever is first has the first week, whenever the demo begins.
            first_day: today.to_string(),
            handover_time: "00:00".to_owned(),
            length_weeks: 1,
            people,
        })
    };
    let list = |person: PersonId| WrittenStaffing::People { people: vec![person] };
    let (operator, lead, support) = (of("operator"), of("lead"), of("support"));
    let wanted = [
        operator.clone().map(|operator| (1, rotation(vec![operator]))),
        operator.clone().zip(lead.clone()).map(|(operator, lead)| (2, rotation(vec![operator, lead]))),
        lead.map(|lead| (3, list(lead))),
        support.map(|support| (4, list(support))),
    ];
    let wanted = wanted.into_iter().flatten().collect();
    oncall::seed_staffing(access.db(), wanted, now).await.map_err(|error| error.to_string())?;
    Ok(())
}

async fn known(access: &Access) -> Result<Vec<Known>, backend::db::DbError> {
    let mut tx = access.db().snapshot().await?;
    access::known(&mut tx).await
}
