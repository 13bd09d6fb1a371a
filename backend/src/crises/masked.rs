//! A couple so that somebody who knows them recognises them, and nobody else learns much.

use domain::crises::Couple;

/// The letter that stands for what is not shown.
const HIDDEN: &str = "\u{2022}\u{2022}\u{2022}";

/// "a•••@example.com", "••• 118", "A••• B•••".
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Masked {
    pub names: String,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    /// Not masked: it is needed to choose a text.
    pub language: Option<String>,
    pub has_venue: bool,
    pub has_summary: bool,
    /// How many values were given that cannot be used.
    pub unusable: usize,
}

impl Masked {
    pub fn of(couple: &Couple) -> Masked {
        let each = |texts: &[domain::crises::Private], mask: fn(&str) -> String| -> Vec<String> {
            texts.iter().map(|text| mask(text.expose())).collect()
        };
        Masked {
            names: words(couple.names.expose()),
            emails: each(&couple.emails, address),
            phones: each(&couple.phones, number),
            language: couple.language.as_ref().map(|language| language.label().to_owned()),
            has_venue: !couple.venue.is_empty(),
            has_summary: !couple.summary.is_empty(),
            unusable: couple.unusable.len(),
        }
    }
}

/// The first letter of each word.
fn words(text: &str) -> String {
    let masked = text.split_whitespace().map(|word| {
        let first = word.chars().next().filter(|first| first.is_alphanumeric());
        first.map_or_else(|| word.chars().take(1).collect(), |first| format!("{first}{HIDDEN}"))
    });
    masked.collect::<Vec<_>>().join(" ")
}

pub(crate) fn address(text: &str) -> String {
    let (name, host) = text.rsplit_once('@').unwrap_or((text, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}{HIDDEN}@{host}")
}

/// The last three digits.
pub(crate) fn number(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(3)).collect();
    format!("{HIDDEN} {last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_tells_little() {
        assert_eq!(address("ada@example.com"), "a\u{2022}\u{2022}\u{2022}@example.com");
        assert_eq!(number("+46701234118"), "\u{2022}\u{2022}\u{2022} 118");
        assert_eq!(
            words("Ada Lovelace & Bo"),
            "A\u{2022}\u{2022}\u{2022} L\u{2022}\u{2022}\u{2022} & B\u{2022}\u{2022}\u{2022}"
        );
        assert_eq!(
            words("\u{9648} \u{4f1f}"),
            "\u{9648}\u{2022}\u{2022}\u{2022} \u{4f1f}\u{2022}\u{2022}\u{2022}"
        );
    }
}
