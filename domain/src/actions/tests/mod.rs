mod agreeing;
mod carrying_out;
mod catalogue;
mod previews;
mod properties;
mod values;

use std::{collections::BTreeMap, sync::LazyLock};

use super::{wedsync::Names, *};
use crate::{
    access::{EmailAddress, PersonId},
    time::{MINUTE, Millis, SECOND},
};

const NOW: Millis = Millis(1_800_000_000_000);

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::wedsync(&Names::default()).unwrap());

fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

fn key(text: &str) -> ActionKey {
    ActionKey::parse(text).unwrap()
}

fn person(id: &str) -> Actor {
    Actor::Person { id: PersonId::new(id), name: id.to_owned() }
}

fn account(id: &str) -> Account {
    let email = EmailAddress::parse(&format!("{id}@example.com")).unwrap();
    Account { id: PersonId::new(id), email: Some(email), linked: Default::default() }
}

/// The values of an action as its form has them at first.
fn values(action: &str) -> Values {
    let today = "2026-03-28".parse().unwrap();
    let given = [("month", "2026-02"), ("version", "v2.1"), ("day", "2026-03-01")];
    let catalogue = catalogue();
    let action = catalogue.get(&key(action)).unwrap();
    let asked = |name: &str| action.parameters.iter().any(|parameter| parameter.name.as_str() == name);
    let typed: BTreeMap<String, String> = given
        .iter()
        .filter(|(name, _)| asked(name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    check_values(action, &typed, today).unwrap()
}

fn fact(key: &str, value: &str) -> Fact {
    Fact { key: key.to_owned(), label: format!("The {key}"), value: value.to_owned() }
}

/// A preview in which everything is as one would wish.
fn preview(action: &str) -> Preview {
    let plan = catalogue().plan(&key(action), &values(action)).unwrap();
    let old = |step: &PlannedStep| match &step.step {
        Step::KubernetesScale { autoscaler, .. } => {
            Some(OldValue::Replicas { count: 3, autoscaler: autoscaler.clone() })
        }
        Step::KubernetesIngressBackend { from, .. } => Some(OldValue::Backend { backend: from[0].clone() }),
        _ => None,
    };
    let steps = plan
        .steps
        .iter()
        .map(|step| StepPreview {
            rests_on: vec![fact("state", "calm")],
            checks: vec![Check { what: "It is there".to_owned(), found: Found::Holds("It is.".to_owned()) }],
            old: old(step),
            ..StepPreview::default()
        })
        .collect();
    Preview { plan, steps, made_at: NOW }
}

fn ask(action: &str, by: Actor) -> Asked {
    let preview = preview(action);
    Asked {
        id: RunId("r1".to_owned()),
        by,
        reason: "couples wait".to_owned(),
        proven: Some(NOW),
        seen: preview.fingerprint(),
        preview,
        undoes: None,
        alert: None,
    }
}

fn requested(action: &str) -> Run {
    Run::request(ask(action, person("ada")), &Board::default(), &Automation::On, NOW).unwrap().0
}

/// Begins the step that is due, as it was previewed.
fn begin(run: &mut Run, now: Millis) -> Option<Dispatch> {
    let fresh = run.preview.steps[run.steps.len()].clone();
    run.begin_step(&fresh, &Board::default(), &Automation::On, now).unwrap().send
}

fn done() -> Answer {
    Answer::Done { said: String::new() }
}

fn in_doubt() -> Answer {
    Answer::InDoubt { said: "the connection was cut".to_owned() }
}

fn seen() -> Sighting {
    Sighting::InPlace { said: String::new() }
}

fn not_yet() -> Sighting {
    Sighting::NotYet { said: "2 of 10 replicas are ready".to_owned() }
}

fn clock(at: Millis) -> String {
    format!("T+{}s", at.since(NOW) / SECOND)
}

fn story(run: &Run, happened: &[Happening]) -> Vec<String> {
    happened.iter().map(|one| wording::told(run, one, clock)).collect()
}
