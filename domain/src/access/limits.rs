//! How long a session, a proof and a link hold.

use crate::time::{DAY, HOUR, MINUTE, Millis};

/// A session in which nothing happens ends.
pub const IDLE: i64 = 12 * HOUR;
/// A session ends this long after the sign-in, whatever happens in it.
pub const ABSOLUTE: i64 = 7 * DAY;
/// Between the password and the second factor.
pub const HALF_WAY: i64 = 10 * MINUTE;
/// A session of nobody: on the way to a provider and back.
pub const ANONYMOUS: i64 = HOUR;
/// What is dangerous asks for the password again when it was given longer ago than this.
pub const PROOF: i64 = 5 * MINUTE;
/// The link of the first administrator.
pub const SET_UP: i64 = HOUR;
/// The link to a new password.
pub const RESET: i64 = HOUR;
/// The link of an invitation, which waits in a mailbox over a weekend.
pub const INVITATION: i64 = 3 * DAY;
/// A machine's token holds no longer than this.
pub const LONGEST_TOKEN: i64 = 366 * DAY;

/// When a session ends unless something happens in it before: the nearer of the two limits.
pub fn session_ends(signed_in: Millis, last_seen: Millis) -> Millis {
    last_seen.plus(IDLE).min(signed_in.plus(ABSOLUTE))
}

/// Whether the password was given recently enough. A proof from the future is none.
pub fn is_proof_fresh(proven: Option<Millis>, now: Millis) -> bool {
    proven.is_some_and(|proven| (0..PROOF).contains(&now.since(proven)))
}
