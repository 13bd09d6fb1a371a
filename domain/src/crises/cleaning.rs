//! What somebody typed or a platform told, without what cannot be seen and could do harm.

/// Controls, and what turns the direction of the text after it or breaks its line: what could write another header
/// into a mail, or make a name read as another.
pub(crate) fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line of `longest` characters at most, without what cannot be seen; blanks in a row become one. Whether anything
/// but blanks was taken away stands beside it.
pub(crate) fn one_line(text: &str, longest: usize) -> (String, bool) {
    let mut line = String::new();
    let (mut length, mut taken) = (0, false);
    for letter in text.trim().chars() {
        taken |= is_unseen(letter);
        let letter = match letter {
            // A break between two words stays one.
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            letter if is_unseen(letter) => continue,
            letter if letter.is_whitespace() => ' ',
            letter => letter,
        };
        if letter == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if length == longest {
            taken = true;
            break;
        }
        line.push(letter);
        length += 1;
    }
    line.truncate(line.trim_end().len());
    (line, taken)
}

/// The same of a text of several lines.
pub(crate) fn lines(text: &str, longest: usize) -> (String, bool) {
    let mut kept = String::new();
    let (mut length, mut taken) = (0, false);
    let text = text.replace("\r\n", "\n");
    for letter in text.trim().chars() {
        if is_unseen(letter) && !matches!(letter, '\n' | '\t') {
            taken = true;
            continue;
        }
        if length == longest {
            taken = true;
            break;
        }
        kept.push(letter);
        length += 1;
    }
    (kept, taken)
}
