//! The command line.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::{SignedDuration, Timestamp};

use crate::clock::real_time;
use crate::scenario::Scenario;
use crate::serve::{self, Settings};
use crate::world::World;
use crate::{figures, history, sinks};

#[derive(Parser)]
#[command(name = "simulator", version, about = "Pretends to be the WedSync AI platform")]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Answers the platform's API until it is stopped
    Serve(Serve),
    /// Writes past samples as CSV
    History(History),
    /// Writes past daily figures, one JSON object a line
    Figures(Past),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[command(flatten)]
    token: Token,
    /// How many times faster than real time it runs
    #[arg(long, default_value = "1", value_parser = speed)]
    fast_clock: f64,
    /// What time it is when it starts (RFC 3339); now when left out
    #[arg(long)]
    start: Option<Timestamp>,
    #[arg(long, value_enum, default_value_t = Scenario::Calm)]
    scenario: Scenario,
    /// What the platform is called
    #[arg(long, default_value = "wedsync", value_parser = name)]
    name: String,
    /// Also write each answer to this file, one JSON object a line
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Where to take mails; port 0 takes a free one. Without it there is no mail server
    #[arg(long)]
    smtp: Option<SocketAddr>,
    /// The console that hears when a button is pressed in the chat: http://127.0.0.1:3000
    #[arg(long, requires = "signing_secret_file")]
    console: Option<String>,
    /// A file that holds what such a press is signed with
    #[arg(long)]
    signing_secret_file: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Token {
    /// The bearer token that is asked for
    #[arg(long, env = "SIMULATOR_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file that holds it
    #[arg(long)]
    token_file: Option<PathBuf>,
}

#[derive(Args)]
struct Past {
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3_660))]
    days: i64,
    /// Where the past ends (RFC 3339); now when left out
    #[arg(long)]
    until: Option<Timestamp>,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// What the platform is called
    #[arg(long, default_value = "wedsync", value_parser = name)]
    platform: String,
}

#[derive(Args)]
struct History {
    #[command(flatten)]
    past: Past,
    /// The time between two samples: 30s, 1m
    #[arg(long, default_value = "30s", value_parser = every)]
    every: SignedDuration,
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, as a sentence.
pub fn run() -> io::Result<()> {
    match Command::parse().what {
        What::Serve(wanted) => serve(wanted),
        What::History(History { past, every }) => {
            let (world, until) = past_world(&past);
            written(|out| history::write(out, &world, until, past.days, every))
        }
        What::Figures(past) => {
            let (world, until) = past_world(&past);
            written(|out| figures::write(out, &world, until, past.days))
        }
    }
}

fn past_world(past: &Past) -> (World, Timestamp) {
    let until = past.until.unwrap_or_else(real_time);
    (World::new(past.seed, &past.platform, until), until)
}

/// Writes to standard output in large pieces. A reader that has seen enough is no error.
fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn serve(wanted: Serve) -> io::Result<()> {
    let settings = Settings {
        listen: wanted.listen,
        seed: wanted.seed,
        name: wanted.name,
        token: token(wanted.token)?,
        start: wanted.start.unwrap_or_else(real_time),
        speed: wanted.fast_clock,
        scenario: wanted.scenario,
        truth: wanted.truth,
    };
    let read =
        |file: &PathBuf| fs::read_to_string(file).map_err(|error| named(&file.display().to_string(), &error));
    let signing_secret = wanted.signing_secret_file.as_ref().map(read).transpose()?;
    let sinks = sinks::Settings {
        smtp: wanted.smtp,
        console: wanted.console,
        signing_secret: signing_secret.map(|secret| secret.trim().to_owned()),
    };
    let listen = settings.listen;
    // One thread is plenty, and leaves the machine to what is being tested.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let signal = stop_signal()?;
        let running =
            serve::start_with(settings, sinks).await.map_err(|error| named(&listen.to_string(), &error))?;
        let mut out = io::stdout();
        if let Some(smtp) = running.smtp {
            writeln!(out, "taking mail on smtp://{smtp}")?;
        }
        writeln!(out, "listening on http://{}", running.address).and_then(|()| out.flush())?;
        signal.await;
        running.stop().await;
        Ok(())
    });
    // What still sleeps, a byte a second, is not waited for.
    runtime.shutdown_background();
    served
}

/// Listens for SIGINT and SIGTERM from now on; ready when one has come.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn token(token: Token) -> io::Result<String> {
    let token = match (token.token, token.token_file) {
        (Some(token), _) => token,
        (None, Some(file)) => {
            fs::read_to_string(&file).map_err(|error| named(&file.display().to_string(), &error))?
        }
        (None, None) => String::new(),
    };
    match token.trim() {
        "" => Err(io::Error::other("the token is empty")),
        token => Ok(token.to_owned()),
    }
}

fn named(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.001..=1_000_000.0).contains(&speed) => Ok(speed),
        _ => Err("expected a number from 0.001 to 1000000".into()),
    }
}

/// Letters, digits and dashes only: it stands in CSV and in addresses.
fn name(text: &str) -> Result<String, String> {
    let fits = !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if fits { Ok(text.to_owned()) } else { Err("expected letters, digits, dashes, at most 64".into()) }
}

fn every(text: &str) -> Result<SignedDuration, String> {
    let every: SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    if (1..=86_400).contains(&every.as_secs()) { Ok(every) } else { Err("expected 1s to 24h".into()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Command::command().debug_assert();
        let error = Command::try_parse_from(["simulator", "serve", "--fast-clock", "0", "--token", "t"])
            .err()
            .unwrap();
        assert!(error.to_string().contains("0.001 to 1000000"), "{error}");
        assert!(
            Command::try_parse_from(["simulator", "serve", "--token", "t", "--token-file", "f"]).is_err()
        );
        assert!(Command::try_parse_from(["simulator", "history", "--every", "5 parsecs"]).is_err());
    }
}
