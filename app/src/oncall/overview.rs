//! `/on-call`: who is on call now and next, and where nobody is.

use backend::oncall::Board;
use domain::{
    access::PersonId,
    oncall::{OnCall, Shift, Staffing, Tier},
    time::{HOUR, Millis},
};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use leptos::prelude::*;

use super::{
    calendar,
    feeds::{self, NewAddress},
    shifts::{Ahead, GAPS_AHEAD, ahead, gaps},
    tests_card, title,
    words::{both, gap_mark, name, names, note, zone_of},
};
use crate::{
    access::{Troubles, form::done},
    shell::{Place, Shell},
    when,
};

/// Everything of the page.
#[derive(Clone, Debug)]
pub struct OnCallView {
    pub board: Board,
    /// Who looks; `None` is a machine.
    pub me: Option<PersonId>,
    /// Whether whoever looks may change schedules.
    pub may_change: bool,
    pub saved: Option<String>,
    /// What was refused, as a whole.
    pub troubles: Troubles,
    /// A calendar that was just made.
    pub address: Option<NewAddress>,
}

pub fn on_call_page(shell: &Shell, view: &OnCallView) -> String {
    let title = title("On call", !view.troubles.is_empty());
    shell.page(Place::OnCall, &title, &[], Some(view.board.now), || {
        let board = &view.board;
        let tiers: Vec<_> = board.chain.tiers.iter().map(|tier| tier_card(shell, view, tier)).collect();
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <h1>"On call"</h1>
                        <p class="dim">{sentence(board)}</p>
                    </div>
                    <a class="button" href="/on-call/ready">"Ready?"</a>
                </div>
                {view.saved.clone().map(done)}
                {view.troubles.above()}
                {view.address.as_ref().map(feeds::once)}
                {gap_list(shell, board)}
                <div class="tiers">{tiers}</div>
                {calendar::four_weeks(shell, board, view.me.as_ref())}
                <div class="two">
                    <div class="stack">
                        {overrides(shell, view)}
                        {tests_card::card(shell, view)}
                    </div>
                    <div class="stack">
                        {hours(board)}
                        {feeds::card(shell, view)}
                    </div>
                </div>
            </div>
        }
    })
}

fn sentence(board: &Board) -> String {
    let roster = board.chain.roster(board.now);
    let empty: Vec<String> = roster
        .tiers
        .iter()
        .filter(|tier| matches!(tier.on_call, OnCall::Nobody { .. }))
        .map(|tier| format!("tier {}", tier.number))
        .collect();
    let ahead = gaps(&board.chain, board.now).len();
    match (roster.tiers.len(), empty.as_slice(), ahead) {
        (0, ..) => "No tier is configured.".to_owned(),
        (_, [], 0) => "Every tier has somebody, and no gap lies ahead within 30 days.".to_owned(),
        (_, [], 1) => "Every tier has somebody now; one gap lies ahead within 30 days.".to_owned(),
        (_, [], ahead) => format!("Every tier has somebody now; {ahead} gaps lie ahead within 30 days."),
        (_, empty, _) => format!("Nobody is on call in {}.", empty.join(", ")),
    }
}

fn gap_list(shell: &Shell, board: &Board) -> Option<impl IntoView + use<>> {
    let gaps: Vec<_> = gaps(&board.chain, board.now)
        .into_iter()
        .map(|(tier, gap)| {
            let Shift { from, to, on: why } = gap;
            let zone = zone_of(&board.chain, tier, &shell.zone);
            let from = if from == board.now { "now".to_owned() } else { both(from, &zone, &shell.zone) };
            let to = match to == board.now.plus(GAPS_AHEAD) {
                true => "at least 30 days from now".to_owned(),
                false => both(to, &zone, &shell.zone),
            };
            view! {
                <li>
                    {gap_mark("Gap")}
                    <div class="what">
                        <p class="name">"Tier "{tier.number}", "{tier.name.clone()}</p>
                        <p class="dim">"From "{from}" to "{to}": "{why}"."</p>
                    </div>
                    <a href=format!("/on-call/tiers/{}", tier.number)>"Look at it"</a>
                </li>
            }
        })
        .collect();
    (!gaps.is_empty()).then(|| {
        view! {
            <section class="card gaps" data-part="gaps" data-level="critical" aria-labelledby="gaps-title">
                <h2 id="gaps-title">"Nobody would be called"</h2>
                <ul class="rows">{gaps}</ul>
            </section>
        }
    })
}

fn tier_card(shell: &Shell, view: &OnCallView, tier: &Tier) -> impl IntoView + use<> {
    let board = &view.board;
    let Ahead { now, ends, next } = ahead(&board.chain, tier, board.now);
    let zone = zone_of(&board.chain, tier, &shell.zone);
    let until = now.as_ref().and_then(|shift| match (ends, shift.on.people()) {
        (true, _) => Some(format!("Until {}", both(shift.to, &zone, &shell.zone))),
        (false, []) => None,
        (false, _) => Some("All the time".to_owned()),
    });
    let who = match now.as_ref().map(|shift| &shift.on) {
        Some(on) if !on.people().is_empty() => {
            let mine = view.me.as_ref().is_some_and(|me| on.people().contains(me));
            let you = mine.then(|| view! { " "<span class="mark">"you"</span> });
            view! { <p class="who">{names(&board.people, on.people())}{you}</p> }.into_any()
        }
        _ => view! { <p class="who">{gap_mark("Nobody")}</p> }.into_any(),
    };
    let said =
        now.as_ref().and_then(|shift| note(&shift.on)).map(|said| view! { <p class="small">{said}</p> });
    let somebody = next.iter().any(|shift| !shift.on.people().is_empty());
    let next: Vec<_> = next
        .iter()
        .filter(|_| somebody)
        .map(|shift| {
            let who = match shift.on.people() {
                [] => gap_mark("Nobody").into_any(),
                people => names(&board.people, people).into_any(),
            };
            view! { <li><span class="dim">{when::day_and_time(shift.from, &zone)}</span>" "<span>{who}</span></li> }
        })
        .collect();
    let clocks = when::zone_name(&zone, board.now);
    let next = (!next.is_empty()).then(|| {
        view! { <h3 class="small dim">"Next, in "{clocks}</h3><ol class="next small">{next}</ol> }
    });
    let channel = tier.channel.clone().map(|channel| view! { <p class="small dim">"Channel "{channel}</p> });
    let member = view.me.as_ref().is_some_and(|me| match &tier.staffing {
        Staffing::Rotation { rotation, .. } => rotation.people().contains(me),
        _ => false,
    });
    let on_now = view.me.as_ref().is_some_and(|me| {
        now.as_ref()
            .is_some_and(|shift| matches!(&shift.on, OnCall::People { people } if people.contains(me)))
    });
    let take = (member && !on_now).then(|| {
        view! {
            <form method="post" action=format!("/on-call/tiers/{}/take", tier.number)>
                <button aria-label=format!("Take over now, tier {}, until the next handover", tier.number)>"Take over now"</button>
            </form>
        }
    });
    let heading = format!("tier-{}", tier.number);
    let labelled = heading.clone();
    view! {
        <section class="card tier" data-tier=tier.number.to_string() aria-labelledby=labelled>
            <p class="small dim">"Tier "{tier.number}</p>
            <h2 id=heading.clone()>{tier.name.clone()}</h2>
            {who}
            {until.map(|until| view! { <p class="small dim">{until}</p> })}
            {said}
            {channel}
            {next}
            <div class="row tier-foot">
                {take}
                <a class="button quiet" href=format!("/on-call/tiers/{}", tier.number) aria-label=format!("{} of tier {}", if view.may_change { "Schedule" } else { "Details" }, tier.number)>
                    {if view.may_change { "Schedule" } else { "Details" }}
                </a>
            </div>
        </section>
    }
}

fn overrides(shell: &Shell, view: &OnCallView) -> impl IntoView + use<> {
    let board = &view.board;
    let known = |number: u8| board.chain.tier(number);
    let rows: Vec<_> = board
        .overrides
        .iter()
        .filter_map(|one| {
            let tier = known(one.tier)?;
            let zone = zone_of(&board.chain, tier, &shell.zone);
            let may =
                view.may_change || view.me.as_ref().is_some_and(|me| *me == one.person && *me == one.made_by);
            let who = name(&board.people, &one.person);
            let remove = may.then(|| {
                let label = format!("End the override by {who} in tier {}", one.tier);
                view! {
                    <form method="post" action=format!("/on-call/overrides/{}/remove", one.id)>
                        <button aria-label=label>"End it"</button>
                    </form>
                }
            });
            let swap = one.swapped_with.is_some().then(|| view! { " "<span class="mark">"swap"</span> });
            let note = (!one.note.is_empty()).then(|| view! { <p class="dim">{one.note.clone()}</p> });
            let by = (one.made_by != one.person)
                .then(|| view! { <p class="dim">"Made by "{name(&board.people, &one.made_by)}</p> });
            Some(view! {
                <li>
                    <div class="record">
                        <p class="own-name">{who.clone()}{swap}</p>
                        <p class="small dim">"Tier "{tier.number}", "{tier.name.clone()}</p>
                    </div>
                    <div class="record small">
                        <p>{both(one.from, &zone, &shell.zone)}</p>
                        <p>"to "{both(one.to, &zone, &shell.zone)}</p>
                        {note}
                        {by}
                    </div>
                    <div class="record-end">{remove}</div>
                </li>
            })
        })
        .collect();
    let list = match rows.is_empty() {
        true => view! { <p class="empty">"No override. Whoever takes a shift, or is put into one, is listed here until it is over."</p> }.into_any(),
        false => view! { <ul class="records">{rows}</ul> }.into_any(),
    };
    view! {
        <section class="card" data-part="overrides" aria-labelledby="overrides-title">
            <h2 id="overrides-title">"Overrides"</h2>
            {list}
        </section>
    }
}

/// The week and the month of a moment in a zone.
fn periods(now: Millis, zone: &TimeZone) -> Option<[(Millis, Millis); 2]> {
    let at = Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
    let millis = |at: Zoned| Millis(at.timestamp().as_millisecond());
    let monday = at
        .date()
        .checked_sub(jiff::Span::new().days(i64::from(at.weekday().to_monday_zero_offset())))
        .ok()?;
    let next_monday = monday.checked_add(jiff::Span::new().days(7)).ok()?;
    let first = at.date().first_of_month();
    let next_first = at.date().last_of_month().tomorrow().ok()?;
    let begin = |day: jiff::civil::Date| day.to_zoned(zone.clone()).ok().map(millis);
    Some([(begin(monday)?, begin(next_monday)?), (begin(first)?, begin(next_first)?)])
}

fn hours(board: &Board) -> impl IntoView + use<> {
    let mut parts = Vec::new();
    for tier in &board.chain.tiers {
        let Staffing::Rotation { rotation, .. } = &tier.staffing else { continue };
        let Some([week, month]) = periods(board.now, rotation.zone()) else { continue };
        let (Some(week), Some(month)) =
            (board.chain.hours(tier, week.0, week.1), board.chain.hours(tier, month.0, month.1))
        else {
            continue;
        };
        let in_week = |person: &PersonId| {
            week.shares.iter().find(|share| share.person == *person).map_or(0, |share| share.on_call)
        };
        let rows: Vec<_> = month
            .shares
            .iter()
            .map(|share| {
                view! {
                    <tr>
                        <th scope="row">{name(&board.people, &share.person)}</th>
                        <td>{in_hours(in_week(&share.person))}</td>
                        <td>{in_hours(share.on_call)}</td>
                    </tr>
                }
            })
            .collect();
        let caption = format!(
            "Tier {}, {}; in {}",
            tier.number,
            tier.name,
            when::zone_name(rotation.zone(), board.now)
        );
        parts.push(view! {
            <table class="hours">
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"Person"</th><th scope="col">"This week"</th><th scope="col">"This month"</th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">"A fair share"</th><td>{in_hours(week.fair)}</td><td>{in_hours(month.fair)}</td></tr></tfoot>
            </table>
        });
    }
    let content = match parts.is_empty() {
        true => {
            view! { <p class="empty">"No tier has a rotation yet. Its hours would be compared here."</p> }
                .into_any()
        }
        false => parts.into_any(),
    };
    view! {
        <section class="card stack-small" data-part="hours" aria-labelledby="hours-title">
            <h2 id="hours-title">"Hours on call"</h2>
            {content}
        </section>
    }
}

/// "168 h", "7.5 h"
fn in_hours(milliseconds: i64) -> String {
    let halves = (milliseconds as f64 / HOUR as f64 * 2.0).round() / 2.0;
    if halves.fract() == 0.0 { format!("{halves:.0} h") } else { format!("{halves:.1} h") }
}
