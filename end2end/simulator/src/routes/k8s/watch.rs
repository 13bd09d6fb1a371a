//! Watches: one JSON object a line for each change, as long as the other side listens.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};

use crate::answer::{self, Said};
use crate::cluster::refusal::Refusal;
use crate::cluster::resource::{Resource, Target};
use crate::cluster::selector::Selector;
use crate::cluster::verbs::Params;
use crate::platform::Platform;

/// How often a watch looks for changes.
const LOOKS_EVERY: Duration = Duration::from_millis(20);
const BOOKMARK_EVERY: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(1_800);

/// One watch that goes on.
struct Watch {
    platform: Arc<Platform>,
    resource: Resource,
    selector: Selector,
    version: u64,
    /// What is still to be told.
    lines: VecDeque<Value>,
    bookmarks: bool,
    bookmarked: Instant,
    ends: Instant,
    over: bool,
}

/// Begins a watch. Without a version, or from 0, it first tells everything that is there.
pub fn begin(platform: Arc<Platform>, target: &Target, params: &Params) -> Result<Response, Refusal> {
    let selector = params.selector()?;
    let from = params.number("resourceVersion")?.unwrap_or_default();
    let seconds = params.number("timeoutSeconds")?;
    let longest = seconds.map_or(LONGEST, |seconds| Duration::from_secs(seconds).min(LONGEST));
    let mut lines = VecDeque::new();
    let version = if from == 0 {
        let (world, _) = platform.world();
        for object in world.cluster.all(target.resource, &selector) {
            lines.push_back(
                json!({ "type": "ADDED", "object": world.cluster.shown(target.resource, object) }),
            );
        }
        world.cluster.version()
    } else {
        from
    };
    let watch = Watch {
        platform,
        resource: target.resource,
        selector,
        version,
        lines,
        bookmarks: params.flag("allowWatchBookmarks"),
        bookmarked: Instant::now(),
        ends: Instant::now() + longest,
        over: false,
    };
    let lines = stream::unfold(watch, next);
    let said = Said { body: json!("watch"), ..Said::default() };
    Ok(answer::with(StatusCode::OK, "application/json", Body::from_stream(lines), said))
}

async fn next(mut watch: Watch) -> Option<(std::io::Result<Bytes>, Watch)> {
    loop {
        if let Some(line) = watch.lines.pop_front() {
            return Some((Ok(Bytes::from(format!("{line}\n"))), watch));
        }
        if watch.over || Instant::now() >= watch.ends {
            return None;
        }
        watch.look();
        if watch.lines.is_empty() {
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }
}

impl Watch {
    /// Takes in what has happened since.
    fn look(&mut self) {
        let platform = self.platform.clone();
        let (world, _) = platform.world();
        match world.cluster.since(self.resource, &self.selector, self.version) {
            Ok(changes) => {
                for change in changes {
                    let object = world.cluster.shown(self.resource, &change.object);
                    self.lines.push_back(json!({ "type": change.kind, "object": object }));
                }
                self.version = world.cluster.version();
            }
            Err(refusal) => {
                self.lines.push_back(json!({ "type": "ERROR", "object": refusal.status() }));
                self.over = true;
                return;
            }
        }
        if self.bookmarks && self.bookmarked.elapsed() >= BOOKMARK_EVERY {
            self.bookmarked = Instant::now();
            self.lines.push_back(json!({
                "type": "BOOKMARK",
                "object": {
                    "kind": self.resource.facts().kind,
                    "apiVersion": self.resource.api_version(),
                    "metadata": { "resourceVersion": self.version.to_string(), "creationTimestamp": null },
                },
            }));
        }
    }
}
