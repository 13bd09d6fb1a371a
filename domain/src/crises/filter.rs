//! Which cases the board shows, as its address says it, and what is looked for, as its form says it.

use super::{Case, State, TypeKey, cleaning};
use crate::{access::PersonId, time::Millis};

const LONGEST_TEXT: usize = 100;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    pub of: Option<TypeKey>,
    pub states: States,
    pub mine: bool,
    pub untold: bool,
    pub late: bool,
    /// A name, or part of the case's number: looked for by whoever has the index. It is no part of an address: names would
    /// stand in histories and logs.
    pub text: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum States {
    /// Detected, acknowledged, working.
    #[default]
    Open,
    /// Nobody's.
    Detected,
    Acknowledged,
    Working,
    Resolved,
    Reviewed,
    Merged,
    All,
}

impl States {
    pub const EVERY: [States; 8] = [
        States::Open,
        States::Detected,
        States::Acknowledged,
        States::Working,
        States::Resolved,
        States::Reviewed,
        States::Merged,
        States::All,
    ];

    /// As it is written in the address.
    pub fn word(self) -> &'static str {
        match self {
            States::Open => "open",
            States::Detected => "detected",
            States::Acknowledged => "acknowledged",
            States::Working => "working",
            States::Resolved => "resolved",
            States::Reviewed => "reviewed",
            States::Merged => "merged",
            States::All => "all",
        }
    }

    fn has(self, case: &Case) -> bool {
        match (self, &case.state) {
            (States::All, _)
            | (States::Detected, State::Detected { .. })
            | (States::Acknowledged, State::Acknowledged { .. })
            | (States::Working, State::Working { .. })
            | (States::Resolved, State::Resolved { .. })
            | (States::Reviewed, State::Reviewed { .. })
            | (States::Merged, State::Merged { .. }) => true,
            (States::Open, _) => case.is_open(),
            _ => false,
        }
    }
}

/// Why an address is none of the board's, as the person reads it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAFilter {
    #[error("There is no filter {0:?}; there are type, state, mine, untold, late and text.")]
    Unknown(String),
    #[error("{0:?} is given twice.")]
    Twice(&'static str),
    #[error("The type {0}.")]
    Type(String),
    #[error(
        "There is no state {0:?}; there are open, detected, acknowledged, working, resolved, reviewed, merged and all."
    )]
    State(String),
    #[error("{0} is 1, or left out.")]
    Flag(&'static str),
    #[error("Look for at most {LONGEST_TEXT} characters.")]
    LongText,
}

impl Filter {
    /// Reads the pairs of an address or a form. What is empty is left out: a form sends every field.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Filter, NotAFilter> {
        let mut filter = Filter::default();
        let mut seen: Vec<&'static str> = Vec::new();
        for (name, value) in pairs {
            let name = *["type", "state", "mine", "untold", "late", "text"]
                .iter()
                .find(|known| **known == name)
                .ok_or_else(|| NotAFilter::Unknown(name.chars().take(40).collect()))?;
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if seen.contains(&name) {
                return Err(NotAFilter::Twice(name));
            }
            seen.push(name);
            let flag = || if value == "1" { Ok(true) } else { Err(NotAFilter::Flag(name)) };
            match name {
                "type" => {
                    filter.of = Some(TypeKey::parse(value).map_err(|not| NotAFilter::Type(not.to_string()))?);
                }
                "state" => {
                    let known = States::EVERY.into_iter().find(|states| states.word() == value);
                    filter.states =
                        known.ok_or_else(|| NotAFilter::State(value.chars().take(40).collect()))?;
                }
                "mine" => filter.mine = flag()?,
                "untold" => filter.untold = flag()?,
                "late" => filter.late = flag()?,
                _ => filter.text = text(value)?,
            }
        }
        Ok(filter)
    }

    /// The pairs that `parse` reads as this filter; nothing of what is left out.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.of.as_ref().map(|of| ("type", of.to_string())));
        if self.states != States::Open {
            pairs.push(("state", self.states.word().to_owned()));
        }
        let flags = [("mine", self.mine), ("untold", self.untold), ("late", self.late)];
        pairs.extend(flags.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "1".to_owned())));
        pairs.extend(self.text.as_ref().map(|text| ("text", text.clone())));
        pairs
    }

    /// Of these, what stands in an address.
    pub fn in_address(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| *name != "text");
        pairs
    }

    /// Whether it shows the case to `me`, but for the text.
    pub fn shows(&self, case: &Case, me: &PersonId, now: Millis) -> bool {
        self.of.as_ref().is_none_or(|of| case.of.key() == of.as_str())
            && self.states.has(case)
            && (!self.mine || case.holder().is_some_and(|holder| holder.id == *me))
            && (!self.untold || case.is_untold(now))
            && (!self.late || case.lateness(now).late > 0)
    }
}

fn text(value: &str) -> Result<Option<String>, NotAFilter> {
    if value.chars().count() > LONGEST_TEXT {
        return Err(NotAFilter::LongText);
    }
    let (text, _) = cleaning::one_line(value, LONGEST_TEXT);
    Ok((!text.is_empty()).then_some(text))
}
