//! What samples are made of: the default catalogue, previews of it, and runs.

use std::{collections::BTreeMap, sync::LazyLock};

use backend::actions::Stored;
use domain::{
    access::PersonId,
    actions::{
        Action, ActionKey, Actor, Asked, Automation, Board, Catalogue, Check, Fact, Found, OldValue, Plan,
        Preview, Request, Run, RunId, Step, StepPreview, Values, check_values, wedsync::Names,
    },
    time::{MINUTE, Millis},
};

use crate::monitoring::samples::NOW;

#[expect(clippy::expect_used, reason = "the default catalogue is checked by the tests of `domain`")]
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::wedsync(&Names::default()).expect("the default catalogue"));

pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

pub fn key(text: &str) -> ActionKey {
    #[expect(clippy::expect_used, reason = "samples name what is there")]
    ActionKey::parse(text).expect("a key")
}

pub fn entry(text: &str) -> &'static Action {
    #[expect(clippy::expect_used, reason = "samples name what is there")]
    catalogue().get(&key(text)).expect("an action of the default catalogue")
}

pub fn service(key: &str) -> String {
    match key {
        "optimization" => "Optimization engine",
        "recommendation" => "Recommendation engine",
        "crisis" => "Crisis manager",
        other => other,
    }
    .to_owned()
}

pub fn person(name: &str) -> Actor {
    let id = name.split(' ').next().unwrap_or_default().to_lowercase();
    Actor::Person { id: PersonId::new(format!("p-{id}")), name: name.to_owned() }
}

pub fn stored(run: Run) -> Stored {
    Stored { run, progress: None, version: 1 }
}

pub fn progressing(run: Run, progress: &str) -> Stored {
    Stored { progress: Some(progress.to_owned()), ..stored(run) }
}

pub fn plan(action: &str, given: &[(&str, &str)]) -> Plan {
    let action = entry(action);
    let typed: BTreeMap<String, String> =
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let today = jiff::civil::date(2026, 11, 24);
    let values: Values = check_values(action, &typed, today).unwrap_or_default();
    #[expect(clippy::expect_used, reason = "samples give what the action asks for")]
    catalogue().plan(&action.key, &values).expect("a plan")
}

pub fn fact(key: &str, label: &str, value: &str) -> Fact {
    Fact { key: key.to_owned(), label: label.to_owned(), value: value.to_owned() }
}

fn check(what: &str, found: Found) -> Check {
    Check { what: what.to_owned(), found }
}

/// A preview in which everything is as one would wish.
pub fn preview(plan: Plan) -> Preview {
    let steps = plan.steps.iter().map(|planned| step(&planned.step)).collect();
    Preview { plan, steps, made_at: NOW }
}

fn step(step: &Step) -> StepPreview {
    let mut preview = StepPreview::default();
    let changeable = "What it changes is there, and the console may change it";
    preview.checks.push(check(changeable, Found::Holds(String::new())));
    match step {
        Step::Http { method, path, body, .. } => {
            let mut request = Request::new(method.word(), &format!("https://api.wedsync.com{path}"))
                .header("Authorization", "Bearer secret");
            if !body.is_empty() {
                let document = serde_json::from_str(&body.json()).unwrap_or_default();
                request = request.header("Content-Type", "application/json").json(&document);
            }
            preview.requests.push(request);
            preview.rests_on.push(fact("answer", "/ai/fallback: enabled", "false"));
            let said = "/ai/fallback says enabled: false".to_owned();
            preview.checks.push(check("It is not in place already", Found::Holds(said)));
        }
        Step::KubernetesScale { deployment, replicas, .. } => {
            let before = serde_json::json!({ "spec": { "replicas": 3 } });
            let after = serde_json::json!({ "spec": { "replicas": replicas } });
            let address = format!(
                "https://10.2.0.1/apis/apps/v1/namespaces/ai-services/deployments/{}/scale",
                deployment.name
            );
            preview.requests.push(Request::new("PATCH", &address).change(&before, &after));
            let label = format!("Replicas of {}", deployment.name);
            preview.rests_on.push(fact("deployment.replicas", &label, "3"));
            preview.also.push(fact("pods.ready", "Pods that are ready", "3"));
            preview.old = Some(OldValue::Replicas { count: 3, autoscaler: None });
            preview
                .checks
                .push(check("No rollout of it is going on", Found::Holds("3 pods are ready".to_owned())));
        }
        Step::KubernetesIngressBackend { at, to, .. } => {
            let path = |service: &str| serde_json::json!({ "host": at.host.as_str(), "path": at.path, "backend": format!("{service}:80") });
            let address = format!(
                "https://10.2.0.1/apis/networking.k8s.io/v1/namespaces/{}/ingresses/{}",
                at.namespace, at.ingress
            );
            let request = Request::new("PATCH", &address)
                .header("Content-Type", "application/json-patch+json")
                .change(&path("ai-optimization"), &path(to.service.as_str()));
            preview.requests.push(request);
            let label = format!("{}{} leads to", at.host, at.path);
            preview.rests_on.push(fact("ingress.backend", &label, "ai-optimization:80"));
            preview.also.push(fact("ingress.version", "Version of the ingress", "88213"));
            let ready = format!("3 endpoints of {}", to.service);
            preview
                .checks
                .push(check("At least one endpoint there is ready for traffic", Found::Holds(ready)));
        }
        Step::RedisFlush { .. } => {
            preview.requests.push(Request::new("FLUSHDB", "redis://cache.wedsync.com:6379/0").text("ASYNC"));
            preview.also.push(fact("cache.keys", "Keys in the database", "48211"));
        }
        Step::SqlBatchDelete { table, .. } => {
            let statement = "DELETE FROM optimizations WHERE id IN (\n  SELECT id FROM optimizations\n   WHERE status = 'completed' AND created_at < now() - interval '90 days'\n   LIMIT 1000)";
            preview.requests.push(Request::new("DELETE", "postgres://platform/wedsync").text(statement));
            preview.also.push(fact("rows.old", &format!("Rows of {table} that would go"), "90412"));
        }
        _ => preview
            .requests
            .push(Request::new("POST", "https://10.2.0.1/apis/batch/v1/namespaces/ai-services/jobs")),
    }
    preview
}

/// A run that was asked for a few minutes ago.
pub fn requested(id: &str, plan: Plan, by: &str, reason: &str) -> Run {
    run_of(id, preview(plan), person(by), reason, NOW.minus(4 * MINUTE))
}

pub fn run_of(id: &str, preview: Preview, by: Actor, reason: &str, at: Millis) -> Run {
    let asked = Asked {
        id: RunId(format!("0199a1b2-0000-7000-8000-{id:0>12}")),
        by,
        reason: reason.to_owned(),
        proven: Some(at),
        seen: preview.fingerprint(),
        preview,
        undoes: None,
        alert: None,
    };
    #[expect(clippy::expect_used, reason = "nothing is in the way of a sample")]
    Run::request(asked, &Board::default(), &Automation::On, at).expect("a run").0
}
