//! What the client of the cluster observes, previews, changes and undoes.

use std::time::{Duration, Instant};

use backend::connect::{
    Because, Failure,
    kubernetes::{Applied, Cluster, ClusterAccess, Described, JobState, Port, Rollout, Through, job_name},
};
use domain::time::Millis;
use futures::StreamExt;
use serde_json::json;
use simulator::cluster::orders::{ClusterOrder, JobOrder, JobOutcome, Rollouts};

use crate::platform::{NAMESPACE, TOKEN, by_address, stand, until};

const ENGINE: &str = "ai-optimization-engine";
const RECOMMENDATION: &str = "ai-recommendation-engine";
const HOST: &str = "api.wedsync.com";

#[tokio::test]
async fn a_deployment_is_scaled_followed_and_scaled_back() {
    let stand = stand(30.0).await;
    let cluster = &stand.cluster;
    let before = cluster.observe_scale(RECOMMENDATION).await.unwrap();
    assert_eq!((before.wanted, before.ready, &before.through), (3, 3, &Through::Deployment));
    let change = cluster.scale_change(&before, 8).unwrap();
    assert_eq!(change.does, "scales ai-recommendation-engine from 3 to 8 pods");
    let shown = change.to_string();
    let first = "PATCH /apis/apps/v1/namespaces/ai-services/deployments/ai-recommendation-engine/scale\n";
    assert!(shown.starts_with(first) && shown.contains("\"replicas\": 8"), "{shown}");
    cluster.rehearse(&change, "preview").await.unwrap();
    assert_eq!(stand.effects(), [], "a rehearsal does nothing");
    assert_eq!(cluster.apply_scale(&before, 8, "run-1").await.unwrap(), Applied::Done);
    let mut seen = Vec::new();
    let end =
        cluster.follow_rollout(RECOMMENDATION, Duration::from_secs(10), |at| seen.push(at.clone())).await;
    assert_eq!(end.unwrap(), Rollout::Done { pods: 8 });
    assert!(matches!(seen[0], Rollout::Going { wanted: 8, .. }), "{seen:?}");
    let after = cluster.observe_scale(RECOMMENDATION).await.unwrap();
    assert!(after.shows(8) && !after.shows(3));
    cluster.apply_scale(&after, before.present(), "undo-1").await.unwrap();
    let expected = [
        ("run-1", "scaled deployments/ai-recommendation-engine from 3 to 8"),
        ("undo-1", "scaled deployments/ai-recommendation-engine from 8 to 3"),
    ];
    assert_eq!(stand.effects(), expected.map(|(id, what)| (id.to_owned(), what.to_owned())));
}

#[tokio::test]
async fn a_deployment_with_an_autoscaler_is_scaled_through_it() {
    let stand = stand(30.0).await;
    let cluster = &stand.cluster;
    let before = cluster.observe_scale(ENGINE).await.unwrap();
    assert!(matches!(&before.through, Through::Autoscaler { least: 3, most: 20, .. }), "{before:?}");
    cluster.apply_scale(&before, 10, "run-1").await.unwrap();
    let settled =
        until(|| cluster.observe_scale(ENGINE), |facts| facts.as_ref().is_ok_and(|facts| facts.shows(10)))
            .await;
    assert!(settled.is_ok());
    for (pods, why) in [
        (
            21,
            "ai-optimization-engine is owned by the autoscaler ai-optimization-hpa, which allows 1 to 20 pods, not 21",
        ),
        (
            0,
            "ai-optimization-engine is owned by the autoscaler ai-optimization-hpa, which allows 1 to 20 pods, not 0",
        ),
    ] {
        assert_eq!(cluster.scale_change(&before, pods).unwrap_err().to_string(), why);
    }
    let now = cluster.observe_scale(ENGINE).await.unwrap();
    cluster.apply_scale(&now, 20, "run-2").await.unwrap();
    let mut at_most = cluster.observe_scale(ENGINE).await.unwrap();
    let why = cluster.scale_change(&at_most, 21).unwrap_err();
    assert_eq!(
        why.to_string(),
        "ai-optimization-engine is owned by the autoscaler ai-optimization-hpa, which is at its maximum of 20 pods"
    );
    // The load has brought it there: a higher minimum would add nothing, and a lower one is what an undo asks for.
    at_most.wanted = 20;
    at_most.through =
        Through::Autoscaler { name: "hpa".into(), least: 5, most: 20, resource_version: "1".into() };
    assert!(cluster.scale_change(&at_most, 10).is_err() && cluster.scale_change(&at_most, 3).is_ok());
    assert_eq!(stand.effects().len(), 2);
}

#[tokio::test]
async fn numbers_that_are_none_are_refused() {
    let stand = stand(1.0).await;
    let facts = stand.cluster.observe_scale(RECOMMENDATION).await.unwrap();
    assert!(stand.cluster.scale_change(&facts, 100_000).is_err());
    assert!(stand.cluster.scale_change(&facts, 0).is_ok(), "switching off is possible without an autoscaler");
    let nobody = stand.cluster.observe_scale("ai-nobody").await.unwrap_err();
    assert_eq!(nobody.because(), Some(&Because::NotFound), "{nobody}");
    for name in ["../pods", "a/b", "A", "", "x?y=z"] {
        let failure = stand.cluster.observe_scale(name).await.unwrap_err();
        assert_eq!(failure.because(), Some(&Because::Invalid), "{name}: {failure}");
    }
}

#[tokio::test]
async fn what_was_changed_by_somebody_else_is_told_and_what_only_has_another_version_is_not() {
    let stand = stand(30.0).await;
    let cluster = &stand.cluster;
    let seen = cluster.observe_scale(RECOMMENDATION).await.unwrap();
    // Its version changes with a restart; how many pods it has does not.
    let restart = cluster.restart_change(RECOMMENDATION, "other", Millis(1_000)).unwrap();
    cluster.apply(&restart, "other").await.unwrap();
    cluster.apply_scale(&seen, 4, "run-1").await.unwrap();
    let late = cluster.apply_scale(&seen, 5, "run-2").await.unwrap_err();
    assert_eq!(late.because(), Some(&Because::Changed));
    assert_eq!(late.to_string(), "ai-recommendation-engine was set to 4 pods meanwhile, not 3");
    assert_eq!(stand.effects().len(), 2);
}

#[tokio::test]
async fn a_restart_is_seen_to_be_in_place_and_its_repeat_changes_nothing() {
    let stand = stand(30.0).await;
    let cluster = &stand.cluster;
    assert!(!cluster.observe_restart(ENGINE, "run-1").await.unwrap());
    let change = cluster.restart_change(ENGINE, "run-1", Millis(1_795_521_600_000)).unwrap();
    cluster.apply(&change, "run-1").await.unwrap();
    assert!(cluster.observe_restart(ENGINE, "run-1").await.unwrap());
    let mut old = Vec::new();
    let end = cluster
        .follow_rollout(ENGINE, Duration::from_secs(10), |at| {
            if let Rollout::Going { old: left, .. } = at {
                old.push(*left);
            }
        })
        .await;
    assert_eq!(end.unwrap(), Rollout::Done { pods: 3 });
    let generation = cluster.describe(Described::Deployment, ENGINE).await.unwrap();
    cluster.apply(&change, "run-1").await.unwrap();
    assert_eq!(cluster.observe_rollout(ENGINE).await.unwrap(), Rollout::Done { pods: 3 });
    let again = cluster.describe(Described::Deployment, ENGINE).await.unwrap();
    assert_eq!(again.facts, generation.facts, "the same revision");
}

#[tokio::test]
async fn a_rollout_that_never_ends_is_given_up_at_its_deadline_or_by_the_cluster() {
    let stand = stand(100.0).await;
    stand.order(ClusterOrder { rollouts: Some(Rollouts::Stuck), ..ClusterOrder::default() });
    let change = stand.cluster.restart_change(RECOMMENDATION, "run", Millis(1)).unwrap();
    stand.cluster.apply(&change, "run").await.unwrap();
    let end = stand.cluster.follow_rollout(RECOMMENDATION, Duration::from_secs(2), |_| {}).await.unwrap();
    assert!(matches!(end, Rollout::Going { wanted: 3, updated: 1, ready: 3, .. }), "{end:?}");
    let end = stand.cluster.follow_rollout(RECOMMENDATION, Duration::from_secs(20), |_| {}).await.unwrap();
    assert!(matches!(&end, Rollout::Stuck { why } if why.starts_with("3 of 3 pods are ready")), "{end:?}");
}

#[tokio::test]
async fn traffic_is_led_to_the_backup_and_back() {
    let stand = stand(1.0).await;
    let cluster = &stand.cluster;
    let before = cluster.observe_backend("ai-ingress", HOST, "/ai/").await.unwrap();
    assert_eq!((before.service.as_str(), &before.port), ("ai-optimization", &Port::Number(80)));
    let change = cluster.backend_change(&before, "ai-backup", &Port::Number(80)).unwrap();
    assert_eq!(change.does, "leads api.wedsync.com/ai/ to ai-backup:80 instead of ai-optimization:80");
    assert_eq!(change.body[2]["op"], "test");
    cluster.apply_backend(&before, "ai-backup", &Port::Number(80), "run-1").await.unwrap();
    let after = cluster.observe_backend("ai-ingress", HOST, "/ai/").await.unwrap();
    assert!(after.leads_to("ai-backup", &Port::Number(80)));
    // Asked for from a preview that is old.
    let late =
        cluster.apply_backend(&before, "ai-backup-services", &Port::Number(80), "run-2").await.unwrap_err();
    assert_eq!(late.because(), Some(&Because::Changed));
    assert_eq!(
        late.to_string(),
        "api.wedsync.com/ai/ leads to ai-backup:80 now, and not to ai-optimization:80 any more"
    );
    cluster.apply_backend(&after, &before.service, &before.port, "undo-1").await.unwrap();
    assert_eq!(stand.effects().len(), 2);
}

#[tokio::test]
async fn an_ingress_that_is_not_as_expected_is_a_clear_refusal() {
    let stand = stand(1.0).await;
    for (host, path, why) in [
        ("other.example", "/ai/", "the ingress ai-ingress has no rule for \"other.example/ai/\""),
        (HOST, "/", "the ingress ai-ingress has no rule for \"api.wedsync.com/\""),
    ] {
        let failure = stand.cluster.observe_backend("ai-ingress", host, path).await.unwrap_err();
        assert_eq!(failure.to_string(), why);
    }
    stand.order(ClusterOrder { old_ingress: Some(true), ..ClusterOrder::default() });
    let old = stand.cluster.observe_backend("ai-ingress", HOST, "/ai/").await.unwrap_err();
    assert_eq!(old.because(), Some(&Because::Invalid));
    assert!(old.to_string().contains("old form with `serviceName`"), "{old}");
}

#[tokio::test]
async fn a_job_is_made_once_for_each_run_and_followed_to_its_end() {
    let stand = stand(20.0).await;
    let cluster = &stand.cluster;
    let parameters = [("MODEL_VERSION".to_owned(), "v2.1".to_owned())];
    let change = cluster.job_change("setup-ab-test", "run-1", &parameters).await.unwrap();
    let name = job_name("setup-ab-test", "run-1");
    assert_eq!(change.does, format!("starts the job {name} from setup-ab-test with MODEL_VERSION=v2.1"));
    assert_eq!(cluster.observe_job(&name).await.unwrap(), None);
    assert_eq!(cluster.apply(&change, "run-1").await.unwrap(), Applied::Done);
    assert_eq!(cluster.apply(&change, "run-1").await.unwrap(), Applied::AlreadyThere);
    let ended = until(
        || cluster.observe_job(&name),
        |job| matches!(job, Ok(Some(job)) if matches!(job.state, JobState::Complete { .. })),
    )
    .await;
    assert_eq!(ended.unwrap().unwrap().run.as_deref(), Some("run-1"));
    let log = cluster.job_log(&name, 100).await.unwrap().unwrap();
    assert_eq!(log.lines[0].text, "setup-ab-test: begins MODEL_VERSION=v2.1");
    assert_eq!(log.lines.last().unwrap().text, "setup-ab-test: done");
    assert!(log.lines[0].at.is_some());
    assert_eq!(stand.effects().len(), 1);
}

#[tokio::test]
async fn a_job_that_fails_says_why_in_its_log() {
    let stand = stand(20.0).await;
    let outcome = JobOutcome::Failed;
    stand.order_job(JobOrder { cronjob: "validate-models".into(), outcome, seconds: None, times: None });
    let change = stand.cluster.job_change("validate-models", "run-2", &[]).await.unwrap();
    stand.cluster.apply(&change, "run-2").await.unwrap();
    let name = job_name("validate-models", "run-2");
    let ended = until(
        || stand.cluster.observe_job(&name),
        |job| matches!(job, Ok(Some(job)) if matches!(job.state, JobState::Failed { .. })),
    )
    .await;
    let JobState::Failed { why } = ended.unwrap().unwrap().state else { unreachable!() };
    assert_eq!(why, "Job has reached the specified backoff limit");
    let log = stand.cluster.job_log(&name, 1).await.unwrap().unwrap();
    assert_eq!(log.lines[0].text, "error: optimization: accuracy 0.791, under 0.85");
    let missing = stand.cluster.job_change("no-such-script", "run", &[]).await.unwrap_err();
    assert_eq!(missing.because(), Some(&Because::NotFound));
}

#[tokio::test]
async fn pods_their_usage_and_one_in_full() {
    let stand = stand(1.0).await;
    let cluster = &stand.cluster;
    let pods = cluster.pods(Some(RECOMMENDATION)).await.unwrap();
    assert_eq!(pods.len(), 3);
    assert!(pods.iter().all(|pod| pod.state == "Running" && pod.ready == (1, 1) && pod.since.is_some()));
    let crashed = pods.iter().find(|pod| pod.restarts == 1).unwrap();
    let end = crashed.last_end.as_ref().unwrap();
    assert_eq!((end.reason.as_str(), end.exit_code), ("OOMKilled", 137));
    assert_eq!(cluster.pods(None).await.unwrap().len(), 10);
    let usage = cluster.usage().await.unwrap();
    assert_eq!(usage.len(), 10);
    assert!(usage.iter().all(|one| (300..600).contains(&one.cpu.0) && one.memory.0 > 1 << 30), "{usage:?}");
    let pod = cluster.describe(Described::Pod, &crashed.name).await.unwrap();
    let fact = |name: &str| pod.facts.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((fact("restarts"), fact("last end")), (Some("1"), Some("OOMKilled (exit code 137)")));
    assert_eq!(fact("engine asks for"), Some("500m cpu, 1Gi memory"));
    let restart = cluster.restart_change(RECOMMENDATION, "run", Millis(1)).unwrap();
    cluster.apply(&restart, "run").await.unwrap();
    let told = until(
        || cluster.describe(Described::Deployment, RECOMMENDATION),
        |told| told.as_ref().is_ok_and(|told| !told.events.is_empty()),
    )
    .await
    .unwrap();
    assert_eq!(told.events[0].reason, "ScalingReplicaSet");
    assert_eq!(told.conditions.len(), 2);
    let ingress = cluster.describe(Described::Ingress, "ai-ingress").await.unwrap();
    assert_eq!(ingress.facts, [("api.wedsync.com/ai/".to_owned(), "ai-optimization:80".to_owned())]);
    let autoscaler = cluster.describe(Described::Autoscaler, "ai-optimization-hpa").await.unwrap();
    assert!(autoscaler.facts.contains(&("most pods".to_owned(), "20".to_owned())), "{autoscaler:?}");
}

#[tokio::test]
async fn a_log_has_a_tail_and_goes_on() {
    let stand = stand(20.0).await;
    let pod = stand.cluster.pods(Some(ENGINE)).await.unwrap().remove(0).name;
    let tail = stand.cluster.log_tail(&pod, None, 100, false).await.unwrap();
    assert_eq!(tail.lines.len(), 100);
    assert!(tail.lines.is_sorted_by_key(|line| line.at));
    let live = stand.cluster.log_live(&pod, None, 2).await.unwrap();
    let lines: Vec<_> = tokio::time::timeout(Duration::from_secs(10), live.take(6).collect()).await.unwrap();
    assert!(
        lines.iter().all(|line| line.as_ref().is_ok_and(|line| line.text.contains("request="))),
        "{lines:?}"
    );
    let before = stand.cluster.log_tail(&pod, None, 10, true).await.unwrap_err();
    assert!(before.to_string().contains("previous terminated container"), "{before}");
    let nobody = stand.cluster.log_live("no-such-pod", None, 2).await.err().unwrap();
    assert_eq!(nobody.because(), Some(&Because::NotFound));
}

#[tokio::test]
async fn a_kubeconfig_an_address_and_what_is_wrong_with_either() {
    let stand = stand(1.0).await;
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{ "name": "s", "cluster": { "server": stand.address() } }],
        "users": [{ "name": "u", "user": { "token": TOKEN } }],
        "contexts": [{ "name": "c", "context": { "cluster": "s", "user": "u" } }],
    });
    let file = stand.file("kubeconfig", &kubeconfig.to_string());
    let access = ClusterAccess::Kubeconfig { file: file.clone(), context: None };
    let cluster = Cluster::connect(&access, NAMESPACE).await.unwrap();
    assert_eq!(cluster.pods(None).await.unwrap().len(), 10);
    let shown = format!("{cluster:?} {access:?}");
    assert!(!shown.contains(TOKEN) && shown.contains("ai-services"), "{shown}");
    let wrong_token = stand.file("wrong", "marked-wrong-token");
    for (access, because, why) in [
        (
            ClusterAccess::Kubeconfig { file, context: Some("other".into()) },
            Because::Setup,
            "has no such context, or it is not whole",
        ),
        (
            ClusterAccess::Kubeconfig { file: stand.file("bad", "marked-secret: ["), context: None },
            Because::Setup,
            "cannot be read as a kubeconfig",
        ),
        (by_address("http://", None), Because::Setup, "the address of the cluster cannot be read"),
        (
            by_address(&stand.address(), Some("/no/such/file".into())),
            Because::Setup,
            "/no/such/file cannot be read",
        ),
        (
            by_address(&stand.address(), Some(wrong_token)),
            Because::NotSignedIn,
            "does not know the console's credentials",
        ),
        (
            by_address("http://127.0.0.1:1/k8s", None),
            Because::Unreachable,
            "the cluster refused the connection",
        ),
        (by_address(&stand.address().replace("http", "https"), None), Because::Unreachable, "the cluster"),
        (ClusterAccess::InCluster, Because::Setup, "does not run in a pod"),
    ] {
        let failure =
            async { Cluster::connect(&access, NAMESPACE).await?.pods(None).await }.await.unwrap_err();
        assert_eq!(failure.because(), Some(&because), "{access:?}: {failure}");
        let shown = failure.to_string();
        assert!(shown.contains(why) && !shown.contains("marked-"), "{shown}");
    }
}

/// Printed, never asserted.
#[tokio::test]
async fn how_long_a_preview_takes_with_50_ms_on_each_call() {
    let stand = stand(1.0).await;
    stand.lasting_fault(json!({ "route": "/k8s/*", "delay_ms": 50 }));
    let cluster = &stand.cluster;
    let begun = Instant::now();
    let preview = async {
        let facts = cluster.observe_scale(ENGINE).await?;
        let change = cluster.scale_change(&facts, 10)?;
        cluster.rehearse(&change, "preview").await?;
        Ok::<_, Failure>(change)
    };
    let pods = cluster.pods(Some("ai-backup"));
    let (change, pods) = tokio::join!(preview, pods);
    assert!(change.is_ok() && pods.is_ok());
    println!("preview of a scaling with all checks, 50 ms on each call: {} ms", begun.elapsed().as_millis());
}
