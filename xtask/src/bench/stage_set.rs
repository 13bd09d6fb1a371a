//! What the benchmark plays on: a temporary folder with a history, a platform, a console.

use crate::cargo::Programs;
use crate::children;
use crate::demo::home::{config, now, write_token};
use crate::http;
use crate::import::{self, Past};
use crate::stage::{self, PlatformWish, Player};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SEED: u64 = 7;
const FIRST: &str = "wedsync";
const OTHERS: [&str; 3] = ["north", "south", "west"];

/// So many can sign in at once; the first of them is who looks at pages.
pub const ACCOUNTS: usize = 21;
pub const PASSWORD: &str = "a-password-of-the-bench";

pub fn account(number: usize) -> String {
    format!("viewer-{number}@bench.example")
}

pub struct Set {
    pub days: u32,
    /// Samples in the history of one platform.
    pub rows: usize,
    programs: Programs,
    folder: tempfile::TempDir,
    listen: SocketAddr,
    platform: Player,
    console: Option<Player>,
    cookie: Option<String>,
}

impl Set {
    /// Writes the history of one platform to a file and starts the platform; the console is not running yet.
    pub fn build(programs: Programs, days: u32) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bellwether-bench-").tempdir()?;
        let token_file = folder.path().join("api-token");
        write_token(&token_file)?;
        let wish = PlatformWish {
            name: FIRST,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token_file: &token_file,
            seed: SEED,
            fast_clock: None,
            staff: None,
        };
        let platform = stage::start_platform(&programs, &wish, folder.path().join("simulator.log"))?;
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, stage::free_port()?));
        let mut set = Self { days, rows: 0, programs, folder, listen, platform, console: None, cookie: None };
        fs::write(set.config(), set.settings())?;
        set.rows = set.write_history()?;
        for number in 0..ACCOUNTS {
            set.add_account(&account(number))?;
        }
        Ok(set)
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("bellwether.toml")
    }

    fn settings(&self) -> String {
        let database = format!("sqlite://{}", self.folder.path().join("bellwether.db").display());
        config(self.listen, self.platform.address, &database, &self.folder.path().join("api-token"), "1s")
    }

    fn history_file(&self) -> PathBuf {
        self.folder.path().join("history.csv")
    }

    fn write_history(&self) -> Result<usize> {
        let mut command = Command::new(&self.programs.simulator);
        command.args(["history", "--platform", FIRST, "--seed", &SEED.to_string()]);
        command.args(["--days", &self.days.to_string(), "--until", &now().to_string()]);
        children::run(command.stdout(File::create(self.history_file())?))?;
        Ok(fs::read_to_string(self.history_file())?.lines().count().saturating_sub(1))
    }

    /// Imports the file; its time is the import's speed.
    pub fn import_file(&self) -> Result<()> {
        let mut command = Command::new(&self.programs.bellwether);
        command.arg("--config").arg(self.config()).args(["samples", "import"]).arg(self.history_file());
        children::read(&mut command).map(|_| ())
    }

    /// What a command of the console prints.
    pub fn tell(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.programs.bellwether);
        children::read(command.arg("--config").arg(self.config()).args(arguments))
    }

    /// Where the platform is.
    pub fn platform_address(&self) -> SocketAddr {
        self.platform.address
    }

    /// Hands crises to people from now on: the platform's AI would solve some of a wave before it is read.
    pub fn manual_mode(&self) -> Result<()> {
        let token = fs::read_to_string(self.folder.path().join("api-token"))?;
        let address = self.platform.address.to_string();
        let answer = http::post_json(&address, "/crisis/manual-mode/enable", token.trim(), "{}")?;
        match answer.status {
            200..=299 => Ok(()),
            status => bail!("the platform takes no manual mode: {status}"),
        }
    }

    /// So many crises on the platform, all at once.
    pub fn crisis_wave(&self, crises: u32) -> Result<()> {
        let order = serde_json::json!({ "scenario": "crisis-wave", "crises": crises }).to_string();
        let answer = http::post_json(&self.platform.address.to_string(), "/control/scenario", "", &order)?;
        match answer.status {
            200..=299 => Ok(()),
            status => bail!("the platform took no wave: {status}"),
        }
    }

    /// Where the platform's cluster is, for the configuration.
    pub fn cluster_settings(&self) -> String {
        let token_file = serde_json::json!(self.folder.path().join("api-token").display().to_string());
        format!(
            "\n[platform.kubernetes]\nnamespace = \"ai-services\"\nurl = \"http://{}/k8s\"\ntoken_file = {token_file}\n",
            self.platform.address
        )
    }

    /// A new token of a sender of alerts.
    pub fn sender(&self) -> Result<String> {
        self.token(&["handle_alerts"])
    }

    /// A new token of an operator's machine.
    pub fn token(&self, permissions: &[&str]) -> Result<String> {
        let owner = super::alerts::owner();
        self.add_somebody(&owner, "operator").ok();
        let mut arguments = vec!["token", "add", "--owner", &owner, "--name", "sender"];
        arguments.extend(permissions.iter().flat_map(|permission| ["--permission", permission]));
        Ok(self.tell(&arguments)?.trim().to_owned())
    }

    /// Starts the console on another database, watching another platform, with `more` in its configuration; `times` faster
    /// than real time.
    pub fn restart_on(
        &mut self,
        database: &str,
        platform: SocketAddr,
        poll_every: &str,
        more: &str,
        times: Option<u32>,
    ) -> Result<()> {
        self.console = None;
        // A session belongs to the database in which it began.
        self.cookie = None;
        let database = format!("sqlite://{}", self.folder.path().join(database).display());
        let mut settings =
            config(self.listen, platform, &database, &self.folder.path().join("api-token"), poll_every);
        if let Some(times) = times {
            settings += &format!("\n[demo]\npassword = \"{PASSWORD}\"\nfast_clock = {times}\n");
        }
        fs::write(self.config(), settings + more)?;
        self.add_account(&account(0))?;
        self.restart().map(|_| ())
    }

    /// What a command of the console prints when it is given this to read, and how long that took.
    pub fn tell_about(&self, arguments: &[&str], input: &str) -> Result<(String, Duration)> {
        let file = self.folder.path().join("input");
        fs::write(&file, input)?;
        let mut command = Command::new(&self.programs.bellwether);
        command.args(arguments).stdin(File::open(&file)?);
        let began = Instant::now();
        let told = command.output().context("the console's program cannot be started")?;
        let took = began.elapsed();
        if !told.status.success() {
            bail!("{arguments:?} ended with {}", told.status);
        }
        Ok((String::from_utf8_lossy(&told.stdout).into_owned(), took))
    }

    fn add_account(&self, email: &str) -> Result<()> {
        self.add_somebody(email, "viewer")
    }

    fn add_somebody(&self, email: &str, role: &str) -> Result<()> {
        let password = self.folder.path().join("password");
        fs::write(&password, PASSWORD)?;
        let mut command = Command::new(&self.programs.bellwether);
        command.arg("--config").arg(self.config()).args(["user", "add", "--password-stdin", "--role", role]);
        children::run(
            command
                .args(["--name", "Viewer", "--email", email])
                .stdin(File::open(password)?)
                .stdout(Stdio::null()),
        )
    }

    /// The session of somebody who may look at everything. It outlives the console.
    pub fn cookie(&mut self) -> Result<String> {
        match &self.cookie {
            Some(cookie) => Ok(cookie.clone()),
            None => Ok(self.cookie.insert(http::sign_in(&self.address(), &account(0), PASSWORD)?).clone()),
        }
    }

    /// The session of somebody with a role of their own.
    pub fn cookie_of(&self, role: &str) -> Result<String> {
        let email = format!("{role}@bench.example");
        self.add_somebody(&email, role)?;
        http::sign_in(&self.address(), &email, PASSWORD)
    }

    /// A key for personal data, for the configuration.
    pub fn sealing_settings(&self) -> Result<String> {
        let file = self.folder.path().join("sealing-keys");
        fs::write(&file, "6b".repeat(31) + "6c\n")?;
        let file = serde_json::json!(file.display().to_string());
        Ok(format!("\n[sealing]\nkeys_file = {file}\n"))
    }

    /// A word of the names of one of the couples in a crisis now, as the platform tells them.
    pub fn name_of_a_couple(&self) -> Result<String> {
        let token = fs::read_to_string(self.folder.path().join("api-token"))?;
        let authorized = format!("Authorization: Bearer {}", token.trim());
        let answer = http::get(&self.platform.address.to_string(), "/crisis/active", &[&authorized])?;
        let told: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let names = told.pointer("/crises/0/couple/names").or_else(|| told.pointer("/0/couple/names"));
        let name = names.and_then(|names| names.as_str()?.split_whitespace().next());
        Ok(name.context("the platform names no couple")?.to_owned())
    }

    /// Ends the console if it runs, and starts it; returns how long it took to get ready.
    pub fn restart(&mut self) -> Result<Duration> {
        self.console = None;
        let log = self.folder.path().join("console.log");
        let (console, took) = stage::start_console(&self.programs, &self.config(), self.listen, None, log)?;
        self.console = Some(console);
        Ok(took)
    }

    /// Three more platforms with as long a history each, all answered by the one simulator.
    pub fn four_platforms(&mut self) -> Result<()> {
        self.console = None;
        let mut settings = self.settings();
        let (_, one) = settings.split_once("[[platform]]").context("the configuration has no platform")?;
        let one = format!("\n[[platform]]{one}");
        for name in OTHERS {
            settings += &one.replace("\"wedsync\"", &format!("\"{name}\""));
        }
        fs::write(self.config(), settings)?;
        for (at, name) in OTHERS.into_iter().enumerate() {
            let past = Past {
                platform: name,
                days: self.days,
                seed: SEED + 1 + at as u64,
                from: None,
                until: None,
                every: "30s",
            };
            import::samples(&self.programs, &self.config(), &past, &self.folder.path().join("import.log"))?;
        }
        Ok(())
    }

    /// `127.0.0.1:PORT` of the console.
    pub fn address(&self) -> String {
        self.listen.to_string()
    }

    pub fn console_process(&self) -> Result<u32> {
        Ok(self.console.as_ref().context("the console is not running")?.process.id())
    }

    /// Ends everything; what is dropped half-way ends as well.
    pub fn end(self) {
        drop(self.console);
        drop(self.platform);
    }
}

/// Resident memory of a process in kilobytes (1,000 bytes).
pub fn resident_kilobytes(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
        .context("the process does not tell its memory")?;
    Ok(kibibytes * 1.024)
}
