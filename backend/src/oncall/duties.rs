//! What the console asks and tests by itself: is the schedule right, do the ways still reach, does the escalation work,
//! is there a gap ahead.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{
    access::{Permission, PersonId},
    delivery::{Message, Occasion, Recipient},
    oncall::{Chain, Shift},
    schedule::Rule,
    time::{DAY, HOUR, Millis},
};
use jiff::{Timestamp, tz::TimeZone};

use super::{escalation_test, load::load, store};
use crate::{
    access::{Access, Known},
    config::OnCall as OnCallConfig,
    db::{DbError, Tx},
    delivery::{Order, enqueue_all},
    schedule::{Done, Due, Duty, DutyError, Planned},
};

pub const SCHEDULE_CHECK: &str = "oncall.schedule_check";
pub const CONTACT_CHECK: &str = "oncall.contact_check";
pub const ESCALATION_TEST: &str = "oncall.escalation_test";
pub const GAP_WARNING: &str = "oncall.gap_warning";

/// The leads hear of a gap so long before it.
pub const WARN_AHEAD: i64 = 7 * DAY;

/// A gap that is there already is known by its tier alone, as long as it lasts: its beginning moves with the look.
const PRESENT: Millis = Millis(0);

/// The duties that are switched on. `access` says who may change schedules, and so is asked.
pub fn duties(config: &OnCallConfig, access: &Access) -> Vec<Planned> {
    let zone = config.zone.clone();
    let leads = || Leads { access: access.clone(), zone: zone.clone() };
    let mut duties = Vec::new();
    if let Some(rule) = &config.schedule_check {
        duties.push(Planned::new(SCHEDULE_CHECK, rule.clone(), DAY, ScheduleCheck(leads())));
    }
    if let Some(rule) = &config.contact_check {
        duties.push(Planned::new(CONTACT_CHECK, rule.clone(), 3 * DAY, ContactCheck));
    }
    if let Some(rule) = &config.escalation_test {
        // Late is worse than not at all: nobody expects it in the evening.
        duties.push(Planned::new(ESCALATION_TEST, rule.clone(), 2 * HOUR, EscalationTest));
    }
    if let Ok(hourly) = Rule::parse("every hour", &TimeZone::UTC) {
        duties.push(Planned::new(GAP_WARNING, hourly, DAY, GapWarning(leads())));
    }
    duties
}

/// Who is asked and warned, and in whose time.
struct Leads {
    access: Access,
    zone: TimeZone,
}

impl Leads {
    fn among(&self, people: &[Known]) -> Vec<PersonId> {
        let may = people.iter().filter(|person| self.access.may(person, Permission::ChangeSchedules));
        may.map(|person| person.id.clone()).collect()
    }

    /// "Sat 28 Mar 2026 21:00 (Europe/Stockholm)"
    fn moment(&self, at: Millis) -> String {
        let Ok(at) = Timestamp::from_millisecond(at.0) else { return String::new() };
        let name = self.zone.iana_name().unwrap_or("UTC");
        format!("{} ({name})", at.to_zoned(self.zone.clone()).strftime("%a %-d %b %Y %H:%M"))
    }
}

async fn tell(tx: &mut Tx, now: Millis, people: &[PersonId], message: &Message) -> Result<(), DbError> {
    let to = |person: &PersonId| Recipient::Person { id: person.clone() };
    let orders: Vec<Order> =
        people.iter().map(|person| Order { message: message.clone(), to: to(person) }).collect();
    enqueue_all(tx, now, &orders).await?;
    Ok(())
}

fn reminding(title: &str, lines: Vec<String>, path: &str, dedup_key: String) -> Message {
    Message {
        occasion: Occasion::Reminding,
        level: None,
        title: title.to_owned(),
        lines,
        path: path.to_owned(),
        alert: None,
        dedup_key,
        asks: None,
    }
}

fn asked(number: usize, what: &str) -> String {
    match number {
        0 => format!("nobody {what}"),
        1 => format!("1 person {what}"),
        number => format!("{number} people {what}"),
    }
}

struct ScheduleCheck(Leads);

#[async_trait]
impl Duty for ScheduleCheck {
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError> {
        let loaded = load(tx, due.now, due.now.plus(30 * DAY)).await?;
        let mut lines = vec!["Who is on call now:".to_owned()];
        lines.extend(on_call(&loaded.chain, &loaded.people, due.now));
        let gaps: usize = loaded
            .chain
            .tiers
            .iter()
            .map(|tier| loaded.chain.gaps(tier, due.now, due.now.plus(30 * DAY)).len())
            .sum();
        lines.push(match gaps {
            0 => "No gap within 30 days.".to_owned(),
            1 => "1 gap within 30 days.".to_owned(),
            gaps => format!("{gaps} gaps within 30 days."),
        });
        let key = format!("schedule-check-{}", due.due_at);
        let message = reminding("Is this schedule right?", lines, "/on-call", key);
        let leads = self.0.among(&loaded.people);
        tell(tx, due.now, &leads, &message).await?;
        let note = match leads.len() {
            0 => "nobody was asked: no active account may change schedules".to_owned(),
            number => {
                asked(number, "was asked whether the schedule is right").replace("people was", "people were")
            }
        };
        Ok(Done { note, entry: None })
    }
}

/// "Tier 1, AI Operations: Ada Lovelace", one a line.
pub(super) fn on_call(chain: &Chain, people: &[Known], now: Millis) -> Vec<String> {
    let names = super::change::names(people);
    let roster = chain.roster(now);
    let tiers = roster.tiers.iter().map(|tier| {
        let who: Vec<&str> = tier
            .on_call
            .people()
            .iter()
            .map(|person| names.get(person).copied().unwrap_or("somebody removed"))
            .collect();
        let said = match &tier.on_call {
            domain::oncall::OnCall::People { .. } => who.join(", "),
            domain::oncall::OnCall::StandIn { why, .. } => format!("{} ({why})", who.join(", ")),
            domain::oncall::OnCall::Nobody { why } => format!("nobody: {why}"),
        };
        format!("Tier {}, {}: {said}", tier.number, tier.name)
    });
    tiers.collect()
}

struct ContactCheck;

#[async_trait]
impl Duty for ContactCheck {
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError> {
        let loaded = load(tx, due.now, due.now.plus(1)).await?;
        let chain = &loaded.chain;
        let here = |person: &&PersonId| !chain.left.contains_key(*person);
        let members: BTreeSet<PersonId> =
            chain.tiers.iter().flat_map(|tier| chain.members(tier)).filter(here).cloned().collect();
        let lines = vec![
            "You may be called at any hour. Look whether your ways to be reached are still right, and in the order in \
             which they should be tried."
                .to_owned(),
        ];
        let key = format!("contact-check-{}", due.due_at);
        let message = reminding("Do these ways still reach you?", lines, "/settings", key);
        let members: Vec<PersonId> = members.into_iter().collect();
        tell(tx, due.now, &members, &message).await?;
        let note = asked(members.len(), "was asked whether their ways still reach them");
        Ok(Done { note: note.replace("people was", "people were"), entry: None })
    }
}

struct EscalationTest;

#[async_trait]
impl Duty for EscalationTest {
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError> {
        let (id, paged) = escalation_test::begin(tx, None, due.now).await?;
        let note = match paged {
            0 => "a test was begun, and nobody could be paged".to_owned(),
            1 => "a test was begun: 1 page".to_owned(),
            paged => format!("a test was begun: {paged} pages"),
        };
        Ok(Done { note, entry: Some(escalation_test::by_the_schedule(&id)) })
    }
}

struct GapWarning(Leads);

#[async_trait]
impl Duty for GapWarning {
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError> {
        let until = due.now.plus(WARN_AHEAD);
        let loaded = load(tx, due.now, until).await?;
        let leads = self.0.among(&loaded.people);
        if leads.is_empty() {
            // Nothing is noted as told: whoever may change schedules tomorrow hears of it then.
            return Ok(Done {
                note: "nobody could be told: no active account may change schedules".to_owned(),
                entry: None,
            });
        }
        let mut lines = Vec::new();
        for tier in &loaded.chain.tiers {
            let gaps = loaded.chain.gaps(tier, due.now, until);
            if gaps.first().is_none_or(|gap| gap.from != due.now) {
                store::forget_gap(tx, tier.number, PRESENT).await?;
            }
            for Shift { from, to, on: why } in gaps {
                let known_by = if from == due.now { PRESENT } else { from };
                if !store::tell_gap(tx, tier.number, known_by, due.now).await? {
                    continue;
                }
                let begins = if from == due.now { "now".to_owned() } else { self.0.moment(from) };
                let ends =
                    if to == until { "at least a week from now".to_owned() } else { self.0.moment(to) };
                lines.push(format!("Tier {}, {}: from {begins} to {ends}: {why}.", tier.number, tier.name));
            }
        }
        if lines.is_empty() {
            return Ok(Done { note: "no new gap".to_owned(), entry: None });
        }
        let gaps = lines.len();
        let key = format!("gap-warning-{}", due.due_at);
        let message = reminding("Nobody is on call: a gap ahead", lines, "/on-call", key);
        tell(tx, due.now, &leads, &message).await?;
        let gaps = if gaps == 1 { "1 gap".to_owned() } else { format!("{gaps} gaps") };
        let note = format!("{gaps}: {}", asked(leads.len(), "told"));
        Ok(Done { note, entry: None })
    }
}
