//! `/yes/{token}`: the link in a message by which somebody answers what they are asked. Following it changes nothing; the
//! button does.

use app::crises::{YesView, YesWords, yes_over_page, yes_page};
use axum::{
    extract::{Path, State as Extract},
    http::{StatusCode, Uri},
    response::Response,
};
use backend::crises::{Yes, YesStanding};
use domain::audit::Origin;
use secrecy::SecretString;

use super::one::refused;
use crate::{access::asked::Asked, http::State};

/// `GET`
pub(super) async fn show(
    Extract(state): Extract<State>,
    asked: Asked,
    Path(token): Path<SecretString>,
    uri: Uri,
) -> Response {
    asked
        .answer(|asked| async move {
            let yes = state.cases.yes(&token).await?;
            Ok(draw(&asked, yes, uri.path()))
        })
        .await
}

/// `POST`
pub(super) async fn press(
    Extract(state): Extract<State>,
    asked: Asked,
    Path(token): Path<SecretString>,
    uri: Uri,
) -> Response {
    asked
        .answer(|asked| async move {
            let origin = Origin::clone(&asked.visitor.origin);
            let yes = state.cases.say_yes(&token, origin).await.map_err(refused)?;
            Ok(draw(&asked, yes, uri.path()))
        })
        .await
}

fn draw(asked: &Asked, yes: Option<Yes>, path: &str) -> Response {
    let Some(yes) = yes else { return asked.page(StatusCode::GONE, yes_over_page(&asked.shell())) };
    let view = YesView {
        name: yes.name,
        case: yes.case,
        crisis: yes.crisis,
        step: yes.step,
        answer: yes.answer,
        now: asked.state.console.clock.now(),
        until: yes.until,
        standing: match yes.standing {
            YesStanding::Awaited => YesWords::Awaited,
            YesStanding::Said { at } => YesWords::Said { at, now: yes.is_new },
            YesStanding::NotNeeded => YesWords::NotNeeded,
        },
        token_path: path.to_owned(),
    };
    asked.page(StatusCode::OK, yes_page(&asked.shell(), &view))
}
