//! What the console asks and tests by itself, and how it went.

use backend::{
    oncall::{CONTACT_CHECK, ESCALATION_TEST, GAP_WARNING, SCHEDULE_CHECK, TestStory},
    schedule::Past,
};
use domain::time::{Millis, lasting};
use leptos::prelude::*;

use super::{overview::OnCallView, words::name};
use crate::{shell::Shell, when};

pub(super) fn card(shell: &Shell, view: &OnCallView) -> impl IntoView + use<> {
    let board = &view.board;
    let tests: Vec<_> = board.tests.iter().map(|test| story(shell, view, test)).collect();
    let tests = match tests.is_empty() {
        true => view! { <p class="empty">"No test yet. One goes through every tier each month: a page marked TEST, and who answers it how fast stands here."</p> }.into_any(),
        false => view! { <ul class="records">{tests}</ul> }.into_any(),
    };
    let past: Vec<_> = board.past.iter().map(|past| line(shell, board.now, past)).collect();
    let past = (!past.is_empty()).then(|| {
        view! {
            <h3 class="small dim">"Done by the console itself"</h3>
            <ul class="past small">{past}</ul>
        }
    });
    let begin = view.may_change.then(|| {
        view! {
            <form method="post" action="/on-call/tests">
                <button>"Send a page marked TEST to every tier"</button>
            </form>
        }
    });
    view! {
        <section class="card stack" data-part="tests" aria-labelledby="tests-title">
            <h2 id="tests-title">"Tests of the escalation"</h2>
            {tests}
            {begin}
            {past}
        </section>
    }
}

fn story(shell: &Shell, view: &OnCallView, test: &TestStory) -> impl IntoView + use<> {
    let board = &view.board;
    let sent = test.pages.iter().filter(|page| page.delivery.is_some()).count();
    let answered = test.pages.iter().filter(|page| page.answered.is_some()).count();
    let fastest = test
        .pages
        .iter()
        .filter_map(|page| page.answered.as_ref())
        .map(|(at, _)| at.since(test.begun_at))
        .max();
    let said = match (sent, answered, fastest) {
        (0, ..) => "Nobody could be paged".to_owned(),
        (sent, 0, _) => format!("None of {sent} answered yet"),
        (sent, answered, Some(last)) if sent == answered => {
            format!("All {sent} answered, the last after {}", lasting(last))
        }
        (sent, answered, _) => format!("{answered} of {sent} answered"),
    };
    let by = match &test.begun_by {
        Some(person) => format!("begun by {}", name(&board.people, person)),
        None => "begun by the schedule".to_owned(),
    };
    view! {
        <li>
            <div class="record"><p class="own-name"><a href=format!("/on-call/tests/{}", test.id)>{when::full(test.begun_at, &shell.zone)}</a></p><p class="small dim">{by}</p></div>
            <div class="record small"><p>{said}</p></div>
        </li>
    }
}

fn line(shell: &Shell, now: Millis, past: &Past) -> impl IntoView + use<> {
    let what = match past.rule.as_str() {
        SCHEDULE_CHECK => "Is the schedule right?",
        CONTACT_CHECK => "Do the ways still reach?",
        ESCALATION_TEST => "Monthly test",
        GAP_WARNING => "Gap ahead",
        _ => "Other",
    };
    let mut note = past.note.clone();
    if let Some(first) = note.get(..1).map(str::to_uppercase) {
        note.replace_range(..1, &first);
    }
    view! {
        <li>
            <span class="dim">{when::clock(past.due_at.0, now, &shell.zone)}</span>" "
            <span>{what}": "{past.outcome.word()}". "{note}</span>
        </li>
    }
}
