use backend::failover::{Event, Stored};
use domain::{
    failover::{Breaker, Came, Fault, Outcome, Rule},
    time::{MINUTE, Millis},
};
use jiff::tz::TimeZone;
use scraper::Html;

use super::{
    BreakerRow, now_marks,
    samples::{breakers, pages},
    strip,
};
use crate::monitoring::samples::NOW;
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

#[test]
fn probes_that_fail_all_night_leave_in_sight_what_was_decided() {
    let mut breaker = Breaker::new("optimization", NOW);
    let rule = Rule::default();
    let outcome = |id: String, at: Millis| Outcome { id, at, came: Came::Failure { how: Fault::TimeOut } };
    let mut now = NOW;
    let failures: Vec<Outcome> = (0..5).map(|number| outcome(format!("call-{number}"), now)).collect();
    let mut story: Vec<Event> =
        breaker.take_in(&rule, &failures, now).into_iter().map(Event::Transition).collect();
    for _ in 0..30 {
        now = now.plus(2 * MINUTE);
        story.extend(breaker.advance(&rule, now).into_iter().map(Event::Transition));
        let probe = breaker.take_probe(now).unwrap();
        story.extend(breaker.take_in(&rule, &[outcome(probe, now)], now).into_iter().map(Event::Transition));
    }
    story.reverse();
    assert_eq!(story.len(), 61);
    let stored = Stored { breaker, offered: None, version: 1 };
    let name = "Optimization engine".to_owned();
    let row = BreakerRow::of(&stored, name, &story, |_| None, Ok(()), now, &TimeZone::UTC);
    let words: Vec<&str> = row.story.iter().map(|(_, words, _)| words.as_str()).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].ends_with("30 probes have failed by now."), "{words:?}");
    assert!(words[1].contains("5 failures running"), "{words:?}");
}
