//! `GET /live`: one stream of server-sent events for a page.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{body::Body, extract::Query, http::HeaderMap, response::Response};
use backend::{
    access::{Access, Permission},
    live::{AlertsTold, Encoded, Hub},
};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use tokio::sync::{broadcast, watch};

use crate::{
    access::asked::{Asked, Visitor},
    serving,
};

/// Proxies close what is silent; this is shorter than the usual minute.
const SILENT_FOR: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
pub struct Wanted {
    platform: Option<String>,
}

struct Viewer {
    hub: Hub,
    platform: Option<String>,
    waiting: Vec<Encoded>,
    seen: u64,
    changes: broadcast::Receiver<Encoded>,
    stop: watch::Receiver<bool>,
    rights: watch::Receiver<()>,
    access: Access,
    visitor: Visitor,
    hello: Option<Bytes>,
    alerts: watch::Receiver<Arc<AlertsTold>>,
    /// Rises with each change of a run, or of the switch for everything automatic.
    actions: watch::Receiver<u64>,
    /// Rises with each change of a breaker, which begins runs and is drawn beside them.
    breakers: watch::Receiver<u64>,
    /// Rises with each change of a case, which is drawn by the same parts.
    cases: watch::Receiver<u64>,
    ended: bool,
    _counted: Counted,
}

/// One viewer more while it lives.
struct Counted;

impl Counted {
    fn new() -> Counted {
        metrics::gauge!("bellwether_live_viewers").increment(1.0);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("bellwether_live_viewers").decrement(1.0);
    }
}

pub async fn stream(asked: Asked, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    let (state, visitor) = (asked.state, asked.visitor);
    let hub = state.console.hub.clone();
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    // Listening begins before the newest frames are read, so that nothing falls between.
    let changes = hub.subscribe();
    // How the alerts stand is said at once, and then whenever that changes.
    let mut alerts = hub.alerts();
    alerts.mark_changed();
    let mut actions = state.actions.changes();
    actions.mark_changed();
    let mut waiting = hub.since(seen);
    waiting.retain(|event| wanted.platform.as_deref().is_none_or(|name| name == &*event.platform));
    waiting.reverse();
    let viewer = Viewer {
        hub,
        platform: wanted.platform,
        waiting,
        seen: 0,
        changes,
        stop: state.stop.clone(),
        rights: state.access.changes(),
        access: state.access.clone(),
        visitor,
        hello: Some(state.hello()),
        alerts,
        actions,
        breakers: state.failover.changes(),
        cases: state.cases.changes(),
        ended: false,
        _counted: Counted::new(),
    };
    let body = Body::from_stream(stream::unfold(viewer, |mut viewer| async move {
        let event = viewer.next().await?;
        Some((Ok::<_, Infallible>(event), viewer))
    }));
    serving::events(body)
}

impl Viewer {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(hello) = self.hello.take() {
            return Some(hello);
        }
        loop {
            if self.ended {
                return None;
            }
            if let Some(event) = self.waiting.pop() {
                self.seen = self.seen.max(event.revision);
                return Some(event.event);
            }
            if *self.stop.borrow() {
                return None;
            }
            let heard = tokio::select! {
                _ = self.stop.changed() => return None,
                Ok(()) = self.rights.changed() => {
                    if !self.may_still().await {
                        return self.end();
                    }
                    continue;
                }
                Ok(()) = self.alerts.changed() => {
                    let event = self.alerts.borrow_and_update().event.clone();
                    if event.is_empty() {
                        continue;
                    }
                    return Some(event);
                }
                Ok(()) = self.actions.changed() => return Some(self.actions_changed()),
                Ok(()) = self.breakers.changed() => return Some(self.actions_changed()),
                Ok(()) = self.cases.changed() => return Some(self.actions_changed()),
                heard = tokio::time::timeout(SILENT_FOR, self.changes.recv()) => heard,
            };
            match heard {
                // Another process may have ended the session: that shows here at the latest.
                Err(_) if !self.may_still().await => return self.end(),
                Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                Ok(Ok(event)) if event.revision > self.seen && self.wants(&event) => {
                    self.seen = event.revision;
                    return Some(event.event);
                }
                Ok(Ok(_)) => {}
                // A viewer too slow for every change gets the newest state, which is all it needs.
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                    self.waiting = self.hub.since(Some(self.seen));
                    let platform = self.platform.clone();
                    self.waiting
                        .retain(|event| platform.as_deref().is_none_or(|name| name == &*event.platform));
                    self.waiting.reverse();
                }
                Ok(Err(broadcast::error::RecvError::Closed)) => return None,
            }
        }
    }

    fn actions_changed(&mut self) -> Bytes {
        let changes = self.actions.borrow_and_update().saturating_add(*self.breakers.borrow_and_update());
        let changes = changes.saturating_add(*self.cases.borrow_and_update());
        Bytes::from(format!("event: actions\ndata: {changes}\n\n"))
    }

    /// The last event: the page then loads itself again, and is told to sign in.
    fn end(&mut self) -> Option<Bytes> {
        self.ended = true;
        Some(Bytes::from_static(b"event: ended\ndata: {}\n\n"))
    }

    async fn may_still(&self) -> bool {
        self.visitor.may_still(&self.access, Permission::SeeStatus).await
    }

    fn wants(&self, event: &Encoded) -> bool {
        self.platform.as_deref().is_none_or(|name| name == &*event.platform)
    }
}
