//! `POST /crises/{id}/{what}`: one verb each, a plain form, then back to the page of the case.

use app::{
    access::Troubles,
    crises::{CorrectForm, ReviewForm, Typed},
};
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use backend::{
    access::{Permit, SeeStatus, WorkCases},
    crises::CaseRefused,
};
use domain::{
    access::PersonId,
    actions::ProcedureSlug,
    alerts::AlertId,
    crises::{CaseId, Findings, Holder, Private, Refusal as Refused, StepKey, Task},
};

use super::{
    board,
    one::{self, Saying, refused},
    typed::{typed, unusable},
};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

pub(super) async fn press(
    asked: Asked,
    Path((id, what)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let id = CaseId(id);
            if what == "review" {
                return review(&asked, &permit, &id, &fields).await;
            }
            if what == "correct" {
                return correct(&asked, &permit, &id, &fields).await;
            }
            let typed = Typed {
                step: fields.text("step"),
                text: fields.text("text"),
                to: fields.text("to"),
                what,
                ..Typed::default()
            };
            let leads_to = match act(&asked, &permit, &id, &typed, &fields).await {
                None => return Err(Refusal::NotFound),
                Some(Ok(leads_to)) => leads_to,
                Some(Err(why)) => return no(&asked, &id, typed, &fields, why).await,
            };
            if fields.text("back") == "/crises" && typed.what == "acknowledge" {
                return Ok(see("/crises?done=acknowledge"));
            }
            Ok(see(&format!("/crises/{leads_to}?done={}", typed.what)))
        })
        .await
}

/// The case whose page is next; `None` where there is no such verb.
async fn act(
    asked: &Asked,
    permit: &Permit<WorkCases>,
    id: &CaseId,
    typed: &Typed,
    fields: &Fields,
) -> Option<Result<CaseId, CaseRefused>> {
    let cases = &asked.state.cases;
    let text = typed.text.as_str();
    let step = || StepKey::parse(&typed.step).map_err(|_| CaseRefused::Refusal(Refused::NoSuchStep));
    let done = match typed.what.as_str() {
        "acknowledge" => cases.acknowledge(permit, id).await,
        "done" => match step() {
            Ok(step) => cases.step_done(permit, id, &step).await,
            Err(why) => Err(why),
        },
        "not-needed" => match step() {
            Ok(step) => cases.step_not_needed(permit, id, &step, text).await,
            Err(why) => Err(why),
        },
        "not-done" => match step() {
            Ok(step) => cases.step_not_done(permit, id, &step, text).await,
            Err(why) => Err(why),
        },
        "ask" => match step() {
            Ok(step) => cases.ask(permit, id, &step).await,
            Err(why) => Err(why),
        },
        "ask-again" => match step() {
            Ok(step) => cases.ask_again(permit, id, &step).await,
            Err(why) => Err(why),
        },
        "ask-else" => match step() {
            Ok(step) => cases.ask_somebody(permit, id, &step, &typed.to).await,
            Err(why) => Err(why),
        },
        "note" => cases.note(permit, id, text).await,
        "hand-over" => cases.hand_over(permit, id, &PersonId::new(typed.to.clone()), text).await,
        "release" => cases.release(permit, id, text).await,
        "resolve" => cases.resolve(permit, id, text).await,
        "reopen" => cases.reopen(permit, id, text).await,
        "merge" => cases.merge(permit, id, &CaseId(typed.to.clone())).await,
        "link" => cases.link(permit, id, &AlertId(typed.to.clone())).await,
        "unlink" => cases.unlink(permit, id).await,
        "remove-file" => cases.remove_file(permit, id, &typed.step, text).await,
        "no-contact" => cases.set_contact(permit, id, false, text).await,
        "contact" => cases.set_contact(permit, id, true, text).await,
        "erase" => cases.erase(permit, id, text).await.map(|erased| erased.stored),
        "task-done" => match fields.text("task").parse() {
            Ok(task) => cases.task_done(permit, id, task).await,
            Err(_) => Err(CaseRefused::Refusal(Refused::NoSuchTask)),
        },
        _ => return None,
    };
    Some(done.map(|stored| stored.case.id))
}

/// What was typed stays, and the reason stands at its field.
async fn no(
    asked: &Asked,
    id: &CaseId,
    typed: Typed,
    fields: &Fields,
    why: CaseRefused,
) -> Result<Response, Refusal> {
    let field = match &why {
        CaseRefused::Refusal(Refused::NeedsNote | Refused::NeedsReason | Refused::LongText) => "text",
        CaseRefused::Refusal(Refused::AskedJustNow) if typed.what == "ask-else" => "to",
        CaseRefused::NoSuchPerson
        | CaseRefused::NobodySuch
        | CaseRefused::NoSuchAlert
        | CaseRefused::Refusal(Refused::IntoItself | Refused::OtherWedding) => "to",
        CaseRefused::Refusal(_)
        | CaseRefused::File(_)
        | CaseRefused::Changed
        | CaseRefused::Locked(_)
        | CaseRefused::AsksNobody
        | CaseRefused::NotErased(_) => "",
        // The other case of a merge is not there: this one is, as the page shows.
        CaseRefused::Unknown if typed.what == "merge" => "to",
        _ => return Err(refused(why)),
    };
    let status = if field.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    if fields.text("back") == "/crises" {
        let refused = Some(why.to_string());
        return board::draw(asked, status, board::Saying { refused, ..board::Saying::default() }).await;
    }
    let troubles = Troubles::default().and(field, why.to_string());
    one::draw(asked, id, status, Saying { typed: Typed { troubles, ..typed }, ..Saying::default() }).await
}

async fn correct(
    asked: &Asked,
    permit: &Permit<WorkCases>,
    id: &CaseId,
    fields: &Fields,
) -> Result<Response, Refusal> {
    let [names, email, phone, language, venue, summary, date, time, zone] =
        ["names", "email", "phone", "language", "venue", "summary", "date", "time", "zone"]
            .map(|field| fields.text(field));
    let mut form = CorrectForm {
        names,
        email,
        phone,
        language,
        venue,
        summary,
        date,
        time,
        zone,
        ..CorrectForm::default()
    };
    let mut given = typed([
        ("names", &form.names),
        ("email", &form.email),
        ("phone", &form.phone),
        ("language", &form.language),
        ("venue", &form.venue),
        ("summary", &form.summary),
        ("wedding_date", &form.date),
        ("wedding_time", &form.time),
        ("wedding_zone", &form.zone),
    ]);
    for (name, why) in unusable(&given) {
        form.troubles = form.troubles.and(name.trim_start_matches("wedding_"), why);
    }
    if form.troubles.is_empty() {
        let see_status = asked.viewer()?.permit::<SeeStatus>()?;
        let stored = asked.state.cases.stored(&see_status, id).await.map_err(refused)?;
        // Which wedding it is stays what the platform calls it.
        given.extend(stored.case.wedding.id.map(|wedding| ("wedding_id", wedding.to_string())));
        let why = match asked.state.cases.correct(permit, id, &given, "").await {
            Ok(_) => return Ok(see(&format!("/crises/{id}?done=correct"))),
            Err(why) => why,
        };
        let is_said = matches!(
            why,
            CaseRefused::NoWedding | CaseRefused::Refusal(_) | CaseRefused::Changed | CaseRefused::Locked(_)
        );
        if !is_said {
            return Err(refused(why));
        }
        form.troubles = form.troubles.and("names", why.to_string());
    }
    let saying = Saying { correct: Some(form), ..Saying::default() };
    one::draw(asked, id, StatusCode::UNPROCESSABLE_ENTITY, saying).await
}

async fn review(
    asked: &Asked,
    permit: &Permit<WorkCases>,
    id: &CaseId,
    fields: &Fields,
) -> Result<Response, Refusal> {
    let form = ReviewForm {
        helped: fields.text("helped"),
        to_change: fields.text("to_change"),
        tasks: ReviewForm::tasks_of(fields.all("task"), fields.all("owner"), fields.all("due")),
        procedure: fields.text("procedure"),
        troubles: Troubles::default(),
    };
    let (why, field) = match findings(asked, &form).await? {
        Err((field, words)) => (words, field),
        Ok(findings) => match asked.state.cases.review(permit, id, findings).await {
            Ok(_) => return Ok(see(&format!("/crises/{id}?done=review"))),
            Err(CaseRefused::Refusal(why)) => {
                let field = match &why {
                    Refused::NeedsFindings | Refused::LongText => "helped",
                    Refused::EmptyTask => "task",
                    _ => "",
                };
                (why.to_string(), field)
            }
            Err(why @ (CaseRefused::Changed | CaseRefused::Locked(_))) => (why.to_string(), ""),
            Err(why) => return Err(refused(why)),
        },
    };
    let status = if field.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let review = ReviewForm { troubles: Troubles::default().and(field, why), ..form };
    one::draw(asked, id, status, Saying { review, ..Saying::default() }).await
}

/// What was typed as what is kept; the inner error is a field with what is wrong.
async fn findings(
    asked: &Asked,
    form: &ReviewForm,
) -> Result<Result<Findings, (&'static str, String)>, Refusal> {
    let may = asked.state.access.holders(backend::access::Permission::WorkCases, None).await?;
    let mut tasks = Vec::new();
    for typed in form.tasks.iter().filter(|task| !task.what.is_empty() || !task.owner.is_empty()) {
        let owner = may.iter().find(|(person, _)| person.as_str() == typed.owner);
        let Some((owner, name)) = owner else {
            return Ok(Err(("task", Refused::EmptyTask.to_string())));
        };
        let due = match typed.due.as_str() {
            "" => None,
            day => match day.parse() {
                Ok(day) => Some(day),
                Err(_) => return Ok(Err(("task", "A day is written as 2026-11-24.".to_owned()))),
            },
        };
        tasks.push(Task {
            what: Private::new(typed.what.clone()),
            owner: Holder { id: owner.clone(), name: name.clone() },
            due,
            done: None,
        });
    }
    let procedure = match form.procedure.as_str() {
        "" => None,
        slug => match ProcedureSlug::parse(slug) {
            Ok(slug) => Some(slug),
            Err(why) => return Ok(Err(("procedure", why.to_string()))),
        },
    };
    Ok(Ok(Findings {
        helped: Private::new(form.helped.clone()),
        to_change: Private::new(form.to_change.clone()),
        tasks,
        procedure,
    }))
}
