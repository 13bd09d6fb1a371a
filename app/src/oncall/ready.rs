//! `/on-call/ready`: would everybody be reached?

use backend::{access::WayKind, oncall::Ready};
use domain::{
    access::PersonId,
    oncall::{OnCall, Tier},
    time::DAY,
};
use leptos::prelude::*;

use super::{
    title,
    words::{both, gap_mark, name, zone_of},
};
use crate::{
    shell::{Place, Shell},
    when,
};

#[derive(Clone, Debug)]
pub struct ReadyView {
    pub ready: Ready,
    pub me: Option<PersonId>,
}

/// A test that arrived longer ago says little about tonight.
const OLD: i64 = 45 * DAY;

pub fn ready_page(shell: &Shell, view: &ReadyView) -> String {
    shell.page(Place::OnCall, &title("Ready?", false), &[], Some(view.ready.board.now), || {
        let board = &view.ready.board;
        let tiers: Vec<_> = board.chain.tiers.iter().map(|tier| tier_part(shell, view, tier)).collect();
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/on-call">"On call"</a></p>
                        <h1>"Ready?"</h1>
                        <p class="dim">{sentence(view)}</p>
                    </div>
                </div>
                {tiers}
            </div>
        }
    })
}

fn members(view: &ReadyView, tier: &Tier) -> Vec<PersonId> {
    let board = &view.ready.board;
    let here = |person: &&PersonId| board.chain.left.get(*person).is_none_or(|since| *since > board.now);
    board.chain.members(tier).iter().filter(here).cloned().collect()
}

fn reaches(kind: WayKind) -> bool {
    // People call each other by telephone; the console does not.
    kind != WayKind::Phone
}

fn sentence(view: &ReadyView) -> String {
    let board = &view.ready.board;
    let mut everybody: Vec<PersonId> =
        board.chain.tiers.iter().flat_map(|tier| members(view, tier)).collect();
    everybody.sort();
    everybody.dedup();
    let unreachable = everybody
        .iter()
        .filter(|person| {
            !view.ready.ways.get(*person).is_some_and(|ways| ways.iter().any(|kind| reaches(*kind)))
        })
        .count();
    let untested = everybody
        .iter()
        .filter(|person| {
            !view
                .ready
                .arrivals
                .iter()
                .any(|arrival| arrival.person == **person && board.now.since(arrival.at) <= OLD)
        })
        .count();
    match (everybody.len(), unreachable, untested) {
        (0, ..) => "Nobody is named in any tier yet.".to_owned(),
        (_, 0, 0) => "Everybody can be reached, and something arrived at each within 45 days.".to_owned(),
        (all, 0, untested) => {
            format!(
                "Everybody has a way to be reached; at {untested} of {all} nothing arrived within 45 days."
            )
        }
        (all, unreachable, _) => format!("{unreachable} of {all} cannot be reached by the console."),
    }
}

fn tier_part(shell: &Shell, view: &ReadyView, tier: &Tier) -> impl IntoView + use<> {
    let heading = format!("ready-{}", tier.number);
    let labelled = heading.clone();
    let rows: Vec<_> = members(view, tier).iter().map(|person| row(shell, view, tier, person)).collect();
    let channel = tier.channel.clone().map(
        |channel| view! { <p class="small dim channel">"Its pages go to the channel "{channel}" too."</p> },
    );
    let content = match rows.is_empty() {
        true => view! {
            <p>{gap_mark("Nobody")}" "<span class="dim">"Nobody who could be called is named in this tier."</span></p>
        }
        .into_any(),
        false => view! {
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Person"</th>
                        <th role="columnheader" scope="col">"Ways, in their order"</th>
                        <th role="columnheader" scope="col">"Last that really arrived"</th>
                        <th role="columnheader" scope="col">"On shift"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <section class="card" data-tier=tier.number.to_string() aria-labelledby=labelled>
            <h2 id=heading>"Tier "{tier.number}", "{tier.name.clone()}</h2>
            {channel}
            {content}
        </section>
    }
}

fn row(shell: &Shell, view: &ReadyView, tier: &Tier, person: &PersonId) -> impl IntoView + use<> {
    let board = &view.ready.board;
    let kinds = view.ready.ways.get(person).map(Vec::as_slice).unwrap_or_default();
    let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
    let ways = match kinds.iter().any(|kind| reaches(*kind)) {
        true => words.join(", ").into_any(),
        false => {
            let only = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
            view! { <span>{gap_mark("None")}<span class="dim">{only}</span></span> }.into_any()
        }
    };
    let mut arrivals: Vec<_> =
        view.ready.arrivals.iter().filter(|arrival| arrival.person == *person).collect();
    arrivals.sort_by_key(|arrival| std::cmp::Reverse(arrival.at));
    let arrived = match arrivals.first() {
        Some(arrival) => {
            let old = if board.now.since(arrival.at) > OLD { ", long ago" } else { "" };
            format!("{}: {}{old}", arrival.way.word(), when::ago(arrival.at, board.now, &shell.zone))
        }
        None => "never".to_owned(),
    };
    let zone = zone_of(&board.chain, tier, &shell.zone);
    let shifts = board.chain.shifts(tier, board.now, board.now.plus(180 * DAY));
    let theirs = shifts.iter().find(|shift| match &shift.on {
        OnCall::People { people } => people.contains(person),
        _ => false,
    });
    let on_shift = match theirs {
        None => "not within 180 days".to_owned(),
        Some(shift) if shift.from == board.now && shift.to == board.now.plus(180 * DAY) => {
            "always".to_owned()
        }
        Some(shift) if shift.from == board.now => {
            format!("now, until {}", both(shift.to, &zone, &shell.zone))
        }
        Some(shift) => format!("from {}", both(shift.from, &zone, &shell.zone)),
    };
    let mine = (view.me.as_ref() == Some(person)).then(|| {
        view! { <span class="small"><a href="/settings">"Your ways"</a></span> }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{name(&board.people, person)}{mine}</th>
            <td role="cell" data-label="Ways">{ways}</td>
            <td role="cell" data-label="Last arrived">{arrived}</td>
            <td role="cell" data-label="On shift">{on_shift}</td>
        </tr>
    }
}
