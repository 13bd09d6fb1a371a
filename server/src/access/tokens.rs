//! `/settings/tokens`: what machines show instead of a session.

use app::access::{self as pages, NewToken, TokenForm, TokenRow, Tokens, Troubles};
use axum::{
    Form,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use backend::access::{ManageAccess, Permission, Permissions, TokenRefused};
use domain::time::{DAY, Millis};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use secrecy::ExposeSecret;

use super::{
    asked::{Asked, Refusal, encoded, see},
    form::Fields,
    sentence,
    settings::once,
};

const USUAL: i64 = 90 * DAY;

/// `GET`: the list; a form that had to wait for a proof comes back in the query.
pub async fn list(asked: Asked, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            let typed: Option<Fields> = query.and_then(|query| serde_urlencoded::from_str(&query).ok());
            let saved = typed.as_ref().is_some_and(|typed| typed.text("done") == "revoked");
            let form = match typed.filter(|typed| typed.has("name")) {
                Some(typed) => form_of(&typed),
                None => TokenForm {
                    ends: day_of(&asked, asked.state.access.now().plus(USUAL)),
                    ..TokenForm::default()
                },
            };
            draw(&asked, StatusCode::OK, form, None, saved.then(|| "The token is revoked.".to_owned())).await
        })
        .await
}

pub async fn create(asked: Asked, axum::Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let form = form_of(&fields);
            let proven = asked.proven::<ManageAccess>(&address_of(&form))?;
            let zone = asked.shell().zone;
            let Some(ends) = end_of(&form.ends, &zone) else {
                let troubles = Troubles::default().and("ends", "Choose the last day on which it works.");
                return draw(
                    &asked,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    TokenForm { troubles, ..form },
                    None,
                    None,
                )
                .await;
            };
            match asked.state.access.create_token(&proven, &form.name, form.permissions, ends).await {
                Ok(new) => {
                    let made = NewToken { name: form.name, token: new.secret.expose_secret().to_owned() };
                    let empty = TokenForm { ends: form.ends, ..TokenForm::default() };
                    draw(&asked, StatusCode::OK, empty, Some(made), None).await.map(once)
                }
                Err(TokenRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let field = match why {
                        TokenRefused::Name => "name",
                        TokenRefused::Expiry => "ends",
                        TokenRefused::NoPermission | TokenRefused::MoreThanOwn => "permission",
                        _ => "",
                    };
                    let troubles = Troubles::default().and(field, sentence(&why.to_string()));
                    draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, TokenForm { troubles, ..form }, None, None)
                        .await
                }
            }
        })
        .await
}

/// `POST /settings/tokens/{id}/revoke`
pub async fn revoke(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<ManageAccess>()?;
            match asked.state.access.revoke_token(&permit, &id).await {
                // Somebody was faster: it is revoked.
                Ok(()) | Err(TokenRefused::Revoked) => Ok(see("/settings/tokens?done=revoked")),
                Err(TokenRefused::Db(error)) => Err(error.into()),
                Err(_) => Err(Refusal::NotFound),
            }
        })
        .await
}

async fn draw(
    asked: &Asked,
    status: StatusCode,
    form: TokenForm,
    token: Option<NewToken>,
    saved: Option<String>,
) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let permit = viewer.permit::<ManageAccess>()?;
    let now = asked.state.access.now();
    let tokens = asked.state.access.tokens(&permit).await?;
    let alive = tokens.into_iter().filter(|token| token.revoked_at.is_none() && token.expires_at > now);
    let rows = alive.map(|token| TokenRow {
        id: token.id,
        name: token.name,
        permissions: token.permissions,
        ends: token.expires_at,
        last_used: token.last_used_at,
        made_by: token.person_name,
    });
    let view = Tokens { now, rows: rows.collect(), form, own: viewer.permissions, token, saved };
    Ok(asked.page(status, pages::tokens_page(&asked.shell(), &view)))
}

fn form_of(fields: &Fields) -> TokenForm {
    let permissions: Permissions =
        fields.all("permission").iter().filter_map(|key| Permission::from_key(key)).collect();
    TokenForm {
        name: fields.text("name"),
        permissions,
        ends: fields.text("ends"),
        troubles: Troubles::default(),
    }
}

/// The page with the form filled in as it was typed.
fn address_of(form: &TokenForm) -> String {
    let permissions: String =
        form.permissions.iter().map(|permission| format!("&permission={}", permission.key())).collect();
    format!("/settings/tokens?name={}&ends={}{permissions}", encoded(&form.name), encoded(&form.ends))
}

/// The end of that day.
fn end_of(day: &str, zone: &TimeZone) -> Option<Millis> {
    let next = day.parse::<Date>().ok()?.tomorrow().ok()?;
    Some(Millis(next.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

fn day_of(asked: &Asked, at: Millis) -> String {
    let moment = Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(asked.shell().zone).date().to_string()
}
