//! The form that opens a case.

use super::{HOSTILE, NOW, made::types};
use crate::{
    access::{Choice, Troubles},
    crises::{NewForm, NewView},
};

pub(super) fn news() -> Vec<(&'static str, NewView)> {
    let view = || NewView {
        frames: Vec::new(),
        now: NOW,
        types: types().into_iter().map(|(value, label)| Choice { value, label }).collect(),
        form: NewForm::default(),
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
    vec![
        ("new-case", view()),
        ("new-case-refused", NewView { form: refused, ..view() }),
        (
            "new-case-locked",
            NewView { locked: Some("Locked: there is no encryption key.".to_owned()), ..view() },
        ),
        ("new-case-hostile", NewView { form: hostile, ..view() }),
    ]
}
