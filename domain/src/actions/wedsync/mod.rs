//! The catalogue that is there when the configuration names no actions: everything that WedSync's operations document has
//! people do by hand.

mod cache;
mod capacity;
mod crisis;
mod database;
mod draft;
mod models;
mod recovery;
mod traffic;

use super::{Action, Backend, Catalogue, CronJob, Deployment, KubeName, NotAName, Problem};

/// What the configuration may call otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Names {
    pub platform: String,
    pub namespace: String,
    pub ingress: String,
    pub host: String,
    pub path: String,
    /// Where traffic goes when all is well.
    pub normal: (String, u16),
    pub backup_region: (String, u16),
    pub backup_infrastructure: (String, u16),
    pub redis_database: u16,
}

impl Default for Names {
    fn default() -> Names {
        let service = |name: &str| (name.to_owned(), 80);
        Names {
            platform: "wedsync".to_owned(),
            namespace: "ai-services".to_owned(),
            ingress: "ai-ingress".to_owned(),
            host: "api.wedsync.com".to_owned(),
            path: "/ai/".to_owned(),
            normal: service("ai-optimization"),
            backup_region: service("ai-backup"),
            backup_infrastructure: service("ai-backup-services"),
            redis_database: 0,
        }
    }
}

impl Names {
    fn namespace(&self) -> Result<KubeName, NotAName> {
        KubeName::parse(&self.namespace)
    }

    fn deployment(&self, name: &str) -> Result<Deployment, NotAName> {
        Ok(Deployment { namespace: self.namespace()?, name: KubeName::parse(name)? })
    }

    fn cronjob(&self, name: &str) -> Result<CronJob, NotAName> {
        Ok(CronJob { namespace: self.namespace()?, name: KubeName::parse(name)? })
    }
}

fn backend((service, port): &(String, u16)) -> Result<Backend, NotAName> {
    Ok(Backend { service: KubeName::parse(service)?, port: *port })
}

/// Every entry, not yet checked as a whole: the configuration may change some, and leave others out.
///
/// # Errors
/// When one of the names may not be one.
pub fn actions(names: &Names) -> Result<Vec<Action>, NotAName> {
    let drafts = [
        traffic::entries(names),
        capacity::entries(names),
        cache::entries(names),
        crisis::entries(names),
        models::entries(names),
        database::entries(names),
        recovery::entries(names),
    ];
    drafts.into_iter().flatten().map(draft::Draft::action).collect()
}

impl Catalogue {
    /// The default catalogue.
    ///
    /// # Errors
    /// When one of the names may not be one; with the names that WedSync has, never.
    pub fn wedsync(names: &Names) -> Result<Catalogue, Vec<Problem>> {
        let problem = |wrong: NotAName| {
            vec![Problem { entry: names.platform.clone(), field: "names", said: wrong.to_string() }]
        };
        Catalogue::new(actions(names).map_err(problem)?)
    }
}
