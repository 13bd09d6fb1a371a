//! The words by which senders of alerts say how bad something is.

use domain::{alerts::outside::SeverityWords, monitoring::Level};

use super::{document::Table, read::Reader};

/// The built-in words, each changed or joined by the file.
pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> SeverityWords {
    let mut words = SeverityWords::default();
    let mut seen: Vec<String> = Vec::new();
    for (index, (table, _)) in reader.list(tree, "", "severity").unwrap_or_default().into_iter().enumerate() {
        let path = format!("severity[{index}]");
        let Some(word) = reader.required(table, &path, "name") else { continue };
        let word = word.trim().to_lowercase();
        if seen.contains(&word) {
            let message = format!("there is another severity {word:?}; expected distinct words");
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), message);
            continue;
        }
        if !table.contains_key("level") {
            reader.complain(reader.place(table, "name"), &format!("{path}.level"), "is missing");
            continue;
        }
        let Some((number, place)) = reader.number(table, &path, "level") else { continue };
        let levels = [Level::Information, Level::Warning, Level::Critical, Level::Emergency];
        match levels.into_iter().find(|level| f64::from(level.number()) == number) {
            Some(level) => words.set(&word, level),
            None => {
                let message = format!("{number} is no level; expected 1, 2, 3 or 4");
                reader.complain(place, &format!("{path}.level"), message);
            }
        }
        seen.push(word);
    }
    words
}
