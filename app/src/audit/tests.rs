use domain::{audit::Outcome, time::Millis};
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};

use super::{Filters, audit_page, samples::samples};
use crate::monitoring::samples::shell;

fn page(name: &str) -> Html {
    let (_, view) = samples().into_iter().find(|(sample, _)| *sample == name).unwrap();
    Html::parse_document(&audit_page(&shell(&["wedsync"]), &view))
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let text = |element: ElementRef<'_>| {
        element.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    select(page, selector).into_iter().map(text).collect()
}

fn attribute(page: &Html, selector: &str, name: &str) -> Vec<String> {
    select(page, selector).iter().filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

#[test]
fn every_sample_is_drawn_and_reads_well() {
    for (name, view) in samples() {
        let html = audit_page(&shell(&["wedsync"]), &view);
        let page = Html::parse_document(&html);
        assert_eq!(texts(&page, "h1"), ["Audit"], "{name}");
        assert_eq!(select(&page, "[style], style").len(), 0, "{name}: looks stand in style/");
        assert_eq!(select(&page, "form[method=post][action='/audit/verify'] button").len(), 1, "{name}");
        insta::assert_snapshot!(
            format!("audit-{name}"),
            texts(
                &page,
                "main h2, main [data-part=chain] p, main [data-part=empty], main [data-part=problem], \
                          main tr[data-outcome]:nth-child(-n+6), main .turn"
            )
            .join("\n")
        );
    }
}

#[test]
fn nothing_that_was_typed_becomes_part_of_the_page() {
    let (_, view) = samples().into_iter().find(|(name, _)| *name == "hostile").unwrap();
    let html = audit_page(&shell(&["wedsync"]), &view);
    assert!(!html.contains("<script>alert") && !html.contains("<img") && !html.contains("</textarea>"));
    let page = Html::parse_document(&html);
    assert_eq!(select(&page, "main script, main img, main textarea").len(), 0);
    assert_eq!(select(&page, "head title").len(), 1);
    assert!(texts(&page, "main").concat().contains("</textarea>"), "it is shown as text");
}

#[test]
fn the_filters_go_along_to_older_records_and_exports() {
    let page = page("many");
    assert_eq!(select(&page, "main tr[data-outcome]").len(), 50);
    assert_eq!(attribute(&page, "main a[rel=next]", "href"), ["/audit?before=11"]);
    assert_eq!(attribute(&page, "main a[download]", "href"), ["/audit/export.csv", "/audit/export.ndjson"]);
    assert_eq!(select(&page, "main .filters details[open]").len(), 0);

    let page = self::page("nothing-found");
    let query = "?person=Grace%20Hopper&outcome=failed";
    assert_eq!(
        attribute(&page, "main a[download]", "href"),
        [format!("/audit/export.csv{query}"), format!("/audit/export.ndjson{query}")]
    );
    assert_eq!(attribute(&page, "main input[name=person]", "value"), ["Grace Hopper"]);
    assert_eq!(attribute(&page, "main option[selected]", "value"), ["failed"]);
    assert_eq!(select(&page, "main .filters details[open]").len(), 1);
    assert_eq!(select(&page, "main a[rel=next], main table").len(), 0);
}

#[test]
fn what_was_typed_is_read_strictly() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let typed = Filters {
        person: " Ada ".into(),
        object: "person:p2".into(),
        outcome: "refused".into(),
        from: "2026-11-24".into(),
        to: "2026-11-24".into(),
        ..Filters::default()
    };
    let filter = typed.filter(&berlin).unwrap();
    assert_eq!(filter.person.as_deref(), Some("Ada"));
    assert_eq!(filter.object, Some(("person".into(), Some("p2".into()))));
    assert_eq!(filter.outcome, Some(Outcome::Refused));
    // The day begins an hour before that of UTC, and is there as a whole.
    assert_eq!(filter.from, Some(Millis(1_795_474_800_000)));
    assert_eq!(filter.to, Some(Millis(1_795_474_800_000 + 86_400_000)));
    assert_eq!(Filters::default().filter(&berlin).unwrap(), backend::audit::Filter::default());

    let odd = Filters { search: format!("a\0b{}", "%".repeat(100_000)), ..Filters::default() };
    let search = odd.filter(&berlin).unwrap().search.unwrap();
    assert!(search.starts_with("a b%") && search.chars().count() == 200);

    let refused = |filters: Filters| filters.filter(&berlin).unwrap_err();
    assert!(refused(Filters { from: "soon".into(), ..Filters::default() }).contains("not a day"));
    assert!(refused(Filters { outcome: "well".into(), ..Filters::default() }).contains("no outcome"));
    let turned = Filters { from: "2026-11-25".into(), to: "2026-11-24".into(), ..Filters::default() };
    assert!(refused(turned).contains("before the first"));
    assert!(refused(Filters { to: "9999-12-31".into(), ..Filters::default() }).contains("beyond"));
}
