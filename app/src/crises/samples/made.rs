//! Cases as they come about: by the rules of `domain`, one thing after the other.

use domain::{
    access::PersonId,
    actions::{Actor, RunId},
    crises::{
        Ai, Asking, By, Calling, Case, CaseId, CaseType, Couple, Happening, Holder, Line, Marks, Origin,
        PlatformId, Presence, Private, Refusal, State, StepKey, TypeOfCase, UpstreamStatus, Wedding,
        built_in,
    },
    notices::{Language, Purpose, Way},
    time::{HOUR, MINUTE, Millis, SECOND},
};
use jiff::Timestamp;

use crate::monitoring::samples::NOW;

/// A case with everything that happened to it.
#[derive(Clone)]
pub(super) struct Made {
    pub case: Case,
    pub story: Vec<(Millis, Line)>,
}

pub(super) fn holder(name: &str) -> Holder {
    Holder { id: PersonId::new(format!("p-{name}")), name: name.to_owned() }
}

pub(super) fn actor(name: &str) -> Actor {
    holder(name).actor()
}

pub(super) fn types() -> Vec<(String, String)> {
    let types = built_in()
        .map(|types| types.iter().map(|of| (of.key.to_string(), of.name.clone())).collect::<Vec<_>>());
    types.unwrap_or_default()
}

fn declared(word: &str) -> (TypeOfCase, Option<CaseType>) {
    match built_in() {
        Ok(types) => {
            let (of, declared) = types.read(word);
            (of, declared.cloned())
        }
        Err(_) => (TypeOfCase::Unknown { word: word.to_owned() }, None),
    }
}

/// So many milliseconds from now, in the couple's own zone.
pub(super) fn wedding(left: i64, zone: &str) -> Wedding {
    let at = Timestamp::from_millisecond(NOW.plus(left).0).ok();
    let at = at.and_then(|at| at.in_tz(zone).ok());
    Wedding {
        id: PlatformId::parse("w-771").ok(),
        date: at.as_ref().map(jiff::Zoned::date),
        time: at.as_ref().map(jiff::Zoned::time),
        zone: Some(zone.to_owned()),
    }
}

/// Read from the platform, `ago` milliseconds before now; the AI gave no answer.
pub(super) fn detected(number: usize, word: &str, left: i64, ago: i64) -> Made {
    let (of, declared) = declared(word);
    let detected_at = NOW.minus(ago);
    let id = CaseId(format!("0199-{number:04}"));
    let wedding = wedding(left, "Europe/Stockholm");
    let (mut case, _) =
        Case::by_hand(id, holder("Priya Nair"), (of, declared.as_ref()), wedding, detected_at);
    if let Ok(id) = PlatformId::parse(&format!("C-{}", 2_041 + number)) {
        case.origin = Origin::Platform {
            id,
            status: UpstreamStatus::AiProcessing,
            presence: Presence::There,
            another_couple: None,
            marks: Marks::default(),
        };
    }
    case.state = State::Detected { since: detected_at };
    case.calling = Calling::NotYet;
    case.ai = Ai::Awaited;
    let mut made = Made { case, story: Vec::new() };
    made.say(detected_at, Happening::Opened { by: None, detected_at });
    if ago > 10 * SECOND {
        made.case.ai = Ai::Late;
        made.say(detected_at.plus(10 * SECOND), Happening::AiLate);
    }
    if ago > MINUTE {
        made.act(detected_at.plus(MINUTE), |case, at| Ok(case.call(at)));
    }
    made
}

pub(super) fn by_hand(word: &str, left: Option<i64>, ago: i64) -> Made {
    let (of, declared) = declared(word);
    let at = NOW.minus(ago);
    let wedding = left.map_or_else(Wedding::default, |left| wedding(left, "Europe/Stockholm"));
    let by = holder("Priya Nair");
    let (case, lines) =
        Case::by_hand(CaseId("0199-hand".to_owned()), by, (of, declared.as_ref()), wedding, at);
    Made { case, story: lines.into_iter().map(|line| (at, line)).collect() }
}

impl Made {
    pub(super) fn say(&mut self, at: Millis, happening: Happening) {
        self.story.push((at, happening.into()));
    }

    /// What is refused did not happen; the tests see by the words of the page that it did.
    pub(super) fn act(
        &mut self,
        at: Millis,
        act: impl FnOnce(&mut Case, Millis) -> Result<Vec<Line>, Refusal>,
    ) {
        let lines = act(&mut self.case, at).unwrap_or_default();
        self.story.extend(lines.into_iter().map(|line| (at, line)));
    }

    /// By minutes before now.
    pub(super) fn taken(mut self, by: &str, ago: i64) -> Made {
        let by = holder(by);
        self.act(NOW.minus(ago * MINUTE), |case, at| case.acknowledge(by, at));
        self
    }

    pub(super) fn done(mut self, step: &str, by: By, ago: i64) -> Made {
        if let Ok(step) = StepKey::parse(step) {
            self.act(NOW.minus(ago * MINUTE), |case, at| case.done(&step, by, at));
        }
        self
    }

    pub(super) fn not_needed(mut self, step: &str, by: &str, reason: &str, ago: i64) -> Made {
        if let Ok(step) = StepKey::parse(step) {
            self.act(NOW.minus(ago * MINUTE), |case, at| case.not_needed(&step, actor(by), reason, at));
        }
        self
    }

    pub(super) fn asked(mut self, step: &str, by: &str, people: &[&str], ago: i64) -> Made {
        if let Ok(step) = StepKey::parse(step) {
            let at = NOW.minus(ago * MINUTE);
            let people = people.iter().map(|name| (*name).to_owned()).collect();
            let asking = Asking { people, enough: 1, until: at.plus(2 * HOUR) };
            self.act(at, |case, at| case.asked(&step, actor(by).into(), asking, at));
        }
        self
    }

    pub(super) fn runs(mut self, step: &str, by: &str, ago: i64) -> Made {
        if let Ok(step) = StepKey::parse(step) {
            let run = RunId("0199-run".to_owned());
            self.act(NOW.minus(ago * MINUTE), |case, at| case.run_began(&step, actor(by).into(), run, at));
        }
        self
    }

    pub(super) fn told(mut self, purpose: Purpose, by: &str, ago: i64) -> Made {
        self.act(NOW.minus(ago * MINUTE), |case, at| {
            Ok(case.notice_queued(purpose, Way::Mail, actor(by), at))
        });
        self.act(NOW.minus(ago * MINUTE).plus(2 * SECOND), |case, at| {
            Ok(case.notice_sent(purpose, Way::Mail, &actor(by), at))
        });
        self
    }

    pub(super) fn noted(mut self, by: &str, text: &str, ago: i64) -> Made {
        self.act(NOW.minus(ago * MINUTE), |case, _| case.note(actor(by), text));
        self
    }
}

/// As in the pictures of the design.
pub(super) fn ada_and_nils() -> Couple {
    Couple {
        names: Private::new("Ada Okafor, Nils Lindqvist"),
        emails: vec![Private::new("ada@example.com")],
        phones: vec![Private::new("+46701234118")],
        language: Language::parse("en").ok(),
        venue: Private::new("Lindholm G\u{e5}rd"),
        summary: Private::new(
            "The florist cancelled: van broke down with all arrangements.\nThey say sorry.",
        ),
        unusable: Vec::new(),
    }
}

pub(super) fn automatic() -> By {
    By::Staff { actor: Actor::Console { rule: "crisis failure".to_owned() } }
}

pub(super) fn staff(name: &str) -> By {
    actor(name).into()
}
