//! The pages Now and performance: what is watched, and beside it what the other features have to say. They stand above them.

use backend::monitoring::shown::{Now, Performance};
use leptos::prelude::*;

use crate::{
    actions::{self, OpenRuns},
    alerts::{self, OpenList},
    crises::{self, OpenCases},
    failover::{self, BreakerRow},
    monitoring::{self, Beside, ChartDrawing},
    oncall::{self, OnCallCard},
    shell::Shell,
};

/// `cases` are the most urgent crises; `open` are the open alerts, of which the worst are shown; `runs` are those that go on or wait; `breakers` are all, beside
/// their platforms. `on_call` is `None` where
/// it could not be read: what is watched is shown all the same.
pub fn now_page(
    shell: &Shell,
    view: &Now,
    cases: &OpenCases,
    open: &OpenList,
    runs: &OpenRuns,
    breakers: &[(String, BreakerRow)],
    on_call: Option<&OnCallCard>,
) -> String {
    monitoring::now_page(shell, view, || Beside {
        alerts: Some(view! { {crises::on_now(cases)}{alerts::on_now(open)} }.into_any()),
        said: open.rows.iter().take(open.shown).filter_map(|row| row.about.clone()).collect(),
        aside: Some({
            let on_call = on_call.map(oncall::card);
            view! { {failover::on_now(breakers)}{actions::on_now(runs)}{on_call} }.into_any()
        }),
    })
}

/// `drawn` has one drawing for each chart of `view`, in the same order; `breakers` are those of its platform.
pub fn performance_page(
    shell: &Shell,
    view: &Performance,
    drawn: &[ChartDrawing],
    breakers: &[BreakerRow],
) -> String {
    monitoring::performance_page(shell, view, drawn, || {
        failover::on_performance(&view.frame.platform, breakers)
    })
}
