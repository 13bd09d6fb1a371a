//! What something was and became, without what nobody may read there.

use std::collections::{BTreeMap, BTreeSet};

/// Values by key, in the words a person reads.
pub type Facts = BTreeMap<String, String>;

const MASK: &str = "•••";
const MASK_CHANGED: &str = "••• (changed)";

/// Words of a key whose value is a secret. A key that only sounds like one is masked too: the log then tells less,
/// which is the better mistake.
const SECRET_WORDS: [&str; 20] = [
    "password",
    "passwords",
    "passphrase",
    "passwd",
    "secret",
    "secrets",
    "token",
    "tokens",
    "code",
    "codes",
    "otp",
    "totp",
    "pin",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "hash",
    "apikey",
    "signature",
];

/// A key alone is the name of an action or a service; these open something.
const KEYS_THAT_OPEN: [&str; 8] =
    ["api", "private", "routing", "wrapping", "data", "access", "signing", "encryption"];

/// Whether a key names a secret: `password`, `api_token`, `recoveryCodes`.
pub fn is_secret(key: &str) -> bool {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for letter in key.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && small_before) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        small_before = letter.is_lowercase() || letter.is_numeric();
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(&SECRET_WORDS) || (has(&["key", "keys"]) && has(&KEYS_THAT_OPEN))
}

/// Gathers what changed. What is hidden is never held, not even until the record is written.
#[derive(Clone, Default, Debug)]
pub struct Masked {
    before: Facts,
    after: Facts,
}

impl Masked {
    pub fn new() -> Masked {
        Masked::default()
    }

    /// A value that may be read; absent is `None`. Nothing is told when it stayed as it was.
    pub fn shown(mut self, key: &str, before: Option<&str>, after: Option<&str>) -> Masked {
        if is_secret(key) {
            return self.hidden(key, before, after);
        }
        if before != after {
            self.before.extend(before.map(|value| (key.to_owned(), value.to_owned())));
            self.after.extend(after.map(|value| (key.to_owned(), value.to_owned())));
        }
        self
    }

    /// A secret or a personal datum: only that it changed is told.
    pub fn hidden(mut self, key: &str, before: Option<&str>, after: Option<&str>) -> Masked {
        if before != after {
            self.before.extend(before.map(|_| (key.to_owned(), MASK.to_owned())));
            let told = if before.is_some() { MASK_CHANGED } else { MASK };
            self.after.extend(after.map(|_| (key.to_owned(), told.to_owned())));
        }
        self
    }

    /// Before and after, for `Entry::changed`.
    pub fn parts(self) -> (Facts, Facts) {
        (self.before, self.after)
    }
}

/// Masks what is named like a secret and is not masked yet.
pub(super) fn mask_secrets(before: &mut Facts, after: &mut Facts) {
    let keys: BTreeSet<String> =
        before.keys().chain(after.keys()).filter(|key| is_secret(key)).cloned().collect();
    for key in keys {
        let is_masked = |value: &String| value == MASK || value == MASK_CHANGED;
        if before.get(&key).is_none_or(is_masked) && after.get(&key).is_none_or(is_masked) {
            continue;
        }
        let told = match (before.get(&key), after.get(&key)) {
            (Some(before), Some(after)) if before != after => MASK_CHANGED,
            _ => MASK,
        };
        before.entry(key.clone()).and_modify(|value| MASK.clone_into(value));
        after.entry(key).and_modify(|value| told.clone_into(value));
    }
}
