//! One GET, by hand, so that each stretch of it is measured: name look-up, connection, TLS, first byte, the rest. And
//! whether a service outside answers at all.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::diagnostics::{CallEnd, CallSeen, Dependency, Stage};
use openidconnect::url::Host;
use reqwest::{Client, Url};
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{ConnectError, hand_over, siem, transport};

/// Whatever is longer is cut off: how long it took is known by then.
const LARGEST_ANSWER: usize = 1 << 20;

/// What is measured: one address of a platform's API.
pub struct Timed {
    url: Url,
    token: Option<SecretString>,
    ca_file: Option<PathBuf>,
}

/// A stretch that was not finished, and why.
type Broken = (Stage, String);

impl Timed {
    /// The token goes to this address and to no other.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(
        address: &str,
        token: Option<SecretString>,
        ca_file: Option<PathBuf>,
    ) -> Result<Timed, ConnectError> {
        let url = Url::parse(address)
            .map_err(|_| ConnectError::Setup("the address of the API cannot be read".to_owned()))?;
        Ok(Timed { url, token, ca_file })
    }

    /// Asks once, within the deadline. Follows no redirect. What went wrong stands in how it ended.
    pub async fn call(&self, within: Duration) -> CallSeen {
        let mut stages = Vec::new();
        let mut measure =
            Measure { begun: Instant::now(), ends: Instant::now() + within, within, stages: &mut stages };
        let end = match self.carried(&mut measure).await {
            Ok(status) => CallEnd::Answered { status },
            Err((during, why)) => CallEnd::Broke { during, why },
        };
        CallSeen { request: format!("GET {}", shown(&self.url)), stages, end }
    }

    async fn carried(&self, measure: &mut Measure<'_>) -> Result<u16, Broken> {
        let addresses = self.addresses(measure).await?;
        let connected = measure.stretch(Stage::Connect, connect(&addresses)).await?;
        connected.set_nodelay(true).ok();
        if self.url.scheme() != "https" {
            return self.exchange(connected, measure).await;
        }
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let agreed = async {
            let config = siem::tls(self.ca_file.as_deref()).map_err(|error| error.to_string())?;
            let name =
                ServerName::try_from(host).map_err(|_| "no certificate can have that name".to_owned())?;
            let agreed = TlsConnector::from(Arc::new(config)).connect(name, connected).await;
            agreed.map_err(|error| siem::broken(&error).to_string())
        };
        let stream = measure.stretch(Stage::Tls, agreed).await?;
        self.exchange(stream, measure).await
    }

    async fn addresses(&self, measure: &mut Measure<'_>) -> Result<Vec<SocketAddr>, Broken> {
        let port = self.url.port_or_known_default().unwrap_or(443);
        let name = match self.url.host() {
            Some(Host::Ipv4(address)) => return Ok(vec![(address, port).into()]),
            Some(Host::Ipv6(address)) => return Ok(vec![(address, port).into()]),
            Some(Host::Domain(name)) => name.to_owned(),
            None => return Err((Stage::Name, "the address names no host".to_owned())),
        };
        let found = async {
            match tokio::net::lookup_host((name, port)).await {
                Ok(found) => Ok(found.collect::<Vec<_>>()),
                Err(_) => Err("the host's name is not known".to_owned()),
            }
        };
        measure.stretch(Stage::Name, found).await
    }

    async fn exchange(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        measure: &mut Measure<'_>,
    ) -> Result<u16, Broken> {
        let request = self.request();
        let mut answer = vec![0; 16 * 1024];
        let first = async {
            let wrong = |error: std::io::Error| siem::broken(&error).to_string();
            stream.write_all(request.expose_secret().as_bytes()).await.map_err(wrong)?;
            stream.flush().await.map_err(wrong)?;
            let read = stream.read(&mut answer).await.map_err(wrong)?;
            if read == 0 { Err("the connection was closed without an answer".to_owned()) } else { Ok(read) }
        };
        let read = measure.stretch(Stage::FirstByte, first).await?;
        let status =
            status_of(&answer[..read]).ok_or((Stage::FirstByte, "what came is no HTTP".to_owned()))?;
        let rest = async {
            let mut all = read;
            loop {
                match stream.read(&mut answer).await {
                    Ok(0) => return Ok(()),
                    Ok(more) => all += more,
                    // Not everybody says goodbye before hanging up on TLS.
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
                    Err(error) => return Err(siem::broken(&error).to_string()),
                }
                if all >= LARGEST_ANSWER {
                    return Ok(());
                }
            }
        };
        measure.stretch(Stage::Rest, rest).await?;
        Ok(status)
    }

    fn request(&self) -> SecretString {
        let mut path = self.url.path().to_owned();
        if let Some(query) = self.url.query() {
            path = format!("{path}?{query}");
        }
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let token =
            self.token.as_ref().map(|token| format!("authorization: Bearer {}\r\n", token.expose_secret()));
        SecretString::from(format!(
            "GET {path} HTTP/1.1\r\nhost: {host}{port}\r\naccept: application/json\r\nconnection: close\r\n\
             user-agent: bellwether/{}\r\n{}\r\n",
            env!("CARGO_PKG_VERSION"),
            token.unwrap_or_default()
        ))
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut why = "the host's name leads nowhere".to_owned();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(connected) => return Ok(connected),
            Err(error) => why = siem::broken(&error).to_string(),
        }
    }
    Err(why)
}

/// The stretches so far, and how long there still is.
struct Measure<'a> {
    begun: Instant,
    ends: Instant,
    within: Duration,
    stages: &'a mut Vec<(Stage, f64)>,
}

impl Measure<'_> {
    async fn stretch<T>(
        &mut self,
        stage: Stage,
        work: impl Future<Output = Result<T, String>>,
    ) -> Result<T, Broken> {
        self.begun = Instant::now();
        let left = self.ends.saturating_duration_since(self.begun);
        let late = |_| (stage, format!("no answer within {} s", self.within.as_secs_f64()));
        let done = timeout(left, work).await.map_err(late)?;
        let value = done.map_err(|why| (stage, why))?;
        self.stages.push((stage, self.begun.elapsed().as_secs_f64() * 1_000.0));
        Ok(value)
    }
}

/// `HTTP/1.1 200 OK`
fn status_of(answer: &[u8]) -> Option<u16> {
    let head = std::str::from_utf8(answer.get(..12)?).ok()?;
    head.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

/// Without a user, a password and what stands in the query.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Somebody outside who is asked whether they answer. No token goes along.
pub struct Outside {
    client: Client,
    url: Url,
}

impl Outside {
    /// # Errors
    /// When the address or TLS cannot be used.
    pub fn new(address: &str) -> Result<Outside, ConnectError> {
        let url =
            Url::parse(address).map_err(|_| ConnectError::Setup("the address cannot be read".to_owned()))?;
        Ok(Outside { client: hand_over::client(address, None)?, url })
    }

    pub fn address(&self) -> String {
        shown(&self.url)
    }

    /// Any answer under 500 is one: that it wants a key, or leads elsewhere, too. The answer itself is not read.
    pub async fn answers(&self, within: Duration) -> Dependency {
        let begun = Instant::now();
        let asked = timeout(within, self.client.get(self.url.clone()).send()).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                return Dependency::Silent { why: transport::trouble(&error, within).to_string() };
            }
            Err(_) => return Dependency::Silent { why: transport::late(within).to_string() },
        };
        let status = answer.status().as_u16();
        if status >= 500 {
            return Dependency::Fails { status };
        }
        Dependency::Answers { status, milliseconds: begun.elapsed().as_secs_f64() * 1_000.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_address_holds_no_secret() {
        let url =
            Url::parse("https://user:marked-secret@api.example:8443/ai/health?key=marked-secret").unwrap();
        assert_eq!(shown(&url), "https://api.example:8443/ai/health");
    }

    #[test]
    fn a_status_is_read_from_the_first_line() {
        assert_eq!(status_of(b"HTTP/1.1 503 Service Unavailable\r\n"), Some(503));
        for wrong in [&b"HTTP/1.1"[..], b"220 mail.example ESMTP", b"<html><body>"] {
            assert_eq!(status_of(wrong), None);
        }
    }
}

#[cfg(test)]
#[path = "timing_tests.rs"]
mod against_sockets;
