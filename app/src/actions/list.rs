//! `/actions`: what is going on and what waits, then everything that may be done, by what one wants to achieve.

use std::sync::Arc;

use domain::{live::Frame, time::Millis};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{OpenRuns, RunRow, SwitchView, rows::open_rows, switch::switch};
use crate::{
    access::form::done,
    document::rendered,
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct ActionsView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    pub platform: String,
    pub goals: Vec<GoalRows>,
    pub open: OpenRuns,
    pub switch: SwitchView,
    pub done: Option<String>,
}

/// What one wants to achieve, with the actions for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoalRows {
    pub words: &'static str,
    pub rows: Vec<EntryRow>,
}

/// One action of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryRow {
    pub key: String,
    pub name: String,
    pub changes: String,
    pub dangerous: bool,
    pub two_person: bool,
    /// The services that it concerns, by name; empty is the platform as a whole.
    pub place: String,
    pub may: Result<(), String>,
    pub last: Option<RunRow>,
}

pub fn actions_page(shell: &Shell, view: &ActionsView) -> String {
    let waiting = view.open.approvals.len() + view.open.undecided.len();
    let title = match waiting {
        0 => "Actions \u{2013} Bellwether".to_owned(),
        1 => "1 waits \u{2013} Actions \u{2013} Bellwether".to_owned(),
        count => format!("{count} wait \u{2013} Actions \u{2013} Bellwether"),
    };
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let query = shell.platform_query(&view.platform);
        let goals: Vec<_> =
            view.goals.iter().enumerate().map(|(number, goal)| goal_card(number, goal, &query)).collect();
        let which = (shell.platforms.len() > 1).then(|| platforms(shell, &view.platform));
        let part = format!("/actions/part/open?{query}");
        let part = part.trim_end_matches(['?', '&']).to_owned();
        view! {
            <div class="page actions-page">
                <div class="page-head">
                    <div><h1>"Actions"</h1></div>
                    <p class="links"><a href="/breakers">"Breakers"</a>" "<a href="/runs">"Past runs"</a></p>
                </div>
                {which}
                {view.done.clone().map(done)}
                <div class="stack" data-actions-part=part>{open(&view.open)}</div>
                {wishes(&view.goals)}
                {goals}
                {switch(&view.switch, view.now, &view.zone)}
            </div>
        }
    })
}

fn platforms(shell: &Shell, chosen: &str) -> impl IntoView + use<> {
    let links: Vec<_> = shell
        .platforms
        .iter()
        .map(|platform| {
            let current = (platform == chosen).then_some("page");
            view! {
                <a href=format!("/actions?platform={}", crate::encoded(platform)) aria-current=current>{platform.clone()}</a>
            }
        })
        .collect();
    view! { <nav class="seg" aria-label="Platform">{links}</nav> }
}

/// What is going on and what waits, alone: for a page that draws it anew.
pub fn open_fragment(open_runs: &OpenRuns) -> String {
    let open_runs = open_runs.clone();
    rendered(move || open(&open_runs))
}

fn open(runs: &OpenRuns) -> AnyView {
    let section = |id: &'static str, title: &'static str, rows: &[RunRow]| {
        (!rows.is_empty()).then(|| {
            view! {
                <section class="card" data-part=id aria-labelledby=format!("{id}-title")>
                    <h2 id=format!("{id}-title")>{title}</h2>
                    {open_rows(rows)}
                </section>
            }
        })
    };
    let (waiting, going_on) = (runs.undecided.len() + runs.approvals.len(), runs.running.len());
    let sentence = if runs.is_empty() {
        view! {
            <p class="sentence" data-part="nothing-open">
                "Nothing is going on and nothing waits. A run stands here from the moment somebody asks for it."
            </p>
        }
        .into_any()
    } else {
        view! { <p class="sentence" data-part="sentence">{told(waiting, going_on)}</p> }.into_any()
    };
    view! {
        {sentence}
        {section("undecided", "Somebody has to look", &runs.undecided)}
        {section("approvals", "Waits for approval", &runs.approvals)}
        {section("running", "Going on", &runs.running)}
    }
    .into_any()
}

/// "2 runs wait for somebody, and 1 is going on."
fn told(waiting: usize, going_on: usize) -> String {
    let runs = |count: usize| if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
    let waits = format!("{} {} for somebody", runs(waiting), if waiting == 1 { "waits" } else { "wait" });
    let goes_on = if going_on == 1 { "is going on" } else { "are going on" };
    match (waiting, going_on) {
        (0, _) => format!("{} {goes_on}.", runs(going_on)),
        (_, 0) => format!("{waits}."),
        _ => format!("{waits}, and {going_on} {goes_on}."),
    }
}

/// The way to each part of the catalogue, which is long on a phone.
fn wishes(goals: &[GoalRows]) -> Option<AnyView> {
    let links: Vec<_> = goals
        .iter()
        .enumerate()
        .map(|(number, goal)| view! { <li><a href=format!("#goal-{number}")>{goal.words}</a></li> })
        .collect();
    (links.len() > 1).then(|| {
        view! {
            <nav class="card wishes" aria-labelledby="wishes-title">
                <h2 id="wishes-title">"What do you want to achieve?"</h2>
                <ul>{links}</ul>
            </nav>
        }
        .into_any()
    })
}

fn goal_card(number: usize, goal: &GoalRows, query: &str) -> impl IntoView + use<> {
    let rows: Vec<_> = goal.rows.iter().map(|row| entry(row, query)).collect();
    let id = format!("goal-{number}");
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{goal.words}</h2>
            <ul class="catalogue">{rows}</ul>
        </section>
    }
}

fn entry(row: &EntryRow, query: &str) -> impl IntoView + use<> {
    let address = format!("/actions/{}?{query}", row.key);
    let address = address.trim_end_matches(['?', '&']).to_owned();
    let dangerous = row.dangerous.then(|| view! { <span class="mark danger-mark">"dangerous"</span> });
    let two = row.two_person.then(|| view! { <span class="mark">"needs a second person"</span> });
    let place = (!row.place.is_empty()).then(|| view! { <span>{row.place.clone()}</span> });
    let may_not =
        row.may.as_ref().err().map(|why| view! { <p class="why" data-part="may-not">{why.clone()}</p> });
    let last = match &row.last {
        None => view! { <span class="dim small">"Never used"</span> }.into_any(),
        Some(run) => {
            let took = run.took.clone().map(|took| format!(", {took}")).unwrap_or_default();
            view! {
                <span class="last">
                    {islands::level_view(run.shown, run.word)}
                    <a class="small" href=format!("/runs/{}", run.id)>
                        <span class="unseen">"Last run of "{row.name.clone()}": "</span>{run.when.clone()}
                    </a>
                    <span class="small dim">{took.trim_start_matches(", ").to_owned()}{(!took.is_empty()).then_some(", ")}{run.by.clone()}</span>
                </span>
            }
            .into_any()
        }
    };
    view! {
        <li class="entry" data-action=row.key.clone()>
            <div class="told">
                <a href=address>{row.name.clone()}</a>
                <p class="why">{row.changes.clone()}</p>
                {may_not}
                <p class="meta">{place}</p>
                <p class="marks">{dangerous}{two}</p>
            </div>
            {last}
        </li>
    }
}
