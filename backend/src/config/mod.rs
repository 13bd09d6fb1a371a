//! What is configured: `bellwether.toml` over the built-in WedSync defaults, and the environment over both.

mod access;
mod action;
#[cfg(test)]
mod action_tests;
mod actions;
mod audit;
mod crises;
#[cfg(test)]
mod crises_tests;
mod crisis_notices;
mod crisis_people;
mod crisis_types;
mod delivery;
#[cfg(test)]
mod delivery_tests;
mod document;
mod keys;
mod metrics;
mod network;
mod notices;
mod oidc;
mod overrides;
mod platforms;
mod problem;
mod reachable;
mod read;
mod sealing;
#[cfg(test)]
mod sealing_tests;
mod severities;
#[cfg(test)]
mod tests;
mod tiers;
mod values;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{
    access::{GroupRole, Role},
    actions::Catalogue,
    alerts::outside::SeverityWords,
    crises::{CaseTypes, People},
    failover::Settings,
    monitoring::Metric,
    notices::Templates,
    oncall::Season,
    schedule::Rule,
};
use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::{
    connect::{kubernetes::ClusterAccess, redis::CacheAccess},
    sealing::WrappingKey,
};

pub use crisis_people::channel_of_outsider;
pub use delivery::{Channel, Delivery, LevelWays, Mail, MailHost, PagerDuty, Slack, SlackApp, Webhook};
pub use network::Network;
pub use notices::{Bounces, Notices};
pub use problem::Problem;

/// The name that a configuration file has when none is given.
pub const FILE_NAME: &str = "bellwether.toml";

/// The whole configuration, checked. Secrets show nothing in a debug print.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub log: Log,
    pub demo: Demo,
    /// At least one; names are distinct.
    pub platforms: Vec<Platform>,
    /// The order of the cards. Keys are distinct.
    pub metrics: Vec<Metric>,
    /// Which level a word of a sender from outside is.
    pub severities: SeverityWords,
    pub delivery: Delivery,
    /// In the order of their numbers; at least one.
    pub tiers: Vec<Tier>,
    pub on_call: OnCall,
    pub access: Access,
    /// Providers of single sign-on; names and issuers are distinct.
    pub oidc: Vec<Oidc>,
    pub audit: Audit,
    /// Receivers of the audit log; names are distinct.
    pub siem: Vec<Siem>,
    pub sealing: Sealing,
    pub crises: Crises,
    pub notices: Notices,
    /// What may be done to each platform, by its name.
    pub catalogues: BTreeMap<String, Catalogue>,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: String,
    /// The zone in which times are written on the pages.
    pub zone: TimeZone,
}

#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite://FILE` or `postgres://…`. May hold a password: never log it.
    pub url: SecretString,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    /// As tracing's `EnvFilter` reads it.
    pub filter: String,
}

#[derive(Clone, Debug)]
pub struct Demo {
    /// How many times faster than real time the console's clock runs; 1 outside demos.
    pub fast_clock: u32,
    /// Of the demo's accounts, one for each role; without it there are none. For everybody to see.
    pub password: Option<SecretString>,
}

/// A watched platform.
#[derive(Clone, Debug)]
pub struct Platform {
    pub name: String,
    /// Without a slash at its end; `http` or `https`.
    pub api_url: String,
    /// Sent as `Authorization: Bearer`, to `api_url` only.
    pub token: Option<SecretString>,
    /// The emergency host; without a slash at its end.
    pub alerts_url: Option<String>,
    /// A certificate authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
    pub poll_every: Duration,
    pub services: Vec<Service>,
    /// The key of the service whose failure is an emergency.
    pub crisis_manager: Option<String>,
    pub kubernetes: Option<Kubernetes>,
    pub redis: Option<CacheAccess>,
    /// The platform's own database, `postgres://…`. May hold a password: never log it.
    pub postgres: Option<SecretString>,
    pub diagnosing: Diagnosing,
    /// What of it may be cleaned up; names are distinct.
    pub old_rows: Vec<OldRows>,
    /// What follows when the breaker of a service opens, by the key of the service.
    pub failovers: BTreeMap<String, Settings>,
}

/// Where a platform's deployments run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kubernetes {
    pub namespace: String,
    pub access: ClusterAccess,
}

/// What diagnostics look at besides.
#[derive(Clone, Debug)]
pub struct Diagnosing {
    /// The same database by a role that only reads, or the one for everything. May hold a password: never log it.
    pub postgres: Option<SecretString>,
    /// Services outside that the platform needs; names are distinct.
    pub dependencies: Vec<Dependency>,
    /// Behind `api_url`: one GET of it is measured stretch by stretch.
    pub timed_path: String,
}

/// A service outside that the platform needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency {
    pub name: String,
    /// Without a user, a password and a query.
    pub url: String,
}

/// Rows that a clean-up may delete: those of one table that have one status and are old enough.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OldRows {
    /// What an action calls it.
    pub name: String,
    pub table: String,
    /// Its primary key, of one column.
    pub id: String,
    pub status_column: String,
    pub status: String,
    pub age_column: String,
}

/// Who gets in.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whether roles that need a second factor are held to it.
    pub second_factors_required: bool,
    /// Only these are believed about whom they speak for.
    pub trusted_proxies: Vec<Network>,
    /// At least one of them manages access; names are distinct.
    pub roles: Vec<Role>,
}

/// A provider of single sign-on by OpenID Connect.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// Stands in addresses.
    pub name: String,
    /// What its people call it.
    pub label: String,
    /// Exactly as it names itself. `http` only on the same machine.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// `openid` is among them.
    pub scopes: Vec<String>,
    /// The claim that lists somebody's groups.
    pub groups_claim: String,
    /// The first that somebody is in gives their role.
    pub groups: Vec<GroupRole>,
    /// Of people who are in none of them; without it they are not let in.
    pub default_role: Option<String>,
    /// A certificate authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
}

/// A step of the escalation chain. Who is in it is edited in the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tier {
    pub number: u8,
    /// In words: "Platform Engineering on-call".
    pub name: String,
    /// The channel that reads its pages: `ai-ops-alerts`.
    pub channel: Option<String>,
    /// When it is staffed; empty is around the year.
    pub seasons: Vec<Season>,
    /// The tier that answers outside of its seasons, which has none itself. There whenever there are seasons.
    pub stand_in: Option<u8>,
}

/// When the console asks whether everybody would be reached. What is `None` is switched off.
#[derive(Clone, Debug)]
pub struct OnCall {
    /// Of these rules and of the tiers' seasons.
    pub zone: TimeZone,
    pub schedule_check: Option<Rule>,
    pub contact_check: Option<Rule>,
    pub escalation_test: Option<Rule>,
}

/// How long records of the audit log stay in the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audit {
    pub keep: Duration,
    /// The folder that older ones are sealed into; without it all of them stay.
    pub seal_to: Option<PathBuf>,
}

/// Crisis cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crises {
    /// The couples of cases that are over are erased so many months after the case was opened.
    pub keep_months: u16,
    /// The name of the tier that is called for a case that is nobody's.
    pub tier: String,
    /// The built-in types, changed and joined by the file.
    pub types: CaseTypes,
    /// Whom steps ask, by their names.
    pub people: BTreeMap<String, People>,
    /// The texts of notices: those of the file before the shipped ones.
    pub templates: Templates,
}

/// What personal data is sealed under.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// Newest first; without any, what is sealed is locked and nothing new can be.
    pub keys: Vec<WrappingKey>,
    /// Where they come from, when that is a file.
    pub keys_file: Option<PathBuf>,
    /// What is wrong with them. It does not stop the console.
    pub fault: Option<Problem>,
    /// The journal of erasures.
    pub erasures: PathBuf,
    /// How long backups live, as whoever makes them says; the console only tells it.
    pub backups_kept: Option<Duration>,
}

/// A receiver of the audit log outside.
#[derive(Clone, Debug)]
pub struct Siem {
    pub name: String,
    pub to: SiemTo,
    /// A certificate authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub enum SiemTo {
    SyslogTcp {
        host: String,
        port: u16,
    },
    SyslogTls {
        host: String,
        port: u16,
    },
    /// `http` only to the same machine.
    Https {
        url: String,
        /// Sent as `Authorization: Bearer`.
        token: Option<SecretString>,
    },
}

/// A watched part of a platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service {
    /// `optimization`
    pub key: String,
    /// In words: "Optimization engine".
    pub name: String,
    /// Its field in the health answer: `optimization_engine`.
    pub field: String,
}

/// The configuration file that stands in the working folder, when there is one.
pub fn default_path() -> Option<PathBuf> {
    let path = PathBuf::from(FILE_NAME);
    path.is_file().then_some(path)
}

/// Reads the file, if one is given, over the built-in defaults, and the variables `BELLWETHER__SECTION__KEY`
/// over both. Without a file and variables this is WedSync's configuration.
///
/// # Errors
/// Everything that is wrong, in the order of the file, then of the variables; never only the first thing.
pub fn load(
    path: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Config, Vec<Problem>> {
    let env: BTreeMap<String, String> = env.collect();
    read::load(path, &env)
}

/// What is wrong with the configuration, also what does not stop the console; nothing when it is fine.
pub fn check(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Vec<Problem> {
    match load(path, env) {
        Ok(config) => config.sealing.fault.into_iter().collect(),
        Err(problems) => problems,
    }
}
