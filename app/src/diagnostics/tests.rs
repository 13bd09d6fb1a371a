use scraper::Html;

use super::samples::{Page, pages};
use crate::well_made::{self, all, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

#[test]
fn every_page_is_well_made() {
    for Page { name, html } in pages(|shell| shell) {
        well_made::check(name, &Html::parse_document(&html));
    }
}

#[test]
fn no_page_says_what_somebody_else_wants_it_to() {
    for Page { name, html } in pages(|shell| shell) {
        let page = Html::parse_document(&html);
        assert!(all(&page, "img").is_empty(), "{name}");
        assert!(!html.contains("<script>alert"), "{name}");
        assert!(!html.contains("ada.okafor"), "{name}: people are masked");
    }
}

#[test]
fn each_look_says_its_sentence_and_can_be_pinned_as_it_was_seen() {
    let page = page("diagnostics-broken");
    assert_eq!(
        texts(&page, "[data-look=pods] [data-part=said]"),
        ["2 of 3 pods are ready; one restarted 4 times, last 3 min ago (OOMKilled)."]
    );
    assert_eq!(texts(&page, "[data-look=call] [data-part=tone]"), ["Broken"]);
    assert_eq!(all(&page, "[data-part=pin]").len(), 12);
    let values: Vec<String> = all(&page, "[data-look=log] [data-part=pin] input[type=hidden]")
        .into_iter()
        .map(|field| {
            format!("{}={}", field.value().attr("name").unwrap(), field.value().attr("value").unwrap())
        })
        .collect();
    assert_eq!(
        values,
        [
            "look=look-log",
            "panel=log",
            "alone=",
            "platform=wedsync",
            "service=optimization",
            "alert=0199-0000"
        ]
    );
    let log = all(&page, "[data-look=pods] .row-links a").into_iter().nth(1).unwrap();
    assert_eq!(
        log.value().attr("href").unwrap(),
        "/diagnostics/log?platform=wedsync&service=optimization&alert=0199-0000&pod=ai-optimization-engine-7d9f8b6c5-x2x4z"
    );
}

#[test]
fn what_is_wrong_comes_first_and_of_everything_else_there_is_a_sentence() {
    let page = page("diagnostics-broken");
    let looks: Vec<_> =
        all(&page, "[data-look]").iter().map(|look| look.value().attr("data-look").unwrap()).collect();
    assert_eq!((looks[0], looks[1], looks[11]), ("call", "pods", "feedback"));
    assert!(texts(&page, "[data-part=sentence]")[0].starts_with("11 of 12 looks stand out. "));
    let rows = texts(&page, "[data-look=pods] .stack > table tbody th");
    assert_eq!(rows.len(), 1, "the sick one: {rows:?}");
    assert_eq!(texts(&page, "[data-look=pods] details:not([data-part]) > summary"), ["The other 2"]);
    assert!(all(&page, "[data-look=call] > details:not([data-part])").is_empty(), "it stands open");
    assert_eq!(texts(&page, "[data-look=feedback] > details > summary"), ["The table"]);

    let fine = self::page("diagnostics-fine");
    assert_eq!(all(&fine, "[data-look] > details").len(), 11, "all but what stands out");
    assert!(
        texts(&fine, "[data-part=sentence]")[0].starts_with("What stands out: crises that wait for the AI. ")
    );
}

#[test]
fn what_is_missing_stands_in_one_place() {
    let page = page("diagnostics-not-configured");
    let rows = texts(&page, "[data-part=not-set-up] dt");
    assert_eq!(
        rows,
        [
            "Pods, Log",
            "Cache",
            "Statements that run now, Slowest statements, Feedback of 24 hours, Data quality of 24 hours, \
             Crises that wait for the AI"
        ]
    );
    assert_eq!(all(&page, "[data-look]").len(), 3, "what is configured has its look");
    assert!(all(&page, "[data-part=pin]").is_empty(), "there is no alert to pin to");
}

#[test]
fn what_fails_is_its_own_look_s_sentence() {
    let page = page("diagnostics-failing");
    assert_eq!(
        texts(&page, "[data-look=pods] [data-part=said]"),
        ["The console's account in the cluster lacks a right: list pods in ai-services."]
    );
    assert_eq!(texts(&page, "[data-look=models] [data-part=tone]"), ["Too slow"]);
    assert!(texts(&page, "[data-part=sentence]")[0].contains("0 of 12 looks came back"));
    assert!(all(&page, "[data-part=pin]").is_empty(), "what was not seen is not pinned");
}

#[test]
fn nothing_typed_is_lost_when_what_was_seen_is_gone() {
    let gone = page("diagnostics-gone");
    assert!(texts(&gone, "[data-part=trouble]")[0].contains("Look again"));
    let note = all(&gone, "[data-part=pin][open] input[name=note]");
    assert_eq!(note[0].value().attr("value"), Some("The third one is out of memory"));
    let page = page("diagnostics-no-alert");
    let first = all(&page, "[data-look=pods] select[name=to] option");
    assert_eq!(text(first[0]), "Queue 640");
}

#[test]
fn a_log_is_a_form_that_needs_no_script() {
    let page = page("diagnostics-log");
    let form = all(&page, "form.log-search")[0];
    assert_eq!(
        (form.value().attr("method"), form.value().attr("action")),
        (Some("get"), Some("/diagnostics/log"))
    );
    assert_eq!(all(&page, "form.log-search option").len(), 3);
    assert_eq!(texts(&page, "[data-part=lines] li[data-trouble]").len(), 1);
    let lines = texts(&page, "[data-part=lines] li");
    assert!(lines[0].ends_with("mail to (e-mail masked) queued"), "the newest is at the top: {lines:?}");
    assert!(lines[0] > lines[3]);
    let live = all(&page, "[data-log-live]")[0].value().attr("data-log-live").unwrap();
    assert!(
        live.starts_with(
            "/diagnostics/log/live?platform=wedsync&service=optimization&alert=0199-0000&pod=ai-"
        )
    );
}
