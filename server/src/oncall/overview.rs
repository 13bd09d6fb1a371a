//! `/on-call` and `/on-call/ready`, and the end of an override.

use app::{
    access::Troubles,
    oncall::{NewAddress, OnCallView, ReadyView, on_call_page, ready_page},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::{
    access::{Permission, SeeStatus},
    oncall::{self, OnCallRefused},
};
use serde::Deserialize;

use super::{me, sentence};
use crate::access::asked::{Asked, Refusal, see};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    done: String,
}

impl Wanted {
    /// What was done on the way here.
    pub fn done(&self) -> &str {
        &self.done
    }
}

/// What the page shows beside the schedule.
#[derive(Default)]
pub struct Drawing {
    pub saved: Option<String>,
    pub troubles: Troubles,
    pub address: Option<NewAddress>,
}

pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let saved = match wanted.done.as_str() {
                "removed" => Some("The override has ended; its shift is the rotation's again."),
                "revoked" => Some("The calendar is revoked: its address shows nothing any more."),
                _ => None,
            };
            let drawing = Drawing { saved: saved.map(str::to_owned), ..Drawing::default() };
            draw(&asked, StatusCode::OK, drawing).await
        })
        .await
}

pub async fn draw(asked: &Asked, status: StatusCode, drawing: Drawing) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let permit = viewer.permit::<SeeStatus>()?;
    let now = asked.state.console.clock.now();
    let view = OnCallView {
        board: oncall::board(asked.state.access.db(), &permit, now).await?,
        me: me(asked)?,
        may_change: viewer.permissions.has(Permission::ChangeSchedules),
        saved: drawing.saved,
        troubles: drawing.troubles,
        address: drawing.address,
    };
    Ok(asked.page(status, on_call_page(&asked.shell(), &view)))
}

/// The whole page with what was refused above it.
pub async fn refused(asked: &Asked, why: OnCallRefused) -> Result<Response, Refusal> {
    match why {
        OnCallRefused::Db(error) => Err(error.into()),
        why => {
            let troubles = Troubles::default().and("", sentence(&why.to_string()));
            draw(asked, StatusCode::UNPROCESSABLE_ENTITY, Drawing { troubles, ..Drawing::default() }).await
        }
    }
}

pub async fn ready(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let now = asked.state.console.clock.now();
            let ready = oncall::ready(asked.state.access.db(), &permit, now).await?;
            let view = ReadyView { ready, me: me(&asked)? };
            Ok(asked.page(StatusCode::OK, ready_page(&asked.shell(), &view)))
        })
        .await
}

/// `POST /on-call/overrides/{id}/remove`
pub async fn remove(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let now = asked.state.console.clock.now();
            match oncall::remove_override(asked.state.access.db(), &permit, &id, now).await {
                Ok(()) => Ok(see("/on-call?done=removed")),
                Err(why) => refused(&asked, why).await,
            }
        })
        .await
}
