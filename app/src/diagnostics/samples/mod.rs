//! What diagnostics may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod made;

use backend::diagnostics::Look;
use domain::{
    access::Permission,
    diagnostics::{LogAsked, Panel, Question, Thing, Unseen},
};
use jiff::tz::TimeZone;

use self::made::{broken, cluster_missing, fine, forbidden, hostile, late, log_of, look, missing, storm};
use super::{DiagnosticsView, LogView, ScopeView, Typed, diagnostics_page, panel_page};
use crate::{
    Shell, ShellViewer,
    access::Troubles,
    monitoring::samples::{HOSTILE, NOW, samples as worlds, shell},
};

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let permissions = [Permission::SeeStatus, Permission::HandleAlerts];
    let viewer = ShellViewer {
        name: "Priya Nair".to_owned(),
        permissions: permissions.into_iter().collect(),
        services: None,
    };
    let shell = dress(Shell {
        viewer: Some(viewer),
        path_and_query: "/diagnostics".to_owned(),
        ..shell(&["wedsync"])
    });
    let all = alls().into_iter().map(|(name, view)| Page { name, html: diagnostics_page(&shell, &view) });
    let ones = ones().into_iter().map(|(name, view)| Page { name, html: panel_page(&shell, &view) });
    all.chain(ones).collect()
}

fn scope(service: Option<&str>, alert: bool) -> ScopeView {
    let own = |key: &str, name: &str| (key.to_owned(), name.to_owned());
    ScopeView {
        platform: "wedsync".to_owned(),
        platforms: vec!["wedsync".to_owned()],
        service: service.map(str::to_owned),
        services: vec![
            own("optimization", "Optimization engine"),
            own("recommendation", "Recommendation engine"),
            own("crisis", "Crisis manager"),
        ],
        whole: true,
        alert: alert.then(|| own("0199-0000", "Response time 12.7\u{a0}s")),
    }
}

fn view(scope: ScopeView, looks: Vec<Look>) -> DiagnosticsView {
    let frames = worlds().into_iter().find(|world| world.name == "storm").map(|world| world.now.frames);
    DiagnosticsView {
        frames: frames.unwrap_or_default(),
        now: NOW,
        zone: TimeZone::UTC,
        scope,
        looks,
        alerts: Vec::new(),
        typed: Typed::default(),
        pinned: None,
        log: None,
    }
}

fn alls() -> Vec<(&'static str, DiagnosticsView)> {
    let for_alert = || scope(Some("optimization"), true);
    let failing: Vec<Look> =
        Panel::ALL.into_iter().map(|panel| look(Question::of(panel), Err(forbidden(panel)))).collect();
    let open = ("0199-0001".to_owned(), "Queue 640".to_owned());
    vec![
        ("diagnostics-fine", view(for_alert(), fine())),
        ("diagnostics-broken", view(for_alert(), broken())),
        ("diagnostics-failing", view(for_alert(), failing)),
        ("diagnostics-not-configured", view(scope(None, false), missing())),
        ("diagnostics-no-alert", DiagnosticsView { alerts: vec![open], ..view(scope(None, false), fine()) }),
        ("diagnostics-nothing-open", view(scope(Some("optimization"), false), fine())),
        (
            "diagnostics-limited",
            view(
                ScopeView {
                    whole: false,
                    services: vec![("optimization".to_owned(), "Optimization engine".to_owned())],
                    ..for_alert()
                },
                vec![look(Question::Pods, Err(late())), cluster_missing()],
            ),
        ),
        ("diagnostics-pinned", DiagnosticsView { pinned: Some(Panel::Pods), ..view(for_alert(), fine()) }),
        ("diagnostics-hostile", view(scope(Some(HOSTILE), true), hostile())),
    ]
}

fn ones() -> Vec<(&'static str, DiagnosticsView)> {
    let for_alert = || scope(Some("optimization"), true);
    let asked = |search: &str| LogAsked {
        pod: Some("ai-optimization-engine-7d9f8b6c5-x2x4z".to_owned()),
        search: search.to_owned(),
        previous: false,
    };
    let log = |search: &str, lines| DiagnosticsView {
        log: Some(LogView {
            asked: asked(search),
            pods: ["x2x4z", "k8m2p", "zz9q1"]
                .map(|end| format!("ai-optimization-engine-7d9f8b6c5-{end}"))
                .to_vec(),
        }),
        ..view(for_alert(), vec![look(Question::Log(asked(search)), lines)])
    };
    let gone = Typed {
        panel: Some(Panel::Pods),
        note: "The third one is out of memory".to_owned(),
        troubles: Troubles::default().and(
            "",
            "What you saw is not kept any more: it is kept for 20 minutes. Look again, and pin what you see then.",
        ),
        ..Typed::default()
    };
    let long = Typed {
        panel: Some(Panel::Pods),
        note: "x".repeat(2_001),
        troubles: Troubles::default().and("note", "It is longer than 2000 characters."),
        ..Typed::default()
    };
    let pods = || broken().into_iter().take(1).collect::<Vec<_>>();
    let thing = Some(Thing::Pod("ai-optimization-engine-7d9f8b6c5-x2x4z".to_owned()));
    let described = broken().into_iter().find(|look| look.question.panel() == Panel::Describe);
    let described = described.map(|found| Look { question: Question::Describe(thing), ..found });
    let hostile_log = LogAsked { pod: Some(HOSTILE.to_owned()), search: HOSTILE.to_owned(), previous: true };
    vec![
        ("diagnostics-log", log("", Ok(log_of(&made::lines())))),
        ("diagnostics-log-storm", log("error", Ok(log_of(&storm())))),
        ("diagnostics-log-nothing", log("nowhere", Ok(log_of(&[])))),
        (
            "diagnostics-log-unseen",
            DiagnosticsView {
                log: Some(LogView::default()),
                ..view(
                    for_alert(),
                    vec![look(Question::Log(LogAsked::default()), Err(forbidden(Panel::Log)))],
                )
            },
        ),
        ("diagnostics-gone", DiagnosticsView { typed: gone, ..view(for_alert(), pods()) }),
        ("diagnostics-long-note", DiagnosticsView { typed: long, ..view(for_alert(), pods()) }),
        ("diagnostics-described", view(for_alert(), described.into_iter().collect())),
        (
            "diagnostics-late",
            view(for_alert(), vec![look(Question::Models, Err(Unseen::Late { milliseconds: 10_000 }))]),
        ),
        (
            "diagnostics-log-hostile",
            DiagnosticsView {
                log: Some(LogView { asked: hostile_log.clone(), pods: vec![HOSTILE.to_owned()] }),
                ..view(for_alert(), vec![look(Question::Log(hostile_log), Ok(log_of(&[HOSTILE])))])
            },
        ),
    ]
}
