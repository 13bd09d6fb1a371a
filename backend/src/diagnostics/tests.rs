//! What holds without anything that answers. Against a platform that does: `backend/tests/clients/diagnostics.rs`.

use std::sync::Arc;

use domain::{
    alerts::AlertId,
    diagnostics::{Panel, Tone},
};

use super::*;
use crate::{
    access::{Access, Viewer},
    config,
    testing::{self, World},
    tick::Console,
};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

struct Stand {
    world: World,
    clock: Clock,
    diagnostics: Diagnostics,
}

impl Stand {
    async fn new(change: impl FnOnce(&mut config::Platform)) -> Stand {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let world = testing::sqlite().await;
        let clock = Clock::held(Millis(1_795_478_400_000));
        let mut config = config::load(None, std::iter::empty()).unwrap();
        let platform = &mut config.platforms[0];
        platform.api_url = NOWHERE.to_owned();
        platform.alerts_url = None;
        platform.diagnosing.dependencies = vec![config::Dependency {
            name: "The oracle".to_owned(),
            url: format!("{NOWHERE}/v1?key=marked-secret"),
        }];
        change(platform);
        let config = Arc::new(config);
        let console = Console::start(world.db.clone(), clock.clone(), config.clone()).await.unwrap();
        let access = Access::new(world.db.clone(), &config, clock.clone()).unwrap();
        let actions =
            Actions::new(world.db.clone(), clock.clone(), config.clone(), access, console.alerts.clone())
                .unwrap();
        let diagnostics = Diagnostics::new(clock.clone(), &config, actions, console.alerts.clone()).unwrap();
        Stand { world, clock, diagnostics }
    }

    async fn permit(&self, name: &str) -> Permit<HandleAlerts> {
        testing::viewer(&self.world.db, &self.clock, name, "operator").await.permit().unwrap()
    }

    /// Somebody whose role holds for this service alone.
    async fn limited(&self, service: &str) -> Permit<HandleAlerts> {
        let viewer: Viewer = testing::signed_in(&self.world.db, &self.clock, "operator", |config| {
            for role in &mut config.access.roles {
                role.services = Some(vec![service.to_owned()]);
            }
        })
        .await;
        viewer.permit().unwrap()
    }
}

fn scope(service: Option<&str>) -> Scope {
    Scope { platform: "wedsync".to_owned(), service: service.map(str::to_owned) }
}

#[tokio::test]
async fn what_is_not_configured_or_does_not_answer_says_so_panel_by_panel() {
    let stand = Stand::new(|_| {}).await;
    let looks = stand.diagnostics.glance(&stand.permit("dee").await, &scope(None)).await.unwrap();
    let said: Vec<(Panel, String)> = looks
        .iter()
        .map(|look| {
            let words = match &look.seen {
                Ok(report) => report.sentence.clone(),
                Err(unseen) => unseen.sentence(),
            };
            (look.question.panel(), words)
        })
        .collect();
    let cluster = "No cluster is configured for this platform: [platform.kubernetes] says where it is.";
    let database = "No database is configured for this platform: [platform.postgres] says where it is.";
    let expected = [
        (Panel::Pods, cluster),
        (Panel::Log, cluster),
        (Panel::Call, "It broke while connecting: connection refused."),
        (Panel::Dependencies, "1 of 1 cannot be used: The oracle (connection refused)."),
        (Panel::Models, "The platform could not be asked: connection refused."),
        (Panel::Cache, "No cache is configured for this platform: [platform.redis] says where it is."),
        (Panel::Active, database),
        (Panel::Slowest, database),
        (Panel::Feedback, database),
        (Panel::Quality, database),
        (Panel::Crises, database),
    ];
    assert_eq!(said, expected.map(|(panel, words)| (panel, words.to_owned())));
    assert!(!format!("{looks:?}").contains("marked-secret"));
    assert!(looks.iter().all(|look| look.id.is_some() == look.seen.is_ok()));
}

#[tokio::test]
async fn a_role_that_is_limited_looks_at_its_services_only() {
    let stand = Stand::new(|_| {}).await;
    let permit = stand.limited("recommendation").await;
    for (service, may) in [(None, false), (Some("optimization"), false), (Some("recommendation"), true)] {
        let looked = stand.diagnostics.look(&permit, &scope(service), &Question::Call, GLANCE).await;
        assert_eq!(looked.is_ok(), may, "{service:?}");
    }
    let followed = stand.diagnostics.follow(&permit, &scope(None), "ai-engine").await;
    assert!(matches!(followed, Err(NotFollowed::Missing(_))));
}

#[tokio::test]
async fn deployments_are_those_of_the_catalogue() {
    let stand = Stand::new(|_| {}).await;
    let of = |service| stand.diagnostics.deployments(&scope(service));
    assert_eq!(of(Some("optimization")), ["ai-optimization-engine"]);
    assert_eq!(of(Some("recommendation")), ["ai-recommendation-engine"]);
    assert!(of(Some("crisis")).is_empty() && of(None).is_empty());
}

#[tokio::test]
async fn what_is_gone_or_was_seen_by_somebody_else_is_not_pinned() {
    let stand = Stand::new(|_| {}).await;
    let (dee, eli) = (stand.permit("dee").await, stand.permit("eli").await);
    let look = stand.diagnostics.look(&dee, &scope(None), &Question::Call, GLANCE).await.unwrap();
    assert_eq!(look.seen.as_ref().unwrap().tone, Tone::Critical);
    let (id, alert) = (look.id.unwrap(), AlertId("none".to_owned()));
    let by = async |permit: &Permit<HandleAlerts>, id: &LookId| {
        stand.diagnostics.pin(permit, &alert, id, "").await.unwrap_err()
    };
    assert!(matches!(by(&eli, &id).await, NotPinned::Gone));
    assert!(matches!(by(&dee, &LookId::of("guessed")).await, NotPinned::Gone));
    assert!(matches!(by(&dee, &id).await, NotPinned::Refused(_)), "there is no such alert");
    stand.diagnostics.kept().forget();
    assert!(matches!(by(&dee, &id).await, NotPinned::Gone));
}
