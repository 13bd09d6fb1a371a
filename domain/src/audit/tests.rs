use super::*;

#[test]
fn a_line_cannot_be_forged_nor_a_text_turned_round() {
    assert_eq!(harmless("Mozilla\r\nINFO all is well\0", 300), "Mozilla  INFO all is well ");
    assert_eq!(harmless("a\u{202e}b", 300), "a\u{fffd}b");
    assert_eq!(harmless("Åsa 日本", 300), "Åsa 日本");
    assert_eq!(harmless("abcdef", 4), "abc…");
    assert_eq!(harmless("abcd", 4), "abcd");
}
