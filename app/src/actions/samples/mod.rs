//! What the pages of actions and runs may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod made;
mod previews;
mod runs;

use std::sync::Arc;

use domain::{
    access::Permission,
    actions::Automation,
    live::{AlertsFrame, Frame},
    time::MINUTE,
};
use jiff::tz::TimeZone;

use self::made::{catalogue, entry, person, stored};
use super::{
    ActionsView, EntryRow, GoalRows, OpenRuns, PastView, Rights, RunRow, SwitchView, action_page,
    actions_page, run_page, runs_page, undo_page,
};
use crate::{
    Shell, ShellViewer,
    access::Troubles,
    monitoring::samples::{HOSTILE, NOW, samples as worlds, shell},
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

pub(super) const LONG: &str =
    "Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley of Oberwiesenthal an der Zschopau";
pub(super) const LONG_WORD: &str = "optimierungsdienstleistungsverwaltungsschnittstellenadapter";
const WHO_MAY: &str = "Operator and Lead may run dangerous actions.";

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let shell = |off: Option<String>| {
        let permissions = [Permission::SeeStatus, Permission::HandleAlerts].into_iter().collect();
        let viewer = Some(ShellViewer { name: "Priya Nair".to_owned(), permissions, services: None });
        dress(Shell {
            viewer,
            alerts: AlertsFrame::default(),
            automation: off,
            path_and_query: "/actions".to_owned(),
            ..shell(&["wedsync"])
        })
    };
    let mut all = Vec::new();
    for (name, view) in lists() {
        let off = view.switch.automation.banner(|at| crate::when::weekday(at, NOW, &TimeZone::UTC));
        all.push(Page { name, html: actions_page(&shell(off), &view) });
    }
    for (name, view) in previews::views() {
        all.push(Page { name, html: action_page(&shell(None), &view) });
    }
    for (name, view) in runs::views() {
        all.push(Page { name, html: run_page(&shell(None), &view) });
    }
    for (name, view) in previews::undos() {
        all.push(Page { name, html: undo_page(&shell(None), &view) });
    }
    for (name, view) in past() {
        all.push(Page { name, html: runs_page(&shell(None), &view) });
    }
    all
}

/// For Now: what goes on in a storm.
pub fn now_runs(name: &str) -> OpenRuns {
    match name {
        "storm" | "several" => open(true),
        "hostile" => {
            let run = stored(runs::hostile());
            OpenRuns::of(&[run], &[], NOW, &TimeZone::UTC, |_| (true, true))
        }
        _ => OpenRuns::default(),
    }
}

pub(super) fn frames(name: &str) -> Vec<Arc<Frame>> {
    worlds().into_iter().find(|world| world.name == name).map(|world| world.now.frames).unwrap_or_default()
}

pub(super) fn all_rights() -> Rights {
    Rights { run: Ok(()), approve: Ok(()), own: "p-priya".to_owned() }
}

pub(super) fn no_rights() -> Rights {
    Rights {
        run: Err(WHO_MAY.to_owned()),
        approve: Err("Lead may approve what needs two people.".to_owned()),
        own: "p-priya".to_owned(),
    }
}

fn open(may: bool) -> OpenRuns {
    let running =
        [stored(runs::observing()), made::progressing(runs::cleaning(), "12,000 of about 90,000 rows")];
    let waiting = [stored(runs::requested("Marta Keller"))];
    let open: Vec<_> = waiting.into_iter().chain(running).collect();
    let undecided = [stored(runs::unknown()), stored(runs::alone())];
    OpenRuns::of(&open, &undecided, NOW, &TimeZone::UTC, |_| (may, may))
}

fn switch(automation: Automation) -> SwitchView {
    SwitchView { automation, may_turn: Ok(()), reason: String::new(), troubles: Troubles::default() }
}

fn list(frames_of: &str, runs: OpenRuns, may: &Result<(), String>, used: bool) -> ActionsView {
    let goals = catalogue()
        .by_goal()
        .into_iter()
        .map(|(goal, actions)| GoalRows {
            words: goal.words(),
            rows: actions
                .into_iter()
                .enumerate()
                .map(|(number, action)| EntryRow {
                    key: action.key.to_string(),
                    name: action.name.clone(),
                    changes: action.changes.clone(),
                    dangerous: action.danger.is_dangerous(),
                    two_person: action.two_person,
                    place: action
                        .services
                        .iter()
                        .map(|key| made::service(key))
                        .collect::<Vec<_>>()
                        .join(", "),
                    may: may.clone(),
                    last: (used && number % 2 == 0)
                        .then(|| RunRow::of(&stored(runs::past(number)), NOW, &TimeZone::UTC)),
                })
                .collect(),
        })
        .collect();
    ActionsView {
        frames: frames(frames_of),
        now: NOW,
        zone: TimeZone::UTC,
        platform: "wedsync".to_owned(),
        goals,
        open: runs,
        switch: switch(Automation::On),
        done: None,
    }
}

fn off(reason: &str, by: &str) -> Automation {
    Automation::Off { by: person(by), at: NOW.minus(25 * MINUTE), reason: reason.to_owned() }
}

fn lists() -> Vec<(&'static str, ActionsView)> {
    let mut turned_off = list("storm", OpenRuns::default(), &Ok(()), true);
    turned_off.switch = switch(off("The backup region is being rebuilt.", "Ben Okafor"));
    turned_off.done = Some("Nothing is done automatically from now on. Every page says so.".to_owned());
    let mut refused = list("calm", OpenRuns::default(), &Ok(()), false);
    refused.switch.troubles =
        Troubles::default().and("reason", "Say why: it is read on every page while it is off.");
    let mut no_rights = list("storm", open(false), &Err(WHO_MAY.to_owned()), true);
    no_rights.switch.may_turn = Err("Operator and Lead may turn it.".to_owned());
    let mut hostile = list("calm", now_runs("hostile"), &Err(HOSTILE.to_owned()), false);
    hostile.goals.truncate(1);
    for row in hostile.goals.iter_mut().flat_map(|goal| &mut goal.rows).take(1) {
        for text in [&mut row.name, &mut row.changes, &mut row.place] {
            HOSTILE.clone_into(text);
        }
        row.last = Some(RunRow::of(&stored(runs::hostile()), NOW, &TimeZone::UTC));
    }
    hostile.switch = SwitchView {
        reason: HOSTILE.to_owned(),
        troubles: Troubles::default().and("reason", HOSTILE).and("", HOSTILE),
        ..switch(off(HOSTILE, HOSTILE))
    };
    vec![
        ("actions-calm", list("calm", OpenRuns::default(), &Ok(()), false)),
        ("actions-storm", list("storm", open(true), &Ok(()), true)),
        ("actions-no-rights", no_rights),
        ("actions-off", turned_off),
        ("actions-refused", refused),
        ("actions-hostile", hostile),
    ]
}

fn past() -> Vec<(&'static str, PastView)> {
    let rows = |runs: Vec<domain::actions::Run>| {
        runs.into_iter().map(|run| RunRow::of(&stored(run), NOW, &TimeZone::UTC)).collect::<Vec<_>>()
    };
    let view = |rows, of| PastView { frames: frames("calm"), now: NOW, of, rows, older: None, turned: false };
    let all = vec![
        runs::observing(),
        runs::requested("Marta Keller"),
        runs::past(2),
        runs::failed(),
        runs::unknown(),
        runs::undone(),
        runs::refused(),
        runs::lapsed(),
        runs::cancelled(),
        runs::stopped(),
    ];
    let of = Some(("enable-fallback".to_owned(), entry("enable-fallback").name.clone()));
    let mut some = view(rows(all), None);
    some.older = Some("/runs?before=1".to_owned());
    vec![
        ("runs-some", some),
        ("runs-empty", view(Vec::new(), None)),
        ("runs-of-one", PastView { turned: true, ..view(rows(vec![runs::past(2)]), of) }),
        ("runs-hostile", view(rows(vec![runs::hostile()]), Some((HOSTILE.to_owned(), HOSTILE.to_owned())))),
    ]
}
