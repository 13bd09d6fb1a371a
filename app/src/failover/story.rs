//! The story of a breaker, so that it stays short through a long night.

use backend::failover::Event;
use domain::failover::Why;

/// What is told of it, the newest first. Of probes that failed one after the other it is the newest, beside how many there
/// were: a service that is down for hours is probed each minute, and what was decided about it has to stay in sight.
pub(super) fn told<'a>(story: impl Iterator<Item = &'a Event>) -> Vec<(&'a Event, usize)> {
    let mut told: Vec<(&Event, usize)> = Vec::new();
    let mut among_probes = false;
    for event in story {
        let why = match event {
            Event::Transition(transition) => Some(&transition.why),
            Event::Decision { .. } => None,
        };
        match (why, told.last_mut()) {
            (Some(Why::ProbeFailed { .. } | Why::ProbeLost), Some((_, count))) if among_probes => *count += 1,
            (Some(Why::Waited), _) if among_probes => {}
            _ => {
                among_probes = matches!(why, Some(Why::ProbeFailed { .. } | Why::ProbeLost));
                told.push((event, 1));
            }
        }
    }
    told
}
