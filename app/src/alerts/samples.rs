//! What the pages of alerts may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

use std::{collections::BTreeMap, sync::Arc};

use backend::{
    alerts::{Around, Source, Stored, Told},
    monitoring::models::ModelChange,
    windows,
};
use domain::{
    access::{Permission, PersonId},
    alerts::{
        Alert, AlertId, AlertKey, AlertState, ENGINE_STATE, Evidence, Happening, Pending, PinnedEvidence,
        Policy, Severity, Who,
    },
    delivery::{Occasion, Recipient},
    live::{AlertsFrame, Frame},
    monitoring::{Level, metric::defaults},
    oncall::Effect,
    time::{DAY, HOUR, MINUTE, Millis, SECOND},
    windows::{Scope as Over, Window, WindowKind},
};
use jiff::tz::TimeZone;

use super::{
    AlertRow, AlertView, AlertsView, BacktestView, Drawing, EvidenceRow, Filters, LineField, Names,
    NumberField, Offer, OpenList, OutcomeView, PolicyView, Ran, Rights, SilenceForm, SilenceRow, TriedRow,
    TryForm, Typed, alert_page, alerts_page, list::PendingRow, policy_page,
};
use crate::{
    Shell, ShellViewer,
    access::{Choice, Troubles},
    monitoring::samples::{HOSTILE, NOW, World, samples as worlds, shell},
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

const LONG: &str = "Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley of Oberwiesenthal an der Zschopau";

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let shell = |open: i64, worst: Option<Level>, may: bool| {
        let mut permissions = vec![Permission::SeeStatus];
        permissions.extend(may.then_some(Permission::HandleAlerts));
        let viewer = Some(ShellViewer {
            name: "Priya Nair".to_owned(),
            permissions: permissions.into_iter().collect(),
            services: None,
        });
        let alerts = AlertsFrame { open, firing: open, worst, ..AlertsFrame::default() };
        dress(Shell { viewer, alerts, path_and_query: "/alerts".to_owned(), ..shell(&["wedsync"]) })
    };
    let mut all = Vec::new();
    for (name, view) in lists() {
        let worst = view.open.rows.first().map(|row| row.level);
        let html = alerts_page(&shell(view.open.open, worst, view.may_handle.is_ok()), &view);
        all.push(Page { name, html });
    }
    for (name, view) in ones() {
        let html = alert_page(&shell(1, Some(view.row.level), view.may_handle.is_ok()), &view);
        all.push(Page { name, html });
    }
    for (name, view) in policies() {
        all.push(Page { name, html: policy_page(&shell(0, None, true), &view) });
    }
    all
}

/// For Now: the storm's list, shortened as there.
pub fn now_list(name: &str) -> OpenList {
    let stored = match name {
        "storm" | "long-names" | "several" => storm(9),
        "departure" => vec![firing(Level::Warning, 0)],
        "hostile" => vec![hostile()],
        _ => Vec::new(),
    };
    let list = open_of(&stored, &rights());
    OpenList { shown: 5, back: "/", picks: false, ..list }
}

fn world(name: &str) -> Option<World> {
    worlds().into_iter().find(|world| world.name == name)
}

fn frames(name: &str) -> Vec<Arc<Frame>> {
    world(name).map(|world| world.now.frames).unwrap_or_default()
}

fn names() -> Names {
    let mut metrics = defaults();
    if let Some(first) = metrics.first_mut() {
        first.procedure = Some("https://wiki.wedsync.example/high-response-times".to_owned());
    }
    let service = |key: &str, name: &str| (key.to_owned(), name.to_owned());
    Names {
        platforms: vec!["wedsync".to_owned()],
        services: vec![
            service("optimization", "Optimization engine"),
            service("recommendation", "Recommendation engine"),
            service("crisis_manager", "Crisis manager"),
        ],
        metrics,
    }
}

fn rights() -> Rights {
    Rights { handle: Ok(()), services: None }
}

fn no_rights() -> Rights {
    let who = "Operator and Lead may acknowledge, resolve and silence alerts.".to_owned();
    Rights { handle: Err(who), services: None }
}

fn who(name: &str) -> Who {
    Who { person: Some(PersonId::new(format!("p-{name}"))), name: name.to_owned() }
}

fn stored(number: usize, key: AlertKey, level: Level, title: &str, why: &str) -> Stored {
    let began = NOW.minus(32 * MINUTE - (number as i64 % 30) * MINUTE);
    let severity = Severity::new(level, level >= Level::Critical, false);
    let (alert, _) = Alert::fire(key, severity, began, began.plus(60 * SECOND));
    Stored {
        id: AlertId(format!("0199-{number:04}")),
        source: Source::Watch,
        title: title.to_owned(),
        why: why.to_owned(),
        value: Some(12_740.0),
        alert,
        labels: None,
        version: 1,
    }
}

fn firing(level: Level, number: usize) -> Stored {
    let key = AlertKey::new("wedsync", None, "response_time_ms");
    let why = "past the alert line of 10\u{a0}s and about 6 times normal";
    stored(number, key, level, "Response time 12.7\u{a0}s", why)
}

fn queue(number: usize) -> Stored {
    let key = AlertKey::new("wedsync", None, "queue_length");
    Stored {
        value: Some(64.0),
        ..stored(
            number,
            key,
            Level::Warning,
            "Queue 64",
            "past the alert line of 50 and about 21 times normal",
        )
    }
}

fn storm(count: usize) -> Vec<Stored> {
    let levels = [Level::Emergency, Level::Critical, Level::Warning, Level::Information];
    let mut all: Vec<Stored> = (0..count)
        .map(|number| {
            let level = levels[number * 4 / count.max(1) % 4];
            match number {
                0 => firing(Level::Emergency, 0),
                1 => {
                    let key = AlertKey::new("wedsync", Some("crisis_manager"), ENGINE_STATE);
                    stored(
                        1,
                        key,
                        Level::Emergency,
                        "Crisis manager down",
                        "the platform says that it is down",
                    )
                }
                2 => queue(2),
                _ => {
                    let key = AlertKey::new("wedsync", Some("optimization"), &format!("metric_{number}"));
                    let title = format!("Error rate of the optimization engine 0.{number}\u{a0}%");
                    stored(number, key, level, &title, "misses its target of 0.5\u{a0}%")
                }
            }
        })
        .collect();
    all.sort_by_key(|stored| std::cmp::Reverse(stored.alert.severity.level));
    all
}

fn acknowledged(mut stored: Stored, by: &str) -> Stored {
    let at = NOW.minus(14 * MINUTE);
    stored.alert.state = AlertState::Acknowledged { by: who(by), at, until: at.plus(30 * MINUTE) };
    stored
}

fn resolved(mut stored: Stored, by: Option<(&str, &str)>) -> Stored {
    let how = match by {
        None => domain::alerts::Resolution::Recovered,
        Some((by, reason)) => domain::alerts::Resolution::ByPerson { by: who(by), reason: reason.to_owned() },
    };
    stored.alert.state = AlertState::Resolved { how, at: NOW.minus(8 * MINUTE) };
    stored
}

fn hostile() -> Stored {
    let key = AlertKey::new(HOSTILE, Some(HOSTILE), HOSTILE);
    let labels = BTreeMap::from([
        (HOSTILE.to_owned(), HOSTILE.to_owned()),
        ("runbook_url".to_owned(), "javascript:alert(1)".to_owned()),
    ]);
    let own = stored(7, key, Level::Critical, HOSTILE, HOSTILE);
    acknowledged(Stored { source: Source::Alertmanager, labels: Some(labels), ..own }, HOSTILE)
}

fn from_outside() -> Stored {
    let key = AlertKey::new("kubernetes", None, "a3f1c0de");
    let labels = BTreeMap::from(
        [
            ("alertname", "KubePodCrashLooping"),
            ("namespace", "ai-services"),
            ("pod", "ai-optimization-7c9d"),
            (
                "runbook_url",
                "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping",
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let why = "Pod ai-services/ai-optimization-7c9d is in waiting state (reason: CrashLoopBackOff)";
    let own = stored(5, key, Level::Critical, "KubePodCrashLooping", why);
    Stored { source: Source::Alertmanager, labels: Some(labels), value: None, ..own }
}

fn long() -> Stored {
    let key = AlertKey::new("wedsync", Some("optimization"), "response_time_ms");
    let title = "Response time of the Optimierungsdienstleistungsverwaltungsschnittstellenadapter, as measured behind both balancers 12.7\u{a0}s";
    let why = "past the alert line of 10\u{a0}s and about 6 times normal, for 15 minutes or more, and a wedding is affected";
    acknowledged(stored(3, key, Level::Emergency, title, why), LONG)
}

fn silence(number: usize, until: i64, over: Over, reason: &str) -> windows::Stored {
    windows::Stored {
        id: format!("w-{number}"),
        window: Window {
            kind: WindowKind::Silence,
            over,
            from: NOW.minus(20 * MINUTE),
            until: Millis(until),
            emergencies: false,
            reason: reason.to_owned(),
        },
        made_by: "Ben Okafor".to_owned(),
        made_at: NOW.minus(20 * MINUTE),
        ended_at: None,
    }
}

fn over(metric: &str) -> Over {
    Over { platform: Some("wedsync".to_owned()), service: None, metric: Some(metric.to_owned()) }
}

fn with<T>(rights: &Rights, work: impl FnOnce(Drawing<'_>) -> T) -> T {
    let (names, policy) = (names(), Policy::default());
    work(Drawing { now: NOW, zone: &TimeZone::UTC, names: &names, policy: &policy, rights })
}

fn open_of(stored: &[Stored], rights: &Rights) -> OpenList {
    let rows: Vec<AlertRow> =
        with(rights, |drawing| stored.iter().map(|stored| AlertRow::of(stored, drawing)).collect());
    OpenList {
        open: rows.len() as i64,
        shown: rows.len(),
        rows,
        last_resolved: Some("Tuesday 14:10".to_owned()),
        back: "/alerts",
        picks: true,
    }
}

fn list(frames_of: &str, open: &[Stored], ended: &[Stored], rights: &Rights) -> AlertsView {
    AlertsView {
        frames: frames(frames_of),
        now: NOW,
        names: names(),
        open: open_of(open, rights),
        pending: Vec::new(),
        silences: Vec::new(),
        silence: SilenceForm::default(),
        may_handle: rights.handle.clone(),
        past: with(rights, |drawing| ended.iter().map(|stored| AlertRow::of(stored, drawing)).collect()),
        older: None,
        filters: Filters::default(),
        problem: None,
        done: None,
        refused: Vec::new(),
    }
}

fn lists() -> Vec<(&'static str, AlertsView)> {
    let ended = [
        resolved(queue(21), None),
        resolved(firing(Level::Critical, 22), Some(("Ben Okafor", "the provider has fixed it"))),
    ];
    let mut silenced =
        list("departure", &[acknowledged(firing(Level::Critical, 0), "Ben Okafor")], &ended, &rights());
    let silences = [
        silence(
            1,
            NOW.0 + 70 * MINUTE,
            over("error_rate"),
            "The new model is slow to warm up; asked for by Marta.",
        ),
        silence(2, NOW.0 + 2 * DAY, Over::default(), "Load test from 03:00."),
    ];
    silenced.silences =
        with(&rights(), |drawing| silences.iter().map(|stored| SilenceRow::of(stored, drawing)).collect());
    let pending = Pending {
        key: AlertKey::new("wedsync", None, "error_rate"),
        severity: Severity::new(Level::Warning, false, false),
        samples: 1,
        needs: 3,
        since: NOW.minus(30 * SECOND),
    };
    silenced.pending = with(&rights(), |drawing| vec![PendingRow::of(&pending, drawing)]);
    silenced.done = Some("The silence holds.".to_owned());
    let mut two = list("storm", &[firing(Level::Emergency, 0), queue(1)], &ended, &rights());
    two.older = Some("/alerts?before=1#past".to_owned());
    let mut many = list("storm", &storm(60), &ended, &rights());
    many.refused = vec!["Queue 64: Ben Okafor acknowledged it already.".to_owned()];
    let mut nothing_found = list("calm", &[], &[], &rights());
    nothing_found.filters =
        Filters { text: "balancer".to_owned(), level: "4".to_owned(), ..Filters::default() };
    let mut bad_filter = list("calm", &[], &[], &rights());
    bad_filter.filters = Filters { from: "soon".to_owned(), ..Filters::default() };
    bad_filter.problem = Some("“soon” is not a day; write it as 2026-11-24.".to_owned());
    let mut refused = list("departure", &[queue(1)], &[], &rights());
    refused.silence = SilenceForm {
        length: "until".to_owned(),
        until: "2026-11-24T02:00".to_owned(),
        reason: "load test".to_owned(),
        emergencies: true,
        troubles: Troubles::default()
            .and("until", "It would be over already.")
            .and("emergencies", "Weddings take place today: emergencies call somebody."),
        ..SilenceForm::default()
    };
    let mut attack = list("calm", &[hostile()], &[resolved(hostile(), Some((HOSTILE, HOSTILE)))], &rights());
    attack.filters = Filters { text: HOSTILE.to_owned(), service: HOSTILE.to_owned(), ..Filters::default() };
    attack.problem = Some(HOSTILE.to_owned());
    attack.refused = vec![HOSTILE.to_owned()];
    attack.silence = SilenceForm {
        reason: HOSTILE.to_owned(),
        until: HOSTILE.to_owned(),
        troubles: Troubles::default().and("reason", HOSTILE).and("", HOSTILE),
        ..SilenceForm::default()
    };
    vec![
        ("alerts-empty", list("calm", &[], &ended, &rights())),
        ("alerts-one", list("departure", &[queue(1)], &ended, &rights())),
        ("alerts-two", two),
        ("alerts-storm", many),
        ("alerts-silenced", silenced),
        ("alerts-no-rights", list("departure", &[queue(1)], &ended, &no_rights())),
        ("alerts-nothing-found", nothing_found),
        ("alerts-bad-filter", bad_filter),
        ("alerts-refused", refused),
        ("alerts-long-names", list("departure", &[long(), from_outside()], &[], &rights())),
        ("alerts-hostile", attack),
    ]
}

fn story() -> Vec<(Millis, Happening)> {
    let at = |minutes: i64| NOW.minus(minutes * MINUTE);
    let severity = |level| Severity::new(level, level >= Level::Critical, false);
    let tell = |tier, to, occasion| Happening::Paged(Effect::Tell { tier, to, occasion });
    vec![
        (at(31), Happening::Fired(severity(Level::Warning))),
        (at(29), Happening::Rose { from: severity(Level::Warning), to: severity(Level::Critical) }),
        (at(29), tell(1, Recipient::Channel { name: "ai-ops-alerts".to_owned() }, Occasion::Page)),
        (at(29), tell(1, Recipient::Person { id: PersonId::new("p-marta") }, Occasion::Page)),
        (at(19), Happening::Paged(Effect::Skipped { tier: 2, why: "nobody is on call".to_owned() })),
        (at(14), Happening::Acknowledged { by: who("Marta Keller"), until: NOW.plus(16 * MINUTE) }),
        (
            at(9),
            Happening::Noted {
                by: who("Marta Keller"),
                text: "Scaled to 10; p95 is coming down.".to_owned(),
            },
        ),
    ]
}

fn told(stored: Stored, story: Vec<(Millis, Happening)>, good: bool) -> Told {
    let samples = (0..124)
        .map(|index| {
            let at = NOW.minus(62 * MINUTE).plus(index * 30 * SECOND);
            let rise = ((index as f64 - 56.0) / 16.0).clamp(0.0, 1.0);
            let value = 2_100.0 + 90.0 * ((index * 37 % 11) as f64 - 5.0) / 5.0 + 10_600.0 * rise;
            (at, (!(20..24).contains(&index)).then_some(value))
        })
        .collect();
    Told {
        story,
        names: BTreeMap::from([(PersonId::new("p-marta"), "Marta Keller".to_owned())]),
        samples,
        good,
        windows: Vec::new(),
        now: NOW,
        stored,
    }
}

fn one(told: &Told, around: &Around, typed: Typed, rights: &Rights) -> AlertView {
    let person = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let people = vec![person("p-ben", "Ben Okafor"), person("p-marta", "Marta Keller")];
    let mut view = with(rights, |drawing| {
        AlertView::of(
            told,
            around,
            frames("storm"),
            Some(2_100.0),
            30 * SECOND,
            people,
            Vec::new(),
            typed,
            drawing,
        )
    });
    view.closer = view.may_handle.is_ok().then(|| format!("/diagnostics?alert={}", view.row.id));
    view
}

/// Pods and lines of a log, as somebody saw them.
fn evidence(title: &str, content: &str, note: &str) -> EvidenceRow {
    let pinned = PinnedEvidence {
        evidence: Evidence {
            look: "look".to_owned(),
            kind: "Pods".to_owned(),
            of: "wedsync, optimization".to_owned(),
            seen_at: NOW.minus(12 * MINUTE),
            title: title.to_owned(),
            content: content.to_owned(),
        },
        at: NOW.minus(11 * MINUTE),
        by: who("Marta Keller"),
        note: note.to_owned(),
    };
    EvidenceRow::of(&pinned, NOW, &TimeZone::UTC)
}

fn ones() -> Vec<(&'static str, AlertView)> {
    let fired = story().into_iter().take(5).collect::<Vec<_>>();
    let around = Around {
        beside: vec![queue(1)],
        ended_before: vec![resolved(queue(30), None)],
        windows_before: Vec::new(),
        models_before: vec![ModelChange {
            model: "optimization".to_owned(),
            before: "v2.0".to_owned(),
            after: "v2.0, v2.1".to_owned(),
            at: NOW.minus(50 * MINUTE),
        }],
        windows: vec![silence(
            1,
            NOW.0 + HOUR,
            over("response_time_ms"),
            "The new model is slow to warm up.",
        )],
    };
    let none = Around::default();
    let critical = || firing(Level::Critical, 0);
    let mut ended_story = story();
    ended_story.push((NOW.minus(8 * MINUTE), Happening::Resolved(domain::alerts::Resolution::Recovered)));
    let refused = Typed {
        note: "Scaled to 10".to_owned(),
        reason: String::new(),
        troubles: Troubles::default()
            .and("reason", "It is still bad: say why it should be resolved all the same."),
        ..Typed::default()
    };
    let conflict = Typed {
        troubles: Troubles::default().and("", "Marta Keller acknowledged it already."),
        ..Typed::default()
    };
    let attack = Typed {
        note: HOSTILE.to_owned(),
        reason: HOSTILE.to_owned(),
        to: HOSTILE.to_owned(),
        troubles: Troubles::default().and("", HOSTILE).and("note", HOSTILE),
        silence: SilenceForm { reason: HOSTILE.to_owned(), ..SilenceForm::default() },
    };
    let hostile_story =
        vec![(NOW.minus(HOUR), Happening::Noted { by: who(HOSTILE), text: HOSTILE.to_owned() })];
    let held = || acknowledged(critical(), "Marta Keller");
    let pods = "2 of 3 pods are ready; one restarted 4 times, last 3 min ago (OOMKilled).";
    let table = "Pod | State | Ready | Restarts\nai-optimization-engine-1 | CrashLoopBackOff | 0 of 1 | 4";
    let with_evidence = AlertView {
        evidence: vec![
            evidence(pods, &format!("{pods}\n\n{table}"), "It runs out of memory since the new model."),
            evidence("All 3 models are healthy.", &"x".repeat(3_000), ""),
        ],
        ..one(&told(held(), story(), false), &none, Typed::default(), &rights())
    };
    let mut all = vec![
        ("alert-evidence", with_evidence),
        ("alert-firing", one(&told(critical(), fired.clone(), false), &around, Typed::default(), &rights())),
        ("alert-acknowledged", one(&told(held(), story(), false), &around, Typed::default(), &rights())),
        ("alert-recovering", one(&told(held(), story(), true), &none, Typed::default(), &rights())),
        (
            "alert-resolved",
            one(&told(resolved(critical(), None), ended_story, true), &none, Typed::default(), &rights()),
        ),
        (
            "alert-no-rights",
            one(&told(critical(), fired.clone(), false), &none, Typed::default(), &no_rights()),
        ),
        ("alert-refused", one(&told(held(), story(), false), &none, refused, &rights())),
        ("alert-conflict", one(&told(held(), story(), false), &none, conflict, &rights())),
        ("alert-from-outside", one(&told(from_outside(), fired, false), &none, Typed::default(), &rights())),
        ("alert-long-names", one(&told(long(), story(), false), &around, Typed::default(), &rights())),
        (
            "alert-hostile",
            AlertView {
                evidence: vec![evidence(HOSTILE, HOSTILE, HOSTILE)],
                ..one(&told(hostile(), hostile_story, false), &none, attack, &rights())
            },
        ),
    ];
    for (name, view) in &mut all {
        match *name {
            "alert-firing" => view.offers = offers("Enable fallback"),
            "alert-acknowledged" | "alert-resolved" => {
                view.offers = offers("Enable fallback");
                view.ran = vec![ran("Enable fallback on wedsync", "Marta Keller")];
                view.runs_before = vec![ran("Restart ai-optimization-engine", "Marta Keller")];
            }
            "alert-long-names" => view.offers = offers(LONG),
            "alert-hostile" => {
                view.offers = offers(HOSTILE);
                view.ran = vec![ran(HOSTILE, HOSTILE)];
                view.runs_before = vec![ran(HOSTILE, HOSTILE)];
            }
            _ => {}
        }
    }
    all
}

fn offers(first: &str) -> Vec<Offer> {
    let offer = |key: &str, name: &str, goal: &str, dangerous: bool| Offer {
        key: key.to_owned(),
        name: name.to_owned(),
        goal: goal.to_owned(),
        dangerous,
        two_person: dangerous,
    };
    let (served, room) =
        ("Keep couples served while something is broken", "Give a service more room, or a fresh start");
    vec![
        offer("enable-fallback", first, served, false),
        offer("reroute-to-backup-region", "Reroute to the backup region", served, true),
        offer("scale-optimization", "Scale the optimization engine", room, false),
    ]
}

fn ran(does: &str, by: &str) -> Ran {
    Ran {
        id: "0199a1b2-0000-7000-8000-000000000002".to_owned(),
        shown: islands::Shown::Well,
        word: "Worked",
        does: does.to_owned(),
        words: format!("03:12, 6 s, {by}"),
    }
}

fn policies() -> Vec<(&'static str, PolicyView)> {
    let form = TryForm {
        platform: "wedsync".to_owned(),
        days: "30".to_owned(),
        lines: vec![LineField {
            key: "response_time_ms".to_owned(),
            name: "Response time".to_owned(),
            unit: "in milliseconds",
            values: ["5000", "10000", "15000"].map(str::to_owned),
        }],
        debounce: vec![NumberField { name: "warning", label: "Warning", value: "3".to_owned() }],
        ..TryForm::default()
    };
    let outcome = |by_level: [usize; 4], pages: Option<usize>| OutcomeView {
        by_level,
        pages,
        reminders: pages.map(|pages| 3 * pages),
        rows: vec![TriedRow {
            level: Level::Critical,
            about: "Response time".to_owned(),
            fired: "23 Nov 2026, 02:56".to_owned(),
            lasted: "24 min".to_owned(),
            pages: 3,
        }],
    };
    let tried = BacktestView {
        days: 30,
        took_ms: 812,
        samples: 86_400,
        happened: outcome([0, 6, 2, 0], None),
        as_is: outcome([1, 7, 2, 0], Some(19)),
        edited: Some(outcome([1, 3, 2, 0], Some(11))),
    };
    let wrong = TryForm {
        troubles: Troubles::default().and("response_time_ms.target", "“fast” is not a number."),
        lines: vec![LineField {
            values: ["fast", "10000", "15000"].map(str::to_owned),
            ..form.lines[0].clone()
        }],
        ..form.clone()
    };
    let view = |form: TryForm, result| {
        PolicyView::of(&Policy::default(), &names().metrics, frames("calm"), form, result, NOW)
    };
    vec![
        ("policy", view(form.clone(), None)),
        ("policy-tried", view(form, Some(tried))),
        ("policy-refused", view(wrong, None)),
    ]
}
