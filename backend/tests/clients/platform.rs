//! A pretended platform in this process, and a client of its cluster.

use std::{
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use backend::connect::kubernetes::{Cluster, ClusterAccess};
use serde_json::{Value, json};
use simulator::{
    cluster::orders::{ClusterOrder, Denied, JobOrder},
    faults::Fault,
    scenario::Scenario,
    serve::{Running, Settings, start},
};

pub const TOKEN: &str = "marked-token-of-the-cluster";
pub const NAMESPACE: &str = "ai-services";

pub struct Stand {
    pub simulator: Running,
    pub cluster: Cluster,
    folder: tempfile::TempDir,
}

/// Its time runs `speed` times as fast.
pub async fn stand(speed: f64) -> Stand {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let simulator = start(Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        seed: 7,
        name: "wedsync".into(),
        token: TOKEN.into(),
        start: "2026-11-24T12:00:00Z".parse().unwrap(),
        speed,
        scenario: Scenario::Calm,
        truth: None,
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, format!("{TOKEN}\n")).unwrap();
    let access = by_address(&format!("http://{}/k8s", simulator.address), Some(token_file));
    let cluster =
        Cluster::connect_with_deadline(&access, NAMESPACE, Duration::from_millis(800)).await.unwrap();
    Stand { simulator, cluster, folder }
}

pub fn by_address(url: &str, token_file: Option<PathBuf>) -> ClusterAccess {
    ClusterAccess::Address { url: url.to_owned(), token_file, ca_file: None }
}

impl Stand {
    /// Of the platform's own API.
    pub fn platform(&self) -> String {
        format!("http://{}", self.simulator.address)
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn address(&self) -> String {
        format!("http://{}/k8s", self.simulator.address)
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    /// What was done to the platform so far: (request id, what).
    pub fn effects(&self) -> Vec<(String, String)> {
        let (_, effects) = self.simulator.platform.effects.since(0);
        effects.into_iter().map(|effect| (effect.request_id.unwrap_or_default(), effect.what)).collect()
    }

    pub fn order(&self, order: ClusterOrder) {
        self.simulator.platform.world().0.cluster.obey(order).unwrap();
    }

    pub fn order_job(&self, order: JobOrder) {
        self.simulator.platform.world().0.cluster.orders.order_job(order);
    }

    pub fn deny(&self, verb: &str, resource: &str) {
        let deny = Some(vec![Denied { verb: verb.to_owned(), resource: resource.to_owned() }]);
        self.order(ClusterOrder { deny, ..ClusterOrder::default() });
    }

    /// Orders one fault for one answer.
    pub fn fault(&self, mut fault: Value) {
        if fault["times"].is_null() {
            fault["times"] = json!(1);
        }
        self.lasting_fault(fault);
    }

    pub fn lasting_fault(&self, fault: Value) {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        fault.check().unwrap();
        self.simulator.platform.faults.lock().unwrap().add(fault);
    }
}

/// Waits until it is so.
pub async fn until<T, F: Future<Output = T>>(ask: impl Fn() -> F, so: impl Fn(&T) -> bool) -> T {
    let begun = Instant::now();
    loop {
        let value = ask().await;
        if so(&value) {
            return value;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
