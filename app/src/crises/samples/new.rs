//! The form that opens a case.

use super::{HOSTILE, LONG, NOW, made::types};
use crate::{
    access::{Choice, Troubles},
    crises::{FoundCase, FoundView, NewForm, NewView, SearchForm, WeddingRow},
};

pub(super) fn news() -> Vec<(&'static str, NewView)> {
    let view = || NewView {
        frames: Vec::new(),
        now: NOW,
        types: types().into_iter().map(|(value, label)| Choice { value, label }).collect(),
        form: NewForm::default(),
        search: Some(SearchForm::default()),
        found: None,
        zone: "Europe/Berlin".to_owned(),
        locked: None,
    };
    let refused = NewForm {
        of: "vendor_cancelled".to_owned(),
        reach: "ask the planner".to_owned(),
        date: "2026-02-30".to_owned(),
        summary: "The florist cancelled.".to_owned(),
        zone: "CEST".to_owned(),
        troubles: Troubles::default()
            .and("names", "Say whose wedding it is: names, or the day.")
            .and("reach", "It is neither a telephone number nor an e-mail address.")
            .and("date", "It is not a day; write it as 2026-11-24.")
            .and("zone", "There is no time zone of that name; write it as Europe/Stockholm."),
        ..NewForm::default()
    };
    let hostile = NewForm {
        names: HOSTILE.to_owned(),
        reach: HOSTILE.to_owned(),
        date: HOSTILE.to_owned(),
        time: HOSTILE.to_owned(),
        summary: HOSTILE.to_owned(),
        zone: HOSTILE.to_owned(),
        venue: HOSTILE.to_owned(),
        language: HOSTILE.to_owned(),
        troubles: Troubles::default().and("type", HOSTILE).and("summary", HOSTILE),
        ..NewForm::default()
    };
    let searched = |name: &str, day: &str, found: FoundView| NewView {
        search: Some(SearchForm { name: name.to_owned(), day: day.to_owned(), ..SearchForm::default() }),
        form: NewForm { names: name.to_owned(), date: day.to_owned(), ..NewForm::default() },
        found: Some(found),
        ..view()
    };
    let missing = "The platform\u{2019}s calendar cannot be read: no answer within 3 s.".to_owned();
    let used = NewForm {
        wedding: "w-771".to_owned(),
        names: "Ada Okafor, Nils Lindqvist".to_owned(),
        reach: "+46701234118, ada@example.com".to_owned(),
        date: "2026-11-28".to_owned(),
        time: "12:30".to_owned(),
        zone: "Europe/Stockholm".to_owned(),
        venue: "Lindholm G\u{e5}rd".to_owned(),
        ..NewForm::default()
    };
    let nothing_typed = SearchForm {
        troubles: Troubles::default().and("name", "Say whose wedding it is: names, or the day."),
        ..SearchForm::default()
    };
    vec![
        ("new-case", view()),
        ("new-case-no-names", NewView { search: None, ..view() }),
        ("new-case-found", searched("lind", "", found(2))),
        ("new-case-found-many", searched("a", "", FoundView { more: true, ..found(20) })),
        ("new-case-found-nothing", searched("Ottilie", "2026-11-28", FoundView::default())),
        ("new-case-not-searched", searched("lind", "", FoundView { missing: vec![missing], ..found(0) })),
        ("new-case-search-refused", NewView { search: Some(nothing_typed), ..view() }),
        ("new-case-used", NewView { form: used, ..view() }),
        ("new-case-refused", NewView { form: refused, ..view() }),
        (
            "new-case-locked",
            NewView { locked: Some("Locked: there is no encryption key.".to_owned()), ..view() },
        ),
        ("new-case-hostile", NewView { form: hostile, ..searched(HOSTILE, HOSTILE, hostile_found()) }),
    ]
}

/// So many weddings, and one case that is here already.
fn found(many: usize) -> FoundView {
    let wedding = |number: usize| WeddingRow {
        id: format!("w-{}", 771 + number),
        names: if number == 1 { LONG.repeat(3) } else { "Ada Okafor, Nils Lindqvist".to_owned() },
        venue: if number == 1 { LONG.replace(' ', "") } else { "Lindholm G\u{e5}rd".to_owned() },
        date: "2026-11-28".to_owned(),
        time: "12:30".to_owned(),
        zone: "Europe/Stockholm".to_owned(),
        when: "Sat 28 Nov 2026 12:30, Europe/Stockholm".to_owned(),
    };
    let case = FoundCase {
        id: "0199-0000".to_owned(),
        title: "Vendor cancelled, ceremony in 9 hours".to_owned(),
        standing: "Working \u{b7} Priya Nair".to_owned(),
        is_kept: true,
    };
    FoundView { weddings: (0..many).map(wedding).collect(), cases: vec![case], ..FoundView::default() }
}

fn hostile_found() -> FoundView {
    let text = || HOSTILE.to_owned();
    let wedding = WeddingRow {
        id: text(),
        names: text(),
        venue: text(),
        date: text(),
        time: text(),
        zone: text(),
        when: text(),
    };
    let case = FoundCase { id: "0199-0000".to_owned(), title: text(), standing: text(), is_kept: true };
    FoundView { weddings: vec![wedding], cases: vec![case], missing: vec![text()], more: true }
}
