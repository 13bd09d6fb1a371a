//! One request and its whole answer, within a deadline and a size.

use std::{error::Error, io, time::Duration};

use openidconnect::http;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use uuid::Uuid;

use super::{ConnectError, fields::quoted};

/// Whatever is longer is no answer.
pub const LARGEST_BODY: usize = 1 << 20;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What came back, read to its end.
pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body when the status and the kind of content say that it is an answer.
    ///
    /// # Errors
    /// `Missed` for a 5xx, `Bad` for every other status and for what says that it is not JSON.
    pub fn accepted(&self) -> Result<&[u8], ConnectError> {
        if self.status.is_success() {
            self.is_json().map(|()| self.body.as_slice())
        } else if self.status.is_server_error() {
            Err(ConnectError::Missed(format!("answered {}", self.status.as_u16())))
        } else {
            Err(ConnectError::Bad(refused(self.status)))
        }
    }

    /// An answer without a content type says nothing wrong.
    fn is_json(&self) -> Result<(), ConnectError> {
        let Some(kind) = self.headers.get(CONTENT_TYPE) else { return Ok(()) };
        let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind {
            "application/json" => Ok(()),
            kind if kind.starts_with("application/") && kind.ends_with("+json") => Ok(()),
            "text/html" => Err(ConnectError::Bad("HTML, not JSON".to_owned())),
            _ => Err(ConnectError::Bad(format!("content of the type {}, expected JSON", quoted(kind)))),
        }
    }
}

fn refused(status: StatusCode) -> String {
    let number = status.as_u16();
    match number {
        304 => "answered 304".to_owned(),
        300..=399 => format!("answered {number}: redirected to another address"),
        401 => "answered 401: the token was refused".to_owned(),
        403 => "answered 403: the token may not do this".to_owned(),
        404 => "answered 404: there is nothing at this address".to_owned(),
        429 => "answered 429: too many requests".to_owned(),
        _ => format!("answered {number}"),
    }
}

/// Asks for `url` and reads the answer to its end. `deadline` is for all of it: one byte a second is cut off too.
pub async fn get(
    client: &Client,
    url: Url,
    authorization: Option<&HeaderValue>,
    deadline: Duration,
) -> Result<Answer, ConnectError> {
    let mut request =
        client.get(url).header(ACCEPT, "application/json").header(REQUEST_ID, Uuid::now_v7().to_string());
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization.clone());
    }
    let exchange = async {
        let response = request.send().await.map_err(|error| trouble(&error, deadline))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_body(response, deadline).await?;
        Ok(Answer { status, headers, body })
    };
    tokio::time::timeout(deadline, exchange).await.unwrap_or_else(|_| Err(late(deadline)))
}

/// Sends a request that a library made and reads the answer to its end, as `get` does.
pub async fn carry(
    client: &Client,
    request: http::Request<Vec<u8>>,
    deadline: Duration,
) -> Result<http::Response<Vec<u8>>, ConnectError> {
    let request = reqwest::Request::try_from(request)
        .map_err(|_| ConnectError::Setup("there is no such address".to_owned()))?;
    let exchange = async {
        let response = client.execute(request).await.map_err(|error| trouble(&error, deadline))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_server_error() {
            return Err(ConnectError::Missed(format!("answered {}", status.as_u16())));
        }
        if status.is_redirection() {
            return Err(ConnectError::Bad(refused(status)));
        }
        let mut carried = http::Response::new(read_body(response, deadline).await?);
        (*carried.status_mut(), *carried.headers_mut()) = (status, headers);
        Ok(carried)
    };
    tokio::time::timeout(deadline, exchange).await.unwrap_or_else(|_| Err(late(deadline)))
}

pub(super) async fn read_body(mut response: Response, deadline: Duration) -> Result<Vec<u8>, ConnectError> {
    let too_large = || ConnectError::Bad("over 1 MiB".to_owned());
    if response.content_length().is_some_and(|length| length > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error, deadline))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn late(deadline: Duration) -> ConnectError {
    ConnectError::Missed(format!("no answer within {} s", deadline.as_secs_f64()))
}

/// What went wrong, in words of ours: the library's own sentences name addresses.
pub(super) fn trouble(error: &reqwest::Error, deadline: Duration) -> ConnectError {
    let missed = |why: &str| ConnectError::Missed(why.to_owned());
    for cause in causes(error) {
        if let Some(tls) = find::<rustls::Error>(cause) {
            return ConnectError::Bad(match tls {
                rustls::Error::InvalidCertificate(_) => "its certificate is not trusted".to_owned(),
                _ => "no TLS connection came about".to_owned(),
            });
        }
        let Some(io) = cause.downcast_ref::<io::Error>() else { continue };
        match io.kind() {
            io::ErrorKind::ConnectionRefused => return missed("connection refused"),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => return missed("connection reset"),
            io::ErrorKind::ConnectionAborted => return missed("connection broken off"),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                return missed("unreachable");
            }
            io::ErrorKind::UnexpectedEof => return missed("connection closed before the answer's end"),
            _ => {}
        }
    }
    if error.is_dns() {
        missed("the host's name is not known")
    } else if error.is_timeout() && error.is_connect() {
        missed("no connection in time")
    } else if error.is_timeout() {
        late(deadline)
    } else if error.is_connect() {
        missed("no connection")
    } else if error.is_body() || error.is_decode() {
        missed("connection closed before the answer's end")
    } else {
        missed("connection closed without an answer")
    }
}

pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// An error itself, or the one that an I/O error carries: its `source` leaves that one out.
pub(super) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    error.downcast_ref::<E>().or_else(|| {
        let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
        inner.downcast_ref::<E>().or_else(|| find::<E>(inner))
    })
}
