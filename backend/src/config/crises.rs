//! Crisis cases: how long couples are kept, who is called, and the types, people and texts that they go by.

use std::collections::BTreeSet;

use domain::actions::ActionKey;

use super::{Crises, crisis_notices, crisis_people, crisis_types, document::Table, read::Reader};

const KEEP_MONTHS: u16 = 13;
const LONGEST_KEEP: f64 = 120.0;
const TIER: &str = "Wedding Day Support";
const LONGEST_NAME: usize = 100;

/// What the sections may name.
pub(super) struct Known<'a> {
    pub roles: BTreeSet<&'a str>,
    pub tiers: BTreeSet<&'a str>,
    /// Of every platform.
    pub actions: BTreeSet<&'a ActionKey>,
    /// Whether there is a mail server.
    pub can_mail: bool,
}

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table, known: &Known<'_>) -> Crises {
    let none = Table::new();
    let section = reader.section(tree, "", "crises").unwrap_or(&none);
    let keep_months = reader.number(section, "crises", "keep_months").and_then(|(months, place)| {
        if months.fract() == 0.0 && (1.0..=LONGEST_KEEP).contains(&months) {
            return Some(months as u16);
        }
        let message = format!("{months} is not possible; expected a whole number from 1 to 120");
        reader.complain(place, "crises.keep_months", message);
        None
    });
    let tier = reader.text(section, "crises", "tier", |text| name("a tier", text));
    let tier = tier.unwrap_or_else(|| TIER.to_owned());
    let people = crisis_people::read(reader, section, &tier, known);
    let types = crisis_types::read(reader, section, &people, known);
    let templates = crisis_notices::read(reader, section, &types);
    Crises { keep_months: keep_months.unwrap_or(KEEP_MONTHS), tier, types, people, templates }
}

/// What people read: "of" is what it is the name of.
pub(super) fn name(of: &str, text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(format!("is empty; expected the name of {of}")),
        name if name.chars().count() > LONGEST_NAME => {
            Err(format!("is longer than {LONGEST_NAME} characters"))
        }
        name => Ok(name.to_owned()),
    }
}

/// One of these words; the sentence about any other lists them.
pub(super) fn one_of<'a>(
    what: &str,
    text: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Result<(), String> {
    let words: Vec<&str> = words.into_iter().collect();
    match words.contains(&text) {
        true => Ok(()),
        false => Err(format!("there is no {what} {text:?}; expected one of {}", words.join(", "))),
    }
}
