//! Crisis cases: taken in from the platforms or opened by hand, worked on, told to staff, kept and erased. What the rules
//! of `domain` decide is carried out here, each thing in one transaction with its story and its record in the audit log.
//! Whatever is personal is sealed before it is written, and nothing personal stands in a log, an error or a debug print.

mod asking;
mod asking_answer;
mod asking_people;
mod asking_store;
mod board;
mod board_store;
mod columns;
mod couple;
mod couple_store;
mod erasing;
mod figures;
mod figures_store;
mod file_store;
mod files;
mod finding;
mod index_store;
mod intake;
mod intake_store;
mod lent;
mod linking;
mod masked;
mod merging;
mod opening;
mod passing;
mod refused;
mod retention;
mod revealing;
mod reviewing;
mod running;
mod shown;
mod standing;
mod standing_store;
mod steps;
mod store;
mod story;
mod story_store;
#[cfg(test)]
mod tests;
mod verbs;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use domain::{
    audit::Object,
    crises::{Assumptions, Case, CaseTypes, Origin, Trouble},
    notices::Templates,
    time::Millis,
};
use tokio::sync::{Notify, watch};

pub use self::{
    asking::AskedShown,
    asking_answer::{Yes, YesStanding},
    asking_people::Somebody,
    board::{Board, Counts, ON_A_PAGE, Row},
    couple::CoupleState,
    erasing::Erased,
    files::{Download, FileRefused, LARGEST_FILE, NewFile},
    finding::{Found, FoundWedding},
    intake::TakenIn,
    masked::Masked,
    opening::{ByHand, Opened},
    passing::run,
    refused::CaseRefused,
    revealing::Revealed,
    shown::{FileShown, Shown},
};
pub(crate) use self::{
    masked::{address as mask_address, number as mask_number},
    verbs::{by, covers_all},
};
use crate::{
    access::Access, actions::Actions, clock::Clock, config::Config, db::Db, delivery::Courier,
    sealing::Sealing,
};

/// Everything that cases need. Cheap to clone.
#[derive(Clone)]
pub struct Cases(Arc<Inner>);

impl fmt::Debug for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cases").finish_non_exhaustive()
    }
}

struct Inner {
    db: Db,
    clock: Clock,
    config: Arc<Config>,
    access: Access,
    sealing: Sealing,
    actions: Actions,
    assumed: Assumptions,
    /// The platforms with a crisis failure of level 4, as they were last read: what lets automatic steps run.
    failing: Mutex<BTreeSet<String>>,
    /// Something may be due earlier than whoever sleeps knows.
    due: Notify,
    changed: watch::Sender<u64>,
    /// Carries what staff are told; there once the console serves.
    courier: OnceLock<Courier>,
}

/// A case as it is stored, without its couple.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored {
    pub case: Case,
    pub platform: String,
    /// What was odd when the platform's word was last read.
    pub troubles: Vec<Trouble>,
    pub couple: CoupleState,
    /// Of what the platform said when it was last read; empty where that is not known.
    mark: String,
    pub version: i64,
}

impl Cases {
    pub fn new(
        db: Db,
        clock: Clock,
        config: Arc<Config>,
        (access, actions): (Access, Actions),
        sealing: Sealing,
    ) -> Cases {
        let assumed = Assumptions { zone: config.server.zone.clone(), ..Assumptions::default() };
        Cases(Arc::new(Inner {
            db,
            clock,
            config,
            access,
            sealing,
            actions,
            assumed,
            failing: Mutex::default(),
            due: Notify::new(),
            changed: watch::channel(0).0,
            courier: OnceLock::new(),
        }))
    }

    /// Names who carries what staff are told, so that they are woken at once.
    pub fn deliver_by(&self, courier: Courier) {
        self.0.courier.set(courier).ok();
    }

    /// Counts up whenever a case changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    pub fn types(&self) -> &CaseTypes {
        &self.0.config.crises.types
    }

    /// The texts of notices.
    pub fn templates(&self) -> &Templates {
        &self.0.config.crises.templates
    }

    /// What is taken for what nobody said of a ceremony.
    pub fn assumed(&self) -> &Assumptions {
        &self.0.assumed
    }

    /// Whether a platform has a crisis failure of level 4 now: automatic steps run while it has.
    pub fn set_failing(&self, platform: &str, is_failing: bool) {
        let mut failing = self.0.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = if is_failing { failing.insert(platform.to_owned()) } else { failing.remove(platform) };
        if changed {
            self.0.due.notify_one();
        }
    }

    fn failing(&self) -> BTreeSet<String> {
        self.0.failing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn now(&self) -> Millis {
        self.0.clock.now()
    }

    /// After a commit: whoever sleeps looks again, deliveries are carried, open pages look again.
    pub(crate) fn told(&self) {
        self.0.due.notify_one();
        if let Some(courier) = self.0.courier.get() {
            courier.wake();
        }
        self.0.changed.send_modify(|changes| *changes += 1);
    }
}

/// "CR-2041", by the platform's number where it has one.
pub(crate) fn name_of(case: &Case) -> &str {
    match &case.origin {
        Origin::Platform { id, .. } => id.as_str(),
        Origin::ByHand { .. } => case.id.as_str(),
    }
}

/// What a record says that it is about.
pub(crate) fn object(case: &Case) -> Object {
    Object::new("crisis", case.id.as_str(), format!("case {}", name_of(case)))
}

/// Several at once, as the object of one record.
pub(crate) fn objects(count: usize) -> Object {
    Object::new("crises", count.to_string(), format!("{count} cases"))
}
