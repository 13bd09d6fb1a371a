//! Who is on call, for the page Now.

use backend::access::Known;
use domain::{access::PersonId, oncall::Roster};
use leptos::prelude::*;

use super::words::{gap_mark, names, note};

/// What the card says.
#[derive(Clone, PartialEq, Debug)]
pub struct OnCallCard {
    pub roster: Roster,
    pub people: Vec<Known>,
    pub me: Option<PersonId>,
}

pub fn card(view: &OnCallCard) -> impl IntoView + use<> {
    let rows: Vec<_> = view
        .roster
        .tiers
        .iter()
        .map(|tier| {
            let who = match tier.on_call.people() {
                [] => gap_mark("Nobody").into_any(),
                people => names(&view.people, people).into_any(),
            };
            let mine = view.me.as_ref().is_some_and(|me| tier.on_call.people().contains(me));
            let you = mine.then(|| view! { " "<span class="mark">"you"</span> });
            let said = note(&tier.on_call).map(|said| view! { <span class="small dim">{said}</span> });
            view! {
                <li>
                    <span class="dim">"Tier "{tier.number}<span class="unseen">", "{tier.name.clone()}": "</span></span>
                    <span class="who">{who}{you}{said}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="card" data-part="on-call" aria-labelledby="on-call-title">
            <div class="card-head">
                <h2 id="on-call-title">"On call"</h2>
                <a href="/on-call">"Schedule"</a>
            </div>
            <ul class="on-call">{rows}</ul>
        </section>
    }
}
