//! What the cluster notes about its objects, for whoever describes one.

use serde_json::{Value, json};

use super::resource::Resource;
use super::{Cluster, told};

/// So many are kept.
const MOST_EVENTS: usize = 400;

impl Cluster {
    /// Notes something about `object`. The same again counts up the note that is there.
    pub(super) fn note(
        &mut self,
        about: (Resource, &str),
        kind: &str,
        (reason, message): (&str, &str),
        source: &str,
    ) {
        let (resource, name) = about;
        let Some(object) = self.object(resource, name) else { return };
        let uid = object["metadata"]["uid"].clone();
        let same = |event: &Value| {
            event["involvedObject"]["uid"] == uid && event["reason"] == reason && event["message"] == message
        };
        let selector = super::selector::Selector::default();
        let again = self.all(Resource::Events, &selector).find(|event| same(event)).cloned();
        if let Some(event) = again {
            let mut event = Value::clone(&event);
            event["count"] = json!(event["count"].as_u64().unwrap_or(1) + 1);
            event["lastTimestamp"] = told(self.now);
            self.write(Resource::Events, event);
            return;
        }
        let number = self.number();
        let event = json!({
            "metadata": { "name": format!("{name}.{:016x}", 0x187a_0000_0000_0000_u64 + number) },
            "involvedObject": {
                "kind": resource.facts().kind,
                "namespace": super::NAMESPACE,
                "name": name,
                "uid": uid,
                "apiVersion": resource.api_version(),
            },
            "reason": reason,
            "message": message,
            "source": { "component": source },
            "firstTimestamp": told(self.now),
            "lastTimestamp": told(self.now),
            "count": 1,
            "type": kind,
            "eventTime": null,
            "reportingComponent": source,
            "reportingInstance": "",
        });
        self.write(Resource::Events, event);
        self.drop_old_events();
    }

    fn drop_old_events(&mut self) {
        let selector = super::selector::Selector::default();
        let mut events: Vec<(String, String)> = self
            .all(Resource::Events, &selector)
            .map(|event| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (text(&event["lastTimestamp"]), text(&event["metadata"]["name"]))
            })
            .collect();
        if events.len() <= MOST_EVENTS {
            return;
        }
        events.sort();
        for (_, name) in events.drain(..events.len() - MOST_EVENTS) {
            self.remove(Resource::Events, &name);
        }
    }
}
