//! The forms of one tier: take a shift, put somebody into one, swap two.

use domain::{
    oncall::{OnCall, Tier},
    time::{DAY, Millis},
};
use leptos::prelude::*;

use super::{
    tier::TierView,
    words::{both, name, zone_of},
};
use crate::{
    access::{
        Choice, Troubles,
        form::{Field, select},
    },
    shell::Shell,
    when,
};

/// As it was typed; all empty at first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TakeForm {
    /// "2026-11-24T02:56" on the clocks of the schedule; empty is now.
    pub from: String,
    /// Empty is the next handover.
    pub to: String,
    pub note: String,
    /// Of `from`, `to`, `note`, or of the whole.
    pub troubles: Troubles,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OverrideForm {
    /// An id.
    pub person: String,
    pub from: String,
    pub to: String,
    pub note: String,
    /// Of `person`, `from`, `to`, `note`, or of the whole.
    pub troubles: Troubles,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SwapForm {
    /// A shift as `shift_value` writes it.
    pub one: String,
    pub other: String,
    pub note: String,
    /// Of `one`, `other`, `note`, or of the whole.
    pub troubles: Troubles,
}

/// Shifts that can be swapped begin within this time.
const SWAPPED_AHEAD: i64 = 120 * DAY;

fn clocks(shell: &Shell, view: &TierView, tier: &Tier) -> String {
    let zone = zone_of(&view.board.chain, tier, &shell.zone);
    when::zone_name(&zone, view.board.now)
}

pub(super) fn take(shell: &Shell, view: &TierView, tier: &Tier) -> impl IntoView + use<> {
    let TakeForm { from, to, note, troubles } = &view.take;
    let clocks = clocks(shell, view, tier);
    view! {
        <section class="card stack" data-part="take" aria-labelledby="take-title">
            <h2 id="take-title">"Take a shift yourself"</h2>
            {troubles.above()}
            <form class="fields" method="post" action=format!("/on-call/tiers/{}/take", tier.number)>
                {Field::moment("from", "From").inside("take").hint(format!("Empty is now. Times in {clocks}.")).value(from.clone()).optional().refused(troubles).draw()}
                {Field::moment("to", "Until").inside("take").hint("Empty is the next handover.").value(to.clone()).optional().refused(troubles).draw()}
                {Field::text("note", "Why").inside("take").value(note.clone()).optional().autocomplete("off").refused(troubles).draw()}
                <button>"Take it"</button>
            </form>
        </section>
    }
}

pub(super) fn put(shell: &Shell, view: &TierView, tier: &Tier) -> impl IntoView + use<> {
    let OverrideForm { person, from, to, note, troubles } = &view.put;
    let clocks = clocks(shell, view, tier);
    let choices = people(view, "Choose somebody");
    view! {
        <section class="card stack" data-part="put" aria-labelledby="put-title">
            <h2 id="put-title">"Put somebody in"</h2>
            {troubles.above()}
            <form class="fields" method="post" action=format!("/on-call/tiers/{}/overrides", tier.number)>
                {select("put-person".to_owned(), "person".to_owned(), "Who", person, &choices, None, troubles.of("person"))}
                {Field::moment("from", "From").inside("put").hint(format!("Times in {clocks}.")).value(from.clone()).refused(troubles).draw()}
                {Field::moment("to", "Until").inside("put").value(to.clone()).refused(troubles).draw()}
                {Field::text("note", "Why").inside("put").value(note.clone()).optional().autocomplete("off").refused(troubles).draw()}
                <button>"Put them in"</button>
            </form>
        </section>
    }
}

pub(super) fn swap(shell: &Shell, view: &TierView, tier: &Tier) -> impl IntoView + use<> {
    let SwapForm { one, other, note, troubles } = &view.swap;
    let board = &view.board;
    let zone = zone_of(&board.chain, tier, &shell.zone);
    let mut choices = vec![Choice { value: String::new(), label: "Choose a shift".to_owned() }];
    for shift in board.chain.shifts(tier, board.now, board.now.plus(SWAPPED_AHEAD)) {
        // The last may go on beyond what was looked at.
        let (OnCall::People { people }, true) = (&shift.on, shift.to < board.now.plus(SWAPPED_AHEAD)) else {
            continue;
        };
        let [person] = people.as_slice() else { continue };
        let label = format!(
            "{}, {} to {}",
            name(&board.people, person),
            if shift.from == board.now { "now".to_owned() } else { both(shift.from, &zone, &zone) },
            both(shift.to, &zone, &zone)
        );
        choices.push(Choice { value: shift_value(shift.from, shift.to, person.as_str()), label });
    }
    // What was chosen on a page of before may not be there any more; it is still shown as it was chosen.
    for chosen in [one, other] {
        if !chosen.is_empty() && !choices.iter().any(|choice| choice.value == *chosen) {
            choices.push(Choice { value: chosen.clone(), label: "The shift that was chosen".to_owned() });
        }
    }
    view! {
        <section class="card stack" data-part="swap" aria-labelledby="swap-title">
            <h2 id="swap-title">"Swap two shifts"</h2>
            {troubles.above()}
            <form class="fields" method="post" action=format!("/on-call/tiers/{}/swap", tier.number)>
                {select("swap-one".to_owned(), "one".to_owned(), "This shift", one, &choices, None, troubles.of("one"))}
                {select("swap-other".to_owned(), "other".to_owned(), "With this one", other, &choices, None, troubles.of("other"))}
                {Field::text("note", "Why").inside("swap").value(note.clone()).optional().autocomplete("off").refused(troubles).draw()}
                <button>"Swap them"</button>
            </form>
        </section>
    }
}

/// A shift in a form: "1795478400000 1796000000000 0199…".
pub(super) fn shift_value(from: Millis, to: Millis, person: &str) -> String {
    format!("{from} {to} {person}")
}

/// Everybody who can be called, after an empty choice.
pub(super) fn people(view: &TierView, nobody: &str) -> Vec<Choice> {
    let here = view.board.people.iter().filter(|known| known.disabled_at.is_none());
    let mut choices = vec![Choice { value: String::new(), label: nobody.to_owned() }];
    choices
        .extend(here.map(|known| Choice { value: known.id.as_str().to_owned(), label: known.name.clone() }));
    choices
}
