//! One case in a list: how bad, what happened, how long until the ceremony, its clocks, who has it, what is next.

use domain::{
    crises::{Case, Origin, Presence, UpstreamStatus},
    monitoring::Level,
};
use islands::{Shown, level_view};
use leptos::prelude::*;

use super::{
    Drawing, Known,
    clocks::{Clock, clock_list, clocks},
    words::{CeremonyWords, Has, NextWords, ToldWords},
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseRow {
    pub id: String,
    pub level: Level,
    /// "Vendor cancelled"
    pub of: String,
    pub ceremony: CeremonyWords,
    pub clocks: Vec<Clock>,
    pub has: Has,
    pub next: Option<NextWords>,
    pub told: ToldWords,
    /// Who marries, or why that is not said here.
    pub couple: Option<String>,
    /// "another couple under the same id": what somebody has to look at.
    pub flags: Vec<&'static str>,
    pub may_take: bool,
}

impl CaseRow {
    /// `couple` is what of the couple may stand in a list: nothing for those who may not see it.
    pub fn of(case: &Case, couple: &Known, drawing: Drawing<'_>) -> CaseRow {
        let has = Has::of(case, drawing);
        CaseRow {
            id: case.id.to_string(),
            level: case.severity,
            of: case.of.words(),
            ceremony: CeremonyWords::of(case, drawing),
            clocks: clocks(case, drawing.now),
            may_take: has.is_nobody() && drawing.rights.work.is_ok(),
            has,
            next: NextWords::of(case, drawing),
            told: ToldWords::of(case, drawing),
            couple: couple.in_a_list(),
            flags: flags(case),
        }
    }

    pub(super) fn address(&self) -> String {
        format!("/crises/{}", self.id)
    }
}

fn flags(case: &Case) -> Vec<&'static str> {
    let mut flags = Vec::new();
    if let (Origin::Platform { status, presence, another_couple, .. }, true) = (&case.origin, case.is_open())
    {
        flags.extend(another_couple.map(|_| "another couple under the same id"));
        if *status == UpstreamStatus::Resolved {
            flags.push("resolved on the platform");
        } else if let Presence::Vanished { .. } = presence {
            flags.push("gone from the platform");
        }
    }
    if case.erased_at.is_some() {
        flags.push("couple erased");
    }
    flags
}

/// `first` is the row whose button is the one thing to do.
pub(super) fn case_rows(rows: &[CaseRow], back: &'static str) -> AnyView {
    let first = rows.iter().position(|row| row.may_take);
    let rows: Vec<_> =
        rows.iter().enumerate().map(|(place, row)| one(row, back, first == Some(place))).collect();
    view! { <ul class="cases">{rows}</ul> }.into_any()
}

fn one(row: &CaseRow, back: &'static str, is_first: bool) -> impl IntoView + use<> {
    let couple =
        row.couple.clone().map(|couple| view! { <span class="couple-names" dir="auto">{couple}</span> });
    let flags = row.flags.iter().map(|flag| view! { <span class="mark">{*flag}</span> }).collect::<Vec<_>>();
    let flags = (!flags.is_empty()).then(|| view! { <p class="marks">{flags}</p> });
    let next = row.next.clone().map(|next| {
        view! {
            <p class="next-step"><span class="dim">"Next: "</span>{next.name}" "
                <span class="due" data-late=next.late.then_some("")>{next.clock}</span>
            </p>
        }
    });
    let take = row.may_take.then(|| take(row, back, is_first));
    view! {
        <li class="case" data-alert=row.id.clone() data-nobody=row.has.is_nobody().then_some("")>
            {level_view(Shown::At(row.level), row.level.word())}
            <div class="told">
                <a data-part="alert-link" href=row.address()>{row.of.clone()}</a>
                {ceremony(&row.ceremony)}
                {couple}
                {flags}
            </div>
            <div class="case-work">
                {clock_list(&row.clocks)}
                {next}
                <p class="couple-told" data-late=row.told.untold.then_some("")>{row.told.words.clone()}</p>
            </div>
            <div class="case-has">{has(&row.has)}{take}</div>
        </li>
    }
}

/// "Ceremony in 9 h 04 min", and when that is.
pub(super) fn ceremony(ceremony: &CeremonyWords) -> impl IntoView + use<> {
    let when = (!ceremony.when.is_empty()).then(|| {
        view! { <time class="dim" datetime=ceremony.moment.clone()>{ceremony.when.clone()}</time> }
    });
    view! {
        <p class="ceremony" data-now=ceremony.is_now.then_some("")>
            <span>{ceremony.label}" "<strong>{ceremony.left.clone()}</strong></span>" "{when}
        </p>
    }
}

pub(super) fn has(has: &Has) -> AnyView {
    match has {
        Has::Nobody { lasted } => view! {
            <p class="holder"><strong class="nobody">"Nobody"</strong>" "<span class="dim">{format!("for {lasted}")}</span></p>
        }
        .into_any(),
        Has::You => view! { <p class="holder"><strong>"You"</strong></p> }.into_any(),
        Has::Somebody(name) => view! { <p class="holder" dir="auto">{name.clone()}</p> }.into_any(),
        Has::Over(words) => view! { <p class="holder dim">{words.clone()}</p> }.into_any(),
    }
}

fn take(row: &CaseRow, back: &'static str, is_first: bool) -> impl IntoView + use<> {
    view! {
        <form class="acknowledge" method="post" action=format!("{}/acknowledge", row.address())>
            <input type="hidden" name="back" value=back/>
            <button class=is_first.then_some("primary") data-acknowledge="">
                "Take it"<span class="unseen">{format!(": {}, {}", row.of, row.ceremony.left)}</span>
            </button>
        </form>
    }
}
