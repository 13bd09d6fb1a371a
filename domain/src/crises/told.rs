//! One crisis as the platform tells it, read field by field: what cannot be used is named and kept aside, and the rest
//! is taken. A couple is not forgotten because one field of theirs is odd.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PlatformId, Private, UpstreamStatus, Wedding, told_parts};
use crate::{notices::Language, time::Millis};

/// What the platform says now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    pub id: PlatformId,
    /// Its word for the type, in one line; `None` where it gave none.
    pub word: Option<String>,
    pub status: Option<UpstreamStatus>,
    pub created_at: Option<Millis>,
    pub wedding: Wedding,
    pub couple: Couple,
    pub troubles: Vec<Trouble>,
}

/// Who marries, and how they are reached. Stored sealed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Couple {
    /// One line.
    pub names: Private,
    /// Usable addresses, as they were given. Of two a person says which.
    pub emails: Vec<Private>,
    /// Usable numbers: digits, with a `+` before them where there was one.
    pub phones: Vec<Private>,
    pub language: Option<Language>,
    /// Where it is.
    pub venue: Private,
    /// What happened, in several lines. Plain text, whatever it looks like.
    pub summary: Private,
    /// What was given and cannot be used, as it was.
    pub unusable: Vec<Unusable>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unusable {
    pub field: Field,
    pub given: Private,
}

/// A field of what the platform tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    WeddingId,
    WeddingDate,
    WeddingTime,
    WeddingZone,
    Names,
    Email,
    Phone,
    Language,
    Venue,
    Type,
    Status,
    CreatedAt,
    Summary,
}

impl Field {
    pub const ALL: [Field; 13] = [
        Field::WeddingId,
        Field::WeddingDate,
        Field::WeddingTime,
        Field::WeddingZone,
        Field::Names,
        Field::Email,
        Field::Phone,
        Field::Language,
        Field::Venue,
        Field::Type,
        Field::Status,
        Field::CreatedAt,
        Field::Summary,
    ];

    /// As a person reads it, after "the".
    pub fn words(self) -> &'static str {
        match self {
            Field::WeddingId => "wedding",
            Field::WeddingDate => "day of the wedding",
            Field::WeddingTime => "time of the ceremony",
            Field::WeddingZone => "time zone",
            Field::Names => "names",
            Field::Email => "e-mail address",
            Field::Phone => "telephone number",
            Field::Language => "language",
            Field::Venue => "venue",
            Field::Type => "type",
            Field::Status => "status",
            Field::CreatedAt => "time of its detection",
            Field::Summary => "summary",
        }
    }

    /// Whether it tells who they are or how they are reached.
    pub fn is_personal(self) -> bool {
        matches!(self, Field::Names | Field::Email | Field::Phone | Field::Venue | Field::Summary)
    }
}

/// What is odd about one field. It never repeats what was given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "trouble", content = "field", rename_all = "snake_case")]
pub enum Trouble {
    #[error("The platform gives no {}.", .0.words())]
    Missing(Field),
    #[error("The {} that the platform gives cannot be read.", .0.words())]
    Unreadable(Field),
    #[error("The platform gives more than one {}: somebody has to say which.", .0.words())]
    Several(Field),
    #[error("Signs that cannot be seen were taken out of the {}.", .0.words())]
    Cleaned(Field),
    #[error("The {} lies in the future; what was read is taken as now.", .0.words())]
    InTheFuture(Field),
    #[error("The wedding is over already.")]
    Past,
    #[error("The console does not know the {} that the platform gives.", .0.words())]
    Unknown(Field),
}

/// Why it cannot be taken in at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotTold {
    #[error("a crisis is not an object")]
    NoObject,
    #[error("a crisis has no id that can be used, so it cannot be told from another")]
    NoId,
}

impl Told {
    /// Reads one element of `crises`.
    ///
    /// # Errors
    /// Only when it has no id: then it could be taken in again with every poll.
    pub fn parse(given: &Value, now: Millis) -> Result<Told, NotTold> {
        let Value::Object(fields) = given else { return Err(NotTold::NoObject) };
        let mut read = told_parts::Reading::of(fields);
        let id = read.id("id").ok_or(NotTold::NoId)?;
        let wedding = Wedding {
            id: read.wedding_id(),
            date: read.parsed(Field::WeddingDate, "wedding_date", true),
            time: read.parsed(Field::WeddingTime, "wedding_time", false),
            zone: read.zone(),
        };
        let told = Told {
            id,
            word: read.line(Field::Type, "crisis_type", 64, true),
            status: read.line(Field::Status, "status", 64, true).map(|word| UpstreamStatus::read(&word)),
            created_at: read.created_at(now),
            wedding,
            couple: read.couple(),
            troubles: Vec::new(),
        };
        if matches!(told.status, Some(UpstreamStatus::Other(_))) {
            read.trouble(Trouble::Unknown(Field::Status));
        }
        Ok(Told { troubles: read.troubles(), ..told })
    }

    /// Every field that is compared, in a text of its own; nothing where it was not given.
    pub(super) fn text_of(&self, field: Field) -> String {
        let several = |texts: &[Private]| texts.iter().map(Private::expose).collect::<Vec<_>>().join("\n");
        let Told { wedding, couple, .. } = self;
        let plain = match field {
            Field::WeddingId => wedding.id.as_ref().map_or_else(String::new, ToString::to_string),
            Field::WeddingDate => shown(wedding.date.as_ref()),
            Field::WeddingTime => shown(wedding.time.as_ref()),
            Field::WeddingZone => shown(wedding.zone.as_ref()),
            Field::Names => couple.names.expose().to_owned(),
            Field::Email => several(&couple.emails),
            Field::Phone => several(&couple.phones),
            Field::Language => shown(couple.language.as_ref()),
            Field::Venue => couple.venue.expose().to_owned(),
            Field::Type => self.word.clone().unwrap_or_default(),
            Field::Status => self.status.as_ref().map_or_else(String::new, |status| format!("{status:?}")),
            Field::CreatedAt => shown(self.created_at.as_ref()),
            Field::Summary => couple.summary.expose().to_owned(),
        };
        let unusable = couple.unusable.iter().filter(|unusable| unusable.field == field);
        unusable.fold(plain, |all, unusable| format!("{all}\n{}", unusable.given.expose()))
    }
}

fn shown(value: Option<&impl fmt::Display>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}
