use proptest::prelude::*;

use super::*;

#[test]
fn a_personal_text_shows_itself_only_when_it_is_asked() {
    let name = Private::new("Ada");
    assert_eq!(format!("{name:?} {:?}", Some(&name)), "Private(…) Some(Private(…))");
    assert_eq!(name.expose(), "Ada");
    assert!(!name.is_empty() && Private::new("").is_empty());
    assert!(name < Private::new("Nils") && name > Private::default());
    let written = serde_json::to_string(&name).unwrap();
    assert_eq!((written.as_str(), serde_json::from_str(&written).ok()), ("\"Ada\"", Some(name)));
}

#[test]
fn names_that_look_the_same_are_the_same_words() {
    for (name, words) in [
        ("Zoë O’Brien & Jean-Luc", "zoe obrien jean luc"),
        ("ZOE\u{308} O'BRIEN", "zoe obrien"),
        ("Łukasz Świętosławski", "lukasz swietoslawski"),
        ("Søren Ærø", "soren aero"),
        ("Strauß", "strauss"),
        ("STRAUSS", "strauss"),
        ("İPEK IŞIK", "ipek isik"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("ﬁona", "fiona"),
        ("Νίκος ΝΊΚΟΣ", "νικοσ νικοσ"),
        ("עדה לאבלייס", "עדה לאבלייס"),
        ("王小明", "王小明"),
        ("김\u{1100}\u{1161}", "김가"),
        ("  , – ", ""),
        ("", ""),
    ] {
        assert_eq!(name_words(name).join(" "), words, "{name}");
    }
}

#[test]
fn a_name_is_found_while_it_is_typed() {
    let terms: Vec<_> = name_terms("Maria Li").into_iter().collect();
    assert_eq!(terms, ["li", "mar", "mari", "maria"]);
    let found = |name: &str, typed: &str| {
        let (terms, query) = (name_terms(name), name_query(typed));
        !query.is_empty() && query.is_subset(&terms)
    };
    for typed in ["mar", "MARÍA", "garcía", "Garcia Maria", "noa", "maria nöa"] {
        assert!(found("María García & Noa Lindqvist", typed), "{typed}");
    }
    for typed in ["ma", "arcia", "marias", "maria gomez", "", "&"] {
        assert!(!found("María García & Noa Lindqvist", typed), "{typed}");
    }
    assert!(found("王小明", "王") && found("김민준", "김민"));
    let long = "Wolfeschlegelsteinhausenbergerdorff";
    assert!(found(long, long) && found(long, "wolfeschlegel") && found(long, &format!("{long}x")));
}

#[test]
fn addresses_are_whole_and_numbers_are_found_by_their_end() {
    assert_eq!(mail_term("  Ada@Example.COM "), mail_term("ada@example.com"));
    assert_ne!(mail_term("ada@example.com"), mail_term("ada@example.org"));
    assert_eq!(mail_term("Zoë@example.com"), mail_term("zoe\u{308}@EXAMPLE.com"));
    assert_eq!(mail_term(" "), None);
    let stored = telephone_terms("+49 (0)176 / 123 45-67");
    assert_eq!(stored.into_iter().collect::<Vec<_>>(), ["1234567", "234567", "61234567", "761234567"]);
    let found = |number: &str, typed: &str| {
        telephone_query(typed).is_some_and(|end| telephone_terms(number).contains(&end))
    };
    for typed in [
        "0176 1234567",
        "0049 176 1234567",
        "123-4567",
        "234567",
        "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}",
    ] {
        assert!(found("+49 176 1234567", typed), "{typed}");
    }
    for typed in ["34567", "0176 1234568", "1234", "none", ""] {
        assert!(!found("+49 176 1234567", typed), "{typed}");
    }
    assert!(telephone_terms("12345").is_empty());
}

proptest! {
    /// However much of a word was typed, from three letters on, it finds the name; and no text makes it stop.
    #[test]
    fn every_beginning_of_every_word_finds_the_name(name in ".{0,60}", length in 3usize..30) {
        let terms = name_terms(&name);
        for word in name_words(&name) {
            let typed: String = word.chars().take(length).collect();
            // A beginning is itself a word, unless what follows belongs to its last letter.
            prop_assume!(name_words(&typed) == [typed.clone()]);
            prop_assert!(name_query(&typed).is_subset(&terms), "{typed:?} in {terms:?}");
        }
        prop_assert!(terms.iter().all(|term| term.chars().count() <= LONGEST_TERM));
    }

    /// To fold what is folded changes nothing, or what is stored would not be what is asked for.
    #[test]
    fn folding_twice_is_folding_once(name in ".{0,60}") {
        let once = name_words(&name).join(" ");
        prop_assert_eq!(name_words(&once).join(" "), once);
    }
}
