//! People whom steps ask, as the configuration has them, and what they are written. Nothing in that is personal: it goes
//! over other people's servers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::is_unseen;
use crate::{
    access::EmailAddress,
    actions::{NotAName, is_slug, name},
    time::{HOUR, Millis},
};

const LONGEST_SUBJECT: usize = 120;
const LONGEST_TEXT: usize = 2_000;

name!(
    /// Whom a step asks: the name of a section of the configuration.
    PeopleKey,
    "the name of people who are asked: small letters, digits and -, at most 64, beginning with a letter",
    |given| is_slug(given)
);

/// Everybody in it is written to, and has a link of their own to answer by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct People {
    pub key: PeopleKey,
    /// "Emergency planners"
    pub label: String,
    /// Everybody of the console who has one of these roles.
    pub roles: Vec<String>,
    /// Whoever is on call in these tiers at that moment.
    pub tiers: Vec<String>,
    /// People without an account; names are distinct.
    pub outside: Vec<Outsider>,
    /// So many yeses do the step; at least 1.
    pub enough: usize,
    /// How long a link holds, in milliseconds.
    pub holds: i64,
    /// What the button says: "Yes, on my way".
    pub answer: String,
    /// One line.
    pub subject: Saying,
    pub text: Saying,
}

/// Somebody without an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outsider {
    pub name: String,
    pub mail: EmailAddress,
}

/// What stands for the names in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked<'a> {
    /// "case C-2041"
    pub case: &'a str,
    /// "Vendor cancelled, ceremony in 9 hours"
    pub crisis: &'a str,
    /// The name of the step.
    pub step: &'a str,
    /// Who asks.
    pub by: &'a str,
    pub until: Millis,
}

/// A text with names in it: `{{case}}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saying(Vec<Part>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Value(Value),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Value {
    Case,
    Crisis,
    Step,
    AskedBy,
    Until,
}

const VALUES: [(&str, Value); 5] = [
    ("case", Value::Case),
    ("crisis", Value::Crisis),
    ("step", Value::Step),
    ("asked_by", Value::AskedBy),
    ("until", Value::Until),
];

/// What is wrong with such a text, in the words that whoever writes it reads.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FlawOfPeople {
    #[error("there is no {{{{{name}}}}}; there are {}", known())]
    UnknownName { name: String },
    #[error("{{{{ is opened and not closed with }}}}")]
    NotClosed,
    #[error(
        "it has a sign that cannot be seen, which could write another header into a mail or turn its text round"
    )]
    Unseen,
    #[error("it is longer than {0} characters")]
    TooLong(usize),
}

fn known() -> String {
    VALUES.map(|(word, _)| format!("{{{{{word}}}}}")).join(", ")
}

impl Saying {
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn subject(text: &str) -> Result<Saying, FlawOfPeople> {
        Saying::parse(text.trim(), LONGEST_SUBJECT, |_| false)
    }

    /// # Errors
    /// The first thing that is wrong with it.
    pub fn text(text: &str) -> Result<Saying, FlawOfPeople> {
        Saying::parse(&text.trim().replace("\r\n", "\n"), LONGEST_TEXT, |letter| letter == '\n')
    }

    fn parse(text: &str, longest: usize, may_break: impl Fn(char) -> bool) -> Result<Saying, FlawOfPeople> {
        if text.chars().count() > longest {
            return Err(FlawOfPeople::TooLong(longest));
        }
        if text.chars().any(|letter| is_unseen(letter) && !may_break(letter)) {
            return Err(FlawOfPeople::Unseen);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(FlawOfPeople::NotClosed)?;
            let name = name.trim();
            let value = VALUES.iter().find(|(word, _)| *word == name).map(|(_, value)| *value);
            let value =
                value.ok_or_else(|| FlawOfPeople::UnknownName { name: name.chars().take(40).collect() })?;
            parts.extend([Part::Text(before.to_owned()), Part::Value(value)]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Saying(parts))
    }

    /// `clock` writes a moment.
    pub fn fill(&self, asked: &Asked<'_>, clock: impl Fn(Millis) -> String) -> String {
        let value = |value: &Value| match value {
            Value::Case => asked.case.to_owned(),
            Value::Crisis => asked.crisis.to_owned(),
            Value::Step => asked.step.to_owned(),
            Value::AskedBy => asked.by.to_owned(),
            Value::Until => clock(asked.until),
        };
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(of) => value(of),
        });
        parts.collect()
    }
}

/// Those whom the built-in checklists ask. `tier` is the one that is called for crises: until the configuration names
/// planners and vendors, whoever is on call in it is asked to send them.
///
/// # Errors
/// When a name or a text in this file is none; a test shows that all are.
pub fn built_in_people(tier: &str) -> Result<Vec<People>, String> {
    let people = |key: &str, label: &str, subject: &str, text: &str| {
        Ok::<_, String>(People {
            subject: Saying::subject(subject).map_err(|flaw| flaw.to_string())?,
            text: Saying::text(text).map_err(|flaw| flaw.to_string())?,
            tiers: vec![tier.to_owned()],
            ..People::blank(PeopleKey::parse(key).map_err(|wrong| wrong.to_string())?, label)?
        })
    };
    let executives = people(
        "executives",
        "Executives",
        "A wedding is in trouble: {{case}}",
        "{{crisis}}.\nThe emergency procedure is under way. You are told so that you can be reached, and can answer \
         whoever asks.",
    )?;
    Ok(vec![
        people(
            "planners",
            "Emergency planners",
            "An emergency planner is needed: {{case}}",
            "{{crisis}}.\n{{asked_by}} asks for an emergency planner at the wedding. Say yes only when somebody is on the \
             way; what they need to know is told by telephone.",
        )?,
        people(
            "vendor-network",
            "Vendor network",
            "Vendors are needed at short notice: {{case}}",
            "{{crisis}}.\n{{asked_by}} asks for replacements. Say yes when you can help; what is needed is told by \
             telephone.",
        )?,
        People {
            roles: vec!["executive".to_owned()],
            tiers: Vec::new(),
            answer: "I have read it".to_owned(),
            ..executives
        },
        people(
            "communication",
            "Communication",
            "The communication protocol begins: {{case}}",
            "{{crisis}}.\n{{asked_by}} begins the communication protocol. Say yes when you are at it; nobody else speaks \
             with the couple or with vendors about it from then on.",
        )?,
    ])
}

impl People {
    /// With nobody in it: what the configuration begins with.
    ///
    /// # Errors
    /// When a text in this file has a flaw; a test shows that none has.
    pub fn blank(key: PeopleKey, label: &str) -> Result<People, String> {
        let said = |flaw: FlawOfPeople| flaw.to_string();
        Ok(People {
            key,
            label: label.to_owned(),
            roles: Vec::new(),
            tiers: Vec::new(),
            outside: Vec::new(),
            enough: 1,
            holds: 2 * HOUR,
            answer: "Yes, on my way".to_owned(),
            subject: Saying::subject("You are needed: {{case}}").map_err(said)?,
            text: Saying::text("{{crisis}}.\n{{asked_by}} asks you: {{step}}.").map_err(said)?,
        })
    }

    /// Whether anybody could be in it.
    pub fn is_nobody(&self) -> bool {
        self.roles.is_empty() && self.tiers.is_empty() && self.outside.is_empty()
    }

    pub fn outsider(&self, name: &str) -> Option<&Outsider> {
        self.outside.iter().find(|outsider| outsider.name == name)
    }
}
