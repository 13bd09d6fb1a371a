//! The text of a notice before it is filled in. What it may name is checked when it is saved, not when it is sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Language, Purpose, markup};
use crate::crises::{TypeKey, is_unseen};

const LONGEST_SUBJECT: usize = 120;
const LONGEST_TEXT: usize = 8_000;
const LONGEST_HTML: usize = 30_000;

/// What a text may name: `{{names}}`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variable {
    /// Of the couple.
    Names,
    /// When they hear of us next, in their own zone.
    PromisedTime,
    /// Whom they may call: name and number.
    Contact,
    /// What is being done for them, in sentences.
    Plan,
    Venue,
    /// The day and time of the ceremony.
    Ceremony,
    /// The address of their page.
    StatusPage,
}

impl Variable {
    pub const ALL: [Variable; 7] = [
        Variable::Names,
        Variable::PromisedTime,
        Variable::Contact,
        Variable::Plan,
        Variable::Venue,
        Variable::Ceremony,
        Variable::StatusPage,
    ];

    /// As it is written between the braces.
    pub fn word(self) -> &'static str {
        match self {
            Variable::Names => "names",
            Variable::PromisedTime => "promised_time",
            Variable::Contact => "contact",
            Variable::Plan => "plan",
            Variable::Venue => "venue",
            Variable::Ceremony => "ceremony",
            Variable::StatusPage => "status_page",
        }
    }

    fn from_word(word: &str) -> Option<Variable> {
        Variable::ALL.into_iter().find(|variable| variable.word() == word)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// `None` is for every type that has none of its own.
    pub of: Option<TypeKey>,
    pub purpose: Purpose,
    pub language: Language,
    pub(super) subject: Vec<Part>,
    pub(super) text: Vec<Part>,
    /// The body as HTML where somebody wrote one; else it is made of the text.
    pub(super) html: Option<Vec<Part>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Text(String),
    Value(Variable),
}

/// Where in a text something is, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub of: &'static str,
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.of, self.line, self.column)
    }
}

/// What is wrong with a text, in the words that whoever writes it reads.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Flaw {
    #[error("{place}: there is no {{{{{name}}}}}; there are {}.", known())]
    UnknownVariable { name: String, place: Place },
    #[error("{place}: {{{{ is opened and not closed with }}}} in the same line.")]
    NotClosed { place: Place },
    #[error(
        "{place}: a sign that cannot be seen, which could write another header into a mail or turn its text round."
    )]
    Unseen { place: Place },
    #[error("The {of} is empty.")]
    Empty { of: &'static str },
    #[error("The {of} is longer than {longest} characters.")]
    TooLong { of: &'static str, longest: usize },
    #[error("{place}: an address of a page or a plan does not belong into a subject.")]
    NotInSubject { place: Place },
    /// What it says goes on after the place.
    #[error("{place}: {said}.")]
    Markup { said: String, place: Place },
}

impl Flaw {
    /// In which of the texts it is: "subject", "text", "html".
    pub fn of(&self) -> &'static str {
        match self {
            Flaw::Empty { of } | Flaw::TooLong { of, .. } => of,
            Flaw::UnknownVariable { place, .. }
            | Flaw::NotClosed { place }
            | Flaw::Unseen { place }
            | Flaw::NotInSubject { place }
            | Flaw::Markup { place, .. } => place.of,
        }
    }
}

fn known() -> String {
    Variable::ALL.map(|variable| format!("{{{{{}}}}}", variable.word())).join(", ")
}

impl Template {
    /// # Errors
    /// Everything that is wrong with the subject and the text.
    pub fn parse(
        of: Option<TypeKey>,
        purpose: Purpose,
        language: Language,
        subject: &str,
        text: &str,
    ) -> Result<Template, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let text = text.replace("\r\n", "\n");
        let subject = parts("subject", subject.trim(), LONGEST_SUBJECT, &mut flaws);
        let text = parts("text", text.trim(), LONGEST_TEXT, &mut flaws);
        if flaws.is_empty() {
            Ok(Template { of, purpose, language, subject, text, html: None })
        } else {
            Err(flaws)
        }
    }

    /// With a body of its own where a mail program shows HTML. It says what the text says: nobody checks that.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn with_html(self, html: &str) -> Result<Template, Vec<Flaw>> {
        let html = html.replace("\r\n", "\n").replace('\t', " ");
        let mut flaws = markup::flaws(html.trim());
        let html = parts("html", html.trim(), LONGEST_HTML, &mut flaws);
        if flaws.is_empty() { Ok(Template { html: Some(html), ..self }) } else { Err(flaws) }
    }

    /// What has to be known to fill it in, each once, in the order of `Variable::ALL`.
    pub fn variables(&self) -> Vec<Variable> {
        let named = |variable: &Variable| {
            let html = self.html.iter().flatten();
            self.subject.iter().chain(&self.text).chain(html).any(|part| *part == Part::Value(*variable))
        };
        Variable::ALL.into_iter().filter(named).collect()
    }
}

fn parts(of: &'static str, given: &str, longest: usize, flaws: &mut Vec<Flaw>) -> Vec<Part> {
    let is_subject = of == "subject";
    if given.is_empty() {
        flaws.push(Flaw::Empty { of });
    }
    if given.chars().count() > longest {
        flaws.push(Flaw::TooLong { of, longest });
        return Vec::new();
    }
    let mut parts = Vec::new();
    for (number, line) in given.split('\n').enumerate() {
        let place = |before: &str| Place { of, line: number + 1, column: before.chars().count() + 1 };
        if number > 0 {
            parts.push(Part::Text("\n".to_owned()));
            if is_subject {
                flaws.push(Flaw::Unseen { place: place("") });
            }
        }
        if let Some((at, _)) = line.char_indices().find(|(_, letter)| is_unseen(*letter)) {
            flaws.push(Flaw::Unseen { place: place(&line[..at]) });
        }
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            let here = place(&line[..line.len() - after.len() - 2]);
            parts.push(Part::Text(before.to_owned()));
            let Some((name, after)) = after.split_once("}}") else {
                flaws.push(Flaw::NotClosed { place: here });
                rest = "";
                break;
            };
            match Variable::from_word(name.trim()) {
                Some(Variable::StatusPage | Variable::Plan) if is_subject => {
                    flaws.push(Flaw::NotInSubject { place: here });
                }
                Some(variable) => parts.push(Part::Value(variable)),
                None => {
                    let name = name.trim().chars().take(40).collect();
                    flaws.push(Flaw::UnknownVariable { name, place: here });
                }
            }
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
    }
    parts
}
