//! What a couple is told, sealed and opened: each part in a column of its own.

use domain::{
    crises::Private,
    notices::{Language, Letter},
};

use super::columns::{SEALED, place};
use crate::sealing::{DataKey, Locked, OpeningKey};

/// What stands in the columns of `SEALED`.
pub(super) type Sealed = [Option<String>; SEALED.len()];

/// What is personal of one attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Contents {
    /// An address or a telephone number.
    pub to: Private,
    pub letter: Letter,
    /// The same text as HTML, as it was sent; empty for what is no mail.
    pub html: Private,
    /// Why once more, or by another way.
    pub reason: Option<Private>,
}

/// Nothing is written for a part that is empty: its absence is no secret.
pub(super) fn seal(key: &DataKey, attempt: &str, contents: &Contents) -> Sealed {
    let Contents { to, letter, html, reason } = contents;
    let parts = [
        to.expose(),
        letter.language.as_str(),
        letter.subject.expose(),
        letter.text.expose(),
        html.expose(),
        reason.as_ref().map_or("", Private::expose),
    ];
    let mut sealed = Sealed::default();
    for ((column, part), to) in SEALED.iter().zip(parts).zip(&mut sealed) {
        *to = (!part.is_empty()).then(|| key.seal(place(column, attempt), part.as_bytes()));
    }
    sealed
}

/// # Errors
/// `Tampered` with the column that is not what was written.
pub(super) fn open(key: &OpeningKey, attempt: &str, sealed: &Sealed) -> Result<Contents, Locked> {
    let mut parts: [Private; SEALED.len()] = Default::default();
    for ((column, part), to) in SEALED.iter().zip(sealed).zip(&mut parts) {
        if let Some(part) = part {
            *to = key.open_text(place(column, attempt), part)?;
        }
    }
    let [to, language, subject, text, html, reason] = parts;
    let language = match Language::parse(language.expose()) {
        Ok(language) => language,
        Err(_) if language.is_empty() => Language::english(),
        Err(_) => return Err(tampered("language", attempt)),
    };
    Ok(Contents {
        to,
        // What a markup of its own came to stands in `html`.
        letter: Letter { language, subject, text, markup: None },
        html,
        reason: Some(reason).filter(|reason| !reason.is_empty()),
    })
}

/// The address alone: a list shows it masked.
pub(super) fn open_address(key: &OpeningKey, attempt: &str, sealed: &Sealed) -> Result<Private, Locked> {
    let Some(part) = &sealed[0] else { return Ok(Private::default()) };
    key.open_text(place(SEALED[0], attempt), part)
}

fn tampered(column: &str, attempt: &str) -> Locked {
    Locked::Tampered {
        table: "notice_attempt".to_owned(),
        column: column.to_owned(),
        row: attempt.to_owned(),
    }
}
