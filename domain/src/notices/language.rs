//! The language of a couple, as the platform names it and as texts are written in it.

use std::fmt;

use serde::{Deserialize, Serialize};

const LONGEST: usize = 35;

const NAMES: [(&str, &str); 27] = [
    ("ar", "Arabic"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nb", "Norwegian"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("zh", "Chinese"),
];

/// A language tag (BCP 47, small letters): `en`, `de-ch`. That there is a text in it is not said by that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it is not the tag of a language, such as en or de-CH")]
pub struct NotALanguage;

impl Language {
    /// # Errors
    /// When it is no tag. Names of languages ("Swedish") are none.
    pub fn parse(given: &str) -> Result<Language, NotALanguage> {
        let tag = given.trim().replace('_', "-").to_ascii_lowercase();
        let mut parts = tag.split('-');
        let is_tag = tag.len() <= LONGEST
            && parts.next().is_some_and(|first| {
                (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase())
            })
            && parts.all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if is_tag { Ok(Language(tag)) } else { Err(NotALanguage) }
    }

    pub fn english() -> Language {
        Language("en".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the region: `de` of `de-ch`.
    #[must_use]
    pub fn plain(&self) -> Language {
        Language(self.0.split('-').next().unwrap_or_default().to_owned())
    }

    /// In English, for staff; the tag where it is none of those that many couples read.
    pub fn label(&self) -> &str {
        let plain = self.plain();
        let named = NAMES.iter().find(|(tag, _)| *tag == plain.as_str());
        named.map_or(&self.0, |(_, name)| name)
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        matches!(
            self.plain().as_str(),
            "ar" | "he" | "iw" | "fa" | "ur" | "yi" | "ps" | "sd" | "dv" | "ckb" | "ug"
        )
    }
}

impl TryFrom<String> for Language {
    type Error = NotALanguage;

    fn try_from(given: String) -> Result<Language, NotALanguage> {
        Language::parse(&given)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
