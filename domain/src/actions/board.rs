//! All runs that matter to a new one: two of them on one target never go on at the same time.

use super::{ActionKey, Plan, Refusal, Run, RunId, State, Target, overlap};
use crate::time::Millis;

/// Made of the runs that are not over, those that wait for a decision, and those that ended within the longest cooldown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Board(Vec<Place>);

/// What one run takes up.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    run: RunId,
    action: ActionKey,
    name: String,
    platform: String,
    targets: Vec<Target>,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// For a second person.
    Waiting,
    Approved,
    Running,
    /// Unknown, and nobody has decided yet.
    Undecided,
    /// Over, having changed something.
    Ended {
        rests_until: Millis,
    },
}

impl Board {
    pub fn of<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Board {
        let place = |run: &Run| {
            let standing = match &run.state {
                State::Requested { .. } => Standing::Waiting,
                State::Approved { .. } => Standing::Approved,
                State::Running { .. } => Standing::Running,
                State::Unknown { .. } => Standing::Undecided,
                _ => Standing::Ended { rests_until: run.rests_until()? },
            };
            let plan = run.plan();
            Some(Place {
                run: run.id.clone(),
                action: plan.action.clone(),
                name: plan.name.clone(),
                platform: plan.platform.clone(),
                targets: plan.targets(),
                standing,
            })
        };
        Board(runs.into_iter().filter_map(place).collect())
    }

    /// Whether a run of this plan may be asked for; `undoes` is the run that it takes back.
    ///
    /// # Errors
    /// With the run that is in the way.
    pub fn may_request(&self, plan: &Plan, undoes: Option<&RunId>, now: Millis) -> Result<(), Refusal> {
        let targets = plan.targets();
        for place in self.0.iter().filter(|place| place.platform == plan.platform) {
            let same = place.action == plan.action && undoes != Some(&place.run);
            let overlaps = overlap(&place.targets, &targets);
            let run = place.run.clone();
            match place.standing {
                Standing::Running | Standing::Approved if overlaps => {
                    return Err(Refusal::Overlaps { run, name: place.name.clone() });
                }
                Standing::Waiting if same && overlaps => return Err(Refusal::AlreadyAsked { run }),
                Standing::Undecided if same && overlaps => return Err(Refusal::DecideFirst { run }),
                Standing::Ended { rests_until } if same && undoes.is_none() && now < rests_until => {
                    return Err(Refusal::CoolingDown { until: rests_until, left: rests_until.since(now) });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether an approved run may begin its first step.
    ///
    /// # Errors
    /// While another one is running at one of its targets.
    pub fn may_begin(&self, run: &Run) -> Result<(), Refusal> {
        let plan = run.plan();
        let targets = plan.targets();
        let in_the_way = self.0.iter().find(|place| {
            place.standing == Standing::Running
                && place.run != run.id
                && place.platform == plan.platform
                && overlap(&place.targets, &targets)
        });
        match in_the_way {
            Some(place) => Err(Refusal::Overlaps { run: place.run.clone(), name: place.name.clone() }),
            None => Ok(()),
        }
    }
}
