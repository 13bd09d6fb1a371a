//! Holding a breaker, and letting it go.

use domain::{failover::LONGEST_HOLD, time::MINUTE};
use leptos::prelude::*;

use super::{BreakerRow, Typed};
use crate::{
    access::{
        Choice,
        form::{Field, select},
    },
    encoded,
};

pub(super) fn forms(row: &BreakerRow, platform: &str, typed: &Typed) -> AnyView {
    if let Err(why) = &row.may_hold {
        return view! { <p class="hint" data-part="may-not">{why.clone()}</p> }.into_any();
    }
    let platform = platform.to_owned();
    let address = |verb: &str| format!("/breakers/{}/{verb}", encoded(&row.service));
    if row.held {
        return view! {
            <form method="post" action=address("release")>
                <input type="hidden" name="platform" value=platform/>
                <button>{format!("Let the breaker of {} go", row.name)}</button>
            </form>
        }
        .into_any();
    }
    // Only the form that was sent says what was refused of it.
    let own = typed.service == row.service && !typed.troubles.is_empty();
    let typed = if own { typed.clone() } else { Typed { minutes: "30".to_owned(), ..Typed::default() } };
    let troubles = &typed.troubles;
    let said = troubles.of("").map(|said| {
        view! { <div class="said" data-part="trouble" role="alert"><p>{said}</p></div> }
    });
    let choices = [("closed", "Closed: call it whatever is told"), ("open", "Open: keep calls away")];
    let choices = choices.map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() });
    let form = format!("hold-{}", row.service);
    let position = select(
        format!("{form}-position"),
        "position".to_owned(),
        "Position",
        &typed.position,
        &choices,
        None,
        troubles.of("position"),
    );
    let minutes = Field::number("minutes", "For so many minutes", (1, LONGEST_HOLD / MINUTE));
    let minutes = minutes.hint(format!("1 to {}", LONGEST_HOLD / MINUTE)).value(typed.minutes.clone());
    let reason = Field::text("reason", "Why").value(typed.reason.clone());
    view! {
        <details open=own>
            <summary>{format!("Hold the breaker of {}", row.name)}</summary>
            <form class="fields" method="post" action=address("hold")>
                {said}
                <input type="hidden" name="platform" value=platform/>
                {position}
                {minutes.inside(&form).refused(troubles).draw()}
                {reason.inside(&form).refused(troubles).draw()}
                <button>{format!("Hold the breaker of {}", row.name)}</button>
            </form>
        </details>
    }
    .into_any()
}
