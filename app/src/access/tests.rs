use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, all, line, text};

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
    each(|name, page| {
        well_made::check(name, page);
        assert!(all(page, "[autofocus]").len() <= 1, "{name}");
    });
}

#[test]
fn nothing_that_was_typed_becomes_part_of_the_page() {
    let hostile: Vec<_> =
        pages(|shell| shell).into_iter().filter(|page| page.name.ends_with("-hostile")).collect();
    assert!(hostile.len() >= 5);
    for sample in hostile {
        assert!(!sample.html.contains("<script>alert"), "{}", sample.name);
        assert!(!sample.html.contains("<img"), "{}", sample.name);
        assert!(!sample.html.contains("</textarea>"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, textarea, [onerror]").len(), 0, "{}", sample.name);
        let shown = text(all(&page, "body")[0]);
        assert!(shown.contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn pages_for_nobody_have_no_way_to_other_pages_and_no_script() {
    each(|name, page| {
        let alone = ["sign-in", "code", "link", "prove"].iter().any(|own| name.starts_with(own));
        assert_eq!(all(page, ".side").is_empty(), alone, "{name}");
        assert_eq!(all(page, "script").len(), 0, "{name}");
        assert_eq!(all(page, "form[action='/theme']").len(), 1, "{name}");
    });
}

#[test]
fn a_refused_sign_in_says_so_first_and_keeps_the_address() {
    let refused = page("sign-in-refused");
    assert_eq!(text(all(&refused, "title")[0]), "Problem: Sign in \u{2013} Bellwether");
    let email = all(&refused, "#email")[0].value();
    assert_eq!(email.attr("value"), Some("priya.nair@wedsync.example"));
    assert_eq!(email.attr("autocomplete"), Some("username"));
    assert_eq!(all(&refused, "#password[autofocus]").len(), 1);
    assert_eq!(all(&refused, "[aria-invalid]").len(), 0, "which of the two is wrong is not said");
    assert_eq!(
        text(all(&page("sign-in-wait"), "[role=alert]")[0]),
        "Too many tries have failed. The next one is looked at in 3 minutes."
    );
    assert_eq!(all(&page("sign-in"), ".demo-accounts, [role=alert]").len(), 0);
}

#[test]
fn the_first_field_that_was_refused_is_where_typing_starts() {
    for (name, id) in [
        ("settings-refused", "profile-name"),
        ("settings-password", "change-current"),
        ("people-refused", "invite-email"),
        ("link-invite", "password"),
        ("tokens-many", ""),
    ] {
        let page = page(name);
        let ids: Vec<_> =
            all(&page, "[autofocus]").iter().map(|field| field.value().attr("id").unwrap()).collect();
        assert_eq!(ids.concat(), id, "{name}");
    }
}

#[test]
fn the_navigation_leads_only_where_the_viewer_may_go() {
    assert_eq!(all(&page("forbidden"), ".nav a").len(), 6);
    assert_eq!(all(&page("forbidden-nobody"), ".nav a").len(), 0);
    assert_eq!(all(&page("forbidden-nobody"), "main a[href='/settings']").len(), 1);
    assert_eq!(all(&page("forbidden"), "main a[href='/']").len(), 1);
    assert_eq!(all(&page("forbidden"), ".account form[action='/sign-out'] button").len(), 1);
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts =
            "title, main :is(h1, h2, h3, p, dt, dd, th, td, label, input, select, legend, a, button, form)";
        let field = ["type", "name", "value", "checked", "autocomplete", "aria-describedby"];
        let lines: Vec<_> = all(&page, parts).into_iter().map(|part| line(part, &field)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
