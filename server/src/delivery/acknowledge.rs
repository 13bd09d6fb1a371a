//! `/ack/{token}`: the link in a mail. Following it changes nothing; the button does.

use app::delivery::{Acknowledge, Acknowledged, acknowledge_page, acknowledged_page, link_over_page};
use axum::{
    extract::{Path, State as Extract},
    http::{StatusCode, Uri},
    response::Response,
};
use backend::{
    access::Viewer,
    delivery::{AcknowledgeLink, redeem},
};
use secrecy::SecretString;

use super::answers::{self, NotDone, Wish};
use crate::{
    access::asked::{Asked, Refusal},
    http::State,
};

const THROUGH: &str = "the link in a mail";

/// `GET`
pub async fn show(
    Extract(state): Extract<State>,
    asked: Asked,
    Path(token): Path<SecretString>,
    uri: Uri,
) -> Response {
    asked
        .answer(|asked| async move {
            let Some((link, viewer)) = open(&state, &asked, &token).await? else { return Ok(over(&asked)) };
            Ok(draw(&asked, StatusCode::OK, &link, &viewer, uri.path(), None))
        })
        .await
}

/// `POST`
pub async fn press(
    Extract(state): Extract<State>,
    asked: Asked,
    Path(token): Path<SecretString>,
    uri: Uri,
) -> Response {
    asked
        .answer(|asked| async move {
            let Some((link, viewer)) = open(&state, &asked, &token).await? else { return Ok(over(&asked)) };
            let what = match answers::carry_out(&state, &viewer, &link.alert, Wish::Acknowledge).await? {
                Ok(what) => what,
                Err(why) => {
                    let status = match why {
                        NotDone::Forbidden(_) => StatusCode::FORBIDDEN,
                        NotDone::Otherwise(_) => StatusCode::CONFLICT,
                    };
                    let trouble = Some(why.into_words());
                    return Ok(draw(&asked, status, &link, &viewer, uri.path(), trouble));
                }
            };
            let view = Acknowledged { title: link.title, what, path: format!("/alerts/{}", link.alert) };
            Ok(asked.page(StatusCode::OK, acknowledged_page(&asked.shell(), &view)))
        })
        .await
}

/// What the link leads to, and whose it is; `None` when it leads nowhere any more.
async fn open(
    state: &State,
    asked: &Asked,
    token: &SecretString,
) -> Result<Option<(AcknowledgeLink, Viewer)>, Refusal> {
    let Some(link) = redeem(state.access.db(), token, state.console.clock.now()).await? else {
        return Ok(None);
    };
    let origin = asked.visitor.origin.clone();
    let viewer = state.access.acting_by_message(&link.person, origin, THROUGH).await?;
    Ok(viewer.map(|viewer| (link, viewer)))
}

fn over(asked: &Asked) -> Response {
    asked.page(StatusCode::GONE, link_over_page(&asked.shell()))
}

fn draw(
    asked: &Asked,
    status: StatusCode,
    link: &AcknowledgeLink,
    viewer: &Viewer,
    path: &str,
    trouble: Option<String>,
) -> Response {
    let view = Acknowledge {
        title: link.title.clone(),
        level: link.level,
        name: viewer.name.clone(),
        now: asked.state.console.clock.now(),
        expires_at: link.expires_at,
        token_path: path.to_owned(),
        trouble,
    };
    asked.page(status, acknowledge_page(&asked.shell(), &view))
}
