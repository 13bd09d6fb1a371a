use scraper::Html;

use super::{
    now_marks,
    samples::{breakers, pages},
    strip,
};
use crate::well_made::{self, all, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

#[test]
fn every_page_is_well_made() {
    for sample in pages(|shell| shell) {
        // Two breakers of one name stand on the hostile page alone.
        if sample.name != "breakers-hostile" {
            well_made::check(sample.name, &Html::parse_document(&sample.html));
        }
    }
}

#[test]
fn the_page_says_how_each_stands_and_what_waits() {
    let page = page("breakers-trouble");
    assert_eq!(
        texts(&page, "[data-part=sentence]"),
        [
            "Calls are kept away from Optimization engine and Recommendation engine. One decision waits for somebody."
        ]
    );
    assert_eq!(texts(&page, "[data-part=position]"), ["Open", "Held open", "Closed"]);
    assert_eq!(all(&page, "[data-part=offered] a[href='/actions/enable-fallback']").len(), 1);
    assert!(texts(&page, "[data-service=optimization]")[0].contains("5 failures running"));
    assert_eq!(texts(&page, "form[action='/breakers/recommendation/release'] button").len(), 1);
}

#[test]
fn what_was_typed_stands_there_again_and_becomes_no_part_of_the_page() {
    let refused = page("breakers-refused");
    let open = all(&refused, "details[open] form");
    assert_eq!(open.len(), 1);
    assert!(text(open[0]).contains("It can be held for 1 min"));
    assert_eq!(all(&refused, "input[name=minutes][value='a while']").len(), 1);
    assert_eq!(all(&refused, "option[value=open][selected]").len(), 1);
    let hostile = page("breakers-hostile");
    assert_eq!(all(&hostile, "main script, main img, [onerror]").len(), 0);
    assert!(text(all(&hostile, "main")[0]).contains("<script>alert"));
}

#[test]
fn who_may_not_hold_one_reads_why() {
    let page = page("breakers-no-rights");
    assert_eq!(all(&page, "main form").len(), 0);
    assert!(texts(&page, "[data-part=may-not]")[0].contains("run_ordinary_actions"));
}

#[test]
fn on_other_pages_they_are_one_line_while_all_is_well() {
    let well = Html::parse_fragment(&strip(&breakers("calm")));
    assert_eq!(texts(&well, "p"), ["Closed Every service may be called."]);
    let none: Vec<_> = breakers("calm").into_iter().map(|row| ("wedsync".to_owned(), row)).collect();
    assert_eq!(texts(&Html::parse_fragment(&now_marks(&none)), "li").len(), 0);
    let storm = Html::parse_fragment(&strip(&breakers("storm")));
    assert_eq!(texts(&storm, ".word"), ["Open", "Held open", "Closed"]);
    assert_eq!(all(&storm, "a").len(), 0, "what is to be done stands on Now and on their own page");
    let told: Vec<_> = breakers("storm").into_iter().map(|row| ("wedsync".to_owned(), row)).collect();
    let now = Html::parse_fragment(&now_marks(&told));
    assert_eq!(texts(&now, ".word"), ["Open", "Held open"]);
    assert_eq!(texts(&now, "a.button").len(), 1);
}

#[test]
fn what_waits_is_said_once() {
    let page = page("breakers-trouble");
    assert_eq!(texts(&page, ".breaker-story")[0].matches("waits for somebody").count(), 0);
}
