//! The platform's cluster, as the console asks and changes it.
//!
//! For each kind of action there is what it observes, the exact request that it would send (`Change`), and what undoes
//! it, which is another `Change` made from what was observed before. Nothing is ever sent twice from here: whether a
//! request may be repeated is for the run to decide.

mod change;
mod describe;
mod exchange;
mod ingress;
mod jobs;
mod logs;
mod pods;
mod quantity;
mod rollout;
mod scale;
mod traffic;

use std::{fmt, fs, path::PathBuf, time::Duration};

use kube::{
    Client, Config, Resource,
    config::{AuthInfo, KubeConfigOptions, Kubeconfig},
};

pub use change::{Applied, Change};
pub use describe::{Described, Description};
pub use ingress::{Backend, Port};
pub use jobs::{JobFacts, JobState, job_name};
pub use logs::LogTail;
pub use pods::PodUsage;
pub use quantity::{Bytes, Millicores};
pub use rollout::Rollout;
pub use scale::{ScaleFacts, Through};

use super::failure::{Failure, checked_name};

/// For one request and its whole answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// For a connection: shorter, so that "never sent" is told from "no answer".
const CONNECT_WITHIN: Duration = Duration::from_secs(4);

/// How the cluster is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterAccess {
    /// By a kubeconfig file, in its present context or the one that is named. Its user may be a token, a certificate or
    /// a program.
    Kubeconfig { file: PathBuf, context: Option<String> },
    /// By the service account of the pod that the console runs in.
    InCluster,
    /// By an address; the token is read again when its file changes.
    Address { url: String, token_file: Option<PathBuf>, ca_file: Option<PathBuf> },
}

/// One namespace of a cluster.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    /// Read here and not by the library, which takes the line's end for a part of the token.
    token_file: Option<PathBuf>,
    namespace: String,
    deadline: Duration,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl Cluster {
    /// A connection as configured. Asks nothing yet. The process must have installed its TLS provider.
    ///
    /// # Errors
    /// `Setup` when a file, the address or the certificates cannot be used.
    pub async fn connect(access: &ClusterAccess, namespace: &str) -> Result<Cluster, Failure> {
        Cluster::connect_with_deadline(access, namespace, DEADLINE).await
    }

    /// The same, with another deadline for each request.
    ///
    /// # Errors
    /// As `connect`.
    pub async fn connect_with_deadline(
        access: &ClusterAccess,
        namespace: &str,
        deadline: Duration,
    ) -> Result<Cluster, Failure> {
        let namespace = checked_name(namespace)?.to_owned();
        let mut config = read(access).await?;
        config.connect_timeout = Some(CONNECT_WITHIN.min(deadline));
        config.read_timeout = None;
        // The library would send a request again after 429, 503 and 504: a change must never go out twice unnoticed.
        config.default_retry = false;
        // A token that stands in the kubeconfig itself comes first there, and is the library's matter.
        let token_file = config.auth_info.token_file.take().map(PathBuf::from);
        let token_file = token_file.filter(|_| config.auth_info.token.is_none());
        let client = Client::try_from(config)
            .map_err(|_| Failure::setup("the connection to the cluster cannot be set up"))?;
        Ok(Cluster { client, token_file, namespace, deadline })
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The address of all objects of a kind, or of one.
    fn path<K: Resource<DynamicType = ()>>(&self, name: Option<&str>) -> Result<String, Failure> {
        let base = K::url_path(&(), Some(&self.namespace));
        Ok(match name {
            Some(name) => format!("{base}/{}", checked_name(name)?),
            None => base,
        })
    }
}

/// Reads what the access says. The errors of the library name contents of the files and are not passed on.
async fn read(access: &ClusterAccess) -> Result<Config, Failure> {
    match access {
        ClusterAccess::Kubeconfig { file, context } => {
            let shown = file.display();
            let kubeconfig = Kubeconfig::read_from(file)
                .map_err(|_| Failure::setup(format!("{shown} cannot be read as a kubeconfig")))?;
            let options = KubeConfigOptions { context: context.clone(), ..KubeConfigOptions::default() };
            Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(|_| Failure::setup(format!("{shown} has no such context, or it is not whole")))
        }
        ClusterAccess::InCluster => Config::incluster()
            .map_err(|_| Failure::setup("the console does not run in a pod with a service account")),
        ClusterAccess::Address { url, token_file, ca_file } => {
            by_address(url, token_file.as_ref(), ca_file.as_ref())
        }
    }
}

fn by_address(url: &str, token_file: Option<&PathBuf>, ca_file: Option<&PathBuf>) -> Result<Config, Failure> {
    let url: http::Uri =
        url.parse().map_err(|_| Failure::setup("the address of the cluster cannot be read"))?;
    if url.host().is_none() {
        return Err(Failure::setup("the address of the cluster cannot be read"));
    }
    let mut config = Config::new(url);
    if let Some(file) = token_file {
        fs::metadata(file)
            .map_err(|error| Failure::setup(format!("{} cannot be read: {error}", file.display())))?;
        config.auth_info = AuthInfo { token_file: Some(file.display().to_string()), ..AuthInfo::default() };
    }
    if let Some(file) = ca_file {
        fs::metadata(file)
            .map_err(|error| Failure::setup(format!("{} cannot be read: {error}", file.display())))?;
        config.root_cert_file = Some(file.clone());
    }
    Ok(config)
}
