//! Handing something over by one POST, and what that says about trying again.

use std::{fs, path::Path, time::Duration};

use domain::delivery::Again;
use reqwest::{
    Certificate, Client, RequestBuilder, StatusCode,
    header::{DATE, HeaderMap, RETRY_AFTER},
    redirect,
};

use super::{ConnectError, transport};

/// Why something was not taken. The sentence is ours: no secret and no text of the other side stands in it, but for
/// words of a few letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotTaken {
    pub why: String,
    pub again: Again,
    /// It may have been taken all the same.
    pub in_doubt: bool,
}

impl NotTaken {
    /// The same would be refused again.
    pub fn for_good(why: impl Into<String>) -> NotTaken {
        NotTaken { why: why.into(), again: Again::Never, in_doubt: false }
    }

    pub fn for_now(why: impl Into<String>) -> NotTaken {
        NotTaken { why: why.into(), again: Again::Later { not_before: None }, in_doubt: false }
    }

    pub fn in_doubt(why: impl Into<String>) -> NotTaken {
        NotTaken { in_doubt: true, ..NotTaken::for_now(why) }
    }
}

/// What came back with a success.
pub struct Taken {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A client that goes to the configured address and nowhere else.
///
/// # Errors
/// When the certificate authority or TLS cannot be used.
pub fn client(url: &str, authority: Option<&Path>) -> Result<Client, ConnectError> {
    let tls = url.starts_with("https:");
    let mut builder = Client::builder()
        .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .https_only(tls)
        .connect_timeout(Duration::from_secs(4))
        .tcp_nodelay(true);
    if !tls {
        builder = builder.tls_certs_only([]);
    } else if let Some(file) = authority {
        let setup = |why: String| ConnectError::Setup(why);
        let pem =
            fs::read(file).map_err(|error| setup(format!("{} cannot be read: {error}", file.display())))?;
        let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(setup(format!("{} holds no certificate that can be read", file.display())));
        }
        builder = builder.tls_certs_only(certificates);
    }
    builder.build().map_err(|_| ConnectError::Setup("the TLS connection cannot be set up".to_owned()))
}

/// Sends it and reads the answer to its end, within the deadline. Only a 2xx is a success.
///
/// # Errors
/// Whatever else comes, and whether to try again.
pub async fn post(request: RequestBuilder, deadline: Duration) -> Result<Taken, NotTaken> {
    let exchange = async {
        let response = request.send().await.map_err(|error| broken(&error, deadline))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = transport::read_body(response, deadline).await;
        if !status.is_success() {
            return Err(refused(status, &headers));
        }
        // With a success it was taken, whatever became of the rest of the answer.
        Ok(Taken { status, headers, body: body.unwrap_or_default() })
    };
    let late = |_| NotTaken::in_doubt(transport::late(deadline).to_string());
    tokio::time::timeout(deadline, exchange).await.map_err(late)?
}

fn broken(error: &reqwest::Error, deadline: Duration) -> NotTaken {
    let why = transport::trouble(error, deadline).to_string();
    if error.is_builder() {
        return NotTaken::for_good("the request cannot be made as it is configured");
    }
    if error.is_connect() { NotTaken::for_now(why) } else { NotTaken::in_doubt(why) }
}

fn refused(status: StatusCode, headers: &HeaderMap) -> NotTaken {
    let number = status.as_u16();
    let again = Again::Later { not_before: retry_after(headers) };
    match number {
        429 => NotTaken { again, ..NotTaken::for_now("answered 429: too many requests") },
        504 => NotTaken { again, ..NotTaken::in_doubt("answered 504") },
        408 | 425 | 500..=599 => NotTaken { again, ..NotTaken::for_now(format!("answered {number}")) },
        300..=399 => NotTaken::for_good(format!("answered {number}: redirected to another address")),
        401 | 403 => NotTaken::for_good(format!("answered {number}: the key was refused")),
        404 | 410 => NotTaken::for_good(format!("answered {number}: there is nothing at this address")),
        _ => NotTaken::for_good(format!("answered {number}")),
    }
}

/// Milliseconds: a number of seconds, or a date, which is held against the other side's own clock.
pub fn retry_after(headers: &HeaderMap) -> Option<i64> {
    let told = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = told.parse::<i64>() {
        return Some(seconds.clamp(0, 1_000_000) * 1_000);
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp().as_millisecond());
    let now = date(headers.get(DATE)?.to_str().ok()?)?;
    Some((date(told)? - now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], expected: Option<i64>) {
        let headers = headers.iter().map(|(name, value)| {
            (name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap())
        });
        assert_eq!(retry_after(&headers.collect()), expected);
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_by_the_clock_of_the_other_side() {
        check(&[("retry-after", "3")], Some(3_000));
        check(&[("retry-after", "soon")], None);
        check(&[], None);
        let now = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        check(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), now], Some(30_000));
        check(&[("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT"), now], Some(0));
        check(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")], None);
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_was_refused_is_not() {
        let again = |status: u16| {
            let refused = refused(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
            (refused.again == Again::Never, refused.in_doubt)
        };
        for status in [301, 400, 401, 403, 404, 410, 422] {
            assert_eq!(again(status), (true, false), "{status}");
        }
        for status in [408, 429, 500, 503] {
            assert_eq!(again(status), (false, false), "{status}");
        }
        assert_eq!(again(504), (false, true));
    }
}
