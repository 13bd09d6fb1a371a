//! Who a tier is made of, as it is stored and typed.

use domain::{
    access::PersonId,
    oncall::{Override, Staffing, Written},
};
use serde::{Deserialize, Serialize};

/// A list of people who are on call all the time, or a rotation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WrittenStaffing {
    People { people: Vec<PersonId> },
    Rotation(Written),
}

impl WrittenStaffing {
    pub fn people(&self) -> &[PersonId] {
        match self {
            WrittenStaffing::People { people } => people,
            WrittenStaffing::Rotation(written) => &written.people,
        }
    }
}

/// What is stored, as it decides who is on call. What cannot be read any more is a tier that is skipped, and not an error:
/// the other tiers are called all the same.
pub(super) fn read(stored: Option<&str>, overrides: Vec<Override>) -> (Staffing, Option<WrittenStaffing>) {
    let Some(stored) = stored else { return (Staffing::Nobody, None) };
    let broken = |why: String| Staffing::Broken { why: format!("the rotation cannot be read: {why}") };
    let written: WrittenStaffing = match serde_json::from_str(stored) {
        Ok(written) => written,
        Err(error) => return (broken(error.to_string()), None),
    };
    let staffing = match &written {
        WrittenStaffing::People { people } => Staffing::People(people.clone()),
        WrittenStaffing::Rotation(written) => match written.check() {
            Ok(rotation) => Staffing::Rotation { rotation, overrides },
            Err(faults) => broken(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        },
    };
    (staffing, Some(written))
}
