//! `/on-call/tiers/{number}`: one tier, and everything that can be done with its schedule.

use backend::oncall::Board;
use domain::{
    access::PersonId,
    oncall::{Staffing, Tier},
};
use leptos::prelude::*;

use super::{
    rotation_form::{self, RotationForm},
    shifts::{Ahead, ahead},
    tier_forms::{self, OverrideForm, SwapForm, TakeForm},
    title,
    words::{both, gap_mark, names, note, zone_of},
};
use crate::{
    access::form::{done, trouble},
    shell::{Place, Shell},
};

/// Everything of the page; forms are as they were typed where one was refused.
#[derive(Clone, Debug)]
pub struct TierView {
    pub board: Board,
    pub number: u8,
    pub me: Option<PersonId>,
    pub may_change: bool,
    pub saved: Option<String>,
    pub take: TakeForm,
    pub put: OverrideForm,
    pub swap: SwapForm,
    pub rotation: RotationForm,
}

impl TierView {
    fn is_refused(&self) -> bool {
        let forms = [&self.take.troubles, &self.put.troubles, &self.swap.troubles, &self.rotation.troubles];
        forms.into_iter().any(|troubles| !troubles.is_empty())
    }
}

/// `None` when there is no such tier.
pub fn tier_page(shell: &Shell, view: &TierView) -> Option<String> {
    let tier = view.board.chain.tier(view.number)?;
    let title = title(&format!("Tier {}", tier.number), view.is_refused());
    Some(shell.page(Place::OnCall, &title, &[], Some(view.board.now), || {
        let is_rotation = matches!(tier.staffing, Staffing::Rotation { .. });
        let is_member = view.me.as_ref().is_some_and(|me| view.board.chain.members(tier).contains(me));
        let take = (view.me.is_some() && is_rotation && (is_member || view.may_change))
            .then(|| tier_forms::take(shell, view, tier));
        let put = (is_rotation && view.may_change).then(|| tier_forms::put(shell, view, tier));
        let swap = (is_rotation && view.may_change).then(|| tier_forms::swap(shell, view, tier));
        let forms = (take.is_some() || put.is_some()).then(|| {
            view! { <div class="stack">{take}{put}{swap}</div> }
        });
        let cannot = (!view.may_change).then(|| {
            view! {
                <p class="card empty">
                    "Your role may not change schedules. A lead or an admin can: they name who is in a tier, put somebody into a shift and swap shifts."
                </p>
            }
        });
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/on-call">"On call"</a></p>
                        <h1>"Tier "{tier.number}", "{tier.name.clone()}</h1>
                        {seasons(tier)}
                    </div>
                </div>
                {view.saved.clone().map(done)}
                {view.is_refused().then(|| trouble("Nothing was changed. What is wrong stands beside its field below.".to_owned()))}
                {present(shell, view, tier)}
                {cannot}
                <div class="two">
                    {view.may_change.then(|| rotation_form::card(view, tier))}
                    {forms}
                </div>
            </div>
        }
    }))
}

fn seasons(tier: &Tier) -> Option<impl IntoView + use<>> {
    let seasons = tier.seasons.as_ref()?;
    Some(view! {
        <p class="dim">
            "Staffed around the clock from "{seasons.words()}"; at other times tier "{seasons.stand_in}" stands in."
        </p>
    })
}

fn present(shell: &Shell, view: &TierView, tier: &Tier) -> impl IntoView + use<> {
    let board = &view.board;
    let Ahead { now, ends, next } = ahead(&board.chain, tier, board.now);
    let zone = zone_of(&board.chain, tier, &shell.zone);
    let said =
        now.as_ref().and_then(|shift| note(&shift.on)).map(|said| view! { <p class="small">{said}</p> });
    let rows: Vec<_> = now
        .iter()
        .chain(&next)
        .enumerate()
        .map(|(place, shift)| {
            let from = if place == 0 { "Now".to_owned() } else { both(shift.from, &zone, &shell.zone) };
            let until = match place == 0 && !ends {
                true => "without an end".to_owned(),
                false => both(shift.to, &zone, &shell.zone),
            };
            let who = match shift.on.people() {
                [] => gap_mark("Nobody").into_any(),
                people => names(&board.people, people).into_any(),
            };
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row">{who}</th>
                    <td role="cell" data-label="From">{from}</td>
                    <td role="cell" data-label="Until">{until}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="card" data-part="present" aria-labelledby="present-title">
            <h2 id="present-title">"Now and next"</h2>
            {said}
            <table class="list" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Who"</th>
                        <th role="columnheader" scope="col">"From"</th>
                        <th role="columnheader" scope="col">"Until"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
}
