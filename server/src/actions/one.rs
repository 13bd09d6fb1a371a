//! `/actions/{key}`: a look at what it would do now, and the request of a run.

use std::collections::BTreeMap;

use app::{
    access::Troubles,
    actions::{ActionView, Proof, RunRow, Seen, action_page, changed_since},
};
use axum::{
    Form,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Permission, WorkCases},
    actions::{ActionRefused, Asking, Looked, RunPermit},
    crises::CaseRefused,
};
use domain::{
    actions::{Action, Actor, Fingerprint, Refusal as Refused, Run, RunId, Undo},
    alerts::AlertId,
    crises::{CaseId, StepKey},
    time::SECOND,
};

use super::{Context, action, is_proven, platform, refused, rights, services_of};
use crate::access::{
    asked::{Asked, Refusal, encoded, own_address, see},
    form::Fields,
};

/// Past runs beside it.
const PAST: i64 = 5;
/// Two presses within so long are one: of a double click, or of a form that was sent again.
const ONE_PRESS: i64 = 10 * SECOND;

/// What was given in the address or in the form.
#[derive(Clone, Default)]
struct Given {
    platform: String,
    typed: BTreeMap<String, String>,
    reason: String,
    alert: Option<String>,
    /// The case of which it does a step, and the step.
    crisis: Option<(String, String)>,
    seen: Seen,
    troubles: Troubles,
    /// It was pressed, and what was on the page then is not so any more.
    compare: bool,
    done: Option<String>,
}

pub(super) async fn show(asked: Asked, Path(key): Path<String>, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            let fields: Option<Fields> = query.and_then(|query| serde_urlencoded::from_str(&query).ok());
            let text = |name: &str| fields.as_ref().map(|fields| fields.text(name)).unwrap_or_default();
            let platform = platform(&asked, &text("platform"))?;
            let action = action(&asked, &platform, &key)?;
            let typed = typed(action, |name| {
                fields.as_ref().filter(|fields| fields.has(name)).map(|fields| fields.text(name))
            });
            let done = (text("proven") == "yes" && is_proven(&asked))
                .then(|| "Thank you. Nothing is sent yet: look once more, then press the button.".to_owned());
            let given = Given {
                typed,
                reason: text("reason"),
                alert: alert(&text("alert")),
                crisis: crisis(&text("crisis"), &text("step")),
                platform,
                done,
                ..Given::default()
            };
            draw(&asked, action, StatusCode::OK, given).await
        })
        .await
}

/// `POST /actions/{key}`
pub(super) async fn request(asked: Asked, Path(key): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let platform = platform(&asked, &fields.text("platform"))?;
            let action = action(&asked, &platform, &key)?;
            let permit = RunPermit::of(asked.viewer()?, action)?;
            let with = |name: &str| {
                let name = format!("with.{name}");
                fields.has(&name).then(|| fields.text(&name))
            };
            let given = Given {
                typed: typed(action, with),
                reason: fields.text("reason"),
                alert: alert(&fields.text("alert")),
                crisis: crisis(&fields.text("crisis"), &fields.text("step")),
                seen: Seen::from_field(&fields.text("was")),
                platform: platform.clone(),
                ..Given::default()
            };
            if action.danger.is_dangerous() && !is_proven(&asked) {
                return Err(Refusal::NeedsProof { next: address(&asked, action, &given) });
            }
            if let Some((id, step)) = given.crisis.clone() {
                let seen = Fingerprint::from_form(&fields.text("seen"));
                return for_step(&asked, action, given, (id, step), seen).await;
            }
            let asking = Asking {
                platform,
                action: action.key.clone(),
                typed: given.typed.clone(),
                reason: given.reason.clone(),
                seen: Fingerprint::from_form(&fields.text("seen")),
                alert: given.alert.clone().map(AlertId),
            };
            match asked.state.actions.request(&permit, asking).await {
                Ok(run) => {
                    asked.state.failover.run_asked_for(&run).await?;
                    Ok(see(&format!("/runs/{}", run.id)))
                }
                Err(why) => no(&asked, action, given, why).await,
            }
        })
        .await
}

/// The run does a step of a case: what the case says of it is written down with the run.
async fn for_step(
    asked: &Asked,
    action: &Action,
    given: Given,
    (id, step): (String, String),
    seen: Fingerprint,
) -> Result<Response, Refusal> {
    let permit = asked.viewer()?.permit::<WorkCases>()?;
    let Ok(step) = StepKey::parse(&step) else { return Err(Refusal::NotFound) };
    let id = CaseId(id);
    match asked.state.cases.run_step(&permit, &id, &step, (seen, given.reason.clone())).await {
        Ok(_) => Ok(see(&format!("/crises/{id}?done=start"))),
        Err(CaseRefused::Action(why)) => no(asked, action, given, why).await,
        Err(CaseRefused::Unknown) => Err(Refusal::NotFound),
        Err(CaseRefused::Missing(missing)) => Err(Refusal::Missing(missing)),
        Err(CaseRefused::Db(error)) => Err(error.into()),
        Err(why) => {
            let troubles = Troubles::default().and("", why.to_string());
            draw(asked, action, StatusCode::CONFLICT, Given { troubles, compare: true, ..given }).await
        }
    }
}

/// There is no run: the page says why, or leads to the run that the same press has made already.
async fn no(asked: &Asked, action: &Action, given: Given, why: ActionRefused) -> Result<Response, Refusal> {
    let say = |field: &str, words: String| Troubles::default().and(field, words);
    let (status, troubles) = match &why {
        ActionRefused::Fields(errors) => {
            let troubles = errors
                .iter()
                .fold(Troubles::default(), |all, error| all.and(error.field.clone(), error.said.clone()));
            (StatusCode::UNPROCESSABLE_ENTITY, troubles)
        }
        ActionRefused::NotPlanned(why) => (StatusCode::UNPROCESSABLE_ENTITY, say("", why.to_string())),
        ActionRefused::Refusal(Refused::NeedsReason | Refused::LongReason) => {
            (StatusCode::UNPROCESSABLE_ENTITY, say("reason", why.to_string()))
        }
        ActionRefused::Refusal(Refused::NeedsProof) => {
            return Err(Refusal::NeedsProof { next: address(asked, action, &given) });
        }
        ActionRefused::Refusal(Refused::NeedsPerson) => (StatusCode::FORBIDDEN, say("", why.to_string())),
        ActionRefused::Refusal(_) | ActionRefused::Changed => {
            if let Some(run) = of_the_same_press(asked, action, &given).await? {
                return Ok(see(&format!("/runs/{run}?done=already")));
            }
            (StatusCode::CONFLICT, say("", why.to_string()))
        }
        ActionRefused::Unknown | ActionRefused::Missing(_) | ActionRefused::Db(_) => {
            return Err(refused(why));
        }
    };
    draw(asked, action, status, Given { troubles, compare: true, ..given }).await
}

/// The run that the same person asked for a moment ago, with the same values.
async fn of_the_same_press(asked: &Asked, action: &Action, given: &Given) -> Result<Option<RunId>, Refusal> {
    let context = Context::of(asked)?;
    let actions = &asked.state.actions;
    let past = actions.past(&context.see, &given.platform, &action.key, 1).await?;
    let Ok(values) = actions.values(action, &given.typed) else { return Ok(None) };
    let is_it = |run: &Run| {
        let own = matches!(&run.requested.by, Actor::Person { id, .. } if asked.viewer().is_ok_and(|viewer| viewer.person == *id));
        own && run.requested.undoes.is_none()
            && run.plan().values == values
            && context.now.since(run.requested.at) < ONE_PRESS
    };
    Ok(past.past.into_iter().find(|stored| is_it(&stored.run)).map(|stored| stored.run.id))
}

async fn draw(asked: &Asked, action: &Action, status: StatusCode, given: Given) -> Result<Response, Refusal> {
    let context = Context::of(asked)?;
    let actions = &asked.state.actions;
    let mut troubles = given.troubles;
    let looked = match actions.look(&context.see, &given.platform, &action.key, &given.typed).await {
        Ok(looked) => Some(looked),
        Err(ActionRefused::Fields(errors)) => {
            // A field that has to be given and was not is no mistake of somebody who has only just come.
            let fresh = |field: &str| !given.typed.contains_key(field);
            for error in errors {
                if troubles.of(&error.field).is_none() && !fresh(&error.field) {
                    troubles = troubles.and(error.field, error.said);
                }
            }
            None
        }
        Err(ActionRefused::NotPlanned(why)) => {
            troubles = troubles.and("", why.to_string());
            None
        }
        Err(other) => return Err(refused(other)),
    };
    let status = match (status, &looked) {
        (StatusCode::OK, None) if !troubles.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        (status, _) => status,
    };
    let changed = match (&looked, given.compare) {
        (Some(Looked { preview, .. }), true) => changed_since(&given.seen, preview),
        _ => Vec::new(),
    };
    let past = actions.past(&context.see, &given.platform, &action.key, PAST).await?;
    let rows: Vec<RunRow> =
        past.past.iter().map(|stored| RunRow::of(stored, context.now, &context.zone)).collect();
    let undone_by = match &action.undo {
        Undo::Action { key } => actions.action(&given.platform, key).map(|action| action.name.clone()),
        Undo::OldValue | Undo::Impossible { .. } => None,
    };
    let view = ActionView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        services: services_of(asked, Some(action)),
        may: rights(asked, Some(action))?.run,
        proof: Proof::of(&action.danger, is_proven(asked)),
        approvers: approvers(asked, action).await?,
        zone: context.zone,
        action: action.clone(),
        typed: given.typed,
        looked,
        undone_by,
        past: rows,
        alert: given.alert,
        crisis: given.crisis,
        reason: given.reason,
        changed,
        troubles,
        done: given.done,
    };
    Ok(asked.page(status, action_page(&asked.shell(), &view)))
}

/// Everybody else who may approve it.
async fn approvers(asked: &Asked, action: &Action) -> Result<Vec<String>, Refusal> {
    if !action.two_person {
        return Ok(Vec::new());
    }
    let own = &asked.viewer()?.person;
    let holders = asked.state.access.holders(Permission::Approve, None).await?;
    Ok(holders.into_iter().filter(|(id, _)| id != own).map(|(_, name)| name).collect())
}

/// The fields of the action alone: what else stands in an address is not for it.
fn typed(action: &Action, given: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let names = action.parameters.iter().map(|parameter| parameter.name.to_string());
    names.filter_map(|name| given(&name).map(|value| (name, value))).collect()
}

/// The id of an alert as it may stand in an address.
fn alert(text: &str) -> Option<String> {
    let plain = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| text.to_owned())
}

/// A case and its step, as they may stand in an address.
fn crisis(id: &str, step: &str) -> Option<(String, String)> {
    Some((alert(id)?, StepKey::parse(step).ok()?.to_string()))
}

/// The page with everything as it was typed. A reason that makes the address too long is left out of it.
fn address(asked: &Asked, action: &Action, given: &Given) -> String {
    let mut query = vec!["proven=yes".to_owned()];
    if asked.state.console.platforms().len() > 1 {
        query.push(format!("platform={}", encoded(&given.platform)));
    }
    query.extend(given.alert.iter().map(|alert| format!("alert={}", encoded(alert))));
    query.extend(
        given.crisis.iter().map(|(id, step)| format!("crisis={}&step={}", encoded(id), encoded(step))),
    );
    query.extend(given.typed.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))));
    let short = format!("/actions/{}?{}", action.key, query.join("&"));
    let whole = format!("{short}&reason={}", encoded(&given.reason));
    if own_address(&whole) == whole { whole } else { short }
}
