//! A kind of action: how it is asked for, how its requests are known on the wire, and what the platform tells of it.

use std::{net::SocketAddr, path::Path, sync::Arc};

use futures::future::BoxFuture;

use crate::fault::{Fault, Seen, Truth};

/// What is spoken on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wire {
    Http,
    Redis,
    Postgres,
}

pub type Begun = BoxFuture<'static, Option<Arc<dyn Target>>>;

pub struct Kind {
    /// `redis.flush`
    pub name: &'static str,
    /// The entry of the catalogue.
    pub action: &'static str,
    /// A second person has to agree.
    pub by_two: bool,
    /// How many times faster than real time the console lives: its deadlines are over in seconds.
    pub times: u32,
    /// The step that the fault is for.
    pub step: usize,
    pub wire: Wire,
    /// Whether a request belongs to the run, and not to the watching beside it.
    pub concerns: fn(&[u8]) -> bool,
    /// Whether a request brings the effect about, or a part of it.
    pub decides: fn(&[u8]) -> bool,
    pub seen: Seen,
    /// What has arrived is done, also when whoever asked has gone.
    pub late: bool,
    /// An error that is answered is a refusal.
    pub refuses: bool,
    /// It goes in several requests: one of them is let through before the console is killed.
    pub in_parts: bool,
    /// A platform of its own for each run; `None` where it cannot be started on this machine.
    pub begin: fn(Fault) -> Begun,
}

/// A platform that is acted on and asked afterwards.
pub trait Target: Send + Sync {
    /// Where the console's requests go in the end.
    fn upstream(&self) -> SocketAddr;
    /// The sections of the configuration, with the gate in the place of whatever is acted on.
    fn configuration(&self, gate: SocketAddr, folder: &Path) -> String;
    fn truth(&self) -> BoxFuture<'_, Truth>;
    /// Called once between the intent and the first request after it: from now on it answers with an error, or late.
    fn spoil(&self, fault: Fault) -> BoxFuture<'_, ()>;
}

/// Whether some bytes are among others.
pub fn has(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}
