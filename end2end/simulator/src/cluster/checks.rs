//! What the API server does not take, and why.

use serde_json::{Value, json};

use super::refusal::{Cause, Refusal};
use super::resource::Resource;

/// Holds a whole object against the rules of its kind.
///
/// # Errors
/// 422 with everything that is wrong.
pub fn check(resource: Resource, object: &Value) -> Result<(), Refusal> {
    let mut causes = Vec::new();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    if !is_name(name) {
        causes.push(Cause::invalid_value(
            "metadata.name",
            &object["metadata"]["name"],
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        ));
    }
    match resource {
        Resource::Deployments => replicas(&object["spec"]["replicas"], &mut causes),
        Resource::Autoscalers => autoscaler(&object["spec"], &mut causes),
        Resource::Ingresses => ingress(&object["spec"], &mut causes),
        Resource::Jobs => pods_of(&object["spec"]["template"]["spec"], "spec.template.spec", &mut causes),
        _ => {}
    }
    if causes.is_empty() {
        return Ok(());
    }
    let facts = resource.facts();
    Err(Refusal::invalid(facts.kind, facts.group, name, &causes))
}

/// The same for the body of `/scale`.
///
/// # Errors
/// 422 when it cannot be that many.
pub fn check_scale(name: &str, scale: &Value) -> Result<(), Refusal> {
    let mut causes = Vec::new();
    replicas(&scale["spec"]["replicas"], &mut causes);
    if causes.is_empty() { Ok(()) } else { Err(Refusal::invalid("Scale", "autoscaling", name, &causes)) }
}

fn replicas(value: &Value, causes: &mut Vec<Cause>) {
    if value.as_i64().is_none_or(|replicas| replicas < 0) {
        causes.push(Cause::invalid_value("spec.replicas", value, "must be greater than or equal to 0"));
    }
}

fn autoscaler(spec: &Value, causes: &mut Vec<Cause>) {
    let (least, most) =
        (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(0));
    if least < 1 {
        let why = "must be greater than or equal to 1";
        causes.push(Cause::invalid_value("spec.minReplicas", &json!(least), why));
    }
    if most < 1 {
        causes.push(Cause::invalid_value("spec.maxReplicas", &json!(most), "must be greater than 0"));
    } else if most < least {
        let why = "must be greater than or equal to `minReplicas`";
        causes.push(Cause::invalid_value("spec.maxReplicas", &json!(most), why));
    }
}

fn ingress(spec: &Value, causes: &mut Vec<Cause>) {
    for (rule_index, rule) in spec["rules"].as_array().into_iter().flatten().enumerate() {
        for (path_index, path) in rule["http"]["paths"].as_array().into_iter().flatten().enumerate() {
            let field = format!("spec.rules[{rule_index}].http.paths[{path_index}].backend");
            let service = &path["backend"]["service"];
            if service["name"].as_str().is_none_or(str::is_empty) {
                causes.push(Cause::required(&format!("{field}.service.name"), "name is required"));
            }
            if service["port"]["number"].is_null() && service["port"]["name"].is_null() {
                causes.push(Cause::required(&field, "port name or number is required"));
            }
        }
    }
}

fn pods_of(spec: &Value, field: &str, causes: &mut Vec<Cause>) {
    if spec["containers"].as_array().is_none_or(Vec::is_empty) {
        causes.push(Cause::required(&format!("{field}.containers"), ""));
    }
    if !matches!(spec["restartPolicy"].as_str(), Some("Never" | "OnFailure")) {
        causes.push(Cause::required(
            &format!("{field}.restartPolicy"),
            "valid values: \"OnFailure\", \"Never\"",
        ));
    }
}

/// Whether an object may be called so.
fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    !name.is_empty()
        && name.len() <= 253
        && name.chars().all(|letter| fits(letter) || letter == '-' || letter == '.')
        && name.starts_with(fits)
        && name.ends_with(fits)
}
