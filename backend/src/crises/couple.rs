//! A couple, sealed and opened. Each part stands in a column of its own, as JSON.

use domain::crises::{Couple, Private};
use serde::{Serialize, de::DeserializeOwned};

use super::columns::{COUPLE, place};
use crate::{
    db::DbError,
    sealing::{DataKey, Index, Locked, OpeningKey},
};

/// Whether the couple is known to the console.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CoupleState {
    /// Nobody said who they are.
    None,
    /// The platform tells them, and there was no key to seal them with: they are taken in once there is one.
    Awaited,
    Kept,
    Erased,
}

impl CoupleState {
    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            CoupleState::None => "none",
            CoupleState::Awaited => "awaited",
            CoupleState::Kept => "kept",
            CoupleState::Erased => "erased",
        }
    }

    pub fn from_word(word: &str) -> Option<CoupleState> {
        [CoupleState::None, CoupleState::Awaited, CoupleState::Kept, CoupleState::Erased]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// What stands in the columns of `COUPLE`.
pub(super) type Sealed = [Option<String>; COUPLE.len()];

/// Nothing is written for a part that is empty: its absence is no secret.
pub(super) fn seal(key: &DataKey, case: &str, couple: &Couple) -> Result<Sealed, DbError> {
    let text = |text: &Private| if text.is_empty() { Ok(None) } else { json(text) };
    let list = |texts: &Vec<Private>| if texts.is_empty() { Ok(None) } else { json(texts) };
    let parts = [
        text(&couple.names)?,
        list(&couple.emails)?,
        list(&couple.phones)?,
        couple.language.as_ref().map_or(Ok(None), json)?,
        text(&couple.venue)?,
        text(&couple.summary)?,
        if couple.unusable.is_empty() { None } else { json(&couple.unusable)? },
    ];
    let mut sealed = Sealed::default();
    for ((column, part), to) in COUPLE.iter().zip(parts).zip(&mut sealed) {
        *to = part.map(|part| key.seal(place(column, case), part.as_bytes()));
    }
    Ok(sealed)
}

/// # Errors
/// `Tampered` with the column that is not what was written.
pub(super) fn open(key: &OpeningKey, case: &str, sealed: &Sealed) -> Result<Couple, Locked> {
    let [names, emails, phones, language, venue, summary, unusable] = sealed;
    Ok(Couple {
        names: part(key, case, COUPLE[0], names)?,
        emails: part(key, case, COUPLE[1], emails)?,
        phones: part(key, case, COUPLE[2], phones)?,
        language: part(key, case, COUPLE[3], language)?,
        venue: part(key, case, COUPLE[4], venue)?,
        summary: part(key, case, COUPLE[5], summary)?,
        unusable: part(key, case, COUPLE[6], unusable)?,
    })
}

fn part<T: DeserializeOwned + Default>(
    key: &OpeningKey,
    case: &str,
    column: &str,
    sealed: &Option<String>,
) -> Result<T, Locked> {
    let Some(sealed) = sealed else { return Ok(T::default()) };
    let opened = key.open(place(column, case), sealed)?;
    serde_json::from_slice(&opened).map_err(|_| Locked::Tampered {
        table: "crisis_case".to_owned(),
        column: column.to_owned(),
        row: case.to_owned(),
    })
}

/// The error of JSON is not passed on: it may repeat what it read.
pub(super) fn json<T: Serialize>(value: &T) -> Result<Option<String>, DbError> {
    let written = serde_json::to_string(value);
    written.map(Some).map_err(|_| DbError::Stored("personal data of a case cannot be written".to_owned()))
}

/// Everything that a couple is found by.
pub(super) fn tokens(index: &Index, couple: &Couple) -> Vec<String> {
    let mut tokens: Vec<String> = index.of_name(couple.names.expose()).into_iter().collect();
    tokens.extend(couple.emails.iter().filter_map(|email| index.of_mail(email.expose())));
    for phone in &couple.phones {
        tokens.extend(index.of_telephone(phone.expose()));
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Whether nothing at all is known of them.
pub(super) fn is_empty(couple: &Couple) -> bool {
    *couple == Couple::default()
}
