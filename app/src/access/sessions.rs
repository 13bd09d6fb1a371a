//! Where a person is signed in, and how to end that.

use domain::time::Millis;
use leptos::prelude::*;

use crate::{Shell, shell::encoded, when};

/// One browser that is signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// Names it in addresses; not the secret of its cookie.
    pub id: String,
    /// The one that asks.
    pub current: bool,
    /// Of the network.
    pub address: String,
    /// "Firefox on Linux"
    pub browser: String,
    pub started: Millis,
    pub last_seen: Millis,
}

pub(super) fn sessions(shell: &Shell, now: Millis, rows: &[SessionRow]) -> impl IntoView + use<> {
    let several = rows.len() > 1;
    let cards: Vec<_> = rows.iter().map(|row| session(shell, now, row)).collect();
    let end_all = several.then(|| {
        view! {
            <form class="row" method="post" action="/settings/sessions/end-all">
                <button class="danger">"Sign out everywhere"</button>
                <p class="hint">"All sessions end, this one too."</p>
            </form>
        }
    });
    let only = (!several).then(|| view! { <p class="empty">"You are signed in nowhere else."</p> });
    view! {
        <section class="card stack" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <ul class="records">{cards}</ul>
            {only}
            {end_all}
        </section>
    }
}

fn session(shell: &Shell, now: Millis, row: &SessionRow) -> impl IntoView + use<> {
    let end = match row.current {
        true => view! { <span class="mark">"this browser"</span> }.into_any(),
        false => view! {
            <form method="post" action=format!("/settings/sessions/{}/end", encoded(&row.id))>
                <button aria-label=format!("End the session of {}, {}", row.browser, row.address)>"End"</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <li>
            <div class="record">
                <p class="own-name">{row.browser.clone()}</p>
                <p class="dim small">{row.address.clone()}</p>
            </div>
            <div class="record small">
                <p>"Last seen "{when::ago(row.last_seen, now, &shell.zone)}</p>
                <p class="dim">"Signed in "{when::full(row.started, &shell.zone)}</p>
            </div>
            <div class="record-end">{end}</div>
        </li>
    }
}
