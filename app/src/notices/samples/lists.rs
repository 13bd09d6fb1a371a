//! Everything that couples were told.

use domain::notices::{Fate, Purpose, Way};

use super::{
    HOSTILE, NOW, frames,
    made::{Trail, called, tried},
};
use crate::notices::{AttemptView, Content, To, ToldRow, ToldView};

fn row(name: &str, attempt: AttemptView) -> ToldRow {
    let masked = if attempt.way == Way::Mail {
        "a\u{2022}\u{2022}\u{2022}@example.com"
    } else {
        "\u{2022}\u{2022}\u{2022} 118"
    };
    ToldRow {
        case: "0199-0000".to_owned(),
        name: name.to_owned(),
        attempt: AttemptView { to: Some(To::Masked(masked.to_owned())), ..attempt },
        when: "Tue 24 Nov 02:56".to_owned(),
        moment: "2026-11-24T02:56:00Z".to_owned(),
        no_contact: false,
    }
}

fn rows() -> Vec<ToldRow> {
    let mail = |id: &str, purpose, trail, ago| tried(id, purpose, Way::Mail, trail, ago, Content::Nothing);
    vec![
        row("CR-2041", mail("a1", Purpose::WeKnow, Trail::Retried(4), 2)),
        row("CR-2042", mail("a2", Purpose::WeHaveAPlan, Trail::Cut, 14)),
        row("CR-2043", mail("a3", Purpose::WeKnow, Trail::Stopped, 15)),
        row("CR-2044", mail("a4", Purpose::WeKnow, Trail::Bounced, 22)),
        row("CR-2044", called("a5", Purpose::WeKnow, true, 19, Content::Nothing)),
        row("CR-2045", called("a6", Purpose::WeKnow, false, 31, Content::Nothing)),
        row("CR-2046", mail("a7", Purpose::Solved, Trail::Delivered, 200)),
        row("CR-2046", tried("a8", Purpose::Apology, Way::Sms, Trail::TakenBack, 220, Content::Nothing)),
        row("CR-2047", mail("a9", Purpose::WeKnow, Trail::Refused, 320)),
        row("CR-2047", mail("a10", Purpose::WeKnow, Trail::Drafted, 330)),
    ]
}

/// For whoever may not see who they are.
fn unseen() -> Vec<ToldRow> {
    let mut rows = rows();
    for row in &mut rows {
        row.attempt.to = None;
    }
    rows
}

fn view(rows: Vec<ToldRow>) -> ToldView {
    ToldView {
        frames: frames(),
        now: NOW,
        fate: None,
        standing: None,
        outage: None,
        rows,
        older: None,
        turned: false,
        problem: None,
    }
}

pub(super) fn lists() -> Vec<(&'static str, ToldView)> {
    let mut hostile = row(HOSTILE, tried("a1", Purpose::WeKnow, Way::Mail, Trail::Sent, 2, Content::Nothing));
    hostile.attempt.by = HOSTILE.to_owned();
    hostile.attempt.to = Some(To::Masked(HOSTILE.to_owned()));
    vec![
        ("notices-empty", view(Vec::new())),
        (
            "notices-all",
            ToldView {
                older: Some("/notices?before=a10".to_owned()),
                standing: Some("1 waits to be sent, the oldest for 2 min; 2 are in doubt.".to_owned()),
                outage: Some("The mail server cannot be reached since 03:24 (4 min): it does not answer. Nothing is lost, and the order is kept.".to_owned()),
                ..view(rows())
            },
        ),
        ("notices-no-rights", view(unseen())),
        (
            "notices-in-doubt",
            ToldView {
                fate: Some(Fate::InDoubt),
                turned: true,
                ..view(rows().into_iter().filter(|row| row.attempt.fate == Fate::InDoubt).collect())
            },
        ),
        ("notices-none-like-that", ToldView { fate: Some(Fate::Failed), ..view(Vec::new()) }),
        (
            "notices-problem",
            ToldView { problem: Some("There is no state \u{201c}asleep\u{201d}.".to_owned()), ..view(Vec::new()) },
        ),
        ("notices-hostile", ToldView { problem: None, ..view(vec![hostile]) }),
    ]
}
