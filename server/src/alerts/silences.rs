//! Silences: made on `/alerts` or on the page of one alert, and ended there.

use app::{
    access::Troubles,
    alerts::{Scope, SilenceForm, Typed},
};
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use backend::{
    access::HandleAlerts,
    windows::{self, Refused},
};
use domain::{
    alerts::AlertId,
    time::{MINUTE, Millis},
    windows::{Scope as Over, Window, WindowKind, WindowRefused},
};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    Context, back,
    list::{self, Saying},
    one,
};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// `POST /alerts/silences`
pub(super) async fn make(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<HandleAlerts>()?;
            let context = Context::of(&asked);
            let [platform, service, metric, length, until, reason, from] =
                ["platform", "service", "metric", "length", "until", "reason", "back"]
                    .map(|name| fields.text(name));
            let form = SilenceForm {
                scope: Scope { platform, service, metric },
                length,
                until,
                reason,
                emergencies: fields.has("emergencies"),
                troubles: Troubles::default(),
            };
            let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
            let over = Over {
                platform: some(&form.scope.platform),
                service: some(&form.scope.service),
                metric: some(&form.scope.metric),
            };
            context.check(&asked, over.service.as_deref())?;
            let until = match end_of(&form, &context.zone, context.now) {
                Ok(until) => until,
                Err((field, words)) => return refuse(&asked, form, field, words, &from).await,
            };
            let window = Window {
                kind: WindowKind::Silence,
                over,
                from: context.now,
                until,
                emergencies: form.emergencies,
                reason: form.reason.clone(),
            };
            match asked.state.console.alerts.silence(&permit, window).await {
                Ok(_) => Ok(see(&gone_on(&from, "silenced"))),
                Err(Refused::Db(error)) => Err(error.into()),
                Err(Refused::Missing(missing)) => Err(Refusal::Missing(missing)),
                Err(why) => {
                    let field = match &why {
                        Refused::Window(WindowRefused::NoReason | WindowRefused::LongReason { .. }) => {
                            "reason"
                        }
                        Refused::Window(
                            WindowRefused::TooLongForEmergencies | WindowRefused::WeddingsToday,
                        ) => "emergencies",
                        Refused::Window(_) if form.length == "until" => "until",
                        _ => "length",
                    };
                    refuse(&asked, form, field, why.to_string(), &from).await
                }
            }
        })
        .await
}

/// `POST /alerts/silences/{id}/end`
pub(super) async fn end_one(asked: Asked, id: String, from: String) -> Result<Response, Refusal> {
    let permit = asked.viewer()?.permit::<HandleAlerts>()?;
    let context = Context::of(&asked);
    let present = windows::present(asked.state.access.db(), context.now).await?;
    if let Some(own) = present.iter().find(|window| window.id == id) {
        context.check(&asked, own.window.over.service.as_deref())?;
    }
    match asked.state.console.alerts.end_silence(&permit, &id).await {
        Ok(_) => Ok(see(&gone_on(&from, "ended"))),
        Err(Refused::Unknown) => Err(Refusal::NotFound),
        Err(Refused::Db(error)) => Err(error.into()),
        Err(Refused::Missing(missing)) => Err(Refusal::Missing(missing)),
        Err(why) => {
            let saying = Saying { refused: vec![why.to_string()], ..Saying::default() };
            list::draw(&asked, StatusCode::CONFLICT, saying).await
        }
    }
}

pub(super) async fn end(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    let from = fields.text("back");
    asked.answer(|asked| end_one(asked, id, from)).await
}

fn gone_on(from: &str, done: &str) -> String {
    match back(from) {
        "" | "/" => format!("/alerts?done={done}"),
        address => format!("{address}?done={done}"),
    }
}

/// The page that the form stands on, with what was typed.
async fn refuse(
    asked: &Asked,
    form: SilenceForm,
    field: &'static str,
    words: String,
    from: &str,
) -> Result<Response, Refusal> {
    let silence = SilenceForm { troubles: Troubles::default().and(field, words), ..form };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    match back(from).strip_prefix("/alerts/") {
        Some(id) => {
            let typed = Typed { silence, ..Typed::default() };
            one::draw(asked, &AlertId(id.to_owned()), status, typed, &one::Wanted::default()).await
        }
        None => list::draw(asked, status, Saying { silence, ..Saying::default() }).await,
    }
}

/// When it ends, by its length or by the time that was typed.
fn end_of(form: &SilenceForm, zone: &TimeZone, now: Millis) -> Result<Millis, (&'static str, String)> {
    if form.length != "until" {
        let minutes = form.length.parse::<i64>().ok().filter(|minutes| (1..=100_000).contains(minutes));
        let minutes = minutes.ok_or(("length", "Say how long it should hold.".to_owned()))?;
        return Ok(now.plus(minutes * MINUTE));
    }
    let typed = form.until.as_str();
    let wrong = || ("until", format!("\u{201c}{typed}\u{201d} is not a time; write it as 2026-11-24T04:00."));
    let at: DateTime = typed.parse().map_err(|_| wrong())?;
    let at = at.to_zoned(zone.clone()).map_err(|_| wrong())?;
    Ok(Millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(length: &str, until: &str) -> SilenceForm {
        SilenceForm { length: length.to_owned(), until: until.to_owned(), ..SilenceForm::default() }
    }

    #[test]
    fn a_silence_ends_after_its_length_or_at_the_time_that_was_typed() {
        let now = Millis(1_795_489_920_000);
        assert_eq!(end_of(&form("60", ""), &TimeZone::UTC, now), Ok(now.plus(60 * MINUTE)));
        let at = end_of(&form("until", "2026-11-24T04:12"), &TimeZone::UTC, now);
        assert_eq!(at, Ok(now.plus(60 * MINUTE)));
        assert_eq!(end_of(&form("until", "soon"), &TimeZone::UTC, now).unwrap_err().0, "until");
        assert_eq!(end_of(&form("-5", ""), &TimeZone::UTC, now).unwrap_err().0, "length");
    }

    #[test]
    fn a_form_leads_back_only_to_these_pages() {
        for (typed, gone) in [
            ("/alerts", "/alerts?done=ended"),
            ("/alerts/0199", "/alerts/0199?done=ended"),
            ("", "/alerts?done=ended"),
            ("https://evil.example", "/alerts?done=ended"),
            ("//evil.example/alerts/", "/alerts?done=ended"),
        ] {
            assert_eq!(gone_on(typed, "ended"), gone, "{typed}");
        }
    }
}
