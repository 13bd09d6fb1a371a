//! Links by which somebody answers.

use domain::time::{HOUR, MINUTE};

use super::{HOSTILE, NOW};
use crate::crises::{YesView, YesWords};

pub(super) fn yeses() -> Vec<(&'static str, YesView)> {
    let at = NOW.minus(4 * MINUTE);
    vec![
        ("yes-awaited", yes(YesWords::Awaited)),
        ("yes-said", yes(YesWords::Said { at: NOW, now: true })),
        ("yes-said-before", yes(YesWords::Said { at, now: false })),
        ("yes-not-needed", yes(YesWords::NotNeeded)),
        (
            "yes-hostile",
            YesView {
                name: HOSTILE.to_owned(),
                case: HOSTILE.to_owned(),
                step: HOSTILE.to_owned(),
                ..yes(YesWords::Awaited)
            },
        ),
    ]
}

fn yes(standing: YesWords) -> YesView {
    YesView {
        name: "Ola Berg".to_owned(),
        case: "case C-2041".to_owned(),
        crisis: "Vendor cancelled, ceremony in 9 hours".to_owned(),
        step: "Send an emergency planner".to_owned(),
        answer: "Yes, on my way".to_owned(),
        now: NOW,
        until: NOW.plus(HOUR),
        standing,
        token_path: "/yes/h3Jx".to_owned(),
    }
}
