//! What a person may give to an action: values of few kinds, each read from text by rules of its own.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ParameterName;

/// A field of an action's form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parameter {
    pub name: ParameterName,
    /// "Replicas": how people read it.
    pub label: String,
    #[serde(flatten)]
    pub kind: ParameterKind,
    /// What stands in the field at first, as it would be typed. Without one it has to be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParameterKind {
    /// A whole number, both bounds included.
    Number { min: i64, max: i64 },
    /// One of these.
    Choice { among: Vec<String> },
    /// A version of the form of an example: `v2.1` stands for a `v` and two numbers.
    Version { like: String },
    /// A month that has begun.
    Month,
    /// A day that has begun.
    Date,
}

/// A value that is of its kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Value {
    Number(i64),
    Choice(String),
    Version(String),
    Month(Month),
    Date(Date),
}

/// What was given for each parameter.
pub type Values = BTreeMap<ParameterName, Value>;

/// A month of a year; written `2026-03`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

/// Earlier than any platform of ours.
const FIRST_YEAR: i16 = 2000;
const LAST_YEAR: i16 = 2999;

/// Why a text is not a value, as a sentence about the field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAValue {
    #[error("Give a whole number from {min} to {max}, in the digits 0 to 9.")]
    NotANumber { min: i64, max: i64 },
    #[error("{given} is less than {min}, the least that may be given.")]
    TooSmall { given: i64, min: i64 },
    #[error("{given} is more than {max}, the most that may be given.")]
    TooLarge { given: i64, max: i64 },
    #[error("Choose one of: {}.", among.join(", "))]
    NotAChoice { among: Vec<String> },
    #[error("Give a version such as {like}.")]
    NotAVersion { like: String },
    #[error("Give a month as year and month, such as 2026-03.")]
    NotAMonth,
    #[error("Give a day as year, month and day, such as 2026-03-28.")]
    NotADate,
    #[error("{given} has not begun yet.")]
    InTheFuture { given: String },
}

impl ParameterKind {
    /// Reads a value as somebody typed it. Blanks around it are dropped; anything else that is not meant is refused, also
    /// digits of other scripts.
    ///
    /// # Errors
    /// When it is not of this kind, or out of its bounds.
    pub fn read(&self, typed: &str) -> Result<Value, NotAValue> {
        let typed = typed.trim_matches(' ');
        match self {
            ParameterKind::Number { min, max } => number(typed, *min, *max).map(Value::Number),
            ParameterKind::Choice { among } => {
                let chosen = among.iter().find(|one| *one == typed);
                let chosen = chosen.ok_or_else(|| NotAValue::NotAChoice { among: among.clone() })?;
                Ok(Value::Choice(chosen.clone()))
            }
            ParameterKind::Version { like } => {
                let is = shape(typed).is_some_and(|given| shape(like) == Some(given));
                if is {
                    Ok(Value::Version(typed.to_owned()))
                } else {
                    Err(NotAValue::NotAVersion { like: like.clone() })
                }
            }
            ParameterKind::Month => Month::parse(typed).map(Value::Month),
            ParameterKind::Date => date(typed).map(Value::Date),
        }
    }

    /// As `read`, and refuses what has not begun on this day.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_on(&self, typed: &str, today: Date) -> Result<Value, NotAValue> {
        let value = self.read(typed)?;
        let begins = match &value {
            Value::Month(month) => Some(month.first_day()),
            Value::Date(date) => Some(*date),
            Value::Number(_) | Value::Choice(_) | Value::Version(_) => None,
        };
        if begins.is_some_and(|begins| begins > today) {
            return Err(NotAValue::InTheFuture { given: value.to_string() });
        }
        Ok(value)
    }
}

fn number(typed: &str, min: i64, max: i64) -> Result<i64, NotAValue> {
    let wrong = || NotAValue::NotANumber { min, max };
    let digits = typed.strip_prefix('-').unwrap_or(typed);
    if !(1..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let given: i64 = typed.parse().map_err(|_| wrong())?;
    if given < min {
        Err(NotAValue::TooSmall { given, min })
    } else if given > max {
        Err(NotAValue::TooLarge { given, max })
    } else {
        Ok(given)
    }
}

/// What versions of one form share: the letters before, and how many numbers. `None` when it is not one.
fn shape(version: &str) -> Option<(&str, usize)> {
    let split = version.find(|letter: char| !letter.is_ascii_lowercase())?;
    let (prefix, numbers) = version.split_at(split);
    let is_number = |part: &str| {
        (1..=5).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    let all = prefix.len() <= 10 && numbers.split('.').all(is_number);
    let count = numbers.split('.').count();
    (all && count <= 4).then_some((prefix, count))
}

/// Whether a text can be the example of a version.
pub(super) fn is_version_example(like: &str) -> bool {
    shape(like).is_some()
}

fn date(typed: &str) -> Result<Date, NotAValue> {
    let plain = typed.len() == 10 && typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = typed.parse::<Date>().ok().filter(|_| plain);
    date.filter(|date| (FIRST_YEAR..=LAST_YEAR).contains(&date.year())).ok_or(NotAValue::NotADate)
}

impl Month {
    /// # Errors
    /// When it is not of the form `2026-03`.
    pub fn parse(typed: &str) -> Result<Month, NotAValue> {
        if typed.len() != 7 {
            return Err(NotAValue::NotAMonth);
        }
        date(&format!("{typed}-01")).map(Month).map_err(|_| NotAValue::NotAMonth)
    }

    pub fn first_day(self) -> Date {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl TryFrom<String> for Month {
    type Error = NotAValue;

    fn try_from(written: String) -> Result<Month, NotAValue> {
        Month::parse(&written)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Choice(text) | Value::Version(text) => f.write_str(text),
            Value::Month(month) => write!(f, "{month}"),
            Value::Date(date) => write!(f, "{date}"),
        }
    }
}
