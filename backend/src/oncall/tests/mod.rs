//! Schedules on both databases: changed, taken, swapped, read; and what is on record of it.

mod calendars;
mod duties;
mod schedules;

use domain::{
    access::PersonId,
    audit::Origin,
    oncall::{OnCall, Written},
    time::{DAY, HOUR, Millis},
};
use jiff::Timestamp;
use secrecy::SecretString;

use super::*;
use crate::{
    access::{Access, Grant, Permit},
    clock::Clock,
    config::Config,
    db::Db,
    testing::{self, World},
};

/// 2026-11-24T00:00:00Z, a Tuesday.
const NOW: Millis = Millis(1_795_478_400_000);

/// A console with the built-in tiers, in a database of its own.
struct Desk {
    world: World,
    access: Access,
    clock: Clock,
    config: Config,
}

async fn desks() -> Vec<Desk> {
    let mut desks = Vec::new();
    for world in testing::worlds().await {
        let clock = Clock::held(NOW);
        let mut config = crate::config::load(None, std::iter::empty()).unwrap();
        config.access.second_factors_required = false;
        seed(&world.db, &config, NOW).await.unwrap();
        let access = Access::new(world.db.clone(), &config, clock.clone()).unwrap();
        desks.push(Desk { world, access, clock, config });
    }
    desks
}

fn at(text: &str) -> Millis {
    Millis(text.parse::<Timestamp>().unwrap().as_millisecond())
}

impl Desk {
    fn db(&self) -> &Db {
        &self.world.db
    }

    async fn person(&self, name: &str, role: &str) -> PersonId {
        let email = format!("marked-person-{name}@example.com");
        let password = SecretString::from("marked-password of finches");
        self.access.add_with_password_by_command(&email, name, role, &password).await.unwrap()
    }

    async fn permit<P: Grant>(&self, person: &PersonId) -> Permit<P> {
        let viewer = self.access.acting_by_message(person, Origin::default(), "a test").await.unwrap();
        viewer.unwrap().permit().unwrap()
    }

    /// A lead, and a weekly rotation of these people in tier 2 from Monday the 23rd, 09:00 UTC.
    async fn with_rotation(&self, people: &[&PersonId]) -> PersonId {
        let lead = self.person("lead", "lead").await;
        let permit = self.permit(&lead).await;
        set_staffing(self.db(), &permit, 2, 1, weekly(people), NOW).await.unwrap();
        lead
    }

    async fn on_call(&self, tier: u8, moment: Millis) -> OnCall {
        let mut tx = self.db().begin().await.unwrap();
        let roster = roster(&mut tx, moment).await.unwrap();
        tx.rollback().await.unwrap();
        roster.tier(tier).unwrap().on_call.clone()
    }

    async fn is_on_call(&self, moment: Millis, person: &PersonId) {
        let expected = OnCall::People { people: vec![person.clone()] };
        assert_eq!(self.on_call(2, moment).await, expected, "{} {moment}", self.world.name);
    }

    /// The last line on record.
    async fn last(&self) -> String {
        testing::on_record(self.db()).await.pop().unwrap_or_default().replace(" (by a test)", "")
    }
}

fn weekly(people: &[&PersonId]) -> WrittenStaffing {
    WrittenStaffing::Rotation(Written {
        zone: "UTC".to_owned(),
        first_day: "2026-11-23".to_owned(),
        handover_time: "09:00".to_owned(),
        length_weeks: 1,
        people: people.iter().map(|person| (*person).clone()).collect(),
    })
}
