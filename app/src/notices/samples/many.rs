//! Many couples at once, and how far they are.

use domain::{
    crises::{Filter, Private},
    notices::{Fate, Letter, Purpose, Variable, Way, bulk::Progress},
};

use super::{
    HOSTILE, NOW, frames,
    made::{Trail, language, letter, tried},
};
use crate::{
    access::Troubles,
    notices::{BulkForm, BulkRow, BulkView, Content, LeftOut, LetterWords, ProgressView, To, ToldRow},
};

const COUPLES: [(&str, &str, &str); 4] = [
    ("en", "Ada Okafor and Nils Lindqvist", "English"),
    ("de", "Jule und Max Schneider", "German"),
    ("sv", "Saga och Elin Berg", "Swedish"),
    ("fr", "Chlo\u{e9} et Louis Martin", "French"),
];

fn row(number: usize) -> Option<BulkRow> {
    let (tag, names, label) = COUPLES[number % COUPLES.len()];
    let letter = letter(tag, Purpose::WeKnow, names)?;
    Some(BulkRow {
        case: format!("0199-{number:04}"),
        title: format!("AI crisis response failed, ceremony in {} hours", number + 2),
        to: To::Masked(format!("{}\u{2022}\u{2022}\u{2022}@example.com", &names[..1].to_lowercase())),
        language: label.to_owned(),
        no_text_in: (number == 3).then(|| "Japanese".to_owned()),
        letter: LetterWords::of(&letter),
    })
}

fn left_out(number: usize, why: &str) -> LeftOut {
    LeftOut {
        case: format!("0199-9{number:03}"),
        title: format!("Weather, ceremony in {} hours", number + 5),
        why: why.to_owned(),
        by_hand: false,
    }
}

fn bulk(couples: usize) -> BulkView {
    BulkView {
        frames: frames(),
        now: NOW,
        purpose: Purpose::WeKnow,
        filter: Filter { untold: true, ..Filter::default() },
        cases: (0..couples).map(|number| format!("0199-{number:04}")).collect(),
        out: vec!["0199-9004".to_owned()],
        ready: (0..couples).filter_map(row).collect(),
        left_out: vec![
            LeftOut { by_hand: true, ..left_out(4, "Left out here; other presses are not touched by that.") },
            left_out(1, "There are 2 addresses: somebody has to say which."),
            left_out(2, "The couple is not to be contacted."),
            left_out(3, "One is on its way: a second would tell them twice."),
        ],
        beyond: 0,
        form: BulkForm {
            promised: "2026-11-24T04:00".to_owned(),
            contact: "Wedding Day Support, +46 8 123 45 00".to_owned(),
            ..BulkForm::default()
        },
        variables: vec![Variable::PromisedTime, Variable::Contact],
        missing: Vec::new(),
        seen: "f00d".to_owned(),
        changed: Vec::new(),
        problem: None,
        zone: "UTC".to_owned(),
    }
}

pub(super) fn bulks() -> Vec<(&'static str, BulkView)> {
    let letter = Letter {
        language: language("en"),
        subject: Private::new(HOSTILE),
        text: Private::new(HOSTILE),
        markup: None,
    };
    let hostile = || HOSTILE.to_owned();
    let hostile_row = BulkRow {
        case: "0199-0000".to_owned(),
        title: hostile(),
        to: To::Masked(hostile()),
        language: hostile(),
        no_text_in: Some(hostile()),
        letter: LetterWords::of(&letter),
    };
    let form = BulkForm {
        promised: hostile(),
        contact: hostile(),
        plan: hostile(),
        troubles: Troubles::default().and("", HOSTILE).and("plan", HOSTILE),
    };
    vec![
        ("notices-many", bulk(6)),
        (
            "notices-many-searched",
            BulkView {
                filter: Filter { untold: true, text: Some("lindqvist".to_owned()), ..Filter::default() },
                ..bulk(2)
            },
        ),
        ("notices-many-one", BulkView { left_out: Vec::new(), ..bulk(1) }),
        ("notices-many-empty", BulkView { ready: Vec::new(), left_out: Vec::new(), ..bulk(0) }),
        ("notices-many-nobody-ready", bulk(0)),
        ("notices-many-storm", BulkView { beyond: 120, ..bulk(500) }),
        (
            "notices-many-missing",
            BulkView {
                missing: vec![Variable::PromisedTime],
                form: BulkForm::default(),
                ready: Vec::new(),
                ..bulk(0)
            },
        ),
        (
            "notices-many-changed",
            BulkView {
                changed: vec![
                    "What goes to \u{201c}Weather, ceremony in 6 hours\u{201d} changed.".to_owned(),
                ],
                ..bulk(4)
            },
        ),
        (
            "notices-many-hostile",
            BulkView {
                ready: vec![hostile_row],
                left_out: vec![LeftOut {
                    case: "0199-0001".to_owned(),
                    title: hostile(),
                    why: hostile(),
                    by_hand: true,
                }],
                form,
                variables: vec![Variable::PromisedTime, Variable::Contact, Variable::Plan],
                changed: vec![hostile()],
                problem: Some(hostile()),
                zone: hostile(),
                seen: hostile(),
                ..bulk(0)
            },
        ),
    ]
}

fn progress(trails: &[Trail]) -> ProgressView {
    let attempts = trails.iter().enumerate();
    let attempts: Vec<_> = attempts
        .map(|(number, trail)| {
            tried(&format!("a{number}"), Purpose::WeKnow, Way::Mail, *trail, 4, Content::Folded)
        })
        .collect();
    let progress = Progress::counted(attempts.iter().map(|attempt| (attempt.fate, 1)));
    let mut rows: Vec<ToldRow> = attempts
        .into_iter()
        .enumerate()
        .map(|(number, attempt)| ToldRow {
            case: format!("0199-{number:04}"),
            name: format!("CR-{}", 2_041 + number),
            attempt,
            when: "Tue 24 Nov 03:24".to_owned(),
            moment: "2026-11-24T03:24:00Z".to_owned(),
            no_contact: false,
        })
        .collect();
    use Fate::{Delivered, Drafted, Failed, InDoubt, Sent, TakenBack, Waiting};
    let order = [Failed, InDoubt, Waiting, Drafted, Sent, Delivered, TakenBack];
    rows.sort_by_key(|row| order.iter().position(|fate| *fate == row.attempt.fate));
    rows.truncate(100);
    ProgressView {
        frames: frames(),
        now: NOW,
        batch: "0199-batch".to_owned(),
        purpose: Purpose::WeKnow,
        rows,
        page: 0,
        on_a_page: 100,
        oldest: (progress.waiting > 0).then(|| "4 min".to_owned()),
        progress,
        outage: None,
        done: None,
    }
}

/// Somebody said of one that waits, after it was pressed, that they are not to be contacted.
fn silent(view: ProgressView) -> ProgressView {
    let mut view = view;
    for row in view.rows.iter_mut().filter(|row| row.attempt.fate == Fate::Waiting).take(1) {
        row.no_contact = true;
    }
    view
}

/// The last page of many.
fn last_page(view: ProgressView) -> ProgressView {
    let rows = view.rows.iter().rev().take(20).rev().cloned().collect();
    ProgressView { rows, page: 1, progress: Progress { waiting: 0, ..view.progress }, ..view }
}

pub(super) fn progresses() -> Vec<(&'static str, ProgressView)> {
    use Trail::{Bounced, Cut, Delivered, Queued, Refused, Retried, Sending, Sent, TakenBack};
    let each = |number: usize| match number {
        _ if number.is_multiple_of(20) => Refused,
        0..120 => Sent,
        _ => Queued,
    };
    let storm: Vec<Trail> = (0..200).map(each).collect();
    let over: Vec<Trail> = (0..120).map(|number| if number == 0 { Refused } else { Sent }).collect();
    let mut hostile = progress(&[Refused]);
    hostile.outage = Some(HOSTILE.to_owned());
    for row in &mut hostile.rows {
        (row.name, row.attempt.by) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    }
    let outage = "The mail server cannot be reached since 03:24 (4 min): it does not answer. Nothing is lost, and the order is kept.";
    vec![
        (
            "notices-progress",
            silent(progress(&[
                Sent,
                Sent,
                Delivered,
                Sending,
                Queued,
                Retried(3),
                Refused,
                Cut,
                Bounced,
                TakenBack,
            ])),
        ),
        (
            "notices-progress-over",
            ProgressView {
                done: Some("They are on their way: 3 were sent off.".to_owned()),
                ..progress(&[Sent, Delivered, Delivered])
            },
        ),
        (
            "notices-progress-outage",
            ProgressView { outage: Some(outage.to_owned()), ..progress(&[Retried(4), Queued, Queued]) },
        ),
        ("notices-progress-storm", progress(&storm)),
        ("notices-progress-last-page", last_page(progress(&over))),
        ("notices-progress-hostile", hostile),
    ]
}
