//! What is configured: `bellwether.toml` over the built-in WedSync defaults.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use domain::monitoring::Metric;
use jiff::tz::TimeZone;
use secrecy::SecretString;

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
