//! The connections to one platform, by which it is looked at.

use std::sync::Arc;

use domain::diagnostics::{Unseen, mask};
use tokio::sync::OnceCell;

use crate::{
    config::{Kubernetes, Platform},
    connect::{
        Because, ConnectError, Failure, PlatformClient,
        kubernetes::Cluster,
        postgres::{PlatformDatabase, Use},
        redis::Cache,
        timing::{Outside, Timed},
    },
};

pub(super) struct Eyes {
    pub api: PlatformClient,
    pub timed: Timed,
    /// By what people call them.
    pub outside: Vec<(String, Outside)>,
    kubernetes: Option<Kubernetes>,
    /// Made at its first use: reading a kubeconfig may ask a program.
    cluster: OnceCell<Arc<Cluster>>,
    cache: Option<Cache>,
    database: Option<PlatformDatabase>,
}

impl Eyes {
    /// # Errors
    /// With the sentence that says what cannot be set up.
    pub fn new(platform: &Platform) -> Result<Eyes, String> {
        let diagnosing = &platform.diagnosing;
        let words = |failure: Failure| failure.to_string();
        let database =
            diagnosing.postgres.as_ref().map(|url| PlatformDatabase::new(url, Use::Diagnostics)).transpose();
        let mut outside = Vec::new();
        for dependency in &diagnosing.dependencies {
            let asked =
                Outside::new(&dependency.url).map_err(|error| format!("{}: {error}", dependency.name))?;
            outside.push((dependency.name.clone(), asked));
        }
        if let Some(alerts) = &platform.alerts_url {
            outside.push((
                "The alerts host".to_owned(),
                Outside::new(alerts).map_err(|error| error.to_string())?,
            ));
        }
        let timed = format!("{}{}", platform.api_url, diagnosing.timed_path);
        Ok(Eyes {
            api: PlatformClient::new(platform).map_err(|error| error.to_string())?,
            timed: Timed::new(&timed, platform.token.clone(), platform.ca_file.clone())
                .map_err(|error| error.to_string())?,
            outside,
            kubernetes: platform.kubernetes.clone(),
            cluster: OnceCell::new(),
            cache: platform.redis.as_ref().map(Cache::new).transpose().map_err(words)?,
            database: database.map_err(words)?,
        })
    }

    pub async fn cluster(&self) -> Result<Arc<Cluster>, Unseen> {
        let access =
            self.kubernetes.as_ref().ok_or_else(|| not_configured("No cluster", "[platform.kubernetes]"))?;
        let connect = || async { Cluster::connect(&access.access, &access.namespace).await.map(Arc::new) };
        self.cluster.get_or_try_init(connect).await.cloned().map_err(|failure| unseen(&failure))
    }

    pub fn cache(&self) -> Result<&Cache, Unseen> {
        self.cache.as_ref().ok_or_else(|| not_configured("No cache", "[platform.redis]"))
    }

    pub fn database(&self) -> Result<&PlatformDatabase, Unseen> {
        self.database.as_ref().ok_or_else(|| not_configured("No database", "[platform.postgres]"))
    }
}

pub(super) fn not_configured(what: &str, key: &str) -> Unseen {
    Unseen::NotConfigured { what: what.to_owned(), key: key.to_owned() }
}

/// A failure of a question, as a panel says it.
pub(super) fn unseen(failure: &Failure) -> Unseen {
    match failure.because() {
        Some(Because::Forbidden { right }) => {
            Unseen::Forbidden { right: right.clone(), why: failure.to_string() }
        }
        // Some of its words are those of the other side.
        _ => Unseen::Failed { why: mask(&failure.to_string()) },
    }
}

pub(super) fn unanswered(error: &ConnectError) -> Unseen {
    Unseen::Failed { why: format!("the platform could not be asked: {error}") }
}
