//! `[[crises.people]]`: whom the steps of crises ask, and what they are written.

use std::collections::BTreeMap;

use domain::{
    access::EmailAddress,
    crises::{Outsider, People, PeopleKey, Saying, built_in_people},
    time::{DAY, MINUTE},
};

use super::{
    Channel,
    crises::{Known, name, one_of},
    document::Table,
    problem::Place,
    read::Reader,
    values,
};

const MOST_ENOUGH: f64 = 100.0;

/// The built-in ones, each changed by its section, and those that the file adds.
pub(super) fn read(
    reader: &mut Reader<'_>,
    section: &Table,
    tier: &str,
    known: &Known<'_>,
) -> BTreeMap<String, People> {
    let built_in = built_in_people(tier).unwrap_or_else(|why| {
        reader.complain(&Place::Nowhere, "crises.people", why);
        Vec::new()
    });
    let mut all: BTreeMap<String, People> =
        built_in.into_iter().map(|people| (people.key.to_string(), people)).collect();
    without_what_is_not_there(&mut all, known);
    let mut written: Vec<PeopleKey> = Vec::new();
    let sections = reader.list(section, "crises", "people").unwrap_or_default();
    for (index, (table, place)) in sections.into_iter().enumerate() {
        let path = format!("crises.people[{index}]");
        if reader.required(table, &path, "name").is_none() {
            continue;
        }
        let key = reader
            .text(table, &path, "name", |text| PeopleKey::parse(text).map_err(|wrong| wrong.to_string()));
        let Some(key) = key else { continue };
        if written.contains(&key) {
            let message = format!("there is another section for {key}; expected one for each");
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), message);
            continue;
        }
        written.push(key.clone());
        let before = all.get(key.as_str()).cloned();
        let Some(mut people) = before.or_else(|| People::blank(key.clone(), key.as_str()).ok()) else {
            continue;
        };
        over(reader, table, &path, &mut people, known);
        if people.is_nobody() {
            let message = "nobody is in it; expected some of roles, tiers and outside";
            reader.complain(place, &path, message);
        }
        all.insert(key.to_string(), people);
    }
    all
}

/// The roles and tiers of the built-in ones are those of WedSync: where the file has others, nobody is in them until it
/// says who is.
fn without_what_is_not_there(all: &mut BTreeMap<String, People>, known: &Known<'_>) {
    for people in all.values_mut() {
        people.roles.retain(|role| known.roles.contains(role.as_str()));
        people.tiers.retain(|tier| known.tiers.contains(tier.as_str()));
    }
}

/// What one section changes.
fn over(reader: &mut Reader<'_>, table: &Table, path: &str, people: &mut People, known: &Known<'_>) {
    if let Some(label) = reader.text(table, path, "label", |text| name("people", text)) {
        people.label = label;
    }
    let role = |text: &str| one_of("role", text, known.roles.iter().copied()).map(|()| text.to_owned());
    if let Some(roles) = reader.texts(table, path, "roles", role) {
        people.roles = roles;
    }
    let tier = |text: &str| one_of("tier", text, known.tiers.iter().copied()).map(|()| text.to_owned());
    if let Some(tiers) = reader.texts(table, path, "tiers", tier) {
        people.tiers = tiers;
    }
    if let Some(outside) = outsiders(reader, table, path, known) {
        people.outside = outside;
    }
    if let Some((number, place)) = reader.number(table, path, "enough") {
        if number.fract() == 0.0 && (1.0..=MOST_ENOUGH).contains(&number) {
            people.enough = number as usize;
        } else {
            let message = format!("{number} is not possible; expected a whole number from 1 to 100");
            reader.complain(place, &format!("{path}.enough"), message);
        }
    }
    let holds = reader.text(table, path, "holds", |text| {
        let holds = values::duration(text).and_then(|holds| i64::try_from(holds.as_millis()).ok());
        holds.filter(|holds| (MINUTE..=DAY).contains(holds)).ok_or_else(|| {
            format!("{text:?} is not possible; expected a time from 1m to 24h, such as 30m or 2h")
        })
    });
    people.holds = holds.unwrap_or(people.holds);
    if let Some(answer) = reader.text(table, path, "answer", answer) {
        people.answer = answer;
    }
    let said = |parse: fn(&str) -> Result<Saying, domain::crises::FlawOfPeople>| {
        move |text: &str| parse(text).map_err(|flaw| flaw.to_string())
    };
    if let Some(subject) = reader.text(table, path, "subject", said(Saying::subject)) {
        people.subject = subject;
    }
    if let Some(text) = reader.text(table, path, "text", said(Saying::text)) {
        people.text = text;
    }
}

/// What stands on a button.
fn answer(text: &str) -> Result<String, String> {
    const LONGEST: usize = 40;
    let text = text.trim();
    if text.chars().any(char::is_control) || text.chars().count() > LONGEST {
        return Err(format!("is not one line of at most {LONGEST} characters"));
    }
    Ok(text.to_owned())
}

fn outsiders(reader: &mut Reader<'_>, table: &Table, path: &str, known: &Known<'_>) -> Option<Vec<Outsider>> {
    let sections = reader.list(table, path, "outside")?;
    let mut all: Vec<Outsider> = Vec::new();
    for (index, (table, place)) in sections.into_iter().enumerate() {
        let path = format!("{path}.outside[{index}]");
        for name in ["name", "mail"] {
            if !table.contains_key(name) {
                reader.complain(place, &format!("{path}.{name}"), "is missing");
            }
        }
        let name = reader.text(table, &path, "name", |text| match text.contains('/') {
            true => Err("has a / in it; expected a name".to_owned()),
            false => name("somebody", text),
        });
        let mail = reader.text(table, &path, "mail", |text| match known.can_mail {
            false => Err("needs a mail server; expected a section [delivery.mail]".to_owned()),
            // The error never repeats it: it is somebody's.
            true => EmailAddress::parse(text).map_err(|_| "is no e-mail address".to_owned()),
        });
        let (Some(name), Some(mail)) = (name, mail) else { continue };
        if all.iter().any(|other| other.name == name) {
            let message = format!("there is another {name:?}; expected distinct names");
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), message);
            continue;
        }
        all.push(Outsider { name, mail });
    }
    Some(all)
}

/// By which channel somebody without an account is written to. Channels of the file have no such names.
pub fn channel_of_outsider(people: &People, outsider: &Outsider) -> String {
    format!("{}: {}", people.key, outsider.name)
}

/// A channel for each of those who have no account: one mail address.
pub(super) fn channels(people: &BTreeMap<String, People>) -> Vec<(String, Channel)> {
    let of = |people: &People, outsider: &Outsider| {
        let channel = Channel { mail: vec![outsider.mail.as_str().to_owned()], ..Channel::default() };
        (channel_of_outsider(people, outsider), channel)
    };
    people.values().flat_map(|people| people.outside.iter().map(move |one| of(people, one))).collect()
}
