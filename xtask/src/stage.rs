//! The two programs on their stage: the pretended platform and the console that watches it, each with its
//! log, each on 127.0.0.1. The demo, the watch and the benchmark all play here.

use crate::cargo::Programs;
use crate::children::{self, Background};
use crate::http;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const LISTENS_WITHIN: Duration = Duration::from_secs(10);
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The console promises to end within 5 seconds.
const ENDS_WITHIN: Duration = Duration::from_secs(7);

/// A running program and where it answers.
pub struct Player {
    pub process: Background,
    pub address: SocketAddr,
    pub log: PathBuf,
}

impl Player {
    /// Fails, with its last words, when it has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        match self.process.ended()? {
            Some(status) => {
                bail!("the {} ended by itself with {status}:\n{}", self.process.name(), last_lines(&self.log))
            }
            None => Ok(()),
        }
    }
}

/// `wanted` if nobody listens there, else the same host with port 0, which takes a free one.
pub fn free_or_any(wanted: SocketAddr) -> SocketAddr {
    match TcpListener::bind(wanted) {
        Ok(_) => wanted,
        Err(_) => SocketAddr::new(wanted.ip(), 0),
    }
}

/// A port that is free now, for a program that must be told its port before it starts.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// How the platform is to behave.
pub struct PlatformWish<'a> {
    pub name: &'a str,
    pub listen: SocketAddr,
    pub token_file: &'a Path,
    pub seed: u64,
    pub fast_clock: Option<f64>,
    /// Whether it also takes what staff are told.
    pub staff: Option<StaffWish<'a>>,
}

/// Where mails to staff arrive, and who hears of a button that is pressed in the chat.
pub struct StaffWish<'a> {
    pub smtp: SocketAddr,
    pub console: SocketAddr,
    pub signing_secret_file: &'a Path,
}

/// Starts the simulator; returns when it has said where it listens.
pub fn start_platform(programs: &Programs, wish: &PlatformWish<'_>, log: PathBuf) -> Result<Player> {
    let mut command = Command::new(&programs.simulator);
    command.args(["serve", "--name", wish.name, "--listen", &wish.listen.to_string()]);
    command.args(["--seed", &wish.seed.to_string(), "--token-file"]).arg(wish.token_file);
    if let Some(times) = wish.fast_clock {
        command.args(["--fast-clock", &times.to_string()]);
    }
    if let Some(staff) = &wish.staff {
        command.args(["--smtp", &staff.smtp.to_string()]);
        command.args(["--console", &format!("http://{}", staff.console), "--signing-secret-file"]);
        command.arg(staff.signing_secret_file);
    }
    let output = new_log(&log)?;
    let mut process = Background::start("simulator", &command, "TERM", ENDS_WITHIN, output)?;
    let deadline = Instant::now() + LISTENS_WITHIN;
    while Instant::now() < deadline && process.ended()?.is_none() && !children::interrupted() {
        let said = fs::read_to_string(&log)?;
        let address = said.lines().find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        if let Some(address) = address {
            return Ok(Player { process, address, log });
        }
        sleep(Duration::from_millis(10));
    }
    bail!("the simulator does not start:\n{}", last_lines(&log))
}

/// Starts the console; returns when `/readyz` says yes, with the time that took.
pub fn start_console(
    programs: &Programs,
    config: &Path,
    address: SocketAddr,
    fast_clock: Option<f64>,
    log: PathBuf,
) -> Result<(Player, Duration)> {
    let mut command = Command::new(&programs.bellwether);
    command.arg("--config").arg(config).arg("serve");
    if let Some(times) = fast_clock {
        command.env("BELLWETHER__DEMO__FAST_CLOCK", times.to_string());
    }
    let output = new_log(&log)?;
    let began = Instant::now();
    let mut process = Background::start("console", &command, "TERM", ENDS_WITHIN, output)?;
    let gone = || children::interrupted() || !matches!(process.ended(), Ok(None));
    let ready = http::wait_until_ready(&address.to_string(), "/readyz", READY_WITHIN, gone);
    match ready {
        Some(_) => Ok((Player { process, address, log }, began.elapsed())),
        None => bail!("the console does not get ready:\n{}", last_lines(&log)),
    }
}

fn new_log(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("{} cannot be written", path.display()))
}

/// The last words of a log, enough to see why a program ended.
pub fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(15);
    format!("{}\n(from {})", lines[from..].join("\n"), log.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_given_up_for_a_free_one() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(free_or_any(address).port(), 0);
        drop(taken);
        assert_eq!(free_or_any(address), address);
    }

    #[test]
    fn only_the_last_words_are_shown() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        fs::write(&log, (0..40).map(|n| format!("line {n}\n")).collect::<String>()).unwrap();
        let shown = last_lines(&log);
        assert!(shown.starts_with("line 25\n") && shown.contains("line 39\n(from "));
    }
}
