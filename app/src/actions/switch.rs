//! The one switch for everything automatic: how it stands, who turned it and why, and the form that turns it.

use domain::{actions::Automation, time::Millis};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::{
    access::{Troubles, form::Field},
    when,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SwitchView {
    pub automation: Automation,
    pub may_turn: Result<(), String>,
    /// As it was typed, where it was refused.
    pub reason: String,
    pub troubles: Troubles,
}

pub(super) fn switch(view: &SwitchView, now: Millis, zone: &TimeZone) -> AnyView {
    let is_on = view.automation.is_on();
    let state = match &view.automation {
        Automation::On => view! {
            <p><strong>"On."</strong>" Failover, failback and scheduled actions go ahead by themselves where the configuration \
                allows it."</p>
        }
        .into_any(),
        Automation::Off { by, at, reason } => view! {
            <p><strong>"Off."</strong>" "{by.name().to_owned()}" turned it off "{when::ago(*at, now, zone)}"."</p>
            <p class="why">{format!("\u{201c}{reason}\u{201d}")}</p>
            <p class="hint">"Nothing is done automatically until somebody turns it on again. What people ask for is done all the same."</p>
        }
        .into_any(),
    };
    let form = match &view.may_turn {
        Err(who) => view! { <p class="dim" data-part="may-not-turn">{who.clone()}</p> }.into_any(),
        Ok(()) => form(view, is_on),
    };
    view! {
        <section class="card stack" id="automatic" data-part="switch" aria-labelledby="switch-title">
            <h2 id="switch-title">"Everything automatic"</h2>
            <div class="stack-small">{state}</div>
            {form}
        </section>
    }
    .into_any()
}

fn form(view: &SwitchView, is_on: bool) -> AnyView {
    let field =
        Field::text("reason", if is_on { "Why it is turned off" } else { "Why it is turned on again" })
            .inside("switch")
            .value(view.reason.clone())
            .refused(&view.troubles);
    let field = if is_on { field } else { field.optional() };
    let (turn, words) =
        if is_on { ("off", "Turn everything automatic off") } else { ("on", "Turn everything automatic on") };
    let is_open = !view.troubles.is_empty() || !is_on;
    view! {
        <details open=is_open>
            <summary>{words}</summary>
            <form class="fields" method="post" action="/actions/automatic">
                <input type="hidden" name="turn" value=turn/>
                {view.troubles.above()}
                {field.draw()}
                <button class=is_on.then_some("danger")>{words}</button>
            </form>
        </details>
    }
    .into_any()
}
