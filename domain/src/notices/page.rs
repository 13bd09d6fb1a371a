//! What a couple sees on their own page: what is known, and when they hear of us next. Nothing of how we work: it is made
//! of their own facts only, and not of the case's story.

use jiff::{Timestamp, tz::TimeZone};

use super::{Language, Purpose, texts};
use crate::{
    crises::{Case, State},
    time::Millis,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusPage {
    pub language: Language,
    pub right_to_left: bool,
    pub title: String,
    /// Where things stand, in one sentence.
    pub stage: String,
    /// The promise, or that we are late with it; `None` when nothing more is to come.
    pub next: Option<String>,
    pub is_overdue: bool,
    pub call: Option<String>,
}

/// What was promised to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promise<'a> {
    pub at: Option<Millis>,
    /// Whom they may call; empty is nobody.
    pub contact: &'a str,
}

impl StatusPage {
    /// In their language, or in English where the console has no words in it; moments are in their `zone`.
    pub fn of(
        case: &Case,
        language: &Language,
        promise: Promise<'_>,
        zone: &TimeZone,
        now: Millis,
    ) -> StatusPage {
        let theirs = |language: &Language| {
            texts::ALL.into_iter().find(|texts| texts.language == language.plain().as_str())
        };
        let texts = theirs(language).unwrap_or(texts::ALL[0]);
        let is_solved = matches!(case.state, State::Resolved { .. } | State::Reviewed { .. });
        // They see a plan only once they have been told of it.
        let stage = if is_solved { 2 } else { usize::from(case.told.contains_key(&Purpose::WeHaveAPlan)) };
        let promised = promise.at.filter(|_| !is_solved);
        let is_overdue = promised.is_some_and(|at| at < now);
        let next = promised.map(|at| match is_overdue {
            true => texts.page.overdue.to_owned(),
            false => texts.page.next_news.replace("{}", &moment(at, zone, texts.page.moment)),
        });
        let (contact, _) = crate::crises::one_line(promise.contact, 200);
        StatusPage {
            language: Language::parse(texts.language).unwrap_or_else(|_| Language::english()),
            right_to_left: false,
            title: texts.page.title.to_owned(),
            stage: texts.page.stages[stage].to_owned(),
            next,
            is_overdue,
            call: (!contact.is_empty()).then(|| texts.page.call.replace("{}", &contact)),
        }
    }
}

/// When they hear of us, as a letter in that language says it.
pub fn promised_time(at: Millis, language: &Language, zone: &TimeZone) -> String {
    let texts = texts::ALL.into_iter().find(|texts| texts.language == language.plain().as_str());
    moment(at, zone, texts.unwrap_or(texts::ALL[0]).page.moment)
}

fn moment(at: Millis, zone: &TimeZone, form: &str) -> String {
    Timestamp::from_millisecond(at.0)
        .map(|at| at.to_zoned(zone.clone()).strftime(form).to_string())
        .unwrap_or_default()
}
