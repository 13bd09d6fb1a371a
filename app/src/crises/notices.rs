//! What the couple of a case was told: each thing with its attempts, what somebody has to decide about them, the form for a
//! call, and the link to their own page. What was written to them is there for whoever may see personal data, once they ask.

use domain::{
    crises::{Case, How, State},
    notices::{NotNow, Notice, Purpose, Refusal, Way},
};
use leptos::prelude::*;

use super::{CaseView, Known};
use crate::{
    access::{
        Choice, Troubles,
        form::{Field, Lines, field_trouble, select},
    },
    notices::{AttemptView, Content, Fate, attempt_row, heading, way_heading},
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

/// The couple's own page.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum LinkView {
    /// They have none that holds.
    #[default]
    None,
    Open {
        /// Its address, for whoever may see it.
        address: Option<String>,
        /// "Made 12 min ago, 03:10; it holds until 24 Dec 2026, 03:10."
        words: String,
    },
}

/// An address is a key.
impl std::fmt::Debug for LinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            LinkView::None => "None",
            LinkView::Open { .. } => "Open(…)",
        })
    }
}

/// When they hear from us again, as it was typed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PromiseForm {
    /// "2026-11-24T04:00", in the couple's zone.
    pub at: String,
    /// "Europe/Stockholm"
    pub zone: String,
    pub troubles: Troubles,
}

/// What was typed of a call.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CallForm {
    /// The word of the purpose.
    pub purpose: String,
    /// "yes", "no"; nothing before one is chosen.
    pub reached: String,
    pub text: String,
    pub reason: String,
    pub troubles: Troubles,
}

/// It is full of what was said to a couple.
impl std::fmt::Debug for CallForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallForm(…)")
    }
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

/// The ways to the page on which the next attempt is written.
fn begin(view: &CaseView, of: &PurposeView) -> Option<AnyView> {
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

/// Somebody called: that is a notice too.
fn called(view: &CaseView) -> AnyView {
    let form = &view.notices.call;
    let is_open = !form.troubles.is_empty();
    let purposes: Vec<Choice> = Purpose::ALL
        .into_iter()
        .map(|purpose| Choice { value: purpose.word().to_owned(), label: heading(purpose).to_owned() })
        .collect();
    let chosen = if form.purpose.is_empty() { first_untold(view).word() } else { form.purpose.as_str() };
    let purpose = select(
        "called-purpose".to_owned(),
        "purpose".to_owned(),
        "What they were to be told",
        chosen,
        &purposes,
        None,
        form.troubles.of("purpose"),
    );
    let lines = |id: &str, name: &'static str, label: &str, hint: Option<&'static str>, value: &str| {
        let field =
            Lines { id: id.to_owned(), name, label: label.to_owned(), hint, most: 4_000, required: false };
        field.draw(value, form.troubles.of(name))
    };
    let reached = |value: &'static str, label: &'static str| {
        let id = format!("called-{value}");
        let checked = form.reached == value;
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="reached" value=value checked=checked required=true/>
                <label for=id>{label}</label>
            </div>
        }
    };
    let trouble = form.troubles.of("reached").map(|trouble| field_trouble(None, trouble));
    view! {
        <details open=is_open>
            <summary>"They were called"</summary>
            <form class="fields" method="post" action=view.address("/notices/called")>
                {form.troubles.above()}
                {purpose}
                <fieldset class="choices">
                    <legend>"Did you reach them?"</legend>
                    <div class="choice-row">{reached("yes", "They know it now")}{reached("no", "Not reached")}</div>
                    {trouble}
                </fieldset>
                {lines("called-text", "text", "What was said, and promised", None, &form.text)}
                {lines(
                    "called-reason",
                    "reason",
                    "Why they were told again, if they had been told this before",
                    None,
                    &form.reason,
                )}
                <button>"Record the call"</button>
            </form>
        </details>
    }
    .into_any()
}

fn first_untold(view: &CaseView) -> Purpose {
    let untold =
        view.notices.purposes.iter().find(|of| {
            !of.attempts.iter().any(|attempt| matches!(attempt.fate, Fate::Sent | Fate::Delivered))
        });
    untold.map_or(Purpose::WeKnow, |of| of.purpose)
}

/// The couple's own page: nobody needs an account for it.
fn own_page(view: &CaseView, may: bool) -> AnyView {
    let press = |what: &'static str, words: &'static str| {
        may.then(|| {
            view! {
                <form method="post" action=view.address(&format!("/link/{what}"))><button>{words}</button></form>
            }
        })
    };
    let link = match &view.notices.link {
        LinkView::None => view! {
            <p class="dim">"They have no page that can be opened. One is made with the first notice that names it."</p>
            {press("make", "Make a page for them")}
        }
        .into_any(),
        LinkView::Open { address, words } => {
            let address = address.clone().map(|address| {
                view! { <p class="couple-link"><a href=address.clone() rel="noreferrer">{address.clone()}</a></p> }
            });
            view! {
                {address}
                <p class="dim">{words.clone()}</p>
                {press("revoke", "Take the link back")}
            }
            .into_any()
        }
    };
    let promised = match &view.notices.promised {
        Some(at) => format!("They hear from us again by {at}."),
        None => "Nobody has promised them when they hear from us again.".to_owned(),
    };
    view! {
        <div class="stack-small couple-link-part" data-part="link">
            <h3>"Their own page"</h3>
            {link}
            <p data-part="promised">{promised}</p>
            {may.then(|| promise(view))}
        </div>
    }
    .into_any()
}

fn promise(view: &CaseView) -> AnyView {
    let form = &view.notices.promise;
    let is_open = !form.troubles.is_empty();
    let words = if view.notices.promised.is_some() { "Promise another time" } else { "Promise them a time" };
    let at = Field::moment("promised", "They hear from us again by")
        .inside("promise")
        .value(form.at.clone())
        .hint(format!("In their own time, {}. It stands on their page; nothing is sent.", form.zone))
        .refused(&form.troubles);
    view! {
        <details open=is_open>
            <summary>{words}</summary>
            <form class="fields" method="post" action=view.address("/link/promise")>
                {at.draw()}
                <button>"Promise it"</button>
            </form>
        </details>
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
