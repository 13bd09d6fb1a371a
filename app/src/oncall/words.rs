//! People, moments and faults in the words of the pages.

use backend::access::Known;
use domain::{
    access::PersonId,
    oncall::{Chain, Fault, OnCall, Staffing, Tier},
    time::Millis,
    words::capitalised,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::when;

/// "Priya Nair"; somebody without an account any more is said to be so.
pub(super) fn name(people: &[Known], person: &PersonId) -> String {
    match people.iter().find(|known| known.id == *person) {
        Some(known) if known.disabled_at.is_some() => format!("{} (has left)", known.name),
        Some(known) => known.name.clone(),
        None => "somebody removed".to_owned(),
    }
}

/// "Priya Nair, Sam Okafor"
pub(super) fn names(people: &[Known], who: &[PersonId]) -> String {
    who.iter().map(|person| name(people, person)).collect::<Vec<_>>().join(", ")
}

/// The zone in which a tier hands over; of a tier without a rotation the one of whoever looks.
pub(super) fn zone_of(chain: &Chain, tier: &Tier, own: &TimeZone) -> TimeZone {
    match &tier.staffing {
        Staffing::Rotation { rotation, .. } => rotation.zone().clone(),
        _ => {
            let stand_in = tier.seasons.as_ref().and_then(|seasons| chain.tier(seasons.stand_in));
            match stand_in.map(|tier| &tier.staffing) {
                Some(Staffing::Rotation { rotation, .. }) => rotation.zone().clone(),
                _ => own.clone(),
            }
        }
    }
}

/// "Mon 30 Nov 09:00 Europe/Stockholm (08:00 UTC)"; in one zone when both clocks are one.
pub(super) fn both(at: Millis, schedule: &TimeZone, own: &TimeZone) -> String {
    let written = when::day_and_time(at, schedule);
    let named = when::zone_name(schedule, at);
    if named == when::zone_name(own, at) {
        return format!("{written} {named}");
    }
    let (theirs, ours) = (when::day(at, schedule), when::day(at, own));
    let ours = if theirs == ours { when::time(at, own) } else { when::day_and_time(at, own) };
    format!("{written} {named} ({ours} {})", when::zone_name(own, at))
}

/// What is wrong with a rotation, with names for ids.
pub fn fault_words(fault: &Fault, people: &[Known]) -> String {
    let words = match fault {
        Fault::Twice(person) => {
            format!("{} is in it twice; each person has one place in the order", name(people, person))
        }
        other => other.to_string(),
    };
    format!("{}.", capitalised(&words))
}

/// What is said of a tier at one moment, beside the people: that another stands in, or why nobody is there.
pub(super) fn note(on: &OnCall) -> Option<String> {
    match on {
        OnCall::People { .. } => None,
        OnCall::StandIn { why, .. } | OnCall::Nobody { why } => Some(format!("{}.", capitalised(why))),
    }
}

/// A gap is as bad as a critical alert: diamond, word, colour.
pub(super) fn gap_mark(word: &'static str) -> impl IntoView {
    view! {
        <span class="level" data-level="critical">
            <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
                <path d="M8 .8 15.2 8 8 15.2.8 8zM7.2 4.4v4.4h1.6V4.4zM7.2 10.2v1.6h1.6v-1.6z"></path>
            </svg>
            {word}
        </span>
    }
}
