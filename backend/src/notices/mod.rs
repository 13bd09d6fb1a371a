//! What couples are told. What the rules of `domain` decide is carried out here: each press, each try and each answer is
//! one transaction with the story of its case and its record in the audit log. Address and text are sealed before they
//! are written, and stand in no log, error or debug print.
//!
//! Nothing is sent twice unseen: what is on disk before something leaves decides what is done after a crash, and a
//! console that lost an attempt to another one sends the last byte of nothing.

mod batch_store;
mod bounces;
mod bulk;
mod calling;
mod claiming;
mod columns;
mod composing;
mod deciding;
mod family;
mod mailing;
mod outage;
mod page_store;
mod pages;
mod preview;
mod progress;
mod queue_store;
mod refused;
mod reporting;
mod restored;
mod seal;
mod sending;
mod settling;
mod standing;
mod store;
#[cfg(test)]
mod tests;
mod texting;
mod told;
mod wish;
mod worker;

use std::{fmt, sync::Arc};

use domain::notices::Templates;
use tokio::sync::watch;

pub use self::{
    bounces::{Provider, ReportRefused, Sent as SentReport, is_sendgrid_key},
    bulk::{Bulk, BulkRow, BulkWish, MOST as MOST_AT_ONCE, Pressed},
    calling::Called,
    pages::{PAGE_PATH, PageLink},
    preview::Preview,
    progress::{ON_A_PAGE, Progress},
    refused::NoticeRefused,
    standing::{Outage, Standing},
    told::{CaseNotices, ReadNotice, ToldRow},
    wish::{Edited, Filled, Wish},
    worker::run,
};
pub(crate) use self::{family::unsettled, restored::hold_back, settling::erase};
use crate::{
    config::Config,
    connect::{ConnectError, notice_mail::NoticeMail, webhook::Webhook},
    crises::Cases,
    sealing::Sealing,
};

/// Everything that notices need. Cheap to clone.
#[derive(Clone)]
pub struct Notices(Arc<Inner>);

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

struct Inner {
    cases: Cases,
    config: Arc<Config>,
    /// `None` where no mail server is configured.
    mail: Option<NoticeMail>,
    /// Text messages leave by it; `None` where none is configured.
    sms: Option<Webhook>,
    bounces: bounces::Bounces,
    /// Of this running console.
    id: String,
    /// One at a time, so that the oldest leaves first.
    claiming: tokio::sync::Mutex<()>,
    /// The mail server as it stands for all connections to it.
    outage: outage::Outages,
    /// Counts up when something may be due earlier than whoever sleeps knows.
    due: watch::Sender<u64>,
    /// How many are being sent now.
    under_way: std::sync::atomic::AtomicUsize,
}

impl Notices {
    /// Sends nothing before `run`.
    ///
    /// # Errors
    /// When a connection cannot be set up.
    pub fn new(cases: Cases, config: Arc<Config>) -> Result<Notices, ConnectError> {
        let mut id_headers = vec![bounces::ID_HEADER];
        if config.notices.bounces.postmark.is_some() {
            id_headers.push(bounces::POSTMARK_HEADER);
        }
        let from = config.notices.from.as_ref();
        let mail = config.delivery.mail.as_ref();
        let mail = mail.map(|mail| NoticeMail::new(mail, from, id_headers)).transpose()?;
        let sms = config.notices.sms.as_ref().map(Webhook::new).transpose()?;
        let bounces = bounces::Bounces::new(&config.notices.bounces)?;
        Ok(Notices(Arc::new(Inner {
            cases,
            mail,
            sms,
            bounces,
            config,
            id: uuid::Uuid::now_v7().to_string(),
            claiming: tokio::sync::Mutex::default(),
            outage: outage::Outages::default(),
            due: watch::channel(0).0,
            under_way: std::sync::atomic::AtomicUsize::default(),
        })))
    }

    /// The texts that there are: those of the configuration before the shipped ones.
    pub fn templates(&self) -> &Templates {
        self.0.cases.templates()
    }

    /// Whether notices can leave by mail, and by text message, as it is configured.
    pub fn can_send(&self, way: domain::notices::Way) -> bool {
        match way {
            domain::notices::Way::Mail => self.0.mail.is_some(),
            domain::notices::Way::Sms => self.0.sms.is_some(),
            domain::notices::Way::Telephone => true,
        }
    }

    fn sealing(&self) -> &Sealing {
        self.0.cases.sealing()
    }

    /// The host in the name of a mail.
    fn host(&self) -> &str {
        let url = &self.0.config.server.public_url;
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        match host.split(['/', ':']).next() {
            Some(host) if !host.is_empty() => host,
            _ => "bellwether",
        }
    }

    /// After a commit: workers look, and open pages look again.
    fn stir(&self) {
        self.0.due.send_modify(|changes| *changes += 1);
        self.0.cases.told();
    }
}
