//! Diagnostics against a platform that really answers: its API and its cluster pretended, its cache and its database real.

use std::{sync::Arc, time::Duration};

use backend::{
    access::{Access, HandleAlerts, Permit},
    actions::Actions,
    alerts::Alerts,
    clock::Clock,
    config::{self, Dependency, Kubernetes},
    db::Db,
    diagnostics::{Diagnostics, GLANCE, LONG_LOOK, Look, Scope},
};
use domain::{
    diagnostics::{LogAsked, Panel, Part, Question, Thing, Tone, Unseen},
    time::Millis,
};
use secrecy::SecretString;
use serde_json::json;
use simulator::cluster::orders::ClusterOrder;

use crate::{
    cache::{self, Server},
    catalogue::in_session,
    database,
    platform::{NAMESPACE, Stand, TOKEN, by_address, stand, until},
};

/// 2026-11-24T12:00:00Z, when the pretended platform starts.
const START: Millis = Millis(1_795_521_600_000);

struct Looking {
    platform: Stand,
    diagnostics: Diagnostics,
    permit: Permit<HandleAlerts>,
    _cache: Option<Server>,
}

async fn looking(with: impl FnOnce(&mut config::Platform)) -> Looking {
    let platform = stand(1.0).await;
    let mut config = config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    let watched = &mut config.platforms[0];
    watched.api_url = platform.platform();
    watched.alerts_url = None;
    watched.token = Some(TOKEN.into());
    let token_file = platform.file("diagnostics-token", &format!("{TOKEN}\n"));
    watched.kubernetes = Some(Kubernetes {
        namespace: NAMESPACE.to_owned(),
        access: by_address(&platform.address(), Some(token_file)),
    });
    watched.diagnosing.dependencies = vec![
        Dependency { name: "OpenAI".to_owned(), url: format!("{}/v1/models", platform.platform()) },
        Dependency { name: "Nobody".to_owned(), url: "http://127.0.0.1:1".to_owned() },
    ];
    with(watched);
    let config = Arc::new(config);
    let url = format!("sqlite://{}", platform.folder().join("diagnostics.db").display());
    let db = Db::open(&SecretString::from(url)).await.unwrap();
    let clock = Clock::held(START);
    let access = Access::new(db.clone(), &config, Clock::system()).unwrap();
    let alerts = Alerts::new(db.clone(), clock.clone(), config.clone());
    let actions = Actions::new(db, clock.clone(), config.clone(), access.clone(), alerts.clone()).unwrap();
    let diagnostics = Diagnostics::new(clock, &config, actions, alerts).unwrap();
    let permit = in_session(&access, "lea").await.permit().unwrap();
    Looking { platform, diagnostics, permit, _cache: None }
}

fn scope(service: Option<&str>) -> Scope {
    Scope { platform: "wedsync".to_owned(), service: service.map(str::to_owned) }
}

impl Looking {
    async fn look(&self, service: Option<&str>, question: Question) -> Look {
        self.diagnostics.look(&self.permit, &scope(service), &question, LONG_LOOK).await.unwrap()
    }

    async fn sentence(&self, service: Option<&str>, question: Question) -> String {
        let look = self.look(service, question).await;
        look.seen.map_or_else(|unseen| unseen.sentence(), |report| report.sentence)
    }
}

fn of(looks: &[Look], panel: Panel) -> &Look {
    looks.iter().find(|look| look.question.panel() == panel).unwrap()
}

#[tokio::test]
async fn every_panel_of_a_service_is_seen_side_by_side() {
    let Some(cache) = cache::server(&[]).await else { return };
    let Some(database) = database::stand().await else { return };
    let mut looking = looking(|platform| {
        platform.redis = Some(cache.access());
        platform.diagnosing.postgres = Some(database.address());
    })
    .await;
    looking._cache = Some(cache);
    let looks = looking.diagnostics.glance(&looking.permit, &scope(Some("optimization"))).await.unwrap();
    let panels: Vec<Panel> = looks.iter().map(|look| look.question.panel()).collect();
    assert_eq!(panels, Panel::ALL);
    let said = |panel: Panel| match &of(&looks, panel).seen {
        Ok(report) => report.sentence.replace(['\u{a0}', '\u{202f}'], " "),
        Err(unseen) => unseen.sentence(),
    };
    assert_eq!(said(Panel::Pods), "All 3 pods are ready; none has restarted.");
    assert!(
        said(Panel::Describe).starts_with("ai-optimization-engine has 3 of 3 pods ready;"),
        "{}",
        said(Panel::Describe)
    );
    assert!(
        said(Panel::Log).starts_with("The last 12 lines of ai-optimization-engine-"),
        "{}",
        said(Panel::Log)
    );
    assert!(said(Panel::Call).starts_with("Answered 200 in "), "{}", said(Panel::Call));
    assert_eq!(said(Panel::Dependencies), "1 of 2 cannot be used: Nobody (connection refused).");
    assert!(
        said(Panel::Models).starts_with("All 3 models are healthy; the least accurate is "),
        "{}",
        said(Panel::Models)
    );
    assert!(said(Panel::Cache).ends_with("nothing has been read yet."), "{}", said(Panel::Cache));
    assert_eq!(said(Panel::Active), "No statement runs at this moment.");
    assert!(
        said(Panel::Slowest).contains("pg_stat_statements") || said(Panel::Slowest).contains("statement"),
        "{}",
        said(Panel::Slowest)
    );
    assert_eq!(said(Panel::Feedback), "3 answers in 24 hours, rated 2.0 of 5 on average.");
    assert_eq!(
        said(Panel::Quality),
        "Of 3 optimizations in 24 hours 1 is without a quality score and 1 under 0.7."
    );
    assert_eq!(said(Panel::Crises), "1 crisis of the last hour waits for the AI.");
    for look in &looks {
        let text = look.seen.as_ref().map(domain::diagnostics::Report::text).unwrap_or_default();
        assert!(!text.contains(TOKEN) && !text.contains("marked-couple"), "{text}");
    }
}

#[tokio::test]
async fn diagnostics_change_nothing_in_the_database() {
    let Some(database) = database::stand().await else { return };
    let looking = looking(|platform| platform.diagnosing.postgres = Some(database.address())).await;
    let before = database.count("wedding_optimizations").await;
    for panel in [Panel::Active, Panel::Slowest, Panel::Feedback, Panel::Quality, Panel::Crises] {
        looking.look(None, Question::of(panel)).await;
    }
    assert_eq!(database.count("wedding_optimizations").await, before);
    assert!(looking.platform.effects().is_empty());
}

#[tokio::test]
async fn a_crash_is_the_first_thing_that_is_said() {
    let looking = looking(|_| {}).await;
    let pods = looking.platform.cluster.pods(Some("ai-optimization-engine")).await.unwrap();
    let crash = pods[1].name.clone();
    looking.platform.order(ClusterOrder { crash: Some(crash.clone()), ..ClusterOrder::default() });
    let ask = || looking.look(Some("optimization"), Question::Pods);
    let look =
        until(ask, |look| look.seen.as_ref().is_ok_and(|report| report.sentence.contains("one restarted")))
            .await;
    let report = look.seen.unwrap();
    assert!(report.sentence.contains("(OOMKilled)"), "{}", report.sentence);
    let log =
        |previous| Question::Log(LogAsked { pod: Some(crash.clone()), previous, ..LogAsked::default() });
    let previous = looking.sentence(Some("optimization"), log(true)).await;
    assert!(previous.contains("before its last restart") && previous.contains("went wrong"), "{previous}");
    // Without a name it is the log of the pod that needs it most.
    let ask = || looking.sentence(Some("optimization"), Question::of(Panel::Log));
    until(ask, |said| said.contains(&crash)).await;
    let described = looking.sentence(None, Question::Describe(Some(Thing::Pod(crash.clone())))).await;
    assert!(described.starts_with(&crash), "{described}");
}

#[tokio::test]
async fn a_log_is_searched_through_more_than_is_shown() {
    let looking = looking(|_| {}).await;
    let search = Question::Log(LogAsked { search: "cache MISS".to_owned(), ..LogAsked::default() });
    let look = looking.look(Some("optimization"), search).await;
    let report = look.seen.unwrap();
    let [Part::Lines(lines)] = report.parts.as_slice() else { panic!("{report:?}") };
    assert!(lines.iter().all(|line| line.text.contains("cache miss")) && lines.len() > 10, "{}", lines.len());
    assert!(report.sentence.contains("2\u{202f}000 lines"), "{}", report.sentence);
}

#[tokio::test]
async fn what_goes_wrong_is_one_panel_s_own() {
    let looking = looking(|_| {}).await;
    looking.platform.deny("list", "pods");
    looking.platform.lasting_fault(json!({ "route": "/ai/models/health", "status": 503 }));
    looking.platform.lasting_fault(json!({ "route": "/ai/health", "drop": true }));
    let looks = looking.diagnostics.glance(&looking.permit, &scope(Some("recommendation"))).await.unwrap();
    let unseen = |panel: Panel| of(&looks, panel).seen.clone().unwrap_err();
    let Unseen::Forbidden { right, .. } = unseen(Panel::Pods) else {
        panic!("{:?}", of(&looks, Panel::Pods))
    };
    assert_eq!(right, "list pods in ai-services");
    assert!(matches!(unseen(Panel::Models), Unseen::Failed { why } if why.contains("503")));
    let call = of(&looks, Panel::Call).seen.as_ref().unwrap();
    assert_eq!(call.tone, Tone::Critical);
    assert!(call.sentence.starts_with("It broke while waiting for the first byte:"), "{}", call.sentence);
    assert!(of(&looks, Panel::Describe).seen.is_ok(), "the others are seen");
}

#[tokio::test]
async fn what_is_slow_says_so_in_its_own_time() {
    let looking = looking(|_| {}).await;
    looking.platform.lasting_fault(json!({ "route": "/ai/models/health", "delay_ms": 60_000 }));
    let within = Duration::from_millis(150);
    let look =
        looking.diagnostics.look(&looking.permit, &scope(None), &Question::Models, within).await.unwrap();
    assert_eq!(look.seen.unwrap_err(), Unseen::Late { milliseconds: 150 });
    let fine =
        looking.diagnostics.look(&looking.permit, &scope(None), &Question::Pods, GLANCE).await.unwrap();
    assert!(fine.seen.is_ok());
}

#[tokio::test]
async fn a_log_is_followed_line_by_line_until_it_is_dropped() {
    let looking = looking(|_| {}).await;
    let pods = looking.platform.cluster.pods(Some("ai-optimization-engine")).await.unwrap();
    let mut followed = Vec::new();
    for _ in 0..24 {
        let one =
            looking.diagnostics.follow(&looking.permit, &scope(Some("optimization")), &pods[0].name).await;
        followed.push(one.unwrap());
    }
    let refused = looking.diagnostics.follow(&looking.permit, &scope(None), &pods[0].name).await;
    assert!(refused.is_err_and(|why| why.to_string().starts_with("Too many")));
    let mut one = followed.pop().unwrap();
    let mut newest = None;
    // The lines that stood there already, and then those that are written now.
    for _ in 0..202 {
        let line = tokio::time::timeout(Duration::from_secs(60), one.next()).await.unwrap().unwrap();
        assert!(line.at >= newest, "in their order");
        newest = line.at;
    }
    drop(one);
    drop(followed);
    let again = looking.diagnostics.follow(&looking.permit, &scope(None), &pods[0].name).await;
    assert!(again.is_ok());
    let nobody = looking.diagnostics.follow(&looking.permit, &scope(None), "no-such-pod").await;
    assert!(nobody.is_err_and(|why| why.to_string().contains("no such object")));
}
