//! `/crises/{id}/notices/new`: one notice before it goes, and the press that sends what was seen.

use app::{
    access::Troubles,
    notices::{LetterWords, To, WriteForm, WriteView, write_page},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Permit, SeePersonalData, WorkCases},
    crises::{Masked, Stored},
    notices::{Edited, Filled, NoticeRefused, Preview, Wish},
};
use domain::{
    crises::{CaseId, Couple, Field, Private, wording},
    notices::{Language, NotALetter, Purpose, Refusal as NotBegun, Variable, Way, bulk::NotReady},
    time::{HOUR, MINUTE, Millis},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{refused, section, sentence};
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    crises::Context,
};

/// What is promised where nobody has said anything, from now; rounded up to a quarter of an hour.
const PROMISED_WITHIN: i64 = HOUR;
const QUARTER: i64 = 15 * MINUTE;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    purpose: String,
    way: String,
}

/// What somebody is writing, as the address or the form has it.
struct Writing {
    case: CaseId,
    purpose: Purpose,
    way: Way,
    form: WriteForm,
    edited: Option<Edited>,
    /// The address is to be shown in full.
    reveals: bool,
}

/// Why it is shown again.
#[derive(Default)]
struct Again {
    changed: Vec<String>,
    troubles: Troubles,
    needs_reason: bool,
}

/// `GET`
pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let (purpose, way) = read(&wanted.purpose, &wanted.way)?;
            let case = CaseId(id);
            let form = WriteForm { promised: first_promise(&asked, &case).await?, ..WriteForm::default() };
            let writing = Writing { case, purpose, way, form, edited: None, reveals: false };
            draw(&asked, StatusCode::OK, writing, Again::default()).await
        })
        .await
}

/// `POST`: the same with what was typed.
pub(super) async fn again(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            draw(&asked, StatusCode::OK, writing(id, &fields)?, Again::default()).await
        })
        .await
}

/// `POST /crises/{id}/notices/send`
pub(super) async fn send(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let (work, personal) = permits(&asked)?;
            let writing = writing(id, &fields)?;
            let stored = stored(&asked, &writing.case).await?;
            let wish = match wish(&asked, &writing, &stored) {
                Ok(wish) => wish,
                Err(troubles) => {
                    let again = Again { troubles, ..Again::default() };
                    return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, writing, again).await;
                }
            };
            let why = match asked.state.notices.send(&work, &personal, wish, &fields.text("seen")).await {
                Ok(_) => return Ok(see(&format!("/crises/{}?done=notice#notices", writing.case))),
                Err(why) => why,
            };
            let (status, again) = match why {
                NoticeRefused::Changed(parts) => {
                    let changed = parts.iter().map(|part| format!("{} changed.", sentence(part))).collect();
                    (StatusCode::CONFLICT, Again { changed, ..Again::default() })
                }
                NoticeRefused::Refusal(why @ (NotBegun::IsTold | NotBegun::LongReason)) => {
                    let troubles = Troubles::default().and("reason", why.to_string());
                    (
                        StatusCode::UNPROCESSABLE_ENTITY,
                        Again { troubles, needs_reason: true, ..Again::default() },
                    )
                }
                NoticeRefused::Conflict => {
                    let troubles = Troubles::default().and("", NoticeRefused::Conflict.to_string());
                    (StatusCode::CONFLICT, Again { troubles, ..Again::default() })
                }
                // What keeps it from going is said by the page itself.
                NoticeRefused::Refusal(_)
                | NoticeRefused::NotReady(_)
                | NoticeRefused::NotALetter(_)
                | NoticeRefused::NoSuchAddress
                | NoticeRefused::NoNumber
                | NoticeRefused::SeveralNumbers(_)
                | NoticeRefused::NotConfigured(_)
                | NoticeRefused::NotNow(_)
                | NoticeRefused::PastPromise
                | NoticeRefused::Locked(_) => (StatusCode::CONFLICT, Again::default()),
                other => return Err(refused(other)),
            };
            draw(&asked, status, writing, again).await
        })
        .await
}

fn permits(asked: &Asked) -> Result<(Permit<WorkCases>, Permit<SeePersonalData>), Refusal> {
    let viewer = asked.viewer()?;
    Ok((viewer.permit::<WorkCases>()?, viewer.permit::<SeePersonalData>()?))
}

fn read(purpose: &str, way: &str) -> Result<(Purpose, Way), Refusal> {
    let purpose = Purpose::from_word(purpose).ok_or(Refusal::NotFound)?;
    let way = if way.is_empty() { Some(Way::Mail) } else { Way::from_word(way) };
    let way = way.filter(|way| *way != Way::Telephone).ok_or(Refusal::NotFound)?;
    Ok((purpose, way))
}

async fn stored(asked: &Asked, id: &CaseId) -> Result<Stored, Refusal> {
    let context = Context::of(asked)?;
    asked.state.cases.stored(&context.see, id).await.map_err(crate::crises::refused)
}

fn writing(id: String, fields: &Fields) -> Result<Writing, Refusal> {
    let (purpose, way) = read(&fields.text("purpose"), &fields.text("way"))?;
    let [to, promised, contact, plan, subject, text, reason] =
        ["to", "promised", "contact", "plan", "subject", "text", "reason"].map(|field| fields.text(field));
    // A letter that came back as it was shown is the template's, and goes on with what is filled in.
    let is_own = !text.is_empty() && (fields.has("edited") || mark(&subject, &text) != fields.text("shown"));
    let (subject, text) = if is_own { (subject, text) } else { (String::new(), String::new()) };
    let edited = is_own.then(|| Edited { subject: subject.clone(), text: text.clone() });
    let form =
        WriteForm { to, promised, contact, plan, subject, text, reason, troubles: Troubles::default() };
    Ok(Writing { case: CaseId(id), purpose, way, form, edited, reveals: fields.has("reveal") })
}

/// Of a letter as a form shows it, to see whether somebody changed it there.
fn mark(subject: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [subject.trim(), text.replace("\r\n", "\n").trim()] {
        // With its length, so that nothing can move from one to the other.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The couple's own; where nobody said it, the one that is assumed.
pub(super) fn zone(asked: &Asked, stored: &Stored) -> TimeZone {
    let named = stored.case.wedding.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    named.unwrap_or_else(|| asked.state.cases.assumed().zone.clone())
}

/// A moment as a form types it, in this zone.
pub(super) fn moment(typed: &str, zone: &TimeZone) -> Result<Option<Millis>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    let at = typed.parse::<DateTime>().ok().and_then(|at| at.to_zoned(zone.clone()).ok());
    let at = at.ok_or("It is not a time; write it as 2026-11-24T14:30.")?;
    Ok(Some(Millis(at.timestamp().as_millisecond())))
}

pub(super) fn typed_moment(at: Millis, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(zone.clone()));
    at.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
}

/// Where nothing was promised before, something near: it is seen before it goes, and is one field to change.
pub(super) fn near(now: Millis) -> Millis {
    Millis((now.0 + PROMISED_WITHIN + QUARTER - 1).div_euclid(QUARTER) * QUARTER)
}

/// What was promised before, as long as it is to come.
async fn first_promise(asked: &Asked, case: &CaseId) -> Result<String, Refusal> {
    let context = Context::of(asked)?;
    let stored = stored(asked, case).await?;
    let promised = section::of_case(asked, &context, case).await?.promised;
    let at = promised.filter(|at| *at > context.now).unwrap_or_else(|| near(context.now));
    Ok(typed_moment(at, &zone(asked, &stored)))
}

/// The error is what was mistyped.
fn wish(asked: &Asked, writing: &Writing, stored: &Stored) -> Result<Wish, Troubles> {
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
    let filled = Filled { plan: form.plan.clone(), promised_at, contact: form.contact.clone() };
    let (purpose, way) = (*purpose, *way);
    Ok(Wish {
        case: case.clone(),
        purpose,
        way,
        to,
        filled,
        edited: edited.clone(),
        reason: form.reason.clone(),
    })
}

/// What was typed stays, whatever is wrong with it.
async fn draw(
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
        let form = WriteForm { promised: String::new(), to: String::new(), ..writing.form.clone() };
        let edited = writing.edited.clone();
        self::wish(asked, &Writing { case: writing.case.clone(), form, edited, ..writing }, &stored)
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
        ways: [Way::Mail, Way::Sms].into_iter().filter(|way| notices.can_send(*way)).collect(),
        no_text_in: None,
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
    view.no_text_in = preview.no_text_in.map(|language| language.label().to_owned());
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
    if why == NoticeRefused::PastPromise.to_string() {
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

pub(super) fn addresses(of: &[Private], way: Way, revealed: bool) -> Vec<To> {
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

    #[test]
    fn a_promise_is_typed_in_the_couples_own_time() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let at = moment("2026-11-24T04:00", &zone).unwrap().unwrap();
        assert_eq!(typed_moment(at, &TimeZone::UTC), "2026-11-24T03:00");
        assert_eq!(typed_moment(at, &zone), "2026-11-24T04:00");
        assert_eq!(moment("", &zone), Ok(None));
        for wrong in ["soon", "2026-02-30T10:00", "04:00", "9999999-01-01T00:00", "<script>"] {
            assert!(moment(wrong, &zone).is_err(), "{wrong}");
        }
        assert_eq!(typed_moment(near(at), &zone), "2026-11-24T05:00");
        assert_eq!(typed_moment(near(at.plus(1)), &zone), "2026-11-24T05:15");
    }
}
