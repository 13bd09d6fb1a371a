//! Mail, by the one configured server.

use std::{error::Error, fs, io, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::ExposeSecret;

use super::{ConnectError, hand_over::NotTaken};
use crate::config;

/// For one mail, connection and all.
const DEADLINE: Duration = Duration::from_secs(15);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const MOST_CONNECTIONS: u32 = 4;

/// A mail with its ids. The ids are without angle brackets.
pub struct Mail<'a> {
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    /// The same for every try of one thing.
    pub id: &'a str,
    /// The thread that it belongs to.
    pub thread: Option<&'a str>,
}

pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailServer {
    /// # Errors
    /// When the certificate authority or TLS cannot be used.
    pub fn new(config: &config::Mail) -> Result<MailServer, ConnectError> {
        let host = &config.host;
        let tls = match (host.tls_from_the_beginning, host.is_here) {
            (true, _) => Tls::Wrapper(parameters(config)?),
            // Never in plain to another machine, also when the server does not offer more.
            (false, false) => Tls::Required(parameters(config)?),
            (false, true) => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.name.as_str())
            .port(host.port)
            .tls(tls)
            .timeout(Some(CONNECT_WITHIN))
            .hello_name(ClientId::default())
            .pool_config(PoolConfig::new().max_size(MOST_CONNECTIONS).idle_timeout(Duration::from_secs(20)));
        if let Some((user, password)) = &host.login {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(MailServer { transport: builder.build(), from: config.from.clone() })
    }

    /// Hands one mail to the server. A server that took it all and broke off before it said so leaves it open whether
    /// it did.
    ///
    /// # Errors
    /// When it was not taken, or that is not known.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), NotTaken> {
        let letter = letter(&self.from, mail, &[])
            .ok_or_else(|| NotTaken::for_good("no mail can go to this address"))?;
        match tokio::time::timeout(DEADLINE, self.transport.send(letter)).await {
            Ok(sent) => sent.map(|_| ()).map_err(|error| not_taken(&error)),
            Err(_) => Err(NotTaken::in_doubt(format!("no answer within {} s", DEADLINE.as_secs()))),
        }
    }
}

/// The mail with everything in its head; `more` are headers besides. `None` when none can go to this address.
pub(super) fn letter(from: &Mailbox, mail: &Mail<'_>, more: &[(&'static str, &str)]) -> Option<Message> {
    let own = |name: &'static str, value: &str| {
        header::HeaderValue::new(header::HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, mail.to.parse().ok()?))
        .subject(mail.subject)
        .message_id(Some(format!("<{}>", mail.id)))
        // Holiday notes in answer to a machine help nobody.
        .raw_header(own("Auto-Submitted", "auto-generated"));
    for (name, value) in more {
        builder = builder.raw_header(own(name, value));
    }
    if let Some(thread) = mail.thread {
        builder = builder.references(format!("<{thread}>")).in_reply_to(format!("<{thread}>"));
    }
    builder.multipart(MultiPart::alternative_plain_html(mail.text.to_owned(), mail.html.to_owned())).ok()
}

pub(super) fn parameters(config: &config::Mail) -> Result<TlsParameters, ConnectError> {
    let setup = |why: String| ConnectError::Setup(why);
    let mut builder = TlsParameters::builder(config.host.name.clone());
    if let Some(file) = &config.ca_file {
        let pem =
            fs::read(file).map_err(|error| setup(format!("{} cannot be read: {error}", file.display())))?;
        let certificate = Certificate::from_pem(&pem)
            .map_err(|_| setup(format!("{} holds no certificate that can be read", file.display())))?;
        builder = builder.add_root_certificate(certificate).certificate_store(CertificateStore::None);
    }
    builder.build().map_err(|_| setup("the TLS connection cannot be set up".to_owned()))
}

/// In words of ours: what a mail server says may hold addresses.
pub(super) fn not_taken(error: &smtp::Error) -> NotTaken {
    if let Some(code) = error.status() {
        let number: u16 = code.into();
        return match (error.is_permanent(), number) {
            (true, 530 | 534 | 535 | 538) => {
                NotTaken::for_good(format!("answered {number}: the login was refused"))
            }
            (true, 550 | 551 | 553) => {
                NotTaken::for_good(format!("answered {number}: it takes no mail for this address"))
            }
            (true, _) => NotTaken::for_good(format!("answered {number}")),
            (false, _) => NotTaken::for_now(format!("answered {number}")),
        };
    }
    if error.is_tls() {
        return NotTaken::for_now("no TLS connection came about");
    }
    if error.is_client() {
        return NotTaken::for_good(
            "the mail cannot be sent as it is: the server offers less than is configured",
        );
    }
    let words = io_of(error).map(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::TimedOut => "no answer in time",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "unreachable",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "connection reset",
        io::ErrorKind::UnexpectedEof => "connection closed",
        _ => "no connection",
    });
    // The library says "Connection error" only while there is none yet, and nothing can have arrived.
    if error.to_string().starts_with("Connection error") {
        return NotTaken::for_now(words.unwrap_or("no connection"));
    }
    NotTaken::in_doubt(words.unwrap_or("the connection was closed without an answer"))
}

fn io_of(error: &smtp::Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io);
        }
        source = error.source();
    }
    None
}
