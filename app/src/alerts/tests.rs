use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, FIELD, all, line, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

fn each(check: impl Fn(&str, &Html)) {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 20);
    for sample in pages {
        check(sample.name, &Html::parse_document(&sample.html));
    }
}

#[test]
fn every_page_is_well_made() {
    each(well_made::check);
}

#[test]
fn nothing_that_was_typed_or_sent_becomes_part_of_the_page() {
    for sample in pages(|shell| shell) {
        if !sample.name.ends_with("-hostile") {
            continue;
        }
        assert!(!sample.html.contains("<script>alert"), "{}", sample.name);
        assert!(!sample.html.contains("<img"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, [onerror]").len(), 0, "{}", sample.name);
        assert!(!sample.html.contains("href=\"javascript:"), "{}", sample.name);
        for field in all(&page, "textarea") {
            assert!(text(field).is_empty() || text(field).contains("</textarea>"), "{}", sample.name);
        }
        assert!(text(all(&page, "body")[0]).contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn a_page_that_is_typed_into_never_loads_itself_again_without_a_script() {
    each(|name, page| assert_eq!(all(page, "noscript").len(), 0, "{name}"));
}

#[test]
fn the_sentence_says_how_many_are_open_and_who_has_them() {
    for (name, sentence) in [
        ("alerts-empty", "No open alerts. Last one resolved Tuesday 14:10."),
        ("alerts-one", "1 alert is open; nobody has acknowledged it."),
        ("alerts-two", "2 alerts are open; nobody has acknowledged any of them."),
        ("alerts-silenced", "1 alert is open; Ben Okafor has it."),
        ("alerts-long-names", "2 alerts are open; nobody has acknowledged 1 of them."),
        ("alerts-storm", "60 alerts are open; nobody has acknowledged any of them."),
    ] {
        assert_eq!(texts(&page(name), "[data-part=alerts-sentence]"), [sentence], "{name}");
    }
    assert_eq!(
        texts(&page("alerts-two"), "title"),
        ["\u{25cf} 2 firing \u{2013} Alerts \u{2013} Bellwether"]
    );
    assert_eq!(texts(&page("alerts-empty"), "title"), ["Alerts \u{2013} Bellwether"]);
    assert_eq!(texts(&page("alerts-two"), ".nav [data-part=count]"), ["2"]);
}

#[test]
fn the_worst_stands_first_and_each_can_be_taken_alone_or_with_others() {
    let storm = page("alerts-storm");
    let levels = texts(&storm, "[data-alerts-list] .alert > [data-part=level]");
    assert_eq!((levels[0].as_str(), levels[59].as_str()), ("Emergency", "Information"));
    assert_eq!(all(&storm, "input[type=checkbox][form=bulk]").len(), 60);
    assert_eq!(texts(&storm, "#bulk button.primary"), ["Acknowledge those chosen"]);
    let one = page("alerts-one");
    assert_eq!(all(&one, "input[form=bulk], #bulk").len(), 0, "there is nothing to choose from");
    assert_eq!(texts(&one, "button.primary"), ["Acknowledge Queue 64"]);
}

#[test]
fn who_may_not_sees_no_button_and_reads_who_may() {
    for name in ["alerts-no-rights", "alert-no-rights"] {
        let page = page(name);
        assert_eq!(all(&page, "main form[method=post]").len(), 0, "{name}");
        assert_eq!(
            texts(&page, "[data-part=may-not]"),
            ["Operator and Lead may acknowledge, resolve and silence alerts."],
            "{name}"
        );
    }
}

#[test]
fn one_thing_is_to_do_to_take_it_on_or_else_to_end_it() {
    for (name, button, action) in [
        ("alert-firing", "Acknowledge", "acknowledge"),
        ("alert-acknowledged", "Resolve", "resolve"),
        ("alert-recovering", "Resolve", "resolve"),
    ] {
        let page = page(name);
        assert_eq!(texts(&page, "button.primary"), [button], "{name}");
        let form = format!("form[action='/alerts/0199-0000/{action}'] button.primary");
        assert_eq!(all(&page, &form).len(), 1, "{name}");
    }
    assert_eq!(all(&page("alert-acknowledged"), "button[data-acknowledge]").len(), 0);
    assert_eq!(all(&page("alert-resolved"), "button.primary").len(), 0);
    assert_eq!(texts(&page("alert-resolved"), "form[action$='/reopen'] button"), ["Open it again"]);
}

#[test]
fn what_was_typed_is_kept_and_the_trouble_stands_at_its_field() {
    let refused = page("alert-refused");
    assert_eq!(texts(&refused, "#note"), ["Scaled to 10"]);
    assert_eq!(
        texts(&refused, "#reason-trouble"),
        ["It is still bad: say why it should be resolved all the same."]
    );
    assert!(texts(&refused, "title")[0].starts_with("Problem: "));
    assert_eq!(texts(&page("alert-conflict"), "[role=alert] p"), ["Marta Keller acknowledged it already."]);
    let silence = page("alerts-refused");
    assert_eq!(all(&silence, "[data-part=silences] details[open]").len(), 1);
    assert_eq!(all(&silence, "#silence-until[value='2026-11-24T02:00']").len(), 1);
    assert_eq!(all(&silence, "#silence-emergencies[checked]").len(), 1);
    assert_eq!(texts(&silence, "#silence-reason"), ["load test"]);
}

#[test]
fn a_clock_says_until_when_it_holds_and_counts_from_there() {
    let page = page("alert-acknowledged");
    let state = &texts(&page, ".alert-banner [data-part=state]")[0];
    assert_eq!(state, "Marta Keller has it until 03:44 (16 min left)");
    let until = all(&page, ".alert-banner [data-until]")[0].value().attr("data-until").unwrap();
    assert_eq!(until, "1795491852000");
}

#[test]
fn the_story_reads_from_either_end() {
    let newest = texts(&page("alert-acknowledged"), ".story li");
    assert!(newest[0].ends_with("Scaled to 10; p95 is coming down."), "{newest:?}");
    assert_eq!(
        all(&page("alert-acknowledged"), "a[href='/alerts/0199-0000?order=oldest#story-title']").len(),
        1
    );
    assert_eq!(newest.len(), 7);
}

#[test]
fn only_a_web_address_becomes_a_link_to_a_procedure() {
    let outside = page("alert-from-outside");
    let link = "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping";
    assert_eq!(all(&outside, &format!("[data-part=procedure] a[href='{link}']")).len(), 1);
    assert!(texts(&outside, "[data-part=labels]")[0].contains("ai-optimization-7c9d"));
    assert_eq!(all(&page("alert-hostile"), "[data-part=procedure]").len(), 0);
    assert_eq!(all(&page("alert-firing"), "[data-part=procedure] a[rel=noreferrer]").len(), 1);
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, th, td, label, input, select, textarea, legend, a, button, form, \
                     summary, .story li, .sentences li, .level)";
        let lines: Vec<_> = all(&page, parts).into_iter().take(150).map(|part| line(part, FIELD)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
