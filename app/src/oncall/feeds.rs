//! Calendars to subscribe to.

use leptos::prelude::*;

use super::overview::OnCallView;
use crate::{access::Choice, access::form::select, shell::Shell, when};

/// An address that is shown once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAddress {
    /// "tier 2", "your own shifts"
    pub of: String,
    /// The whole address, with the secret in it.
    pub url: String,
}

pub(super) fn once(new: &NewAddress) -> impl IntoView + use<> {
    view! {
        <section class="card once" data-part="address" aria-labelledby="address-title">
            <h2 id="address-title">"The calendar of "{new.of.clone()}</h2>
            <p><code class="secret">{new.url.clone()}</code></p>
            <p class="dim">"Copy it now and subscribe to it in your calendar: it is shown only this once. Whoever has it can read the calendar, until you revoke it."</p>
        </section>
    }
}

pub(super) fn card(shell: &Shell, view: &OnCallView) -> Option<impl IntoView + use<>> {
    view.me.as_ref()?;
    let board = &view.board;
    let of = |tier: Option<u8>| match tier.map(|number| (number, board.chain.tier(number))) {
        None => "Your own shifts".to_owned(),
        Some((number, Some(tier))) => format!("Tier {number}, {}", tier.name),
        Some((number, None)) => format!("Tier {number}"),
    };
    let rows: Vec<_> = board
        .feeds
        .iter()
        .map(|feed| {
            let read = feed.read_at.map_or("Never read".to_owned(), |at| {
                format!("Last read {}", when::ago(at, board.now, &shell.zone))
            });
            let label = format!("Revoke the calendar: {}", of(feed.tier));
            view! {
                <li>
                    <div class="record">
                        <p class="own-name">{of(feed.tier)}</p>
                        <p class="small dim">{read}</p>
                        <p class="small dim">"Made "{when::full(feed.created_at, &shell.zone)}</p>
                    </div>
                    <div class="record-end">
                        <form method="post" action=format!("/on-call/feeds/{}/revoke", feed.id)>
                            <button class="danger" aria-label=label>"Revoke"</button>
                        </form>
                    </div>
                </li>
            }
        })
        .collect();
    let list = (!rows.is_empty()).then(|| view! { <ul class="records pairs-of">{rows}</ul> });
    let mut choices = vec![Choice { value: "own".to_owned(), label: "Your own shifts".to_owned() }];
    choices.extend(board.chain.tiers.iter().map(|tier| Choice {
        value: tier.number.to_string(),
        label: format!("Tier {}, {}", tier.number, tier.name),
    }));
    Some(view! {
        <section class="card stack" data-part="feeds" aria-labelledby="feeds-title">
            <h2 id="feeds-title">"Calendars"</h2>
            <p class="small dim">"An address for the calendar of your telephone, with a reminder an hour before each shift. Many look every hour; Google may take up to 24 hours to notice a change."</p>
            {list}
            <form class="fields" method="post" action="/on-call/feeds">
                {select("feed-of".to_owned(), "of".to_owned(), "Whose shifts", "own", &choices, None, None)}
                <button>"Make an address"</button>
            </form>
        </section>
    })
}
