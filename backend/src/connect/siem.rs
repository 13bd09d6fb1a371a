//! Receivers of the audit log outside: syslog over TCP and TLS, and HTTPS.
//!
//! Syslog has no answer. What was written is believed to have arrived once the connection has stayed open for longer
//! than the kernel keeps a connection whose other side acknowledges nothing (`UNACKNOWLEDGED_FOR`). A receiver that
//! takes bytes in, hangs for longer than that and then dies can still lose them: that much the protocol cannot tell.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use reqwest::{
    Certificate, Client,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{ConnectError, transport};
use crate::config::{Siem, SiemTo};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const WRITE_WITHIN: Duration = Duration::from_secs(15);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The kernel gives a connection up when written bytes are not acknowledged for this long.
const UNACKNOWLEDGED_FOR: Duration = Duration::from_secs(20);
/// After this long on an open connection, what was written has arrived.
pub const SETTLED_AFTER: Duration = Duration::from_secs(30);

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

/// One receiver, and the connection to it when there is one.
pub struct Receiver {
    siem: Siem,
    stream: Option<Box<dyn Stream>>,
    http: Option<Client>,
}

impl Receiver {
    pub fn new(siem: Siem) -> Receiver {
        Receiver { siem, stream: None, http: None }
    }

    /// The next time begins with a new connection.
    pub fn disconnect(&mut self) {
        self.stream = None;
    }

    /// Writes syslog frames and flushes them, on the open connection or a new one.
    ///
    /// # Errors
    /// When there is no connection, or it breaks; how much of the frames arrived is then not known.
    pub async fn write(&mut self, frames: &[u8]) -> Result<(), ConnectError> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let late = |_| ConnectError::Missed("no connection in time".to_owned());
                let opened = timeout(CONNECT_WITHIN, open(&self.siem)).await.map_err(late)??;
                none.insert(opened)
            }
        };
        let written = async {
            stream.write_all(frames).await?;
            stream.flush().await
        };
        match timeout(WRITE_WITHIN, written).await {
            Ok(written) => written.map_err(|error| broken(&error)),
            Err(_) => Err(ConnectError::Missed("it takes nothing in".to_owned())),
        }
    }

    /// Whether the connection is still there. Looks, and does not wait.
    ///
    /// # Errors
    /// When the other side has closed or reset it.
    pub async fn still_open(&mut self) -> Result<(), ConnectError> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let mut unasked = [0; 512];
        loop {
            // A receiver has nothing to say; what it says all the same is dropped.
            match timeout(Duration::ZERO, stream.read(&mut unasked)).await {
                Err(_) => return Ok(()),
                Ok(Ok(0)) => return Err(ConnectError::Missed("the connection was closed".to_owned())),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(broken(&error)),
            }
        }
    }

    /// Posts JSON. Only a 2xx is a success; a redirect is none.
    ///
    /// # Errors
    /// Whatever else comes.
    pub async fn post(&mut self, url: &str, body: Vec<u8>) -> Result<(), ConnectError> {
        let SiemTo::Https { token, .. } = &self.siem.to else {
            return Err(ConnectError::Setup("it is no web address".to_owned()));
        };
        let client = match &self.http {
            Some(client) => client,
            None => self.http.insert(client(url, self.siem.ca_file.as_deref())?),
        };
        let mut request = client.post(url).header(CONTENT_TYPE, "application/json").timeout(ANSWER_WITHIN);
        if let Some(token) = token {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|_| ConnectError::Setup("the token has signs that no header takes".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let answer =
            request.body(body).send().await.map_err(|error| transport::trouble(&error, ANSWER_WITHIN))?;
        let status = answer.status();
        if status.is_success() {
            Ok(())
        } else if status.is_redirection() {
            Err(ConnectError::Bad(format!("answered {}: redirected to another address", status.as_u16())))
        } else {
            Err(ConnectError::Missed(format!("answered {}", status.as_u16())))
        }
    }
}

fn client(url: &str, authority: Option<&Path>) -> Result<Client, ConnectError> {
    let tls = url.starts_with("https:");
    let mut builder = Client::builder()
        .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the records and the token elsewhere.
        .redirect(redirect::Policy::none())
        .no_proxy()
        .https_only(tls)
        .connect_timeout(CONNECT_WITHIN)
        .tcp_nodelay(true);
    if !tls {
        builder = builder.tls_certs_only([]);
    } else if let Some(file) = authority {
        let certificates = Certificate::from_pem_bundle(&read(file)?).unwrap_or_default();
        if certificates.is_empty() {
            return Err(no_certificate(file));
        }
        builder = builder.tls_certs_only(certificates);
    }
    builder.build().map_err(|_| ConnectError::Setup("the TLS connection cannot be set up".to_owned()))
}

async fn open(siem: &Siem) -> Result<Box<dyn Stream>, ConnectError> {
    match &siem.to {
        SiemTo::SyslogTcp { host, port } => Ok(Box::new(tcp(host, *port).await?)),
        SiemTo::SyslogTls { host, port } => {
            let connector = TlsConnector::from(Arc::new(tls(siem.ca_file.as_deref())?));
            let name = ServerName::try_from(host.clone())
                .map_err(|_| ConnectError::Setup("no certificate can have that name".to_owned()))?;
            let stream = connector.connect(name, tcp(host, *port).await?).await;
            Ok(Box::new(stream.map_err(|error| broken(&error))?))
        }
        SiemTo::Https { .. } => Err(ConnectError::Setup("it takes no syslog".to_owned())),
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let stream = TcpStream::connect((host, port)).await.map_err(|error| broken(&error))?;
    let socket = SockRef::from(&stream);
    let kept = TcpKeepalive::new().with_time(UNACKNOWLEDGED_FOR / 2).with_interval(UNACKNOWLEDGED_FOR / 4);
    socket
        .set_tcp_keepalive(&kept)
        .and_then(|()| socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_FOR)))
        .and_then(|()| stream.set_nodelay(true))
        .map_err(|error| ConnectError::Setup(format!("the connection cannot be watched: {error}")))?;
    Ok(stream)
}

/// What a TLS connection of ours trusts: the system's authorities, or those of a file.
pub(super) fn tls(authority: Option<&Path>) -> Result<ClientConfig, ConnectError> {
    let refused = |_| ConnectError::Setup("the TLS connection cannot be set up".to_owned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refused)?;
    let Some(file) = authority else {
        return Ok(builder.with_platform_verifier().map_err(refused)?.with_no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    let pem = read(file)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    if roots.add_parsable_certificates(certificates).0 == 0 {
        return Err(no_certificate(file));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn read(file: &Path) -> Result<Vec<u8>, ConnectError> {
    fs::read(file).map_err(|error| ConnectError::Setup(format!("{} cannot be read: {error}", file.display())))
}

fn no_certificate(file: &Path) -> ConnectError {
    ConnectError::Setup(format!("{} holds no certificate that can be read", file.display()))
}

/// In words of ours: the library's own sentences name addresses.
pub(super) fn broken(error: &io::Error) -> ConnectError {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return ConnectError::Bad(match tls {
            rustls::Error::InvalidCertificate(_) => "its certificate is not trusted".to_owned(),
            _ => "no TLS connection came about".to_owned(),
        });
    }
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "connection reset",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "unreachable",
        io::ErrorKind::TimedOut => "it acknowledges nothing",
        io::ErrorKind::UnexpectedEof => "the connection was closed",
        _ => "no connection",
    };
    ConnectError::Missed(words.to_owned())
}
