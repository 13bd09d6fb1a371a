//! `GET /api/v1/actions` and `GET /api/v1/runs/{id}`.

use axum::{
    Json,
    extract::{Path, Query, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use backend::{
    access::{Permit, SeeStatus},
    actions::RunPermit,
};
use domain::actions::RunId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    failure::failure,
    shapes::{Action, Actions, RunWithStory},
};
use crate::{
    access::asked::Asked,
    alerts_api::{Problem, failure::Failure},
    pages,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The first platform when left out.
    #[serde(default)]
    platform: Option<String>,
}

/// Everything that may be done to a platform, by what one wants to achieve.
#[utoipa::path(get, path = "/api/v1/actions", tag = "actions", params(Which), responses(
    (status = 200, body = Actions), (status = 404, description = "There is no such platform", body = Problem),
))]
pub async fn list(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Response {
    let listed = async {
        let Query(which) = which.map_err(|error| Failure::request(error.body_text()))?;
        let platform = platform(&asked, which.platform.as_deref())?;
        let viewer = asked.viewer()?;
        let see = viewer.permit::<SeeStatus>()?;
        let listed = asked.state.actions.listed(&see, &platform).await.map_err(failure)?;
        let url = &asked.state.console.config().server.public_url;
        let entries = listed.goals.iter().flat_map(|(_, entries)| entries);
        let actions = entries
            .map(|entry| Action::of(entry, RunPermit::of(viewer, &entry.action).is_ok(), url))
            .collect();
        Ok::<_, Failure>(Actions { actions })
    };
    match listed.await {
        Ok(actions) => Json(actions).into_response(),
        Err(failure) => failure.answer(&asked).await,
    }
}

/// One run: where it stands, what is known to have happened, and its story.
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "actions", params(("id" = String, Path,)), responses(
    (status = 200, body = RunWithStory), (status = 404, description = "There is no such run", body = Problem),
))]
pub async fn run(asked: Asked, Path(id): Path<String>) -> Response {
    let told = async {
        let see: Permit<SeeStatus> = asked.viewer()?.permit()?;
        asked.state.actions.told_of(&see, &RunId(id)).await.map_err(failure)
    };
    match told.await {
        Ok(told) => {
            let url = &asked.state.console.config().server.public_url;
            Json(RunWithStory::of(&told, url, asked.state.console.zone())).into_response()
        }
        Err(failure) => failure.answer(&asked).await,
    }
}

pub fn platform(asked: &Asked, wanted: Option<&str>) -> Result<String, Failure> {
    pages::platform(&asked.state, wanted).map_err(|_| Failure::Said {
        status: axum::http::StatusCode::NOT_FOUND,
        code: "unknown_platform",
        words: "there is no such platform".to_owned(),
    })
}
