//! `/crises/{id}`: one case, and the look at its couple, which is on record.

use app::{
    access::Choice,
    crises::{
        CasePart, CaseView, CorrectForm, CoupleWords, Drawing, FileRow, FindingsView, Known, ReviewForm,
        Said, StoryLine, TaskRow, Typed, case_page, case_part,
    },
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::{
    access::{Permission, SeePersonalData},
    alerts::AlertRefused,
    crises::{CaseRefused, CoupleState, Masked, Shown},
};
use domain::{
    alerts::{self, AlertId},
    crises::{After, CaseId, Couple, Field, Filter, Happening, State},
    time::Millis,
};
use serde::Deserialize;

use super::Context;
use crate::{
    access::asked::{Asked, Refusal},
    notices,
};

/// So many other cases are offered as what it may be a double of.
const OTHERS: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    done: String,
}

/// What a page says beside what is stored.
#[derive(Default)]
pub struct Saying {
    pub typed: Typed,
    pub review: ReviewForm,
    pub correct: Option<CorrectForm>,
    pub done: Option<String>,
    /// The couple in full, where somebody asked for it.
    pub couple: Option<Couple>,
    pub notices: notices::Saying,
}

pub(super) async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let done = done(&wanted.done).map(str::to_owned);
            draw(&asked, &CaseId(id), StatusCode::OK, Saying { done, ..Saying::default() }).await
        })
        .await
}

/// `GET /crises/{id}/part/{part}`: one part alone, for a page that draws it anew.
pub(super) async fn part(asked: Asked, Path((id, part)): Path<(String, String)>) -> Response {
    asked
        .answer(|asked| async move {
            let Some(part) = CasePart::from_word(&part) else { return Err(Refusal::NotFound) };
            let view = view(&asked, &CaseId(id), Saying::default()).await?;
            Ok(Html(case_part(&view, part)).into_response())
        })
        .await
}

/// `POST /crises/{id}/show`: the same page with the couple in full. That somebody looked is on record before they see it.
pub(super) async fn reveal(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeePersonalData>()?;
            let id = CaseId(id);
            let personal =
                [Field::Names, Field::Email, Field::Phone, Field::Language, Field::Venue, Field::Summary];
            match asked.state.cases.reveal(&permit, &id, &personal).await {
                Ok(revealed) => {
                    let couple = Some(revealed.couple);
                    draw(&asked, &id, StatusCode::OK, Saying { couple, ..Saying::default() }).await
                }
                // The page says why it is locked.
                Err(CaseRefused::Locked(_)) => {
                    draw(&asked, &id, StatusCode::CONFLICT, Saying::default()).await
                }
                Err(why) => Err(refused(why)),
            }
        })
        .await
}

/// # Errors
/// When there is no such case, or whoever looks may not see it.
pub async fn draw(
    asked: &Asked,
    id: &CaseId,
    status: StatusCode,
    saying: Saying,
) -> Result<Response, Refusal> {
    let view = view(asked, id, saying).await?;
    Ok(asked.page(status, case_page(&asked.shell(), &view)))
}

/// What goes wrong where nothing was to be refused.
pub fn refused(why: CaseRefused) -> Refusal {
    match why {
        CaseRefused::Unknown => Refusal::NotFound,
        CaseRefused::Missing(missing) => Refusal::Missing(missing),
        CaseRefused::Db(error) => error.into(),
        other => Refusal::Inside(other.to_string()),
    }
}

async fn view(asked: &Asked, id: &CaseId, saying: Saying) -> Result<CaseView, Refusal> {
    let (state, context) = (&asked.state, Context::of(asked)?);
    let shown = state.cases.one(&context.see, context.personal.as_ref(), id).await.map_err(refused)?;
    let (case, drawing) = (&shown.stored.case, context.drawing());
    let several = state.console.platforms().len() > 1;
    let platform = several.then_some(shown.stored.platform.as_str());
    let couple = known(&shown, saying.couple.as_ref(), &context);
    let told = notices::of_case(asked, &context, id).await?;
    let unsettled = notices::unsettled(case, &told);
    let mut view = CaseView::of(case, platform, &shown.stored.troubles, &unsettled, couple, drawing);
    view.notices = notices::section(asked, &context, &shown.stored, &told, saying.notices).await?;
    view.frames = state.console.now_page().frames;
    let may_read = context.personal.is_some();
    let mut story: Vec<(Millis, StoryLine)> = shown
        .story
        .iter()
        .map(|(at, line)| {
            let said = match &line.text {
                Some(text) => Said::Text(text.expose().to_owned()),
                None if case.erased_at.is_some() || !is_written(&line.happening) => Said::Nothing,
                None if may_read => Said::Locked,
                None => Said::Hidden,
            };
            (*at, StoryLine::of(*at, &line.happening, said, drawing))
        })
        .collect();
    if let Some(alert) = &case.alert {
        let (title, lines) = of_alert(asked, alert, drawing).await?;
        view.alert = Some((alert.to_string(), title));
        story.extend(lines);
        // Stable: what happened together stays in its order.
        story.sort_by_key(|(at, _)| *at);
    }
    view.story = story.into_iter().map(|(_, line)| line).collect();
    view.after = After::of(case, &shown.story).sentences();
    let of = state.cases.types().get(case.of.key());
    view.procedure = of.and_then(|of| of.procedure.as_ref()).map(ToString::to_string);
    view.files = shown
        .files
        .iter()
        .map(|file| FileRow {
            is_removed: file.is_removed,
            ..FileRow::of(
                &file.id,
                file.name.as_deref(),
                &file.media_type,
                file.size,
                app::weekday(file.at, context.now, &context.zone),
            )
        })
        .collect();
    super::asked::add(asked, &context, &mut view).await?;
    view.findings = findings(&shown, &context);
    view.doubles =
        case.doubles.iter().map(|double| (double.to_string(), "A double of it".to_owned())).collect();
    if context.rights.work.is_ok() {
        let may = state.access.holders(Permission::WorkCases, None).await?;
        let choice = |(person, name): &(domain::access::PersonId, String)| Choice {
            value: person.as_str().to_owned(),
            label: name.clone(),
        };
        view.owners = may.iter().map(choice).collect();
        let holder = case.holder().map(|holder| &holder.id);
        view.people = may.iter().filter(|(person, _)| Some(person) != holder).map(choice).collect();
        let open = state.console.alerts.open(OTHERS as i64).await?;
        let named = case.alert.as_ref();
        let unnamed = open.into_iter().filter(|alert| Some(&alert.id) != named);
        view.alerts = unnamed
            .map(|alert| Choice {
                value: alert.id.to_string(),
                label: format!("{}, since {}", alert.title, drawing.clock(alert.alert.began_at)),
            })
            .collect();
        if case.is_open() {
            view.others = others(asked, &shown, &context).await?;
        }
    }
    view.backups_until = backups_until(asked, &context);
    view.typed = saying.typed;
    view.review = saying.review;
    view.correct = saying.correct;
    view.done = saying.done;
    Ok(view)
}

/// "4 January 2027": the last day of the backups that were made before now.
fn backups_until(asked: &Asked, context: &Context) -> Option<String> {
    let kept = asked.state.console.config().sealing.backups_kept?;
    let kept = i64::try_from(kept.as_millis()).ok()?;
    let until = jiff::Timestamp::from_millisecond(context.now.plus(kept).0).ok()?;
    Some(until.to_zoned(context.zone.clone()).strftime("%-d %B %Y").to_string())
}

/// The title of an alert, and what happened to it but for whom it called.
async fn of_alert(
    asked: &Asked,
    alert: &AlertId,
    drawing: Drawing<'_>,
) -> Result<(String, Vec<(Millis, StoryLine)>), Refusal> {
    let told = match asked.state.console.alerts.story(alert).await {
        Ok(told) => told,
        Err(AlertRefused::Unknown) => return Ok(("an alert that is gone".to_owned(), Vec::new())),
        Err(AlertRefused::Db(error)) => return Err(error.into()),
        Err(other) => return Err(Refusal::Inside(other.to_string())),
    };
    let name = |id: &domain::access::PersonId| {
        told.names.get(id).cloned().unwrap_or_else(|| "somebody who left".to_owned())
    };
    let of_itself = told.story.iter().filter(|(_, happening)| {
        !matches!(happening, alerts::Happening::Paged(_) | alerts::Happening::Unreachable { .. })
    });
    let lines = of_itself.map(|(at, happening)| {
        let words = alerts::wording::told(happening, name, |at| drawing.clock(at));
        (*at, StoryLine::of_alert(*at, &words, alert.as_str(), drawing))
    });
    Ok((told.stored.title.clone(), lines.collect()))
}

/// What of the couple whoever looks may be shown.
fn known(shown: &Shown, revealed: Option<&Couple>, context: &Context) -> Known {
    if shown.stored.case.erased_at.is_some() {
        return Known::Erased;
    }
    if let Err(who) = &context.rights.see {
        return Known::NotYours(who.clone());
    }
    let why = || shown.locked.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    match (shown.stored.couple, revealed, &shown.couple) {
        (CoupleState::Erased, ..) => Known::Erased,
        (CoupleState::None, ..) => Known::Nobody,
        (CoupleState::Awaited, ..) => {
            Known::Awaited("There is no encryption key to seal it with.".to_owned())
        }
        (CoupleState::Kept, Some(couple), _) => Known::Shown(CoupleWords::of(couple)),
        (CoupleState::Kept, None, Some(masked)) => Known::Masked(words(masked)),
        (CoupleState::Kept, None, None) => Known::Locked(why()),
    }
}

fn words(masked: &Masked) -> CoupleWords {
    let hidden =
        |is_there: bool| if is_there { "\u{2022}\u{2022}\u{2022}".to_owned() } else { String::new() };
    CoupleWords {
        names: masked.names.clone(),
        emails: masked.emails.clone(),
        phones: masked.phones.clone(),
        language: masked.language.clone().unwrap_or_default(),
        language_tag: String::new(),
        venue: hidden(masked.has_venue),
        summary: hidden(masked.has_summary),
        odd: Vec::new(),
        odd_masked: masked.unusable,
    }
}

/// Whether somebody has to have written something beside it.
fn is_written(happening: &Happening) -> bool {
    matches!(
        happening,
        Happening::Noted { .. }
            | Happening::HandedOver { .. }
            | Happening::Released { .. }
            | Happening::Contact { .. }
            | Happening::FileRemoved { .. }
            | Happening::StepNotNeeded { .. }
            | Happening::StepOpened { by: Some(_), .. }
            | Happening::Reopened { .. }
            | Happening::TaskDone { .. }
    )
}

fn findings(shown: &Shown, context: &Context) -> Option<FindingsView> {
    let State::Reviewed { .. } = shown.stored.case.state else { return None };
    let hidden = |why: String| Some(FindingsView { hidden: Some(why), ..FindingsView::default() });
    let Some(findings) = &shown.findings else {
        return match &context.rights.see {
            Err(who) => hidden(format!("What was found is not shown to you. {who}")),
            Ok(()) if shown.stored.case.erased_at.is_some() => {
                hidden("What was found was erased with the couple.".to_owned())
            }
            Ok(()) => hidden("What was found is locked.".to_owned()),
        };
    };
    let tasks = findings.tasks.iter().map(|task| TaskRow {
        what: task.what.expose().to_owned(),
        owner: task.owner.name.clone(),
        due: task.due,
        done: task
            .done
            .as_ref()
            .map(|(by, at)| format!("{}, {}", by.name(), app::weekday(*at, context.now, &context.zone))),
    });
    Some(FindingsView {
        hidden: None,
        helped: findings.helped.expose().to_owned(),
        to_change: findings.to_change.expose().to_owned(),
        tasks: tasks.collect(),
        procedure: findings.procedure.as_ref().map(ToString::to_string),
    })
}

/// Open cases that may be of the same wedding, the most urgent first: without a wedding's id on both sides nobody can tell,
/// and it is a person who says so.
async fn others(asked: &Asked, shown: &Shown, context: &Context) -> Result<Vec<Choice>, Refusal> {
    let board = asked.state.cases.board(&context.see, None, &Filter::default(), 0).await?;
    let own = &shown.stored.case;
    let may_be_same = |other: &domain::crises::Case| {
        other.id != own.id
            && (own.wedding.id.is_none() || other.wedding.id.is_none() || own.wedding.id == other.wedding.id)
    };
    let fitting = board.rows.iter().filter(|row| may_be_same(&row.case)).take(OTHERS);
    Ok(fitting
        .map(|row| Choice {
            value: row.case.id.to_string(),
            label: format!(
                "{}, {}",
                domain::crises::wording::title(&row.case, &context.assumed, context.now),
                domain::crises::wording::standing(&row.case)
            ),
        })
        .collect())
}

fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "acknowledge" => "It is yours now: nobody else is called.",
        "opened" => "The case is open, and it is yours.",
        "opened-without" => {
            "The case is open, and it is yours. Who the couple are was not kept: there is no key to seal it with. Write it down \
             elsewhere."
        }
        "start" => "The run has begun; the step waits for its end.",
        "done" => "The step is done.",
        "ask" => "They are asked; the step waits for an answer.",
        "ask-again" => "Those who have not answered are asked again.",
        "ask-else" => "They are asked; the step waits for an answer.",
        "not-needed" => "The step is not needed; your reason is in the timeline.",
        "not-done" => "The step is open again.",
        "note" => "The note is in the timeline.",
        "hand-over" => "It is handed over.",
        "release" => "It is nobody\u{2019}s again: somebody is called.",
        "resolve" => "It is resolved.",
        "reopen" => "It is open again, and yours.",
        "merge" => "The double went into this case.",
        "correct" => "What is known of them is corrected.",
        "no-contact" => "The couple is not to be contacted.",
        "contact" => "The couple may be contacted.",
        "erase" => "The couple is erased.",
        "files" => "The file is kept with the case.",
        "remove-file" => "The file is removed.",
        "link" => "The alert is linked; its story stands in the timeline.",
        "unlink" => "The alert is not linked any more.",
        "review" => "The review is kept.",
        "notice" => "It is on its way to them; what becomes of it stands with the notices.",
        "called" => "The call is recorded.",
        "arrived" => "It is known to have arrived.",
        "not-arrived" => "It is known not to have arrived: they can be told by another way.",
        "withdraw" => "It is taken back; nothing was sent.",
        "link-made" => "They have a page of their own.",
        "link-revoked" => "The link leads nowhere any more.",
        "promise" => "It stands on their page.",
        "task-done" => "The task is done.",
        _ => return None,
    })
}
