//! What providers tell of mails later. Each is believed by its own proof, and only where one is configured.

mod generic;
mod keys;
mod mailgun;
mod postmark;
mod sendgrid;
mod ses;
#[cfg(test)]
mod tests;

use domain::notices::reports::{self, Reported};
use http::HeaderMap;
use serde_json::Value;

pub use self::sendgrid::is_key as is_sendgrid_key;
use crate::{
    config,
    connect::{ConnectError, hand_over},
    db::DbError,
};

/// The headers that notices carry so that a report can name them.
pub(super) const ID_HEADER: &str = reports::ID_HEADER;
/// Postmark hands back what stands in it as the metadata `notice`.
pub(super) const POSTMARK_HEADER: &str = "X-PM-Metadata-notice";

/// Who tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provider {
    /// Anybody who signs as Standard Webhooks says.
    Generic,
    Ses,
    SendGrid,
    Mailgun,
    Postmark,
}

impl Provider {
    pub const ALL: [Provider; 5] =
        [Provider::Generic, Provider::Ses, Provider::SendGrid, Provider::Mailgun, Provider::Postmark];

    /// As it stands in the address.
    pub fn word(self) -> &'static str {
        match self {
            Provider::Generic => "generic",
            Provider::Ses => "ses",
            Provider::SendGrid => "sendgrid",
            Provider::Mailgun => "mailgun",
            Provider::Postmark => "postmark",
        }
    }

    pub fn from_word(word: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.word() == word)
    }
}

/// A report as it came. Its debug print shows nothing of it.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    /// Real time, in seconds.
    pub now: i64,
}

impl Sent<'_> {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Why nothing of a report counts.
#[derive(Debug, thiserror::Error)]
pub enum ReportRefused {
    #[error("nothing is configured to believe {} by", .0.word())]
    NotConfigured(Provider),
    #[error("this was not signed by {}, or too long ago", .0.word())]
    NotSigned(Provider),
    #[error("this is no report that can be read")]
    Unreadable,
    /// What is needed to check it cannot be had now.
    #[error("it cannot be checked now: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// By whose word what is believed.
pub(super) struct Bounces {
    config: config::Bounces,
    ses: ses::Certificates,
}

impl Bounces {
    pub fn new(config: &config::Bounces) -> Result<Bounces, ConnectError> {
        // Amazon's keys are fetched from Amazon alone.
        let http = hand_over::client("https:", None)?;
        Ok(Bounces { config: config.clone(), ses: ses::Certificates::new(http) })
    }

    /// What is told, once it is known who tells it.
    pub async fn read(&self, provider: Provider, sent: &Sent<'_>) -> Result<Vec<Reported>, ReportRefused> {
        let config = &self.config;
        let not_configured = || ReportRefused::NotConfigured(provider);
        let is_theirs = match provider {
            Provider::Generic => generic::is_signed(config.secret.as_ref().ok_or_else(not_configured)?, sent),
            Provider::SendGrid => {
                sendgrid::is_signed(config.sendgrid_key.as_ref().ok_or_else(not_configured)?, sent)
            }
            Provider::Postmark => {
                postmark::is_signed(config.postmark.as_ref().ok_or_else(not_configured)?, sent)
            }
            Provider::Mailgun => {
                mailgun::is_signed(config.mailgun_key.as_ref().ok_or_else(not_configured)?, sent)
            }
            Provider::Ses if config.ses_topics.is_empty() => return Err(not_configured()),
            Provider::Ses => return self.ses.read(&config.ses_topics, sent).await,
        };
        if !is_theirs {
            return Err(ReportRefused::NotSigned(provider));
        }
        let body: Value = serde_json::from_slice(sent.body).map_err(|_| ReportRefused::Unreadable)?;
        Ok(match provider {
            Provider::Generic => reports::generic(&body),
            Provider::SendGrid => reports::sendgrid(&body),
            Provider::Postmark => reports::postmark(&body),
            Provider::Mailgun => reports::mailgun(&body),
            Provider::Ses => Vec::new(),
        })
    }
}
