//! Calendars: made and revoked by their owners, read by whoever knows the address.

use app::oncall::NewAddress;
use axum::{
    Form,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backend::{
    access::SeeStatus,
    oncall::{self, FeedCalendar},
};
use secrecy::{ExposeSecret, SecretString};

use super::overview::{self, Drawing};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
    settings::once,
};

/// `POST /on-call/feeds`: the address is shown once.
pub async fn create(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let of = fields.text("of");
            // What is none of the tiers is refused as one that is not there.
            let tier = (of != "own").then(|| of.parse().unwrap_or(0));
            let now = asked.state.console.clock.now();
            match oncall::create_feed(asked.state.access.db(), &permit, tier, now).await {
                Ok(new) => {
                    let public_url = &asked.state.console.config().server.public_url;
                    let url = format!("{public_url}/feeds/{}.ics", new.token.expose_secret());
                    let of = tier.map_or("your own shifts".to_owned(), |tier| format!("tier {tier}"));
                    let drawing = Drawing { address: Some(NewAddress { of, url }), ..Drawing::default() };
                    overview::draw(&asked, StatusCode::OK, drawing).await.map(once)
                }
                Err(why) => overview::refused(&asked, why).await,
            }
        })
        .await
}

/// `POST /on-call/feeds/{id}/revoke`
pub async fn revoke(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeeStatus>()?;
            let now = asked.state.console.clock.now();
            match oncall::revoke_feed(asked.state.access.db(), &permit, &id, now).await {
                Ok(()) => Ok(see("/on-call?done=revoked")),
                Err(why) => overview::refused(&asked, why).await,
            }
        })
        .await
}

/// `GET /feeds/{token}.ics`. Whoever knows the address may read it; a calendar that is as it was is not sent again.
pub async fn read(asked: Asked, Path(file): Path<String>, headers: HeaderMap) -> Response {
    asked
        .answer(|asked| async move {
            let token =
                file.strip_suffix(".ics").filter(|token| token.len() <= 100).ok_or(Refusal::NotFound)?;
            let token = SecretString::from(token.to_owned());
            let now = asked.state.console.clock.now();
            let public_url = &asked.state.console.config().server.public_url;
            let found = oncall::feed_calendar(asked.state.access.db(), &token, public_url, now).await?;
            let FeedCalendar { text, tag } = found.ok_or(Refusal::NotFound)?;
            let known =
                headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or("");
            let is_known = known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
            let mut response = match is_known {
                true => StatusCode::NOT_MODIFIED.into_response(),
                false => Body::from(text).into_response(),
            };
            let answer = response.headers_mut();
            if !is_known {
                let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
                answer.insert(header::CONTENT_TYPE, kind);
                let name = HeaderValue::from_static("inline; filename=\"on-call.ics\"");
                answer.insert(header::CONTENT_DISPOSITION, name);
            }
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                answer.insert(header::ETAG, tag);
            }
            answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            Ok(response)
        })
        .await
}
