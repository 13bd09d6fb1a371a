//! The log of one pod: its last lines, and on request what follows.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::answer::{self, Said};
use crate::cluster::logs::Line;
use crate::cluster::pods::{containers, name_of};
use crate::cluster::refusal::Refusal;
use crate::cluster::resource::{Resource, Target};
use crate::cluster::verbs::Params;
use crate::platform::Platform;

const LOOKS_EVERY: Duration = Duration::from_millis(50);

/// Who follows a log.
struct Follower {
    platform: Arc<Platform>,
    pod: String,
    uid: Value,
    told_up_to: Timestamp,
    timestamps: bool,
    over: bool,
}

pub fn read(platform: Arc<Platform>, target: &Target, params: &Params) -> Result<Response, Refusal> {
    let tail = params.number("tailLines")?.map(|lines| usize::try_from(lines).unwrap_or(usize::MAX));
    let since = params.number("sinceSeconds")?;
    let timestamps = params.flag("timestamps");
    let (text, follower) = {
        let (world, now) = platform.world();
        let pod = world.cluster.get(&Target { subresource: None, ..target.clone() })?;
        has_container(&pod, params.text("container"))?;
        has_begun(&pod)?;
        let from = since.map(|seconds| {
            let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            now.saturating_sub(span).unwrap_or(now)
        });
        let mut lines = world.cluster.log(&pod, from, &|at| world.vitals(at).error_rate);
        if params.flag("previous") {
            lines = before_crash(&pod)?;
        }
        if let Some(tail) = tail {
            lines.drain(..lines.len().saturating_sub(tail));
        }
        let follower = params.flag("follow").then(|| Follower {
            platform: platform.clone(),
            pod: name_of(&pod),
            uid: pod["metadata"]["uid"].clone(),
            told_up_to: now,
            timestamps,
            over: false,
        });
        (written(&lines, timestamps), follower)
    };
    let said = Said { body: json!("log"), ..Said::default() };
    let body = match follower {
        None => Body::from(text),
        Some(follower) => {
            let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from(text))]);
            Body::from_stream(futures::StreamExt::chain(first, stream::unfold(follower, next)))
        }
    };
    Ok(answer::with(StatusCode::OK, "text/plain", body, said))
}

async fn next(mut follower: Follower) -> Option<(std::io::Result<Bytes>, Follower)> {
    loop {
        if follower.over {
            return None;
        }
        tokio::time::sleep(LOOKS_EVERY).await;
        let text = follower.look();
        if !text.is_empty() {
            return Some((Ok(Bytes::from(text)), follower));
        }
    }
}

impl Follower {
    /// What the pod wrote since; over when it is gone or done.
    fn look(&mut self) -> String {
        let platform = self.platform.clone();
        let (world, now) = platform.world();
        let same = |pod: &&Arc<Value>| pod["metadata"]["uid"] == self.uid;
        let Some(pod) = world.cluster.object(Resource::Pods, &self.pod).filter(same) else {
            self.over = true;
            return String::new();
        };
        let lines = world.cluster.log(pod, Some(self.told_up_to), &|at| world.vitals(at).error_rate);
        self.told_up_to = now;
        self.over = is_over(pod);
        written(&lines, self.timestamps)
    }
}

fn is_over(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

fn has_container(pod: &Value, container: Option<&str>) -> Result<(), Refusal> {
    match container {
        Some(name) if !containers(&pod["spec"]).any(|container| container["name"] == name) => {
            Err(Refusal::bad_request(format!("container {name} is not valid for pod {}", name_of(pod))))
        }
        _ => Ok(()),
    }
}

fn has_begun(pod: &Value) -> Result<(), Refusal> {
    let status = &pod["status"]["containerStatuses"][0];
    match status["state"]["waiting"]["reason"].as_str() {
        Some(reason) => Err(Refusal::bad_request(format!(
            "container \"{}\" in pod \"{}\" is waiting to start: {reason}",
            status["name"].as_str().unwrap_or_default(),
            name_of(pod)
        ))),
        None => Ok(()),
    }
}

/// The last words of the container before this one.
fn before_crash(pod: &Value) -> Result<Vec<Line>, Refusal> {
    let status = &pod["status"]["containerStatuses"][0];
    let ended = status["lastState"]["terminated"]["finishedAt"].as_str().and_then(|at| at.parse().ok());
    match ended {
        Some(at) => Ok(vec![Line { at, text: "FATAL out of memory: 4096 MiB of 4096 MiB used".into() }]),
        None => Err(Refusal::bad_request(format!(
            "previous terminated container \"{}\" in pod \"{}\" not found",
            status["name"].as_str().unwrap_or_default(),
            name_of(pod)
        ))),
    }
}

fn written(lines: &[Line], timestamps: bool) -> String {
    lines
        .iter()
        .map(
            |line| {
                if timestamps {
                    format!("{:.9} {}\n", line.at, line.text)
                } else {
                    format!("{}\n", line.text)
                }
            },
        )
        .collect()
}
