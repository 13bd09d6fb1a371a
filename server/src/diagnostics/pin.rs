//! `POST /diagnostics/pin`: what somebody saw, pinned to an alert. When it is gone they see what it looks like now, with
//! everything that they typed.

use app::{access::Troubles, diagnostics::Typed};
use axum::{Form, http::StatusCode, response::Response};
use backend::{
    alerts::AlertRefused,
    diagnostics::{LookId, NotPinned},
};
use domain::{alerts::AlertId, diagnostics::Panel};

use super::{Looking, Wanted, page, question};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

pub(super) async fn press(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let text = |name: &str| fields.text(name);
            let wanted = Wanted {
                platform: text("platform"),
                service: fields.has("service").then(|| text("service")),
                alert: text("alert"),
                pod: text("pod"),
                deployment: text("deployment"),
                search: text("search"),
                previous: text("previous"),
                pinned: String::new(),
            };
            let panel = Panel::from_word(&text("panel")).ok_or(Refusal::NotFound)?;
            let looking = Looking::of(&asked, &wanted).await?;
            let alert = AlertId(if wanted.alert.is_empty() { text("to") } else { wanted.alert.clone() });
            let (note, look) = (text("note"), LookId::of(&text("look")));
            let pinned = asked.state.diagnostics.pin(&looking.permit, &alert, &look, &note).await;
            let why = match pinned {
                Ok(_) => {
                    let address = match text("alone").as_str() {
                        "yes" => looking.view.address_of(&question(panel, &wanted)),
                        _ => looking.view.address(),
                    };
                    return Ok(see(&format!("{address}&pinned={}", panel.word())));
                }
                Err(NotPinned::Refused(AlertRefused::Unknown)) => return Err(Refusal::NotFound),
                Err(NotPinned::Refused(AlertRefused::Missing(missing))) => return Err(missing.into()),
                Err(NotPinned::Refused(AlertRefused::Db(error))) => return Err(error.into()),
                Err(why) => why,
            };
            let (status, field) = match &why {
                NotPinned::Refused(AlertRefused::TooLong { .. }) => {
                    (StatusCode::UNPROCESSABLE_ENTITY, "note")
                }
                _ => (StatusCode::CONFLICT, ""),
            };
            let troubles = Troubles::default().and(field, why.to_string());
            let typed = Typed { panel: Some(panel), note, alert: alert.0, troubles };
            page::draw(&asked, panel, &wanted, status, typed).await
        })
        .await
}
