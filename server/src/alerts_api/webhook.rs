//! `POST /api/v1/alerts/webhook`: Alertmanager's webhook, version 4.

use axum::{
    Json,
    body::Body,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    access::{HandleAlerts, Permit, Who},
    alerts::NotReceived,
    connect::inbound::Unreadable,
};
use domain::audit::Origin;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use super::{
    failure::Failure,
    shapes::{Payload, Problem},
};
use crate::{
    access::{
        asked::Asked,
        guard::{Unknown, by_token, problem, too_often_for_programs},
    },
    body::{self, NotWhole},
};

const ROUTE: &str = "/api/v1/alerts/webhook";
/// So many payloads are read and stored at once; the others wait with what they sent.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Takes in a payload of Alertmanager's webhook, version 4. Taking the same once more changes nothing.
#[utoipa::path(post, path = "/api/v1/alerts/webhook", tag = "from outside",
    request_body(content = Object, description = "As Alertmanager sends it; at most 16 MiB and 50,000 alerts"),
    responses(
    (status = 200, description = "Taken; alerts that cannot be read are named", body = Payload),
    (status = 400, description = "No JSON", body = Problem), (status = 413, body = Problem),
    (status = 422, description = "Another version, or no alert that can be read", body = Problem),
))]
pub async fn receive(asked: Asked, sent: Body) -> Response {
    let permit = match asked.viewer().map_err(Failure::from).and_then(|viewer| Ok(viewer.permit()?)) {
        Ok(permit) => permit,
        Err(failure) => return failure.answer(&asked).await,
    };
    take(&asked, &permit, sent).await
}

/// The same for senders that cannot set headers: the token stands in the address.
#[utoipa::path(post, path = "/api/v1/alerts/webhook/{token}", tag = "from outside",
    params(("token" = String, Path, description = "An API token that may handle alerts")),
    request_body(content = Object, description = "As Alertmanager sends it; at most 16 MiB and 50,000 alerts"),
    responses(
    (status = 200, body = Payload), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn receive_by_path(mut asked: Asked, Path(token): Path<String>, sent: Body) -> Response {
    // From here on nothing that is written down holds the token.
    asked.path_and_query = ROUTE.to_owned();
    match who(&mut asked, &SecretString::from(token)).await {
        Ok(permit) => take(&asked, &permit, sent).await,
        Err(NotAllowed::Missing(failure)) => failure.answer(&asked).await,
        Err(NotAllowed::Unknown(Unknown::Token(words))) => problem(StatusCode::UNAUTHORIZED, &words),
        Err(NotAllowed::Unknown(Unknown::TooOften(seconds))) => too_often_for_programs(seconds),
        Err(NotAllowed::Unknown(Unknown::Db(error))) => Failure::from(error).answer(&asked).await,
    }
}

/// Why a token does not let a sender in.
pub(super) enum NotAllowed {
    Unknown(Unknown),
    Missing(Failure),
}

/// Who shows a token in the path or the body; `asked` is theirs from then on.
pub(super) async fn who(asked: &mut Asked, token: &SecretString) -> Result<Permit<HandleAlerts>, NotAllowed> {
    let origin = domain::audit::Origin::clone(&asked.visitor.origin);
    let address = origin.address.as_deref().and_then(|address| address.parse().ok());
    let viewer =
        by_token(&asked.state, token, address, Origin::clone(&origin)).await.map_err(NotAllowed::Unknown)?;
    let permit = viewer.permit::<HandleAlerts>();
    asked.visitor.who = Who::SignedIn(viewer);
    permit.map_err(|missing| NotAllowed::Missing(missing.into()))
}

async fn take(asked: &Asked, permit: &Permit<HandleAlerts>, sent: Body) -> Response {
    let bytes = match body::whole(sent, body::most(ROUTE)).await {
        Ok(bytes) => bytes,
        Err(NotWhole::TooLarge) => return body::too_large(&asked.state, ROUTE),
        Err(NotWhole::BrokenOff) => {
            return problem(StatusCode::BAD_REQUEST, "the payload broke off before its end");
        }
    };
    let Ok(_turn) = AT_ONCE.acquire().await else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "the console is stopping");
    };
    match asked.state.console.alerts.receive_alertmanager(permit, bytes).await {
        Ok(received) => {
            let shape = Payload::of(&received);
            let taken = received.opened + received.changed + received.resolved + received.unchanged;
            // A sender all of whose alerts are refused must notice; one bad one among good ones is no failure.
            let all_refused = taken == 0 && shape.refused_count > 0;
            let status = if all_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            (status, Json(shape)).into_response()
        }
        Err(NotReceived::Unreadable(why @ Unreadable::NotJson(_))) => {
            problem(StatusCode::BAD_REQUEST, &why.to_string())
        }
        Err(NotReceived::Unreadable(Unreadable::Other(words))) => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, &words)
        }
        Err(NotReceived::Db(error)) => Failure::from(error).answer(asked).await,
    }
}
