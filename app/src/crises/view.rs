//! What every view of cases is made with, and how all of them stand.

use domain::{
    crises::{Assumptions, wording::countdown},
    monitoring::Level,
    time::Millis,
};
use jiff::tz::TimeZone;

use crate::{access::Troubles, when};

/// What every view of cases is made with.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    pub now: Millis,
    pub zone: &'a TimeZone,
    /// What is taken for what nobody said of a ceremony.
    pub assumed: &'a Assumptions,
    pub rights: &'a Rights,
}

impl Drawing<'_> {
    /// "03:08", with the day where it is not today.
    pub fn clock(&self, at: Millis) -> String {
        when::clock(at.0, self.now, self.zone)
    }
}

/// What whoever looks may do. Each error is the sentence that says who may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    /// Who looks: a person's id.
    pub own: String,
    pub work: Result<(), String>,
    /// See who the couple is.
    pub see: Result<(), String>,
    /// Run the actions of steps.
    pub run: Result<(), String>,
}

/// How all cases stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    pub open: i64,
    pub nobodys: i64,
    /// Of whoever looks; `None` where that was not counted.
    pub mine: Option<i64>,
    pub untold: i64,
    pub late: i64,
    pub worst: Option<Level>,
    /// Milliseconds until the next ceremony of an open one; those that have begun do not count.
    pub next: Option<i64>,
    /// When one was last resolved, in words: "Tuesday 14:10".
    pub last_resolved: Option<String>,
}

impl Standing {
    /// "3 couples wait; nobody has 1 of them. The next ceremony is in 2 h 10 min."
    pub(super) fn sentence(&self) -> String {
        let next = self
            .next
            .map_or_else(String::new, |left| format!(" The next ceremony is in {}.", countdown(left)));
        let waits = match self.open {
            ..=0 => {
                return match &self.last_resolved {
                    Some(last) => format!("No couple waits. The last case was resolved {last}."),
                    None => "No couple waits, and none has yet. A crisis that the platform detects stands here within \
                             seconds; what somebody tells you on the phone you open by hand."
                        .to_owned(),
                };
            }
            1 => "1 couple waits".to_owned(),
            open => format!("{open} couples wait"),
        };
        let held = match (self.nobodys, self.open) {
            (0, 1) => ", and somebody has the case.".to_owned(),
            (0, _) => ", and somebody has each of them.".to_owned(),
            (1, 1) => ", and nobody has the case.".to_owned(),
            (nobodys, open) if nobodys == open => "; nobody has any of them.".to_owned(),
            (nobodys, _) => format!("; nobody has {nobodys} of them."),
        };
        format!("{waits}{held}{next}")
    }
}

/// What was typed into one of the forms of a case, and why it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    /// Which form: "note", "not-needed".
    pub what: String,
    /// Of which step, where it is one's.
    pub step: String,
    /// The note, the reason.
    pub text: String,
    /// The person, or the case, that was chosen.
    pub to: String,
    pub troubles: Troubles,
}

impl Typed {
    pub(super) fn is(&self, what: &str, step: &str) -> bool {
        self.what == what && self.step == step && !self.troubles.is_empty()
    }

    /// What was typed into this form, and what is said of this field of it.
    pub(super) fn of(&self, what: &str, step: &str, field: &str) -> (String, Option<String>) {
        if self.is(what, step) { (self.text.clone(), self.troubles.of(field)) } else { (String::new(), None) }
    }
}
