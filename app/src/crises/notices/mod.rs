//! What the couple of a case was told: each thing with its attempts, what somebody has to decide about them, the form for a
//! call, and the link to their own page. What was written to them is there for whoever may see personal data, once they ask.

mod begin;
mod call;
mod own_page;

use domain::{
    crises::{Case, State},
    notices::{Fate, NotNow, Notice, Purpose, Refusal, Way},
};
use leptos::prelude::*;

use self::{begin::begin, call::called, own_page::own_page};
pub use self::{
    call::CallForm,
    own_page::{LinkView, PromiseForm},
};
use super::{CaseView, Known};
use crate::{
    access::Troubles,
    notices::{AttemptView, Content, attempt_row, heading},
};

/// The section of a case.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NoticesView {
    /// In the order in which a couple is told.
    pub purposes: Vec<PurposeView>,
    /// The ways by which something is written, the first one first.
    pub ways: Vec<Way>,
    pub link: LinkView,
    /// "04:00": when they hear from us again, as they were promised.
    pub promised: Option<String>,
    /// Why nothing leaves just now.
    pub outage: Option<String>,
    pub call: CallForm,
    pub promise: PromiseForm,
    /// Why something of it could not be done.
    pub troubles: Troubles,
}

/// One thing that the couple is to be told, or was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PurposeView {
    pub purpose: Purpose,
    /// The newest first.
    pub attempts: Vec<AttemptView>,
    /// Whether another attempt may begin, and if not, why. With `IsTold` it may, for a reason.
    pub may_begin: Result<(), Refusal>,
    /// The type of the case wants it said.
    pub is_needed: bool,
}

impl NoticesView {
    /// Whether something that was typed or pressed here was refused.
    pub(super) fn is_wrong(&self) -> bool {
        [&self.troubles, &self.call.troubles, &self.promise.troubles].iter().any(|of| !of.is_empty())
    }

    /// Whether something stands there that somebody asked to read.
    pub(super) fn is_read(&self) -> bool {
        let mut attempts = self.purposes.iter().flat_map(|of| &of.attempts);
        attempts.any(|attempt| matches!(attempt.content, Content::Letter(_) | Content::Said(_)))
    }
}

impl PurposeView {
    /// `attempts` are in words already, in the order in which they were made.
    pub fn of(case: &Case, notice: &Notice, attempts: Vec<AttemptView>) -> PurposeView {
        let may_begin =
            if case.contact.is_allowed() { notice.may_begin("") } else { Err(Refusal::NotWanted) };
        PurposeView {
            purpose: notice.purpose,
            attempts: attempts.into_iter().rev().collect(),
            may_begin,
            is_needed: case.needs.contains(&notice.purpose),
        }
    }

    fn newest(&self) -> Option<&AttemptView> {
        self.attempts.first()
    }
}

/// Whether anything may be written to them now; the error is the sentence that says why not.
fn may_write(view: &CaseView) -> Result<(), String> {
    view.rights.work.clone()?;
    view.rights.see.clone()?;
    let why = match (&view.couple, &view.case.state) {
        (_, State::Merged { .. }) => {
            "It was a double: what they are told is told from the case that it went into."
        }
        (Known::Erased, _) => "The couple was erased: nobody can be told anything any more.",
        (Known::Locked(_), _) => "Nothing can be written while the couple is locked.",
        _ if !view.case.contact.is_allowed() => return Err(NotNow::NotWanted.to_string()),
        _ => return Ok(()),
    };
    Err(why.to_owned())
}

pub(super) fn notices(view: &CaseView) -> AnyView {
    let may = may_write(view);
    let of = &view.notices;
    let rows: Vec<_> = of.purposes.iter().map(|purpose| one(view, purpose, may.is_ok())).collect();
    let why_not = may.as_ref().err().filter(|_| view.rights.work.is_ok()).cloned().map(|why| {
        view! { <p class="trouble" data-part="may-not-write">{why}</p> }
    });
    let call = may.is_ok().then(|| called(view));
    let outage = of.outage.clone().map(|why| view! { <p class="trouble" data-part="outage">{why}</p> });
    view! {
        <section class="card stack notices" id="notices" data-part="notices" aria-labelledby="notices-title">
            <h2 id="notices-title">"Notices"</h2>
            {of.troubles.above()}
            {why_not}
            {outage}
            <ul class="purposes">{rows}</ul>
            {call}
            {own_page(view, may.is_ok())}
        </section>
    }
    .into_any()
}

/// As it is before anything was tried.
pub(super) fn nothing_told(case: &Case) -> NoticesView {
    let new = |purpose| PurposeView::of(case, &Notice::new(case.id.clone(), purpose), Vec::new());
    NoticesView {
        purposes: Purpose::ALL.into_iter().map(new).collect(),
        ways: vec![Way::Mail, Way::Sms],
        ..NoticesView::default()
    }
}

fn one(view: &CaseView, of: &PurposeView, may: bool) -> AnyView {
    // What was tried says itself how it stands, the newest first.
    let standing = of.newest().is_none().then(|| {
        let words = if of.is_needed { "Not told yet" } else { "Not told; not asked for" };
        view! { <span class="dim">{words}</span> }
    });
    let attempts: Vec<_> = of.attempts.iter().map(|attempt| row(view, attempt)).collect();
    let attempts = (!attempts.is_empty()).then(|| view! { <ol class="attempts">{attempts}</ol> });
    let begin = may.then(|| begin(view, of)).flatten();
    view! {
        <li data-purpose=of.purpose.word()>
            <header class="purpose-head"><h3>{heading(of.purpose)}</h3>{standing}</header>
            {attempts}
            {begin}
        </li>
    }
    .into_any()
}

fn row(view: &CaseView, attempt: &AttemptView) -> AnyView {
    let acts = view.rights.work.is_ok().then(|| acts(view, attempt)).flatten();
    let read = (attempt.content == Content::Folded).then(|| {
        let address = view.address(&format!("/notices/{}/read", attempt.id));
        view! {
            <form class="row" method="post" action=address>
                <button class="quiet">"Read what it says"<span class="unseen">{which(attempt)}</span></button>
                <span class="hint">"That you looked is recorded."</span>
            </form>
        }
    });
    attempt_row(attempt, view! { {read}{acts} }.into_any())
}

fn which(attempt: &AttemptView) -> String {
    format!(": \u{201c}{}\u{201d} by {}", attempt.purpose.label(), attempt.way.label())
}

fn acts(view: &CaseView, attempt: &AttemptView) -> Option<AnyView> {
    let press = |what: &'static str, words: &'static str| {
        let address = view.address(&format!("/notices/{}/{what}", attempt.id));
        view! { <form method="post" action=address><button>{words}<span class="unseen">{which(attempt)}</span></button></form> }
    };
    match attempt.fate {
        Fate::InDoubt => Some(
            view! {
                <p class="hint">"Ask the couple, or look at the provider\u{2019}s log. Nothing is sent again before you say it."</p>
                <div class="acts">{press("arrived", "It arrived")}{press("not-arrived", "It did not arrive")}</div>
            }
            .into_any(),
        ),
        _ if attempt.can_be_taken_back => {
            Some(view! { <div class="acts">{press("withdraw", "Take it back")}</div> }.into_any())
        }
        _ => None,
    }
}
