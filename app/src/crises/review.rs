//! Looking back at a case that is over: the form, and what was found.

use domain::crises::State;
use jiff::civil::Date;
use leptos::prelude::*;

use super::CaseView;
use crate::access::{
    Choice, Troubles,
    form::{Field, Lines},
};

/// So many tasks can be written at once.
const TASKS: usize = 3;

/// What was typed into the form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReviewForm {
    pub helped: String,
    pub to_change: String,
    pub tasks: Vec<TaskForm>,
    /// The page of the runbook that should change.
    pub procedure: String,
    pub troubles: Troubles,
}

/// One line of tasks; an empty one is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskForm {
    pub what: String,
    /// A person's id.
    pub owner: String,
    /// A day.
    pub due: String,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FindingsView {
    /// Why it cannot be read, or by whom; then the rest is empty.
    pub hidden: Option<String>,
    pub helped: String,
    pub to_change: String,
    pub tasks: Vec<TaskRow>,
    pub procedure: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub what: String,
    pub owner: String,
    pub due: Option<Date>,
    /// "Priya N., 03:12"; `None` while it is to be done.
    pub done: Option<String>,
}

/// It may say something about a couple.
impl std::fmt::Debug for FindingsView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FindingsView").field("tasks", &self.tasks.len()).finish_non_exhaustive()
    }
}

/// After the checklist of a case that is over: how it went, what was found, or the form that asks for it.
pub(super) fn review(view: &CaseView) -> AnyView {
    if !matches!(view.case.state, State::Resolved { .. } | State::Reviewed { .. }) {
        return ().into_any();
    }
    let body = match &view.findings {
        Some(findings) => found(view, findings),
        None if view.rights.work.is_ok() && matches!(view.case.state, State::Resolved { .. }) => form(view),
        None => ().into_any(),
    };
    let went: Vec<_> = view.after.iter().map(|said| view! { <li>{said.clone()}</li> }).collect();
    let went = (!went.is_empty()).then(|| {
        view! { <div data-part="after"><h3>"How it went"</h3><ul class="reasons">{went}</ul></div> }
    });
    view! {
        <section class="card stack" id="review" data-part="review" aria-labelledby="review-title">
            <h2 id="review-title">"Review"</h2>
            {went}
            {body}
        </section>
    }
    .into_any()
}

fn form(view: &CaseView) -> AnyView {
    let typed = &view.review;
    let lines = |id: &str, name: &'static str, label: &str, hint: Option<&'static str>, value: &str| {
        let field =
            Lines { id: id.to_owned(), name, label: label.to_owned(), hint, most: 4_000, required: false };
        field.draw(value, typed.troubles.of(name))
    };
    let tasks: Vec<_> = (0..TASKS).map(|place| task_fields(view, place)).collect();
    let procedure = Field::text("procedure", "Page of the runbook that should change, if one should")
        .inside("review")
        .value(typed.procedure.clone())
        .optional()
        .literal()
        .refused(&typed.troubles);
    let procedure = match &view.procedure {
        Some(page) => procedure.hint(format!("It was worked by {page}.")),
        None => procedure,
    };
    view! {
        <p class="hint">"The timeline is made already. What helped, and what should be different next time?"</p>
        {typed.troubles.above()}
        <form class="fields" method="post" action=view.address("/review")>
            {lines("review-helped", "helped", "What helped", None, &typed.helped)}
            {lines("review-to-change", "to_change", "What to change", None, &typed.to_change)}
            {tasks}
            {procedure.draw()}
            <button class="primary">"Keep the review"</button>
        </form>
    }
    .into_any()
}

fn task_fields(view: &CaseView, place: usize) -> AnyView {
    let typed = view.review.tasks.get(place).cloned().unwrap_or_default();
    let number = place + 1;
    let trouble = (place == 0).then(|| view.review.troubles.of("task")).flatten();
    let what = Field::text("task", format!("Task {number}"))
        .inside(&format!("review-{number}"))
        .value(typed.what)
        .optional()
        .trouble(trouble);
    let mut people = vec![Choice { value: String::new(), label: "Nobody yet".to_owned() }];
    people.extend(view.owners.iter().cloned());
    let owner = format!("review-owner-{number}");
    let options: Vec<_> = people
        .into_iter()
        .map(|person| {
            let selected = person.value == typed.owner;
            view! { <option value=person.value selected=selected>{person.label}</option> }
        })
        .collect();
    let due = Field::day("due", "Due").inside(&format!("review-{number}")).value(typed.due).optional();
    view! {
        <div class="task-fields">
            {what.draw()}
            <div class="field"><label for=owner.clone()>"Owner"</label><select id=owner.clone() name="owner">{options}</select></div>
            {due.draw()}
        </div>
    }
    .into_any()
}

fn found(view: &CaseView, findings: &FindingsView) -> AnyView {
    if let Some(why) = &findings.hidden {
        return view! { <p class="dim">{why.clone()}</p> }.into_any();
    }
    let part = |head: &'static str, text: &str| {
        (!text.is_empty()).then(|| {
            view! { <div><h3>{head}</h3><p class="written-lines" dir="auto">{text.to_owned()}</p></div> }
        })
    };
    let procedure = findings.procedure.clone().map(|slug| {
        view! { <p>"The page "<code>{slug}</code>" of the runbook should change."</p> }
    });
    view! {
        {part("What helped", &findings.helped)}
        {part("What to change", &findings.to_change)}
        {tasks(view, &findings.tasks)}
        {procedure}
    }
    .into_any()
}

fn tasks(view: &CaseView, tasks: &[TaskRow]) -> Option<AnyView> {
    if tasks.is_empty() {
        return None;
    }
    let rows: Vec<_> = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| {
            let due = task.due.map(|due| format!(", due {}", due.strftime("%a %-d %b %Y"))).unwrap_or_default();
            let done = match &task.done {
                Some(done) => view! { <span class="dim">{format!("Done: {done}")}</span> }.into_any(),
                None if view.rights.work.is_ok() => view! {
                    <form method="post" action=view.address("/task-done")>
                        <input type="hidden" name="task" value=place.to_string()/>
                        <button>"It is done"<span class="unseen">{format!(": {}", task.what)}</span></button>
                    </form>
                }
                .into_any(),
                None => view! { <span class="dim">"To do"</span> }.into_any(),
            };
            view! {
                <li><div><span dir="auto">{task.what.clone()}</span><p class="meta">{format!("{}{due}", task.owner)}</p></div>{done}</li>
            }
        })
        .collect();
    Some(view! { <div><h3>"Tasks"</h3><ul class="tasks">{rows}</ul></div> }.into_any())
}

impl ReviewForm {
    /// Every field as it is sent: lists of the same length, by their names.
    pub fn tasks_of(what: Vec<String>, owner: Vec<String>, due: Vec<String>) -> Vec<TaskForm> {
        let mut owners = owner.into_iter();
        let mut dues = due.into_iter();
        what.into_iter()
            .map(|what| TaskForm {
                what,
                owner: owners.next().unwrap_or_default(),
                due: dues.next().unwrap_or_default(),
            })
            .collect()
    }
}
