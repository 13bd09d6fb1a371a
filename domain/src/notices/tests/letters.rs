use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn templates() -> Templates {
    Templates::shipped_and(Vec::new()).unwrap()
}

fn template(subject: &str, text: &str) -> Result<Template, Vec<Flaw>> {
    Template::parse(None, Purpose::WeKnow, Language::english(), subject, text)
}

#[test]
fn every_purpose_and_type_has_a_text_in_every_shipped_language() {
    let (templates, types) = (templates(), built_in().unwrap());
    for tag in ["en", "de", "fr", "es", "sv"] {
        for (of, purpose) in types.iter().flat_map(|of| Purpose::ALL.map(|purpose| (of, purpose))) {
            let chosen = templates.choose(of.key.as_str(), purpose, &language(tag)).unwrap();
            assert_eq!((chosen.template.language.as_str(), chosen.no_text_in), (tag, None));
            let letter = Letter::fill(chosen.template, &given()).unwrap();
            assert!(letter.text.expose().contains("Ada and Nils") && !letter.text.expose().contains("  "));
            assert!(!letter.subject.expose().contains("{{") && !letter.text.expose().contains("{{"));
        }
        let own = |of: &str| templates.choose(of, Purpose::WeKnow, &language(tag)).unwrap().template.clone();
        assert_ne!(own("illness"), own("weather"));
        assert_eq!(own("schedule_conflict"), own("other"));
    }
    assert_eq!(templates.iter().count(), 5 * (7 + 3));
}

#[track_caller]
fn check_choice(tag: &str, expected: (&str, Option<&str>)) {
    let templates = templates();
    let chosen = templates.choose("weather", Purpose::WeKnow, &language(tag)).unwrap();
    let missing = chosen.no_text_in.as_ref().map(Language::as_str);
    assert_eq!((chosen.template.language.as_str(), missing), expected);
}

#[test]
fn a_couple_is_written_to_in_their_language_or_it_is_said_that_there_is_none() {
    check_choice("de", ("de", None));
    check_choice("de-CH", ("de", None));
    check_choice("pt-BR", ("en", Some("pt-br")));
}

#[test]
fn the_languages_that_can_be_chosen_are_those_with_a_text_for_this() {
    let of = TypeKey::parse("weather").ok();
    let own = Template::parse(of, Purpose::WeKnow, language("de-CH"), "Regen", "Regen").unwrap();
    let templates = Templates::shipped_and(vec![own]).unwrap();
    let tags = |of: &str, purpose| -> Vec<String> {
        templates.languages(of, purpose).iter().map(ToString::to_string).collect()
    };
    assert_eq!(tags("illness", Purpose::WeKnow), ["en", "fr", "de", "es", "sv"]);
    assert_eq!(tags("weather", Purpose::WeKnow), ["en", "fr", "de", "de-ch", "es", "sv"]);
    assert_eq!(tags("weather", Purpose::Solved), ["en", "fr", "de", "es", "sv"]);
    assert_eq!(Templates::default().languages("weather", Purpose::WeKnow), []);
}

#[test]
fn a_text_of_the_configuration_takes_the_place_of_the_shipped_one() {
    let of = Some(TypeKey::parse("weather").unwrap());
    let own = Template::parse(of, Purpose::WeKnow, language("de"), "Regen", "{{names}}: Regen").unwrap();
    let templates = Templates::shipped_and(vec![own.clone()]).unwrap();
    assert_eq!(templates.choose("weather", Purpose::WeKnow, &language("de-at")).unwrap().template, &own);
}

#[track_caller]
fn check_flaw(subject: &str, text: &str, expected: &str) {
    let flaws = template(subject, text).unwrap_err();
    let said: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(said.join(" "), expected);
}

#[test]
fn what_a_text_may_not_name_is_found_when_it_is_saved() {
    let there = "there are {{names}}, {{promised_time}}, {{contact}}, {{plan}}, {{venue}}, {{ceremony}}, {{status_page}}.";
    check_flaw(
        "Hello",
        "Dear {{names}},\n\nby {{tiem}}",
        &format!("text, line 3, column 4: there is no {{{{tiem}}}}; {there}"),
    );
    check_flaw(
        "Hello",
        "Dear {{names,\nx",
        "text, line 1, column 6: {{ is opened and not closed with }} in the same line.",
    );
    check_flaw(" ", "x", "The subject is empty.");
    check_flaw("x", "", "The text is empty.");
    let unseen =
        "a sign that cannot be seen, which could write another header into a mail or turn its text round.";
    check_flaw("Hello\nBcc: x@example.com", "x", &format!("subject, line 2, column 1: {unseen}"));
    check_flaw("Hello\rBcc: x", "x", &format!("subject, line 1, column 6: {unseen}"));
    check_flaw("Hello", "a\u{202e}b", &format!("text, line 1, column 2: {unseen}"));
    check_flaw(
        "{{plan}}",
        "x",
        "subject, line 1, column 1: an address of a page or a plan does not belong into a subject.",
    );
    check_flaw(&"x".repeat(121), "x", "The subject is longer than 120 characters.");
}

#[test]
fn a_value_that_is_missing_is_named() {
    let template = template("For {{names}}", "by {{promised_time}}, {{ names }}, {{venue}}").unwrap();
    let given = Given::default().with(Variable::Venue, "x").with(Variable::Names, " \n ");
    let missing = Letter::fill(&template, &given).unwrap_err();
    assert_eq!(missing.to_string(), "Not known yet: names, promised_time.");
}

#[track_caller]
fn check_letter(names: &str, subject: &str, html: &str) {
    let template = template("For {{names}}: news", "Dear {{names}},\nyes.").unwrap();
    let letter = Letter::fill(&template, &Given::default().with(Variable::Names, names)).unwrap();
    assert_eq!(letter.subject.expose(), subject);
    assert!(letter.html().contains(html), "{}", letter.html());
}

#[test]
fn names_cannot_write_headers_or_markup_or_turn_the_text_round() {
    check_letter("Ada", "For Ada: news", "<p dir=\"auto\">Dear Ada,<br>\nyes.</p>");
    check_letter("Ada\r\nBcc: x@y.z", "For Ada Bcc: x@y.z: news", "Dear Ada Bcc: x@y.z,");
    check_letter(
        "<b>\"A\" & 'N'</b>",
        "For <b>\"A\" & 'N'</b>: news",
        "&lt;b&gt;&quot;A&quot; &amp; &#39;N&#39;&lt;/b&gt;",
    );
    check_letter("{{plan}}", "For {{plan}}: news", "Dear {{plan}},");
    check_letter("عائشة", "For \u{2068}عائشة\u{2069}: news", "Dear \u{2068}عائشة\u{2069},");
    check_letter("A\u{202e}b", "For Ab: news", "Dear Ab,");
    let long = "ש".repeat(300);
    let cut = format!("For \u{2068}{}\u{2026}\u{2069}: news", "ש".repeat(79));
    check_letter(&long, &cut, &format!("Dear \u{2068}{long}\u{2069},"));
}

#[test]
fn in_a_language_from_right_to_left_the_letter_runs_so() {
    let arabic = Template::parse(None, Purpose::WeKnow, language("ar"), "{{names}}", "{{names}}").unwrap();
    let letter = Letter::fill(&arabic, &given()).unwrap();
    assert!(letter.html().contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert_eq!(letter.subject.expose(), "\u{2068}Ada and Nils\u{2069}");
}

#[test]
fn the_page_is_a_link_and_its_address_is_safe() {
    let template = template("x", "Here: {{status_page}}.").unwrap();
    let html = Letter::fill(&template, &given()).unwrap().html();
    let address = "https://bellwether.example.com/c/x?a=1&amp;b=2";
    assert!(html.contains(&format!("Here: <a href=\"{address}\">{address}</a>.")), "{html}");
    let javascript = Given::default().with(Variable::StatusPage, "javascript:alert(1)");
    assert!(!Letter::fill(&template, &javascript).unwrap().html().contains("<a "));
}

#[test]
fn an_edited_letter_is_as_safe_as_a_filled_one() {
    let edited = |subject: &str, text: &str| {
        Letter::edited(Language::english(), subject, text)
            .map(|letter| (letter.subject.expose().to_owned(), letter.text.expose().to_owned()))
            .map_err(|no| no.to_string())
    };
    let kept = |subject: &str, text: &str| Ok((subject.to_owned(), text.to_owned()));
    assert_eq!(
        edited("For \u{2068}שרה\u{2069}: a", "Dear \u{2068}שרה\u{2069},\r\nb"),
        kept("For \u{2068}שרה\u{2069}: a", "Dear \u{2068}שרה\u{2069},\nb")
    );
    assert_eq!(edited("a\r\nBcc: x", "b\u{202e}c"), kept("a Bcc: x", "bc"));
    assert_eq!(edited("a\u{2068}b", "c"), kept("ab", "c"));
    assert_eq!(edited(" \n", "c"), Err("A letter needs a subject.".to_owned()));
    assert_eq!(edited("a", " "), Err("A letter needs a text.".to_owned()));
    assert_eq!(edited("a", "Dear {{names}}"), Err("The text still has {{ in it: fill it in.".to_owned()));
}

#[test]
fn what_was_changed_after_somebody_saw_it_is_another_letter() {
    let letter =
        |subject: &str, text: &str| Letter::edited(Language::english(), subject, text).unwrap().fingerprint();
    assert_eq!(letter("a", "bc"), letter("a", "bc"));
    assert_eq!(letter("a", "bc").len(), 64);
    assert_ne!(letter("a", "bc"), letter("ab", "c"));
    assert_ne!(letter("a", "bc"), letter("a", "bd"));
}

#[test]
fn nothing_of_a_letter_shows_itself_in_a_log() {
    let chosen = templates();
    let template = chosen.choose("weather", Purpose::Solved, &language("en")).unwrap().template.clone();
    let shown = format!("{:?} {:?}", Letter::fill(&template, &given()).unwrap(), given());
    assert!(!shown.contains("Ada") && !shown.contains("florists"), "{shown}");
}

#[test]
fn moments_are_written_in_the_couples_zone_and_language() {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    for (tag, words) in [
        ("en", "05:03 on 20/06/2026"),
        ("de", "05:03 Uhr am 20.06.2026"),
        ("fr", "05:03 le 20/06/2026"),
        ("es", "05:03 del 20/06/2026"),
        ("sv-FI", "05:03 den 20/06 2026"),
        ("pt", "05:03 on 20/06/2026"),
    ] {
        assert_eq!(promised_time(NOW, &language(tag), &zone), words);
    }
}

proptest! {
    /// Whatever the values are: the subject is one line without what cannot be seen but isolates, which close; the HTML
    /// has no markup but its own.
    #[test]
    fn a_letter_is_safe_whatever_it_is_filled_with(names in "(?s).{0,200}", plan in "(?s).{0,200}", rtl in any::<bool>()) {
        let tag = language(if rtl { "he" } else { "en" });
        let template = Template::parse(None, Purpose::WeKnow, tag.clone(), "{{names}}!", "{{names}}\n\n{{plan}}").unwrap();
        let given = Given::default().with(Variable::Names, &names).with(Variable::Plan, &plan);
        let Ok(letter) = Letter::fill(&template, &given) else { return Ok(()) };
        let safe = |letter: &Letter| {
            let subject = letter.subject.expose();
            let unseen = |letter: char| crate::crises::is_unseen(letter) && !matches!(letter, '\u{2068}' | '\u{2069}');
            let closed = |text: &str| text.matches('\u{2068}').count() == text.matches('\u{2069}').count();
            let html = letter.html();
            let body = html.split("<body>").nth(1).unwrap().replace("<p dir=\"auto\">", "");
            let markup: Vec<&str> = body.split('<').skip(1).collect();
            !subject.chars().any(unseen)
                && subject.chars().count() <= 160
                && closed(subject)
                && closed(letter.text.expose())
                && !letter.text.expose().chars().any(|letter| unseen(letter) && !matches!(letter, '\n' | '\t'))
                && markup.iter().all(|tag| {
                    ["/p>", "br>", "/body>", "/html>", "a href=\"https://", "/a>"].iter().any(|own| tag.starts_with(own))
                })
        };
        prop_assert!(safe(&letter));
        // Edited without a change it is the same, or says that braces look like a variable.
        if let Ok(edited) = Letter::edited(tag, letter.subject.expose(), letter.text.expose()) {
            prop_assert!(safe(&edited));
        }
    }

    #[test]
    fn any_text_is_a_template_or_its_flaws_are_named(subject in "(?s).{0,40}", text in "(?s)[a-z{}\\n ]{0,60}") {
        match template(&subject, &text) {
            Ok(template) => prop_assert!(Letter::fill(&template, &given()).is_ok()),
            Err(flaws) => prop_assert!(!flaws.is_empty() && flaws.iter().all(|flaw| !flaw.to_string().is_empty())),
        }
    }
}
