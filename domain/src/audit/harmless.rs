//! Text from outside, made fit to be kept and shown for years.

/// The text without what could forge a line, hide what it says or fill the disk: control characters become a space,
/// characters that turn or hide text become `�`, and it ends after `most` characters, with `…` where it was cut.
pub fn harmless(text: &str, most: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(most * 4));
    let mut letters = text.chars().map(|letter| match letter {
        letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => ' ',
        // Embeddings, overrides and isolates, zero-width characters, the byte order mark, tags.
        '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{061c}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        letter => letter,
    });
    kept.extend(letters.by_ref().take(most));
    if letters.next().is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}
