//! A case: where it comes from, who has it, and where in its life it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Calling, CaseId, CaseType, Happening, Line, Marks, PlatformId, Private, Refusal, Step, TypeOfCase,
    Wedding, refusal::checked,
};
use crate::{
    access::PersonId,
    actions::Actor,
    alerts::AlertId,
    monitoring::{Level, overall::CRISIS_ANSWER_WITHIN},
    notices::Purpose,
    time::Millis,
};

/// Stored as a document, in plain: nothing in it is personal. A change of it is stored with its lines, in one
/// transaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub origin: Origin,
    #[serde(flatten)]
    pub of: TypeOfCase,
    pub severity: Level,
    pub wedding: Wedding,
    /// Every clock starts here: the platform's `created_at`, or when somebody opened it.
    pub detected_at: Millis,
    pub opened_at: Millis,
    pub ai: Ai,
    pub state: State,
    /// Whether somebody was called for it since it is nobody's.
    pub calling: Calling,
    /// In the order in which they are due.
    pub steps: Vec<Step>,
    /// What the couple is to be told before the case is solved.
    pub needs: Vec<Purpose>,
    /// What they were told, and when; what came back is in it no more.
    pub told: BTreeMap<Purpose, Millis>,
    pub contact: Contact,
    /// The alert that caused it.
    pub alert: Option<AlertId>,
    /// The doubles that went into it.
    pub doubles: Vec<CaseId>,
    /// When its couple was erased: nothing personal is taken in any more.
    pub erased_at: Option<Millis>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Origin {
    Platform {
        id: PlatformId,
        status: UpstreamStatus,
        presence: Presence,
        /// When the same id was first read with another couple; what it said was not taken in.
        another_couple: Option<Millis>,
        /// What each field was when it was last taken in.
        marks: Marks,
    },
    ByHand {
        by: Actor,
    },
}

/// Whether the platform still has it among its active crises.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "presence", rename_all = "snake_case")]
pub enum Presence {
    There,
    Vanished { at: Millis },
}

/// What the platform says of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", content = "word", rename_all = "snake_case")]
pub enum UpstreamStatus {
    AiProcessing,
    AiFailed,
    Manual,
    Resolved,
    /// A word that the console does not know.
    Other(String),
}

impl UpstreamStatus {
    pub fn read(word: &str) -> UpstreamStatus {
        match word {
            "ai_processing" => UpstreamStatus::AiProcessing,
            "ai_failed" => UpstreamStatus::AiFailed,
            "manual" => UpstreamStatus::Manual,
            "resolved" => UpstreamStatus::Resolved,
            other => UpstreamStatus::Other(super::cleaning::one_line(other, 64).0),
        }
    }
}

/// What came of the AI's answer, which is due 10 s after the detection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ai", rename_all = "snake_case")]
pub enum Ai {
    Awaited,
    /// None came in time; late for ever.
    Late,
    /// It was first seen then.
    Answered {
        at: Millis,
        late_by: i64,
    },
    Failed {
        at: Millis,
    },
    /// It never had the case: it was opened by hand, or went to people at once.
    NotAsked,
}

/// Where in its life a case is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is nobody's.
    Detected {
        since: Millis,
    },
    Acknowledged {
        holder: Holder,
        at: Millis,
    },
    Working {
        holder: Holder,
        since: Millis,
    },
    Resolved {
        by: Actor,
        at: Millis,
    },
    Reviewed {
        by: Actor,
        at: Millis,
        resolved_at: Millis,
    },
    /// It was a double.
    Merged {
        into: CaseId,
        by: Actor,
        at: Millis,
    },
}

/// The person who has it, with the name that they had then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    pub id: PersonId,
    pub name: String,
}

/// Whether the couple may be written to and called.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "contact", rename_all = "snake_case")]
pub enum Contact {
    #[default]
    Allowed,
    /// They do not want it, or somebody else speaks for them.
    NotWanted { by: Actor, at: Millis },
}

impl Contact {
    pub fn is_allowed(&self) -> bool {
        *self == Contact::Allowed
    }
}

impl Holder {
    pub fn actor(&self) -> Actor {
        Actor::Person { id: self.id.clone(), name: self.name.clone() }
    }
}

impl Case {
    /// A case that somebody opens, with whoever is on the phone. It is theirs at once.
    pub fn by_hand(
        id: CaseId,
        by: Holder,
        (of, declared): (TypeOfCase, Option<&CaseType>),
        wedding: Wedding,
        now: Millis,
    ) -> (Case, Vec<Line>) {
        let origin = Origin::ByHand { by: by.actor() };
        let mut case = Case::detected(id, origin, (of, declared), wedding, now, now);
        case.state = State::Acknowledged { holder: by.clone(), at: now };
        let opened = Happening::Opened { by: Some(by.actor()), detected_at: now };
        (case, vec![opened.into(), Happening::Acknowledged { by }.into()])
    }

    pub(super) fn detected(
        id: CaseId,
        origin: Origin,
        (of, declared): (TypeOfCase, Option<&CaseType>),
        wedding: Wedding,
        detected_at: Millis,
        now: Millis,
    ) -> Case {
        Case {
            id,
            origin,
            of,
            severity: declared.map_or(Level::Critical, |of| of.severity),
            wedding,
            detected_at,
            opened_at: now,
            ai: Ai::NotAsked,
            state: State::Detected { since: detected_at },
            calling: Calling::default(),
            steps: declared.map(|of| of.steps(detected_at)).unwrap_or_default(),
            needs: declared.map(|of| of.notices.clone()).unwrap_or_default(),
            told: BTreeMap::new(),
            contact: Contact::Allowed,
            alert: None,
            doubles: Vec::new(),
            erased_at: None,
        }
    }

    /// Whether anything is still to be done for the couple.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Detected { .. } | State::Acknowledged { .. } | State::Working { .. })
    }

    pub fn holder(&self) -> Option<&Holder> {
        match &self.state {
            State::Acknowledged { holder, .. } | State::Working { holder, .. } => Some(holder),
            _ => None,
        }
    }

    /// As people read it, and as it is stored beside the document.
    pub fn state_word(&self) -> &'static str {
        match self.state {
            State::Detected { .. } => "detected",
            State::Acknowledged { .. } => "acknowledged",
            State::Working { .. } => "working",
            State::Resolved { .. } => "resolved",
            State::Reviewed { .. } => "reviewed",
            State::Merged { .. } => "merged",
        }
    }

    /// When the AI's answer is due.
    pub fn ai_due(&self) -> Millis {
        self.detected_at.plus(CRISIS_ANSWER_WITHIN)
    }

    /// Somebody takes it on: nobody else is called.
    ///
    /// # Errors
    /// When it is over, or somebody has it.
    pub fn acknowledge(&mut self, by: Holder, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if let Some(holder) = self.holder() {
            return Err(Refusal::IsHeld { name: holder.name.clone() });
        }
        self.state = State::Acknowledged { holder: by.clone(), at: now };
        Ok(vec![Happening::Acknowledged { by }.into()])
    }

    /// Whoever has it is at work on it.
    ///
    /// # Errors
    /// When it is over, nobody's, or somebody else's.
    pub fn begin(&mut self, by: &Holder, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        match &self.state {
            State::Acknowledged { holder, .. } if holder.id == by.id => {
                self.state = State::Working { holder: by.clone(), since: now };
                Ok(vec![Happening::Began { by: by.clone() }.into()])
            }
            State::Working { holder, .. } if holder.id == by.id => Ok(Vec::new()),
            State::Acknowledged { holder, .. } | State::Working { holder, .. } => {
                Err(Refusal::IsHeld { name: holder.name.clone() })
            }
            _ => Err(Refusal::IsNobodys),
        }
    }

    /// Somebody else goes on with it, and reads what they have to know. `by` takes it over where `to` is the same.
    ///
    /// # Errors
    /// When it is over, nothing is said, or it is theirs already.
    pub fn hand_over(
        &mut self,
        by: Actor,
        to: Holder,
        note: &str,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if self.holder().is_some_and(|holder| holder.id == to.id) {
            return Err(Refusal::IsHeld { name: to.name });
        }
        let note = checked(note, Refusal::NeedsNote)?;
        self.state = match self.state {
            State::Working { since, .. } => State::Working { holder: to.clone(), since },
            _ => State::Acknowledged { holder: to.clone(), at: now },
        };
        Ok(vec![Line { happening: Happening::HandedOver { by, to }, text: Some(note) }])
    }

    /// Nobody has it any more: it is called for as when it was new.
    ///
    /// # Errors
    /// When it is over, nobody's, or no word is left for the next.
    pub fn release(&mut self, by: Actor, note: &str, now: Millis) -> Result<Vec<Line>, Refusal> {
        self.check_open()?;
        if self.holder().is_none() {
            return Err(Refusal::IsNobodys);
        }
        let note = checked(note, Refusal::NeedsNote)?;
        self.be_nobodys(now);
        Ok(vec![Line { happening: Happening::Released { by }, text: Some(note) }])
    }

    /// A note for whoever reads it next.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn note(&self, by: Actor, text: &str) -> Result<Vec<Line>, Refusal> {
        let text = checked(text, Refusal::NeedsNote)?;
        Ok(vec![Line { happening: Happening::Noted { by }, text: Some(text) }])
    }

    /// Whether the couple may be contacted. The reason is what staff read before they do.
    ///
    /// # Errors
    /// When it is so already, or no reason is given.
    pub fn set_contact(
        &mut self,
        allowed: bool,
        by: Actor,
        reason: &str,
        now: Millis,
    ) -> Result<Vec<Line>, Refusal> {
        if self.contact.is_allowed() == allowed {
            return Err(Refusal::IsSoAlready);
        }
        let text: Private = checked(reason, Refusal::NeedsReason)?;
        self.contact =
            if allowed { Contact::Allowed } else { Contact::NotWanted { by: by.clone(), at: now } };
        Ok(vec![Line { happening: Happening::Contact { by, allowed }, text: Some(text) }])
    }

    /// Its couple was erased: what was told of them is not compared or taken in any more.
    pub fn erase(&mut self, by: Actor, now: Millis) -> Vec<Line> {
        if self.erased_at.is_some() {
            return Vec::new();
        }
        self.erased_at = Some(now);
        if let Origin::Platform { marks, .. } = &mut self.origin {
            *marks = Marks::default();
        }
        vec![Happening::Erased { by }.into()]
    }

    pub(super) fn be_nobodys(&mut self, now: Millis) {
        self.state = State::Detected { since: now };
        self.calling = Calling::default();
    }

    pub(super) fn check_open(&self) -> Result<(), Refusal> {
        match &self.state {
            State::Merged { into, .. } => Err(Refusal::IsMerged { into: into.clone() }),
            _ if self.is_open() => Ok(()),
            _ => Err(Refusal::IsOver { state: self.state_word() }),
        }
    }
}
