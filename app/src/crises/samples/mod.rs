//! What the pages of crises may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod boards;
mod figures;
mod made;
mod new;
mod notices;
mod ones;
mod yeses;

use domain::{
    access::Permission,
    crises::{Assumptions, Case, Lateness},
    monitoring::Level,
};
use jiff::tz::TimeZone;

use self::made::Made;
use super::{
    CaseRow, CoupleWords, Drawing, Known, OpenCases, Rights, Standing, board_page, case_page, figures_page,
    new_page, yes_over_page, yes_page,
};
use crate::{
    OpenCrises, Shell, ShellViewer,
    monitoring::samples::{HOSTILE, NOW, shell},
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

const LONG: &str = "Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley of Oberwiesenthal an der Zschopau";

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let shell = |open: i64, worst: Option<Level>, rights: &Rights| {
        let mut permissions = vec![Permission::SeeStatus];
        permissions.extend(rights.work.is_ok().then_some(Permission::WorkCases));
        let viewer = Some(ShellViewer {
            name: "Priya Nair".to_owned(),
            permissions: permissions.into_iter().collect(),
            services: None,
        });
        let crises = OpenCrises { open, worst };
        dress(Shell { viewer, crises, path_and_query: "/crises".to_owned(), ..shell(&["wedsync"]) })
    };
    let mut all = Vec::new();
    for (name, view) in boards::boards() {
        let worst = view.rows.iter().map(|row| row.level).max();
        all.push(Page { name, html: board_page(&shell(view.standing.open, worst, &view.rights), &view) });
    }
    for (name, view) in ones::ones().into_iter().chain(notices::with_notices()) {
        let html = case_page(&shell(1, Some(view.case.severity), &view.rights), &view);
        all.push(Page { name, html });
    }
    for (name, view) in new::news() {
        all.push(Page { name, html: new_page(&shell(1, Some(Level::Critical), &rights()), &view) });
    }
    for (name, view) in yeses::yeses() {
        all.push(Page { name, html: yes_page(&shell(0, None, &rights()), &view) });
    }
    all.push(Page { name: "yes-over", html: yes_over_page(&shell(0, None, &rights())) });
    for (name, view) in figures::figures() {
        all.push(Page { name, html: figures_page(&shell(1, Some(Level::Critical), &rights()), &view) });
    }
    all
}

/// For Now: the most urgent.
pub fn now_cases(name: &str) -> OpenCases {
    let made = match name {
        "storm" => boards::storm(14),
        "long-names" | "several" => boards::storm(2),
        "departure" => boards::storm(1),
        _ => Vec::new(),
    };
    let rights = rights();
    let rows = rows(&made, &Known::Nobody, &rights).into_iter().take(3).collect();
    OpenCases { standing: standing(&made), rows }
}

fn rights() -> Rights {
    Rights { own: "p-Priya Nair".to_owned(), work: Ok(()), see: Ok(()), run: Ok(()) }
}

fn no_rights() -> Rights {
    Rights {
        own: "p-Vera Lund".to_owned(),
        work: Err("Support and Lead may work on crisis cases.".to_owned()),
        see: Err("Support and Lead may see couples' personal data.".to_owned()),
        run: Err("Support, Operator and Lead may run crisis actions.".to_owned()),
    }
}

/// As the configuration of the demo has it.
fn assumed() -> Assumptions {
    Assumptions { zone: TimeZone::UTC, ..Assumptions::default() }
}

fn rows(made: &[Made], couple: &Known, rights: &Rights) -> Vec<CaseRow> {
    let assumed = assumed();
    let drawing = Drawing { now: NOW, zone: &TimeZone::UTC, assumed: &assumed, rights };
    let mut cases: Vec<&Case> = made.iter().map(|made| &made.case).collect();
    cases.sort_by(|one, other| domain::crises::board_order(one, other, &assumed, NOW));
    cases.into_iter().map(|case| CaseRow::of(case, couple, drawing)).collect()
}

fn standing(made: &[Made]) -> Standing {
    let assumed = assumed();
    let open: Vec<&Case> = made.iter().map(|made| &made.case).filter(|case| case.is_open()).collect();
    let count = |has: &dyn Fn(&Case) -> bool| open.iter().filter(|case| has(case)).count() as i64;
    Standing {
        open: open.len() as i64,
        nobodys: count(&|case| case.holder().is_none()),
        mine: Some(count(&|case| case.holder().is_some_and(|holder| holder.name == "Priya Nair"))),
        untold: count(&|case| case.is_untold(NOW)),
        late: count(&|case| case.lateness(NOW) != Lateness::default()),
        worst: open.iter().map(|case| case.severity).max(),
        next: open.iter().filter_map(|case| case.time_left(&assumed, NOW)).filter(|left| *left >= 0).min(),
        last_resolved: Some("Tuesday 14:10".to_owned()),
    }
}

fn masked() -> CoupleWords {
    CoupleWords {
        names: "A\u{2022}\u{2022}\u{2022} O\u{2022}\u{2022}\u{2022} N\u{2022}\u{2022}\u{2022} L\u{2022}\u{2022}\u{2022}".to_owned(),
        emails: vec!["a\u{2022}\u{2022}\u{2022}@example.com".to_owned()],
        phones: vec!["\u{2022}\u{2022}\u{2022} 118".to_owned()],
        language: "English".to_owned(),
        ..CoupleWords::default()
    }
}
