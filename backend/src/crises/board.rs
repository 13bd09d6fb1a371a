//! `/crises`: the cases by the time that is left, as a filter has them.

use domain::{
    crises::{Filter, States},
    time::Millis,
};

use super::{Cases, Stored, board_store};
use crate::{
    access::{Permit, SeePersonalData, SeeStatus},
    db::DbError,
    sealing::{Index, SealingError},
};

/// So many stand on one page.
pub const ON_A_PAGE: u32 = 100;

/// One page of the board.
#[derive(Clone, PartialEq, Debug)]
pub struct Board {
    pub rows: Vec<Row>,
    /// How many the filter has.
    pub matching: usize,
    pub counts: Counts,
    /// Why names could not be looked for: the key is missing.
    pub not_searched: Option<String>,
    pub now: Millis,
}

/// A case on the board: nothing of it is personal.
pub type Row = Stored;

/// Of all that are open, whatever the filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub open: usize,
    /// Nobody's.
    pub nobodys: usize,
    /// Of whoever looks.
    pub mine: usize,
    pub untold: usize,
    pub late: usize,
}

impl Cases {
    /// A page of the board, from 0. A text is looked for in the numbers of cases; with the second permit in names, addresses
    /// and telephone numbers too, by their hashes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn board(
        &self,
        permit: &Permit<SeeStatus>,
        personal: Option<&Permit<SeePersonalData>>,
        filter: &Filter,
        page: u32,
    ) -> Result<Board, DbError> {
        let now = self.now();
        let mut tx = self.0.db.snapshot().await?;
        let mut wanted = board_store::Wanted {
            of: filter.of.as_ref().map(ToString::to_string),
            states: filter.states,
            holder: filter.mine.then(|| permit.person().as_str().to_owned()),
            untold: filter.untold,
            late: filter.late,
            ceremony: None,
            number: filter.text.clone(),
            finds: Vec::new(),
            now,
        };
        let mut not_searched = None;
        if let (Some(text), Some(_)) = (&filter.text, personal) {
            match self.0.sealing.index_to_search(&mut tx).await {
                Ok(index) => wanted.finds = finds(&index, text),
                Err(SealingError::Database(error)) => return Err(error),
                // Nothing is indexed before the first couple is sealed.
                Err(SealingError::Locked(crate::sealing::Locked::NoDataKey { .. })) => {}
                Err(why) => not_searched = Some(why.to_string()),
            }
        }
        let (matching, ids) =
            board_store::page(&mut tx, &wanted, i64::from(ON_A_PAGE), i64::from(page)).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut rows = super::store::these(&mut tx, &ids).await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.case.id.as_str()));
        let counts = board_store::counts(&mut tx, permit.person().as_str(), now).await?;
        Ok(Board { rows, matching, counts, not_searched, now })
    }

    /// The most urgent of those that are open, for Now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn most_urgent(
        &self,
        permit: &Permit<SeeStatus>,
        most: u32,
    ) -> Result<(Vec<Row>, Counts), DbError> {
        let now = self.now();
        let mut tx = self.0.db.snapshot().await?;
        let wanted = board_store::Wanted { states: States::Open, now, ..Default::default() };
        let (_, ids) = board_store::page(&mut tx, &wanted, i64::from(most), 0).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut rows = super::store::these(&mut tx, &ids).await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.case.id.as_str()));
        Ok((rows, board_store::counts(&mut tx, permit.person().as_str(), now).await?))
    }
}

/// The tokens of each way in which what was typed may be somebody's: a name, an address, a telephone number.
pub(super) fn finds(index: &Index, text: &str) -> Vec<Vec<String>> {
    let mut finds: Vec<Vec<String>> = vec![index.for_name(text).into_iter().collect()];
    finds.extend(index.of_mail(text).map(|token| vec![token]));
    finds.extend(index.for_telephone(text).map(|token| vec![token]));
    finds.retain(|tokens| !tokens.is_empty());
    finds
}
