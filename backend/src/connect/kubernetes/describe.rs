//! One object in full, with what the cluster noted about it. Values of variables are not told: they may be secret.

use domain::{
    diagnostics::{Condition, Noted},
    time::Millis,
};
use k8s_openapi::List;
use k8s_openapi::api::{
    apps::v1::Deployment,
    autoscaling::v2::HorizontalPodAutoscaler,
    batch::v1::Job,
    core::v1::{Event, Pod, PodSpec},
    networking::v1::Ingress,
};
use kube::ResourceExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    super::failure::Failure,
    Cluster,
    pods::{facts, millis, query},
};

/// What can be described.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Described {
    Deployment,
    Pod,
    Autoscaler,
    Ingress,
    Job,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    pub name: String,
    /// Names and values, in the order in which a page shows them.
    pub facts: Vec<(String, String)>,
    pub conditions: Vec<Condition>,
    /// Newest last.
    pub events: Vec<Noted>,
}

impl Cluster {
    /// Everything that a person wants to know of one object.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn describe(&self, what: Described, name: &str) -> Result<Description, Failure> {
        let (path, kind) = match what {
            Described::Deployment => (self.path::<Deployment>(Some(name))?, "Deployment"),
            Described::Pod => (self.path::<Pod>(Some(name))?, "Pod"),
            Described::Autoscaler => {
                (self.path::<HorizontalPodAutoscaler>(Some(name))?, "HorizontalPodAutoscaler")
            }
            Described::Ingress => (self.path::<Ingress>(Some(name))?, "Ingress"),
            Described::Job => (self.path::<Job>(Some(name))?, "Job"),
        };
        let selector = format!("involvedObject.name={name},involvedObject.kind={kind}");
        let about = [("fieldSelector", selector.as_str())];
        let (whole, events) = tokio::join!(self.ask::<Value>(&path, ""), self.events(&about));
        let whole = whole?;
        let facts = match what {
            Described::Deployment => typed(&whole, of_deployment),
            Described::Pod => typed(&whole, of_pod),
            Described::Autoscaler => typed(&whole, of_autoscaler),
            Described::Ingress => of_ingress(&whole),
            Described::Job => typed(&whole, of_job),
        };
        Ok(Description {
            name: name.to_owned(),
            facts,
            conditions: conditions(&whole),
            // Without the right to read events the rest is still worth having.
            events: events.unwrap_or_default(),
        })
    }

    /// What the cluster noted lately, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn events(&self, selectors: &[(&str, &str)]) -> Result<Vec<Noted>, Failure> {
        let found: List<Event> = self.ask(&self.path::<Event>(None)?, &query(selectors)).await?;
        let mut events: Vec<Noted> = found.items.into_iter().map(noted).collect();
        events.sort_by_key(|event| event.last_seen);
        Ok(events)
    }
}

fn noted(event: Event) -> Noted {
    let seen = event.last_timestamp.as_ref().map(millis);
    let first = event.event_time.as_ref().map(|time| Millis(time.0.as_millisecond()));
    Noted {
        warning: event.type_.as_deref() == Some("Warning"),
        reason: event.reason.unwrap_or_default(),
        message: event.message.unwrap_or_default(),
        count: event.count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        last_seen: seen.or(first),
    }
}

type Facts = Vec<(String, String)>;

fn typed<T: DeserializeOwned>(whole: &Value, tell: fn(&T) -> Facts) -> Facts {
    serde_json::from_value(whole.clone()).map(|object| tell(&object)).unwrap_or_default()
}

fn fact(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn of_deployment(deployment: &Deployment) -> Facts {
    let (Some(spec), status) = (&deployment.spec, deployment.status.clone().unwrap_or_default()) else {
        return Vec::new();
    };
    let mut facts = vec![
        fact("pods wanted", spec.replicas.unwrap_or(1)),
        fact("pods ready", status.ready_replicas.unwrap_or(0)),
        fact("pods of the newest template", status.updated_replicas.unwrap_or(0)),
    ];
    if let Some(revision) = deployment.annotations().get("deployment.kubernetes.io/revision") {
        facts.push(fact("revision", revision));
    }
    facts.extend(spec.template.spec.iter().flat_map(of_containers));
    facts
}

fn of_pod(pod: &Pod) -> Facts {
    let told = facts(pod);
    let mut facts = vec![
        fact("state", &told.state),
        fact("containers ready", format!("{} of {}", told.ready.0, told.ready.1)),
        fact("restarts", told.restarts),
    ];
    if let Some(end) = &told.last_end {
        facts.push(fact("last end", format!("{} (exit code {})", end.reason, end.exit_code)));
    }
    if let Some(node) = &told.node {
        facts.push(fact("node", node));
    }
    facts.extend(pod.spec.iter().flat_map(of_containers));
    facts
}

fn of_containers(spec: &PodSpec) -> Facts {
    let mut facts = Vec::new();
    for container in &spec.containers {
        let name = &container.name;
        facts.push(fact(&format!("image of {name}"), container.image.clone().unwrap_or_default()));
        let names: Vec<&str> =
            container.env.iter().flatten().map(|variable| variable.name.as_str()).collect();
        if !names.is_empty() {
            facts.push(fact(&format!("variables of {name}"), names.join(", ")));
        }
        let resources = container.resources.clone().unwrap_or_default();
        for (what, amounts) in [("asks for", resources.requests), ("may use", resources.limits)] {
            let amounts: Vec<String> =
                amounts.iter().flatten().map(|(kind, amount)| format!("{} {kind}", amount.0)).collect();
            if !amounts.is_empty() {
                facts.push(fact(&format!("{name} {what}"), amounts.join(", ")));
            }
        }
    }
    facts
}

fn of_autoscaler(autoscaler: &HorizontalPodAutoscaler) -> Facts {
    let (Some(spec), Some(status)) = (&autoscaler.spec, &autoscaler.status) else { return Vec::new() };
    let mut facts = vec![
        fact("scales", format!("{}/{}", spec.scale_target_ref.kind, spec.scale_target_ref.name)),
        fact("least pods", spec.min_replicas.unwrap_or(1)),
        fact("most pods", spec.max_replicas),
        fact("pods now", status.current_replicas.unwrap_or(0)),
        fact("pods wanted", status.desired_replicas),
    ];
    for metric in status.current_metrics.iter().flatten().filter_map(|metric| metric.resource.as_ref()) {
        if let Some(percent) = metric.current.average_utilization {
            facts.push(fact(&format!("{} used", metric.name), format!("{percent} %")));
        }
    }
    facts
}

fn of_ingress(ingress: &Value) -> Facts {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut facts = Vec::new();
    for rule in list(&ingress["spec"]["rules"]) {
        for path in list(&rule["http"]["paths"]) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let service = &path["backend"]["service"];
            let port = &service["port"];
            let port =
                port["number"].as_u64().map_or_else(|| text(&port["name"]), |number| number.to_string());
            let leads = match service["name"].as_str() {
                Some(service) => format!("{service}:{port}"),
                None => format!("{} (old form)", text(&path["backend"]["serviceName"])),
            };
            facts.push((format!("{}{}", text(&rule["host"]), text(&path["path"])), leads));
        }
    }
    facts
}

fn of_job(job: &Job) -> Facts {
    let status = job.status.clone().unwrap_or_default();
    let mut facts = vec![
        fact("pods that run", status.active.unwrap_or(0)),
        fact("succeeded", status.succeeded.unwrap_or(0)),
        fact("failed", status.failed.unwrap_or(0)),
    ];
    facts.extend(job.spec.iter().filter_map(|spec| spec.template.spec.as_ref()).flat_map(of_containers));
    facts
}

fn conditions(whole: &Value) -> Vec<Condition> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = whole["status"]["conditions"].as_array().into_iter().flatten();
    told.map(|condition| Condition {
        name: text(&condition["type"]),
        status: text(&condition["status"]),
        reason: text(&condition["reason"]),
        message: text(&condition["message"]),
    })
    .collect()
}
