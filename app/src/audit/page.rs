//! `/audit`: who did what, and whether anybody edited it.

use domain::{audit::Outcome, words::capitalised};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{AuditRow, AuditView, ChainState, Filters};
use crate::{
    shell::{Place, Shell},
    when,
};

pub fn audit_page(shell: &Shell, view: &AuditView) -> String {
    shell.page(Place::Audit, "Audit \u{2013} Bellwether", &[], Some(view.now), || {
        view! {
            <div class="page audit">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/settings">"Settings"</a></p>
                        <h1>"Audit"</h1>
                        <p class="dim">"Who did what, when and from where. Nobody can change or delete it."</p>
                    </div>
                </div>
                {chain(view, &shell.zone)}
                {filters(view)}
                {records(view)}
            </div>
        }
    })
}

fn chain(view: &AuditView, zone: &TimeZone) -> impl IntoView + use<> {
    let (state, title, told) = match &view.chain {
        ChainState::NotWalked => (
            "unknown",
            "Not walked yet",
            "The chain of records has not been walked since the console started.".to_owned(),
        ),
        ChainState::Whole { at, records } => (
            "whole",
            "The chain is whole",
            format!("{} walked {}.", counted(*records), when::full(*at, zone)),
        ),
        ChainState::Broken { at, what } => (
            "broken",
            "The log was tampered with",
            format!(
                "{}; found {}. Nothing after that place can be believed.",
                capitalised(what),
                when::full(*at, zone)
            ),
        ),
    };
    view! {
        <section class="card chain" data-part="chain" data-chain=state aria-label="The chain of records">
            <div class="told">
                <h2>{title}</h2>
                <p>{told}</p>
                <p class="small dim">"Its end, to be kept elsewhere: "<code>{view.head.clone()}</code></p>
            </div>
            <form method="post" action="/audit/verify"><button>"Verify now"</button></form>
        </section>
    }
}

fn filters(view: &AuditView) -> impl IntoView + use<> {
    let Filters { person, verb, object, outcome, from, to, search, .. } = view.filters.clone();
    let is_open = !view.filters.is_any()
        && [&person, &verb, &object, &outcome, &from, &to].iter().any(|text| !text.is_empty());
    let option = |word: &'static str, label: &'static str| {
        let is_chosen = word == outcome;
        view! { <option value=word selected=is_chosen>{label}</option> }
    };
    let outcomes: Vec<_> = std::iter::once(option("", "Any"))
        .chain(Outcome::ALL.into_iter().map(|one| option(one.word(), outcome_word(Some(one)))))
        .collect();
    let problem = view.problem.clone().map(|problem| {
        view! { <p class="trouble" role="alert" data-part="problem">{problem}</p> }
    });
    let all = (!view.filters.is_any())
        .then(|| view! { <a class="button quiet" href="/audit">"Show everything"</a> });
    view! {
        <form class="card filters" method="get" action="/audit" role="search" data-part="filters">
            <div class="searching">
                <label>"Search"<input type="search" name="search" value=search/></label>
                <button>"Find"</button>
                {all}
            </div>
            <details open=is_open>
                <summary>"Filters"</summary>
                <div class="fields">
                    <label>"Who (id or whole name)"<input name="person" value=person/></label>
                    <label>"Verb (person, person.invited)"<input name="verb" value=verb/></label>
                    <label>"Object (person, person:42)"<input name="object" value=object/></label>
                    <label>"Outcome"<select name="outcome">{outcomes}</select></label>
                    <label>"From day"<input type="date" name="from" value=from/></label>
                    <label>"To day"<input type="date" name="to" value=to/></label>
                </div>
            </details>
            {problem}
        </form>
    }
}

fn records(view: &AuditView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.rows.iter().map(row).collect();
    let nothing = match (view.rows.is_empty(), view.problem.is_some(), view.filters.is_any()) {
        (false, ..) | (_, true, _) => None,
        (true, _, true) => Some("Nothing has been recorded yet. The first sign-in will stand here."),
        (true, _, false) => Some("No record matches. Take a filter away, or show everything."),
    };
    let table = nothing.is_none().then(|| {
        // The roles stay when the narrow stylesheet turns rows into cards.
        view! {
            <table class="records" role="table">
                <caption class="unseen">"Records, newest first"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"When"</th>
                        <th role="columnheader" scope="col">"What"</th>
                        <th role="columnheader" scope="col">"Outcome"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    });
    let older =
        view.older.clone().map(|address| view! { <a class="button" href=address rel="next">"Older"</a> });
    let newest = view.filters.before.map(|_| {
        let address = view.filters.address("/audit", &[]);
        view! { <a class="button quiet" href=address>"Newest"</a> }
    });
    view! {
        <section class="card" data-part="records" aria-label="Records">
            <div class="card-head">
                <h2>"Records"</h2>
                <div class="links">
                    <a href=view.csv.clone() download>"CSV"</a>
                    <a href=view.ndjson.clone() download>"NDJSON"</a>
                </div>
            </div>
            {nothing.map(|words| view! { <p class="empty" data-part="empty">{words}</p> })}
            {table}
            <nav class="row turn" aria-label="Pages of records">{newest}{older}</nav>
        </section>
    }
}

fn row(row: &AuditRow) -> impl IntoView + use<> {
    let word = row.outcome.map_or("unknown", Outcome::word);
    let facts: Vec<_> = row
        .facts
        .iter()
        .map(|fact| {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "\u{2013}".to_owned());
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row">{fact.key.clone()}</th>
                    <td role="cell"><span class="dim">"was "</span>{side(&fact.before)}</td>
                    <td role="cell"><span class="dim">"is "</span>{side(&fact.after)}</td>
                </tr>
            }
        })
        .collect();
    let facts = (!facts.is_empty())
        .then(|| view! { <table class="facts" role="table"><tbody role="rowgroup">{facts}</tbody></table> });
    let details: Vec<_> =
        row.details.iter().map(|(name, value)| view! { <dt>{*name}</dt><dd>{value.clone()}</dd> }).collect();
    view! {
        <tr role="row" id=format!("record-{}", row.sequence) data-outcome=word>
            <td role="cell" class="when"><time datetime=row.moment.clone()>{row.when.clone()}</time></td>
            <td role="cell" class="deed">
                <p data-part="sentence">{row.sentence.clone()}</p>
                {row.reason.clone().map(|reason| view! { <p class="dim small" data-part="reason">{reason}</p> })}
                <details>
                    <summary>"Details"<span class="unseen">" of record "{row.sequence}</span></summary>
                    {facts}
                    <dl>{details}</dl>
                </details>
            </td>
            <td role="cell" class="outcome"><span data-part="outcome">{outcome_word(row.outcome)}</span></td>
        </tr>
    }
}

fn outcome_word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Done) => "Done",
        Some(Outcome::Refused) => "Refused",
        Some(Outcome::Failed) => "Failed",
        None => "Unknown",
    }
}

fn counted(records: u64) -> String {
    match records {
        1 => "1 record".to_owned(),
        records => format!("{records} records"),
    }
}
