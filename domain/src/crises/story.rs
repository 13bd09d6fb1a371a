//! What happened to a case, one line after the other.

use serde::{Deserialize, Serialize};

use super::{By, CaseId, Field, Holder, Private, StepKey};
use crate::{
    actions::Actor,
    alerts::AlertId,
    notices::{Purpose, Way},
    time::Millis,
};

/// One thing in the story. What somebody wrote stands beside it, and is stored sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub happening: Happening,
    pub text: Option<Private>,
}

impl From<Happening> for Line {
    fn from(happening: Happening) -> Line {
        Line { happening, text: None }
    }
}

/// Without anything personal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "happened", content = "facts", rename_all = "snake_case")]
pub enum Happening {
    /// By somebody, or read from the platform.
    Opened {
        by: Option<Actor>,
        detected_at: Millis,
    },
    AiLate,
    AiFailed,
    AiAnswered {
        late_by: i64,
    },
    /// Which of what the platform tells is another than before.
    ChangedUpstream {
        fields: Vec<Field>,
    },
    /// The platform's id was read with another couple, which was not taken in.
    AnotherCouple,
    Vanished,
    Reappeared,
    ResolvedUpstream,
    /// It was nobody's for so long, in milliseconds.
    Called {
        unheld_for: i64,
        times: u32,
    },
    Acknowledged {
        by: Holder,
    },
    Began {
        by: Holder,
    },
    HandedOver {
        by: Actor,
        to: Holder,
    },
    Released {
        by: Actor,
    },
    Noted {
        by: Actor,
    },
    Filed {
        by: Actor,
    },
    Contact {
        by: Actor,
        allowed: bool,
    },
    Erased {
        by: Actor,
    },
    Linked {
        by: Actor,
        alert: AlertId,
    },
    StepBegun {
        step: StepKey,
        name: String,
        by: By,
    },
    StepDone {
        step: StepKey,
        name: String,
        by: By,
        late_by: i64,
    },
    StepNotNeeded {
        step: StepKey,
        name: String,
        by: By,
        late_by: i64,
    },
    /// It came to nothing, or somebody says that it was not done after all.
    StepOpened {
        step: StepKey,
        name: String,
        by: Option<By>,
    },
    NoticeQueued {
        purpose: Purpose,
        way: Way,
        by: Actor,
    },
    NoticeSent {
        purpose: Purpose,
        way: Way,
    },
    NoticeDelivered {
        purpose: Purpose,
        way: Way,
    },
    NoticeFailed {
        purpose: Purpose,
        way: Way,
    },
    NoticeInDoubt {
        purpose: Purpose,
        way: Way,
    },
    /// Somebody took it back before it left.
    NoticeWithdrawn {
        purpose: Purpose,
        way: Way,
        by: Actor,
    },
    NoticeDecided {
        purpose: Purpose,
        by: Actor,
        arrived: bool,
    },
    /// They have a page of their own to look at.
    PageShared {
        by: Actor,
    },
    PageRevoked {
        by: Actor,
    },
    Resolved {
        by: Actor,
    },
    Reopened {
        by: Actor,
    },
    Reviewed {
        by: Actor,
        tasks: usize,
    },
    TaskDone {
        by: Actor,
    },
    MergedInto {
        by: Actor,
        into: CaseId,
    },
    /// A double went into it.
    TookIn {
        by: Actor,
        double: CaseId,
    },
}
