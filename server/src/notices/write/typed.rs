//! What somebody is writing, as the address or the form has it.

use app::{
    access::Troubles,
    notices::{THEIRS, WriteForm},
};
use backend::{
    crises::Stored,
    notices::{Edited, Filled, NoticeRefused, Wish},
};
use domain::{
    crises::CaseId,
    notices::{Language, Purpose, Way},
};
use sha2::{Digest, Sha256};

use super::moments::{moment, zone};
use crate::access::{
    asked::{Asked, Refusal},
    form::Fields,
};

/// What somebody is writing, as the address or the form has it.
pub(super) struct Writing {
    pub case: CaseId,
    pub purpose: Purpose,
    pub way: Way,
    pub form: WriteForm,
    pub edited: Option<Edited>,
    /// The address is to be shown in full.
    pub reveals: bool,
}

pub(super) fn read(purpose: &str, way: &str) -> Result<(Purpose, Way), Refusal> {
    let purpose = Purpose::from_word(purpose).ok_or(Refusal::NotFound)?;
    let way = if way.is_empty() { Some(Way::Mail) } else { Way::from_word(way) };
    let way = way.filter(|way| *way != Way::Telephone).ok_or(Refusal::NotFound)?;
    Ok((purpose, way))
}

pub(super) fn writing(id: String, fields: &Fields) -> Result<Writing, Refusal> {
    let (purpose, way) = read(&fields.text("purpose"), &fields.text("way"))?;
    let [to, language, promised, contact, plan, subject, text, reason] =
        ["to", "language", "promised", "contact", "plan", "subject", "text", "reason"]
            .map(|field| fields.text(field));
    // A letter that came back as it was shown is the template's, and goes on with what is filled in.
    let is_own = !text.is_empty() && (fields.has("edited") || mark(&subject, &text) != fields.text("shown"));
    let (subject, text) = if is_own { (subject, text) } else { (String::new(), String::new()) };
    let edited = is_own.then(|| Edited { subject: subject.clone(), text: text.clone() });
    let form = WriteForm {
        to,
        language,
        promised,
        contact,
        plan,
        subject,
        text,
        reason,
        troubles: Troubles::default(),
    };
    Ok(Writing { case: CaseId(id), purpose, way, form, edited, reveals: fields.has("reveal") })
}

/// The error is what was mistyped.
pub(super) fn wish(asked: &Asked, writing: &Writing, stored: &Stored) -> Result<Wish, Troubles> {
    let Writing { case, purpose, way, form, edited, .. } = writing;
    let promised_at = moment(&form.promised, &zone(asked, stored))
        .map_err(|why| Troubles::default().and("promised", why))?;
    let to = match form.to.as_str() {
        "" => None,
        place => Some(
            place
                .parse()
                .map_err(|_| Troubles::default().and("to", NoticeRefused::NoSuchAddress.to_string()))?,
        ),
    };
    let language =
        match form.language.as_str() {
            "" | THEIRS => None,
            tag => Some(Language::parse(tag).map_err(|_| {
                Troubles::default().and("language", NoticeRefused::NoSuchLanguage.to_string())
            })?),
        };
    let filled = Filled { plan: form.plan.clone(), promised_at, contact: form.contact.clone() };
    let (purpose, way) = (*purpose, *way);
    Ok(Wish {
        case: case.clone(),
        purpose,
        way,
        to,
        language,
        filled,
        edited: edited.clone(),
        reason: form.reason.clone(),
    })
}

/// Of a letter as a form shows it, to see whether somebody changed it there.
pub(super) fn mark(subject: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [subject.trim(), text.replace("\r\n", "\n").trim()] {
        // With its length, so that nothing can move from one to the other.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_ones_own_only_where_something_of_it_was_changed() {
        let shown = mark("Yours", "Dear Ada,\n\nhello.");
        assert_eq!(mark(" Yours ", "Dear Ada,\r\n\r\nhello.\r\n"), shown, "as a browser sends it back");
        for (subject, text) in [
            ("Yours!", "Dear Ada,\n\nhello."),
            ("Yours", "Dear Ada,\nhello."),
            ("", "YoursDear Ada,\n\nhello."),
        ] {
            assert_ne!(mark(subject, text), shown, "{subject}: {text}");
        }
    }
}
