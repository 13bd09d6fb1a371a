//! What a sealed value is found by. `backend` keeps a keyed hash of each term beside the value, and looks for the hash of
//! what somebody types; so only what is equal after this normalisation is found.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Letters of a word that count; what is longer is found by its beginning.
pub const LONGEST_TERM: usize = 24;
/// A shorter beginning would find half of all couples, and its hash would tell how often it occurs.
const SHORTEST_PREFIX: usize = 3;
/// More words than any name has; the rest of a long text is not indexed.
const MOST_WORDS: usize = 24;
/// The last digits of a telephone number, which are the same with and without a country's code.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=9;
/// Nothing longer is even looked at.
const LONGEST_TYPED: usize = 4_096;

/// The words of a name, each by itself: small letters without diacritics, look-alikes made one (NFKC), apostrophes left
/// out. "Zoë O’Brien & Jean-Luc" is `zoe`, `obrien`, `jean`, `luc`.
pub fn name_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in folded(name).chars().chain([' ']) {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if !is_apostrophe(letter) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words.truncate(MOST_WORDS);
    words
}

/// Everything that a name is found by: of each word its beginnings from three letters on, and a shorter word as a
/// whole. Scripts that write a name in one or two signs are found from the first.
pub fn name_terms(name: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for word in name_words(name) {
        let letters: Vec<char> = word.chars().take(LONGEST_TERM).collect();
        let shortest = if is_dense(&letters) { 1 } else { SHORTEST_PREFIX.min(letters.len()) };
        terms
            .extend((shortest..=letters.len()).map(|length| letters.iter().take(length).collect::<String>()));
    }
    terms
}

/// The terms that must all be there for a name to be what somebody types; none when they typed no word.
pub fn name_query(typed: &str) -> BTreeSet<String> {
    name_words(typed).into_iter().map(|word| word.chars().take(LONGEST_TERM).collect()).collect()
}

/// The whole address, however it is written; `None` for nothing. It need not be a valid one: what a couple gave is kept
/// as they gave it, and must be found as it is.
pub fn mail_term(address: &str) -> Option<String> {
    let term: String = bounded(address).trim().nfkc().flat_map(char::to_lowercase).nfkc().collect();
    (!term.is_empty()).then_some(term)
}

/// The last six to nine digits of a number: it is found by its end, with or without a country's code.
pub fn telephone_terms(number: &str) -> BTreeSet<String> {
    let digits = digits(number);
    let ends = DIGITS.filter(|length| *length <= digits.len());
    ends.filter_map(|length| digits.get(digits.len() - length..)).map(str::to_owned).collect()
}

/// The term of what somebody types; `None` under six digits, which would find too many.
pub fn telephone_query(typed: &str) -> Option<String> {
    let digits = digits(typed);
    let length = digits.len().min(*DIGITS.end());
    (length >= *DIGITS.start()).then(|| digits.get(digits.len() - length..).unwrap_or_default().to_owned())
}

fn digits(number: &str) -> String {
    bounded(number).nfkc().filter_map(digit).collect()
}

/// The digits of the scripts that people type telephone numbers in.
fn digit(letter: char) -> Option<char> {
    const ZEROS: [u32; 4] = ['0' as u32, 0x0660, 0x06f0, 0x0966];
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&u32::from(letter)))?;
    char::from_digit(u32::from(letter) - zero, 10)
}

/// Small letters without marks above, below and through them.
fn folded(text: &str) -> String {
    let small = bounded(text).nfkc().flat_map(char::to_lowercase);
    // Once more: a small letter may be one with a mark (İ), and what a mark was taken from may join.
    let bare: String = small.nfkd().filter(|letter| !is_combining_mark(*letter)).nfkc().collect();
    let mut folded = String::with_capacity(bare.len());
    for letter in bare.chars() {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    folded
}

/// Han, kana, hangul: a name has two or three signs.
fn is_dense(letters: &[char]) -> bool {
    letters.iter().any(|letter| matches!(u32::from(*letter), 0x1100..=0x11ff | 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0x2_0000..))
}

/// Also those that stand for one: O`Brien, Oʻzbek.
fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{02bb}' | '`' | '\u{b4}' | '\u{2bd}')
}

fn bounded(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_TYPED)).unwrap_or_default()
}
