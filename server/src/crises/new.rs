//! `/crises/new`: a case opened by hand.

use app::{
    access::{Choice, Troubles},
    crises::{FoundView, NewForm, NewView, SearchForm, new_page},
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

/// What stands in the two forms of the page.
#[derive(Default)]
pub(super) struct Saying {
    pub form: NewForm,
    pub search: SearchForm,
    pub found: Option<FoundView>,
}

impl From<NewForm> for Saying {
    fn from(form: NewForm) -> Saying {
        Saying { form, ..Saying::default() }
    }
}

pub(super) async fn show(asked: Asked) -> Response {
    asked.answer(|asked| async move { draw(&asked, StatusCode::OK, Saying::default()) }).await
}

/// `POST /crises/new`
pub(super) async fn open(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let [of, wedding, names, reach, date, time, summary, zone, venue, language] =
                ["type", "wedding", "names", "reach", "date", "time", "summary", "zone", "venue", "language"]
                    .map(|field| fields.text(field));
            let platform = pages::platform(&asked.state, Some(&fields.text("platform")))
                .map_err(|_| Refusal::NotFound)?;
            let mut form = NewForm {
                platform,
                of,
                wedding,
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
                return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, form.into());
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
                    draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, form.into())
                }
            }
        })
        .await
}

/// What is handed on, and what is wrong with it.
fn read(form: &NewForm) -> (Typed, Troubles) {
    let parts = || form.reach.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let email = parts().find(|part| part.contains('@')).unwrap_or_default();
    let phone = parts().find(|part| !part.contains('@')).unwrap_or_default();
    let given = typed([
        ("names", &form.names),
        ("email", email),
        ("phone", phone),
        ("wedding_id", &form.wedding),
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
    if parts().count() > 2 || (parts().count() == 2 && (email.is_empty() || phone.is_empty())) {
        troubles = troubles.and("reach", "Write one number, one address, or one of each.");
    }
    if form.names.is_empty() && form.date.is_empty() && form.wedding.is_empty() {
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

pub(super) fn draw(asked: &Asked, status: StatusCode, saying: Saying) -> Result<Response, Refusal> {
    let context = Context::of(asked)?;
    let types = asked.state.cases.types().iter();
    let view = NewView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        types: types.map(|of| Choice { value: of.key.to_string(), label: of.name.clone() }).collect(),
        form: saying.form,
        search: context.personal.is_some().then_some(saying.search),
        found: saying.found,
        zone: context.assumed.zone.iana_name().unwrap_or("UTC").to_owned(),
        locked: asked.state.cases.locked().map(|why| why.to_string()),
    };
    Ok(asked.page(status, new_page(&asked.shell(), &view)))
}
