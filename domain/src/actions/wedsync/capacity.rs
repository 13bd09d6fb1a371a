//! More replicas, and fresh ones.

use super::{
    Names,
    draft::{About, Draft, count_of, draft},
};
use crate::{
    actions::{Deployment, Goal, Kind, KubeName, Look, NotAName, ParameterKind, Precondition},
    time::MINUTE,
};

/// Pulling a model of some gigabytes takes a while.
const ROLLOUT: i64 = 10 * MINUTE;

struct Engine<'a> {
    service: &'a str,
    deployment: &'a str,
    autoscaler: Option<&'a str>,
    /// What the operations document scales out to.
    replicas: &'a str,
    scale: About<'a>,
    restart: About<'a>,
}

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let engines = [
        Engine {
            service: "optimization",
            deployment: "ai-optimization-engine",
            autoscaler: Some("ai-optimization-hpa"),
            replicas: "10",
            scale: About {
                goal: Goal::Capacity,
                key: "scale-optimization",
                name: "Scale the optimization engine",
                changes: "The optimization engine runs with at least as many replicas as you say; its autoscaler may \
                          still add more.",
                procedure: "high-response-times",
            },
            restart: About {
                goal: Goal::Capacity,
                key: "restart-optimization",
                name: "Restart the optimization engine",
                changes: "Every replica of the optimization engine is replaced by a fresh one, a few at a time.",
                procedure: "outage",
            },
        },
        Engine {
            service: "recommendation",
            deployment: "ai-recommendation-engine",
            autoscaler: None,
            replicas: "8",
            scale: About {
                goal: Goal::Capacity,
                key: "scale-recommendation",
                name: "Scale the recommendation engine",
                changes: "The recommendation engine runs with as many replicas as you say.",
                procedure: "high-response-times",
            },
            restart: About {
                goal: Goal::Capacity,
                key: "restart-recommendation",
                name: "Restart the recommendation engine",
                changes: "Every replica of the recommendation engine is replaced by a fresh one, a few at a time.",
                procedure: "outage",
            },
        },
    ];
    engines.iter().flat_map(|engine| [scale(names, engine), restart(names, engine)]).collect()
}

fn scale(names: &Names, engine: &Engine<'_>) -> Draft {
    let does = |deployment: Result<Deployment, NotAName>| {
        Ok(Kind::KubernetesScale {
            deployment: deployment?,
            replicas: count_of("replicas")?,
            autoscaler: engine.autoscaler.map(KubeName::parse).transpose()?,
        })
    };
    draft(names, &engine.scale, does(names.deployment(engine.deployment)), Look::RolledOut, ROLLOUT)
        .of(&[engine.service])
        .asks("replicas", "Replicas", ParameterKind::Number { min: 1, max: 20 }, Some(engine.replicas))
        .restores()
}

fn restart(names: &Names, engine: &Engine<'_>) -> Draft {
    let deployment = names.deployment(engine.deployment);
    let does = deployment.clone().map(|deployment| Kind::KubernetesRestart { deployment });
    let drafted = draft(names, &engine.restart, does, Look::RolledOut, ROLLOUT)
        .of(&[engine.service])
        .for_good("A fresh replica cannot be made an old one again.")
        .rests(2 * MINUTE);
    match deployment {
        Ok(deployment) => drafted.needs(Precondition::Settled { deployment }),
        Err(_) => drafted,
    }
}
