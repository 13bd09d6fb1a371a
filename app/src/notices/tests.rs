use scraper::Html;

use super::samples::{couple_pages, pages};
use crate::well_made::{self, FIELD, all, line, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name);
    Html::parse_document(&sample.unwrap_or_else(|| panic!("{name}")).html)
}

fn couple(name: &str) -> Html {
    let sample = couple_pages(|shell| shell).into_iter().find(|page| page.name == name);
    Html::parse_document(&sample.unwrap_or_else(|| panic!("{name}")).html)
}

#[test]
fn every_page_is_well_made() {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 30, "{}", pages.len());
    for sample in pages {
        well_made::check(sample.name, &Html::parse_document(&sample.html));
    }
}

#[test]
fn nothing_that_was_typed_or_sent_becomes_part_of_the_page() {
    let hostile = pages(|shell| shell).into_iter().chain(couple_pages(|shell| shell));
    let hostile: Vec<_> = hostile.filter(|page| page.name.ends_with("-hostile")).collect();
    assert_eq!(hostile.len(), 5);
    for sample in hostile {
        assert!(!sample.html.contains("<script>alert"), "{}", sample.name);
        assert!(!sample.html.contains("<img"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, [onerror]").len(), 0, "{}", sample.name);
        assert!(text(all(&page, "body")[0]).contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn a_notice_is_seen_in_full_before_it_goes() {
    let new = page("notice-new");
    assert_eq!(
        texts(&new, "[data-part=subject]"),
        ["Your wedding: one of your vendors, and what we are doing"]
    );
    let plain = texts(&new, "[data-part=text]");
    assert!(plain[0].starts_with("Dear Ada Okafor and Nils Lindqvist, One of your vendors"), "{plain:?}");
    assert_eq!(texts(&new, "[data-part=html]"), plain, "both say the same");
    assert_eq!(all(&new, "[data-part=html] p[dir=auto]").len(), 6);
    assert_eq!(
        all(&new, "[data-part=html] a[href='https://bellwether.example.com/c/VGhpcyBpcyBhIGxpbms']").len(),
        1
    );
    let send = "button.primary[formaction='/crises/0199-0000/notices/send']";
    let words = "Send: \u{201c}we know\u{201d} to a\u{2022}\u{2022}\u{2022}@example.com";
    assert_eq!(texts(&new, send), [words]);
    let seen = all(&new, "input[name=seen]")[0].value().attr("value").unwrap();
    assert_eq!(seen.len(), 64, "the press says what was seen");
    let first = texts(&new, "form.sides button");
    assert_eq!(first[0], "Show it with this", "the Enter key sends nothing");
    assert!(!text(all(&new, "main")[0]).contains("ada@example.com"), "the address is masked");
    assert_eq!(texts(&new, "button[name=reveal]"), ["Show their address"]);
    let shown = page("notice-new-shown");
    assert!(texts(&shown, ".letter-head dd")[0].starts_with("ada@example.com shown to you; recorded"));
    assert_eq!(all(&shown, "button[name=reveal]").len(), 0);
}

#[test]
fn what_is_missing_is_named_at_its_field_and_nothing_can_be_sent() {
    let missing = page("notice-new-missing");
    assert_eq!(
        texts(&missing, "[data-part=missing] li"),
        ["Say when they hear from us again.", "Say what is being done for them."]
    );
    assert_eq!(texts(&missing, "#write-promised-trouble"), ["Say when they hear from us again."]);
    assert_eq!(texts(&missing, "#write-plan-trouble"), ["Say what is being done for them."]);
    for name in ["notice-new-missing", "notice-new-several", "notice-new-no-address", "notice-new-on-its-way"]
    {
        assert_eq!(all(&page(name), "button.primary").len(), 0, "{name}");
    }
    assert_eq!(texts(&page("notice-new-several"), "fieldset .choice label").len(), 2);
    let no_address = page("notice-new-no-address");
    assert_eq!(
        texts(&no_address, "[data-part=cannot-be-sent] li"),
        ["There is no address that can be used."]
    );
}

#[test]
fn what_changed_is_said_and_nothing_that_was_typed_is_lost() {
    let changed = page("notice-new-changed");
    assert_eq!(texts(&changed, "[data-part=changed] li").len(), 2);
    assert!(texts(&changed, "title")[0].starts_with("Problem: "));
    assert!(texts(&changed, "#write-plan")[0].starts_with("Four florists"));
    assert_eq!(all(&changed, "#write-contact[value^='Priya Nair']").len(), 1);
    assert_eq!(all(&changed, "button.primary").len(), 1, "it can be pressed again");
    let again = page("notice-new-again");
    assert!(texts(&again, "#write-reason-trouble")[0].starts_with("They have been told this."));
    let edited = page("notice-new-edited");
    assert_eq!(
        all(&edited, "details.edit-letter[open] #write-subject[value='Your flowers: we are on it']").len(),
        1
    );
    assert_eq!(texts(&edited, "[data-part=subject]"), ["Your flowers: we are on it"]);
    assert_eq!(all(&edited, "input[name=edited]").len(), 1);
    let wrong = page("notice-new-edited-wrong");
    assert!(
        texts(&wrong, "details.edit-letter[open] #write-text")[0].contains("{{plan}}"),
        "it stays where it is no letter"
    );
    assert_eq!(texts(&wrong, "#write-text-trouble"), ["The text still has {{ in it: fill it in."]);
}

#[test]
fn a_text_message_has_no_subject_and_a_letter_is_in_its_own_language() {
    let sms = page("notice-new-sms");
    assert_eq!(all(&sms, "[data-part=subject], [data-part=html], #write-subject").len(), 0);
    assert_eq!(all(&sms, "[data-part=text]").len(), 1);
    let german = page("notice-new-german");
    assert_eq!(all(&german, "[data-part=text][lang=de][dir=ltr], [data-part=html][lang=de]").len(), 2);
    assert!(texts(&german, "[data-part=text]")[0].starts_with("Liebes Brautpaar Jule und Max Schneider,"));
    let no_text = texts(&page("notice-new-no-text"), "[data-part=not-theirs]");
    assert_eq!(no_text, ["They read Hebrew, and there is no text in it: this one is in English."]);
}

#[test]
fn the_language_of_one_letter_is_theirs_unless_somebody_chooses_another() {
    let chosen = |name: &str| texts(&page(name), "#write-language option[selected]").join("; ");
    let new = page("notice-new");
    assert_eq!(
        texts(&new, "#write-language option"),
        ["English, which they read", "French", "German", "Spanish", "Swedish"]
    );
    assert_eq!(chosen("notice-new"), "", "the first is chosen where nobody did");
    assert_eq!(all(&new, "[data-part=not-theirs]").len(), 0);
    let other = page("notice-new-chosen-language");
    assert_eq!(chosen("notice-new-chosen-language"), "German");
    assert_eq!(
        texts(&other, "#write-language option"),
        ["Swedish, which they read", "English", "French", "German", "German (de-ch)", "Spanish"]
    );
    assert_eq!(texts(&other, "[data-part=not-theirs]"), ["They read Swedish, and this one is in German."]);
    assert_eq!(
        texts(&page("notice-new-unknown-language"), "#write-language option")[0],
        "English; nobody knows what they read"
    );
    assert_eq!(
        texts(&page("notice-new-no-text"), "#write-language option")[0],
        "English; there is no text in Hebrew"
    );
    assert_eq!(
        texts(&page("notice-new-no-such-language"), "#write-language-trouble"),
        ["There is no text for this in that language."]
    );
    assert_eq!(
        all(&page("notice-new-one-language"), "#write-language").len(),
        0,
        "there is nothing to choose"
    );
}

#[test]
fn many_are_listed_each_with_their_own_text_and_the_others_apart_with_why() {
    let many = page("notices-many");
    let rows = texts(&many, ".everybody > li");
    assert_eq!(rows.len(), 6);
    assert!(rows[0].contains("Dear Ada Okafor and Nils Lindqvist,"), "{}", rows[0]);
    assert!(rows[1].contains("Liebes Brautpaar Jule und Max Schneider,"), "{}", rows[1]);
    assert_eq!(all(&many, ".everybody details[open]").len(), 0, "they are folded");
    assert_eq!(
        texts(&many, "[data-part=left-out] .why"),
        [
            "Left out here; other presses are not touched by that.",
            "There are 2 addresses: somebody has to say which.",
            "The couple is not to be contacted.",
            "One is on its way: a second would tell them twice."
        ]
    );
    assert_eq!(all(&many, ".everybody > li > button[name=leave]").len(), 6);
    assert_eq!(
        all(&many, "[data-part=left-out] button[name=take][form=bulk]").len(),
        1,
        "whom a person left out"
    );
    let send = "button.primary[formaction='/crises/notices/send']";
    assert_eq!(texts(&many, send), ["Send: \u{201c}we know\u{201d} to 6 couples"]);
    assert_eq!(all(&many, "input[name=filter-untold][value='1']").len(), 1, "the filter is carried along");
    let searched = page("notices-many-searched");
    assert_eq!(all(&searched, "form.sides > input[name=filter-text][value=lindqvist]").len(), 1);
    assert_eq!(all(&searched, "form > nav.seg button[name=purpose]").len(), 4);
    assert_eq!(all(&searched, "[href*=lindqvist], [action*=lindqvist]").len(), 0, "no name in an address");
    assert_eq!(texts(&page("notices-many-one"), send), ["Send: \u{201c}we know\u{201d} to 1 couple"]);
    for name in
        ["notices-many-empty", "notices-many-nobody-ready", "notices-many-missing", "notices-many-hostile"]
    {
        assert_eq!(all(&page(name), "button.primary").len(), 0, "{name}");
    }
    assert_eq!(
        texts(&page("notices-many-missing"), "#bulk-promised-trouble"),
        ["Say when they hear from us again."]
    );
    assert_eq!(all(&page("notices-many-storm"), ".everybody > li").len(), 500);
}

#[test]
fn everybody_in_a_press_is_listed_and_what_needs_somebody_comes_first() {
    let progress = page("notices-progress");
    assert_eq!(
        texts(&progress, "[data-part=standing]"),
        ["3 waiting, 3 sent, 2 failed, 1 in doubt, 1 taken back."]
    );
    assert_eq!(
        texts(&progress, "[data-group] > h2"),
        ["Failed (2)", "In doubt (1)", "Waiting (3)", "Sent (2)", "Delivered (1)", "Taken back (1)"]
    );
    assert_eq!(all(&progress, "[data-group] li").len(), 10, "everybody stands there");
    assert!(texts(&progress, "[data-group=waiting] .hint")[0].ends_with("has waited for 4 min."));
    let rows = texts(&progress, "[data-group=waiting] li");
    assert!(rows[0].contains("Is being sent") && rows[0].contains("Not to be contacted"), "{rows:?}");
    assert!(texts(&progress, "[data-group=failed] li")[1].contains("it came back"));
    assert_eq!(all(&progress, "nav.turn").len(), 0);
    let storm = page("notices-progress-storm");
    assert_eq!(texts(&storm, "[data-group] > h2"), ["Failed (10)", "Waiting (76)", "Sent (114)"]);
    assert!(texts(&storm, "[data-group=sent] .hint")[0].ends_with("14 of them stand on this page."));
    assert_eq!(texts(&storm, "nav.turn span"), ["1 to 100 of 200, those who need somebody first"]);
    assert_eq!(all(&storm, "nav.turn a[rel=next][href='/crises/notices/0199-batch?page=1']").len(), 1);
    let last = page("notices-progress-last-page");
    assert!(texts(&last, "[data-group=failed] .hint")[0].ends_with("They stand on another page."));
    assert_eq!(texts(&last, "nav.turn span"), ["101 to 120 of 120, those who need somebody first"]);
    assert_eq!(
        all(&last, "[data-actions-part='/crises/notices/0199-batch/part/progress?page=1']").len(),
        1,
        "what is drawn anew is the same page"
    );
    assert_eq!(all(&progress, "[data-actions-part='/crises/notices/0199-batch/part/progress']").len(), 1);
    assert_eq!(all(&progress, "noscript").len(), 1, "it follows without a script");
    assert_eq!(all(&page("notices-progress-over"), "noscript").len(), 0, "and is still once it is over");
    assert!(texts(&page("notices-progress-outage"), "[data-part=outage]")[0].contains("Nothing is lost"));
}

#[test]
fn everything_that_was_told_is_one_list_without_anything_personal() {
    let told = page("notices-all");
    let rows = texts(&told, ".told-list > li");
    assert_eq!(rows.len(), 10);
    assert!(rows[0].contains("Case CR-2041: We know, by e-mail"), "{}", rows[0]);
    assert!(rows[0].contains("Tried 4 times, again at"), "{}", rows[0]);
    assert!(rows[1].contains("the line was cut before the server had answered"), "{}", rows[1]);
    assert!(rows[2].contains("the console was stopped before the answer was written down"), "{}", rows[2]);
    assert!(rows[3].contains("it came back"), "{}", rows[3]);
    assert!(rows[4].contains("Told on the telephone by Marta Keller"), "{}", rows[4]);
    assert!(rows[5].contains("Marta Keller called and did not reach them"), "{}", rows[5]);
    assert!(rows[6].contains("as the provider says"), "{}", rows[6]);
    assert!(rows[7].contains("it never left"), "{}", rows[7]);
    assert!(rows[8].contains("the server refuses it for good (550)"), "{}", rows[8]);
    assert!(rows[0].contains("a\u{2022}\u{2022}\u{2022}@example.com"), "{}", rows[0]);
    let unseen = text(all(&page("notices-no-rights"), "main")[0]);
    assert!(!unseen.contains("example.com") && !unseen.contains("118"), "{unseen}");
    assert_eq!(all(&told, "a[rel=next][href='/notices?before=a10']").len(), 1);
    assert_eq!(texts(&page("notices-in-doubt"), ".seg a[aria-current]"), ["In doubt"]);
    assert_eq!(texts(&page("notices-none-like-that"), "[data-part=empty]"), ["There is none like that."]);
    assert!(
        texts(&page("notices-empty"), "[data-part=empty]")[0]
            .starts_with("Nobody has been told anything yet.")
    );
}

#[test]
fn a_couples_page_is_a_document_of_its_own_in_their_language() {
    let pages = couple_pages(|shell| shell);
    assert_eq!(pages.len(), 11);
    for sample in &pages {
        let page = Html::parse_document(&sample.html);
        for one in [
            "h1",
            "main",
            "head title",
            "meta[name=robots][content='noindex, nofollow']",
            "meta[name=referrer][content=no-referrer]",
        ] {
            assert_eq!(all(&page, one).len(), 1, "{}: {one}", sample.name);
        }
        // Nothing of the console: no script, no form, no way anywhere, no name of ours.
        assert_eq!(
            all(&page, "script, form, a, nav, [style], style, iframe, img").len(),
            0,
            "{}",
            sample.name
        );
        let said = sample.html.to_lowercase();
        for internal in
            ["bellwether", "0199", "crisis", "emergency", "vendor cancelled", "data-actions", "/live"]
        {
            assert!(!said.contains(internal), "{}: {internal}", sample.name);
        }
    }
    let first = couple("couple-we-know");
    assert_eq!(all(&first, "html[lang=en][dir=ltr]").len(), 1);
    assert_eq!(
        texts(&first, "main p"),
        [
            "We know what has happened, and a person is working on it right now.",
            "You will hear from us by 05:00 on 24/11/2026.",
            "You can reach us here: Priya Nair, +46 8 123 45 67"
        ]
    );
    let plan = couple("couple-plan");
    assert_eq!(all(&plan, "html[lang=de]").len(), 1);
    assert!(texts(&plan, "[data-part=next]")[0].starts_with("Ihr h\u{f6}rt von uns bis"));
    assert_eq!(all(&couple("couple-overdue"), "html[lang=sv] [data-part=next][data-late]").len(), 1);
    assert_eq!(all(&couple("couple-solved"), "[data-part=next]").len(), 0);
    assert_eq!(all(&couple("couple-nothing-promised"), "[data-part=next], [data-part=call]").len(), 0);
    assert_eq!(all(&couple("couple-right-to-left"), "html[lang=ar][dir=rtl]").len(), 1);
}

#[test]
fn a_link_that_leads_nowhere_says_so_calmly_in_their_language() {
    assert!(texts(&couple("couple-gone"), "[data-part=gone]")[0].starts_with("It has run out,"));
    let german = couple("couple-gone-de");
    assert_eq!(all(&german, "html[lang=de]").len(), 1);
    assert!(texts(&german, "[data-part=gone]")[0].contains("unter der Nummer aus unserer letzten Nachricht"));
    assert_eq!(all(&couple("couple-gone-other"), "html[lang=en]").len(), 1);
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, li, label, input, select, textarea, legend, a, button, form, summary, .fate)";
        let lines: Vec<_> = all(&page, parts).into_iter().take(120).map(|part| line(part, FIELD)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
