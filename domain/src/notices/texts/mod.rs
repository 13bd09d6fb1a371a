//! The texts that come with the console, in five languages. The configuration changes them and adds others.

mod de;
mod en;
mod es;
mod fr;
mod sv;

use super::{Flaw, Language, Purpose, Template};
use crate::crises::TypeKey;

/// Everything in one language. A text is its parts with an empty line between them.
pub(super) struct Texts {
    pub language: &'static str,
    pub greeting: &'static str,
    pub farewell: &'static str,
    /// For a type of crisis, and for every other (`other`): the subject, and what has happened.
    pub we_know: &'static [(&'static str, &'static str, &'static str)],
    /// What is promised, whatever has happened.
    pub promise: &'static str,
    /// Subject and text of the rest.
    pub we_have_a_plan: (&'static str, &'static str),
    pub solved: (&'static str, &'static str),
    pub apology: (&'static str, &'static str),
    pub page: PageTexts,
}

/// What stands on a couple's page.
pub(super) struct PageTexts {
    pub title: &'static str,
    /// For each stage: we know, we have a plan, it is solved.
    pub stages: [&'static str; 3],
    /// `{}` is the moment.
    pub next_news: &'static str,
    pub overdue: &'static str,
    /// `{}` is whom they may call.
    pub call: &'static str,
    /// As `strftime` has it; in numbers, so that no name of a month has to be translated.
    pub moment: &'static str,
}

pub(super) const ALL: [&Texts; 5] = [&en::TEXTS, &de::TEXTS, &fr::TEXTS, &es::TEXTS, &sv::TEXTS];

/// # Errors
/// When a text in these files has a flaw; a test shows that none has.
pub(super) fn templates() -> Result<Vec<Template>, Vec<Flaw>> {
    let mut templates = Vec::new();
    for texts in ALL {
        let language = || Language::parse(texts.language).unwrap_or_else(|_| Language::english());
        let whole = |text: &str| format!("{}\n\n{text}\n\n{}", texts.greeting, texts.farewell);
        for (of, subject, happened) in texts.we_know {
            let of = TypeKey::parse(of).ok().filter(|of| of.as_str() != "other");
            let text = whole(&format!("{happened}\n\n{}", texts.promise));
            templates.push(Template::parse(of, Purpose::WeKnow, language(), subject, &text)?);
        }
        let rest = [
            (Purpose::WeHaveAPlan, texts.we_have_a_plan),
            (Purpose::Solved, texts.solved),
            (Purpose::Apology, texts.apology),
        ];
        for (purpose, (subject, text)) in rest {
            templates.push(Template::parse(None, purpose, language(), subject, &whole(text))?);
        }
    }
    Ok(templates)
}
