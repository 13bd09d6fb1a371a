//! Words, whatever they are about.

/// Beginning with a capital: the first word of a sentence.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_is_another_in_every_script() {
        for (text, begun) in [
            ("", ""),
            ("a b", "A b"),
            ("Already", "Already"),
            ("élan", "Élan"),
            ("ßa", "SSa"),
            ("5 min", "5 min"),
        ] {
            assert_eq!(capitalised(text), begun);
        }
    }
}
