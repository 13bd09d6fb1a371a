//! `/prove`: the password again, before what is dangerous.

use app::access::{self as pages, Prove, Trouble};
use axum::{Form, extract::Query, http::StatusCode, response::Response};
use backend::access::{Outset, SignInRefused};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    asked::{Asked, Refusal, encoded, own_address, see, with_cookie},
    sign_in::retry_after,
    single_sign_on,
};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct ProveForm {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked.answer(|asked| async move { draw(&asked, StatusCode::OK, &wanted.next, None, None) }).await
}

/// `GET /prove/provider`: to whoever keeps the password. A link, because a form may not lead to another host.
pub async fn by_provider(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            let (viewer, next) = (asked.viewer()?, own_address(&wanted.next));
            let Some(provider) = viewer.provider() else {
                return Ok(see(&format!("/prove?next={}", encoded(next))));
            };
            let (access, origin) = (&asked.state.access, &asked.visitor.origin);
            match access.set_out(provider, Outset::Prove(viewer), next, origin).await {
                Ok((url, trip)) => single_sign_on::leave(&asked, &url, &trip).await,
                Err(refused) => {
                    let (status, words) = single_sign_on::told(refused)?;
                    draw(&asked, status, next, Some(Trouble::Said(words)), None)
                }
            }
        })
        .await
}

pub async fn prove(asked: Asked, Form(form): Form<ProveForm>) -> Response {
    asked
        .answer(|asked| async move {
            let next = own_address(&form.next).to_owned();
            match asked.state.access.prove(asked.viewer()?, &form.password).await {
                Ok(content) => {
                    let cookie = asked.rotate(&content).await?;
                    Ok(with_cookie(see(&next), cookie))
                }
                Err(SignInRefused::Wait { seconds }) => {
                    let status = StatusCode::TOO_MANY_REQUESTS;
                    Ok(retry_after(draw(&asked, status, &next, None, Some(seconds))?, seconds))
                }
                Err(SignInRefused::Db(error)) => Err(error.into()),
                Err(_) => draw(&asked, StatusCode::UNAUTHORIZED, &next, Some(Trouble::WrongPassword), None),
            }
        })
        .await
}

pub(super) fn draw(
    asked: &Asked,
    status: StatusCode,
    next: &str,
    trouble: Option<Trouble>,
    wait_seconds: Option<u32>,
) -> Result<Response, Refusal> {
    let next = own_address(next);
    let view = Prove {
        next: next.to_owned(),
        back: next.split('?').next().unwrap_or("/").to_owned(),
        email: asked.viewer()?.email.clone(),
        what: what_follows(next).to_owned(),
        trouble,
        wait_seconds,
        with_provider: single_sign_on::own(asked, asked.viewer()?),
    };
    Ok(asked.page(status, pages::prove_page(&asked.shell(), &view)))
}

/// What the proof is for, in words.
fn what_follows(next: &str) -> &'static str {
    match next.split('?').next().unwrap_or("/") {
        "/settings" => "connect your account",
        "/settings/tokens" => "make a token",
        "/settings/second-factor" => "change your second factor",
        path if path.starts_with("/settings/people/") => "take somebody's second factor away",
        _ => "go on",
    }
}
