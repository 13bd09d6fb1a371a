//! The platform's API, as the console asks it.

use std::{
    collections::BTreeSet,
    fmt, fs,
    time::{Duration, Instant},
};

use domain::{
    crises::Told,
    monitoring::{Metric, PlatformStatus, Sample, SeriesKey},
    time::Millis,
};
use jiff::civil::Date;
use reqwest::{Certificate, Client, Url, header::HeaderValue, redirect};
use secrecy::ExposeSecret;

use super::{
    ConnectError,
    answers::{self, HEALTH_ANSWER},
    transport::{self, Answer},
};
use crate::{
    config::{self, Service},
    monitoring::{models::Model, shown::ErrorCount},
};

const USER_AGENT: &str = concat!("bellwether/", env!("CARGO_PKG_VERSION"));
/// A list that goes on after so many pages is not read further.
const MOST_PAGES: usize = 20;
const RECENT_MINUTES: &str = "5";

/// How long is waited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadlines {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For a request and its whole answer.
    pub request: Duration,
    /// The same for `/ai/health`: long, so that a slow answer is measured and not cut off.
    pub health: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(5),
            health: Duration::from_secs(20),
        }
    }
}

/// All the active crises that the platform tells of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ActiveCrises {
    pub told: Vec<Told>,
    /// How many had no id, so that they cannot be told from others.
    pub unreadable: usize,
}

/// One platform's API. Asks nothing by itself, and sends the token to no other address.
pub struct PlatformClient {
    http: Client,
    /// Without a slash at its end.
    base: String,
    /// The same of the alerts host.
    alerts: Option<String>,
    authorization: Option<HeaderValue>,
    deadlines: Deadlines,
}

impl fmt::Debug for PlatformClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformClient").field("base", &self.base).finish_non_exhaustive()
    }
}

impl PlatformClient {
    /// A connection as configured, with the usual deadlines. The process must have installed its TLS provider.
    ///
    /// # Errors
    /// When the address, the token or the certificate authority cannot be used.
    pub fn new(platform: &config::Platform) -> Result<PlatformClient, ConnectError> {
        PlatformClient::with_deadlines(platform, Deadlines::default())
    }

    /// # Errors
    /// As `new`.
    pub fn with_deadlines(
        platform: &config::Platform,
        deadlines: Deadlines,
    ) -> Result<PlatformClient, ConnectError> {
        let setup = |why: String| ConnectError::Setup(why);
        let url = Url::parse(&platform.api_url)
            .map_err(|_| setup("the address of the API cannot be read".to_owned()))?;
        let tls = url.scheme() == "https";
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            // A redirect would carry the token elsewhere, and nothing promises that what answers there is the platform.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(tls)
            .connect_timeout(deadlines.connect)
            // Whether a request may be sent again is for whoever sends it to say.
            .retry(reqwest::retry::never())
            .tcp_nodelay(true);
        if !tls {
            // Nobody is trusted where nobody is asked: this saves reading the system's authorities.
            builder = builder.tls_certs_only([]);
        } else if let Some(file) = &platform.ca_file {
            let pem = fs::read(file)
                .map_err(|error| setup(format!("{} cannot be read: {error}", file.display())))?;
            let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err(setup(format!("{} holds no certificate that can be read", file.display())));
            }
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder.build().map_err(|_| setup("the TLS connection cannot be set up".to_owned()))?;
        let authorization = platform
            .token
            .as_ref()
            .map(|token| {
                let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                    .map_err(|_| setup("the token has signs that no header takes".to_owned()))?;
                value.set_sensitive(true);
                Ok(value)
            })
            .transpose()?;
        let base = platform.api_url.trim_end_matches('/').to_owned();
        let alerts = platform.alerts_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        Ok(PlatformClient { http, base, alerts, authorization, deadlines })
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    pub(super) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// The token, for an address of the API or of the alerts host, and for no other.
    pub(super) fn authorization_for(&self, address: &str) -> Option<HeaderValue> {
        let own = |base: &str| address.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
        let is_own = own(&self.base) || self.alerts.as_deref().is_some_and(own);
        self.authorization.clone().filter(|_| is_own)
    }

    pub fn has_token(&self) -> bool {
        self.authorization.is_some()
    }

    /// Without a slash at its end.
    pub fn api_url(&self) -> &str {
        &self.base
    }

    /// Without a slash at its end.
    pub fn alerts_url(&self) -> Option<&str> {
        self.alerts.as_deref()
    }

    /// Asks how the platform is, and beside that for what its answer leaves out. Always a sample: whatever goes wrong
    /// stands in its outcome and its faults. The second value is how long the health answer took, or was waited for.
    pub async fn poll(&self, metrics: &[Metric], services: &[Service], at: Millis) -> (Sample, Duration) {
        let began = Instant::now();
        let answer = self.ask("/ai/health", &[], self.deadlines.health).await;
        let took = began.elapsed();
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return (unanswered(at, error), took),
        };
        let body = match answer.accepted() {
            Ok(body) => body,
            Err(error) => return (down_or(&answer, metrics, services, at, error), took),
        };
        let (mut sample, gaps) = answers::read_health_and_gaps(body, metrics, services, at);
        if sample.is_answered() {
            if let Some(metric) = metrics.iter().find(|metric| metric.key.as_str() == HEALTH_ANSWER) {
                let milliseconds = took.as_micros() as f64 / 1_000.0;
                sample.take_in(SeriesKey::platform(&metric.key), metric.unit, milliseconds);
            }
            self.fill(&mut sample, metrics, &gaps).await;
        }
        (sample, took)
    }

    /// Asks for what the health answer left out, all at once.
    async fn fill(&self, sample: &mut Sample, metrics: &[Metric], gaps: &BTreeSet<String>) {
        let (errors, queue, weddings) = tokio::join!(
            wanted(gaps.contains("error_rate"), self.error_rate()),
            wanted(gaps.contains("queue_length"), self.queue()),
            wanted(gaps.contains("weddings_today"), self.weddings_on(sample.at)),
        );
        for (key, found) in [("error_rate", errors), ("queue_length", queue.map(|pending| pending.map(Some)))]
        {
            let Some(metric) = metrics.iter().find(|metric| metric.key.as_str() == key) else { continue };
            if let Some(value) = found_or_fault(sample, key, found).flatten() {
                sample.take_in(SeriesKey::platform(&metric.key), metric.unit, value);
            }
        }
        sample.weddings_today = found_or_fault(sample, "weddings_today", weddings).or(sample.weddings_today);
    }

    async fn error_rate(&self) -> Result<Option<f64>, ConnectError> {
        let answer =
            self.ask("/ai/metrics/recent", &[("minutes", RECENT_MINUTES)], self.deadlines.request).await?;
        answers::read_error_rate(answer.accepted()?)
    }

    async fn queue(&self) -> Result<f64, ConnectError> {
        let answer = self.ask("/ai/queue", &[], self.deadlines.request).await?;
        answers::read_queue(answer.accepted()?).map(|pending| pending as f64)
    }

    /// The weddings of the day, in UTC, that this moment lies in.
    async fn weddings_on(&self, at: Millis) -> Result<u32, ConnectError> {
        let day = jiff::Timestamp::from_millisecond(at.0)
            .map_err(|_| ConnectError::Setup("the time is out of range".to_owned()))?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .to_string();
        let mut count = 0;
        self.pages("/weddings", &[("from", &day), ("to", &day)], |body| {
            let (found, next) = answers::read_weddings(body)?;
            count += found;
            Ok(next)
        })
        .await?;
        u32::try_from(count).map_err(|_| ConnectError::Bad("too many weddings to count".to_owned()))
    }

    /// The crises that are not over, as the platform lists them.
    ///
    /// # Errors
    /// When a page of the list does not come or cannot be read, or there are more than 20.
    pub async fn active_crises(&self, now: Millis) -> Result<ActiveCrises, ConnectError> {
        let mut crises = ActiveCrises::default();
        let mut seen = BTreeSet::new();
        self.pages("/crisis/active", &[], |body| {
            let (page, unreadable, next) = answers::read_crises(body, now)?;
            // A list that moves between two pages may tell of one crisis on both.
            crises.told.extend(page.into_iter().filter(|told| seen.insert(told.id.clone())));
            crises.unreadable += unreadable;
            Ok(next)
        })
        .await?;
        Ok(crises)
    }

    /// The first weddings of the calendar between two days, both included, and whether there are more. `part` is part of a
    /// name, a venue or an id; nothing where it is empty.
    ///
    /// # Errors
    /// When the answer does not come or cannot be read.
    pub async fn calendar(
        &self,
        (from, to): (Date, Date),
        part: &str,
        now: Millis,
    ) -> Result<(Vec<Told>, bool), ConnectError> {
        let (from, to) = (from.to_string(), to.to_string());
        let mut query = vec![("from", from.as_str()), ("to", to.as_str())];
        if !part.is_empty() {
            query.push(("q", part));
        }
        let answer = self.ask("/weddings", &query, self.deadlines.request).await?;
        answers::read_calendar(answer.accepted()?, now)
    }

    /// What went wrong on the platform in the last hour, by kind.
    ///
    /// # Errors
    /// When the answer does not come or cannot be read.
    pub async fn recent_errors(&self) -> Result<Vec<ErrorCount>, ConnectError> {
        let answer = self.ask("/ai/errors/recent", &[], self.deadlines.request).await?;
        answers::read_errors(answer.accepted()?)
    }

    /// The platform's models, each version that has traffic.
    ///
    /// # Errors
    /// When the answer does not come or cannot be read.
    pub async fn models(&self) -> Result<Vec<Model>, ConnectError> {
        let answer = self.ask("/ai/models/health", &[], self.deadlines.request).await?;
        answers::read_models(answer.accepted()?)
    }

    /// Follows a list from page to page; `read` takes each and tells the cursor of the next.
    async fn pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        mut read: impl FnMut(&[u8]) -> Result<Option<String>, ConnectError>,
    ) -> Result<(), ConnectError> {
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let answer = self.ask(path, &query, self.deadlines.request).await?;
            let next = read(answer.accepted()?)?;
            if next.is_none() {
                return Ok(());
            }
            if next == cursor {
                return Err(ConnectError::Bad("next: leads to the same page again".to_owned()));
            }
            cursor = next;
        }
        Err(ConnectError::Bad(format!("more than {MOST_PAGES} pages")))
    }

    async fn ask(
        &self,
        path: &str,
        query: &[(&str, &str)],
        deadline: Duration,
    ) -> Result<Answer, ConnectError> {
        let mut url = Url::parse(&format!("{}{path}", self.base))
            .map_err(|_| ConnectError::Setup("the address of the API cannot be read".to_owned()))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        transport::get(&self.http, url, self.authorization.as_ref(), deadline).await
    }
}

/// Does not even ask for what is not wanted.
async fn wanted<T>(
    wanted: bool,
    ask: impl Future<Output = Result<T, ConnectError>>,
) -> Option<Result<T, ConnectError>> {
    if wanted { Some(ask.await) } else { None }
}

/// The value; a failure goes to the faults, and the value stays unknown.
fn found_or_fault<T>(sample: &mut Sample, key: &str, found: Option<Result<T, ConnectError>>) -> Option<T> {
    match found? {
        Ok(value) => Some(value),
        Err(error) => {
            sample.faults.push(format!("{key}: {error}"));
            None
        }
    }
}

fn unanswered(at: Millis, error: ConnectError) -> Sample {
    match error {
        ConnectError::Missed(why) => Sample::missed(at, why),
        ConnectError::Bad(why) | ConnectError::Setup(why) => Sample::bad(at, why),
    }
}

/// A platform that says with a 503 that it is down says more than one that does not answer: which engines are. It is a
/// missed poll all the same.
fn down_or(
    answer: &Answer,
    metrics: &[Metric],
    services: &[Service],
    at: Millis,
    error: ConnectError,
) -> Sample {
    let said = answers::read_health(&answer.body, metrics, services, at);
    if answer.status.is_success() || said.status != Some(PlatformStatus::Down) {
        return unanswered(at, error);
    }
    let mut sample =
        unanswered(at, ConnectError::Missed(format!("answered {}: down", answer.status.as_u16())));
    sample.status = said.status;
    sample.services = said.services;
    sample
}
