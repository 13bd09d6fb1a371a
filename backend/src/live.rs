//! The hub of live changes: one encoded frame for each change, shared by every viewer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    live::{AlertsFrame, Frame},
    time::Millis,
};
use tokio::sync::{broadcast, watch};

/// A frame and its event as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Encoded {
    pub platform: Arc<str>,
    pub revision: u64,
    pub event: Bytes,
}

/// Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    changes: broadcast::Sender<Encoded>,
    newest: Mutex<BTreeMap<String, (Arc<Frame>, Encoded)>>,
    revision: AtomicU64,
    alerts: watch::Sender<Arc<AlertsTold>>,
}

/// How the alerts stand, and the event that says so; empty before they were first read.
#[derive(Debug, Default)]
pub struct AlertsTold {
    pub frame: AlertsFrame,
    pub event: Bytes,
}

impl Hub {
    /// Revisions begin at the time of the start, so that a page that reconnects after a restart
    /// never holds a higher one.
    pub fn new(started: Millis) -> Hub {
        Hub(Arc::new(Inner {
            changes: broadcast::channel(64).0,
            newest: Mutex::default(),
            revision: AtomicU64::new(started.0.max(0).unsigned_abs()),
            alerts: watch::channel(Arc::default()).0,
        }))
    }

    /// Gives the frame its revision and sends it to every viewer.
    pub fn publish(&self, mut frame: Frame) -> Arc<Frame> {
        let mut newest = self.0.newest.lock().unwrap_or_else(PoisonError::into_inner);
        frame.revision = self.0.revision.fetch_add(1, Ordering::Relaxed) + 1;
        let encoded = encode(&frame);
        let frame = Arc::new(frame);
        newest.insert(frame.platform.clone(), (frame.clone(), encoded.clone()));
        // Nobody listening is no error.
        self.0.changes.send(encoded).ok();
        frame
    }

    /// Says to every viewer how the alerts stand. It is no state of a platform, so it has no revision: whoever connects
    /// hears it anyhow.
    pub fn publish_alerts(&self, frame: AlertsFrame) {
        let data = serde_json::to_string(&frame).unwrap_or_default();
        let event = Bytes::from(format!("event: alerts\ndata: {data}\n\n"));
        self.0.alerts.send_replace(Arc::new(AlertsTold { frame, event }));
    }

    pub fn alerts(&self) -> watch::Receiver<Arc<AlertsTold>> {
        self.0.alerts.subscribe()
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Encoded> {
        self.0.changes.subscribe()
    }

    /// The newest frame of a platform.
    pub fn frame(&self, platform: &str) -> Option<Arc<Frame>> {
        let newest = self.0.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(platform).map(|(frame, _)| frame.clone())
    }

    /// The newest events that a viewer who has seen `revision` has not seen.
    pub fn since(&self, revision: Option<u64>) -> Vec<Encoded> {
        let newest = self.0.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest
            .values()
            .map(|(_, encoded)| encoded.clone())
            .filter(|encoded| revision.is_none_or(|seen| encoded.revision > seen))
            .collect()
    }

    pub fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Relaxed)
    }
}

fn encode(frame: &Frame) -> Encoded {
    // A frame is text, numbers and lists: it always has a JSON text.
    let data = serde_json::to_string(frame).unwrap_or_default();
    Encoded {
        platform: frame.platform.as_str().into(),
        revision: frame.revision,
        event: Bytes::from(format!("id: {}\nevent: frame\ndata: {data}\n\n", frame.revision)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(platform: &str) -> Frame {
        Frame { platform: platform.to_owned(), ..Frame::default() }
    }

    #[tokio::test]
    async fn a_viewer_that_reconnects_gets_just_what_it_missed() {
        let hub = Hub::new(Millis(1_000));
        let mut viewer = hub.subscribe();
        let first = hub.publish(frame("a"));
        hub.publish(frame("b"));
        assert_eq!(viewer.recv().await.unwrap().revision, first.revision);
        let missed = hub.since(Some(first.revision));
        assert_eq!(missed.iter().map(|event| &*event.platform).collect::<Vec<_>>(), ["b"]);
        assert_eq!(hub.since(None).len(), 2);
        assert!(hub.since(Some(hub.revision())).is_empty());
    }
}
