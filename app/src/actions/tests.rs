use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, FIELD, all, line, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

fn each(check: impl Fn(&str, &Html)) {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 50);
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
        assert!(!sample.html.contains("<script>alert") && !sample.html.contains("<img"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, [onerror]").len(), 0, "{}", sample.name);
        assert!(text(all(&page, "body")[0]).contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn a_page_loads_itself_again_only_while_a_run_is_under_way_and_nobody_types() {
    let follow = [
        "run-requested-own",
        "run-requested-no-rights",
        "run-requested-emergency",
        "run-approved",
        "run-running",
        "run-running-no-rights",
        "run-in-doubt",
        "run-waiting",
        "run-sequence",
        "run-progress",
        "run-stopping",
    ];
    each(|name, page| {
        let reloads = all(page, "noscript").len();
        assert_eq!(reloads, usize::from(follow.contains(&name)), "{name}");
        if reloads > 0 {
            assert_eq!(all(page, "main input:not([type=hidden])").len(), 0, "{name}");
        }
    });
}

#[test]
fn the_button_says_exactly_what_it_does_to_what() {
    for (name, words, class) in [
        ("action-fine", "Enable fallback on wedsync", "primary"),
        ("action-route", "Ask for approval: Route api.wedsync.com/ai/ to ai-backup", "danger"),
        ("action-parameters", "Scale ai-optimization-engine to 10", "primary"),
        ("action-sequence", "Flush the cache, then warm it: 2 steps on wedsync", "danger"),
        ("undo-fine", "Disable fallback on wedsync", "primary"),
    ] {
        assert_eq!(texts(&page(name), "[data-part=press]"), [words], "{name}");
        assert_eq!(all(&page(name), &format!("[data-part=press].{class}")).len(), 1, "{name}");
    }
}

#[test]
fn where_something_fails_or_nobody_may_there_is_no_button_and_the_page_says_why() {
    for (name, part, why) in [
        ("action-failing", "cannot", "0 endpoints of ai-backup are ready"),
        ("action-wrong-value", "cannot", "Correct the field above"),
        ("action-no-rights", "may-not", "Operator and Lead may run dangerous actions."),
        ("undo-impossible", "cannot", "cannot be called back"),
        ("undo-no-rights", "may-not", "Operator and Lead may run dangerous actions."),
    ] {
        let page = page(name);
        assert_eq!(all(&page, "main form[method=post], [data-part=press]").len(), 0, "{name}");
        let said = texts(&page, &format!("[data-part=ask] [data-part={part}]")).join(" ");
        assert!(said.contains(why), "{name}: {said}");
    }
}

#[test]
fn who_may_not_sees_nothing_to_press() {
    each(|name, page| {
        if name.ends_with("-no-rights") {
            assert_eq!(all(page, "main form[method=post], main button.primary").len(), 0, "{name}");
            assert_ne!(all(page, "[data-part=may-not]").len(), 0, "{name} says who may");
        }
    });
}

#[test]
fn nobody_approves_their_own() {
    let own = page("run-requested-own");
    assert_eq!(all(&own, "[data-part=approve], [data-part=refuse]").len(), 0);
    assert!(texts(&own, "[data-part=own]")[0].starts_with("You asked for it yourself"));
    let other = page("run-requested-approver");
    assert_eq!(texts(&other, "[data-part=approve]"), ["Approve: Route api.wedsync.com/ai/ to ai-backup"]);
    assert_eq!(all(&other, "form[action$='/refuse'] input[required]").len(), 1);
}

#[test]
fn one_alone_goes_on_only_in_an_emergency_and_somebody_else_reviews_it() {
    each(|name, page| {
        let offered = all(page, "[data-part=break-glass]").len();
        assert_eq!(offered, usize::from(name == "run-requested-emergency"), "{name}");
    });
    assert_eq!(all(&page("run-alone"), "form[action$='/review'] input[required]").len(), 1);
    assert_eq!(all(&page("run-reviewed"), "form[action$='/review']").len(), 0);
}

#[test]
fn what_nobody_knows_is_asked_of_whoever_looked() {
    let page = page("run-unknown");
    assert_eq!(texts(&page, "form[action$='/decide'] button"), ["It took effect", "It did not take effect"]);
    assert_eq!(all(&page, "[data-part=undo] a").len(), 0, "first it has to be known");
}

#[test]
fn requests_show_what_goes_and_what_comes_by_a_sign() {
    let page = page("action-route");
    let request = &texts(&page, ".request")[0];
    assert!(request.starts_with("PATCH https://10.2.0.1/apis/networking.k8s.io/v1/"), "{request}");
    assert!(texts(&page, ".request del")[0].starts_with("- "));
    assert!(texts(&page, ".request ins")[0].starts_with("+ "));
    let fine = self::page("action-fine");
    assert!(texts(&fine, ".request")[0].contains("Authorization: \u{2022}\u{2022}\u{2022}"));
    assert_eq!(texts(&page, ".becomes strong"), ["ai-backup:80"]);
}

#[test]
fn while_nothing_is_automatic_the_page_says_so() {
    each(|name, page| {
        let is_off = ["actions-off", "actions-hostile"].contains(&name);
        assert_eq!(all(page, "[data-part=automatic-off]").len(), usize::from(is_off), "{name}");
    });
    let words = &texts(&page("actions-off"), "[data-part=automatic-off] p")[0];
    assert!(words.contains("Ben Okafor turned it off") && words.contains("being rebuilt"), "{words}");
}

#[test]
fn a_refusal_that_names_a_run_leads_to_it() {
    let page = page("action-already");
    let id = "0199a1b2-0000-7000-8000-000000000002";
    assert_eq!(all(&page, &format!("[data-part=trouble] a.button[href='/runs/{id}']")).len(), 1);
    assert_eq!(texts(&page, "[data-part=trouble] p a"), ["0199a1b2"]);
}

#[test]
fn what_was_seen_goes_along_with_the_press() {
    let page = page("action-parameters");
    let value = |name: &str| {
        let field = format!("[data-part=ask] input[type=hidden][name='{name}']");
        all(&page, &field)[0].value().attr("value").unwrap().to_owned()
    };
    assert_eq!(value("with.replicas"), "10");
    assert_eq!(value("seen").len(), 64);
    assert!(value("was").contains("deployment.replicas"));
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, li[data-found], label, input:not([name=seen]):not([name=was]), select, \
                     a, button, form, summary, pre, .story li, .level)";
        let lines: Vec<_> = all(&page, parts).into_iter().take(120).map(|part| line(part, FIELD)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
