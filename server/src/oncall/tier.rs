//! `/on-call/tiers/{number}`: who is in a tier, and its shifts.

use app::{
    access::Troubles,
    oncall::{FormKind, OverrideForm, RotationForm, SwapForm, TakeForm, TierView, fault_words, tier_page},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{ChangeSchedules, Known, Permission, SeeStatus},
    oncall::{self, Board, NewOverride, OnCallRefused, Part, WrittenStaffing},
};
use domain::{
    access::PersonId,
    oncall::{Fault, Field, MOST_WEEKS, Staffing, Written},
    time::Millis,
};
use jiff::{Timestamp, tz::TimeZone};

use super::{me, overview::Wanted, sentence, typed::moment};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// What was typed into the one form that was refused.
#[derive(Default)]
struct Typed {
    take: Option<TakeForm>,
    put: Option<OverrideForm>,
    swap: Option<SwapForm>,
    rotation: Option<RotationForm>,
    saved: Option<String>,
}

const WRITE_A_MOMENT: &str = "Write a day and a time, as in 2026-11-24T09:00.";

pub async fn show(asked: Asked, Path(number): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let saved = match wanted.done() {
                "saved" => Some("Saved. \u{201c}Now and next\u{201d} shows what follows from it."),
                "taken" => Some("The shift is yours."),
                "put" => Some("They are put in."),
                "swapped" => Some("The two shifts are swapped."),
                _ => None,
            };
            let typed = Typed { saved: saved.map(str::to_owned), ..Typed::default() };
            draw(&asked, &number, StatusCode::OK, typed).await
        })
        .await
}

/// `POST /on-call/tiers/{number}`: who is in it, as it was seen.
pub async fn save(asked: Asked, Path(number): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ChangeSchedules>()?;
            let tier = tier_of(&number)?;
            let mut form = rotation_form(&fields);
            let now = asked.state.console.clock.now();
            let db = asked.state.access.db();
            match oncall::set_staffing(db, &permit, tier, form.version, written(&form), now).await {
                Ok(()) => Ok(see(&format!("/on-call/tiers/{tier}?done=saved"))),
                Err(OnCallRefused::Db(error)) => Err(error.into()),
                Err(OnCallRefused::NoTier) => Err(Refusal::NotFound),
                Err(OnCallRefused::Conflict { version, .. }) => {
                    form.conflict = true;
                    form.version = version;
                    let typed = Typed { rotation: Some(form), ..Typed::default() };
                    draw(&asked, &number, StatusCode::CONFLICT, typed).await
                }
                Err(why) => {
                    let people = people(&asked).await?;
                    form.troubles = rotation_troubles(&why, &people);
                    let typed = Typed { rotation: Some(form), ..Typed::default() };
                    draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await
                }
            }
        })
        .await
}

/// `POST /on-call/tiers/{number}/take`: a shift for oneself.
pub async fn take(asked: Asked, Path(number): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let tier = tier_of(&number)?;
            let zone = zone(&asked, tier).await?;
            let now = asked.state.console.clock.now();
            let [from, to, note] = ["from", "to", "note"].map(|name| fields.text(name));
            let mut form = TakeForm { from, to, note, troubles: Troubles::default() };
            let begins = if form.from.is_empty() { Some(now) } else { moment(&form.from, &zone) };
            let ends = (!form.to.is_empty()).then(|| moment(&form.to, &zone));
            let (begins, ends) = match (begins, ends) {
                (Some(begins), None) => (begins, None),
                (Some(begins), Some(Some(ends))) => (begins, Some(ends)),
                (begins, ends) => {
                    if begins.is_none() {
                        form.troubles = form.troubles.and("from", WRITE_A_MOMENT);
                    }
                    if ends == Some(None) {
                        form.troubles = form.troubles.and("to", WRITE_A_MOMENT);
                    }
                    let typed = Typed { take: Some(form), ..Typed::default() };
                    return draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
                }
            };
            let db = asked.state.access.db();
            match oncall::take(db, &permit, tier, (begins, ends), form.note.clone(), now).await {
                Ok(()) => Ok(see(&format!("/on-call/tiers/{tier}?done=taken"))),
                Err(OnCallRefused::Db(error)) => Err(error.into()),
                Err(OnCallRefused::NoTier) => Err(Refusal::NotFound),
                Err(why) => {
                    form.troubles = override_troubles(&why);
                    let typed = Typed { take: Some(form), ..Typed::default() };
                    draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await
                }
            }
        })
        .await
}

/// `POST /on-call/tiers/{number}/overrides`: somebody in the place of whoever's turn it is.
pub async fn put(asked: Asked, Path(number): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ChangeSchedules>()?;
            let tier = tier_of(&number)?;
            let zone = zone(&asked, tier).await?;
            let now = asked.state.console.clock.now();
            let [person, from, to, note] = ["person", "from", "to", "note"].map(|name| fields.text(name));
            let mut form = OverrideForm { person, from, to, note, troubles: Troubles::default() };
            if form.person.is_empty() {
                form.troubles = form.troubles.and("person", "Choose somebody.");
            }
            let times =
                [("from", &form.from), ("to", &form.to)].map(|(name, typed)| (name, moment(typed, &zone)));
            for (name, at) in times {
                if at.is_none() {
                    form.troubles = form.troubles.and(name, WRITE_A_MOMENT);
                }
            }
            let [(_, Some(from)), (_, Some(to))] = times else {
                let typed = Typed { put: Some(form), ..Typed::default() };
                return draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
            };
            if form.troubles.is_empty() {
                let person = PersonId::new(form.person.clone());
                let wanted = NewOverride { tier, from, to, person, note: form.note.clone() };
                match oncall::add_override(asked.state.access.db(), &permit, wanted, now).await {
                    Ok(()) => return Ok(see(&format!("/on-call/tiers/{tier}?done=put"))),
                    Err(OnCallRefused::Db(error)) => return Err(error.into()),
                    Err(OnCallRefused::NoTier) => return Err(Refusal::NotFound),
                    Err(why) => form.troubles = override_troubles(&why),
                }
            }
            let typed = Typed { put: Some(form), ..Typed::default() };
            draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await
        })
        .await
}

/// `POST /on-call/tiers/{number}/swap`
pub async fn swap(asked: Asked, Path(number): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ChangeSchedules>()?;
            let tier = tier_of(&number)?;
            let now = asked.state.console.clock.now();
            let [one, other, note] = ["one", "other", "note"].map(|name| fields.text(name));
            let mut form = SwapForm { one, other, note, troubles: Troubles::default() };
            let parts = [("one", &form.one), ("other", &form.other)].map(|(name, typed)| (name, part(typed)));
            for (name, part) in &parts {
                if part.is_none() {
                    form.troubles = form.troubles.and(*name, "Choose a shift.");
                }
            }
            if let [(_, Some(first)), (_, Some(second))] = parts {
                let db = asked.state.access.db();
                let begins = second.from;
                match oncall::swap(db, &permit, tier, [first, second], form.note.clone(), now).await {
                    Ok(()) => return Ok(see(&format!("/on-call/tiers/{tier}?done=swapped"))),
                    Err(OnCallRefused::Db(error)) => return Err(error.into()),
                    Err(OnCallRefused::NoTier) => return Err(Refusal::NotFound),
                    Err(why) => {
                        let field = match &why {
                            OnCallRefused::NotTheirs { from } if *from == begins => "other",
                            OnCallRefused::NotTheirs { .. } => "one",
                            OnCallRefused::SamePerson | OnCallRefused::Overlap => "other",
                            OnCallRefused::NoteTooLong => "note",
                            _ => "",
                        };
                        form.troubles = form.troubles.and(field, sentence(&why.to_string()));
                    }
                }
            }
            let typed = Typed { swap: Some(form), ..Typed::default() };
            draw(&asked, &number, StatusCode::UNPROCESSABLE_ENTITY, typed).await
        })
        .await
}

async fn draw(asked: &Asked, number: &str, status: StatusCode, typed: Typed) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let permit = viewer.permit::<SeeStatus>()?;
    let number = tier_of(number)?;
    let now = asked.state.console.clock.now();
    let board = oncall::board(asked.state.access.db(), &permit, now).await?;
    let rotation = typed.rotation.unwrap_or_else(|| stored_form(asked, &board, number));
    let view = TierView {
        me: me(asked)?,
        may_change: viewer.permissions.has(Permission::ChangeSchedules),
        saved: typed.saved,
        take: typed.take.unwrap_or_default(),
        put: typed.put.unwrap_or_default(),
        swap: typed.swap.unwrap_or_default(),
        rotation,
        number,
        board,
    };
    let page = tier_page(&asked.shell(), &view).ok_or(Refusal::NotFound)?;
    Ok(asked.page(status, page))
}

fn tier_of(number: &str) -> Result<u8, Refusal> {
    number.parse().map_err(|_| Refusal::NotFound)
}

/// On whose clocks times are typed.
async fn zone(asked: &Asked, tier: u8) -> Result<TimeZone, Refusal> {
    let permit = asked.viewer()?.permit::<SeeStatus>()?;
    let now = asked.state.console.clock.now();
    let board = oncall::board(asked.state.access.db(), &permit, now).await?;
    let tier = board.chain.tier(tier).ok_or(Refusal::NotFound)?;
    Ok(match &tier.staffing {
        Staffing::Rotation { rotation, .. } => rotation.zone().clone(),
        _ => asked.shell().zone,
    })
}

async fn people(asked: &Asked) -> Result<Vec<Known>, Refusal> {
    let permit = asked.viewer()?.permit::<SeeStatus>()?;
    let now = asked.state.console.clock.now();
    Ok(oncall::on_call_now(asked.state.access.db(), &permit, now).await?.1)
}

fn rotation_form(fields: &Fields) -> RotationForm {
    RotationForm {
        kind: if fields.text("kind") == "people" { FormKind::People } else { FormKind::Rotation },
        zone: fields.text("zone"),
        first_day: fields.text("first_day"),
        handover_time: fields.text("handover_time"),
        length_weeks: fields.text("length_weeks"),
        people: fields.all("person").into_iter().filter(|person| !person.is_empty()).collect(),
        version: fields.text("version").parse().unwrap_or(-1),
        conflict: false,
        troubles: Troubles::default(),
    }
}

fn written(form: &RotationForm) -> WrittenStaffing {
    let people = form.people.iter().cloned().map(PersonId::new).collect();
    match form.kind {
        FormKind::People => WrittenStaffing::People { people },
        FormKind::Rotation => WrittenStaffing::Rotation(Written {
            zone: form.zone.clone(),
            first_day: form.first_day.clone(),
            handover_time: form.handover_time.clone(),
            // What is no number is none that can be.
            length_weeks: form.length_weeks.parse().unwrap_or(0),
            people,
        }),
    }
}

/// What is stored; for a tier without a rotation what most begin with: weekly from today, in the zone of whoever looks.
fn stored_form(asked: &Asked, board: &Board, tier: u8) -> RotationForm {
    let state = board.tiers.iter().find(|state| state.number == tier);
    let zone = asked.shell().zone;
    let today = Timestamp::from_millisecond(board.now.0).unwrap_or_default().to_zoned(zone.clone()).date();
    let form = RotationForm {
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        first_day: today.to_string(),
        handover_time: "09:00".to_owned(),
        length_weeks: "1".to_owned(),
        version: state.map_or(-1, |state| state.version),
        ..RotationForm::default()
    };
    let ids = |people: &[PersonId]| people.iter().map(|person| person.as_str().to_owned()).collect();
    match state.and_then(|state| state.written.as_ref()) {
        None => form,
        Some(WrittenStaffing::People { people }) => {
            RotationForm { kind: FormKind::People, people: ids(people), ..form }
        }
        Some(WrittenStaffing::Rotation(written)) => RotationForm {
            zone: written.zone.clone(),
            first_day: written.first_day.clone(),
            handover_time: written.handover_time.clone(),
            length_weeks: written.length_weeks.to_string(),
            people: ids(&written.people),
            ..form
        },
    }
}

fn rotation_troubles(why: &OnCallRefused, people: &[Known]) -> Troubles {
    let troubles = Troubles::default();
    match why {
        OnCallRefused::Faults(faults) => faults.iter().fold(troubles, |troubles, fault| {
            let field = match fault.field() {
                Field::Zone => "zone",
                Field::FirstDay => "first_day",
                Field::HandoverTime => "handover_time",
                Field::LengthWeeks => "length_weeks",
                Field::People => "people",
            };
            let words = match fault {
                Fault::LengthWeeks(_) => format!("A turn has 1 to {MOST_WEEKS} whole weeks."),
                fault => fault_words(fault, people),
            };
            troubles.and(field, words)
        }),
        OnCallRefused::NoPeople => troubles.and("people", sentence(&why.to_string())),
        OnCallRefused::Gone(person) => {
            let name = people.iter().find(|known| known.id == *person).map(|known| known.name.as_str());
            let words = match name {
                Some(name) => {
                    format!("{name} has no account that can be used any more, and could not be called.")
                }
                None => sentence(&why.to_string()),
            };
            troubles.and("people", words)
        }
        why => troubles.and("", sentence(&why.to_string())),
    }
}

fn override_troubles(why: &OnCallRefused) -> Troubles {
    let field = match why {
        OnCallRefused::EndsBefore | OnCallRefused::TooLong => "to",
        OnCallRefused::Past => "from",
        OnCallRefused::NoteTooLong => "note",
        OnCallRefused::Gone(_) => "person",
        _ => "",
    };
    Troubles::default().and(field, sentence(&why.to_string()))
}

/// A shift as the form sends it: "1795478400000 1796000000000 0199…".
fn part(typed: &str) -> Option<Part> {
    let mut words = typed.splitn(3, ' ');
    let from = words.next()?.parse().ok()?;
    let to = words.next()?.parse().ok()?;
    Some(Part { from: Millis(from), to: Millis(to), person: PersonId::new(words.next()?) })
}
