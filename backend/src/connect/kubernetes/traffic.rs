//! What stands behind a service, and which jobs of a CronJob are at work.

use k8s_openapi::List;
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{Pod, Service},
};
use kube::ResourceExt;

use super::{
    super::failure::Failure,
    Cluster,
    pods::{facts, query},
};

impl Cluster {
    /// How many pods behind a service are ready for traffic. Asked of the pods themselves: the right to list them is
    /// there already.
    ///
    /// # Errors
    /// When the service or its pods cannot be read, or it selects none.
    pub async fn ready_endpoints(&self, service: &str) -> Result<u32, Failure> {
        let found: Service = self.ask(&self.path::<Service>(Some(service))?, "").await?;
        let selector = found.spec.and_then(|spec| spec.selector).unwrap_or_default();
        if selector.is_empty() {
            return Err(Failure::invalid(format!("the service {service} selects no pods")));
        }
        let terms: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let query = query(&[("labelSelector", &terms.join(","))]);
        let pods: List<Pod> = self.ask(&self.path::<Pod>(None)?, &query).await?;
        let ready = pods.items.iter().map(facts).filter(|pod| pod.ready.1 > 0 && pod.ready.0 == pod.ready.1);
        Ok(u32::try_from(ready.count()).unwrap_or(u32::MAX))
    }

    /// The jobs of a CronJob that are at work, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn running_jobs(&self, cronjob: &str) -> Result<Vec<String>, Failure> {
        let found: List<Job> = self.ask(&self.path::<Job>(None)?, "").await?;
        let own = found.items.iter().filter(|job| {
            job.owner_references().iter().any(|owner| owner.kind == "CronJob" && owner.name == cronjob)
                && job.status.as_ref().and_then(|status| status.active).unwrap_or(0) > 0
        });
        Ok(own.map(ResourceExt::name_any).collect())
    }
}
