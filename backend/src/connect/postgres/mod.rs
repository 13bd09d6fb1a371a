//! The platform's own database: reading what is going on in it, cleaning up, ANALYZE. PostgreSQL only.

mod analyze;
mod clean_up;
mod diagnostics;

use std::{fmt, io, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub use analyze::Analyzed;
pub use clean_up::{CleanUp, Cleaned, CleanedEnd, CleanedSoFar};
pub use diagnostics::{
    ACTIVE_CRISES, ACTIVE_STATEMENTS, FEEDBACK, QUALITY_GAPS, SLOWEST_STATEMENTS, TableOf,
};

use super::failure::{Because, Failure, said};

const CONNECT_WITHIN: Duration = Duration::from_secs(4);
const FEW_CONNECTIONS: u32 = 3;
/// For one statement and its answer. The server cuts its own work off before, so that whoever says nothing until then does
/// not answer at all.
const DEADLINE: Duration = Duration::from_secs(8);
/// A connection that nobody answers on is not used again.
const SOUND_WITHIN: Duration = Duration::from_secs(2);

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// Every transaction is read-only, and every statement is cut off after 5 s.
    Diagnostics,
    /// For the clean-up and ANALYZE: each sets its own limits.
    Upkeep,
}

/// One database of the platform, by one role.
#[derive(Clone)]
pub struct PlatformDatabase {
    pool: PgPool,
}

impl fmt::Debug for PlatformDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformDatabase").finish_non_exhaustive()
    }
}

impl PlatformDatabase {
    /// A connection as configured: `postgres://USER:PASSWORD@HOST/NAME`. Asks nothing yet. The process must have
    /// installed its TLS provider.
    ///
    /// # Errors
    /// `Setup` when the address cannot be used.
    pub fn new(url: &SecretString, usage: Use) -> Result<PlatformDatabase, Failure> {
        let unreadable = || Failure::setup("the address of the platform's database cannot be read");
        let url = url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(unreadable());
        }
        let mut options = PgConnectOptions::from_str(url)
            .map_err(|_| unreadable())?
            .application_name("bellwether")
            .disable_statement_logging();
        options = match usage {
            Use::Diagnostics => options.options([
                ("default_transaction_read_only", "on"),
                ("statement_timeout", "5s"),
                ("lock_timeout", "2s"),
            ]),
            Use::Upkeep => options.options([("statement_timeout", "5s"), ("lock_timeout", "2s")]),
        };
        let pool = PgPoolOptions::new()
            .max_connections(FEW_CONNECTIONS)
            .acquire_timeout(CONNECT_WITHIN)
            .idle_timeout(Duration::from_secs(60))
            // A statement that was given up on may still be unanswered: the library would wait for it without an end, and the
            // connection would be one of few for ever.
            .after_release(|connection, _| {
                Box::pin(async {
                    let sound = tokio::time::timeout(SOUND_WITHIN, connection.ping()).await;
                    Ok(sound.is_ok_and(|answered| answered.is_ok()))
                })
            })
            .connect_lazy_with(options);
        Ok(PlatformDatabase { pool })
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A table or column of the configuration, as SQL takes it: `wedding_optimizations`, `public.ai_feedback`.
///
/// # Errors
/// `Invalid` when it is none.
fn quoted_name(name: &str) -> Result<String, Failure> {
    let parts: Vec<&str> = name.split('.').collect();
    let fits = |part: &&str| {
        !part.is_empty()
            && part.len() <= 63
            && part.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
            && !part.starts_with(|sign: char| sign.is_ascii_digit())
    };
    if parts.len() > 2 || !parts.iter().all(fits) {
        return Err(Failure::invalid(format!("{} is no name of a table or column", said(name))));
    }
    Ok(parts.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join("."))
}

/// Waits for an answer, and not for ever. `changes` says whether something may have happened when there is none.
async fn answered<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
    changes: bool,
) -> Result<T, Failure> {
    match tokio::time::timeout(DEADLINE, answer).await {
        Ok(answer) => answer.map_err(|error| trouble(&error, changes)),
        Err(_) => {
            let late =
                Failure::unknown(format!("the database did not answer within {} s", DEADLINE.as_secs()));
            Err(if changes { late } else { late.of_a_question() })
        }
    }
}

/// What went wrong with a statement that stands alone in its transaction: an error of the server says that nothing
/// was changed, a broken connection says nothing.
fn trouble(error: &sqlx::Error, changes: bool) -> Failure {
    let nothing = |because, why: &str| Failure::nothing(because, why);
    match error {
        sqlx::Error::Database(told) => refused(told.code().as_deref().unwrap_or_default(), told.message()),
        sqlx::Error::PoolTimedOut => nothing(Because::Unreachable, "no connection to the database in time"),
        sqlx::Error::Configuration(_) | sqlx::Error::PoolClosed => {
            Failure::setup("the connection to the database cannot be set up")
        }
        sqlx::Error::Tls(_) => nothing(Because::Unreachable, "no TLS connection to the database came about"),
        sqlx::Error::Io(told) if told.kind() == io::ErrorKind::ConnectionRefused => {
            nothing(Because::Unreachable, "the database refused the connection")
        }
        _ if changes => Failure::unknown("the connection to the database ended without an answer"),
        _ => nothing(Because::Unreachable, "the connection to the database ended without an answer"),
    }
}

/// By SQLSTATE.
fn refused(code: &str, message: &str) -> Failure {
    match code {
        "28000" | "28P01" => {
            Failure::nothing(Because::NotSignedIn, "the database does not know the console's credentials")
        }
        "3D000" => Failure::setup("there is no such database"),
        // `permission denied for table wedding_optimizations`
        "42501" => {
            let right = message.strip_prefix("permission denied for ").unwrap_or("not named by the database");
            let why = format!("the console's role in the database lacks a right: {}", said(right));
            Failure::forbidden(right, why)
        }
        "25006" => {
            Failure::invalid("the database takes no changes here: it is a standby, or the role is read-only")
        }
        "42P01" | "42703" => {
            Failure::nothing(Because::NotFound, format!("the database has no such thing: {}", said(message)))
        }
        "23503" => Failure::invalid(format!("other rows still refer to these: {}", said(message))),
        "55P03" => Failure::nothing(Because::Busy, "somebody else holds the lock"),
        "57014" => Failure::nothing(Because::Busy, "the statement took too long and was cut off"),
        "53300" | "57P03" => Failure::nothing(Because::Busy, "the database takes no more connections now"),
        "40001" | "40P01" => Failure::nothing(Because::Busy, "the statement stood in the way of another"),
        // The server is going down: whether it got so far is not known.
        code if code.starts_with("57P") || code.starts_with("08") => {
            Failure::unknown("the database broke the connection off")
        }
        code => Failure::invalid(format!("the database refused it ({code}): {}", said(message))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_names() {
        assert_eq!(quoted_name("public.ai_feedback").unwrap(), "\"public\".\"ai_feedback\"");
        for bad in ["", "a.b.c", "a b", "a\"; DROP TABLE x; --", "1a", "a.", "ä"] {
            assert!(quoted_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_names_what_is_missing() {
        let failure = refused("42501", "permission denied for table wedding_optimizations");
        let right = "table wedding_optimizations".to_owned();
        assert_eq!(failure.because(), Some(&Because::Forbidden { right }));
        assert!(!refused("57P01", "terminating connection").is_certain());
        assert!(refused("57014", "canceling statement").is_certain());
    }
}
