//! A pretended platform in this process, and whoever acts on it. For tests of what acts.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use simulator::{
    faults::Fault,
    scenario::Scenario,
    serve::{Running, Settings, start},
};

use super::Actions;
use crate::{
    access::Access,
    alerts::Alerts,
    clock::Clock,
    config::{self, Config},
    connect::kubernetes::ClusterAccess,
    testing::World,
};

const TOKEN: &str = "marked-token-of-the-platform";

pub struct Stand {
    pub world: World,
    pub clock: Clock,
    pub access: Access,
    pub config: Arc<Config>,
    pub simulator: Running,
    pub actions: Actions,
    _folder: tempfile::TempDir,
}

impl Stand {
    pub async fn with(world: World, clock: Clock, change: impl FnOnce(&mut Config)) -> Stand {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let simulator = start(Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 7,
            name: "wedsync".into(),
            token: TOKEN.into(),
            start: "2026-11-24T12:00:00Z".parse().unwrap(),
            speed: 30.0,
            scenario: Scenario::Calm,
            truth: None,
        })
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = config_of(&simulator, folder.path());
        change(&mut config);
        let config = Arc::new(config);
        let access = Access::new(world.db.clone(), &config, Clock::system()).unwrap();
        let actions = actions_of(&world, &clock, &config, &access);
        Stand { world, clock, access, config, simulator, actions, _folder: folder }
    }

    /// What was done to the platform: (request id, what).
    pub fn effects(&self) -> Vec<(String, String)> {
        let (_, effects) = self.simulator.platform.effects.since(0);
        let changed = effects.into_iter().filter(|effect| effect.changed);
        changed.map(|effect| (effect.request_id.unwrap_or_default(), effect.what)).collect()
    }

    pub fn fault(&self, fault: Value) {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        fault.check().unwrap();
        self.simulator.platform.faults.lock().unwrap().add(fault);
    }
}

fn config_of(simulator: &Running, folder: &Path) -> Config {
    let token_file: PathBuf = folder.join("token");
    std::fs::write(&token_file, format!("{TOKEN}\n")).unwrap();
    let mut config = config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    let platform = &mut config.platforms[0];
    platform.api_url = format!("http://{}", simulator.address);
    platform.alerts_url = Some(format!("http://{}/alerts", simulator.address));
    platform.token = Some(TOKEN.into());
    platform.kubernetes = Some(config::Kubernetes {
        namespace: "ai-services".to_owned(),
        access: ClusterAccess::Address {
            url: format!("http://{}/k8s", simulator.address),
            token_file: Some(token_file),
            ca_file: None,
        },
    });
    config
}

pub fn actions_of(world: &World, clock: &Clock, config: &Arc<Config>, access: &Access) -> Actions {
    let alerts = Alerts::new(world.db.clone(), clock.clone(), config.clone());
    Actions::new(world.db.clone(), clock.clone(), config.clone(), access.clone(), alerts).unwrap()
}
