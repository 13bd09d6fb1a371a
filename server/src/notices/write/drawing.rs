//! The page as it stands: what would go, and what is wrong with it, each at its place.

use app::{
    access::Troubles,
    notices::{LetterWords, Theirs, To, Why, WriteForm, WriteView, write_page},
};
use axum::{http::StatusCode, response::Response};
use backend::{
    access::{Permit, SeePersonalData},
    crises::Masked,
    notices::{NoticeRefused, Preview},
};
use domain::{
    crises::{CaseId, Couple, Field, Private, wording},
    notices::{Language, NotALetter, Variable, Way, bulk::NotReady},
};

use super::{
    Again,
    moments::zone,
    permits, stored,
    typed::{Writing, mark, wish},
};
use crate::{
    access::asked::{Asked, Refusal},
    crises::Context,
    notices::refused,
};

/// What was typed stays, whatever is wrong with it.
pub(super) async fn draw(
    asked: &Asked,
    status: StatusCode,
    writing: Writing,
    again: Again,
) -> Result<Response, Refusal> {
    let (work, personal) = permits(asked)?;
    let context = Context::of(asked)?;
    let stored = stored(asked, &writing.case).await?;
    let mut troubles = again.troubles;
    let mut status = status;
    let wish = wish(asked, &writing, &stored).or_else(|mistyped| {
        if troubles.is_empty() {
            (troubles, status) = (mistyped, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // The rest is shown all the same.
        let form = WriteForm {
            promised: String::new(),
            to: String::new(),
            language: String::new(),
            ..writing.form.clone()
        };
        let edited = writing.edited.clone();
        super::typed::wish(asked, &Writing { case: writing.case.clone(), form, edited, ..writing }, &stored)
    });
    let Ok(wish) = wish else { return Err(Refusal::Inside("a wish cannot be read".to_owned())) };
    let notices = &asked.state.notices;
    let zone = zone(asked, &stored);
    let mut view = WriteView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        case: writing.case.to_string(),
        title: wording::title(&stored.case, &context.assumed, context.now),
        purpose: writing.purpose,
        way: writing.way,
        language: Language::english(),
        languages: Vec::new(),
        theirs: None,
        ways: [Way::Mail, Way::Sms].into_iter().filter(|way| notices.can_send(*way)).collect(),
        addresses: Vec::new(),
        form: writing.form,
        variables: Vec::new(),
        missing: Vec::new(),
        letter: None,
        shown: String::new(),
        seen: String::new(),
        changed: again.changed,
        obstacles: Vec::new(),
        needs_reason: again.needs_reason,
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
    };
    match notices.preview(&work, &personal, &wish).await {
        Ok(preview) => {
            let revealed = match writing.reveals {
                true => reveal(asked, &personal, &writing.case, writing.way).await?,
                false => false,
            };
            troubles = seen(asked, &mut view, preview, revealed, troubles);
        }
        Err(NoticeRefused::Locked(why)) => view.obstacles.push(why.to_string()),
        Err(why) => return Err(refused(why)),
    }
    view.form.troubles = troubles;
    Ok(asked.page(status, write_page(&asked.shell(), &view)))
}

/// That somebody looked at the address is on record before they see it.
async fn reveal(
    asked: &Asked,
    permit: &Permit<SeePersonalData>,
    case: &CaseId,
    way: Way,
) -> Result<bool, Refusal> {
    let field = if way == Way::Mail { Field::Email } else { Field::Phone };
    asked.state.cases.reveal(permit, case, &[field]).await.map_err(crate::crises::refused)?;
    Ok(true)
}

/// Puts into the page what the preview found, each at its place.
fn seen(
    asked: &Asked,
    view: &mut WriteView,
    preview: Preview,
    revealed: bool,
    mut troubles: Troubles,
) -> Troubles {
    view.addresses = addresses(&preview.addresses, view.way, revealed);
    view.needs_reason |= preview.needs_reason;
    let why = match preview.no_text_in {
        Some(language) => Why::NoTextIn(language.label().to_owned()),
        None if preview.is_known => Why::Read,
        None => Why::Unknown,
    };
    view.theirs = Some(Theirs { language: preview.theirs, why });
    (view.language, view.languages) = (preview.language, preview.languages);
    if let Some(letter) = &preview.letter {
        view.language = letter.language.clone();
        let words = LetterWords::of(letter);
        view.shown = mark(&words.subject, &words.text);
        view.letter = Some(words);
    }
    view.seen = preview.seen.unwrap_or_default();
    let chosen =
        asked.state.notices.templates().choose(preview.stored.case.of.key(), view.purpose, &view.language);
    let mut variables = chosen.map(|chosen| chosen.template.variables()).unwrap_or_default();
    variables.extend(
        preview
            .missing
            .iter()
            .filter(|variable| !variables.contains(variable))
            .copied()
            .collect::<Vec<Variable>>(),
    );
    view.variables = variables;
    let unsaid = NotReady::from(domain::notices::Missing(preview.missing.clone())).to_string();
    view.missing = preview.missing;
    for why in preview.hindrances {
        let field = field_of(&why, view.addresses.len());
        match field {
            Some(field) if troubles.of(field).is_none() => troubles = troubles.and(field, why),
            Some(_) => {}
            // Said at the fields.
            None if !view.missing.is_empty() && why == unsaid => {}
            None => view.obstacles.push(why),
        }
    }
    troubles
}

/// The field at which a hindrance is said; the others stand beside the letter.
fn field_of(why: &str, addresses: usize) -> Option<&'static str> {
    let of_the_letter = [NotALetter::NoText, NotALetter::TooLong, NotALetter::NotFilledIn];
    if why == NoticeRefused::NoSuchLanguage.to_string() {
        Some("language")
    } else if why == NoticeRefused::PastPromise.to_string() {
        Some("promised")
    } else if why == NotReady::SeveralAddresses(addresses).to_string()
        || why == NoticeRefused::SeveralNumbers(addresses).to_string()
    {
        Some("to")
    } else if why == NotALetter::NoSubject.to_string() {
        Some("subject")
    } else if of_the_letter.iter().any(|not| why == not.to_string()) {
        Some("text")
    } else {
        None
    }
}

pub(in crate::notices) fn addresses(of: &[Private], way: Way, revealed: bool) -> Vec<To> {
    if revealed {
        return of.iter().map(|address| To::Shown(address.expose().to_owned())).collect();
    }
    let of = of.to_vec();
    let masked = match way {
        Way::Mail => Masked::of(&Couple { emails: of, ..Couple::default() }).emails,
        Way::Sms | Way::Telephone => Masked::of(&Couple { phones: of, ..Couple::default() }).phones,
    };
    masked.into_iter().map(To::Masked).collect()
}
