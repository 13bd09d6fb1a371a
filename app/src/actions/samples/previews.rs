//! Looks at actions: fine, with something in the way, and with hostile words.

use std::collections::BTreeMap;

use backend::actions::Looked;
use domain::{
    actions::{Danger, Found, Line, Preview, Undo},
    time::MINUTE,
};
use jiff::tz::TimeZone;

use super::{
    LONG, LONG_WORD, WHO_MAY, frames,
    made::{catalogue, entry, fact, plan, preview, service, stored},
    runs,
};
use crate::{
    access::Troubles,
    actions::{ActionView, Proof, RunRow, UndoView},
    monitoring::samples::{HOSTILE, NOW},
};

fn looked(preview: Preview) -> Looked {
    Looked { preview, in_the_way: None }
}

/// A look at an action with these values.
fn view(key: &str, given: &[(&str, &str)]) -> ActionView {
    let action = entry(key).clone();
    let undone_by = match &action.undo {
        Undo::Action { key } => catalogue().get(key).map(|action| action.name.clone()),
        _ => None,
    };
    ActionView {
        frames: frames("departure"),
        now: NOW,
        zone: TimeZone::UTC,
        services: action.services.iter().map(|key| service(key)).collect(),
        typed: given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        looked: Some(looked(preview(plan(key, given)))),
        undone_by,
        may: Ok(()),
        proof: Proof::of(&action.danger, false),
        approvers: vec!["Jonas Wirth".to_owned(), "Ade Oyelaran".to_owned(), "Marta Keller".to_owned()],
        past: [2, 4].map(|number| RunRow::of(&stored(runs::past(number)), NOW, &TimeZone::UTC)).to_vec(),
        alert: None,
        crisis: None,
        reason: String::new(),
        changed: Vec::new(),
        troubles: Troubles::default(),
        done: None,
        action,
    }
}

fn failing(mut view: ActionView) -> ActionView {
    if let Some(Looked { preview, in_the_way }) = &mut view.looked {
        if let Some(check) = preview.steps[0].checks.last_mut() {
            let why = "0 endpoints of ai-backup are ready for traffic, and at least 1 have to be.";
            check.found = Found::Fails(why.to_owned());
        }
        preview.steps[0].checks[0].found = Found::Warns("The ingress was changed 2 minutes ago.".to_owned());
        *in_the_way = Some(format!(
            "Fail over to the backup infrastructure (run {}) is going on at the same target; wait until it has ended.",
            runs::observing().id
        ));
    }
    view
}

fn hostile() -> ActionView {
    let mut view = view("enable-fallback", &[]);
    let action = &mut view.action;
    for text in [&mut action.name, &mut action.changes, &mut action.platform] {
        HOSTILE.clone_into(text);
    }
    action.danger = Danger::Dangerous { because: HOSTILE.to_owned() };
    action.two_person = true;
    action.undo = Undo::Impossible { because: HOSTILE.to_owned() };
    let mut shown = preview(plan("enable-fallback", &[]));
    HOSTILE.clone_into(&mut shown.plan.name);
    HOSTILE.clone_into(&mut shown.plan.platform);
    let step = &mut shown.steps[0];
    step.rests_on = vec![fact(HOSTILE, HOSTILE, HOSTILE)];
    HOSTILE.clone_into(&mut step.checks[0].what);
    step.checks[0].found = Found::Warns(HOSTILE.to_owned());
    HOSTILE.clone_into(&mut step.requests[0].address);
    step.requests[0].body = vec![Line::Added(HOSTILE.to_owned()), Line::Removed(HOSTILE.to_owned())];
    view.looked = Some(looked(shown));
    view.services = vec![HOSTILE.to_owned()];
    view.approvers = vec![HOSTILE.to_owned()];
    view.reason = HOSTILE.to_owned();
    view.changed = vec![HOSTILE.to_owned()];
    view.past = vec![RunRow::of(&stored(runs::hostile()), NOW, &TimeZone::UTC)];
    view.troubles = Troubles::default().and("", HOSTILE).and("reason", HOSTILE);
    view
}

pub fn views() -> Vec<(&'static str, ActionView)> {
    let route = || view("reroute-to-backup-region", &[]);
    let scale = || view("scale-optimization", &[("replicas", "10")]);
    let mut proven = route();
    proven.proof = Proof::Fresh;
    proven.reason = "p95 is not recovering after the scale-up".to_owned();
    proven.done = Some("Thank you. Nothing is sent yet: look once more, then press the button.".to_owned());
    proven.alert = Some("0199-0000".to_owned());
    let mut wrong = scale();
    wrong.looked = None;
    wrong.typed = BTreeMap::from([("replicas".to_owned(), "100000".to_owned())]);
    wrong.troubles =
        Troubles::default().and("replicas", "100000 is more than 50, the most that may be given.");
    let mut changed = scale();
    changed.changed = vec!["Replicas of ai-optimization-engine was 3 and is 5 now.".to_owned()];
    changed.troubles = Troubles::default().and("", "What you saw is no longer true. Look at it again.");
    changed.reason = "queue of 64".to_owned();
    let mut already = view("enable-fallback", &[]);
    already.troubles = Troubles::default()
        .and("", format!("The same has been asked for already: run {}.", runs::observing().id));
    let mut no_reason = route();
    no_reason.troubles = Troubles::default().and("reason", "It is dangerous: say why it should be done.");
    let mut no_rights = route();
    no_rights.may = Err(WHO_MAY.to_owned());
    no_rights.past = Vec::new();
    let mut long = scale();
    LONG.clone_into(&mut long.action.name);
    long.action.changes = format!("{LONG_WORD} {LONG} {LONG}");
    long.approvers = vec![LONG.to_owned()];
    if let Some(looked) = &mut long.looked {
        let step = &mut looked.preview.steps[0];
        step.requests[0].address =
            format!("https://10.2.0.1/apis/apps/v1/namespaces/{LONG_WORD}/{LONG_WORD}/scale");
        step.rests_on = vec![fact("deployment.replicas", LONG_WORD, LONG)];
    }
    let mut nobody = route();
    nobody.approvers = Vec::new();
    vec![
        ("action-fine", view("enable-fallback", &[])),
        ("action-route", route()),
        ("action-proven", proven),
        ("action-nobody-approves", nobody),
        ("action-failing", failing(route())),
        ("action-parameters", scale()),
        ("action-wrong-value", wrong),
        ("action-changed", changed),
        ("action-already", already),
        ("action-no-reason", no_reason),
        ("action-no-rights", no_rights),
        ("action-sequence", view("flush-and-warm-cache", &[])),
        ("action-long-names", long),
        ("action-hostile", hostile()),
    ]
}

pub fn undos() -> Vec<(&'static str, UndoView)> {
    let of = |looked: Result<Looked, String>, run| UndoView {
        frames: frames("departure"),
        now: NOW.plus(MINUTE),
        zone: TimeZone::UTC,
        stored: stored(run),
        looked,
        services: vec![service("optimization")],
        may: Ok(()),
        proof: Proof::NotNeeded,
        reason: String::new(),
        changed: Vec::new(),
        troubles: Troubles::default(),
    };
    let back = looked(preview(plan("disable-fallback", &[])));
    let impossible =
        "It cannot be undone: An alert that people have had cannot be called back; tell them yourself.";
    let mut hostile = of(Err(HOSTILE.to_owned()), runs::hostile());
    hostile.troubles = Troubles::default().and("", HOSTILE);
    hostile.reason = HOSTILE.to_owned();
    let mut no_rights = of(Ok(back.clone()), runs::past(2));
    no_rights.may = Err(WHO_MAY.to_owned());
    vec![
        ("undo-fine", of(Ok(back), runs::past(2))),
        ("undo-impossible", of(Err(impossible.to_owned()), runs::past(2))),
        ("undo-no-rights", no_rights),
        ("undo-hostile", hostile),
    ]
}
