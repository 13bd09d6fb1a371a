//! Who is in a tier: a rotation, or all of them at once.

use domain::{
    access::PersonId,
    oncall::{MOST_PEOPLE, MOST_WEEKS, Tier},
};
use leptos::prelude::*;

use super::{tier::TierView, tier_forms::people, words::name};
use crate::access::{
    Choice, Troubles,
    form::{Field, field_trouble, trouble},
};

/// The form, as it was typed where it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RotationForm {
    pub kind: FormKind,
    pub zone: String,
    /// "2026-11-30"
    pub first_day: String,
    /// "09:00"
    pub handover_time: String,
    pub length_weeks: String,
    /// Ids in the order of their turns; empty ones are left out when it is saved.
    pub people: Vec<String>,
    /// As it was read.
    pub version: i64,
    /// Whether somebody else saved in the meantime; what they saved stands in "Now and next".
    pub conflict: bool,
    /// Of `zone`, `first_day`, `handover_time`, `length_weeks`, `people`, or of the whole.
    pub troubles: Troubles,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FormKind {
    #[default]
    Rotation,
    People,
}

impl FormKind {
    pub fn word(self) -> &'static str {
        match self {
            FormKind::Rotation => "rotation",
            FormKind::People => "people",
        }
    }
}

/// So many more places than there are people.
const FREE: usize = 3;

pub(super) fn card(view: &TierView, tier: &Tier) -> impl IntoView + use<> {
    let form = &view.rotation;
    let troubles = &form.troubles;
    let conflict = form.conflict.then(|| {
        trouble(
            "Somebody else changed this tier in the meantime. \u{201c}Now and next\u{201d} shows what they saved; below is what you typed. Save again to put yours in its place."
                .to_owned(),
        )
    });
    let kinds = [
        (FormKind::Rotation, "In turns: one at a time, in this order"),
        (FormKind::People, "All of them, all the time"),
    ];
    let kinds: Vec<_> = kinds
        .into_iter()
        .map(|(kind, words)| {
            let id = format!("kind-{}", kind.word());
            view! {
                <div class="tick">
                    <input type="radio" id=id.clone() name="kind" value=kind.word() checked=form.kind == kind/>
                    <label for=id>{words}</label>
                </div>
            }
        })
        .collect();
    view! {
        <section class="card stack" data-part="rotation" aria-labelledby="rotation-title">
            <h2 id="rotation-title">"Who is in it"</h2>
            {conflict}
            {troubles.above()}
            <form class="fields" method="post" action=format!("/on-call/tiers/{}", tier.number)>
                <input type="hidden" name="version" value=form.version.to_string()/>
                <fieldset><legend>"How"</legend>{kinds}</fieldset>
                {places(view, form)}
                <fieldset class="turns">
                    <legend>"Turns"</legend>
                    <p class="hint">"Left alone when all of them are on call all the time."</p>
                    {Field::text("zone", "Time zone").hint("Its IANA name, as in Europe/Stockholm.").value(form.zone.clone()).literal().optional().autocomplete("off").refused(troubles).draw()}
                    {Field::day("first_day", "First day").hint("Its weekday is the day of every handover.").value(form.first_day.clone()).optional().refused(troubles).draw()}
                    {Field::time("handover_time", "Handover").value(form.handover_time.clone()).optional().refused(troubles).draw()}
                    {Field::number("length_weeks", "Weeks of a turn", (1, MOST_WEEKS)).value(form.length_weeks.clone()).optional().refused(troubles).draw()}
                </fieldset>
                <button class="primary">"Save who is in tier "{tier.number}</button>
            </form>
        </section>
    }
}

/// One list to choose from for each place in the order.
fn places(view: &TierView, form: &RotationForm) -> impl IntoView + use<> {
    let choices = people(view, "Nobody");
    let filled: Vec<&String> = form.people.iter().filter(|person| !person.is_empty()).collect();
    let number = (filled.len() + FREE).min(MOST_PEOPLE).max(filled.len());
    let trouble_id = form.troubles.of("people").map(|_| "people-trouble".to_owned());
    let described = trouble_id.clone();
    let rows: Vec<_> = (0..number)
        .map(|place| {
            let chosen = filled.get(place).map(|person| (*person).clone()).unwrap_or_default();
            let mut choices = choices.clone();
            // Somebody who left keeps their place in the order until somebody takes them out.
            if !chosen.is_empty() && !choices.iter().any(|choice| choice.value == chosen) {
                let label = name(&view.board.people, &PersonId::new(chosen.clone()));
                choices.push(Choice { value: chosen.clone(), label });
            }
            let id = format!("person-{}", place + 1);
            let options: Vec<_> = choices
                .into_iter()
                .map(|choice| {
                    let selected = choice.value == chosen;
                    view! { <option value=choice.value selected=selected>{choice.label}</option> }
                })
                .collect();
            view! {
                <li>
                    <label for=id.clone()>{place + 1}<span class="unseen">" in the order"</span></label>
                    <select id=id name="person">{options}</select>
                </li>
            }
        })
        .collect();
    view! {
        <fieldset aria-describedby=described>
            <legend>"People, in the order of their turns"</legend>
            <p class="hint">"Three places are free; save to get more. Whoever left keeps a place, so that nobody else's turns change, until you choose \u{201c}Nobody\u{201d} there."</p>
            <ol class="places">{rows}</ol>
            {form.troubles.of("people").map(|sentence| field_trouble(trouble_id, sentence))}
        </fieldset>
    }
}
