//! What may be personal or secret in a line of a log is left out before anybody sees it. Too much rather than too little:
//! a masked number can be looked up in the cluster by whoever may, a shown password cannot be taken back.

const MASKED: &str = "(masked)";
const EMAIL: &str = "(e-mail masked)";
const NUMBER: &str = "(number masked)";

/// In the name of a value that is nobody's business.
const SECRET_NAMES: [&str; 13] = [
    "passw",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "authorization",
    "credential",
    "cookie",
    "session",
    "private",
    "signature",
];
/// How well-known keys begin.
const KEY_STARTS: [&str; 12] =
    ["sk-", "pk_", "rk_", "xox", "ghp_", "gho_", "github_pat_", "glpat-", "AKIA", "ASIA", "eyJ", "bwt_"];
/// A key of its own is at least so long.
const SHORTEST_KEY: usize = 16;
/// Letters and digits in one piece that are no word and no id.
const LONGEST_ID: usize = 40;
/// Before the @ of an e-mail address.
const LONGEST_LOCAL: usize = 64;
const PHONE_DIGITS: usize = 9;
/// Each pass but the last leaves less to be masked; a line of a log needs one.
const MOST_PASSES: usize = 16;
/// With a plus before them.
const PHONE_DIGITS_AFTER_PLUS: usize = 7;

/// The line without e-mail addresses, what may be telephone, card or account numbers, bearer tokens, passwords in
/// addresses, and the values of names that speak of a secret. To mask twice is to mask once.
pub fn mask(line: &str) -> String {
    let mut masked = masked_once(line);
    // What was left out may leave something behind that is to be masked where it stands now.
    for _ in 0..MOST_PASSES {
        let again = masked_once(&masked);
        if again == masked {
            break;
        }
        masked = again;
    }
    masked
}

fn masked_once(line: &str) -> String {
    let signs: Vec<char> = line.chars().collect();
    let mut masked = String::with_capacity(line.len());
    let mut at = 0;
    while at < signs.len() {
        let starts_here = at == 0 || !is_of_word(signs[at - 1]);
        let found = if starts_here { secret(&signs, at).or_else(|| email(&signs, at)) } else { None };
        let found = found.or_else(|| number(&signs, at)).or_else(|| in_address(&signs, at));
        match found {
            Some((kept, words, end)) => {
                masked.extend(&signs[at..kept]);
                masked.push_str(words);
                at = end;
            }
            None => {
                masked.push(signs[at]);
                at += 1;
            }
        }
    }
    masked
}

/// Up to where the line is kept, what stands in place of the rest, and where that ends.
type Found = Option<(usize, &'static str, usize)>;

fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.')
}

fn run(signs: &[char], from: usize, fits: impl Fn(char) -> bool) -> usize {
    signs.iter().skip(from).position(|sign| !fits(*sign)).map_or(signs.len(), |length| from + length)
}

fn text(signs: &[char]) -> String {
    signs.iter().collect()
}

/// A name with its value, `Bearer …`, or a key by itself.
fn secret(signs: &[char], at: usize) -> Found {
    let end = run(signs, at, is_of_word);
    if end == at {
        return None;
    }
    let word = text(&signs[at..end]);
    let lower = word.to_lowercase();
    if matches!(lower.as_str(), "bearer" | "basic") {
        let value = run(signs, end, |sign| sign == ' ');
        // "a basic check" is no credential.
        let word = run(signs, value, |sign| sign.is_ascii_lowercase());
        let is_word = signs.get(word).is_none_or(|sign| sign.is_whitespace() || ".,;:!?)".contains(*sign));
        return if value > end && !is_word { value_at(signs, value, false) } else { None };
    }
    if SECRET_NAMES.iter().any(|name| lower.contains(name))
        && let Some(value) = after_separator(signs, end)
    {
        let counts = lower.ends_with("tokens") && run(signs, value, |sign| sign.is_ascii_digit()) > value;
        return if counts { None } else { value_at(signs, value, true) };
    }
    let is_known = KEY_STARTS.iter().any(|start| word.starts_with(start)) && word.len() >= SHORTEST_KEY;
    let pieces = word.split(['-', '.']);
    let is_long = pieces.max_by_key(|piece| piece.len()).is_some_and(|piece| {
        piece.len() >= LONGEST_ID
            && piece.contains(|sign: char| sign.is_ascii_digit())
            && piece.contains(|sign: char| sign.is_alphabetic())
    });
    (is_known || is_long).then(|| {
        let end = run(signs, end, |sign| is_of_word(sign) || matches!(sign, '+' | '/' | '='));
        (at, MASKED, end)
    })
}

/// Behind `=` or `:`, quotes and blanks around it.
fn after_separator(signs: &[char], from: usize) -> Option<usize> {
    let quote = run(signs, from, |sign| matches!(sign, '"' | '\'' | '\\' | ']'));
    let blank = run(signs, quote, |sign| sign == ' ');
    let separator = run(signs, blank, |sign| matches!(sign, '=' | ':' | '>'));
    if separator == blank || signs[blank] == '>' {
        return None;
    }
    Some(run(signs, separator, |sign| sign == ' '))
}

/// What stands at `at` up to its end, behind `Bearer` where there may be one.
fn value_at(signs: &[char], at: usize, with_scheme: bool) -> Found {
    if is_masked(signs, at) {
        return None;
    }
    let opening = run(signs, at, |sign| sign == '\\');
    if let Some(quote @ ('"' | '\'')) = signs.get(opening).copied() {
        let inside = opening + 1;
        let mut end = inside;
        while end < signs.len() && signs[end] != quote {
            end += if signs[end] == '\\' && opening == at { 2 } else { 1 };
        }
        let end = end.min(signs.len());
        return (end > inside).then_some((inside, MASKED, end));
    }
    let end = run(signs, at, |sign| !sign.is_whitespace() && !matches!(sign, ',' | ';' | '&' | '"' | '\''));
    let word = text(&signs[at..end]).to_lowercase();
    if with_scheme && matches!(word.as_str(), "bearer" | "basic") {
        let value = run(signs, end, |sign| sign == ' ');
        return if value > end { value_at(signs, value, false) } else { None };
    }
    (end > at).then_some((at, MASKED, end))
}

/// Whether what stands here was masked already.
fn is_masked(signs: &[char], at: usize) -> bool {
    let rest = signs.get(at..).unwrap_or_default();
    [MASKED, EMAIL, NUMBER].iter().any(|words| rest.iter().copied().take(words.len()).eq(words.chars()))
}

fn email(signs: &[char], at: usize) -> Found {
    let is_local = |sign: char| sign.is_alphanumeric() || "._%+-'".contains(sign);
    // No longer than one may be: a line of nothing but such signs would be walked again from each of them.
    let near = &signs[..signs.len().min(at + LONGEST_LOCAL + 1)];
    let end = run(near, at, is_local);
    if end == at || signs.get(end) != Some(&'@') {
        return None;
    }
    let host = run(signs, end + 1, |sign| sign.is_alphanumeric() || matches!(sign, '.' | '-'));
    (host > end + 1).then_some((at, EMAIL, host))
}

/// Many digits, perhaps in groups. Days, times and addresses of the network are not meant.
fn number(signs: &[char], at: usize) -> Found {
    let plus = signs[at] == '+';
    let first = if plus || signs[at] == '(' { at + 1 } else { at };
    if !signs.get(first).is_some_and(char::is_ascii_digit) || (at > 0 && signs[at - 1].is_alphanumeric()) {
        return None;
    }
    let is_between = |sign: char| matches!(sign, ' ' | '-' | '.' | '(' | ')' | '/');
    let (mut end, mut digits, mut place) = (first, 0, first);
    while let Some(sign) = signs.get(place) {
        if sign.is_ascii_digit() {
            digits += 1;
            end = place + 1;
        } else if !is_between(*sign) || place - end >= 2 {
            break;
        }
        place += 1;
    }
    if let Some(known) = harmless(signs, first) {
        // As a whole, or its end would be taken for the beginning of a number.
        return (first == at).then_some((known, "", known));
    }
    let least = if plus { PHONE_DIGITS_AFTER_PLUS } else { PHONE_DIGITS };
    if digits < least {
        return None;
    }
    (!signs.get(end).is_some_and(|sign| sign.is_alphabetic())).then_some((at, NUMBER, end))
}

/// The end of a day, of a time of day, or of an IPv4 address that begins here.
fn harmless(signs: &[char], at: usize) -> Option<usize> {
    let shape: String =
        signs.iter().skip(at).take(10).map(|sign| if sign.is_ascii_digit() { '0' } else { *sign }).collect();
    let follows = |place: usize| signs.get(place).is_some_and(|sign| sign.is_ascii_digit());
    if shape == "0000-00-00" && !follows(at + 10) {
        return Some(at + 10);
    }
    if shape.starts_with("00:00:00") && !follows(at + 8) {
        let fraction = signs.get(at + 8).filter(|sign| matches!(sign, '.' | ','));
        return Some(if fraction.is_some() {
            run(signs, at + 9, |sign| sign.is_ascii_digit())
        } else {
            at + 8
        });
    }
    let end = run(signs, at, |sign| sign.is_ascii_digit() || sign == '.');
    let piece = text(&signs[at..end]);
    (piece.split('.').count() == 4 && piece.parse::<std::net::Ipv4Addr>().is_ok()).then_some(end)
}

/// The user and the password of `postgres://user:password@host`.
fn in_address(signs: &[char], at: usize) -> Found {
    if signs.get(at..at + 3) != Some(&[':', '/', '/']) {
        return None;
    }
    let start = at + 3;
    let end =
        run(signs, start, |sign| !sign.is_whitespace() && !matches!(sign, '/' | '?' | '#' | '"' | '\''));
    let host = (start..end).rev().find(|place| signs[*place] == '@')?;
    (text(&signs[start..host]) != MASKED).then_some((start, MASKED, host))
}
