//! `/sign-in/{provider}` and back: single sign-on. It begins with a link, because our policy lets no form lead to another
//! host, not even by a redirect.

use app::access::{self as pages, Trouble};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use backend::access::{Answer, Arrived, Outset, SingleSignOnRefused, Trip, Viewer, Who};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    asked::{Asked, Refusal, encoded, own_address, see, with_cookie},
    prove, sentence, sign_in,
};

#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// As providers write it.
#[derive(Deserialize, Default)]
pub struct Brought {
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    iss: Option<String>,
}

/// `GET /sign-in/{provider}`
pub async fn set_out(asked: Asked, Path(provider): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let next = own_address(&wanted.next).to_owned();
    if let Who::SignedIn(_) = &asked.visitor.who {
        return see(&next);
    }
    asked
        .answer(|asked| async move {
            let (access, origin) = (&asked.state.access, &asked.visitor.origin);
            match access.set_out(&provider, Outset::SignIn, &next, origin).await {
                Ok((url, trip)) => leave(&asked, &url, &trip).await,
                Err(refused) => {
                    let (status, words) = told(refused)?;
                    Ok(sign_in_page(asked, status, &next, words))
                }
            }
        })
        .await
}

/// `GET /sign-in/{provider}/back`: the end of every trip, whatever it was for.
pub async fn back(asked: Asked, Path(provider): Path<String>, Query(brought): Query<Brought>) -> Response {
    asked.answer(|asked| async move { arrive(asked, &provider, brought).await }).await
}

async fn arrive(mut asked: Asked, provider: &str, brought: Brought) -> Result<Response, Refusal> {
    let trip = asked.end_trip(&brought.state).await?;
    let next = trip.as_ref().map_or_else(|| "/".to_owned(), |trip| own_address(&trip.next).to_owned());
    let is_for_proof = trip.as_ref().is_some_and(Trip::is_for_proof);
    let Brought { code, state, error, iss } = brought;
    let answer = Answer { code, state, error, issuer: iss };
    let (access, visitor) = (&asked.state.access, &asked.visitor);
    let known = asked.known_browser.as_ref();
    let arrived = access.arrive(provider, trip, answer, &visitor.who, known, &visitor.origin).await;
    // Nothing on the page leads back to an address that works once.
    asked.page = format!("/sign-in?next={}", encoded(&next));
    match arrived {
        Ok(Arrived::SignedIn(signed_in)) => Ok(sign_in::enter(asked, signed_in, &next).await),
        Ok(Arrived::Proven(content) | Arrived::Connected(content)) => {
            let cookie = asked.rotate(&content).await?;
            Ok(with_cookie(see(&next), cookie))
        }
        Err(refused) => {
            let (status, words) = told(refused)?;
            match &asked.visitor.who {
                Who::SignedIn(_) if is_for_proof => {
                    prove::draw(&asked, status, &next, Some(Trouble::Said(words)), None)
                }
                Who::SignedIn(_) => {
                    asked.page = "/settings".to_owned();
                    Ok(asked.page(status, pages::sign_on_refused_page(&asked.shell(), &words)))
                }
                Who::Nobody | Who::HalfWay(_) => Ok(sign_in_page(asked, status, &next, words)),
            }
        }
    }
}

/// `POST /settings/sign-on/{provider}`: a page that says what follows, with the link that leads there.
pub async fn connect(asked: Asked, Path(provider): Path<String>) -> Response {
    asked
        .answer(|mut asked| async move {
            let fresh = asked.fresh("/settings")?;
            if asked.viewer()?.provider().is_some() {
                return Ok(see("/settings"));
            }
            asked.page = "/settings".to_owned();
            let (access, origin, next) =
                (&asked.state.access, &asked.visitor.origin, "/settings?done=connected");
            match access.set_out(&provider, Outset::Connect(&fresh), next, origin).await {
                Ok((url, trip)) => {
                    let cookie = asked.keep_trip(&trip).await?;
                    let provider = label(&asked, &provider).unwrap_or(provider);
                    let view = pages::Connect { provider, url: url.expose_secret().to_owned() };
                    let page = pages::connect_page(&asked.shell(), &view);
                    Ok(with_cookie(super::settings::once(asked.page(StatusCode::OK, page)), cookie))
                }
                Err(refused) => {
                    let (status, words) = told(refused)?;
                    Ok(asked.page(status, pages::sign_on_refused_page(&asked.shell(), &words)))
                }
            }
        })
        .await
}

/// To the provider, with the trip in the session.
pub(super) async fn leave(asked: &Asked, url: &SecretString, trip: &Trip) -> Result<Response, Refusal> {
    let cookie = asked.keep_trip(trip).await?;
    Ok(with_cookie(see(url.expose_secret()), cookie))
}

/// What the provider is called by which somebody signed in.
pub(super) fn own(asked: &Asked, viewer: &Viewer) -> Option<String> {
    label(asked, viewer.provider()?)
}

/// How a refusal is answered, and the sentence to show.
///
/// # Errors
/// Where there is no such provider, or the database refused.
pub(super) fn told(refused: SingleSignOnRefused) -> Result<(StatusCode, String), Refusal> {
    use SingleSignOnRefused as Why;
    let status = match &refused {
        Why::Unknown => return Err(Refusal::NotFound),
        Why::Db(error) => return Err(Refusal::Inside(error.to_string())),
        Why::Silent { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Why::NotBelieved { .. } => StatusCode::BAD_GATEWAY,
        Why::Stranger { .. } => StatusCode::BAD_REQUEST,
        Why::Declined { .. } | Why::OtherAccount { .. } | Why::NotAfresh { .. } => StatusCode::UNAUTHORIZED,
        _ => StatusCode::FORBIDDEN,
    };
    Ok((status, sentence(&refused.to_string())))
}

fn label(asked: &Asked, name: &str) -> Option<String> {
    let providers = asked.state.access.providers();
    providers.iter().find(|one| one.config.name == name).map(|one| one.config.label.clone())
}

fn sign_in_page(mut asked: Asked, status: StatusCode, next: &str, words: String) -> Response {
    asked.page = format!("/sign-in?next={}", encoded(next));
    sign_in::draw(&asked, status, "", next, Some(Trouble::Said(words)), None)
}
