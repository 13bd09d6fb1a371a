//! SES tells by topics of Amazon SNS, which signs with a key whose certificate is fetched from Amazon. Only the topics
//! that are configured are believed, and only signatures with SHA-256.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::notices::reports::{self, Reported};
use reqwest::{Client, Url};
use rustls::{
    pki_types::{CertificateDer, pem::PemObject},
    server::ParsedCertificate,
};
use serde::Deserialize;

use super::{Provider, ReportRefused, Sent, keys};
use crate::connect::hand_over;

const FETCH_WITHIN: Duration = Duration::from_secs(5);
/// Amazon changes its keys about once a year.
const MOST_KEYS: usize = 16;

/// An envelope of SNS. Everything in it but `signature` is signed, each field by its name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Envelope {
    #[serde(rename = "Type")]
    kind: String,
    message: String,
    message_id: String,
    subject: Option<String>,
    timestamp: String,
    topic_arn: String,
    token: Option<String>,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

impl Envelope {
    /// What is signed: names and values, a line each, in the order of the names.
    pub fn signed(&self) -> String {
        let mut fields = vec![("Message", self.message.as_str()), ("MessageId", &self.message_id)];
        if self.kind == "Notification" {
            fields.extend(self.subject.as_deref().map(|subject| ("Subject", subject)));
        } else {
            fields.extend(self.subscribe_url.as_deref().map(|url| ("SubscribeURL", url)));
        }
        fields.push(("Timestamp", &self.timestamp));
        if self.kind != "Notification" {
            fields.extend(self.token.as_deref().map(|token| ("Token", token)));
        }
        fields.push(("TopicArn", &self.topic_arn));
        fields.push(("Type", &self.kind));
        fields.iter().map(|(name, value)| format!("{name}\n{value}\n")).collect()
    }
}

/// Amazon's keys by the addresses of their certificates.
pub(super) struct Certificates {
    http: Client,
    known: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Certificates {
    pub fn new(http: Client) -> Certificates {
        Certificates { http, known: Mutex::default() }
    }

    pub async fn read(&self, topics: &[String], sent: &Sent<'_>) -> Result<Vec<Reported>, ReportRefused> {
        let not_signed = || ReportRefused::NotSigned(Provider::Ses);
        let envelope: Envelope = serde_json::from_slice(sent.body).map_err(|_| ReportRefused::Unreadable)?;
        if !topics.contains(&envelope.topic_arn) || envelope.signature_version != "2" {
            return Err(not_signed());
        }
        let certificate = amazons(&envelope.signing_cert_url).ok_or_else(not_signed)?;
        let signature = STANDARD.decode(&envelope.signature).map_err(|_| not_signed())?;
        let key = self.key(certificate).await?;
        if !keys::is_rsa_signed(&key, envelope.signed().as_bytes(), &signature) {
            return Err(not_signed());
        }
        match (envelope.kind.as_str(), &envelope.subscribe_url) {
            ("Notification", _) => {
                let message = serde_json::from_str(&envelope.message);
                Ok(reports::ses(&message.map_err(|_| ReportRefused::Unreadable)?))
            }
            ("SubscriptionConfirmation", Some(url)) => {
                // The topic is one of ours: whoever configured it wants to hear of it.
                let url = amazons(url).ok_or_else(not_signed)?;
                self.fetch(url).await?;
                tracing::info!(topic = envelope.topic_arn, "the console hears of bounces from now on");
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    async fn key(&self, certificate: Url) -> Result<Vec<u8>, ReportRefused> {
        let address = certificate.as_str().to_owned();
        if let Some(key) = self.known().get(&address) {
            return Ok(key.clone());
        }
        let pem = self.fetch(certificate).await?;
        let key = key_of(&pem).ok_or_else(|| {
            ReportRefused::Unavailable("Amazon answered with something else than a certificate".to_owned())
        })?;
        let mut known = self.known();
        if known.len() >= MOST_KEYS {
            known.clear();
        }
        known.insert(address, key.clone());
        Ok(key)
    }

    async fn fetch(&self, url: Url) -> Result<Vec<u8>, ReportRefused> {
        let taken = hand_over::post(self.http.get(url), FETCH_WITHIN).await;
        Ok(taken.map_err(|not| ReportRefused::Unavailable(not.why))?.body)
    }

    /// A key that need not be fetched.
    #[cfg(test)]
    pub fn knows(&self, address: &str, pem: &[u8]) {
        self.known().extend(key_of(pem).map(|key| (address.to_owned(), key)));
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address at Amazon SNS, and at nobody else's.
fn amazons(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let region = host.strip_prefix("sns.")?;
    let region =
        region.strip_suffix(".amazonaws.com").or_else(|| region.strip_suffix(".amazonaws.com.cn"))?;
    let is_region =
        !region.is_empty() && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    (is_region && is_plain).then_some(url)
}

fn key_of(pem: &[u8]) -> Option<Vec<u8>> {
    let certificate = CertificateDer::from_pem_slice(pem).ok()?;
    let parsed = ParsedCertificate::try_from(&certificate).ok()?;
    keys::key_within(&parsed.subject_public_key_info()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_amazons_own_addresses_are_fetched() {
        let good = "https://sns.eu-north-1.amazonaws.com/SimpleNotificationService-abc.pem";
        assert!(amazons(good).is_some());
        for wrong in [
            "http://sns.eu-north-1.amazonaws.com/a.pem",
            "https://sns.eu-north-1.amazonaws.com.evil.example/a.pem",
            "https://sns.evil.example/?.amazonaws.com",
            "https://evil.example#sns.eu-north-1.amazonaws.com",
            "https://sns.eu.evil.amazonaws.com/a.pem",
            "https://sns.eu-north-1.amazonaws.com:8443/a.pem",
            "https://user@sns.eu-north-1.amazonaws.com/a.pem",
            "sns.eu-north-1.amazonaws.com",
        ] {
            assert!(amazons(wrong).is_none(), "{wrong}");
        }
    }
}
