use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, all, text};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

#[test]
fn every_page_is_well_made() {
    for sample in pages(|shell| shell) {
        let page = Html::parse_document(&sample.html);
        well_made::check(sample.name, &page);
        assert_eq!(all(&page, "main form button").len(), all(&page, "main form").len(), "{}", sample.name);
    }
}

#[test]
fn nothing_that_was_typed_becomes_part_of_the_page() {
    for name in ["fates-hostile", "ack-hostile"] {
        let page = page(name);
        assert!(all(&page, "main script, main img, main textarea").is_empty(), "{name}");
        assert!(text(all(&page, "main")[0]).contains("</textarea>"), "{name}: it is shown as text");
    }
}

#[test]
fn what_may_not_be_done_has_no_button() {
    let buttons = |name| all(&page(name), "[data-part=deliveries] button").len();
    assert_eq!(buttons("fates-one"), 1);
    // What is still on its way has none.
    assert_eq!(buttons("fates-storm"), 6);
    assert_eq!(buttons("fates-no-rights"), 0);
}

#[test]
fn a_link_shows_one_button_and_no_way_to_other_pages() {
    let page = page("ack");
    assert_eq!(all(&page, "main form[method=post][action='/ack/h3Jx'] button.primary").len(), 1);
    assert!(all(&page, ".side, nav").is_empty());
    assert!(all(&page, "script").is_empty());
}

#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, p, summary, button, form, a, .ways > li, ol > li)";
        let lines: Vec<_> = all(&page, parts)
            .into_iter()
            .map(|element| match element.value().name() {
                "form" => format!("form {}", element.value().attr("action").unwrap_or_default()),
                name => format!("{name}: {}", text(element)),
            })
            .collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
