//! Reads what a person or a test orders: a JSON body, or the form of the control page.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer;

/// What was ordered, and in which way, since a form wants to be led back to its page.
#[derive(Debug)]
pub struct Ordered<T> {
    pub value: T,
    by_form: bool,
}

impl<T> Ordered<T> {
    /// The answer to an order: back to the page, or JSON.
    #[must_use]
    pub fn done(by_form: bool, body: &impl Serialize) -> Response {
        if by_form { Redirect::to("/control").into_response() } else { answer::ok(body) }
    }

    #[must_use]
    pub fn by_form(&self) -> bool {
        self.by_form
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Ordered<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let refuse = |why: String| answer::refuse(StatusCode::BAD_REQUEST, &why);
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let by_form =
            content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::new(body), state)
            .await
            .map_err(|error| refuse(error.to_string()))?;
        // curl calls whatever it sends a form.
        let by_form = by_form && !bytes.trim_ascii_start().starts_with(b"{");
        if !by_form {
            let value = serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))?;
            return Ok(Self { value, by_form });
        }
        // A field that was left blank was not given.
        let text = String::from_utf8_lossy(&bytes);
        let given: Vec<&str> = text.split('&').filter(|pair| !pair.ends_with('=')).collect();
        let request = Request::from_parts(parts, Body::from(given.join("&")));
        let Form(value) =
            Form::<T>::from_request(request, state).await.map_err(|error| refuse(error.body_text()))?;
        Ok(Self { value, by_form })
    }
}
