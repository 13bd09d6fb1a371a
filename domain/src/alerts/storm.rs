//! Many alerts at once become one page that lists them.

use std::collections::BTreeMap;

use crate::{
    delivery::Recipient,
    time::{MINUTE, Millis},
};

/// More pages than this to one recipient within a minute are a storm.
pub const STORM_OVER: usize = 10;
pub const STORM_WITHIN: i64 = MINUTE;

/// What one recipient was sent lately.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lately {
    /// Pages of single alerts within the last minute.
    pub pages: usize,
    /// When the last list was sent; `None` when that is more than a minute ago.
    pub storm_at: Option<Millis>,
}

/// How the pages that are due for one recipient go out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sending<T> {
    /// One by one.
    Each(Vec<T>),
    /// As one page that lists all of them.
    List(Vec<T>),
}

/// Folds what is due for each recipient. All of it goes out, one by one or in a list: nothing waits and nothing is lost.
/// While a storm lasts, what comes after its first list goes out as further lists.
pub fn fold<T>(
    due: BTreeMap<Recipient, Vec<T>>,
    lately: impl Fn(&Recipient) -> Lately,
    now: Millis,
) -> BTreeMap<Recipient, Sending<T>> {
    due.into_iter()
        .map(|(to, pages)| {
            let before = lately(&to);
            let in_storm = before.storm_at.is_some_and(|at| now.since(at) < STORM_WITHIN);
            let many = before.pages + pages.len() > STORM_OVER;
            let sending = if many || in_storm { Sending::List(pages) } else { Sending::Each(pages) };
            (to, sending)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(count: usize, lately: Lately) -> Sending<usize> {
        let to = Recipient::Channel { name: "ops".to_owned() };
        let due = BTreeMap::from([(to.clone(), (0..count).collect())]);
        fold(due, |_| lately, Millis(100_000)).remove(&to).unwrap()
    }

    #[test]
    fn ten_alerts_are_ten_pages_and_eleven_are_one_list() {
        assert_eq!(folded(10, Lately::default()), Sending::Each((0..10).collect()));
        assert_eq!(folded(11, Lately::default()), Sending::List((0..11).collect()));
        assert_eq!(folded(2, Lately { pages: 9, storm_at: None }), Sending::List(vec![0, 1]));
        assert_eq!(folded(1, Lately { pages: 10, storm_at: None }), Sending::List(vec![0]));
    }

    #[test]
    fn while_a_storm_lasts_everything_goes_out_in_lists() {
        let storm = |at| Lately { pages: 0, storm_at: Some(Millis(at)) };
        assert_eq!(folded(1, storm(99_000)), Sending::List(vec![0]));
        assert_eq!(folded(1, storm(40_000)), Sending::Each(vec![0]), "a minute ago it was over");
    }
}
