//! `/settings/second-factor`: setting it up, new recovery codes, taking it away.

use app::access::{self as pages, QrCode, RecoveryCodes, SecondFactorOn, SecondFactorStart, Troubles};
use axum::{Form, extract::Query, http::StatusCode, response::Response};
use backend::access::{Enrolment, Restricted, SecondFactorRefused};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    asked::{Asked, Refusal, see, with_cookie},
    form::Fields,
    sentence,
    settings::once,
};

const HERE: &str = "/settings/second-factor";

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    done: String,
}

/// `GET`: the state, or a new secret to be confirmed.
pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked
        .answer(|asked| async move {
            if asked.viewer()?.provider().is_some() {
                // The provider asks for it.
                return Ok(see("/settings"));
            }
            if asked.viewer()?.second_factor_since.is_some() {
                return draw_on(&asked, StatusCode::OK, Troubles::default(), &wanted.done).await;
            }
            let enrolment = asked.state.access.enrol(&asked.fresh(HERE)?).await.map_err(stale)?;
            draw_start(&asked, StatusCode::OK, &enrolment, Troubles::default())
        })
        .await
}

/// `POST`: confirms with a code; the recovery codes are shown once.
pub async fn confirm(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            match asked.state.access.confirm(asked.viewer()?, &fields.secret("code")).await {
                Ok(confirmed) => {
                    let cookie = asked.rotate(&confirmed.content).await?;
                    let done = "Your second factor is on. Your other sessions have ended.";
                    let page = draw_codes(&asked, &confirmed.recovery_codes, Some(done))?;
                    Ok(with_cookie(page, cookie))
                }
                Err(SecondFactorRefused::NotBegun) => Ok(see(HERE)),
                Err(SecondFactorRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let troubles = Troubles::default().and("code", sentence(&why.to_string()));
                    match asked.state.access.enrolment(asked.viewer()?).await.map_err(stale)? {
                        Some(enrolment) => {
                            draw_start(&asked, StatusCode::UNPROCESSABLE_ENTITY, &enrolment, troubles)
                        }
                        None => Ok(see(HERE)),
                    }
                }
            }
        })
        .await
}

/// `POST …/codes`
pub async fn new_codes(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let codes = asked.state.access.new_recovery_codes(&asked.fresh(HERE)?).await.map_err(stale)?;
            draw_codes(&asked, &codes, None)
        })
        .await
}

/// `POST …/remove`
pub async fn remove(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let viewer = asked.viewer()?;
            if asked.state.access.needs_second_factor(viewer) {
                let troubles =
                    Troubles::default().and("", "Your role needs a second factor: it cannot be removed.");
                return draw_on(&asked, StatusCode::UNPROCESSABLE_ENTITY, troubles, "").await;
            }
            let content = match asked.state.access.remove_second_factor(&asked.fresh(HERE)?).await {
                Ok(content) => content,
                Err(SecondFactorRefused::None) => return Ok(see("/settings?done=no-second-factor")),
                Err(refused) => return Err(stale(refused)),
            };
            let cookie = asked.rotate(&content).await?;
            Ok(with_cookie(see("/settings?done=second-factor-removed"), cookie))
        })
        .await
}

fn draw_start(
    asked: &Asked,
    status: StatusCode,
    enrolment: &Enrolment,
    troubles: Troubles,
) -> Result<Response, Refusal> {
    let view = SecondFactorStart {
        now: asked.state.access.now(),
        qr: QrCode { width: enrolment.qr.width, dark: enrolment.qr.dark.clone() },
        secret: enrolment.secret.expose_secret().to_owned(),
        required: asked.viewer()?.restricted == Some(Restricted::NeedsSecondFactor),
        troubles,
    };
    Ok(once(asked.page(status, pages::second_factor_start_page(&asked.shell(), &view))))
}

fn draw_codes(asked: &Asked, codes: &[SecretString], done: Option<&str>) -> Result<Response, Refusal> {
    let view = RecoveryCodes {
        now: asked.state.access.now(),
        email: asked.viewer()?.email.clone(),
        codes: codes.iter().map(|code| code.expose_secret().to_owned()).collect(),
        next: "/settings".to_owned(),
        done: done.map(str::to_owned),
    };
    Ok(once(asked.page(StatusCode::OK, pages::recovery_codes_page(&asked.shell(), &view))))
}

async fn draw_on(
    asked: &Asked,
    status: StatusCode,
    troubles: Troubles,
    done: &str,
) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let left = asked.state.access.recovery_codes_left(viewer).await?;
    let view = SecondFactorOn {
        now: asked.state.access.now(),
        since: viewer.second_factor_since.unwrap_or_default(),
        recovery_left: u32::try_from(left).unwrap_or(0),
        required: asked.state.access.needs_second_factor(viewer),
        troubles,
        saved: (done == "proved").then(|| "Thank you. Now press the button again.".to_owned()),
    };
    Ok(asked.page(status, pages::second_factor_page(&asked.shell(), &view)))
}

/// A page that is older than the factor: it was set up or taken away meanwhile.
fn stale(refused: SecondFactorRefused) -> Refusal {
    match refused {
        SecondFactorRefused::Db(error) => error.into(),
        _ => Refusal::Stale(HERE),
    }
}
