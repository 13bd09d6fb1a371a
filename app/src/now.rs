//! The page Now: what is watched, and beside it what the other features have to say. It stands above them.

use backend::monitoring::shown::Now;
use leptos::prelude::*;

use crate::{
    actions::{self, OpenRuns},
    alerts::{self, OpenList},
    monitoring::{self, Beside},
    oncall::{self, OnCallCard},
    shell::Shell,
};

/// `open` are the open alerts, of which the worst are shown; `runs` are those that go on or wait. `on_call` is `None` where
/// it could not be read: what is watched is shown all the same.
pub fn now_page(
    shell: &Shell,
    view: &Now,
    open: &OpenList,
    runs: &OpenRuns,
    on_call: Option<&OnCallCard>,
) -> String {
    monitoring::now_page(shell, view, || Beside {
        alerts: Some(alerts::on_now(open)),
        said: open.rows.iter().take(open.shown).filter_map(|row| row.about.clone()).collect(),
        aside: Some({
            let on_call = on_call.map(oncall::card);
            view! { {actions::on_now(runs)}{on_call} }.into_any()
        }),
    })
}
