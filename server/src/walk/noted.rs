//! What the gate searches afterwards: the log of this program, and the secrets that were made at random.

use std::{fs::File, io::Write, sync::Mutex};

/// Everything that is logged goes to a file of this process, if a folder is named for that.
pub fn log() {
    if let Ok(folder) = std::env::var("BELLWETHER_TEST_LOGS") {
        let file = format!("{folder}/walk-{}.log", std::process::id());
        let file = File::options().append(true).create(true).open(file).unwrap();
        let filter = crate::telemetry::filter("trace");
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
        // The second world of a process writes to the log of the first.
        subscriber.with_writer(Mutex::new(file)).try_init().ok();
    }
}

pub fn note(secret: &str) {
    if let Ok(file) = std::env::var("BELLWETHER_TEST_SECRETS") {
        let mut file = File::options().append(true).create(true).open(file).unwrap();
        file.write_all(format!("{secret}\n").as_bytes()).unwrap();
    }
}
