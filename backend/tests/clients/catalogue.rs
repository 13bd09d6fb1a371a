//! The whole default catalogue, each entry run against a platform that really answers: its API and its cluster pretended,
//! its cache and its database real.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use backend::{
    access::{Access, SESSION_CONTENT, SignIn, Viewer, Who},
    actions::{Actions, Asking, RunPermit},
    alerts::Alerts,
    clock::Clock,
    config::{self, Kubernetes},
    db::Db,
};
use domain::{
    actions::{ActionKey, RunId, State},
    audit::Origin,
};
use secrecy::SecretString;
use tokio::sync::watch;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
};

use crate::{
    cache, database,
    platform::{NAMESPACE, TOKEN, by_address, stand},
};

const PASSWORD: &str = "marked-password of finches";
const IN_THIS_ORDER: [&str; 8] = [
    "enable-fallback",
    "disable-fallback",
    "enable-manual-mode",
    "disable-manual-mode",
    "reroute-to-backup-region",
    "return-from-backup-region",
    "fail-over-to-backup-infrastructure",
    "return-from-backup-infrastructure",
];
/// The console lives so much faster than real time: deadlines of hours are waited for in seconds.
const TIMES: u32 = 60;

pub async fn in_session(access: &Access, name: &str) -> Viewer {
    let (email, password) = (format!("{name}@example.com"), SecretString::from(PASSWORD));
    access.add_with_password_by_command(&email, name, "lead", &password).await.unwrap();
    let asked = SignIn { email, password, code: None, known_browser: None };
    let signed_in = access.sign_in(asked, &Origin::default()).await.unwrap();
    let content = serde_json::to_value(signed_in.content).unwrap();
    let mut record = Record {
        id: Id::default(),
        data: std::collections::HashMap::from([(SESSION_CONTENT.to_owned(), content)]),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    access.sessions().create(&mut record).await.unwrap();
    match access.who(Some(&record.id), Origin::default()).await.unwrap() {
        Who::SignedIn(viewer) => viewer,
        other => panic!("expected somebody signed in, got {other:?}"),
    }
}

/// What the fields that have no default are filled with.
fn typed(action: &domain::actions::Action) -> BTreeMap<String, String> {
    let value = |name: &str| match name {
        "month" => "2026-10",
        "version" => "v2.1",
        "day" => "2026-11-20",
        other => panic!("the test knows nothing to type into {other}"),
    };
    let without = action.parameters.iter().filter(|parameter| parameter.default.is_none());
    without.map(|parameter| (parameter.name.to_string(), value(parameter.name.as_str()).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entry_of_the_default_catalogue_runs() {
    let (platform, Some(cache), Some(database)) =
        (stand(f64::from(TIMES)).await, cache::server(&[]).await, database::stand().await)
    else {
        return;
    };
    for key in ["ai:1", "ai:2", "optimization:1", "other:1"] {
        let mut connection = cache.connection().await;
        redis::cmd("SET").arg(key).arg("1").exec_async(&mut connection).await.unwrap();
    }
    database.age(1_200).await;
    let mut config = config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    let watched = &mut config.platforms[0];
    watched.api_url = platform.platform();
    watched.alerts_url = Some(format!("{}/alerts", platform.platform()));
    watched.token = Some(TOKEN.into());
    let token_file = platform.file("catalogue-token", &format!("{TOKEN}\n"));
    watched.kubernetes = Some(Kubernetes {
        namespace: NAMESPACE.to_owned(),
        access: by_address(&platform.address(), Some(token_file)),
    });
    watched.redis = Some(cache.access());
    watched.postgres = Some(database.address());
    let config = Arc::new(config);

    let url = format!("sqlite://{}", platform.folder().join("console.db").display());
    let db = Db::open(&SecretString::from(url)).await.unwrap();
    let clock = Clock::fast(TIMES);
    let access = Access::new(db.clone(), &config, Clock::system()).unwrap();
    let alerts = Alerts::new(db.clone(), clock.clone(), config.clone());
    let actions = Actions::new(db.clone(), clock.clone(), config.clone(), access.clone(), alerts).unwrap();
    let (stopping, stop) = watch::channel(false);
    let worker = tokio::spawn(backend::actions::run(actions.clone(), stop));
    let (asks, agrees) = (in_session(&access, "lea").await, in_session(&access, "lou").await);

    // What is turned off has to be on first; everything else in any order.
    let catalogue = actions.catalogue("wedsync").unwrap();
    let mut order: Vec<ActionKey> = IN_THIS_ORDER.iter().map(|key| ActionKey::parse(key).unwrap()).collect();
    let rest: Vec<_> =
        catalogue.iter().map(|action| action.key.clone()).filter(|key| !order.contains(key)).collect();
    order.extend(rest);
    assert!(order.len() > 30, "{order:?}");
    for key in order {
        let action = catalogue.get(&key).unwrap_or_else(|| panic!("there is no {key}"));
        let typed = typed(action);
        let looked = actions.look(&asks.permit().unwrap(), "wedsync", &key, &typed).await.unwrap();
        assert_eq!(looked.preview.failing(), Vec::<String>::new(), "{key}");
        assert!(looked.preview.steps.iter().all(|step| !step.requests.is_empty()), "{key} shows no request");
        let asking = Asking {
            platform: "wedsync".to_owned(),
            action: key.clone(),
            typed,
            reason: "the test wants it".to_owned(),
            seen: looked.preview.fingerprint(),
            alert: None,
        };
        let permit = RunPermit::of(&asks, action).unwrap();
        let run = actions.request(&permit, asking).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        if matches!(run.state, State::Requested { .. }) {
            actions.approve(&agrees.permit().unwrap(), &run.id, String::new()).await.unwrap();
        }
        let ended = ended(&actions, &asks, &run.id).await;
        assert_eq!(ended, "succeeded", "{key}: {:?}", story(&actions, &asks, &run.id).await);
    }
    assert_eq!(
        database.count("wedding_optimizations WHERE status = 'completed'").await,
        1,
        "the young one stays"
    );
    stopping.send(true).unwrap();
    worker.await.unwrap();
}

async fn ended(actions: &Actions, viewer: &Viewer, id: &RunId) -> String {
    let begun = Instant::now();
    loop {
        let told = actions.told_of(&viewer.permit().unwrap(), id).await.unwrap();
        if told.stored.run.is_over() {
            return told.stored.run.state_word().to_owned();
        }
        let since = begun.elapsed();
        assert!(
            since < Duration::from_secs(60),
            "{}: {:?}",
            told.stored.run.plan().action,
            told.stored.run.state
        );
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn story(actions: &Actions, viewer: &Viewer, id: &RunId) -> Vec<String> {
    let told = actions.told_of(&viewer.permit().unwrap(), id).await.unwrap();
    let lines = told.story.iter();
    lines
        .map(|(_, happening)| {
            domain::actions::wording::told(&told.stored.run, happening, |at| at.0.to_string())
        })
        .collect()
}
