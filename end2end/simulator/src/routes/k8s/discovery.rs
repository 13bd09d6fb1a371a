//! What the API server says of itself, so that `kubectl` finds its way.

use serde_json::{Value, json};

use crate::cluster::resource::Resource;

/// The description at `path`, when it is the address of one.
pub fn describe(path: &str) -> Option<Value> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["version"] => Some(json!({
            "major": "1", "minor": "34", "gitVersion": "v1.34.2", "gitCommit": "", "gitTreeState": "clean",
            "buildDate": "2025-11-11T00:00:00Z", "goVersion": "go1.24.9", "compiler": "gc", "platform": "linux/amd64",
        })),
        ["livez" | "readyz" | "healthz"] => Some(json!("ok")),
        ["api"] => Some(json!({ "kind": "APIVersions", "versions": ["v1"] })),
        ["apis"] => Some(json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups() })),
        ["api", "v1"] => Some(resources("", "v1")),
        ["apis", group, version] => {
            let known = |resource: &Resource| {
                (resource.facts().group, resource.facts().version) == (*group, *version)
            };
            Resource::ALL.iter().any(known).then(|| resources(group, version))
        }
        _ => None,
    }
}

fn groups() -> Vec<Value> {
    let mut groups: Vec<Value> = Vec::new();
    for resource in Resource::ALL {
        let facts = resource.facts();
        if facts.group.is_empty() || groups.iter().any(|group| group["name"] == facts.group) {
            continue;
        }
        let version = json!({ "groupVersion": resource.api_version(), "version": facts.version });
        groups.push(json!({ "name": facts.group, "versions": [version], "preferredVersion": version }));
    }
    groups
}

fn resources(group: &str, version: &str) -> Value {
    let mut resources = Vec::new();
    for resource in Resource::ALL {
        let facts = resource.facts();
        if (facts.group, facts.version) != (group, version) {
            continue;
        }
        let short: Vec<&str> = Some(facts.short).filter(|short| !short.is_empty()).into_iter().collect();
        resources.push(json!({
            "name": facts.plural,
            "singularName": facts.singular,
            "namespaced": resource != Resource::Namespaces,
            "kind": facts.kind,
            "verbs": facts.verbs,
            "shortNames": short,
        }));
        for subresource in facts.subresources {
            let (group, version, kind) = match *subresource {
                "scale" => ("autoscaling", "v1", "Scale"),
                _ => (facts.group, facts.version, facts.kind),
            };
            let verbs: &[&str] = if *subresource == "scale" { &["get", "patch", "update"] } else { &["get"] };
            resources.push(json!({
                "name": format!("{}/{subresource}", facts.plural),
                "singularName": "",
                "namespaced": true,
                "group": group,
                "version": version,
                "kind": kind,
                "verbs": verbs,
            }));
        }
    }
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources,
    })
}
