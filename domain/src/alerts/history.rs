//! What the policy makes of a row of samples, all of it in memory: for trying a policy on the past, and for proving that
//! what is stored is the same.

use std::collections::BTreeMap;

use super::{Alert, AlertKey, Change, ChangeOf, Context, Happening, Memory, Policy, Severity};
use crate::{
    monitoring::Sample,
    oncall::Roster,
    time::Millis,
    windows::{Window, quiet_until},
};

/// One platform's alerts, from its samples and the time that goes by.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    pub memory: Memory,
    /// Open ones, each with its number in `log`.
    pub open: BTreeMap<AlertKey, (usize, Alert)>,
    /// Ended ones with their numbers, in the order in which they ended.
    pub ended: Vec<(usize, Alert)>,
    /// What happened, when, and to which alert by its number from 0 in the order of firing.
    pub log: Vec<(Millis, usize, Happening)>,
    fired: usize,
}

/// What alerts live in, for one step.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    pub policy: &'a Policy,
    pub roster: &'a Roster,
    pub windows: &'a [Window],
}

impl History {
    /// Takes a poll in, and pages for what it changed.
    pub fn sample(&mut self, world: &World<'_>, context: &Context<'_>, sample: &Sample) {
        self.agree();
        let changes = self.memory.take_in(context, sample, &world.policy.debounce);
        self.change(world, changes);
        self.pass(world, context.weddings_today, sample.at);
    }

    /// Takes in how crises stand.
    pub fn crises(&mut self, world: &World<'_>, context: &Context<'_>, at: Millis) {
        self.agree();
        let changes = self.memory.take_in_crises(context, at, &world.policy.debounce);
        self.change(world, changes);
        self.pass(world, context.weddings_today, at);
    }

    /// What time brings to every open alert.
    pub fn pass(&mut self, world: &World<'_>, weddings_today: Option<u32>, now: Millis) {
        for (key, (number, alert)) in &mut self.open {
            if alert.due_at(world.policy).is_none_or(|due| due > now) {
                continue;
            }
            let of = (key.platform.as_str(), key.service.as_deref(), key.metric.as_str());
            let quiet = quiet_until(world.windows, of, alert.severity.level, weddings_today, now);
            let happened = alert.advance(world.policy, world.roster, quiet, now);
            self.log.extend(happened.into_iter().map(|happened| (now, *number, happened)));
        }
    }

    /// When time alone changes something next.
    pub fn due_at(&self, policy: &Policy) -> Option<Millis> {
        self.open.values().filter_map(|(_, alert)| alert.due_at(policy)).min()
    }

    /// Does something to the open alert of that key, as a person does.
    pub fn act<E>(
        &mut self,
        key: &AlertKey,
        at: Millis,
        act: impl FnOnce(&mut Alert) -> Result<Vec<Happening>, E>,
    ) -> Option<Result<(), E>> {
        let (number, alert) = self.open.get_mut(key)?;
        let happened = match act(alert) {
            Ok(happened) => happened,
            Err(refused) => return Some(Err(refused)),
        };
        let number = *number;
        self.log.extend(happened.into_iter().map(|happened| (at, number, happened)));
        if !alert.is_open()
            && let Some(ended) = self.open.remove(key)
        {
            self.ended.push(ended);
        }
        Some(Ok(()))
    }

    fn agree(&mut self) {
        let open: BTreeMap<AlertKey, Severity> =
            self.open.iter().map(|(key, (_, alert))| (key.clone(), alert.severity)).collect();
        self.memory.agree(&open);
    }

    fn change(&mut self, world: &World<'_>, changes: Vec<Change>) {
        for change in changes {
            let (number, happened) = match (change.turn, self.open.get_mut(&change.key)) {
                (ChangeOf::Fired { severity, began_at }, None) => {
                    let (alert, happened) = Alert::fire(change.key.clone(), severity, began_at, change.at);
                    let number = self.fired;
                    self.fired += 1;
                    self.open.insert(change.key.clone(), (number, alert));
                    (number, happened)
                }
                (turn, Some((number, alert))) => (*number, apply(alert, world.policy, turn, change.at)),
                (_, None) => continue,
            };
            self.log.extend(happened.into_iter().map(|happened| (change.at, number, happened)));
            if self.open.get(&change.key).is_some_and(|(_, alert)| !alert.is_open())
                && let Some(ended) = self.open.remove(&change.key)
            {
                self.ended.push(ended);
            }
        }
    }
}

/// What a change does to the alert that is open for it. The same here and where alerts are stored.
pub fn apply(alert: &mut Alert, policy: &Policy, turn: ChangeOf, at: Millis) -> Vec<Happening> {
    match turn {
        // One is open already: two writers saw it begin.
        ChangeOf::Fired { severity, .. } => alert.judge(policy, alert.severity.max(severity), at),
        ChangeOf::Rose(severity) | ChangeOf::Fell(severity) => alert.judge(policy, severity, at),
        ChangeOf::Recovered => alert.recover(at),
    }
}
