//! The keys that personal data is sealed under. What is wrong with them does not stop the console, which must be able to
//! call people without them: it is kept, said by `config check`, and what is sealed stays locked.

use std::{path::PathBuf, time::Duration};

use super::{Sealing, document::Table, problem::Place, read::Reader, values};
use crate::sealing::{WrappingKey, parse_keys, read_key_file};

/// Where a key is taken from when nothing nearer names one.
const ENCRYPTION_KEY: &str = "AI_ENCRYPTION_KEY";
const ERASURES: &str = "erasures.ndjson";
const SHORTEST_KEPT: Duration = Duration::from_secs(24 * 3_600);
const LONGEST_KEPT: Duration = SHORTEST_KEPT.saturating_mul(3_650);

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Sealing {
    let none = Table::new();
    let section = reader.section(tree, "", "sealing").unwrap_or(&none);
    let erasures = reader.text(section, "sealing", "erasures", |text| Ok::<_, String>(text.to_owned()));
    // Like the database, in the folder that the console is started in when nothing is said.
    let erasures = erasures.map_or_else(|| PathBuf::from(ERASURES), |path| reader.beside(&path));
    let (keys, keys_file, wrong) = keys(reader, section);
    let fault = wrong.map(|(place, key, why)| reader.problem(&place, key, why));
    let backups_kept = reader.text(section, "sealing", "backups_kept", |text| {
        let read = values::days(text).filter(|kept| (SHORTEST_KEPT..=LONGEST_KEPT).contains(kept));
        read.ok_or_else(|| format!("{text:?} is not possible; expected 1d to 3650d, such as 35d"))
    });
    Sealing { keys, keys_file, fault, erasures, backups_kept }
}

type Wrong = (Place, &'static str, String);

/// From the nearest place: a variable of its own, the file or the variable that is named, `AI_ENCRYPTION_KEY`.
fn keys(reader: &mut Reader<'_>, section: &Table) -> (Vec<WrappingKey>, Option<PathBuf>, Option<Wrong>) {
    let as_it_is = |text: &str| Ok::<_, String>(text.to_owned());
    if section.contains_key("keys_file") && section.contains_key("keys_env") {
        let message = "keys_file and keys_env are both given; expected one of them";
        reader.complain(reader.place(section, "keys_env"), "sealing.keys_env", message);
        return (Vec::new(), None, None);
    }
    let from = |text: &str, place: &Place, key: &'static str, file: Option<PathBuf>| {
        let (keys, fault) = parse_keys(text);
        let named = file.as_ref().map(|file| format!("{}: ", file.display())).unwrap_or_default();
        (keys, file, fault.map(|fault| (place.clone(), key, format!("{named}{fault}"))))
    };
    if section.contains_key("keys") {
        let text =
            zeroize::Zeroizing::new(reader.text(section, "sealing", "keys", as_it_is).unwrap_or_default());
        return from(&text, reader.place(section, "keys"), "sealing.keys", None);
    }
    if section.contains_key("keys_file") {
        let Some(file) = reader.text(section, "sealing", "keys_file", as_it_is) else {
            return Default::default();
        };
        let file = reader.beside(&file);
        let place = reader.place(section, "keys_file");
        return match read_key_file(&file) {
            Ok(text) => from(&text, place, "sealing.keys_file", Some(file)),
            Err(why) => (Vec::new(), Some(file), Some((place.clone(), "sealing.keys_file", why))),
        };
    }
    let (variable, place) = match section.contains_key("keys_env") {
        true => match reader.text(section, "sealing", "keys_env", as_it_is) {
            Some(variable) => (variable, reader.place(section, "keys_env").clone()),
            None => return Default::default(),
        },
        false => (ENCRYPTION_KEY.to_owned(), Place::Variable(ENCRYPTION_KEY.to_owned())),
    };
    match reader.env.get(&variable).filter(|text| !text.trim().is_empty()) {
        Some(text) => from(text, &Place::Variable(variable), "sealing.keys", None),
        // Nothing was said of any key: that is no fault.
        None if variable == ENCRYPTION_KEY => Default::default(),
        None => (
            Vec::new(),
            None,
            Some((place, "sealing.keys_env", format!("the variable {variable} is not set"))),
        ),
    }
}
