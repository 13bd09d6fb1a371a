mod bulk;
mod letters;
mod reports;
mod sending;
mod settling;

use super::*;
use crate::{
    access::PersonId,
    actions::Actor,
    crises::{CaseId, Contact, Private, TypeKey, Unsettled, built_in},
    time::{HOUR, MINUTE, Millis, SECOND},
};

/// 2026-06-20 03:03 in UTC.
const NOW: Millis = Millis(1_781_924_580_000);

fn person(id: &str) -> Actor {
    Actor::Person { id: PersonId::new(id), name: id.to_owned() }
}

fn id(number: usize) -> AttemptId {
    AttemptId(format!("a{number}"))
}

fn attempt(way: Way) -> Attempt {
    Attempt {
        id: id(1),
        purpose: Purpose::WeKnow,
        way,
        by: person("ada"),
        made_at: NOW,
        state: AttemptState::Drafted,
    }
}

fn notice() -> Notice {
    Notice::new(CaseId("c1".to_owned()), Purpose::WeKnow)
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn given() -> Given {
    Given::default()
        .with(Variable::Names, "Ada and Nils")
        .with(Variable::PromisedTime, "04:00")
        .with(Variable::Contact, "Priya, +46 8 123")
        .with(Variable::Plan, "Four florists are near.\nYou choose one.")
        .with(Variable::Venue, "Lindholm Gård")
        .with(Variable::Ceremony, "12:30")
        .with(Variable::StatusPage, "https://bellwether.example.com/c/x?a=1&b=2")
}
