//! Why there is nothing to be seen, as a sentence for each reason. It is one panel's own, never the page's.

use crate::words::capitalised;

/// What stood in the way of a look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unseen {
    /// The connection is not in the configuration.
    NotConfigured {
        /// "No cluster"
        what: String,
        /// "[platform.kubernetes]"
        key: String,
    },
    /// The console's account there lacks a right.
    Forbidden { right: String, why: String },
    /// No answer within so many milliseconds.
    Late { milliseconds: u64 },
    /// It could not be looked at, for this reason.
    Failed { why: String },
}

impl Unseen {
    pub fn sentence(&self) -> String {
        match self {
            Unseen::NotConfigured { what, key } => {
                format!("{what} is configured for this platform: {key} says where it is.")
            }
            Unseen::Forbidden { why, .. } => format!("{}.", capitalised(why)),
            Unseen::Late { milliseconds } => {
                format!("It did not answer within {} s.", *milliseconds as f64 / 1_000.0)
            }
            Unseen::Failed { why } => format!("{}.", capitalised(why).trim_end_matches('.')),
        }
    }

    /// What to do about it.
    pub fn next(&self) -> Option<String> {
        match self {
            Unseen::NotConfigured { .. } => None,
            Unseen::Forbidden { right, .. } => {
                Some(format!("Whoever looks after the console's account can grant it: {right}."))
            }
            Unseen::Late { .. } => Some("Looked at alone it is given more time.".to_owned()),
            Unseen::Failed { .. } => Some("Look again, or ask it directly.".to_owned()),
        }
    }
}
