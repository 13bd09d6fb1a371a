//! What a look was made from: pairs, tables, lines, stretches of time.

use domain::diagnostics::{Line, Part, Question, Report, Row, Table, Thing};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{DiagnosticsView, ScopeView};

/// What a list of lines is called. On a phone somebody sees its top.
pub(super) const LINES: &str = "Lines of the log, the newest first";

/// `alone`: everything stands open.
pub(super) fn parts(view: &DiagnosticsView, report: &Report, alone: bool) -> Vec<AnyView> {
    report
        .parts
        .iter()
        .map(|part| match part {
            Part::Pairs(pairs) => self::pairs(pairs),
            Part::Table(table) => self::table(&view.scope, table, alone),
            Part::Lines(lines) => self::lines(lines, &view.zone),
            Part::Stages(stages) => self::stages(stages),
        })
        .collect()
}

fn pairs(pairs: &[(String, String)]) -> AnyView {
    let rows: Vec<_> =
        pairs.iter().map(|(name, value)| view! { <dt>{name.clone()}</dt><dd>{value.clone()}</dd> }).collect();
    view! { <dl class="pairs">{rows}</dl> }.into_any()
}

/// Rows that stand out come first; beside others the rest of them is folded away.
fn table(scope: &ScopeView, table: &Table, alone: bool) -> AnyView {
    let (first, rest): (Vec<&Row>, Vec<&Row>) = table.rows.iter().partition(|row| row.stands_out);
    if alone || first.is_empty() || rest.is_empty() {
        let all: Vec<&Row> = first.into_iter().chain(rest).collect();
        return drawn(scope, table, &all);
    }
    let others =
        if rest.len() == 1 { "The other one".to_owned() } else { format!("The other {}", rest.len()) };
    view! {
        {drawn(scope, table, &first)}
        <details><summary>{others}</summary>{drawn(scope, table, &rest)}</details>
    }
    .into_any()
}

/// A table on a desk; on a phone each row is a card, whose cells say what they are.
fn drawn(scope: &ScopeView, table: &Table, rows: &[&Row]) -> AnyView {
    let heads: Vec<_> =
        table.columns.iter().map(|column| view! { <th scope="col">{column.clone()}</th> }).collect();
    let rows: Vec<_> = rows.iter().map(|row| self::row(scope, table, row)).collect();
    view! {
        <table class="seen">
            <caption class="unseen">{table.caption.clone()}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(scope: &ScopeView, table: &Table, row: &Row) -> AnyView {
    let cells: Vec<AnyView> = row
        .cells
        .iter()
        .enumerate()
        .map(|(place, cell)| {
            let label = table.columns.get(place).cloned().unwrap_or_default();
            let cell = cell.clone();
            if table.long == Some(place) {
                view! { <td class="long" data-label=label>{cell}</td> }.into_any()
            } else if place == 0 {
                view! { <th scope="row" data-label=label>{cell}{row.about.as_ref().map(|about| links(scope, about))}</th> }
                    .into_any()
            } else {
                view! { <td data-label=label>{cell}</td> }.into_any()
            }
        })
        .collect();
    view! { <tr data-stands-out=row.stands_out.then_some("")>{cells}</tr> }.into_any()
}

fn links(scope: &ScopeView, about: &Thing) -> AnyView {
    let describe = scope.address_of(&Question::Describe(Some(about.clone())));
    let log = match about {
        Thing::Pod(pod) => {
            let asked = domain::diagnostics::LogAsked { pod: Some(pod.clone()), ..Default::default() };
            Some(scope.address_of(&Question::Log(asked)))
        }
        Thing::Deployment(_) => None,
    };
    let of = format!(" of {}", about.name());
    let log = log.map(|address| view! { <a href=address>"Log"<span class="unseen">{of.clone()}</span></a> });
    view! {
        <span class="row-links">
            <a href=describe>"Describe"<span class="unseen">{format!(" {}", about.name())}</span></a>
            {log}
        </span>
    }
    .into_any()
}

fn lines(lines: &[Line], zone: &TimeZone) -> AnyView {
    let lines: Vec<_> = lines
        .iter()
        .rev()
        .map(|line| {
            let at = line.at.map(|at| view! { <time>{seconds(at, zone)}</time>" " });
            view! { <li data-trouble=line.is_trouble().then_some("")>{at}<span>{line.text.clone()}</span></li> }
        })
        .collect();
    view! {
        <div class="stack-small">
            <p class="hint">"The newest line is at the top. E-mail addresses, telephone numbers and secrets are left out."</p>
            <ol class="log" data-part="lines" tabindex="0" aria-label=LINES>{lines}</ol>
        </div>
    }
    .into_any()
}

/// "02:56:07"
pub(super) fn seconds(at: domain::time::Millis, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(zone.clone()));
    at.map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default()
}

/// One after the other, each as long as it took. The last is their sum.
fn stages(stages: &[(&'static str, f64)]) -> AnyView {
    let total: f64 = stages.last().map_or(0.0, |(_, total)| *total).max(f64::MIN_POSITIVE);
    let mut begun = 0.0;
    let rows: Vec<_> = stages
        .iter()
        .enumerate()
        .map(|(place, (name, took))| {
            let is_total = place + 1 == stages.len();
            let from = if is_total { 0.0 } else { begun };
            begun += took;
            let (x, width) =
                (format!("{:.2}", 100.0 * from / total), format!("{:.2}", (100.0 * took / total).max(0.5)));
            view! {
                <div class="stage-row" class:total=is_total>
                    <dt>{*name}</dt>
                    <dd>{milliseconds(*took)}</dd>
                    <svg class="stretch" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect x=x y="0" width=width height="4"></rect>
                    </svg>
                </div>
            }
        })
        .collect();
    view! { <dl class="stages">{rows}</dl> }.into_any()
}

fn milliseconds(took: f64) -> String {
    if took < 100.0 { format!("{took:.1}\u{a0}ms") } else { format!("{took:.0}\u{a0}ms") }
}
