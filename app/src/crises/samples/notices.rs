//! Cases whose couples were told something.

use domain::{
    crises::Private,
    notices::{Attempt, Letter, Notice, Purpose, Way},
};
use jiff::tz::TimeZone;

use super::{
    HOSTILE, NOW, masked, no_rights,
    ones::{view, worked},
    rights,
};
use crate::{
    access::Troubles,
    crises::{CallForm, CaseView, Known, LinkView, NoticesView, PromiseForm, PurposeView},
    notices::{
        AttemptView, Content, LetterWords, Said, To,
        samples::{Trail, attempt, call, letter},
    },
};

pub(super) fn with_notices() -> Vec<(&'static str, CaseView)> {
    vec![
        ("case-notices", told(Content::Folded, case(Known::Masked(masked())))),
        ("case-notices-shown", shown()),
        ("case-notices-no-rights", no_rights_view()),
        ("case-notices-failed", failed()),
        (
            "case-notices-locked",
            told(Content::Folded, case(Known::Locked("Locked: there is no encryption key.".to_owned()))),
        ),
        ("case-promise-refused", promise_refused()),
        ("case-notices-erased", told(Content::Erased, case(Known::Erased))),
        ("case-call-refused", call_refused()),
        ("case-notices-hostile", hostile()),
    ]
}

fn case(couple: Known) -> CaseView {
    view(&worked(), couple, rights())
}

fn purpose(view: &CaseView, purpose: Purpose, attempts: Vec<(Attempt, Content)>) -> PurposeView {
    let words = attempts
        .iter()
        .map(|(attempt, content)| AttemptView::of(attempt, content.clone(), NOW, &TimeZone::UTC))
        .collect();
    let attempts = attempts.into_iter().map(|(attempt, _)| attempt).collect();
    let notice = Notice { attempts, ..Notice::new(view.case.id.clone(), purpose) };
    PurposeView::of(&view.case, &notice, words)
}

fn content(of: Purpose) -> Content {
    letter("en", of, "Ada Okafor and Nils Lindqvist")
        .map_or(Content::Nothing, |letter| Content::Letter(LetterWords::of(&letter)))
}

/// One of each: settled after a failure, in doubt, waiting.
fn told(content: Content, view: CaseView) -> CaseView {
    let of = |number: usize| match &content {
        Content::Letter(_) => self::content([Purpose::WeKnow, Purpose::WeHaveAPlan, Purpose::Solved][number]),
        other => other.clone(),
    };
    let said = match &content {
        Content::Letter(_) => {
            Content::Said(Said("Ada knows. She would rather have tulips; we call again at 04:00.".to_owned()))
        }
        other => other.clone(),
    };
    let attempts = vec![
        (attempt("n1", Purpose::WeKnow, Way::Mail, Trail::Bounced, 22), of(0)),
        (call("n2", Purpose::WeKnow, true, 18), said),
    ];
    let plan = vec![(attempt("n3", Purpose::WeHaveAPlan, Way::Mail, Trail::Cut, 9), of(1))];
    let solved = vec![(attempt("n4", Purpose::Solved, Way::Mail, Trail::Retried(2), 3), of(2))];
    let purposes = vec![
        purpose(&view, Purpose::WeKnow, attempts),
        purpose(&view, Purpose::WeHaveAPlan, plan),
        purpose(&view, Purpose::Solved, solved),
        purpose(&view, Purpose::Apology, Vec::new()),
    ];
    let link = LinkView::Open {
        address: None,
        words: "Made 22 min ago, 02:59; it holds until 24 Dec 2026, 02:59.".to_owned(),
    };
    let promised = Some("04:00".to_owned());
    CaseView { notices: NoticesView { purposes, link, promised, ..view.notices.clone() }, ..view }
}

fn shown() -> CaseView {
    let mut view = told(content(Purpose::WeKnow), case(Known::Masked(masked())));
    for attempt in view.notices.purposes.iter_mut().flat_map(|of| &mut of.attempts) {
        attempt.to = Some(To::Masked("a\u{2022}\u{2022}\u{2022}@example.com".to_owned()));
    }
    let link = LinkView::Open {
        address: Some("https://bellwether.example.com/c/VGhpcyBpcyBhIGxpbms".to_owned()),
        words: "Made 22 min ago, 02:59; it holds until 24 Dec 2026, 02:59.".to_owned(),
    };
    let outage = Some("The mail server cannot be reached since 03:24 (4 min): it does not answer. Nothing is lost, and the order is kept.".to_owned());
    CaseView { notices: NoticesView { link, outage, ..view.notices.clone() }, ..view }
}

fn no_rights_view() -> CaseView {
    let rights = no_rights();
    let who = rights.see.clone().err().unwrap_or_default();
    told(Content::Hidden, view(&worked(), Known::NotYours(who), rights))
}

/// Nothing but a failure: another way is the one thing to do.
fn failed() -> CaseView {
    let view = case(Known::Masked(masked()));
    let attempts = vec![(attempt("n1", Purpose::WeKnow, Way::Mail, Trail::Refused, 4), Content::Folded)];
    let mut purposes = view.notices.purposes.clone();
    purposes[0] = purpose(&view, Purpose::WeKnow, attempts);
    CaseView { notices: NoticesView { purposes, ..view.notices.clone() }, ..view }
}

fn call_refused() -> CaseView {
    let view = case(Known::Masked(masked()));
    let call = CallForm {
        purpose: Purpose::WeHaveAPlan.word().to_owned(),
        reached: String::new(),
        text: "They want to think about it until noon.".to_owned(),
        reason: String::new(),
        troubles: Troubles::default().and("reached", "Say whether you reached them."),
    };
    CaseView { notices: NoticesView { call, ..view.notices.clone() }, ..view }
}

fn promise_refused() -> CaseView {
    let view = case(Known::Masked(masked()));
    let promise = PromiseForm {
        at: "2026-11-23T04:00".to_owned(),
        zone: "Europe/Stockholm".to_owned(),
        troubles: Troubles::default().and("promised", "The promised time is over."),
    };
    CaseView { notices: NoticesView { promise, ..view.notices.clone() }, ..view }
}

fn hostile() -> CaseView {
    let letter = Letter {
        language: domain::notices::Language::english(),
        subject: Private::new(HOSTILE),
        text: Private::new(HOSTILE),
        markup: None,
    };
    let view = case(Known::Masked(masked()));
    let mut of = purpose(
        &view,
        Purpose::WeKnow,
        vec![
            (
                attempt("n1", Purpose::WeKnow, Way::Mail, Trail::Sent, 4),
                Content::Letter(LetterWords::of(&letter)),
            ),
            (call("n2", Purpose::WeKnow, false, 3), Content::Said(Said(HOSTILE.to_owned()))),
        ],
    );
    for attempt in &mut of.attempts {
        attempt.by = HOSTILE.to_owned();
        attempt.reason = Some(Said(HOSTILE.to_owned()));
    }
    let call = CallForm {
        purpose: HOSTILE.to_owned(),
        reached: HOSTILE.to_owned(),
        text: HOSTILE.to_owned(),
        reason: HOSTILE.to_owned(),
        troubles: Troubles::default().and("", HOSTILE).and("reason", HOSTILE),
    };
    let link = LinkView::Open { address: None, words: HOSTILE.to_owned() };
    let troubles = Troubles::default().and("", HOSTILE);
    let promise =
        PromiseForm { at: HOSTILE.to_owned(), zone: HOSTILE.to_owned(), troubles: Troubles::default() };
    let notices = NoticesView {
        purposes: vec![of],
        link,
        promised: Some(HOSTILE.to_owned()),
        outage: Some(HOSTILE.to_owned()),
        call,
        promise,
        troubles,
        ..view.notices.clone()
    };
    CaseView { notices, ..view }
}
