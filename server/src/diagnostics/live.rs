//! `GET /diagnostics/log/live`: the lines of a pod as they are written, masked, as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    access::{Access, Permission},
    diagnostics::{Followed, NotFollowed},
};
use bytes::Bytes;
use domain::{diagnostics::Line, time::Millis};
use futures::stream;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::watch;

use super::{Looking, Wanted};
use crate::{
    access::asked::{Asked, Visitor},
    serving,
};

/// As for every stream: shorter than what proxies close as silent.
const SILENT_FOR: Duration = Duration::from_secs(20);

struct Follower {
    followed: Followed,
    zone: TimeZone,
    stop: watch::Receiver<bool>,
    rights: watch::Receiver<()>,
    access: Access,
    visitor: Visitor,
    ended: bool,
}

/// As the page writes it.
#[derive(Serialize)]
struct Told<'a> {
    at: String,
    text: &'a str,
    trouble: bool,
}

pub(super) async fn stream(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    let looking = match Looking::of(&asked, &wanted).await {
        Ok(looking) => looking,
        Err(refusal) => return asked.refuse(refusal).await,
    };
    // From before the log is asked for, which takes a while: who signs out meanwhile is found out by the first look.
    let mut rights = asked.state.access.changes();
    rights.mark_changed();
    let diagnostics = &asked.state.diagnostics;
    let followed = match diagnostics.follow(&looking.permit, &looking.scope, &wanted.pod).await {
        Ok(followed) => followed,
        Err(NotFollowed::Missing(missing)) => return asked.forbid(&missing).await,
        Err(why @ NotFollowed::TooMany) => {
            return (StatusCode::TOO_MANY_REQUESTS, why.to_string()).into_response();
        }
        Err(why @ NotFollowed::Unseen(_)) => {
            return (StatusCode::BAD_GATEWAY, why.to_string()).into_response();
        }
    };
    let zone = asked.shell().zone;
    let Asked { state, visitor, .. } = asked;
    let follower = Follower {
        followed,
        zone,
        stop: state.stop.clone(),
        rights,
        access: state.access.clone(),
        visitor,
        ended: false,
    };
    let body = Body::from_stream(stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    }));
    serving::events(body)
}

impl Follower {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.ended || *self.stop.borrow() {
                return None;
            }
            let line = tokio::select! {
                // In this order: a log that never rests must not keep its end away.
                biased;
                _ = self.stop.changed() => return None,
                Ok(()) = self.rights.changed() => {
                    if self.visitor.may_still(&self.access, Permission::HandleAlerts).await {
                        continue;
                    }
                    return self.end();
                }
                line = tokio::time::timeout(SILENT_FOR, self.followed.next()) => line,
            };
            match line {
                Ok(Some(line)) => return Some(self.told(&line)),
                Ok(None) => return self.end(),
                Err(_) if self.visitor.may_still(&self.access, Permission::HandleAlerts).await => {
                    return Some(Bytes::from_static(b": still here\n\n"));
                }
                Err(_) => return self.end(),
            }
        }
    }

    fn told(&self, line: &Line) -> Bytes {
        let clock = |at: Millis| {
            let at = jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(self.zone.clone()));
            at.map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default()
        };
        let at = line.at.map(clock).unwrap_or_default();
        let told = Told { at, text: &line.text, trouble: line.is_trouble() };
        // Texts can always be written.
        let data = serde_json::to_string(&told).unwrap_or_default();
        Bytes::from(format!("event: line\ndata: {data}\n\n"))
    }

    /// The last event: nothing more comes, and the browser need not ask again.
    fn end(&mut self) -> Option<Bytes> {
        self.ended = true;
        Some(Bytes::from_static(b"event: over\ndata: {}\n\n"))
    }
}
