//! The three ways to patch an object.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Applies the patch in `body` to `object`, in the way that its content type names.
///
/// # Errors
/// When it is in no known way, cannot be read, or does not fit.
pub fn apply(object: &mut Value, content_type: &str, body: &[u8]) -> Result<(), Refusal> {
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    let unreadable =
        |error: serde_json::Error| Refusal::bad_request(format!("error decoding patch: {error}"));
    match content_type {
        "application/json-patch+json" => {
            let patch: json_patch::Patch = serde_json::from_slice(body).map_err(unreadable)?;
            json_patch::patch(object, &patch).map_err(|_| Refusal::patch_does_not_fit())
        }
        "application/merge-patch+json" => {
            let patch: Value = serde_json::from_slice(body).map_err(unreadable)?;
            json_patch::merge(object, &patch);
            Ok(())
        }
        "application/strategic-merge-patch+json" => {
            let patch: Map<String, Value> = serde_json::from_slice(body).map_err(unreadable)?;
            merge_strategically(object, &patch);
            Ok(())
        }
        other => Err(Refusal::unsupported_media_type(other)),
    }
}

/// As a merge patch, but for the lists that have a key: those are merged element by element.
fn merge_strategically(object: &mut Value, patch: &Map<String, Value>) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Value::Object(fields) = object else { return };
    for (key, change) in patch {
        // Directives only say in which order the rest is meant.
        if key.starts_with('$') {
            continue;
        }
        match (change, key_of_list(key)) {
            (Value::Null, _) => {
                fields.remove(key);
            }
            (Value::Object(change), _) => {
                merge_strategically(fields.entry(key.clone()).or_insert(Value::Null), change);
            }
            (Value::Array(changes), Some(list_key)) => {
                merge_list(fields.entry(key.clone()).or_insert(Value::Null), changes, list_key);
            }
            (change, _) => {
                fields.insert(key.clone(), change.clone());
            }
        }
    }
}

/// What the elements of a list are told apart by; nothing for lists that are replaced whole, like an ingress's rules.
fn key_of_list(list: &str) -> Option<&'static str> {
    match list {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some("name"),
        "conditions" => Some("type"),
        _ => None,
    }
}

fn merge_list(list: &mut Value, changes: &[Value], key: &str) {
    if !list.is_array() {
        *list = Value::Array(Vec::new());
    }
    let Value::Array(elements) = list else { return };
    for change in changes {
        let Value::Object(fields) = change else { continue };
        let same = |element: &Value| element[key] == change[key];
        if fields.get("$patch").is_some_and(|directive| directive == "delete") {
            elements.retain(|element| !same(element));
            continue;
        }
        let index = elements.iter().position(same).unwrap_or_else(|| {
            elements.push(Value::Null);
            elements.len() - 1
        });
        merge_strategically(&mut elements[index], fields);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ingress() -> Value {
        json!({ "spec": { "rules": [{ "host": "h", "backend": "old" }], "class": "nginx" } })
    }

    #[test]
    fn a_json_patch_tests_first() {
        let mut object = ingress();
        let patch = |old: &str| {
            json!([
                { "op": "test", "path": "/spec/rules/0/backend", "value": old },
                { "op": "replace", "path": "/spec/rules/0/backend", "value": "new" },
            ])
            .to_string()
        };
        let refused = apply(&mut object, "application/json-patch+json", patch("other").as_bytes());
        assert_eq!(refused.unwrap_err().code, 422);
        assert_eq!(object, ingress(), "a patch that does not fit changes nothing");
        apply(&mut object, "application/json-patch+json; charset=utf-8", patch("old").as_bytes()).unwrap();
        assert_eq!(object["spec"]["rules"][0]["backend"], "new");
    }

    #[test]
    fn a_merge_patch_replaces_lists_and_takes_null_away() {
        let mut object = ingress();
        let patch = br#"{"spec":{"rules":[{"host":"x"}],"class":null}}"#;
        apply(&mut object, "application/merge-patch+json", patch).unwrap();
        assert_eq!(object, json!({ "spec": { "rules": [{ "host": "x" }] } }));
    }

    #[test]
    fn a_strategic_merge_patch_merges_containers_by_name() {
        let mut object = json!({ "containers": [{ "name": "a", "image": "1" }, { "name": "b" }] });
        let patch = br#"{"containers":[{"name":"a","tty":true},{"name":"b","$patch":"delete"},{"name":"c"}],"annotations":{"x":"y"}}"#;
        apply(&mut object, "application/strategic-merge-patch+json", patch).unwrap();
        assert_eq!(
            object,
            json!({
                "containers": [{ "name": "a", "image": "1", "tty": true }, { "name": "c" }],
                "annotations": { "x": "y" },
            })
        );
        assert_eq!(apply(&mut object, "application/json", b"{}").unwrap_err().code, 415);
    }
}
