//! `/sign-in`, its second step, and `/sign-out`.

use app::access::{self as pages, Code, Trouble};
use axum::{
    Form,
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use backend::access::{self, SignInRefused, SignedIn, Stage, Theme, Who};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use tower_sessions_core::Session;

use crate::http::State;

use super::{
    asked::{Asked, Refusal, encoded, own_address, see, with_cookie},
    demo,
    settings::theme_cookie,
};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    next: String,
    /// An e-mail address to begin with.
    #[serde(default)]
    email: String,
    #[serde(default)]
    recovery: String,
}

#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    next: String,
    #[serde(default)]
    recovery: String,
}

/// `GET /sign-in`
pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    match &asked.visitor.who {
        Who::SignedIn(_) => see(own_address(&wanted.next)),
        Who::HalfWay(_) => see(&format!("/sign-in/code?next={}", encoded(own_address(&wanted.next)))),
        Who::Nobody => draw(&asked, StatusCode::OK, &wanted.email, &wanted.next, None, None),
    }
}

/// `POST /sign-in`
pub async fn sign_in(asked: Asked, Form(form): Form<SignInForm>) -> Response {
    let access = asked.state.access.clone();
    let try_ = access::SignIn {
        email: form.email.clone(),
        password: form.password,
        code: None,
        known_browser: asked.known_browser.clone(),
    };
    match access.sign_in(try_, &asked.visitor.origin).await {
        Ok(signed_in) => enter(asked, signed_in, &form.next).await,
        Err(SignInRefused::Wait { seconds }) => {
            let response =
                draw(&asked, StatusCode::TOO_MANY_REQUESTS, &form.email, &form.next, None, Some(seconds));
            retry_after(response, seconds)
        }
        Err(SignInRefused::Db(error)) => asked.refuse(error.into()).await,
        Err(_) => draw(
            &asked,
            StatusCode::UNAUTHORIZED,
            &form.email,
            &form.next,
            Some(Trouble::NotRecognised),
            None,
        ),
    }
}

/// `GET /sign-in/code`
pub async fn show_code(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    match &asked.visitor.who {
        Who::SignedIn(_) => see(own_address(&wanted.next)),
        Who::Nobody => see(&format!("/sign-in?next={}", encoded(own_address(&wanted.next)))),
        Who::HalfWay(_) => {
            draw_code(&asked, StatusCode::OK, &wanted.next, !wanted.recovery.is_empty(), None, None)
        }
    }
}

/// `POST /sign-in/code`
pub async fn code(asked: Asked, Form(form): Form<CodeForm>) -> Response {
    let Who::HalfWay(half_way) = asked.visitor.who.clone() else {
        return see(&format!("/sign-in?next={}", encoded(own_address(&form.next))));
    };
    let access = asked.state.access.clone();
    let known = asked.known_browser.clone();
    let recovery = !form.recovery.is_empty();
    match access.second_factor(&half_way, &form.code, known.as_ref(), &asked.visitor.origin).await {
        Ok(signed_in) => enter(asked, signed_in, &form.next).await,
        Err(SignInRefused::Wait { seconds }) => {
            let (status, wait) = (StatusCode::TOO_MANY_REQUESTS, Some(seconds));
            retry_after(draw_code(&asked, status, &form.next, recovery, None, wait), seconds)
        }
        Err(SignInRefused::Over) => {
            draw(&asked, StatusCode::UNAUTHORIZED, "", &form.next, Some(Trouble::Ended), None)
        }
        Err(SignInRefused::Db(error)) => asked.refuse(error.into()).await,
        Err(refused) => {
            let trouble = Some(match refused {
                SignInRefused::UsedCode => Trouble::UsedCode,
                _ => Trouble::WrongCode,
            });
            draw_code(&asked, StatusCode::UNAUTHORIZED, &form.next, recovery, trouble, None)
        }
    }
}

/// `POST /sign-out`: also out of a sign-in that is half done.
pub async fn sign_out(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            if let Who::SignedIn(viewer) = &asked.visitor.who {
                asked.state.access.sign_out(viewer).await?;
            }
            if let Some(id) = asked.visitor.session {
                Session::new(Some(id), Arc::new(asked.state.access.sessions()), None).flush().await?;
            }
            let mut response = with_cookie(see("/sign-in"), asked.state.cookies.end_session());
            // What was shown must not come back by the browser's button.
            response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
            Ok(response)
        })
        .await
}

/// Goes on with a session of a new id.
pub(super) async fn enter(asked: Asked, signed_in: SignedIn, next: &str) -> Response {
    let next = own_address(next).to_owned();
    asked
        .answer(|asked| async move {
            let cookie = asked.rotate(&signed_in.content).await?;
            let address = match signed_in.stage {
                Stage::Password => format!("/sign-in/code?next={}", encoded(&next)),
                Stage::SignedIn => next,
            };
            let browser = signed_in
                .known_browser
                .as_ref()
                .and_then(|token| asked.state.cookies.set_known_browser(token));
            let theme = match (signed_in.stage, signed_in.theme) {
                // This browser's own switch is not turned back by somebody who never chose.
                (Stage::Password, _) | (_, Theme::System) => None,
                (Stage::SignedIn, theme) => theme_cookie(theme),
            };
            let response = with_cookie(with_cookie(see(&address), cookie), browser);
            Ok::<_, Refusal>(with_cookie(response, theme))
        })
        .await
}

pub(super) fn draw(
    asked: &Asked,
    status: StatusCode,
    email: &str,
    next: &str,
    trouble: Option<Trouble>,
    wait_seconds: Option<u32>,
) -> Response {
    let config = asked.state.console.config();
    let view = pages::SignIn {
        email: email.to_owned(),
        next: own_address(next).to_owned(),
        trouble,
        wait_seconds,
        providers: providers(&asked.state),
        demo_accounts: demo::accounts(config),
        demo_password: config.demo.password.as_ref().map(|password| password.expose_secret().to_owned()),
    };
    asked.page(status, pages::sign_in_page(&asked.shell(), &view))
}

/// The providers as pages name them.
pub(super) fn providers(state: &State) -> Vec<pages::Provider> {
    let providers = state.access.providers().iter().map(|provider| pages::Provider {
        name: provider.config.name.clone(),
        label: provider.config.label.clone(),
    });
    providers.collect()
}

fn draw_code(
    asked: &Asked,
    status: StatusCode,
    next: &str,
    recovery: bool,
    trouble: Option<Trouble>,
    wait_seconds: Option<u32>,
) -> Response {
    let view = Code { next: own_address(next).to_owned(), trouble, wait_seconds, recovery };
    asked.page(status, pages::code_page(&asked.shell(), &view))
}

pub(super) fn retry_after(mut response: Response, seconds: u32) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
