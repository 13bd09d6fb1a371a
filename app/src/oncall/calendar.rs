//! Four weeks, day by day, of the tiers that change hands.

use backend::oncall::Board;
use domain::{
    access::PersonId,
    oncall::{OnCall, Shift, Tier},
    time::Millis,
};
use jiff::{Span, Timestamp, civil::Date};
use leptos::prelude::*;

use super::words::{gap_mark, names, zone_of};
use crate::{shell::Shell, when};

const DAYS: i32 = 28;

/// From Monday of this week on. A tier of which nothing changes in that time has no column.
pub(super) fn four_weeks(
    shell: &Shell,
    board: &Board,
    me: Option<&PersonId>,
) -> Option<impl IntoView + use<>> {
    let today = Timestamp::from_millisecond(board.now.0).ok()?.to_zoned(shell.zone.clone()).date();
    let monday =
        today.checked_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset()))).ok()?;
    let begin =
        |day: Date| day.to_zoned(shell.zone.clone()).ok().map(|at| Millis(at.timestamp().as_millisecond()));
    let days: Vec<Date> =
        (0..=DAYS).filter_map(|day| monday.checked_add(Span::new().days(day)).ok()).collect();
    let (from, to) = (begin(monday)?, begin(*days.last()?)?);
    let columns: Vec<(&Tier, Vec<Shift<OnCall>>)> = board
        .chain
        .tiers
        .iter()
        .map(|tier| (tier, board.chain.shifts(tier, from, to)))
        .map(|(tier, shifts)| (tier, as_shown(shifts)))
        .filter(|(_, shifts)| shifts.len() > 1)
        .collect();
    if columns.is_empty() {
        return None;
    }
    let heads: Vec<_> = columns
        .iter()
        .map(|(tier, _)| view! { <th role="columnheader" scope="col">"Tier "{tier.number}<span class="unseen">", "{tier.name.clone()}</span></th> })
        .collect();
    let rows: Vec<_> = days
        .windows(2)
        .filter_map(|pair| {
            let (day, next) = (*pair.first()?, *pair.get(1)?);
            let (from, to) = (begin(day)?, begin(next)?);
            let cells: Vec<_> = columns
                .iter()
                .map(|(tier, shifts)| cell(shell, board, me, tier, shifts, (from, to)))
                .collect();
            // Days on which nothing changes are left out where there is little room.
            let is_still =
                |shifts: &Vec<Shift<OnCall>>| shifts.iter().any(|one| one.from < from && one.to >= to);
            let still = (day != today && columns.iter().all(|(_, shifts)| is_still(shifts))).then_some("");
            let week = (day.weekday().to_monday_zero_offset() == 0).then_some("");
            let weekend = (day.weekday().to_monday_zero_offset() > 4).then_some("");
            let current = (day == today).then_some("date");
            Some(view! {
                <tr role="row" data-still=still data-week=week data-weekend=weekend aria-current=current>
                    <th role="rowheader" scope="row">{when::day(from, &shell.zone)}</th>
                    {cells}
                </tr>
            })
        })
        .collect();
    let caption = format!("From Monday of this week on, in {}.", when::zone_name(&shell.zone, board.now));
    Some(view! {
        <section class="card" data-part="calendar" aria-labelledby="calendar-title">
            <h2 id="calendar-title">"Four weeks"</h2>
            <table class="list days" role="table">
                <caption>{caption}<span class="narrow-only">" Only days on which something changes."</span></caption>
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Day"</th>{heads}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    })
}

/// A tier that stands in tells its people in its own column: here it is one stretch, however often it changes hands.
fn as_shown(shifts: Vec<Shift<OnCall>>) -> Vec<Shift<OnCall>> {
    let same = |one: &OnCall, other: &OnCall| match (one, other) {
        (OnCall::StandIn { tier: one, .. }, OnCall::StandIn { tier: other, .. }) => one == other,
        (OnCall::Nobody { .. }, OnCall::Nobody { .. }) => true,
        (one, other) => one == other,
    };
    let mut shown: Vec<Shift<OnCall>> = Vec::new();
    for shift in shifts {
        match shown.last_mut() {
            Some(last) if same(&last.on, &shift.on) => last.to = shift.to,
            _ => shown.push(shift),
        }
    }
    shown
}

/// Who has a day: whoever has its beginning, then each who comes in it, with the time.
fn cell(
    shell: &Shell,
    board: &Board,
    me: Option<&PersonId>,
    tier: &Tier,
    shifts: &[Shift<OnCall>],
    (from, to): (Millis, Millis),
) -> impl IntoView + use<> {
    let zone = zone_of(&board.chain, tier, &shell.zone);
    let parts: Vec<_> = shifts
        .iter()
        .filter(|shift| shift.from < to && shift.to > from)
        .map(|shift| {
            let since = (shift.from > from).then(|| {
                let theirs = when::time(shift.from, &zone);
                let ours = when::time(shift.from, &shell.zone);
                let beside = if theirs == ours { String::new() } else { format!(" ({theirs} there)") };
                view! { <span class="since">{ours}{beside}" "</span> }
            });
            let mine = match &shift.on {
                OnCall::People { people } => me.is_some_and(|me| people.contains(me)).then_some(""),
                _ => None,
            };
            let continues = (shift.from < from).then_some("");
            let who = match &shift.on {
                OnCall::Nobody { .. } => gap_mark("Nobody").into_any(),
                OnCall::StandIn { tier, .. } => format!("as tier {tier}").into_any(),
                on => names(&board.people, on.people()).into_any(),
            };
            view! { <span class="part" data-mine=mine data-continues=continues>{since}{who}</span> }
        })
        .collect();
    view! { <td role="cell" data-label=format!("Tier {}", tier.number)><div class="parts">{parts}</div></td> }
}
