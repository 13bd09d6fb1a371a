//! The platform's API and its cluster, pretended: `http` and `kubernetes.*`.

use std::{net::SocketAddr, path::Path, sync::Arc};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use simulator::{faults::When, serve::Running};

use crate::{
    fault::{Done, Fault, Seen, Truth},
    kind::{Kind, Target, Wire, has},
    world::simulator_at,
};

const HOUR: u32 = 3_600;

pub static HTTP: Kind = Kind {
    name: "http",
    action: "enable-fallback",
    by_two: false,
    times: 10,
    step: 0,
    wire: Wire::Http,
    concerns: |request| has(request, " /ai/fallback"),
    decides: |request| request.starts_with(b"POST /ai/fallback/enable"),
    seen: Seen::InPlace,
    late: true,
    refuses: false,
    in_parts: false,
    begin: |_| Box::pin(begin("/ai/fallback/enable", "POST")),
};

pub static HTTP_BY_ITS_ANSWER: Kind = Kind {
    name: "http, nothing to look at",
    action: "send-emergency-alert",
    by_two: false,
    times: 10,
    step: 0,
    wire: Wire::Http,
    concerns: |request| has(request, " /alerts/emergency"),
    decides: |request| request.starts_with(b"POST /alerts/emergency"),
    seen: Seen::Answered,
    late: true,
    refuses: false,
    in_parts: false,
    begin: |_| Box::pin(begin("/alerts/emergency", "POST")),
};

const fn in_the_cluster(name: &'static str, action: &'static str, times: u32) -> Kind {
    Kind {
        name,
        action,
        by_two: false,
        times,
        step: 0,
        wire: Wire::Http,
        concerns: |request| has(request, " /k8s/"),
        decides: |request| request.starts_with(b"PATCH ") && !has(request, "dryRun"),
        seen: Seen::InPlace,
        late: true,
        refuses: false,
        in_parts: false,
        begin: |_| Box::pin(begin("/k8s/*", "PATCH")),
    }
}

pub static SCALE: Kind = in_the_cluster("kubernetes.scale", "scale-recommendation", 120);
pub static RESTART: Kind = in_the_cluster("kubernetes.restart", "restart-recommendation", 120);
pub static INGRESS: Kind =
    Kind { by_two: true, ..in_the_cluster("kubernetes.ingress_backend", "reroute-to-backup-region", 30) };
pub static JOB: Kind = Kind {
    decides: |request| request.starts_with(b"POST /k8s/") && !has(request, "dryRun"),
    begin: |_| Box::pin(begin("/k8s/*", "POST")),
    ..in_the_cluster("kubernetes.job_from_cronjob", "warm-caches-by-job", 180)
};

pub struct Platform {
    pub simulator: Running,
    pub route: &'static str,
    pub method: &'static str,
}

impl Platform {
    pub async fn new(route: &'static str, method: &'static str) -> Platform {
        // Pods and jobs take their time there.
        Platform { simulator: simulator_at("wedsync", 7, 60.0).await, route, method }
    }

    /// Orders a fault.
    pub fn fault(&self, ordered: Value) {
        let fault: simulator::faults::Fault = serde_json::from_value(ordered).unwrap();
        fault.check().unwrap();
        self.simulator.platform.faults.lock().unwrap().add(fault);
    }
}

async fn begin(route: &'static str, method: &'static str) -> Option<Arc<dyn Target>> {
    Some(Arc::new(Platform::new(route, method).await))
}

/// The sections that every platform needs. Polls are so rare that none is in the way.
pub fn watched(api: SocketAddr) -> String {
    format!(
        "[[platform]]\nname = \"wedsync\"\napi_url = \"http://{api}\"\nalerts_url = \"http://{api}/alerts\"\n\
         token_file = \"token\"\npoll_every = \"{HOUR}s\"\n"
    )
}

/// What was done to it.
pub fn effects(simulator: &Running) -> u64 {
    let (_, effects) = simulator.platform.effects.since(0);
    effects.iter().filter(|effect| effect.changed).count() as u64
}

impl Target for Platform {
    fn upstream(&self) -> SocketAddr {
        self.simulator.address
    }

    fn configuration(&self, gate: SocketAddr, _: &Path) -> String {
        if !self.route.starts_with("/k8s") {
            return watched(gate);
        }
        format!(
            "{}[platform.kubernetes]\nnamespace = \"ai-services\"\nurl = \"http://{gate}/k8s\"\ntoken_file = \"token\"\n",
            watched(self.simulator.address)
        )
    }

    fn truth(&self) -> BoxFuture<'_, Truth> {
        let most = effects(&self.simulator);
        let done = if most == 0 { Done::Nothing } else { Done::Whole };
        Box::pin(async move { Truth { done, step_done: most > 0, most } })
    }

    fn spoil(&self, fault: Fault) -> BoxFuture<'_, ()> {
        let mut ordered =
            json!({ "route": self.route, "method": self.method, "when": When::Before, "times": 1 });
        match fault {
            Fault::Error => ordered["status"] = json!(500),
            // It has come through, and is done a while after.
            _ => ordered["delay_ms"] = json!(1_500),
        }
        self.fault(ordered);
        Box::pin(async {})
    }
}
