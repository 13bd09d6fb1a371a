//! `bellwether serve`: opens, recalls, listens, polls; stops within five seconds.

use std::{sync::Arc, time::Duration};

use backend::{
    access::Access,
    actions::{self, Actions},
    alerts, audit,
    clock::Clock,
    config::Config,
    connect::platform::PlatformClient,
    crises::{self, Cases},
    db::Db,
    delivery::Courier,
    diagnostics::Diagnostics,
    failover::{self, Failover},
    notices::{self, Notices},
    oncall, schedule,
    sealing::{Reconciled, Sealing},
    tick::Console,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

use crate::{
    access::{
        demo,
        floods::{FORGET_EVERY, Floods},
    },
    http,
    oncall::demo as oncall_demo,
    serving, telemetry,
};

const DROP_EXPIRED_EVERY: Duration = Duration::from_secs(600);
/// Requests under way get this long once the console is told to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(4);

pub async fn run(config: Config) -> Result<(), String> {
    telemetry::log(&config.log);
    let prometheus = telemetry::metrics()?;
    let config = Arc::new(config);
    warn_of_plain_passwords(&config);
    let clock = Clock::fast(config.demo.fast_clock);
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let console =
        Console::start(db.clone(), clock.clone(), config.clone()).await.map_err(|error| error.to_string())?;
    // Sessions and second factors run on real time, also in a demo whose clock is fast.
    let access = Access::new(db.clone(), &config, Clock::system()).map_err(|error| error.to_string())?;
    let recorded = audit::record_configuration(&db, access.now(), &config).await;
    recorded.map_err(|error| format!("the configuration cannot be put on record: {error}"))?;
    let sealing = open_sealing(&db, &config).await?;
    demo::make(&access, &config).await?;
    oncall_demo::make(&access, &config, clock.now()).await?;
    let clients = config
        .platforms
        .iter()
        .map(|platform| PlatformClient::new(platform).map_err(|error| format!("{}: {error}", platform.name)))
        .collect::<Result<Vec<_>, _>>()?;

    let courier = Courier::new(db.clone(), clock.clone(), &config)
        .map_err(|error| format!("a connection to staff cannot be set up: {error}"))?;

    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.server.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;

    let (stopping, stop) = watch::channel(false);
    let actions =
        Actions::new(db.clone(), clock.clone(), config.clone(), access.clone(), console.alerts.clone())
            .map_err(|error| format!("the platform cannot be acted on: {error}"))?;
    actions.deliver_by(courier.clone());
    let mut workers = page(&console, &access, &courier, &stop).await?;
    workers.push(tokio::spawn(actions::run(actions.clone(), stop.clone())));
    let diagnostics = Diagnostics::new(clock.clone(), &config, actions.clone(), console.alerts.clone())
        .map_err(|error| format!("the platform cannot be looked at: {error}"))?;
    let cases =
        Cases::new(db.clone(), clock.clone(), config.clone(), (access.clone(), actions.clone()), sealing)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    cases.deliver_by(courier.clone());
    console.hand_crises_to(cases.clone());
    workers.push(tokio::spawn(crises::run(cases.clone(), stop.clone())));
    let notices = Notices::new(cases.clone(), config.clone())
        .map_err(|error| format!("notices to couples cannot be sent: {error}"))?;
    workers.push(tokio::spawn(notices::run(notices.clone(), stop.clone())));
    let failover = Failover::new(db.clone(), clock.clone(), config.clone(), actions.clone());
    workers.push(tokio::spawn(failover::run(failover.clone(), console.polls(), stop.clone())));
    workers.extend(console.run(clients, &stop));
    workers.extend(keep_access(&db, &access, &config, &stop));
    let state = http::State::new(http::Parts {
        console,
        access,
        actions,
        failover,
        diagnostics,
        cases,
        notices,
        courier,
        prometheus,
        stop: stop.clone(),
    });
    workers.push(tokio::spawn(forget_floods(state.floods.clone(), stop.clone())));
    let router = http::router(state);
    tracing::info!(%address, "listening");
    println!("listening on http://{address}");
    let serving = tokio::spawn(serving::serve(listener, router, stop));

    asked_to_stop().await?;
    tracing::info!("stopping");
    stopping.send(true).ok();
    if tokio::time::timeout(FINISH_WITHIN, serving).await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    for worker in workers {
        tokio::time::timeout(Duration::from_millis(500), worker).await.ok();
    }
    tokio::time::timeout(Duration::from_secs(1), db.close()).await.ok();
    Ok(())
}

/// Those who call people: the courier, escalation, and what recurs on the schedule.
async fn page(
    console: &Console,
    access: &Access,
    courier: &Courier,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, String> {
    let (db, clock, config) = (&console.db, &console.clock, console.config());
    console.alerts.deliver_by(courier.clone());
    let mut workers = courier.run(stop);
    workers.push(tokio::spawn(alerts::run(console.alerts.clone(), courier.failures(), stop.clone())));
    let duties = oncall::duties(&config.on_call, access);
    workers.push(tokio::spawn(schedule::run(db.clone(), clock.clone(), duties, stop.clone())));
    Ok(workers)
}

/// What goes on beside the pages: the audit log to its receivers and into sealed files, old sessions away.
fn keep_access(
    db: &Db,
    access: &Access,
    config: &Config,
    stop: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let forwarders = config.siem.iter().map(|target| {
        tokio::spawn(audit::forward(db.clone(), Clock::system(), target.clone(), stop.clone()))
    });
    let mut workers: Vec<_> = forwarders.collect();
    let (audit, targets) = (config.audit.clone(), config.siem.clone());
    workers.push(tokio::spawn(audit::keep_sealing(
        db.clone(),
        Clock::system(),
        audit,
        targets,
        stop.clone(),
    )));
    workers.push(tokio::spawn(drop_expired(access.clone(), stop.clone())));
    workers
}

async fn drop_expired(access: Access, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = access.delete_expired().await {
            tracing::warn!(%error, "sessions that are over were not removed");
        }
        tokio::select! {
            () = tokio::time::sleep(DROP_EXPIRED_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn forget_floods(floods: Floods, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(FORGET_EVERY) => floods.forget(),
            _ = stop.changed() => {}
        }
    }
}

/// Before anything is served: nobody who was erased is shown, whatever backup the database came from.
async fn open_sealing(db: &Db, config: &Config) -> Result<Sealing, String> {
    let sealing = Sealing::new(db.clone(), Clock::system(), &config.sealing);
    if let Some(fault) = &config.sealing.fault {
        tracing::error!(%fault, "an encryption key cannot be used");
    } else if let Some(why) = sealing.locked() {
        tracing::warn!(%why, "personal data is locked, and none can be taken in");
    }
    let reconciled = sealing.keep_erasures().await.map_err(|error| error.to_string())?;
    if reconciled != Reconciled::default() {
        tracing::warn!(
            destroyed_again = reconciled.destroyed_again,
            noted = reconciled.noted,
            unreadable_lines = reconciled.unreadable,
            "database and journal of erasures were not the same"
        );
    }
    Ok(sealing)
}

/// A password that goes over a network in plain can be read there.
fn warn_of_plain_passwords(config: &Config) {
    if !config.server.listen.ip().is_loopback() && !config.server.public_url.starts_with("https://") {
        tracing::warn!(
            listen = %config.server.listen,
            "others can reach this address and public_url is not https: passwords go over the network in plain"
        );
    }
}

async fn asked_to_stop() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        _ = terminate.recv() => {}
        asked = tokio::signal::ctrl_c() => asked.map_err(|error| error.to_string())?,
    }
    Ok(())
}
