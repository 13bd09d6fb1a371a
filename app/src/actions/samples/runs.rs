//! Runs in each of their states.

use backend::actions::{Stored, Told};
use domain::{
    actions::{
        Answer, Approval, Failure, Happening, Intent, Known, OldValue, Phase, Review, Run, RunId, Sighting,
        State, StepEnd, StepRecord, Stop,
    },
    alerts::AlertId,
    time::{DAY, MINUTE, Millis, SECOND},
};
use jiff::tz::TimeZone;

use super::{
    all_rights, frames,
    made::{catalogue, person, plan, preview, progressing, requested as asked, run_of, service, stored},
    no_rights,
};
use crate::{
    access::Troubles,
    actions::{Rights, RunView, Typed},
    monitoring::samples::{HOSTILE, NOW},
};

const REASON: &str = "p95 is not recovering after the scale-up";

fn record(began: Millis, end: StepEnd) -> StepRecord {
    StepRecord { began, ended: began.plus(6 * SECOND), attempts: 1, old: None, end }
}

fn in_place(said: &str) -> StepEnd {
    StepEnd::InPlace { said: said.to_owned(), decided_by: None }
}

fn intent(step: usize, at: Millis) -> Intent {
    Intent { step, attempt: 1, at, old: None }
}

/// Waits for a second person.
pub fn requested(by: &str) -> Run {
    asked("1", plan("reroute-to-backup-region", &[]), by, REASON)
}

pub fn approved() -> Run {
    let mut run = requested("Marta Keller");
    run.approval = Some(Approval::Given {
        by: person("Jonas Wirth"),
        at: NOW.minus(5 * SECOND),
        comment: "Go, I watch the error rate.".to_owned(),
    });
    run.state = State::Approved { until: NOW.plus(10 * MINUTE) };
    run
}

/// Sent, and its effect is looked for.
pub fn observing() -> Run {
    let mut run = asked("2", plan("scale-optimization", &[("replicas", "10")]), "Priya Nair", "queue of 64");
    let at = NOW.minus(20 * SECOND);
    run.state = State::Running {
        since: at,
        phase: Phase::Observing {
            intent: Intent { old: Some(OldValue::Replicas { count: 3, autoscaler: None }), ..intent(0, at) },
            answer: Known::Taken { said: "the cluster took it".to_owned() },
            from: at.plus(SECOND),
            until: NOW.plus(4 * MINUTE),
            looked: Some((NOW, Sighting::NotYet { said: "7 of 10 pods are ready".to_owned() })),
            fewest: None,
        },
        stopping: None,
    };
    run
}

fn in_doubt() -> Run {
    let mut run = observing();
    if let State::Running { phase: Phase::Observing { answer, .. }, .. } = &mut run.state {
        *answer = Known::InDoubt { said: "the connection was cut after the request was sent".to_owned() };
    }
    run
}

fn waiting() -> Run {
    let mut run = observing();
    let said = "too many requests".to_owned();
    run.state = State::Running {
        since: NOW.minus(9 * SECOND),
        phase: Phase::Waiting { attempt: 2, until: NOW.plus(15 * SECOND), said },
        stopping: None,
    };
    run
}

fn stopping() -> Run {
    let mut run = sequence();
    if let State::Running { stopping, .. } = &mut run.state {
        *stopping = Some(Stop { by: person("Ben Okafor"), at: NOW.minus(2 * SECOND) });
    }
    run
}

/// Several steps, the first of them done.
fn sequence() -> Run {
    let mut run =
        asked("3", plan("flush-and-warm-cache", &[]), "Priya Nair", "stale prices after the import");
    run.steps = vec![record(NOW.minus(30 * SECOND), in_place("the mark is there"))];
    run.state = State::Running {
        since: NOW.minus(30 * SECOND),
        phase: Phase::Intended { intent: intent(1, NOW.minus(SECOND)) },
        stopping: None,
    };
    run
}

/// A long step that tells how far it has come.
pub fn cleaning() -> Run {
    let mut run = asked("4", plan("clean-old-optimizations", &[]), "Ade Oyelaran", "the disk is at 91 %");
    run.state = State::Running {
        since: NOW.minus(MINUTE),
        phase: Phase::Intended { intent: intent(0, NOW.minus(MINUTE)) },
        stopping: None,
    };
    run
}

/// Worked, some days ago.
pub fn past(number: usize) -> Run {
    let days = i64::try_from(number).unwrap_or_default() + 1;
    let at = NOW.minus(days * DAY + 37 * MINUTE);
    let by = ["Jonas Wirth", "Marta Keller", "Ben Okafor"][number % 3];
    let shown = preview(plan("enable-fallback", &[]));
    let mut run = run_of(&format!("{}", 10 + number), shown, person(by), "", at);
    run.steps = vec![record(at.plus(SECOND), in_place("/ai/fallback says enabled: true"))];
    run.state = State::Succeeded { at: at.plus(7 * SECOND) };
    run
}

pub fn failed() -> Run {
    let mut run = observing();
    let said = "7 of 10 pods are ready; 3 wait for a node".to_owned();
    run.steps = vec![StepRecord {
        old: Some(OldValue::Replicas { count: 3, autoscaler: None }),
        ended: NOW,
        ..record(NOW.minus(5 * MINUTE), StepEnd::NoEffect { said: said.clone() })
    }];
    run.state = State::Failed { at: NOW, why: Failure::NoEffect { said } };
    run
}

fn no_longer_true() -> Run {
    let mut run = approved();
    let changed = domain::actions::Changed {
        label: "api.wedsync.com/ai/ leads to".to_owned(),
        before: Some("ai-optimization:80".to_owned()),
        now: Some("ai-backup-services:80".to_owned()),
        unseen: None,
    };
    run.state = State::Failed { at: NOW, why: Failure::NoLongerTrue { changed: vec![changed] } };
    run
}

/// Nobody knows whether it took effect.
pub fn unknown() -> Run {
    let mut run = asked("5", plan("send-emergency-alert", &[]), "Priya Nair", "the crisis manager is down");
    let why = "the connection was cut after the request was sent".to_owned();
    run.steps = vec![record(NOW.minus(40 * SECOND), StepEnd::Unknown { said: why.clone() })];
    run.state = State::Unknown { at: NOW.minus(30 * SECOND), why };
    run
}

pub fn undone() -> Run {
    let mut run = past(2);
    run.state = State::Undone { at: NOW.minus(2 * MINUTE), by: observing().id };
    run
}

pub fn refused() -> Run {
    let mut run = requested("Marta Keller");
    let comment = "The region is being rebuilt until 04:00. Enable fallback instead.".to_owned();
    run.state = State::Refused { at: NOW, by: person("Jonas Wirth"), comment };
    run
}

pub fn lapsed() -> Run {
    let mut run = requested("Marta Keller");
    run.state = State::Lapsed { at: NOW.minus(MINUTE) };
    run
}

pub fn cancelled() -> Run {
    let mut run = requested("Marta Keller");
    run.state = State::Cancelled { at: NOW, by: person("Marta Keller") };
    run
}

/// Stopped after its first step.
pub fn stopped() -> Run {
    let mut run = sequence();
    run.state = State::Cancelled { at: NOW, by: person("Ben Okafor") };
    run
}

/// Went on with one person, and waits for its review.
pub fn alone() -> Run {
    let mut run = requested("Marta Keller");
    run.approval = Some(Approval::BrokenGlass {
        by: person("Marta Keller"),
        at: NOW.minus(3 * MINUTE),
        emergency: AlertId("0199-0000".to_owned()),
        review: Review::Waiting,
    });
    run.steps = vec![record(NOW.minus(2 * MINUTE), in_place("api.wedsync.com/ai/ leads to ai-backup:80"))];
    run.state = State::Succeeded { at: NOW.minus(MINUTE) };
    run
}

pub fn hostile() -> Run {
    let mut shown = preview(plan("enable-fallback", &[]));
    HOSTILE.clone_into(&mut shown.plan.name);
    HOSTILE.clone_into(&mut shown.plan.platform);
    HOSTILE.clone_into(&mut shown.plan.steps[0].name);
    HOSTILE.clone_into(&mut shown.steps[0].requests[0].address);
    let mut run = run_of("9", shown, person(HOSTILE), HOSTILE, NOW.minus(MINUTE));
    run.steps = vec![record(NOW.minus(MINUTE), StepEnd::Unknown { said: HOSTILE.to_owned() })];
    run.state = State::Unknown { at: NOW, why: HOSTILE.to_owned() };
    run
}

fn story(run: &Run) -> Vec<(Millis, Happening)> {
    let asked = Happening::Requested {
        by: run.requested.by.clone(),
        reason: run.requested.reason.clone(),
        waits_until: run.plan().two_person.then(|| run.requested.at.plus(30 * MINUTE)),
    };
    let mut story = vec![(run.requested.at, asked)];
    match &run.approval {
        Some(Approval::Given { by, at, comment }) => {
            story.push((*at, Happening::Approved { by: by.clone(), comment: comment.clone() }));
        }
        Some(Approval::BrokenGlass { by, at, emergency, .. }) => {
            story.push((*at, Happening::GlassBroken { by: by.clone(), emergency: emergency.clone() }));
        }
        _ => {}
    }
    for (step, record) in run.steps.iter().enumerate() {
        story.push((record.began, Happening::Began { step, attempt: 1 }));
        let answer = match &record.end {
            StepEnd::Unknown { said } => Answer::InDoubt { said: said.clone() },
            _ => Answer::Done { said: "200 OK".to_owned() },
        };
        story.push((record.began.plus(200), Happening::Answered { step, answer }));
        story.push((record.ended, Happening::Ended { step, end: record.end.clone() }));
    }
    match &run.state {
        State::Succeeded { at } => story.push((*at, Happening::Succeeded)),
        State::Failed { at, why } => story.push((*at, Happening::Failed { why: why.clone() })),
        State::Unknown { at, why } => story.push((*at, Happening::BecameUnknown { why: why.clone() })),
        State::Undone { at, by } => story.push((*at, Happening::Undone { by: by.clone() })),
        State::Refused { at, by, comment } => {
            story.push((*at, Happening::Refused { by: by.clone(), comment: comment.clone() }));
        }
        State::Lapsed { at } => story.push((*at, Happening::Lapsed)),
        State::Cancelled { at, by } => story.push((*at, Happening::Cancelled { by: by.clone() })),
        State::Requested { .. } | State::Approved { .. } | State::Running { .. } => {}
    }
    story
}

fn view(stored: Stored, rights: Rights) -> RunView {
    let run = &stored.run;
    let action = catalogue().get(&run.plan().action).cloned();
    let undo = catalogue().plan_undo(run).map(|_| ()).map_err(|why| why.to_string());
    let services = action.iter().flat_map(|action| &action.services).map(|key| service(key)).collect();
    RunView {
        frames: frames("departure"),
        now: NOW,
        zone: TimeZone::UTC,
        services,
        rights,
        proven: false,
        typed: Typed::default(),
        done: None,
        told: Told {
            story: story(run),
            action,
            undo,
            emergency: None,
            automation: domain::actions::Automation::On,
            now: NOW,
            stored,
        },
    }
}

fn emergency(mut view: RunView) -> RunView {
    view.frames = frames("storm");
    view.told.emergency = Some(AlertId("0199-0000".to_owned()));
    view
}

pub fn views() -> Vec<(&'static str, RunView)> {
    let of = |run| view(stored(run), all_rights());
    let mut no_comment = of(requested("Marta Keller"));
    no_comment.typed = Typed {
        what: "refuse".to_owned(),
        comment: String::new(),
        troubles: Troubles::default()
            .and("comment", "Say why you refuse it: whoever asked has to know what to do instead."),
    };
    let mut conflict = of(requested("Marta Keller"));
    conflict.typed.troubles = Troubles::default().and(
        "",
        "The preview is no longer true: api.wedsync.com/ai/ leads to was ai-optimization:80 and is ai-backup:80 now. Look at it again.",
    );
    let mut undoing = past(2);
    undoing.requested.undoes = Some(RunId(observing().id.0));
    undoing.requested.alert = Some(AlertId("0199-0000".to_owned()));
    let mut reviewed = alone();
    if let Some(Approval::BrokenGlass { review, .. }) = &mut reviewed.approval {
        let comment = "Right: two weddings were affected.".to_owned();
        *review = Review::Done { by: person("Jonas Wirth"), at: NOW, comment };
    }
    let mut attack = of(hostile());
    attack.typed = Typed {
        what: "decide".to_owned(),
        comment: HOSTILE.to_owned(),
        troubles: Troubles::default().and("", HOSTILE).and("comment", HOSTILE),
    };
    attack.services = vec![HOSTILE.to_owned()];
    vec![
        ("run-requested-own", of(requested("Priya Nair"))),
        ("run-requested-approver", of(requested("Marta Keller"))),
        ("run-requested-no-rights", view(stored(requested("Marta Keller")), no_rights())),
        ("run-requested-emergency", emergency(of(requested("Priya Nair")))),
        ("run-requested-conflict", conflict),
        ("run-requested-no-comment", no_comment),
        ("run-approved", of(approved())),
        ("run-running", of(observing())),
        ("run-running-no-rights", view(stored(observing()), no_rights())),
        ("run-in-doubt", of(in_doubt())),
        ("run-waiting", of(waiting())),
        ("run-sequence", of(sequence())),
        ("run-progress", view(progressing(cleaning(), "12,000 of about 90,000 rows"), all_rights())),
        ("run-stopping", of(stopping())),
        ("run-succeeded", of(undoing)),
        ("run-failed", of(failed())),
        ("run-no-longer-true", of(no_longer_true())),
        ("run-unknown", of(unknown())),
        ("run-unknown-no-rights", view(stored(unknown()), no_rights())),
        ("run-undone", of(undone())),
        ("run-refused", of(refused())),
        ("run-lapsed", of(lapsed())),
        ("run-cancelled", of(cancelled())),
        ("run-stopped", of(stopped())),
        ("run-alone", of(alone())),
        ("run-reviewed", of(reviewed)),
        ("run-hostile", attack),
    ]
}
