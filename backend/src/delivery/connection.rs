//! The connections of the configuration, ready to be used.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::routing::{MAIL, SLACK_APP};
use crate::{
    config,
    connect::{
        ConnectError,
        chat::{App, Hook},
        mail::MailServer,
        pagerduty::PagerDuty,
        webhook::Webhook,
    },
};

pub enum Connection {
    Hook(Hook, String),
    App(App),
    Mail(MailServer, String),
    Webhook(Webhook, String),
    PagerDuty(PagerDuty),
}

impl Connection {
    /// Every one, by its name.
    pub fn all(config: &config::Delivery) -> Result<BTreeMap<String, Connection>, ConnectError> {
        let mut all = BTreeMap::new();
        for (name, slack) in &config.slack {
            let host = host_of(slack.url.expose_secret());
            all.insert(format!("slack:{name}"), Connection::Hook(Hook::new(slack)?, host));
        }
        if let Some(app) = &config.slack_app {
            all.insert(SLACK_APP.to_owned(), Connection::App(App::new(app)?));
        }
        if let Some(mail) = &config.mail {
            let place = format!("{}:{}", mail.host.name, mail.host.port);
            all.insert(MAIL.to_owned(), Connection::Mail(MailServer::new(mail)?, place));
        }
        for (name, webhook) in &config.webhook {
            let host = host_of(&webhook.url);
            all.insert(format!("webhook:{name}"), Connection::Webhook(Webhook::new(webhook)?, host));
        }
        for (name, pagerduty) in &config.pagerduty {
            all.insert(format!("pagerduty:{name}"), Connection::PagerDuty(PagerDuty::new(pagerduty)?));
        }
        Ok(all)
    }

    /// What it is, without secrets.
    pub fn in_words(&self) -> String {
        match self {
            Connection::Hook(_, host) => format!("Slack webhook at {host}"),
            Connection::App(_) => "Slack app".to_owned(),
            Connection::Mail(_, place) => format!("mail by {place}"),
            Connection::Webhook(_, host) => format!("webhook at {host}"),
            Connection::PagerDuty(_) => "PagerDuty".to_owned(),
        }
    }
}

/// The host alone: the rest of a webhook's address is a secret.
fn host_of(url: &str) -> String {
    let host = reqwest::Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    });
    host.unwrap_or_default()
}
