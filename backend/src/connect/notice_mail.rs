//! Mail to couples, by connections that are kept open. Of each mail it is known whether the server can have taken it:
//! its last byte leaves only once whoever sends it has said so.

use std::{error::Error as _, sync::Arc, time::Duration};

use domain::notices::Answer;
use lettre::{
    Message,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as MailFrom, Noop, Quit, Rcpt, Rset},
        extension::{ClientId, Extension, MailParameter},
    },
};
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{
    ConnectError,
    holding::{Hold, Holding},
    mail::{self, Mail},
    siem,
};
use crate::config;

/// For a connection with all that comes before the first mail.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
const COMMAND_WITHIN: Duration = Duration::from_secs(30);
/// For the body of a mail.
const BODY_WITHIN: Duration = Duration::from_secs(60);
/// For the answer to a mail. A server that is slow here is in doubt when it is given up, so it is waited for long.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
const QUIT_WITHIN: Duration = Duration::from_secs(2);

/// A mailbox that does not take addresses in other scripts, as a server would say it.
const NO_SUCH_MAILBOX: u16 = 553;

/// The server, as it is configured for mail to staff.
pub struct NoticeMail {
    config: config::Mail,
    from: Mailbox,
    start_tls: Option<TlsParameters>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    /// Headers with the attempt's id, for providers that give the mail another name.
    id_headers: Vec<&'static str>,
}

/// One connection to it.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    hold: Hold,
}

/// A mail that is ready to go.
pub struct Prepared {
    letter: Message,
    is_ascii: bool,
}

/// What came of handing one over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handed {
    /// `None` when its last byte was not let go: nothing was taken.
    pub answer: Option<Answer>,
    /// In words of ours, where it was not taken.
    pub why: Option<String>,
    /// The trouble is the server's, and no other mail would fare better.
    pub is_outage: bool,
    /// Whether the connection can be used for the next mail.
    pub goes_on: bool,
}

impl NoticeMail {
    /// `from` is the sender where it is another than that of mails to staff.
    ///
    /// # Errors
    /// When the certificate authority or TLS cannot be used.
    pub fn new(
        config: &config::Mail,
        from: Option<&Mailbox>,
        id_headers: Vec<&'static str>,
    ) -> Result<NoticeMail, ConnectError> {
        let host = &config.host;
        let tls = match host.tls_from_the_beginning {
            false => None,
            true => {
                let name = ServerName::try_from(host.name.clone())
                    .map_err(|_| ConnectError::Setup("no certificate can have that name".to_owned()))?;
                Some((TlsConnector::from(Arc::new(siem::tls(config.ca_file.as_deref())?)), name))
            }
        };
        // Never in plain to another machine, also when the server does not offer more.
        let needs_start_tls = !host.tls_from_the_beginning && !host.is_here;
        Ok(NoticeMail {
            from: from.unwrap_or(&config.from).clone(),
            start_tls: needs_start_tls.then(|| mail::parameters(config)).transpose()?,
            tls,
            config: config.clone(),
            id_headers,
        })
    }

    /// "smtp.example.com:587"
    pub fn place(&self) -> String {
        format!("{}:{}", self.config.host.name, self.config.host.port)
    }

    /// Opens a connection, up to where mails can be sent.
    ///
    /// # Errors
    /// In words of ours; nothing was sent.
    pub async fn connect(&self) -> Result<Connection, String> {
        match tokio::time::timeout(CONNECT_WITHIN, self.open()).await {
            Ok(opened) => opened,
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn open(&self) -> Result<Connection, String> {
        let host = &self.config.host;
        let broken = |error: &std::io::Error| siem::broken(error).to_string();
        let tcp = TcpStream::connect((host.name.as_str(), host.port)).await;
        let tcp = tcp.map_err(|error| broken(&error))?;
        let peer = tcp.peer_addr().map_err(|error| broken(&error))?;
        // The last byte of a mail is a packet of its own, and nobody should wait for more of them.
        tcp.set_nodelay(true).map_err(|error| broken(&error))?;
        let (hold, hello) = (Hold::default(), ClientId::default());
        let connected = match &self.tls {
            None => {
                let held = Box::new(Holding::new(tcp, peer, hold.clone()));
                AsyncSmtpConnection::connect_with_transport(held, &hello).await
            }
            Some((connector, name)) => {
                let tls = connector.connect(name.clone(), tcp).await.map_err(|error| broken(&error))?;
                let held = Box::new(Holding::new(tls, peer, hold.clone()));
                AsyncSmtpConnection::connect_with_transport(held, &hello).await
            }
        };
        let mut smtp = connected.map_err(|error| words(&error))?;
        if let Some(parameters) = &self.start_tls {
            smtp.starttls(parameters.clone(), &hello).await.map_err(|error| words(&error))?;
        }
        if let Some((user, password)) = &host.login {
            let login = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let ways = [Mechanism::Plain, Mechanism::Login];
            smtp.auth(&ways, &login).await.map_err(|error| words(&error))?;
        }
        Ok(Connection { smtp, hold })
    }

    /// `None` when no mail can go to such an address.
    pub fn prepare(&self, mail: &Mail<'_>, attempt: &str) -> Option<Prepared> {
        let ids: Vec<(&'static str, &str)> = self.id_headers.iter().map(|name| (*name, attempt)).collect();
        let letter = mail::letter(&self.from, mail, &ids)?;
        Some(Prepared { is_ascii: mail.to.is_ascii(), letter })
    }
}

impl Connection {
    /// Whether the server still listens.
    pub async fn is_alive(&mut self) -> bool {
        matches!(tokio::time::timeout(COMMAND_WITHIN, self.smtp.command(Noop)).await, Ok(Ok(_)))
    }

    /// Hands one mail over. When all but its last byte has left, `before_end` is awaited: with true the last byte leaves
    /// too, with false the mail is broken off, and the server has taken nothing.
    pub async fn send(&mut self, mail: &Prepared, before_end: impl Future<Output = bool>) -> Handed {
        let mut options = Vec::new();
        if !mail.is_ascii {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Handed {
                    answer: Some(Answer::Never { code: NO_SUCH_MAILBOX }),
                    why: Some("the mail server takes no addresses in other scripts".to_owned()),
                    is_outage: false,
                    goes_on: true,
                };
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let envelope = mail.letter.envelope();
        if let Err(refused) = self.command(MailFrom::new(envelope.from().cloned(), options)).await {
            // It is the same sender for all: a code of any kind is about the server or how it is configured.
            return Handed { answer: Some(Answer::Later), is_outage: true, ..refused };
        }
        for to in envelope.to() {
            if let Err(refused) = self.command(Rcpt::new(to.clone(), Vec::new())).await {
                return self.anew(refused).await;
            }
        }
        if let Err(refused) = self.command(Data).await {
            return self.anew(refused).await;
        }
        self.body(mail, before_end).await
    }

    async fn body(&mut self, mail: &Prepared, before_end: impl Future<Output = bool>) -> Handed {
        let bytes = mail.letter.formatted();
        let Connection { smtp, hold } = self;
        hold.arm();
        let message = smtp.message(&bytes);
        tokio::pin!(message);
        let before = async {
            tokio::select! {
                biased;
                broke = &mut message => Some(broke),
                () = hold.reached() => None,
            }
        };
        match tokio::time::timeout(BODY_WITHIN, before).await {
            Ok(None) => {}
            // No answer counts before the end.
            Ok(Some(broke)) => {
                let why =
                    broke.err().map_or_else(|| "it answered too early".to_owned(), |error| words(&error));
                return Handed::broken_off(why);
            }
            Err(_) => return Handed::broken_off("it did not take the mail in time".to_owned()),
        }
        if !before_end.await {
            return Handed { answer: None, why: None, is_outage: false, goes_on: false };
        }
        hold.release();
        match tokio::time::timeout(ANSWER_WITHIN, message).await {
            Ok(Ok(_)) => Handed { answer: Some(Answer::Taken), why: None, is_outage: false, goes_on: true },
            Ok(Err(error)) => Handed::of(&error),
            Err(_) => Handed::broken_off(format!("no answer within {} s", ANSWER_WITHIN.as_secs())),
        }
    }

    /// Says goodbye.
    pub async fn quit(mut self) {
        tokio::time::timeout(QUIT_WITHIN, self.smtp.command(Quit)).await.ok();
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Result<(), Handed> {
        match tokio::time::timeout(COMMAND_WITHIN, self.smtp.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Handed::of(&error)),
            Err(_) => Err(Handed::broken_off("no answer in time".to_owned())),
        }
    }

    /// After a refusal the connection is good for the next mail, once the server has forgotten this one.
    async fn anew(&mut self, refused: Handed) -> Handed {
        let goes_on = refused.goes_on && self.command(Rset).await.is_ok();
        Handed { goes_on, ..refused }
    }
}

impl Handed {
    fn of(error: &Error) -> Handed {
        let Some(code) = error.status() else { return Handed::broken_off(words(error)) };
        let code: u16 = code.into();
        let answer = if error.is_permanent() { Answer::Never { code } } else { Answer::Later };
        // 421: the server is about to close.
        let closes = code == 421;
        Handed { answer: Some(answer), why: Some(words(error)), is_outage: closes, goes_on: !closes }
    }

    fn broken_off(why: String) -> Handed {
        Handed { answer: Some(Answer::Cut), why: Some(why), is_outage: true, goes_on: false }
    }
}

fn words(error: &Error) -> String {
    // A certificate that is not trusted says so only in the cause.
    let tls = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    match tls.filter(|tls| tls.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())) {
        Some(tls) => siem::broken(tls).to_string(),
        None => mail::not_taken(error).why,
    }
}

#[cfg(test)]
#[path = "notice_mail_tests.rs"]
mod tests;
