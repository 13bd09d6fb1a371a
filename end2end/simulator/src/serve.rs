//! Starts and stops the simulator.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::effects::Effects;
use crate::faults::Faults;
use crate::platform::Platform;
use crate::routes;
use crate::scenario::{Order, Scenario};
use crate::sinks::{self, Sinks};
use crate::truth::Truth;
use crate::wire::{Fate, Wires};
use crate::world::World;

/// How long answers in flight may still take when it is stopped; a byte a second would take minutes.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Settings {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    pub seed: u64,
    pub name: String,
    pub token: String,
    /// What time it is there when it starts.
    pub start: Timestamp,
    /// How many times faster than here the time runs there.
    pub speed: f64,
    pub scenario: Scenario,
    /// Where the truth is written as well.
    pub truth: Option<PathBuf>,
}

/// A simulator that listens.
#[derive(Debug)]
pub struct Running {
    pub address: SocketAddr,
    pub platform: Arc<Platform>,
    /// Where the mail server listens, when there is one.
    pub smtp: Option<SocketAddr>,
    mails: Option<JoinHandle<()>>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

/// Starts listening; answers from then on, on the runtime that it was called in.
///
/// # Errors
/// When the address cannot be listened on or the truth's file cannot be opened.
pub async fn start(settings: Settings) -> std::io::Result<Running> {
    start_with(settings, sinks::Settings::default()).await
}

/// The same, with what the sinks need.
///
/// # Errors
/// As `start`.
pub async fn start_with(settings: Settings, sinks: sinks::Settings) -> std::io::Result<Running> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let mut world = World::new(settings.seed, &settings.name, settings.start);
    if settings.scenario != Scenario::Calm {
        world.switch(Order::plain(settings.scenario), settings.start);
    }
    let platform = Arc::new(Platform {
        clock: Clock::starting(settings.start, settings.speed),
        token: settings.token,
        address,
        world: Mutex::new(world),
        faults: Mutex::new(Faults::default()),
        truth: Truth::with_file(settings.truth.as_deref())?,
        effects: Effects::default(),
        sinks: Mutex::new(Sinks::new(sinks.clone())),
    });
    let (mut smtp, mut mails) = (None, None);
    if let Some(listen) = sinks.smtp {
        let listener = TcpListener::bind(listen).await?;
        smtp = Some(listener.local_addr()?);
        mails = Some(tokio::spawn(sinks::mail::serve(listener, platform.clone())));
    }
    let service = routes::router(platform.clone()).into_make_service_with_connect_info::<Fate>();
    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(Wires(listener), service).with_graceful_shutdown(async {
        // A sender that is gone without a word is a stop as well.
        let _ = stopped.await;
    });
    let served = tokio::spawn(server.into_future());
    Ok(Running { address, platform, smtp, mails, stop, served })
}

impl Running {
    /// Stops listening, lets answers in flight end for a moment, and leaves.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        if let Some(mails) = self.mails {
            mails.abort();
        }
        let abort = self.served.abort_handle();
        if tokio::time::timeout(GRACE, self.served).await.is_err() {
            abort.abort();
        }
    }
}
