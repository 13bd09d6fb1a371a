mod automatic;
mod breaker;
mod properties;
mod recovery;

use super::*;
use crate::{
    access::PersonId,
    actions::Actor,
    time::{HOUR, MINUTE, Millis, SECOND},
};

const NOW: Millis = Millis(1_800_000_000_000);
const RULE: Rule = Rule { failures: 5, open_for: MINUTE };

fn at(seconds: i64) -> Millis {
    NOW.plus(seconds * SECOND)
}

fn clock(at: Millis) -> String {
    format!("T+{}s", at.since(NOW) / SECOND)
}

fn ada() -> Actor {
    Actor::Person { id: PersonId::new("ada"), name: "Ada".to_owned() }
}

fn outcome(id: &str, seconds: i64, came: Came) -> Outcome {
    Outcome { id: id.to_owned(), at: at(seconds), came }
}

fn failed(id: &str, seconds: i64) -> Outcome {
    outcome(id, seconds, Came::Failure { how: Fault::TimeOut })
}

fn well(id: &str, seconds: i64) -> Outcome {
    outcome(id, seconds, Came::Success)
}

fn breaker() -> Breaker {
    Breaker::new("optimization", NOW)
}

/// Opened by five failures at `NOW` plus five seconds.
fn open() -> Breaker {
    let mut breaker = breaker();
    let failures: Vec<Outcome> = (1..=5).map(|second| failed(&format!("f{second}"), second)).collect();
    let turned = breaker.take_in(&RULE, &failures, at(5));
    assert_eq!(turned.len(), 1);
    breaker
}
