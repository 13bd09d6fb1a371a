//! The name of an attempt, which is that of its mail too.

use serde::{Deserialize, Serialize};

/// Which attempt: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub String);

impl AttemptId {
    /// The `Message-ID` of its mail, the same for every try: what bounces and providers name it by. `host` is the
    /// console's.
    pub fn message_id(&self, host: &str) -> String {
        format!("<notice.{}@{host}>", self.0)
    }

    /// The attempt whose `Message-ID` this is, with or without its brackets; `None` of another's.
    pub fn of_message_id(given: &str) -> Option<AttemptId> {
        let given = given.trim().trim_start_matches('<').trim_end_matches('>');
        let (id, _) = given.strip_prefix("notice.")?.split_once('@')?;
        let is_id = (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_id.then(|| AttemptId(id.to_owned()))
    }
}
