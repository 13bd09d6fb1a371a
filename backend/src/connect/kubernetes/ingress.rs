//! Where an ingress leads, and leading it elsewhere: a JSON patch that first tests the old value, since the rules of an
//! ingress are one list that is replaced as a whole.

use std::fmt;

use k8s_openapi::api::networking::v1::{Ingress, IngressBackend};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::failure::{Because, Failure, checked_name},
    super::fields::quoted,
    Cluster,
    change::{Applied, Change, JSON_PATCH},
    exchange::read,
};

/// The service behind one host and path of an ingress, as it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backend {
    pub ingress: String,
    pub host: String,
    pub path: String,
    pub service: String,
    pub port: Port,
    pub resource_version: String,
    /// Where it stands: `/spec/rules/0/http/paths/0`.
    place: String,
    /// The whole old value, for the patch's test and for an undo.
    value: Value,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Port {
    Number(u16),
    Name(String),
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Port::Number(number) => write!(f, "{number}"),
            Port::Name(name) => f.write_str(name),
        }
    }
}

impl Backend {
    /// Whether traffic goes to this service and port.
    pub fn leads_to(&self, service: &str, port: &Port) -> bool {
        self.service == service && self.port == *port
    }
}

impl Cluster {
    /// Where `host` and `path` of an ingress lead.
    ///
    /// # Errors
    /// `Invalid` when there is no such rule, more than one, or it is in the old form with `serviceName`.
    pub async fn observe_backend(&self, ingress: &str, host: &str, path: &str) -> Result<Backend, Failure> {
        let body = self.ask_for_bytes(&self.path::<Ingress>(Some(ingress))?, "").await?;
        let whole: Value = read(&body).map_err(Failure::of_a_question)?;
        let places = places(&whole, host, path);
        let place = match places.as_slice() {
            [one] => one,
            [] => {
                let shown = quoted(&format!("{host}{path}"));
                return Err(Failure::invalid(format!("the ingress {ingress} has no rule for {shown}")));
            }
            _ => {
                let shown = quoted(&format!("{host}{path}"));
                return Err(Failure::invalid(format!("the ingress {ingress} has several rules for {shown}")));
            }
        };
        let value = whole.pointer(&format!("{place}/backend")).cloned().unwrap_or_default();
        if value.get("serviceName").is_some() {
            return Err(Failure::invalid(format!(
                "the ingress {ingress} is in the old form with `serviceName`, which networking.k8s.io/v1 does not have: \
                 it must be written anew with `service.name` and `service.port` first"
            )));
        }
        let typed: IngressBackend = serde_json::from_value(value.clone()).unwrap_or_default();
        let service = typed.service.ok_or_else(|| {
            Failure::invalid(format!("the ingress {ingress} leads to a resource there, and not to a service"))
        })?;
        let port = service.port.and_then(|port| {
            let number = port.number.and_then(|number| u16::try_from(number).ok()).map(Port::Number);
            number.or(port.name.map(Port::Name))
        });
        let port =
            port.ok_or_else(|| Failure::invalid(format!("the ingress {ingress} names no port there")))?;
        let version = whole["metadata"]["resourceVersion"].as_str().unwrap_or_default();
        Ok(Backend {
            ingress: ingress.to_owned(),
            host: host.to_owned(),
            path: path.to_owned(),
            service: service.name,
            port,
            resource_version: version.to_owned(),
            place: place.clone(),
            value,
        })
    }

    /// The request that leads what was observed to another service. It only fits as long as host, path and backend are
    /// as they were. Undoing it is the same, from what is observed then, to the former service.
    ///
    /// # Errors
    /// When the service's name is none.
    pub fn backend_change(&self, facts: &Backend, service: &str, port: &Port) -> Result<Change, Failure> {
        let service = checked_name(service)?;
        let new_port = match port {
            Port::Number(number) => json!({ "number": number }),
            Port::Name(name) => json!({ "name": name }),
        };
        let (place, ingress) = (&facts.place, &facts.ingress);
        let rule = place.split("/http/").next().unwrap_or_default();
        let patch = json!([
            { "op": "test", "path": format!("{rule}/host"), "value": facts.host },
            { "op": "test", "path": format!("{place}/path"), "value": facts.path },
            { "op": "test", "path": format!("{place}/backend"), "value": facts.value },
            {
                "op": "replace",
                "path": format!("{place}/backend"),
                "value": { "service": { "name": service, "port": new_port } },
            },
        ]);
        let does = format!(
            "leads {}{} to {service}:{port} instead of {}:{}",
            facts.host, facts.path, facts.service, facts.port
        );
        Ok(Change::patch(self.path::<Ingress>(Some(ingress))?, JSON_PATCH, patch, does))
    }

    /// Leads what was observed to another service.
    ///
    /// # Errors
    /// `Changed`, with what is different, when somebody else has led it elsewhere since; else as `apply`.
    pub async fn apply_backend(
        &self,
        facts: &Backend,
        service: &str,
        port: &Port,
        id: &str,
    ) -> Result<Applied, Failure> {
        let change = self.backend_change(facts, service, port)?;
        match self.apply(&change, id).await {
            // The API server says no more of a patch that does not fit: looking tells why.
            Err(refusal @ Failure::NothingHappened { because: Because::Invalid, .. }) => {
                let now = self.observe_backend(&facts.ingress, &facts.host, &facts.path).await?;
                if now.value == facts.value && now.place == facts.place {
                    return Err(refusal);
                }
                Err(Failure::changed(format!(
                    "{}{} leads to {}:{} now, and not to {}:{} any more",
                    facts.host, facts.path, now.service, now.port, facts.service, facts.port
                )))
            }
            other => other,
        }
    }
}

/// Every place of the ingress that is for this host and path.
fn places(ingress: &Value, host: &str, path: &str) -> Vec<String> {
    let mut places = Vec::new();
    for (rule_index, rule) in list(&ingress["spec"]["rules"]).enumerate() {
        for (path_index, entry) in list(&rule["http"]["paths"]).enumerate() {
            if rule["host"] == host && entry["path"] == path {
                places.push(format!("/spec/rules/{rule_index}/http/paths/{path_index}"));
            }
        }
    }
    places
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
