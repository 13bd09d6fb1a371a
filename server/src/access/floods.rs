//! How often one network address may try to get in. In front of everything that hashes a password or writes a refusal on
//! record, so that a flood costs neither time nor disk; slower guessing is the business of `backend::access`.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use axum::http::Method;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

/// So many tries at once, then one each second: a whole office that comes in the morning is let through.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(39);
const ONE_EACH: Duration = Duration::from_secs(1);
/// Addresses that have been quiet are forgotten this often.
pub const FORGET_EVERY: Duration = Duration::from_secs(60);
/// Where a password, a code or a link is given.
const DOORS: [&str; 10] = [
    "/sign-in",
    "/sign-in/code",
    "/prove",
    "/settings/password",
    "/setup/{token}",
    "/invite/{token}",
    "/reset/{token}",
    "/ack/{token}",
    "/yes/{token}",
    "/settings/sign-on/{provider}",
];
/// What is followed as a link: a token, a way to a provider and back.
const LINKS: [&str; 3] = ["/sign-in/{provider}", "/sign-in/{provider}/back", "/prove/provider"];

type Limiter = RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>;

/// Tries by network address. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Floods(Arc<Counted>);

struct Counted {
    tries: Limiter,
    tokens: Limiter,
    clock: DefaultClock,
}

impl Default for Floods {
    fn default() -> Floods {
        let quota = || Quota::with_period(ONE_EACH).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        let limiter = || RateLimiter::keyed(quota().allow_burst(AT_ONCE));
        Floods(Arc::new(Counted { tries: limiter(), tokens: limiter(), clock: DefaultClock::default() }))
    }
}

impl Floods {
    /// Counts a request to one of the doors.
    ///
    /// # Errors
    /// The whole seconds to wait, when there were too many.
    pub fn admit(&self, method: &Method, route: &str, address: IpAddr) -> Result<(), u32> {
        // A link is looked up by whoever shows it, too.
        let is_door = DOORS.contains(&route) && (method == Method::POST || route.ends_with("{token}"));
        let is_try = is_door || LINKS.contains(&route);
        if is_try { self.count(&self.0.tries, address) } else { Ok(()) }
    }

    /// Counts a token that was refused.
    ///
    /// # Errors
    /// The same.
    pub fn token_refused(&self, address: IpAddr) -> Result<(), u32> {
        self.count(&self.0.tokens, address)
    }

    /// Gives back the memory of addresses that have been quiet.
    pub fn forget(&self) {
        for limiter in [&self.0.tries, &self.0.tokens] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn count(&self, limiter: &Limiter, address: IpAddr) -> Result<(), u32> {
        limiter.check_key(&network(address)).map_err(|early| {
            let wait = early.wait_time_from(self.0.clock.now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}

/// What one customer of a provider has: an IPv4 address, or 64 bits of an IPv6 one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(floods: &Floods, route: &str, method: &Method, address: &str) -> usize {
        let address = address.parse().unwrap();
        (0..60).filter(|_| floods.admit(method, route, address).is_ok()).count()
    }

    #[test]
    fn a_flood_is_stopped_for_its_own_network_only() {
        let floods = Floods::default();
        assert!((40..45).contains(&passed(&floods, "/sign-in", &Method::POST, "192.0.2.1")));
        assert_eq!(floods.admit(&Method::POST, "/prove", "192.0.2.1".parse().unwrap()), Err(1));
        assert!((40..45).contains(&passed(&floods, "/sign-in", &Method::POST, "192.0.2.2")));
        assert!((40..45).contains(&passed(&floods, "/sign-in", &Method::POST, "2001:db8:0:1::1")));
        assert!(passed(&floods, "/sign-in", &Method::POST, "2001:db8:0:1:ffff::2") < 5, "the same /64");
        assert!((40..45).contains(&passed(&floods, "/sign-in", &Method::POST, "2001:db8:0:2::1")));
    }

    #[test]
    fn pages_are_not_counted_and_links_are() {
        let floods = Floods::default();
        assert_eq!(passed(&floods, "/sign-in", &Method::GET, "192.0.2.1"), 60);
        assert_eq!(passed(&floods, "/performance", &Method::GET, "192.0.2.1"), 60);
        assert!((40..45).contains(&passed(&floods, "/reset/{token}", &Method::GET, "192.0.2.1")));
    }

    #[test]
    fn the_way_to_a_provider_and_back_is_counted() {
        for route in ["/sign-in/{provider}", "/sign-in/{provider}/back", "/prove/provider"] {
            assert!(
                (40..45).contains(&passed(&Floods::default(), route, &Method::GET, "192.0.2.1")),
                "{route}"
            );
        }
    }

    #[test]
    fn quiet_addresses_are_forgotten() {
        let floods = Floods::default();
        passed(&floods, "/sign-in", &Method::POST, "192.0.2.1");
        floods.forget();
        assert_eq!(floods.0.tries.len(), 1, "one that was just counted is kept");
    }
}
