//! Who is called next about one alert, and when: a function of the plan, the roster, what was done so far, and the time.

use serde::{Deserialize, Serialize};

use super::{Call, OnCall, People, Plan, Roster, Severity, Step};
use crate::{
    access::PersonId,
    delivery::{Occasion, Recipient},
    time::{MINUTE, Millis},
};

/// Where nobody is on call in any tier, the roster is looked at again this soon.
const LOOK_AGAIN: i64 = MINUTE;

/// How far the escalation of one alert has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Paging {
    /// Steps of the plan that are done.
    pub step: usize,
    /// When the last thing was done; before the first, when it began.
    pub anchor: Millis,
    /// The next step is due at once: whoever was called cannot be reached.
    pub hurry: bool,
    /// Begins where it stood: those who were called are called once more.
    pub again: bool,
    /// Nobody was on call anywhere when it was last looked at, and that was said.
    pub nobody: bool,
    /// Nobody is called before this: a silence or a window, which was said.
    pub held_until: Option<Millis>,
}

/// What escalation does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    Tell {
        tier: u8,
        to: Recipient,
        occasion: Occasion,
    },
    /// Nobody is on call in the tier, so the next one is called at once.
    Skipped {
        tier: u8,
        why: String,
    },
    /// Another tier answers for it.
    StoodIn {
        tier: u8,
        by: u8,
        why: String,
    },
    /// In no tier of the plan is anybody on call.
    Nobody,
    /// Not before then: a silence or a window.
    Held {
        until: Millis,
    },
}

impl Paging {
    /// Something is due at once.
    pub fn begin(at: Millis) -> Paging {
        Paging { step: 0, anchor: at, hurry: false, again: false, nobody: false, held_until: None }
    }

    /// Begins where it stood, after an acknowledgement that lapsed or was taken back.
    pub fn resume(self, at: Millis) -> Paging {
        Paging { anchor: at, again: self.step > 0, hurry: false, nobody: false, held_until: None, ..self }
    }

    /// When something is due next.
    pub fn due_at(&self, plan: &Plan) -> Millis {
        let due = if self.again || self.hurry || self.step == 0 {
            self.anchor
        } else if self.nobody {
            self.anchor.plus(LOOK_AGAIN)
        } else {
            match self.next(plan) {
                Some(wait) => self.anchor.plus(wait),
                None => self.anchor.plus(plan.repeat_every.max(MINUTE)),
            }
        };
        self.held_until.map_or(due, |until| due.max(until))
    }

    /// What is to be done at `now`, and how far it has come then. Nothing before it is due. `quiet_until` is the end of
    /// a silence or window that covers the alert.
    pub fn advance(
        mut self,
        plan: &Plan,
        severity: Severity,
        roster: &Roster,
        quiet_until: Option<Millis>,
        now: Millis,
    ) -> (Paging, Vec<Effect>) {
        let mut effects = Vec::new();
        if let Some(until) = quiet_until.filter(|until| *until > now) {
            if self.held_until != Some(until) {
                effects.push(Effect::Held { until });
            }
            self.held_until = Some(until);
            return (self, effects);
        }
        if now < self.due_at_unheld(plan) {
            self.held_until = None;
            return (self, effects);
        }
        self.held_until = None;
        let began_with = self.step;
        while let Some(step) = plan.steps.get(self.step).filter(|_| !self.again) {
            let reached = call(step, severity, roster, Occasion::Page, true, &mut effects);
            self.step += 1;
            // Nobody to wait for: the next tier hears now.
            if reached || !wants_people(step, severity) {
                break;
            }
        }
        // Those of the steps before hear again: a page that nobody acknowledges repeats.
        for step in plan.steps.iter().take(began_with) {
            call(step, severity, roster, Occasion::Reminder, false, &mut effects);
        }
        let wanted = plan.steps.iter().take(self.step).any(|step| wants_people(step, severity));
        let somebody =
            effects.iter().any(|effect| matches!(effect, Effect::Tell { to: Recipient::Person { .. }, .. }));
        let nobody = wanted && !somebody && self.step >= plan.steps.len();
        if nobody && !self.nobody {
            effects.push(Effect::Nobody);
        }
        (Paging { anchor: now, hurry: false, again: false, nobody, ..self }, once_each(effects))
    }

    /// Somebody who was called cannot be reached on any way: the next step is due at once, while there is one.
    pub fn unreachable(self, plan: &Plan, now: Millis) -> Paging {
        if self.step < plan.steps.len() { Paging { hurry: true, anchor: now, ..self } } else { self }
    }

    fn due_at_unheld(&self, plan: &Plan) -> Millis {
        Paging { held_until: None, ..self.clone() }.due_at(plan)
    }

    /// From the last step to the next, in milliseconds.
    fn next(&self, plan: &Plan) -> Option<i64> {
        let next = plan.steps.get(self.step)?.after;
        let last =
            self.step.checked_sub(1).and_then(|last| plan.steps.get(last)).map_or(0, |step| step.after);
        Some((next - last).max(0))
    }
}

/// Whether this call is about people now.
fn calls_people(call: &Call, severity: Severity) -> bool {
    match call.people {
        People::Never => false,
        People::Always => true,
        People::WhenUrgent => severity.urgent,
        People::WhenWedding => severity.wedding,
    }
}

fn wants_people(step: &Step, severity: Severity) -> bool {
    step.calls.iter().any(|call| calls_people(call, severity))
}

/// Tells everybody of a step; whether a person is among them.
fn call(
    step: &Step,
    severity: Severity,
    roster: &Roster,
    occasion: Occasion,
    channels: bool,
    effects: &mut Vec<Effect>,
) -> bool {
    let mut reached = false;
    for call in &step.calls {
        let tier = roster.tier(call.tier);
        if let Some(channel) =
            tier.and_then(|tier| tier.channel.as_ref()).filter(|_| call.channel && channels)
        {
            let to = Recipient::Channel { name: channel.clone() };
            effects.push(Effect::Tell { tier: call.tier, to, occasion });
        }
        if !calls_people(call, severity) {
            continue;
        }
        let why = match tier.map(|tier| &tier.on_call) {
            None => Some("there is no such tier".to_owned()),
            Some(OnCall::Nobody { why }) => Some(why.clone()),
            Some(on_call) if on_call.people().is_empty() => Some("nobody is on call".to_owned()),
            Some(OnCall::StandIn { tier, why, .. }) if occasion == Occasion::Page => {
                effects.push(Effect::StoodIn { tier: call.tier, by: *tier, why: why.clone() });
                None
            }
            Some(_) => None,
        };
        if let Some(why) = why {
            // It is said once: saying it with each reminder would bury the rest.
            if occasion == Occasion::Page {
                effects.push(Effect::Skipped { tier: call.tier, why });
            }
            continue;
        }
        let people: &[PersonId] = tier.map_or(&[], |tier| tier.on_call.people());
        for person in people {
            let to = Recipient::Person { id: person.clone() };
            effects.push(Effect::Tell { tier: call.tier, to, occasion });
            reached = true;
        }
    }
    reached
}

/// Somebody who is on call in two tiers hears once, as in the first of them.
fn once_each(effects: Vec<Effect>) -> Vec<Effect> {
    let mut told = Vec::new();
    effects
        .into_iter()
        .filter(|effect| match effect {
            Effect::Tell { to, .. } => {
                let first = !told.contains(to);
                told.push(to.clone());
                first
            }
            _ => true,
        })
        .collect()
}
