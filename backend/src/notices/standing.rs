//! How the sending of notices stands: what waits and since when, and what is wrong with the mail server.

use domain::{notices::Way, time::Millis};

use super::{NoticeRefused, Notices, queue_store};
use crate::{
    access::{Permit, SeeStatus},
    sealing::Locked,
};

/// For the pages of notices.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Of each way that something waits by: how many, and since when the oldest.
    pub waiting: Vec<(Way, usize, Millis)>,
    pub in_doubt: usize,
    /// The mail server cannot be sent to.
    pub outage: Option<Outage>,
    /// Why nothing can be opened or sealed now.
    pub locked: Option<Locked>,
    pub now: Millis,
}

/// Nothing is lost meanwhile, and the order is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outage {
    pub since: Millis,
    /// In words of ours.
    pub why: String,
    pub tries: u32,
}

impl Notices {
    /// How the sending stands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn standing(&self, _: &Permit<SeeStatus>) -> Result<Standing, NoticeRefused> {
        let db = self.0.cases.db();
        Ok(Standing {
            waiting: queue_store::waiting(db.read()).await?,
            in_doubt: queue_store::in_doubt(db.read()).await?,
            outage: self.0.outage.now(),
            locked: self.sealing().locked(),
            now: self.0.cases.now(),
        })
    }
}
