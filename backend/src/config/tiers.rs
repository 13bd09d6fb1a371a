//! The steps of the escalation chain, and when the console asks whether they are right.

use domain::{oncall::Season, schedule::Rule};
use jiff::tz::TimeZone;

use super::{OnCall, Tier, document::Table, problem::Place, read::Reader, values};

const SCHEDULE_CHECK: &str = "every Monday at 09:00";
const CONTACT_CHECK: &str = "day 1 of the month at 09:00";
const ESCALATION_TEST: &str = "first Tuesday of the month at 10:00";
const LONGEST_NAME: usize = 100;

/// WedSync's.
fn defaults() -> Vec<Tier> {
    let tier = |number: u8, name: &str| Tier {
        number,
        name: name.to_owned(),
        channel: None,
        seasons: Vec::new(),
        stand_in: None,
    };
    vec![
        Tier { channel: Some("ai-ops-alerts".to_owned()), ..tier(1, "AI Operations") },
        tier(2, "Platform Engineering on-call"),
        tier(3, "Technical leadership"),
        Tier {
            seasons: ["05-01 to 09-30", "12-15 to 01-05"]
                .into_iter()
                .filter_map(|season| season.parse().ok())
                .collect(),
            stand_in: Some(2),
            ..tier(4, "Wedding Day Support")
        },
    ]
}

/// In the order of their numbers, at least one, numbers distinct.
pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Vec<Tier> {
    let Some(entries) = reader.list(tree, "", "tier") else { return defaults() };
    let is_empty = entries.is_empty();
    let mut tiers: Vec<(Tier, Place, String)> = Vec::new();
    for (index, (table, place)) in entries.into_iter().enumerate() {
        let path = format!("tier[{index}]");
        let Some(tier) = tier(reader, table, place, &path) else { continue };
        if tiers.iter().any(|(other, ..)| other.number == tier.number) {
            let message = format!("there is another tier {}; expected distinct numbers", tier.number);
            reader.complain(reader.place(table, "number"), &format!("{path}.number"), message);
            continue;
        }
        tiers.push((tier, reader.place(table, "stand_in").clone(), path));
    }
    if is_empty {
        let place = reader.place(tree, "tier").clone();
        reader.complain(&place, "tier", "there is no tier, so nobody could be called; expected at least one");
    }
    tiers.sort_by_key(|(tier, ..)| tier.number);
    for (tier, place, path) in &tiers {
        let Some(other) = tier.stand_in else { continue };
        let wrong = match tiers.iter().find(|(one, ..)| one.number == other) {
            _ if other == tier.number => Some("a tier cannot stand in for itself".to_owned()),
            None => Some(format!("there is no tier {other}")),
            Some((one, ..)) if !one.seasons.is_empty() => {
                Some(format!("tier {other} has seasons itself; expected one that is staffed around the year"))
            }
            Some(_) => None,
        };
        if let Some(why) = wrong {
            reader.complain(place, &format!("{path}.stand_in"), why);
        }
    }
    tiers.into_iter().map(|(tier, ..)| tier).collect()
}

fn tier(reader: &mut Reader<'_>, table: &Table, place: &Place, path: &str) -> Option<Tier> {
    for name in ["number", "name"] {
        if !table.contains_key(name) {
            reader.complain(place, &format!("{path}.{name}"), "is missing");
        }
    }
    let number = tier_number(reader, table, path, "number");
    let name = reader.text(table, path, "name", |text| match text.chars().count() <= LONGEST_NAME {
        true => Ok(text.trim().to_owned()),
        false => Err(format!("is longer than {LONGEST_NAME} characters")),
    });
    let channel = reader.text(table, path, "channel", |text| {
        let named = values::is_name(text).then(|| text.to_owned());
        named.ok_or_else(|| {
            format!("{text:?} is not a name; expected small letters, digits, - and _, at most 64")
        })
    });
    let named = table.contains_key("seasons");
    let seasons = reader.texts(table, path, "seasons", |text| {
        text.parse::<Season>().map_err(|error| format!("{text:?} cannot be read; {error}"))
    });
    let seasons = seasons.unwrap_or_default();
    let stand_in = tier_number(reader, table, path, "stand_in");
    if named && !table.contains_key("stand_in") {
        let message = "is missing: outside its seasons somebody else has to answer; name the tier that does";
        reader.complain(reader.place(table, "seasons"), &format!("{path}.stand_in"), message);
    }
    if !named && table.contains_key("stand_in") {
        let message = "has no use without seasons, outside of which it stands in";
        reader.complain(reader.place(table, "stand_in"), &format!("{path}.stand_in"), message);
    }
    Some(Tier { number: number?, name: name?, channel, seasons, stand_in })
}

fn tier_number(reader: &mut Reader<'_>, table: &Table, path: &str, name: &str) -> Option<u8> {
    let (number, place) = reader.number(table, path, name)?;
    if number.fract() == 0.0 && (1.0..=99.0).contains(&number) {
        return Some(number as u8);
    }
    let message = format!("{number} is not possible; expected a whole number from 1 to 99");
    reader.complain(place, &format!("{path}.{name}"), message);
    None
}

pub(super) fn read_on_call(reader: &mut Reader<'_>, tree: &Table, console: &TimeZone) -> OnCall {
    let none = Table::new();
    let section = reader.section(tree, "", "on_call").unwrap_or(&none);
    let zone = reader.text(section, "on_call", "zone", |name| {
        TimeZone::get(name).map_err(|_| {
            format!("{name:?} is not a time zone; expected an IANA name such as Europe/Stockholm")
        })
    });
    let zone = zone.unwrap_or_else(|| console.clone());
    let mut rule = |name: &str, default: &str| {
        let parse = |text: &str| match text.trim() {
            "off" => Ok(None),
            text => Rule::parse(text, &zone).map(Some).map_err(|error| error.to_string()),
        };
        reader.text(section, "on_call", name, parse).unwrap_or_else(|| Rule::parse(default, &zone).ok())
    };
    OnCall {
        schedule_check: rule("schedule_check", SCHEDULE_CHECK),
        contact_check: rule("contact_check", CONTACT_CHECK),
        escalation_test: rule("escalation_test", ESCALATION_TEST),
        zone,
    }
}
