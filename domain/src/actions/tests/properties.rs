//! Whatever answers come or do not, whenever the console stops and whoever presses what: a request leaves at most once for
//! each time that it may have taken effect, and what a run says is what has happened.

use proptest::prelude::*;

use super::*;
use crate::alerts::AlertId;

const ACTIONS: [&str; 7] = [
    "scale-optimization",
    "restart-optimization",
    "flush-and-warm-cache",
    "clear-ai-keys",
    "send-emergency-alert",
    "reroute-to-backup-region",
    "fail-over-to-backup-infrastructure",
];
const PEOPLE: [&str; 3] = ["ada", "ben", "cleo"];

/// What becomes of one request on its way.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    /// Nothing was sent, or it was turned away first.
    NotConnected,
    Busy,
    Conflict,
    /// The connection is cut before the platform has it, and after.
    CutBefore,
    CutAfter,
    /// The console stops before the request, and after it.
    StopBefore,
    StopAfter,
    /// It stops half-way, which is known.
    HalfWay,
    /// The answer comes, but later.
    Slow,
    /// It is taken, and nothing comes of it.
    Empty,
}

#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    Request {
        action: usize,
        by: usize,
    },
    Approve {
        run: usize,
        by: usize,
    },
    BreakGlass {
        run: usize,
        by: usize,
        emergency: bool,
    },
    Refuse {
        run: usize,
        by: usize,
    },
    Cancel {
        run: usize,
    },
    /// Do what the run says is next; `sees` tells whether the effect can be looked at.
    Work {
        run: usize,
        fault: Fault,
        sees: bool,
        jitter: f64,
    },
    Crash,
    Decide {
        run: usize,
        in_place: bool,
    },
    /// Answers that were on their way arrive, once more than they should.
    Late,
    Switch,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::NotConnected),
        1 => Just(Fault::Busy),
        1 => Just(Fault::Conflict),
        1 => Just(Fault::CutBefore),
        1 => Just(Fault::CutAfter),
        1 => Just(Fault::StopBefore),
        1 => Just(Fault::StopAfter),
        1 => Just(Fault::HalfWay),
        2 => Just(Fault::Slow),
        1 => Just(Fault::Empty),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let run = 0..6usize;
    let by = 0..PEOPLE.len();
    prop_oneof![
        3 => prop_oneof![0..5 * SECOND, 0..40 * MINUTE, -10 * MINUTE..0].prop_map(Event::Wait),
        4 => (0..ACTIONS.len(), by.clone()).prop_map(|(action, by)| Event::Request { action, by }),
        2 => (run.clone(), by.clone()).prop_map(|(run, by)| Event::Approve { run, by }),
        1 => (run.clone(), by.clone(), any::<bool>())
            .prop_map(|(run, by, emergency)| Event::BreakGlass { run, by, emergency }),
        1 => (run.clone(), by).prop_map(|(run, by)| Event::Refuse { run, by }),
        1 => run.clone().prop_map(|run| Event::Cancel { run }),
        20 => (run.clone(), fault(), prop::bool::weighted(0.8), 0.0..1.0)
            .prop_map(|(run, fault, sees, jitter)| Event::Work { run, fault, sees, jitter }),
        1 => Just(Event::Crash),
        1 => (run, any::<bool>()).prop_map(|(run, in_place)| Event::Decide { run, in_place }),
        2 => Just(Event::Late),
        1 => Just(Event::Switch),
    ]
}

/// What the platform knows of one step of one run.
#[derive(Clone, Debug, Default)]
struct Truth {
    took_effect: u32,
    /// Requests of which the console cannot know that nothing happened.
    may_have: u32,
    in_doubt: bool,
    unseen: bool,
}

struct World {
    now: Millis,
    runs: Vec<Run>,
    truth: BTreeMap<(usize, usize), Truth>,
    on_their_way: Vec<(usize, (usize, u32), Answer)>,
    automation: Automation,
}

impl World {
    fn new() -> World {
        World {
            now: NOW,
            runs: Vec::new(),
            truth: BTreeMap::new(),
            on_their_way: Vec::new(),
            automation: Automation::On,
        }
    }

    fn board(&self) -> Board {
        Board::of(&self.runs)
    }

    fn act(&mut self, event: &Event) {
        let now = self.now;
        match event {
            Event::Wait(span) => {
                self.now = now.plus(*span);
                let now = self.now;
                self.runs.iter_mut().for_each(|run| drop(run.lapse(now)));
            }
            Event::Request { action, by } => {
                let mut asked = ask(ACTIONS[*action], person(PEOPLE[*by]));
                asked.id = RunId(format!("r{}", self.runs.len()));
                asked.proven = Some(now);
                if let Ok((run, _)) = Run::request(asked, &self.board(), &self.automation, now) {
                    self.runs.push(run);
                }
            }
            Event::Approve { run, by } => {
                let Some(run) = self.runs.get_mut(*run) else { return };
                let account = account(PEOPLE[*by]);
                let asked = run.requested.by.name().to_owned();
                let requester = super::account(&asked);
                let second =
                    Second { by: person(PEOPLE[*by]), account: &account, requester: Some(&requester) };
                let fresh = run.preview.clone();
                if run.approve(&second, "", &fresh, now).is_ok() {
                    assert_ne!(asked, PEOPLE[*by], "approved by whoever asked");
                    assert!(now.since(run.requested.at) < APPROVE_WITHIN, "approved too late");
                }
            }
            Event::BreakGlass { run, by, emergency } => {
                let Some(run) = self.runs.get_mut(*run) else { return };
                let alert = AlertId("a1".to_owned());
                let fresh = run.preview.clone();
                let emergency = emergency.then_some(&alert);
                if run.break_glass(person(PEOPLE[*by]), Some(now), emergency, &fresh, now).is_ok() {
                    assert!(emergency.is_some() && run.waits_for_review());
                }
            }
            Event::Refuse { run, by } => {
                let Some(run) = self.runs.get_mut(*run) else { return };
                drop(run.refuse(person(PEOPLE[*by]), "no", now));
            }
            Event::Cancel { run } => {
                let Some(run) = self.runs.get_mut(*run) else { return };
                drop(run.cancel(person("ada"), now));
            }
            Event::Work { run, fault, sees, jitter } => self.work(*run, *fault, *sees, *jitter),
            Event::Crash => self.runs.iter_mut().for_each(|run| drop(run.resume(now))),
            Event::Decide { run, in_place } => {
                let Some(run) = self.runs.get_mut(*run) else { return };
                drop(run.decide(person("ada"), *in_place, "I looked", now));
            }
            Event::Late => {
                for (run, attempt, answer) in std::mem::take(&mut self.on_their_way) {
                    let first = self.runs[run].answered(attempt, answer.clone(), 0.5, now);
                    let again = self.runs[run].answered(attempt, answer, 0.5, now);
                    assert!(first.is_err() || again.is_err(), "one answer was taken twice");
                }
            }
            Event::Switch => {
                self.automation = match self.automation.turn_off(person("ada"), "testing", now) {
                    Ok(off) => off,
                    Err(_) => Automation::On,
                };
            }
        }
    }

    fn work(&mut self, number: usize, fault: Fault, sees: bool, jitter: f64) {
        let board = self.board();
        let now = self.now;
        let Some(run) = self.runs.get_mut(number) else { return };
        match run.next() {
            Next::Begin { step, .. } => {
                let fresh = run.preview.steps[step].clone();
                let Ok(Begun { send: Some(dispatch), .. }) =
                    run.begin_step(&fresh, &board, &self.automation, now)
                else {
                    return;
                };
                assert_eq!(dispatch.step, step);
                let truth = self.truth.entry((number, step)).or_default();
                let only_answer = run.plan().steps[step].effect.look == Look::AnswerOnly;
                let happened = matches!(
                    fault,
                    Fault::None | Fault::CutAfter | Fault::StopAfter | Fault::HalfWay | Fault::Slow
                ) || (only_answer && matches!(fault, Fault::Empty));
                truth.took_effect += u32::from(happened);
                let known_not = matches!(fault, Fault::NotConnected | Fault::Busy | Fault::Conflict);
                truth.may_have += u32::from(!known_not);
                truth.in_doubt |= matches!(
                    fault,
                    Fault::CutBefore | Fault::CutAfter | Fault::StopBefore | Fault::StopAfter | Fault::Slow
                );
                let not_done = |why| Answer::NotDone { why, said: String::new() };
                let answer = match fault {
                    Fault::None | Fault::Empty => done(),
                    Fault::NotConnected => not_done(NotDone::NotConnected),
                    Fault::Busy => not_done(NotDone::Busy { wait: Some(SECOND) }),
                    Fault::Conflict => not_done(NotDone::Conflict),
                    Fault::CutBefore | Fault::CutAfter => in_doubt(),
                    Fault::HalfWay => Answer::Partly { said: String::new() },
                    Fault::StopBefore | Fault::StopAfter => {
                        run.resume(now);
                        return;
                    }
                    Fault::Slow => {
                        self.on_their_way.push((number, (step, dispatch.attempt), done()));
                        return;
                    }
                };
                run.answered((step, dispatch.attempt), answer, jitter, now).unwrap();
            }
            Next::Observe { step, at } => {
                self.now = now.max(at);
                let truth = self.truth.entry((number, step)).or_default();
                truth.unseen |= !sees;
                let sighting = match (sees, truth.took_effect) {
                    (false, _) => Sighting::CannotSee { why: "no answer".to_owned() },
                    (true, 0) => not_yet(),
                    (true, _) => seen(),
                };
                run.observed(sighting, self.now).unwrap();
            }
            _ => {}
        }
    }

    /// What holds at every moment.
    fn check(&self) {
        for ((run, step), truth) in &self.truth {
            assert!(
                truth.took_effect <= 1,
                "step {step} of run {run} took effect {} times",
                truth.took_effect
            );
            assert!(
                truth.may_have <= 1,
                "step {step} of run {run} was sent again after it may have happened"
            );
        }
        for (number, run) in self.runs.iter().enumerate() {
            let truth = |step: usize| self.truth.get(&(number, step)).cloned().unwrap_or_default();
            for (step, record) in run.steps.iter().enumerate() {
                let truth = truth(step);
                match &record.end {
                    StepEnd::InPlace { decided_by: None, .. } => assert_eq!(truth.took_effect, 1),
                    StepEnd::NotDone { decided_by: None, .. } => assert_eq!(truth.took_effect, 0),
                    StepEnd::Unknown { .. } => assert!(truth.in_doubt || truth.unseen, "it is known"),
                    _ => {}
                }
            }
            for step in run.steps.len() + 1..run.plan().steps.len() {
                assert_eq!(truth(step).may_have, 0, "a step before it is not at its end");
            }
            if let Some(Approval::Given { by, .. }) = &run.approval {
                assert_ne!(by.hands(), run.requested.by.hands());
            }
            if run.plan().two_person && !self.truth.range((number, 0)..(number + 1, 0)).count().eq(&0) {
                let two = matches!(run.approval, Some(Approval::Given { .. } | Approval::BrokenGlass { .. }));
                assert!(two, "it was begun by one person");
            }
            for other in self.runs.iter().skip(number + 1) {
                let both = run.is_running() && other.is_running();
                assert!(
                    !(both && overlap(&run.plan().targets(), &other.plan().targets())),
                    "two at one target"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_step_is_sent_at_most_once_for_each_time_that_it_may_have_happened(
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut world = World::new();
        for event in &events {
            let before = world.runs.clone();
            world.act(event);
            world.check();
            for (was, is) in before.iter().zip(&world.runs) {
                let decided = matches!(event, Event::Decide { .. }) && matches!(was.state, State::Unknown { .. });
                if was.is_over() && !decided {
                    prop_assert_eq!(was, is, "a run that was over changed");
                }
            }
        }
        for run in &world.runs {
            let stored = serde_json::to_string(run).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Run>(&stored).unwrap(), run);
            prop_assert_eq!(wording::known(run, clock).len(), run.plan().steps.len());
        }
    }

    /// Left alone, every run comes to an end; only what nobody could know is unknown.
    #[test]
    fn every_run_comes_to_an_end(events in prop::collection::vec(event(), 1..60)) {
        let mut world = World::new();
        events.iter().for_each(|event| world.act(event));
        world.automation = Automation::On;
        for _ in 0..100 {
            if world.runs.iter().all(Run::is_over) {
                break;
            }
            world.act(&Event::Late);
            world.act(&Event::Crash);
            for run in 0..world.runs.len() {
                world.act(&Event::Work { run, fault: Fault::None, sees: true, jitter: 1.0 });
            }
            world.act(&Event::Wait(MINUTE));
            world.check();
        }
        for run in &world.runs {
            prop_assert!(run.is_over(), "{} stayed {}", run.id, run.state_word());
        }
    }

    #[test]
    fn without_a_fault_each_step_takes_effect_exactly_once(action in 0..ACTIONS.len(), gap in 0..SECOND) {
        let mut world = World::new();
        world.act(&Event::Request { action, by: 0 });
        world.act(&Event::Approve { run: 0, by: 1 });
        while !world.runs[0].is_over() {
            world.act(&Event::Work { run: 0, fault: Fault::None, sees: true, jitter: 0.0 });
            world.act(&Event::Wait(gap));
        }
        let steps = world.runs[0].plan().steps.len();
        prop_assert_eq!(world.runs[0].state_word(), "succeeded");
        prop_assert_eq!(world.truth.len(), steps);
        prop_assert!(world.truth.values().all(|truth| (truth.took_effect, truth.may_have) == (1, 1)));
    }
}
