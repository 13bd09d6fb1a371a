//! Alerts page by page, for machines.

use domain::{alerts::AlertId, time::Millis};

use super::{Alerts, Stored, listing_store as store};
use crate::db::DbError;

/// Which alerts are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AlertFilter {
    pub state: StateFilter,
    /// 1 to 4; empty is all.
    pub levels: Vec<u8>,
    pub platform: Option<String>,
    pub service: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StateFilter {
    /// Firing or acknowledged.
    #[default]
    Open,
    Firing,
    Acknowledged,
    Resolved,
    All,
}

/// Where a page ended: the next begins after it.
pub type Place = (Millis, AlertId);

impl StateFilter {
    pub fn from_word(word: &str) -> Option<StateFilter> {
        Some(match word {
            "open" => StateFilter::Open,
            "firing" => StateFilter::Firing,
            "acknowledged" => StateFilter::Acknowledged,
            "resolved" => StateFilter::Resolved,
            "all" => StateFilter::All,
            _ => return None,
        })
    }
}

impl Alerts {
    /// The newest first, after a place; with the place to go on from, when there are more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn listed(
        &self,
        filter: &AlertFilter,
        after: Option<&Place>,
        limit: u16,
    ) -> Result<(Vec<Stored>, Option<Place>), DbError> {
        let most = usize::from(limit);
        let mut found = store::listed(&self.0.db, filter, after, i64::from(limit) + 1).await?;
        let has_more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| has_more);
        let next = last.map(|stored| (stored.alert.fired_at, stored.id.clone()));
        Ok((found, next))
    }
}
