//! Runs in lists: those that are going on or wait for somebody, and those of the past.

use backend::actions::Stored;
use domain::{
    actions::{Next, State},
    monitoring::range::rfc3339,
    time::{Millis, lasting},
};
use islands::{Shown, level_view};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::words::{does, ended_at, standing, took};
use crate::when;

/// One run in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunRow {
    pub id: String,
    pub shown: Shown,
    /// "Running"
    pub word: &'static str,
    /// "Scale ai-optimization-engine to 10"
    pub does: String,
    /// "Asked for by Marta Keller, 3 min ago, 03:12"
    pub asked: String,
    pub reason: String,
    /// How far it has come, until when it waits, or how it ended.
    pub now: String,
    /// For the time of it: RFC 3339.
    pub moment: String,
    /// When it was asked for or ended, in short: "13 Oct 2026, 02:10".
    pub when: String,
    /// "6 s"
    pub took: Option<String>,
    pub by: String,
    /// What it waits for, where that is something that whoever looks may do: "Approve or refuse".
    pub wants: Option<&'static str>,
}

/// What is going on and what waits, as `/actions` and Now show it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenRuns {
    pub running: Vec<RunRow>,
    pub approvals: Vec<RunRow>,
    /// Of which nobody knows what happened, or for which the glass was broken.
    pub undecided: Vec<RunRow>,
}

impl RunRow {
    pub fn of(stored: &Stored, now: Millis, zone: &TimeZone) -> RunRow {
        let run = &stored.run;
        let (shown, word) = standing(run);
        let at = ended_at(run).unwrap_or(run.requested.at);
        RunRow {
            id: run.id.as_str().to_owned(),
            shown,
            word,
            does: does(run.plan()),
            asked: format!(
                "Asked for by {}, {}",
                run.requested.by.name(),
                when::ago(run.requested.at, now, zone)
            ),
            reason: run.requested.reason.clone(),
            now: now_words(stored, now, zone),
            moment: rfc3339(at),
            when: when::weekday(at, now, zone),
            took: took(run),
            by: run.requested.by.name().to_owned(),
            wants: None,
        }
    }

    #[must_use]
    pub fn wanting(self, wants: Option<&'static str>) -> RunRow {
        RunRow { wants, ..self }
    }
}

impl OpenRuns {
    /// `open` are those that are not over, `waiting` those that wait for a decision or a review. `may` says of a run
    /// whether whoever looks may approve or review it, and whether they may run such an action.
    pub fn of(
        open: &[Stored],
        waiting: &[Stored],
        now: Millis,
        zone: &TimeZone,
        may: impl Fn(&Stored) -> (bool, bool),
    ) -> OpenRuns {
        let mut runs = OpenRuns::default();
        for stored in open {
            let row = RunRow::of(stored, now, zone);
            match stored.run.state {
                State::Requested { .. } => {
                    runs.approvals.push(row.wanting(may(stored).0.then_some("Approve or refuse")));
                }
                _ => runs.running.push(row),
            }
        }
        for stored in waiting {
            let (approve, run) = may(stored);
            let wants = match stored.run.state {
                State::Unknown { .. } => run.then_some("Say what happened"),
                _ => approve.then_some("Review"),
            };
            runs.undecided.push(RunRow::of(stored, now, zone).wanting(wants));
        }
        runs
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty() && self.approvals.is_empty() && self.undecided.is_empty()
    }
}

fn now_words(stored: &Stored, now: Millis, zone: &TimeZone) -> String {
    let run = &stored.run;
    let steps = run.plan().steps.len();
    let left = |until: Millis| lasting(until.since(now));
    match &run.state {
        State::Requested { until } => {
            format!("lapses {}, in {}", when::clock(until.0, now, zone), left(*until))
        }
        State::Approved { .. } => "nothing has been sent yet".to_owned(),
        State::Running { .. } => match (&stored.progress, run.next(), steps) {
            (Some(progress), ..) => progress.clone(),
            (None, Next::Observe { .. }, 1) => "sent; its effect is looked for".to_owned(),
            (None, _, 1) => "under way".to_owned(),
            (None, ..) => format!("step {} of {steps}", (run.steps.len() + 1).min(steps)),
        },
        State::Unknown { .. } => "somebody has to look, and say what happened".to_owned(),
        _ if run.waits_for_review() => "it went on with one person alone; that waits for a review".to_owned(),
        _ => String::new(),
    }
}

/// A list of those that are under way or wait for somebody.
pub(super) fn open_rows(rows: &[RunRow]) -> AnyView {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let address = format!("/runs/{}", row.id);
            let reason = (!row.reason.is_empty())
                .then(|| view! { <p class="why">{format!("\u{201c}{}\u{201d}", row.reason)}</p> });
            let now = (!row.now.is_empty()).then(|| view! { <span>{row.now.clone()}</span> });
            let wants = row.wants.map(|wants| {
                view! {
                    <a class="button" href=address.clone()>
                        {wants}<span class="unseen">": "{row.does.clone()}</span>
                    </a>
                }
            });
            view! {
                <li class="run" data-run=row.id.clone()>
                    {level_view(row.shown, row.word)}
                    <div class="told">
                        <a href=address>{row.does.clone()}</a>
                        {reason}
                        <p class="meta"><span>{row.asked.clone()}</span>{now}</p>
                    </div>
                    {wants}
                </li>
            }
        })
        .collect();
    view! { <ul class="runs">{rows}</ul> }.into_any()
}

/// A short list of those that are over: how it ended, when, how long it took, who.
pub(super) fn past_rows(rows: &[RunRow], with_name: bool) -> AnyView {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let address = format!("/runs/{}", row.id);
            let took = row.took.clone().map(|took| view! { <span>{took}</span> });
            let (main, when) = if with_name {
                (
                    row.does.clone(),
                    Some(view! { <span><time datetime=row.moment.clone()>{row.when.clone()}</time></span> }),
                )
            } else {
                (row.when.clone(), None)
            };
            view! {
                <li>
                    {level_view(row.shown, row.word)}
                    <span>
                        <a href=address>{main}</a>
                        <span class="meta">{when}{took}<span>{row.by.clone()}</span></span>
                    </span>
                </li>
            }
        })
        .collect();
    view! { <ul class="past-runs">{rows}</ul> }.into_any()
}
