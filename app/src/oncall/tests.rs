use std::collections::BTreeSet;

use scraper::Html;

use super::samples::{on_call_card, pages};
use crate::{
    monitoring::samples as watching,
    well_made::{self, FIELD, all, line, text},
};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

fn each(check: impl Fn(&str, &Html)) {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 15);
    for sample in pages {
        assert!(!sample.html.is_empty(), "{}", sample.name);
        check(sample.name, &Html::parse_document(&sample.html));
    }
}

#[test]
fn every_page_is_well_made() {
    each(|name, page| {
        well_made::check(name, page);
        assert_eq!(all(page, ".nav a[aria-current][href='/on-call']").len(), 1, "{name}");
        let labels: Vec<_> = all(page, "main button[aria-label]")
            .into_iter()
            .map(|button| button.value().attr("aria-label").unwrap())
            .collect();
        let distinct: BTreeSet<_> = labels.iter().collect();
        assert!(name.ends_with("-hostile") || distinct.len() == labels.len(), "{name}: {labels:?}");
        let focused = all(page, "[autofocus]").len();
        assert!(focused <= 1 || name.contains("refused") || name.ends_with("-hostile"), "{name}");
    });
}

#[test]
fn nothing_that_was_typed_becomes_part_of_the_page() {
    let hostile: Vec<_> =
        pages(|shell| shell).into_iter().filter(|page| page.name.ends_with("-hostile")).collect();
    assert!(hostile.len() >= 4);
    for sample in hostile {
        for raw in ["<script>alert", "<img", "</textarea>"] {
            assert!(!sample.html.contains(raw), "{}: {raw}", sample.name);
        }
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, textarea, [onerror]").len(), 0, "{}", sample.name);
        assert!(text(all(&page, "body")[0]).contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn a_gap_is_told_first_and_is_more_than_a_colour() {
    let long = page("on-call-long");
    let gaps = all(&long, "[data-part=gaps] li");
    assert_eq!(gaps.len(), 1);
    assert!(text(gaps[0]).starts_with("Gap"), "a word");
    assert_eq!(all(&long, "[data-part=gaps] li .level svg.shape").len(), 1, "a shape");
    assert!(text(gaps[0]).contains("the first turn has not begun"));
    assert_eq!(all(&page("on-call-full"), "[data-part=gaps]").len(), 0);
    assert!(
        text(all(&page("on-call-empty"), ".page-head p")[0]).contains("Nobody is on call in tier 1, tier 2")
    );
}

#[test]
fn a_stand_in_is_said_and_times_name_both_zones() {
    let full = page("on-call-full");
    let support = text(all(&full, "[data-tier='4']")[0]);
    assert!(
        support.contains(
            "Outside the seasons (1 May to 30 September, 15 December to 5 January) tier 2 stands in."
        ),
        "{support}"
    );
    let platform = text(all(&full, "[data-tier='2']")[0]);
    assert!(platform.contains("Europe/Stockholm (15:28 UTC)"), "{platform}");
}

#[test]
fn whoever_may_not_change_schedules_sees_no_button_for_it() {
    let operator = page("on-call-operator");
    assert_eq!(all(&operator, "form[action='/on-call/tests']").len(), 0);
    assert_eq!(all(&operator, "form[action$='/remove']").len(), 0);
    // Tier 2 is hers now; tier 1 she is a member of, and may take over.
    assert_eq!(all(&operator, "form[action='/on-call/tiers/2/take']").len(), 0);
    assert_eq!(all(&operator, "form[action='/on-call/tiers/1/take']").len(), 1);
    let tier = page("on-call-tier-no-rights");
    assert_eq!(all(&tier, "main form").len(), 0);
    assert!(text(all(&tier, "main")[0]).contains("Your role may not change schedules"));
    assert_eq!(all(&page("on-call-tier-member"), "main form").len(), 1);
}

#[test]
fn what_was_typed_is_kept_and_the_trouble_stands_at_its_field() {
    let refused = page("on-call-tier-refused");
    assert_eq!(text(all(&refused, "title")[0]), "Problem: Tier 2 \u{2013} Bellwether");
    let value = |selector: &str| all(&refused, selector)[0].value().attr("value").unwrap().to_owned();
    assert_eq!(value("#zone"), "Europe/Atlantis");
    assert_eq!(value("#first_day"), "2026-02-30");
    assert_eq!(value("#put-to"), "2026-11-24T09:00");
    assert!(text(all(&refused, "#zone-trouble")[0]).contains("no time zone"));
    assert!(text(all(&refused, "#people-trouble")[0]).contains("Mei Tanaka is in it twice"));
    assert_eq!(all(&refused, "#person-2 option[selected][value=mei]").len(), 1, "also twice");
}

#[test]
fn only_whoever_got_a_test_page_can_answer_it() {
    let test = page("on-call-test");
    let buttons: Vec<_> = all(&test, "main button").into_iter().map(text).collect();
    assert_eq!(buttons, ["I got it"], "hers; the channel was answered");
    assert!(text(all(&test, "main")[0]).contains("Answered after 3 min by Tom Ericsson"));
}

#[test]
fn the_page_now_says_who_is_on_call() {
    let world = watching::samples().remove(1);
    let open = crate::alerts::samples::now_list("empty");
    let (cases, runs) = (Default::default(), Default::default());
    let html = crate::now_page(&world.shell, &world.now, &cases, &open, &runs, &[], Some(&on_call_card()));
    let page = Html::parse_document(&html);
    let rows: Vec<_> = all(&page, "[data-part=on-call] li").into_iter().map(text).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0], "Tier 1, AI Operations: Tom Ericsson");
    assert!(rows[3].contains("tier 2 stands in"), "{rows:?}");
    let without = crate::now_page(&world.shell, &world.now, &cases, &open, &runs, &[], None);
    assert!(!without.contains("data-part=\"on-call\""));
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, th, td, li, label, input, select, legend, a, button, form)";
        let lines: Vec<_> = all(&page, parts).into_iter().map(|part| line(part, FIELD)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
