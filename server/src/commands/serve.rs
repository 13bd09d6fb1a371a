//! `bellwether serve`: opens, recalls, listens, polls; stops within five seconds.

use std::{sync::Arc, time::Duration};

use backend::{
    access::Access, clock::Clock, config::Config, connect::platform::PlatformClient, db::Db, tick::Console,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{access::demo, http, serving, telemetry};

/// Requests under way get this long once the console is told to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(4);

pub async fn run(config: Config) -> Result<(), String> {
    telemetry::log(&config.log);
    let prometheus = telemetry::metrics()?;
    let config = Arc::new(config);
    let clock = Clock::fast(config.demo.fast_clock);
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let console =
        Console::start(db.clone(), clock, config.clone()).await.map_err(|error| error.to_string())?;
    // Sessions and second factors run on real time, also in a demo whose clock is fast.
    let access = Access::new(db.clone(), &config, Clock::system());
    demo::make(&access, &config).await?;
    let clients = config
        .platforms
        .iter()
        .map(|platform| PlatformClient::new(platform).map_err(|error| format!("{}: {error}", platform.name)))
        .collect::<Result<Vec<_>, _>>()?;

    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.server.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;

    let (stopping, stop) = watch::channel(false);
    let workers = console.run(clients, &stop);
    let router = http::router(http::State::new(console, access, prometheus, stop.clone()));
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

async fn asked_to_stop() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        _ = terminate.recv() => {}
        asked = tokio::signal::ctrl_c() => asked.map_err(|error| error.to_string())?,
    }
    Ok(())
}
