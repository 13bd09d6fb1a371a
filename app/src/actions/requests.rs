//! What exactly will be sent: each request line by line, what goes and what comes marked by a sign and not by a colour.

use domain::actions::{Line, Request, Step, StepPreview};
use leptos::prelude::*;

/// A request as it goes over the wire.
pub(super) fn request(request: &Request) -> AnyView {
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| view! { <span class="line dim">{format!("{name}: {value}\n")}</span> })
        .collect();
    let body: Vec<AnyView> = request
        .body
        .iter()
        .map(|line| {
            let text = format!("{line}\n");
            match line {
                Line::Same(_) => view! { <span class="line">{text}</span> }.into_any(),
                Line::Removed(_) => view! { <del class="line">{text}</del> }.into_any(),
                Line::Added(_) => view! { <ins class="line">{text}</ins> }.into_any(),
            }
        })
        .collect();
    let first = format!("{} {}\n", request.method, request.address);
    view! { <pre class="request" tabindex="0"><span class="line request-line">{first}</span>{headers}{body}</pre> }
        .into_any()
}

/// What a step is spoken in: shown beside what it sends.
pub(super) fn language(step: &Step) -> &'static str {
    match step {
        Step::Http { .. } => "HTTP",
        Step::KubernetesScale { .. }
        | Step::KubernetesRestart { .. }
        | Step::KubernetesIngressBackend { .. }
        | Step::KubernetesJobFromCronjob { .. } => "Kubernetes",
        Step::RedisFlush { .. } | Step::RedisDeletePattern { .. } => "Redis",
        Step::SqlBatchDelete { .. } | Step::SqlAnalyze { .. } => "PostgreSQL",
    }
}

/// What is there now, and what it becomes where that is one value.
pub(super) fn facts(step: &Step, preview: &StepPreview) -> Option<AnyView> {
    let rows: Vec<_> = preview
        .rests_on
        .iter()
        .chain(&preview.also)
        .map(|fact| {
            let becomes = becomes(step, &fact.key).filter(|new| *new != fact.value);
            let becomes = becomes.map(|new| {
                view! { <span class="becomes"><span class="unseen">"becomes "</span><span aria-hidden="true">"\u{2192} "</span><strong>{new}</strong></span> }
            });
            view! { <dt>{fact.label.clone()}</dt><dd><span>{fact.value.clone()}</span>" "{becomes}</dd> }
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <dl class="pairs now-and-then">{rows}</dl> }.into_any())
}

fn becomes(step: &Step, key: &str) -> Option<String> {
    match (step, key) {
        (Step::KubernetesScale { replicas, .. }, "deployment.replicas" | "autoscaler.min") => {
            Some(replicas.to_string())
        }
        (Step::KubernetesIngressBackend { to, .. }, "ingress.backend") => Some(to.to_string()),
        _ => None,
    }
}
