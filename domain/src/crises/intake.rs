//! A crisis that the platform tells is one case, however often it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Ai, Case, CaseId, CaseTypes, Field, Happening, Line, Origin, Presence, State, Told, Trouble,
    UpstreamStatus,
};
use crate::time::Millis;

/// What each field was, under a keyed hash: so that a change is seen without anything to read it from. A field that was
/// not given has none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marks(BTreeMap<Field, String>);

impl Marks {
    /// `keyed` hashes a field's text under a key that nobody can guess; without it names could be tried out.
    pub fn of(told: &Told, keyed: impl Fn(Field, &str) -> String) -> Marks {
        let mark = |field: Field| {
            let text = told.text_of(field);
            (!text.is_empty()).then(|| (field, keyed(field, &text)))
        };
        Marks(Field::ALL.into_iter().filter_map(mark).collect())
    }

    fn differ(&self, other: &Marks) -> Vec<Field> {
        Field::ALL.into_iter().filter(|field| self.0.get(field) != other.0.get(field)).collect()
    }

    fn both_differ(&self, other: &Marks, field: Field) -> bool {
        matches!((self.0.get(&field), other.0.get(&field)), (Some(mine), Some(theirs)) if mine != theirs)
    }

    fn agree(&self, other: &Marks, field: Field) -> bool {
        self.0.contains_key(&field) && self.0.get(&field) == other.0.get(&field)
    }

    /// Whether they are of two couples: another wedding; or, whatever the wedding, other names and another way to reach
    /// them, and nothing that is the same. One of them alone is a correction.
    fn of_other_couples(&self, other: &Marks) -> bool {
        let reached_otherwise =
            self.both_differ(other, Field::Email) || self.both_differ(other, Field::Phone);
        let reached_alike = self.agree(other, Field::Email) || self.agree(other, Field::Phone);
        self.both_differ(other, Field::WeddingId)
            || (self.both_differ(other, Field::Names) && reached_otherwise && !reached_alike)
    }
}

/// What reading a crisis comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intake {
    New {
        case: Box<Case>,
        lines: Vec<Line>,
    },
    /// There is nothing to store.
    Unchanged,
    /// The case as it is now; what is told of the couple replaces what was.
    Changed {
        case: Box<Case>,
        fields: Vec<Field>,
        lines: Vec<Line>,
    },
    /// The same id with another couple. Nothing of it is taken in; the case says so. `None` when it said so already.
    AnotherCouple {
        case: Option<Box<Case>>,
        lines: Vec<Line>,
    },
    /// The couple was erased: of what is told only the status is taken in.
    StatusOnly {
        case: Box<Case>,
        lines: Vec<Line>,
    },
}

/// Takes in what was read. `known` is the case with the platform's id; `id` is for a new one.
pub fn take_in(
    known: Option<Case>,
    id: CaseId,
    told: &Told,
    marks: Marks,
    types: &CaseTypes,
    now: Millis,
) -> Intake {
    match known {
        None => {
            let (case, lines) = Case::from_platform(id, told, marks, types, now);
            Intake::New { case: Box::new(case), lines }
        }
        Some(case) => case.take_in(told, marks, types, now),
    }
}

/// A complete reading of the active crises has it no more. It is not over by that: somebody has to look.
pub fn vanish(case: &mut Case, now: Millis) -> Vec<Line> {
    let is_open = case.is_open();
    match &mut case.origin {
        Origin::Platform { status, presence: presence @ Presence::There, .. } => {
            *presence = Presence::Vanished { at: now };
            // What is over is expected to go.
            if is_open && *status != UpstreamStatus::Resolved {
                vec![Happening::Vanished.into()]
            } else {
                Vec::new()
            }
        }
        _ => Vec::new(),
    }
}

impl Case {
    fn from_platform(
        id: CaseId,
        told: &Told,
        marks: Marks,
        types: &CaseTypes,
        now: Millis,
    ) -> (Case, Vec<Line>) {
        // A clock that runs ahead must not give anybody more time.
        let detected_at = told.created_at.map_or(now, |at| at.min(now));
        let status = told.status.clone().unwrap_or(UpstreamStatus::Other(String::new()));
        let origin = Origin::Platform {
            id: told.id.clone(),
            status: status.clone(),
            presence: Presence::There,
            another_couple: None,
            marks,
        };
        let of = types.read(told.word.as_deref().unwrap_or_default());
        let mut case = Case::detected(id, origin, of, told.wedding.clone(), detected_at, now);
        let mut lines = vec![Happening::Opened { by: None, detected_at }.into()];
        if status == UpstreamStatus::AiProcessing {
            case.ai = Ai::Awaited;
        } else if status == UpstreamStatus::Resolved {
            // When it came is not known; it may have been in time.
            case.ai = Ai::Answered { at: now, late_by: 0 };
        }
        lines.extend(case.hear(&status, now));
        lines.extend(case.ai_waits(now));
        (case, lines)
    }

    fn take_in(mut self, told: &Told, marks: Marks, types: &CaseTypes, now: Millis) -> Intake {
        let Origin::Platform { status: old_status, presence, another_couple, marks: old, .. } =
            &mut self.origin
        else {
            return Intake::Unchanged;
        };
        let status = told.status.clone().unwrap_or_else(|| old_status.clone());
        let is_erased = self.erased_at.is_some();
        if !is_erased && old.of_other_couples(&marks) {
            if another_couple.is_some() {
                return Intake::AnotherCouple { case: None, lines: Vec::new() };
            }
            *another_couple = Some(now);
            let lines = vec![Happening::AnotherCouple.into()];
            return Intake::AnotherCouple { case: Some(Box::new(self)), lines };
        }
        let mut lines: Vec<Line> = Vec::new();
        if let Presence::Vanished { .. } = presence {
            *presence = Presence::There;
            lines.push(Happening::Reappeared.into());
        }
        let status_changed = *old_status != status;
        *old_status = status.clone();
        let fields = if is_erased { Vec::new() } else { old.differ(&marks) };
        if !fields.is_empty() {
            *old = marks;
            self.wedding = told.wedding.clone();
            if fields.contains(&Field::Type) {
                // Its checklist stays: steps that are done cannot be exchanged under people's hands.
                self.of = types.read(told.word.as_deref().unwrap_or_default()).0;
            }
            let said: Vec<Field> = fields.iter().copied().filter(|field| *field != Field::Status).collect();
            if !said.is_empty() {
                lines.push(Happening::ChangedUpstream { fields: said }.into());
            }
        }
        if status_changed {
            lines.extend(self.hear(&status, now));
        }
        match (is_erased, lines.is_empty() && fields.is_empty() && !status_changed) {
            (_, true) => Intake::Unchanged,
            (true, false) => Intake::StatusOnly { case: Box::new(self), lines },
            (false, false) => Intake::Changed { case: Box::new(self), fields, lines },
        }
    }

    /// What a new status means.
    fn hear(&mut self, status: &UpstreamStatus, now: Millis) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        match status {
            UpstreamStatus::AiFailed if !matches!(self.ai, Ai::Failed { .. }) => {
                self.ai = Ai::Failed { at: now };
                lines.push(Happening::AiFailed.into());
            }
            UpstreamStatus::Manual if self.ai == Ai::Awaited => self.ai = Ai::NotAsked,
            UpstreamStatus::Resolved => {
                if matches!(self.ai, Ai::Awaited | Ai::Late) {
                    let late_by = now.since(self.ai_due()).max(0);
                    self.ai = Ai::Answered { at: now, late_by };
                    lines.push(Happening::AiAnswered { late_by }.into());
                }
                // Shown only: whether the couple is helped is for people to say.
                lines.push(Happening::ResolvedUpstream.into());
            }
            _ => {}
        }
        lines
    }

    /// Notes once that the AI's answer did not come in time.
    pub fn ai_waits(&mut self, now: Millis) -> Vec<Line> {
        if self.ai == Ai::Awaited && now > self.ai_due() && self.is_open() {
            self.ai = Ai::Late;
            return vec![Happening::AiLate.into()];
        }
        Vec::new()
    }

    /// When time alone changes something next: the AI is late, or somebody is called. `None` when nothing is waited for.
    pub fn due_at(&self) -> Option<Millis> {
        let ai = (self.ai == Ai::Awaited && self.is_open()).then(|| self.ai_due().plus(1));
        [ai, self.call_due(), self.answers_due()].into_iter().flatten().min()
    }

    /// What should be shown about where it comes from, besides what was odd when it was read.
    pub fn flags(&self, now: Millis) -> Vec<Trouble> {
        let past = self.wedding.date.is_some_and(|date| {
            let midnight_everywhere = date.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(-12)));
            midnight_everywhere
                .is_ok_and(|start| now.since(Millis(start.timestamp().as_millisecond())) > crate::time::DAY)
        });
        if past && !matches!(self.state, State::Merged { .. }) { vec![Trouble::Past] } else { Vec::new() }
    }
}
