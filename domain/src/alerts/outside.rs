//! What senders from outside say of their alerts. Nothing of theirs is kept as long or as odd as it may come: it ends up
//! on pages, in mails and in two databases.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{
    monitoring::Level,
    time::{DAY, MINUTE, Millis},
};

/// Characters of a title.
pub const LONGEST_TITLE: usize = 1_024;
/// Characters of what is said below it.
pub const LONGEST_WHY: usize = 4_000;
const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 1_024;
const MOST_LABELS: usize = 64;
/// A key that is longer, in bytes, is kept as its hash.
const LONGEST_KEY: usize = 255;
/// Where a sender's address of a page may stand; anything that is no web address is left out there.
const LINKS: [&str; 5] = ["runbook_url", "dashboard_url", "generatorURL", "externalURL", "client_url"];
/// What a sender calls a link of its own: "link: Dashboard".
pub const OWN_LINK: &str = "link: ";
/// 2000-01-01: a time before it was never meant.
const EARLIEST: Millis = Millis(946_684_800_000);

/// One alert as a sender tells it, bounded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The last part of an alert's key: "am:" or "pd:" and what its sender knows it by.
    pub metric: String,
    /// As the sender calls it; it need not be one that is watched.
    pub platform: Option<String>,
    /// The same.
    pub service: Option<String>,
    pub told: ReportTold,
}

/// What is the case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReportTold {
    Firing {
        level: Level,
        title: String,
        why: String,
        labels: BTreeMap<String, String>,
        /// As told; `None` when no time that could be meant was told.
        began_at: Option<Millis>,
    },
    Acknowledged,
    Resolved,
}

/// Which level a sender's words are: of Alertmanager's label `severity`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeverityWords(BTreeMap<String, Level>);

impl Default for SeverityWords {
    fn default() -> SeverityWords {
        let words = [
            ("none", Level::Information),
            ("info", Level::Information),
            ("warning", Level::Warning),
            ("error", Level::Critical),
            ("critical", Level::Critical),
            ("page", Level::Emergency),
            ("emergency", Level::Emergency),
        ];
        SeverityWords(words.map(|(word, level)| (word.to_owned(), level)).into())
    }
}

impl SeverityWords {
    /// Changes or adds a word.
    pub fn set(&mut self, word: &str, level: Level) {
        self.0.insert(word.to_lowercase(), level);
    }

    /// A warning when there is none, or one that nobody explained: it is neither lost nor does it wake anybody.
    pub fn level(&self, word: Option<&str>) -> Level {
        word.and_then(|word| self.0.get(&word.trim().to_lowercase()).copied()).unwrap_or(Level::Warning)
    }
}

/// A text without control characters and marks that turn its direction around, at most `most` characters long.
pub fn cleaned(text: &str, most: usize) -> String {
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_blank = |letter: char| letter.is_control() || letter.is_whitespace() || turns(letter);
    let plain = |letter: char| if letter.is_control() || turns(letter) { ' ' } else { letter };
    let text = text.trim_matches(is_blank);
    let mut kept: String = text.chars().take(most).map(plain).collect();
    if text.chars().nth(most).is_some() {
        kept.pop();
        kept.push('\u{2026}');
    }
    kept
}

/// The last part of an alert's key. The same text always gives the same key, and different texts different ones.
pub fn key_of(prefix: &str, text: &str) -> String {
    let plain = !text.is_empty() && text.len() <= LONGEST_KEY && !text.chars().any(char::is_control);
    if plain && !text.starts_with("sha256:") {
        return format!("{prefix}:{text}");
    }
    format!("{prefix}:sha256:{}", hash([text]))
}

/// A fingerprint for a sender that gave none: of its labels.
pub fn fingerprint(labels: &BTreeMap<String, String>) -> String {
    hash(labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]))[..16].to_owned()
}

fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Labels as they are kept: so many, so long, and links only to the web. Of more than that the first by name stay.
pub fn bounded(labels: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let kept = labels.into_iter().filter_map(|(name, value)| {
        let (name, value) = (cleaned(&name, LONGEST_NAME), cleaned(&value, LONGEST_VALUE));
        let is_web = value.starts_with("http://") || value.starts_with("https://");
        let possible = !name.is_empty() && !value.is_empty() && (is_web || !is_link(&name));
        possible.then_some((name, value))
    });
    let mut kept: BTreeMap<String, String> = kept.collect();
    // Links are worth more than the rest.
    let surplus = kept.len().saturating_sub(MOST_LABELS);
    let gone: Vec<String> = kept.keys().rev().filter(|name| !is_link(name)).take(surplus).cloned().collect();
    for name in gone {
        kept.remove(&name);
    }
    while kept.len() > MOST_LABELS {
        kept.pop_last();
    }
    kept
}

/// Whether a label of this name is an address to follow.
pub fn is_link(name: &str) -> bool {
    LINKS.contains(&name) || name.starts_with(OWN_LINK)
}

/// When it began, as far as that can be believed: not after `now`, and not before anybody watched anything.
pub fn began(told: Option<Millis>, now: Millis) -> Millis {
    told.filter(|at| *at >= EARLIEST && *at <= now.plus(DAY)).map_or(now, |at| at.min(now))
}

/// Whether a time was told at all: senders write the year 1 for "not yet".
pub fn is_time(at: Millis) -> bool {
    at >= EARLIEST && at.0 < 253_402_300_800_000 - MINUTE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_of_severity_are_levels_and_unknown_ones_are_warnings() {
        let mut words = SeverityWords::default();
        for (word, level) in [
            (Some("critical"), 3),
            (Some(" Critical "), 3),
            (Some("page"), 4),
            (Some("emergency"), 4),
            (Some("warning"), 2),
            (Some("info"), 1),
            (Some("purple"), 2),
            (None, 2),
        ] {
            assert_eq!(words.level(word).number(), level, "{word:?}");
        }
        words.set("Purple", Level::Emergency);
        assert_eq!(words.level(Some("purple")), Level::Emergency);
    }

    #[test]
    fn links_lead_to_the_web_or_nowhere() {
        let labels = bounded([
            ("runbook_url".to_owned(), "javascript:alert(1)".to_owned()),
            ("generatorURL".to_owned(), "https://prometheus.example/graph".to_owned()),
            ("alertname".to_owned(), "Disk\u{0}Full\u{202e}".to_owned()),
            ("empty".to_owned(), " ".to_owned()),
        ]);
        let names: Vec<&str> = labels.keys().map(String::as_str).collect();
        assert_eq!(names, ["alertname", "generatorURL"]);
        assert_eq!(labels["alertname"], "Disk Full");
    }

    #[test]
    fn a_time_that_cannot_be_is_now() {
        let now = Millis(1_795_000_000_000);
        assert_eq!(began(Some(Millis(-62_135_596_800_000)), now), now, "the year 1");
        assert_eq!(began(Some(now.plus(400 * DAY)), now), now);
        assert_eq!(began(Some(now.plus(1_000)), now), now, "a clock a little ahead");
        assert_eq!(began(Some(now.minus(DAY)), now), now.minus(DAY));
    }

    proptest! {
        #[test]
        fn whatever_is_said_ends_up_short_and_plain(text in "\\PC*|[\\x00-\\x1f]{0,40}|.{0,400}", most in 1_usize..60) {
            let kept = cleaned(&text, most);
            prop_assert!(kept.chars().count() <= most);
            prop_assert!(!kept.chars().any(char::is_control));
            prop_assert_eq!(cleaned(&kept, most), kept);
        }

        #[test]
        fn different_keys_stay_different(one in ".{0,300}", other in ".{0,300}") {
            prop_assert_eq!(key_of("am", &one) == key_of("am", &other), one == other);
            prop_assert!(key_of("am", &one).len() <= 3 + LONGEST_KEY);
        }

        #[test]
        fn labels_are_bounded_however_many_there_are(labels in prop::collection::btree_map(".{0,20}", ".{0,20}", 0..200)) {
            let kept = bounded(labels);
            prop_assert!(kept.len() <= MOST_LABELS);
        }
    }
}
