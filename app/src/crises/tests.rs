mod board;
mod case;
mod told;

use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, FIELD, all, line, text};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

fn each(check: impl Fn(&str, &Html)) {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 30);
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
    for sample in pages(|shell| shell).into_iter().filter(|page| page.name.ends_with("-hostile")) {
        assert!(!sample.html.contains("<script>alert"), "{}", sample.name);
        assert!(!sample.html.contains("<img"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, [onerror]").len(), 0, "{}", sample.name);
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

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, li, label, input, select, textarea, legend, a, button, form, summary, \
                     blockquote, .level, .mark)";
        let all = all(&page, parts);
        // A case is told to its end, with all its forms; of a list that goes on, how far it does.
        let most = if sample.name.starts_with("case-") { all.len() } else { 150 };
        let mut lines: Vec<_> = all.iter().take(most).map(|part| line(*part, FIELD)).collect();
        lines.extend((all.len() > most).then(|| format!("and {} more", all.len() - most)));
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
