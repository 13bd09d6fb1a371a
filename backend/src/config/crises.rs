//! Crisis cases: how long couples are kept, and who is called.

use super::{Crises, document::Table, read::Reader};

const KEEP_MONTHS: u16 = 13;
const LONGEST_KEEP: f64 = 120.0;
const TIER: &str = "Wedding Day Support";
const LONGEST_NAME: usize = 100;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Crises {
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
    let tier = reader.text(section, "crises", "tier", |text| match text.trim() {
        "" => Err("is empty; expected the name of a tier".to_owned()),
        name if name.chars().count() > LONGEST_NAME => {
            Err(format!("is longer than {LONGEST_NAME} characters"))
        }
        name => Ok(name.to_owned()),
    });
    Crises { keep_months: keep_months.unwrap_or(KEEP_MONTHS), tier: tier.unwrap_or_else(|| TIER.to_owned()) }
}
