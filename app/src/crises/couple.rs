//! The couple: who they are, how they are reached, what happened to them. Masked until somebody asks, and that is on record.

use domain::crises::Couple;
use leptos::prelude::*;

use super::{CaseView, correcting::correct};

/// What of the couple may be drawn for whoever looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// Nobody said who they are.
    Nobody,
    /// The platform says it, and there was no key to seal it with; it is taken in as soon as there is one.
    Awaited(String),
    /// It cannot be read; the sentence says why.
    Locked(String),
    Erased,
    /// Whoever looks may not; the sentence says who may.
    NotYours(String),
    /// As far as it may be read before somebody asks.
    Masked(CoupleWords),
    /// In full, asked for and recorded.
    Shown(CoupleWords),
}

/// A couple in the words of the page. Of a masked one nothing else is in here.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CoupleWords {
    pub names: String,
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    /// "Swedish"
    pub language: String,
    /// "sv"; nothing while they are masked.
    pub language_tag: String,
    pub venue: String,
    pub summary: String,
    /// What was given and cannot be used.
    pub odd: Vec<OddWords>,
    /// How many such values there are, where they are masked.
    pub odd_masked: usize,
}

/// One field that cannot be used, as it was given.
#[derive(Clone, PartialEq, Eq)]
pub struct OddWords {
    /// "e-mail address"
    pub field: &'static str,
    pub given: String,
}

/// A name never stands in a log.
impl std::fmt::Debug for CoupleWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CoupleWords(…)")
    }
}

impl std::fmt::Debug for OddWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OddWords(…)")
    }
}

impl CoupleWords {
    /// As they stand in `couple`, which is masked or not.
    pub fn of(couple: &Couple) -> CoupleWords {
        let texts = |texts: &[domain::crises::Private]| {
            texts.iter().map(|text| text.expose().to_owned()).collect::<Vec<_>>()
        };
        CoupleWords {
            names: couple.names.expose().to_owned(),
            emails: texts(&couple.emails),
            phones: texts(&couple.phones),
            language: couple
                .language
                .as_ref()
                .map(|language| language.label().to_owned())
                .unwrap_or_default(),
            language_tag: couple.language.as_ref().map(ToString::to_string).unwrap_or_default(),
            venue: couple.venue.expose().to_owned(),
            summary: couple.summary.expose().to_owned(),
            odd: couple
                .unusable
                .iter()
                .map(|odd| OddWords { field: odd.field.words(), given: odd.given.expose().to_owned() })
                .collect(),
            odd_masked: 0,
        }
    }
}

impl Known {
    /// Who they are, in one line of a list.
    pub(super) fn in_a_list(&self) -> Option<String> {
        match self {
            Known::Masked(couple) | Known::Shown(couple) => {
                Some(couple.names.clone()).filter(|names| !names.is_empty())
            }
            Known::Locked(_) | Known::Awaited(_) => Some("Names are locked".to_owned()),
            Known::Nobody | Known::Erased | Known::NotYours(_) => None,
        }
    }
}

/// The card of a case's page.
pub(super) fn couple_card(view: &CaseView) -> AnyView {
    let body = match &view.couple {
        Known::Nobody => said("Nobody has said who they are."),
        Known::Awaited(why) => view! {
            <p>"The platform says who they are; it is not written down before it can be sealed."</p>
            <p class="trouble">{why.clone()}</p>
        }
        .into_any(),
        Known::Locked(why) => view! {
            <p>"Who they are is locked: it cannot be read just now."</p>
            <p class="trouble" data-part="locked">{why.clone()}</p>
        }
        .into_any(),
        Known::Erased => {
            said("The couple was erased. Nothing personal is left; what was done stays in the timeline.")
        }
        Known::NotYours(who) => view! {
            <p class="dim" data-part="may-not-see">"You may not see who they are. "{who.clone()}</p>
        }
        .into_any(),
        Known::Masked(couple) => view! {
            {facts(couple)}
            <form method="post" action=view.address("/show")>
                <button>"Show who they are"</button>
                <p class="hint">"That you looked is recorded."</p>
            </form>
        }
        .into_any(),
        Known::Shown(couple) => view! {
            {facts(couple)}
            <p class="row">
                <a class="button" href=view.address("")>"Mask it again"</a>
                <span class="hint">"Shown to you; recorded."</span>
            </p>
        }
        .into_any(),
    };
    view! {
        <section class="card stack" data-part="couple" aria-labelledby="couple-title">
            <h2 id="couple-title">"Couple"</h2>
            {body}
            {correct(view)}
        </section>
    }
    .into_any()
}

fn said(words: &'static str) -> AnyView {
    view! { <p class="dim">{words}</p> }.into_any()
}

fn facts(couple: &CoupleWords) -> AnyView {
    let CoupleWords { names, emails, phones, language, venue, summary, odd, odd_masked, .. } = couple;
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |label: &str, value: &str| {
        if !value.is_empty() {
            rows.push((label.to_owned(), value.to_owned()));
        }
    };
    row("Names", names);
    for (place, email) in emails.iter().enumerate() {
        row(&numbered("E-mail", place, emails.len()), email);
    }
    for (place, phone) in phones.iter().enumerate() {
        row(&numbered("Phone", place, phones.len()), phone);
    }
    row("Language", language);
    row("Venue", venue);
    row("What happened", summary);
    for odd in odd {
        row(&format!("Cannot be used ({})", odd.field), &odd.given);
    }
    if *odd_masked > 0 {
        rows.push(("Cannot be used".to_owned(), format!("{odd_masked} of what was given")));
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(label, value)| view! { <dt>{label}</dt><dd dir="auto">{value}</dd> })
        .collect();
    view! { <dl class="pairs couple-facts">{rows}</dl> }.into_any()
}

/// Of several a person says which.
fn numbered(label: &str, place: usize, of: usize) -> String {
    if of > 1 { format!("{label} {}", place + 1) } else { label.to_owned() }
}
