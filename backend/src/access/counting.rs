//! Failed tries: counted before they are made, so that a hundred at the same moment are not each the first.

use std::net::{IpAddr, Ipv6Addr};

use domain::{
    access::{Delay, Failures},
    audit::Origin,
    time::{Millis, SECOND},
};

use super::{secrets, session_store as store};
use crate::db::{DbError, Tx};

/// For what a try is counted: the network address, and an account, a browser or a person's codes.
#[derive(Clone, Debug)]
pub struct Counted {
    address: Option<String>,
    own: String,
}

/// Where the wait comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    Address { seconds: u32 },
    Own { seconds: u32 },
}

impl Counted {
    /// For an account, there or not; `folded` is only kept as a hash.
    pub fn account(folded: &str, origin: &Origin) -> Counted {
        Counted::new("account", &secrets::hash(folded.as_bytes()), origin)
    }

    pub fn browser(hash: &str, origin: &Origin) -> Counted {
        Counted::new("browser", hash, origin)
    }

    /// For what is asked of a person who has come further than a stranger: codes, the password again.
    pub fn person(what: &str, id: &str, origin: &Origin) -> Counted {
        Counted::new(what, id, origin)
    }

    fn new(what: &str, whose: &str, origin: &Origin) -> Counted {
        let address = origin.address.as_ref().map(|address| format!("address:{}", whose_address(address)));
        Counted { address, own: format!("{what}:{whose}") }
    }

    /// Counts one try, or says how long to wait; then nothing is counted. `passes` is somebody who need not wait for what
    /// others did to the account.
    pub async fn count(&self, tx: &mut Tx, now: Millis, passes: bool) -> Result<Option<Wait>, DbError> {
        // Always in this order: two that lock the same rows then wait for each other one way only.
        let at_address = match &self.address {
            Some(address) => Some((address, store::lock_failures(tx, address).await?)),
            None => None,
        };
        let own = store::lock_failures(tx, &self.own).await?;
        if let Some((_, failures)) = &at_address
            && let Some(seconds) = wait(Delay::ADDRESS, *failures, now)
        {
            return Ok(Some(Wait::Address { seconds }));
        }
        if let Some(seconds) = wait(Delay::ACCOUNT, own, now)
            && !passes
        {
            return Ok(Some(Wait::Own { seconds }));
        }
        if let Some((address, failures)) = at_address {
            store::set_failures(tx, address, failures.and_one(now)).await?;
        }
        store::set_failures(tx, &self.own, own.and_one(now)).await?;
        Ok(None)
    }

    /// The try was right after all: its account begins anew, its address has one failure less.
    pub async fn forgive(&self, tx: &mut Tx) -> Result<(), DbError> {
        if let Some(address) = &self.address {
            store::take_back_failure(tx, address).await?;
        }
        store::clear_failures(tx, &self.own).await
    }
}

impl Wait {
    pub fn seconds(self) -> u32 {
        match self {
            Wait::Address { seconds } | Wait::Own { seconds } => seconds,
        }
    }
}

/// An IPv6 address stands for its whole /64: whoever has one has them all.
fn whose_address(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [first, second, third, fourth, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0))
        }
        Ok(address) => address.to_string(),
        Err(_) => address.chars().take(64).collect(),
    }
}

fn wait(delay: Delay, failures: Failures, now: Millis) -> Option<u32> {
    let until = delay.wait_until(failures, now)?;
    u32::try_from((until.since(now) + SECOND - 1) / SECOND).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_with_those_of_the_same_hands() {
        for (address, counted) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("unix", "unix"),
        ] {
            assert_eq!(whose_address(address), counted);
        }
    }
}
