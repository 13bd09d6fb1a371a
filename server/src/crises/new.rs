//! `/crises/new`: a case opened by hand.

use app::{
    access::{Choice, Troubles},
    crises::{NewForm, NewView, new_page},
};
use axum::{Form, http::StatusCode, response::Response};
use backend::{
    access::WorkCases,
    crises::{ByHand, CaseRefused},
};

use super::{
    Context,
    typed::{Typed, typed, unusable},
};
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

/// What is handed on, and what is wrong with it.
fn read(form: &NewForm) -> (Typed, Troubles) {
    let reach = if form.reach.contains('@') { "email" } else { "phone" };
    let given = typed([
        ("names", &form.names),
        (reach, &form.reach),
        ("language", &form.language),
        ("venue", &form.venue),
        ("summary", &form.summary),
        ("wedding_date", &form.date),
        ("wedding_time", &form.time),
        ("wedding_zone", &form.zone),
    ]);
    let mut troubles = Troubles::default();
    if form.of.is_empty() {
        troubles = troubles.and("type", "Choose what happened.");
    }
    if form.names.is_empty() && form.date.is_empty() {
        troubles = troubles.and("names", "Say whose wedding it is: names, or the day.");
    }
    for (name, why) in unusable(&given) {
        let field = match name {
            "email" | "phone" => "reach",
            other => other.trim_start_matches("wedding_"),
        };
        troubles = troubles.and(field, why);
    }
    (given, troubles)
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
