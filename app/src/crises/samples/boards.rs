//! Boards.

use domain::{
    crises::{By, Filter, Origin, Presence, States},
    notices::Purpose,
    time::{DAY, HOUR, MINUTE, SECOND},
};

use super::{
    HOSTILE, LONG, NOW, Rights,
    made::{Made, by_hand, detected, staff, types},
    no_rights, rights, rows, standing,
};
use crate::crises::{BoardView, Known, Standing};

/// So many cases of every kind and state, as after an outage on a Saturday.
pub(super) fn storm(count: usize) -> Vec<Made> {
    const WORDS: [&str; 6] =
        ["vendor_cancelled", "ai_failed", "venue_unavailable", "weather", "transport", "payment"];
    const LEFT: [i64; 5] = [2 * HOUR + 10 * MINUTE, 40 * MINUTE, 9 * HOUR, 2 * DAY, -90 * MINUTE];
    (0..count)
        .map(|number| {
            let left = LEFT[number % LEFT.len()] + number as i64 * 7 * MINUTE;
            let ago = (number as i64 % 9) * 4 * MINUTE + 40 * SECOND;
            let made = detected(number, WORDS[number % WORDS.len()], left, ago);
            match number % 4 {
                0 => made,
                1 => made.taken("Priya Nair", 0).done("alert_emergency_team", staff("Priya Nair"), 0),
                2 => made.taken("Marta Keller", 0).told(Purpose::WeKnow, "Marta Keller", 0),
                _ => made.taken("Jonas Weber", 0),
            }
        })
        .collect()
}

pub(super) fn boards() -> Vec<(&'static str, BoardView)> {
    let late = || vec![detected(0, "vendor_cancelled", 9 * HOUR + 4 * MINUTE, 25 * MINUTE)];
    vec![
        ("crises-empty", BoardView { standing: standing(&[]), ..board(&[], rights()) }),
        ("crises-never", BoardView { standing: Standing::default(), ..board(&[], rights()) }),
        (
            "crises-one",
            board(&[detected(0, "venue_unavailable", 2 * HOUR + 10 * MINUTE, 38 * SECOND)], rights()),
        ),
        ("crises-late", board(&late(), rights())),
        ("crises-several", board(&several(), rights())),
        ("crises-storm", board(&storm(200), rights())),
        ("crises-no-rights", board(&several(), no_rights())),
        ("crises-locked", locked()),
        ("crises-long-names", long_names()),
        ("crises-nothing-found", nothing_found()),
        ("crises-searched", searched()),
        ("crises-searched-pages", BoardView { found: 240, page: 1, ..searched() }),
        ("crises-searched-nothing", BoardView { rows: Vec::new(), found: 0, ..searched() }),
        ("crises-searched-long", searched_long()),
        ("crises-bad-filter", bad_filter()),
        ("crises-over", over()),
        ("crises-conflict", conflict()),
        ("crises-hostile", hostile()),
    ]
}

fn board(made: &[Made], rights: Rights) -> BoardView {
    let mut rows = rows(made, &Known::Nobody, &rights);
    let found = rows.len() as i64;
    rows.truncate(100);
    BoardView {
        frames: Vec::new(),
        now: NOW,
        standing: standing(made),
        rows,
        found,
        page: 0,
        on_a_page: 100,
        filter: Filter::default(),
        typed: String::new(),
        types: types(),
        problem: None,
        locked: None,
        rights,
        done: None,
        refused: None,
    }
}

fn several() -> Vec<Made> {
    let by = |name: &str| -> By { staff(name) };
    let mut gone = detected(3, "transport", 5 * HOUR, 50 * MINUTE).taken("Marta Keller", 48);
    if let Origin::Platform { presence, .. } = &mut gone.case.origin {
        *presence = Presence::Vanished { at: NOW.minus(3 * MINUTE) };
    }
    let unknown_day = by_hand("illness", None, 6 * MINUTE).told(Purpose::WeKnow, "Priya Nair", 2);
    let worked = detected(1, "weather", 9 * HOUR + 4 * MINUTE, 25 * MINUTE)
        .taken("Priya Nair", 24)
        .done("alert_emergency_team", by("Priya Nair"), 23)
        .done("manual_mode", by("Marta Keller"), 21)
        .told(Purpose::WeKnow, "Priya Nair", 20)
        .done("deploy_planners", by("Priya Nair"), 17);
    vec![detected(0, "vendor_cancelled", 2 * HOUR + 10 * MINUTE, 4 * MINUTE), worked, gone, unknown_day]
}

fn locked() -> BoardView {
    BoardView {
        filter: Filter { text: Some("lindqvist".to_owned()), ..Filter::default() },
        typed: "lindqvist".to_owned(),
        locked: Some(
            "Locked: there is no encryption key. Give one in AI_ENCRYPTION_KEY, or in the file that sealing.keys_file \
             names."
                .to_owned(),
        ),
        ..board(&[], rights())
    }
}

fn long_names() -> BoardView {
    let made = [
        detected(0, &"a_type_of_crisis_that_nobody_knows_".repeat(2), 2 * HOUR, 4 * MINUTE)
            .taken(&LONG.repeat(3), 3),
        detected(1, "vendor_cancelled", -3 * HOUR, 40 * MINUTE)
            .taken("\u{5d3}\u{5e0}\u{5d9}\u{5d0}\u{5dc}\u{5d4} \u{5db}\u{5d4}\u{5df}", 39),
    ];
    board(&made, rights())
}

fn nothing_found() -> BoardView {
    let view = board(&several(), rights());
    let filter = Filter { mine: true, states: States::Resolved, ..Filter::default() };
    BoardView { rows: Vec::new(), found: 0, filter, ..view }
}

/// For a name, among those of whom something is late.
fn searched() -> BoardView {
    let filter = Filter { text: Some("lindqvist".to_owned()), late: true, ..Filter::default() };
    BoardView { filter, typed: "lindqvist".to_owned(), ..board(&several()[..1], rights()) }
}

/// What was typed stays where it cannot be looked for.
fn searched_long() -> BoardView {
    let typed = "lindqvist ".repeat(11);
    let problem = Filter::parse([("text", typed.as_str())]).err().map(|why| why.to_string());
    BoardView { rows: Vec::new(), found: 0, problem, typed, ..board(&several(), rights()) }
}

fn bad_filter() -> BoardView {
    let problem = Filter::parse([("state", "asleep")]).err().map(|why| why.to_string());
    BoardView { rows: Vec::new(), found: 0, problem, ..board(&several(), rights()) }
}

fn over() -> BoardView {
    let resolved = super::ones::resolved();
    let merged = super::ones::merged();
    let filter = Filter { states: States::All, ..Filter::default() };
    BoardView { filter, done: Some("It is resolved.".to_owned()), ..board(&[resolved, merged], rights()) }
}

fn conflict() -> BoardView {
    let refused = Some("Marta Keller has it already.".to_owned());
    BoardView { refused, ..board(&several(), rights()) }
}

fn hostile() -> BoardView {
    let made = [detected(0, HOSTILE, 2 * HOUR, 4 * MINUTE).taken(HOSTILE, 3)];
    let filter = Filter { text: Some(HOSTILE.to_owned()), ..Filter::default() };
    let words = Some(HOSTILE.to_owned());
    let couple =
        Known::Masked(crate::crises::CoupleWords { names: HOSTILE.to_owned(), ..Default::default() });
    let view = board(&made, rights());
    BoardView {
        rows: rows(&made, &couple, &rights()),
        filter,
        typed: HOSTILE.to_owned(),
        problem: words.clone(),
        locked: words.clone(),
        refused: words,
        ..view
    }
}
