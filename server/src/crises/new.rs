//! `/crises/new`: a case opened by hand.

use std::collections::BTreeMap;

use app::{
    access::{Choice, Troubles},
    crises::{NewForm, NewView, new_page},
};
use axum::{Form, http::StatusCode, response::Response};
use backend::{
    access::WorkCases,
    crises::{ByHand, CaseRefused},
};
use domain::{access::EmailAddress, notices::Language};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};

use super::Context;
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    pages,
};

pub(super) async fn show(asked: Asked) -> Response {
    asked.answer(|asked| async move { draw(&asked, StatusCode::OK, NewForm::default()) }).await
}

/// `POST /crises/new`
pub(super) async fn open(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let [of, names, reach, date, time, summary, zone, venue, language] =
                ["type", "names", "reach", "date", "time", "summary", "zone", "venue", "language"]
                    .map(|field| fields.text(field));
            let platform = pages::platform(&asked.state, Some(&fields.text("platform")))
                .map_err(|_| Refusal::NotFound)?;
            let mut form = NewForm {
                platform,
                of,
                names,
                reach,
                date,
                time,
                summary,
                zone,
                venue,
                language,
                ..NewForm::default()
            };
            let (typed, troubles) = read(&form);
            if !troubles.is_empty() {
                form.troubles = troubles;
                return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, form);
            }
            let given = ByHand { platform: form.platform.clone(), of: form.of.clone(), typed };
            match asked.state.cases.open(&permit, given).await {
                Ok(opened) => {
                    let done = if opened.not_kept.is_some() { "opened-without" } else { "opened" };
                    Ok(see(&format!("/crises/{}?done={done}", opened.stored.case.id)))
                }
                Err(CaseRefused::Missing(missing)) => Err(Refusal::Missing(missing)),
                Err(CaseRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let field = match &why {
                        CaseRefused::NoSuchType => "type",
                        CaseRefused::NoWedding => "names",
                        _ => "",
                    };
                    form.troubles = Troubles::default().and(field, why.to_string());
                    draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, form)
                }
            }
        })
        .await
}

/// What is handed on, and what is wrong with it: somebody on the telephone is told at once what could not be used later.
fn read(form: &NewForm) -> (BTreeMap<&'static str, String>, Troubles) {
    let mut typed = BTreeMap::new();
    let mut troubles = Troubles::default();
    let mut put = |name: &'static str, text: &str| {
        if !text.is_empty() {
            typed.insert(name, text.to_owned());
        }
    };
    put("names", &form.names);
    put("summary", &form.summary);
    put("venue", &form.venue);
    put("wedding_date", &form.date);
    put("wedding_time", &form.time);
    put("wedding_zone", &form.zone);
    put("language", &form.language);
    if form.of.is_empty() {
        troubles = troubles.and("type", "Choose what happened.");
    }
    if form.names.is_empty() && form.date.is_empty() {
        troubles = troubles.and("names", "Say whose wedding it is: names, or the day.");
    }
    if form.reach.contains('@') {
        put("email", &form.reach);
        if EmailAddress::parse(&form.reach).is_err() {
            troubles = troubles.and("reach", "It is not an e-mail address.");
        }
    } else if !form.reach.is_empty() {
        put("phone", &form.reach);
        let digits = form.reach.chars().filter(char::is_ascii_digit).count();
        let plain = |letter: char| letter.is_ascii_digit() || " +-./()\u{a0}".contains(letter);
        if !(5..=15).contains(&digits) || !form.reach.chars().all(plain) {
            troubles = troubles.and("reach", "It is neither a telephone number nor an e-mail address.");
        }
    }
    if !form.date.is_empty() && form.date.parse::<Date>().is_err() {
        troubles = troubles.and("date", "It is not a day; write it as 2026-11-24.");
    }
    if !form.time.is_empty() && form.time.parse::<Time>().is_err() {
        troubles = troubles.and("time", "It is not a time; write it as 14:30.");
    }
    if !form.zone.is_empty() && TimeZone::get(&form.zone).is_err() {
        troubles = troubles.and("zone", "There is no time zone of that name; write it as Europe/Stockholm.");
    }
    if !form.language.is_empty()
        && let Err(why) = Language::parse(&form.language)
    {
        troubles = troubles.and("language", format!("{}.", why.to_string().replacen("it is", "It is", 1)));
    }
    (typed, troubles)
}

fn draw(asked: &Asked, status: StatusCode, form: NewForm) -> Result<Response, Refusal> {
    let context = Context::of(asked)?;
    let types = asked.state.cases.types().iter();
    let view = NewView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        types: types.map(|of| Choice { value: of.key.to_string(), label: of.name.clone() }).collect(),
        form,
        zone: context.assumed.zone.iana_name().unwrap_or("UTC").to_owned(),
        locked: asked.state.cases.locked().map(|why| why.to_string()),
    };
    Ok(asked.page(status, new_page(&asked.shell(), &view)))
}
