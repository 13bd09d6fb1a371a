//! The ways to writing the next notice.

use domain::{
    crises::How,
    notices::{Fate, Purpose, Refusal},
};
use leptos::prelude::*;

use super::PurposeView;
use crate::{crises::CaseView, notices::way_heading};

/// The ways to the page on which the next attempt is written.
pub(super) fn begin(view: &CaseView, of: &PurposeView) -> Option<AnyView> {
    let (words, hint) = match (&of.may_begin, of.newest().map(|newest| newest.fate)) {
        (Ok(()), Some(Fate::Failed)) => ("Try again by", None),
        (Ok(()), _) => ("Write it as", None),
        (Err(Refusal::IsTold), _) => {
            ("Tell them again by", Some("They have been told this: you will be asked why."))
        }
        (Err(_), _) => return None,
    };
    if view.notices.ways.is_empty() {
        return None;
    }
    let failed_way = of.newest().filter(|newest| newest.fate == Fate::Failed).map(|newest| newest.way);
    // The way that has just failed comes last.
    let mut ways = view.notices.ways.clone();
    ways.sort_by_key(|way| Some(*way) == failed_way);
    let is_next = is_next(view, of.purpose);
    let links: Vec<_> = ways
        .iter()
        .enumerate()
        .map(|(place, way)| {
            let address =
                view.address(&format!("/notices/new?purpose={}&way={}", of.purpose.word(), way.word()));
            let class = if is_next && place == 0 { "button primary" } else { "button" };
            let which = format!(": \u{201c}{}\u{201d}", of.purpose.label());
            view! { <a class=class href=address>{way_heading(*way)}<span class="unseen">{which}</span></a> }
        })
        .collect();
    let hint = hint.map(|hint| view! { <p class="hint">{hint}</p> });
    let again = matches!(of.may_begin, Err(Refusal::IsTold));
    let body = view! { <div class="row"><span class="dim">{words}</span>{links}</div>{hint} };
    Some(if again {
        let summary = format!("Tell them again: \u{201c}{}\u{201d}", of.purpose.label());
        view! { <details><summary>{summary}</summary>{body}</details> }.into_any()
    } else {
        body.into_any()
    })
}

/// Whether writing this is the one thing to do: the next step of whoever has the case, and nothing else on the page is.
fn is_next(view: &CaseView, purpose: Purpose) -> bool {
    let next = view.case.next_step().map(|step| &step.declared.how);
    view.primary.is_none()
        && view.case.holder().is_some()
        && !view.obstacles.is_empty()
        && matches!(next, Some(How::Notice { purpose: wanted }) if *wanted == purpose)
}
