//! What the API server does with a request: it reads, or it changes one object and says what that was.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::resource::{Resource, Target};
use super::rollout::NOTICED_AFTER_MS;
use super::selector::Selector;
use super::{Cluster, NAMESPACE, Step, checks, felt, jobs, patch};

/// The part of an address behind the question mark.
#[derive(Debug, Clone, Default)]
pub struct Params(pub BTreeMap<String, String>);

impl Params {
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A flag counts when it is given as `true` or `1`.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.text(key), Some("true" | "1"))
    }

    /// # Errors
    /// When it is not a number.
    pub fn number(&self, key: &str) -> Result<Option<u64>, Refusal> {
        let wrong = |_| Refusal::bad_request(format!("{key}: expected a number"));
        self.text(key).map(str::parse).transpose().map_err(wrong)
    }

    /// # Errors
    /// When a selector cannot be read.
    pub fn selector(&self) -> Result<Selector, Refusal> {
        Selector::read(self.text("labelSelector"), self.text("fieldSelector"))
    }
}

/// What a request wants to be done.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// `create`, `update`, `patch`, `delete`.
    pub verb: &'a str,
    pub content_type: &'a str,
    pub body: &'a [u8],
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Done {
    pub code: u16,
    pub object: Value,
    /// `scaled deployments/ai-optimization-engine from 3 to 10`
    pub what: String,
    /// Whether anything is different now.
    pub changed: bool,
}

impl Cluster {
    /// One object, or its `/scale`.
    ///
    /// # Errors
    /// 404 when it is not there.
    pub fn get(&self, target: &Target) -> Result<Value, Refusal> {
        let object = self.find(target)?;
        Ok(match target.subresource.as_deref() {
            Some("scale") => scale_of(&object),
            _ => self.shown(target.resource, &object),
        })
    }

    /// Those that the selectors take, a page at a time. `strain` is for what the pods use.
    ///
    /// # Errors
    /// When the question cannot be read, or goes on from a page that is forgotten.
    pub fn list(&self, target: &Target, params: &Params, strain: f64) -> Result<Value, Refusal> {
        let selector = params.selector()?;
        let resource = target.resource;
        let facts = resource.facts();
        let here = target.namespace.as_deref().is_none_or(|namespace| namespace == NAMESPACE);
        let mut items: Vec<Value> = match resource {
            _ if !here => Vec::new(),
            Resource::PodMetrics => {
                self.usage(strain).into_iter().filter(|usage| selector.takes(usage)).collect()
            }
            _ => self.all(resource, &selector).map(|object| self.shown(resource, object)).collect(),
        };
        if let Some(token) = params.text("continue") {
            let after = self.read_token(token)?;
            items.retain(|item| item["metadata"]["name"].as_str().is_some_and(|name| name > after.as_str()));
        }
        let mut metadata = json!({ "resourceVersion": self.version().to_string() });
        if let Some(limit) = params.number("limit")?.filter(|limit| *limit > 0) {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            if items.len() > limit {
                metadata["remainingItemCount"] = json!(items.len() - limit);
                items.truncate(limit);
                let last =
                    items.last().map_or("", |item| item["metadata"]["name"].as_str().unwrap_or_default());
                metadata["continue"] = json!(self.token(last));
            }
        }
        // What stands in a list says only once what it is.
        for item in &mut items {
            if let Some(fields) = item.as_object_mut() {
                fields.remove("kind");
                fields.remove("apiVersion");
            }
        }
        Ok(json!({
            "kind": format!("{}List", facts.kind),
            "apiVersion": resource.api_version(),
            "metadata": metadata,
            "items": items,
        }))
    }

    /// Does what is wanted.
    ///
    /// # Errors
    /// When it is not there, was changed meanwhile, or would be wrong.
    pub fn change(&mut self, target: &Target, wanted: Wanted<'_>) -> Result<Done, Refusal> {
        if target.namespace.as_deref().is_some_and(|namespace| namespace != NAMESPACE) {
            return Err(Refusal::not_found(
                Resource::Namespaces,
                target.namespace.as_deref().unwrap_or_default(),
            ));
        }
        match (wanted.verb, target.subresource.as_deref()) {
            ("create", None) => self.create(target, wanted),
            ("delete", None) => self.delete(target),
            ("update" | "patch", Some("scale")) => self.scale(target, wanted),
            ("update" | "patch", None) => self.replace(target, wanted),
            _ => Err(Refusal::method_not_allowed()),
        }
    }

    fn find(&self, target: &Target) -> Result<Arc<Value>, Refusal> {
        let here = target.namespace.as_deref().is_none_or(|namespace| namespace == NAMESPACE);
        self.object(target.resource, target.name())
            .filter(|_| here)
            .cloned()
            .ok_or_else(|| Refusal::not_found(target.resource, target.name()))
    }

    /// The object as it is told: an ingress in its old form where that was ordered.
    pub fn shown(&self, resource: Resource, object: &Value) -> Value {
        let mut object = object.clone();
        if resource == Resource::Ingresses && self.orders.old_ingress {
            for rule in object["spec"]["rules"].as_array_mut().into_iter().flatten() {
                for path in rule["http"]["paths"].as_array_mut().into_iter().flatten() {
                    let service = &path["backend"]["service"];
                    let old =
                        json!({ "serviceName": service["name"], "servicePort": service["port"]["number"] });
                    path["backend"] = old;
                }
            }
        }
        object
    }

    fn create(&mut self, target: &Target, wanted: Wanted<'_>) -> Result<Done, Refusal> {
        let mut object = read_object(target.resource, wanted)?;
        if let (Some(start), true) =
            (object["metadata"]["generateName"].as_str(), object["metadata"]["name"].is_null())
        {
            object["metadata"]["name"] = json!(format!("{start}{}", self.suffix(5)));
        }
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        if self.object(target.resource, &name).is_some() {
            return Err(Refusal::already_exists(target.resource, &name));
        }
        if !object["metadata"]["resourceVersion"].is_null() {
            return Err(Refusal::bad_request("resourceVersion should not be set on objects to be created"));
        }
        checks::check(target.resource, &object)?;
        let mut what = format!("created {}/{name}", target.resource.facts().plural);
        if target.resource == Resource::Jobs {
            self.settle_job(&mut object);
            what += &format!(" from cronjobs/{}", jobs::cronjob_of(&object));
        }
        let object = self.write(target.resource, object);
        if target.resource == Resource::Jobs {
            self.expect_job(&name);
        }
        Ok(Done { code: 201, object: Value::clone(&object), what, changed: true })
    }

    fn delete(&mut self, target: &Target) -> Result<Done, Refusal> {
        let object = self.find(target)?;
        let name = target.name();
        match target.resource {
            Resource::Pods => {
                self.end_pod(name);
                if let Some(app) = object["metadata"]["labels"]["app"].as_str() {
                    self.later(NOTICED_AFTER_MS, Step::Deployment(app.to_owned()));
                }
            }
            resource => {
                for pod in self.pods_with("job-name", name) {
                    self.end_pod(&super::pods::name_of(&pod));
                }
                self.remove(resource, name);
            }
        }
        let facts = target.resource.facts();
        let object = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": { "name": name, "group": facts.group, "kind": facts.plural, "uid": object["metadata"]["uid"] },
        });
        Ok(Done { code: 200, object, what: format!("deleted {}/{name}", facts.plural), changed: true })
    }

    fn replace(&mut self, target: &Target, wanted: Wanted<'_>) -> Result<Done, Refusal> {
        let before = self.find(target)?;
        let base = self.shown(target.resource, &before);
        let after = self.wanted_object(target, &base, wanted)?;
        checks::check(target.resource, &after)?;
        let after = self.keep_status(after, &before);
        let written = self.write(target.resource, after);
        let changed = !Arc::ptr_eq(&written, &before) && *written != *before;
        if changed {
            self.notice(target.resource, target.name());
        }
        let what = told_change(target.resource, target.name(), &before, &written);
        Ok(Done { code: 200, object: Value::clone(&written), what, changed })
    }

    fn scale(&mut self, target: &Target, wanted: Wanted<'_>) -> Result<Done, Refusal> {
        let before = self.find(target)?;
        let scale = self.wanted_object(target, &scale_of(&before), wanted)?;
        checks::check_scale(target.name(), &scale)?;
        let mut after = Value::clone(&before);
        after["spec"]["replicas"] = scale["spec"]["replicas"].clone();
        let written = self.write(target.resource, after);
        let changed = *written != *before;
        if changed {
            self.notice(target.resource, target.name());
        }
        let what = told_change(target.resource, target.name(), &before, &written);
        Ok(Done { code: 200, object: scale_of(&written), what, changed })
    }

    /// The object that a patch makes of `base`, or the one that is put in its place.
    fn wanted_object(&self, target: &Target, base: &Value, wanted: Wanted<'_>) -> Result<Value, Refusal> {
        let object = if wanted.verb == "patch" {
            let mut object = base.clone();
            patch::apply(&mut object, wanted.content_type, wanted.body)?;
            object
        } else {
            read_object(target.resource, wanted)?
        };
        let name = &object["metadata"]["name"];
        if name.as_str() != target.name.as_deref() {
            return Err(Refusal::bad_request(format!(
                "the name of the object ({}) does not match the name on the URL ({})",
                name.as_str().unwrap_or_default(),
                target.name()
            )));
        }
        let version = &object["metadata"]["resourceVersion"];
        if !version.is_null() && *version != base["metadata"]["resourceVersion"] {
            return Err(Refusal::conflict(target.resource, target.name()));
        }
        Ok(object)
    }

    /// The status belongs to the controllers: nobody else writes it.
    fn keep_status(&self, mut object: Value, before: &Value) -> Value {
        if !before["status"].is_null() {
            object["status"] = before["status"].clone();
        }
        object
    }

    /// Whoever looks after this kind of object looks soon.
    fn notice(&mut self, resource: Resource, name: &str) {
        match resource {
            Resource::Deployments => {
                self.later(NOTICED_AFTER_MS, Step::Deployment(name.to_owned()));
                self.wake_autoscaler_of(name);
            }
            Resource::Autoscalers => self.later(NOTICED_AFTER_MS, Step::Autoscaler(name.to_owned())),
            Resource::Ingresses => self.look_behind(),
            _ => {}
        }
    }

    /// Where a list goes on.
    fn token(&self, after: &str) -> String {
        format!("{}:{after}", self.version()).bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    fn read_token(&self, token: &str) -> Result<String, Refusal> {
        let bytes: Option<Vec<u8>> = (0..token.len() / 2)
            .map(|index| u8::from_str_radix(token.get(index * 2..index * 2 + 2)?, 16).ok())
            .collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let read = text.as_deref().and_then(|text| text.split_once(':'));
        let Some((version, name)) = read.and_then(|(version, name)| Some((version.parse().ok()?, name)))
        else {
            return Err(Refusal::bad_request("continue key is not valid"));
        };
        if !self.remembers(version) {
            return Err(Refusal::expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.".into(),
            ));
        }
        Ok(name.to_owned())
    }
}

fn read_object(resource: Resource, wanted: Wanted<'_>) -> Result<Value, Refusal> {
    // Others, above all protobuf, are spoken by API servers and not here.
    if !wanted.content_type.is_empty() && !wanted.content_type.starts_with("application/json") {
        return Err(Refusal::unsupported_media_type(wanted.content_type));
    }
    let facts = resource.facts();
    let object: Value = serde_json::from_slice(wanted.body).map_err(|error| {
        let (kind, version) = (facts.kind, facts.version);
        Refusal::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {error}"
        ))
    })?;
    if !object.is_object() {
        return Err(Refusal::bad_request("the body is not an object"));
    }
    Ok(object)
}

/// The `autoscaling/v1` face of a deployment.
#[must_use]
pub fn scale_of(deployment: &Value) -> Value {
    let metadata = &deployment["metadata"];
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
            "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": { "replicas": deployment["spec"]["replicas"] },
        "status": {
            "replicas": deployment["status"]["replicas"].as_u64().unwrap_or_default(),
            "selector": format!("app={}", metadata["name"].as_str().unwrap_or_default()),
        },
    })
}

/// What a change was, in words.
fn told_change(resource: Resource, name: &str, before: &Value, after: &Value) -> String {
    let object = format!("{}/{name}", resource.facts().plural);
    let (old, new) = (&before["spec"], &after["spec"]);
    let counts = [
        ("scaled", "replicas"),
        ("changed the least of", "minReplicas"),
        ("changed the most of", "maxReplicas"),
    ];
    let counted = counts.iter().find(|(_, key)| old[*key] != new[*key]);
    if let Some((word, key)) = counted {
        return format!("{word} {object} from {} to {}", old[*key], new[*key]);
    }
    if resource == Resource::Ingresses {
        let of = |ingress: &Value| felt::backend_of(ingress).unwrap_or_else(|| "nothing".into());
        return format!("led {object} from {} to {}", of(before), of(after));
    }
    if old["template"]["metadata"]["annotations"] != new["template"]["metadata"]["annotations"] {
        return format!("restarted {object}");
    }
    format!("changed {object}")
}
