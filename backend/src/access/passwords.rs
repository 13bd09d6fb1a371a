//! Passwords: hashed slowly, a few at a time, away from the threads that serve pages.

use std::{num::NonZero, sync::Arc};

use argon2::password_hash::phc::PasswordHash;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::{
    errors::PasswordRefused,
    hashing::{Hashing, is_weak},
};
use crate::db::DbError;

/// Each takes 19 MiB and a core while it runs: more than there are cores would only take memory.
const AT_ONCE: usize = 3;
/// More than this waiting is an attack, and would only wait in vain.
const WAITING: usize = 64;
const SHORTEST: usize = 12;
const LONGEST: usize = 1_000;
/// What is verified when there is no account, so that it takes as long: the hash of nothing anybody can type.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Clone)]
pub struct Passwords {
    hashing: Hashing,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

/// What became of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verified {
    Right {
        /// Whether it was hashed with less than is asked for today.
        is_weak: bool,
    },
    Wrong,
    /// Too many are waiting already.
    Busy,
}

impl Passwords {
    pub fn new() -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Passwords {
            hashing: Hashing::default(),
            turns: Arc::new(Semaphore::new(cores.min(AT_ONCE))),
            queue: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// Hashes a new password, as a PHC text.
    pub async fn hash(&self, password: &SecretString) -> Result<SecretString, PasswordRefused> {
        let normal = normal(password)?;
        if normal.expose_secret().chars().count() < SHORTEST {
            return Err(PasswordRefused::TooShort);
        }
        let hashing = self.hashing.clone();
        let hashed = self
            .in_turn(move || hashing.hash(normal.expose_secret().as_bytes()).map(SecretString::from))
            .await;
        match hashed {
            None => Err(PasswordRefused::Wait { seconds: 1 }),
            Some(Ok(hash)) => Ok(hash),
            Some(Err(error)) => {
                Err(DbError::Stored(format!("the password cannot be hashed: {error}")).into())
            }
        }
    }

    /// Compares a password with the stored hash, or with nobody's, in the same time.
    pub async fn verify(&self, password: &SecretString, stored: Option<&SecretString>) -> Verified {
        // A password that nobody could have set is refused before it costs anything.
        let Ok(normal) = normal(password) else { return Verified::Wrong };
        let stored = stored.map_or_else(|| NOBODYS.to_owned(), |stored| stored.expose_secret().to_owned());
        let hashing = self.hashing.clone();
        let verified = self
            .in_turn(move || {
                let Ok(hash) = PasswordHash::new(&stored) else { return Verified::Wrong };
                if hashing.is_right(normal.expose_secret().as_bytes(), &hash) {
                    Verified::Right { is_weak: is_weak(&hash) }
                } else {
                    Verified::Wrong
                }
            })
            .await;
        verified.unwrap_or(Verified::Busy)
    }

    /// How many hashes were made. Each costs the same, so equal numbers are equal times.
    #[cfg(test)]
    pub fn hashes_made(&self) -> u64 {
        self.hashing.made()
    }

    /// Does the work when it is its turn; `None` when too many are waiting.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let place = self.queue.clone().try_acquire_owned().ok()?;
        let turn = self.turns.clone().acquire_owned().await.ok()?;
        let (queue, hashing) = (self.queue.clone(), self.hashing.clone());
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            // The turn ends with the work, not with whoever waits for it.
            drop((turn, place));
            if queue.available_permits() == WAITING {
                // Nobody else is here: the next sign-in may be hours away.
                hashing.give_back();
            }
            done
        });
        done.await.ok()
    }
}

/// Written in one way: the same letters typed on two keyboards are the same password.
fn normal(password: &SecretString) -> Result<SecretString, PasswordRefused> {
    let typed = password.expose_secret();
    if typed.len() > LONGEST {
        return Err(PasswordRefused::TooLong);
    }
    Ok(SecretString::from(typed.nfkc().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_hashed_with_what_is_asked_for_and_known_again() {
        let passwords = Passwords::new();
        let hash = passwords.hash(&secret("correct horse ﬁnch")).await.unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let parsed = PasswordHash::new(hash.expose_secret()).unwrap();
        assert!(
            Argon2::default().verify_password(b"correct horse finch", &parsed).is_ok(),
            "others read it too"
        );
        let right = Verified::Right { is_weak: false };
        assert_eq!(passwords.verify(&secret("correct horse finch"), Some(&hash)).await, right);
        assert_eq!(passwords.verify(&secret("correct horse Finch"), Some(&hash)).await, Verified::Wrong);
        assert_eq!(passwords.verify(&secret("correct horse finch"), None).await, Verified::Wrong);
        assert!(PasswordHash::new(NOBODYS).is_ok(), "or unknown accounts would answer at once");
        assert!(!is_weak(&PasswordHash::new(NOBODYS).unwrap()), "it must cost as much as a real one");
    }

    #[tokio::test]
    async fn a_hash_of_less_is_told() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let weak: PasswordHash = weak.hash_password(b"correct horse finch").unwrap();
        let stored = secret(&weak.to_string());
        let verified = Passwords::new().verify(&secret("correct horse finch"), Some(&stored)).await;
        assert_eq!(verified, Verified::Right { is_weak: true });
    }

    /// Less stays than one hash took. The program's own pages are not counted: those that were never read before come
    /// with the first hash. Needs a system that tells the memory of a process; elsewhere there is nothing to see.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn what_hashing_took_is_given_back() {
        let resident = || {
            let status = std::fs::read_to_string("/proc/self/status").ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
            line.split_whitespace().next()?.parse::<i64>().ok()
        };
        let passwords = Passwords::new();
        let Some(before) = resident() else { return };
        let tries = (0..20).map(|_| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.verify(&secret("correct horse finch"), None).await })
        });
        for verified in futures::future::join_all(tries).await {
            assert_eq!(verified.unwrap(), Verified::Wrong);
        }
        const ONE_HASH: i64 = 19 * 1024;
        let mut more = i64::MAX;
        for _ in 0..1_000 {
            more = resident().unwrap_or(i64::MAX) - before;
            if more < ONE_HASH {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(more < ONE_HASH, "{more} KiB are kept");
    }

    #[tokio::test]
    async fn lengths_are_refused_before_they_cost() {
        let passwords = Passwords::new();
        let huge = secret(&"a".repeat(1 << 20));
        assert!(matches!(passwords.hash(&huge).await, Err(PasswordRefused::TooLong)));
        assert_eq!(passwords.verify(&huge, None).await, Verified::Wrong);
        assert!(matches!(passwords.hash(&secret("eleven char")).await, Err(PasswordRefused::TooShort)));
        assert_eq!(passwords.hashes_made(), 0);
    }
}
