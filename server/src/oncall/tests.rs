//! Tests of the escalation: begun by a lead, answered by whoever got a page.

use app::{
    access::Troubles,
    oncall::{TestView, test_page},
};
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{ChangeSchedules, SeeStatus},
    oncall::{self, OnCallRefused},
};

use super::{me, overview::Wanted, sentence};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// `POST /on-call/tests`
pub async fn begin(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ChangeSchedules>()?;
            let now = asked.state.console.clock.now();
            let id = oncall::begin_test(asked.state.access.db(), &permit, now).await?;
            asked.state.courier.wake();
            Ok(see(&format!("/on-call/tests/{id}?done=begun")))
        })
        .await
}

pub async fn show(asked: Asked, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let saved = match wanted.done() {
                "begun" => Some("A page marked TEST is on its way to every tier."),
                "answered" => Some("Noted: the page reached you."),
                _ => None,
            };
            draw(&asked, StatusCode::OK, &id, saved.map(str::to_owned), Troubles::default()).await
        })
        .await
}

/// `POST /on-call/tests/{id}/answer`
pub async fn answer(asked: Asked, Path(id): Path<String>, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let page =
                (fields.text("tier").parse().unwrap_or(0), fields.text("position").parse().unwrap_or(-1));
            let now = asked.state.console.clock.now();
            match oncall::answer_test(asked.state.access.db(), &permit, &id, page, now).await {
                Ok(()) => Ok(see(&format!("/on-call/tests/{id}?done=answered"))),
                Err(OnCallRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let troubles = Troubles::default().and("", sentence(&why.to_string()));
                    draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, &id, None, troubles).await
                }
            }
        })
        .await
}

async fn draw(
    asked: &Asked,
    status: StatusCode,
    id: &str,
    saved: Option<String>,
    troubles: Troubles,
) -> Result<Response, Refusal> {
    let permit = asked.viewer()?.permit::<SeeStatus>()?;
    let db = asked.state.access.db();
    let now = asked.state.console.clock.now();
    let test = oncall::test_story(db, &permit, id).await?.ok_or(Refusal::NotFound)?;
    let (roster, people) = oncall::on_call_now(db, &permit, now).await?;
    let tiers = roster.tiers.into_iter().map(|tier| (tier.number, tier.name)).collect();
    let view = TestView { now, test, people, tiers, me: me(asked)?, saved, troubles };
    Ok(asked.page(status, test_page(&asked.shell(), &view)))
}
