//! `/setup/{token}`, `/invite/{token}`, `/reset/{token}`: a password by a link that works once.

use app::access::{self as pages, LinkKind, Troubles};
use axum::{
    Form,
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use backend::access::{self, LinkRefused, OpenLink, PasswordRefused};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::asked::{Asked, see};

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    password_again: SecretString,
}

/// `GET`: shows for whom it is; following it does not use it up.
pub async fn show(asked: Asked, Path(token): Path<SecretString>, uri: Uri) -> Response {
    match asked.state.access.link(&token).await {
        Ok(link) => draw(&asked, StatusCode::OK, &link, uri.path(), Troubles::default()),
        Err(refused) => dead(&asked, refused).await,
    }
}

/// `POST`: sets the password, and leads to signing in with it.
pub async fn set(
    asked: Asked,
    Path(token): Path<SecretString>,
    uri: Uri,
    Form(form): Form<PasswordForm>,
) -> Response {
    let access = asked.state.access.clone();
    let link = match access.link(&token).await {
        Ok(link) => link,
        Err(refused) => return dead(&asked, refused).await,
    };
    let again = |field: &str, words: String| {
        draw(
            &asked,
            StatusCode::UNPROCESSABLE_ENTITY,
            &link,
            uri.path(),
            Troubles::default().and(field, words),
        )
    };
    if form.password.expose_secret() != form.password_again.expose_secret() {
        return again("password_again", "The two are not the same.".to_owned());
    }
    match access.set_password(&token, &form.password, &asked.visitor.origin).await {
        Ok(_) => see(&format!("/sign-in?email={}", super::asked::encoded(link.email.as_str()))),
        Err(LinkRefused::Password(PasswordRefused::Db(error)) | LinkRefused::Db(error)) => {
            asked.refuse(error.into()).await
        }
        Err(LinkRefused::Password(why)) => again("password", super::sentence(&why.to_string())),
        Err(refused) => dead(&asked, refused).await,
    }
}

async fn dead(asked: &Asked, refused: LinkRefused) -> Response {
    match refused {
        LinkRefused::Db(error) => asked.refuse(error.into()).await,
        _ => asked.page(StatusCode::GONE, pages::link_dead_page(&asked.shell())),
    }
}

fn draw(asked: &Asked, status: StatusCode, link: &OpenLink, path: &str, troubles: Troubles) -> Response {
    let kind = match link.kind {
        access::LinkKind::SetUp => LinkKind::Setup,
        access::LinkKind::Invite => LinkKind::Invite,
        access::LinkKind::Reset => LinkKind::Reset,
    };
    let view = pages::Link {
        kind,
        email: link.email.as_str().to_owned(),
        name: link.name.clone(),
        troubles,
        token_path: path.to_owned(),
    };
    asked.page(status, pages::link_page(&asked.shell(), &view))
}
