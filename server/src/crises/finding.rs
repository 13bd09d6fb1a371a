//! `POST /crises/new/find` and `/use`: whose wedding it is, looked for and put into the form. What is looked for is no part
//! of an address: names would stand in logs.

use app::{
    access::Troubles,
    crises::{FoundCase, FoundView, NewForm, SearchForm, WeddingRow},
};
use axum::{Form, http::StatusCode, response::Response};
use backend::{
    access::{SeePersonalData, WorkCases},
    crises::{CaseRefused, CoupleState, Found, FoundWedding},
};
use domain::crises::{CaseId, Couple, Field, State, wording};
use jiff::civil::Date;

use super::{Context, new, one::refused};
use crate::{
    access::{
        asked::{Asked, Refusal},
        form::Fields,
    },
    pages,
};

pub(super) async fn find(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let viewer = asked.viewer()?;
            let (work, see) = (viewer.permit::<WorkCases>()?, viewer.permit::<SeePersonalData>()?);
            let platform = platform(&asked, &fields)?;
            let search =
                SearchForm { name: fields.text("name"), day: fields.text("day"), ..SearchForm::default() };
            let mut form = NewForm { platform, ..NewForm::default() };
            let day: Option<Date> = match search.day.as_str() {
                "" => None,
                day => match day.parse() {
                    Ok(day) => Some(day),
                    Err(_) => {
                        let why = "It is not a day; write it as 2026-11-24.".to_owned();
                        return no(&asked, form, search, ("day", why));
                    }
                },
            };
            let wanted = (search.name.as_str(), day);
            let found = match asked.state.cases.find_weddings(&work, &see, &form.platform, wanted).await {
                Ok(found) => Some(view(&found, &Context::of(&asked)?)),
                Err(why @ CaseRefused::NoWedding) => {
                    return no(&asked, form, search, ("name", why.to_string()));
                }
                Err(why) => return Err(refused(why)),
            };
            // What is not found is typed no second time.
            form.names.clone_from(&search.name);
            form.date.clone_from(&search.day);
            new::draw(&asked, StatusCode::OK, new::Saying { form, search, found })
        })
        .await
}

fn no(
    asked: &Asked,
    form: NewForm,
    search: SearchForm,
    (field, why): (&str, String),
) -> Result<Response, Refusal> {
    let search = SearchForm { troubles: Troubles::default().and(field, why), ..search };
    let saying = new::Saying { form, search, found: None };
    new::draw(asked, StatusCode::UNPROCESSABLE_ENTITY, saying)
}

/// Puts a wedding that was found, or the couple of a case, into the form. The look at a couple is on record.
pub(super) async fn take(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            asked.viewer()?.permit::<WorkCases>()?;
            let see = asked.viewer()?.permit::<SeePersonalData>()?;
            let mut form = NewForm { platform: platform(&asked, &fields)?, ..NewForm::default() };
            let case = fields.text("case");
            if case.is_empty() {
                let [wedding, names, venue, date, time, zone] =
                    ["wedding", "names", "venue", "date", "time", "zone"].map(|field| fields.text(field));
                form = NewForm { wedding, names, venue, date, time, zone, ..form };
            } else {
                let id = CaseId(case);
                let status = asked.viewer()?.permit()?;
                let stored = asked.state.cases.stored(&status, &id).await.map_err(refused)?;
                let personal = [Field::Names, Field::Email, Field::Phone, Field::Language, Field::Venue];
                let couple = match asked.state.cases.reveal(&see, &id, &personal).await {
                    Ok(revealed) => revealed.couple,
                    // Nothing is known of them, or it is locked: the wedding is known all the same.
                    Err(CaseRefused::Locked(_)) => Couple::default(),
                    Err(why) => return Err(refused(why)),
                };
                form = of_case(form, &stored.case.wedding, &couple);
            }
            let saying = new::Saying { form, ..new::Saying::default() };
            new::draw(&asked, StatusCode::OK, saying)
        })
        .await
}

fn platform(asked: &Asked, fields: &Fields) -> Result<String, Refusal> {
    pages::platform(&asked.state, Some(&fields.text("platform"))).map_err(|_| Refusal::NotFound)
}

fn of_case(form: NewForm, wedding: &domain::crises::Wedding, couple: &Couple) -> NewForm {
    let reach = [couple.phones.first(), couple.emails.first()];
    let reach: Vec<&str> = reach.into_iter().flatten().map(|text| text.expose()).collect();
    NewForm {
        wedding: wedding.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        names: couple.names.expose().to_owned(),
        reach: reach.join(", "),
        venue: couple.venue.expose().to_owned(),
        language: couple.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..of_wedding(form, wedding)
    }
}

fn of_wedding(form: NewForm, wedding: &domain::crises::Wedding) -> NewForm {
    NewForm {
        date: wedding.date.map(|date| date.to_string()).unwrap_or_default(),
        time: wedding.time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default(),
        zone: wedding.zone.clone().unwrap_or_default(),
        ..form
    }
}

fn view(found: &Found, context: &Context) -> FoundView {
    let cases = found.cases.iter().filter(|stored| !matches!(stored.case.state, State::Merged { .. }));
    FoundView {
        weddings: found.weddings.iter().map(row).collect(),
        more: found.more,
        cases: cases
            .map(|stored| FoundCase {
                id: stored.case.id.to_string(),
                title: wording::title(&stored.case, &context.assumed, context.now),
                standing: wording::standing(&stored.case),
                is_kept: stored.couple == CoupleState::Kept,
            })
            .collect(),
        missing: found.missing.clone(),
    }
}

fn row(found: &FoundWedding) -> WeddingRow {
    let NewForm { date, time, zone, .. } = of_wedding(NewForm::default(), &found.wedding);
    let day = found.wedding.date.map(|date| date.strftime("%a %-d %b %Y").to_string());
    let when = [day.unwrap_or_else(|| "unknown day".to_owned()), time.clone()].join(" ");
    let when =
        if zone.is_empty() { when.trim_end().to_owned() } else { format!("{}, {zone}", when.trim_end()) };
    WeddingRow {
        id: found.wedding.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        names: found.names.expose().to_owned(),
        venue: found.venue.expose().to_owned(),
        date,
        time,
        zone,
        when,
    }
}
