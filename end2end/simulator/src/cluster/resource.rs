//! The kinds of object that the cluster has, and the addresses that they have in its API.

/// One kind of object, as the API server names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    Namespaces,
    Pods,
    Services,
    ConfigMaps,
    Events,
    Deployments,
    ReplicaSets,
    Autoscalers,
    Ingresses,
    CronJobs,
    Jobs,
    PodMetrics,
}

/// What the API server says of one kind.
#[derive(Debug)]
pub struct Facts {
    /// Empty for the core group.
    pub group: &'static str,
    pub version: &'static str,
    pub plural: &'static str,
    pub singular: &'static str,
    pub short: &'static str,
    pub kind: &'static str,
    pub verbs: &'static [&'static str],
    pub subresources: &'static [&'static str],
}

const READ: &[&str] = &["get", "list", "watch"];
const CHANGE: &[&str] = &["get", "list", "watch", "patch", "update"];
const CHANGE_AND_END: &[&str] = &["create", "delete", "get", "list", "patch", "update", "watch"];

const fn facts(
    group: &'static str,
    version: &'static str,
    [plural, singular, short, kind]: [&'static str; 4],
    verbs: &'static [&'static str],
    subresources: &'static [&'static str],
) -> Facts {
    Facts { group, version, plural, singular, short, kind, verbs, subresources }
}

static NAMESPACES: Facts = facts("", "v1", ["namespaces", "namespace", "ns", "Namespace"], READ, &[]);
static PODS: Facts =
    facts("", "v1", ["pods", "pod", "po", "Pod"], &["delete", "get", "list", "watch"], &["log", "status"]);
static SERVICES: Facts = facts("", "v1", ["services", "service", "svc", "Service"], READ, &[]);
static CONFIG_MAPS: Facts = facts("", "v1", ["configmaps", "configmap", "cm", "ConfigMap"], CHANGE, &[]);
static EVENTS: Facts = facts("", "v1", ["events", "event", "ev", "Event"], READ, &[]);
static DEPLOYMENTS: Facts =
    facts("apps", "v1", ["deployments", "deployment", "deploy", "Deployment"], CHANGE, &["scale", "status"]);
static REPLICA_SETS: Facts =
    facts("apps", "v1", ["replicasets", "replicaset", "rs", "ReplicaSet"], READ, &[]);
static AUTOSCALERS: Facts = facts(
    "autoscaling",
    "v2",
    ["horizontalpodautoscalers", "horizontalpodautoscaler", "hpa", "HorizontalPodAutoscaler"],
    CHANGE,
    &["status"],
);
static INGRESSES: Facts =
    facts("networking.k8s.io", "v1", ["ingresses", "ingress", "ing", "Ingress"], CHANGE, &["status"]);
static CRON_JOBS: Facts = facts("batch", "v1", ["cronjobs", "cronjob", "cj", "CronJob"], CHANGE, &["status"]);
static JOBS: Facts = facts("batch", "v1", ["jobs", "job", "", "Job"], CHANGE_AND_END, &["status"]);
static POD_METRICS: Facts =
    facts("metrics.k8s.io", "v1beta1", ["pods", "pod", "", "PodMetrics"], &["get", "list"], &[]);

impl Resource {
    pub const ALL: [Self; 12] = [
        Self::Namespaces,
        Self::Pods,
        Self::Services,
        Self::ConfigMaps,
        Self::Events,
        Self::Deployments,
        Self::ReplicaSets,
        Self::Autoscalers,
        Self::Ingresses,
        Self::CronJobs,
        Self::Jobs,
        Self::PodMetrics,
    ];

    #[must_use]
    pub fn facts(self) -> &'static Facts {
        match self {
            Self::Namespaces => &NAMESPACES,
            Self::Pods => &PODS,
            Self::Services => &SERVICES,
            Self::ConfigMaps => &CONFIG_MAPS,
            Self::Events => &EVENTS,
            Self::Deployments => &DEPLOYMENTS,
            Self::ReplicaSets => &REPLICA_SETS,
            Self::Autoscalers => &AUTOSCALERS,
            Self::Ingresses => &INGRESSES,
            Self::CronJobs => &CRON_JOBS,
            Self::Jobs => &JOBS,
            Self::PodMetrics => &POD_METRICS,
        }
    }

    /// `apps/v1`; `v1` for the core group.
    #[must_use]
    pub fn api_version(self) -> String {
        let Facts { group, version, .. } = self.facts();
        if group.is_empty() { (*version).to_owned() } else { format!("{group}/{version}") }
    }

    /// `deployments.apps`, as errors name it.
    #[must_use]
    pub fn qualified(self) -> String {
        let Facts { group, plural, .. } = self.facts();
        if group.is_empty() { (*plural).to_owned() } else { format!("{plural}.{group}") }
    }

    /// Whether a change of what is wanted counts up `metadata.generation`.
    #[must_use]
    pub fn counts_generations(self) -> bool {
        matches!(self, Self::Deployments | Self::ReplicaSets | Self::Ingresses | Self::CronJobs | Self::Jobs)
    }
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub resource: Resource,
    /// Nothing for all of them, and for what has none.
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub subresource: Option<String>,
}

impl Target {
    /// Reads the path behind `/k8s`: `/apis/apps/v1/namespaces/ai-services/deployments/ai-optimization-engine/scale`.
    #[must_use]
    pub fn read(path: &str) -> Option<Self> {
        let mut parts = path.trim_matches('/').split('/').filter(|part| !part.is_empty());
        let group = match parts.next()? {
            "api" => "",
            "apis" => parts.next()?,
            _ => return None,
        };
        let version = parts.next()?;
        let parts: Vec<&str> = parts.collect();
        let (namespace, rest) = match parts.as_slice() {
            ["namespaces"] | ["namespaces", _] => (None, parts.as_slice()),
            ["namespaces", namespace, rest @ ..] => (Some((*namespace).to_owned()), rest),
            rest => (None, rest),
        };
        let [plural, rest @ ..] = rest else { return None };
        let resource = Resource::ALL.into_iter().find(|resource| {
            let facts = resource.facts();
            (facts.group, facts.version, facts.plural) == (group, version, *plural)
        })?;
        let (name, subresource) = match rest {
            [] => (None, None),
            [name] => (Some((*name).to_owned()), None),
            [name, subresource] if resource.facts().subresources.contains(subresource) => {
                (Some((*name).to_owned()), Some((*subresource).to_owned()))
            }
            _ => return None,
        };
        Some(Self { resource, namespace, name, subresource })
    }

    /// `deployments/scale`, as rights name it.
    #[must_use]
    pub fn right(&self) -> String {
        let plural = self.resource.facts().plural;
        match &self.subresource {
            Some(subresource) => format!("{plural}/{subresource}"),
            None => plural.to_owned(),
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_api_server_reads_them() {
        check("/api/v1/namespaces/ai-services/pods", "Pods ai-services - -");
        check("/api/v1/namespaces/ai-services/pods/p-1/log", "Pods ai-services p-1 log");
        check("/api/v1/pods", "Pods - - -");
        check("/api/v1/namespaces/ai-services", "Namespaces - ai-services -");
        check("/apis/apps/v1/namespaces/n/deployments/d/scale", "Deployments n d scale");
        check("/apis/metrics.k8s.io/v1beta1/namespaces/n/pods", "PodMetrics n - -");
        check("/apis/networking.k8s.io/v1/namespaces/n/ingresses/ai-ingress", "Ingresses n ai-ingress -");
        for nothing in [
            "",
            "/api/v1",
            "/apis/extensions/v1beta1/namespaces/n/ingresses",
            "/api/v1/namespaces/n/pods/p/exec",
        ] {
            assert_eq!(Target::read(nothing), None, "{nothing}");
        }
    }

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let target = Target::read(path).unwrap();
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let told = format!(
            "{:?} {} {} {}",
            target.resource,
            or_none(target.namespace),
            or_none(target.name),
            or_none(target.subresource)
        );
        assert_eq!(told, expected);
    }
}
