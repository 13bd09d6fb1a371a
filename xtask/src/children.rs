//! Programs we start. None outlives us: not on Ctrl-C, not on a failed step, and not (where the system can
//! promise it) when we are killed outright.

use crate::workspace::find_program;
use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// From now on an interrupt, a hang-up or a request to end only raises a flag.
pub fn listen_for_interrupts() -> Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED))
            .context("the interrupt handler cannot be set")?;
    }
    Ok(())
}

/// Whether somebody asked us to end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Runs a program in the foreground to its end. Any ending but success is an error that names the program.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = describe(command);
    let mut child = command.spawn().with_context(|| format!("`{shown}` cannot be started"))?;
    let status = wait(&mut child)?;
    if interrupted() {
        bail!("interrupted during `{shown}`");
    }
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a program and returns what it printed, without the line end; an error carries what it complained of.
pub fn read(command: &mut Command) -> Result<String> {
    let shown = describe(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{shown}` cannot be started"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` ended with {}: {}", output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// A terminal's Ctrl-C reaches the child by itself; a signal sent to us alone is handed on.
fn wait(child: &mut Child) -> Result<ExitStatus> {
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupted() && !told {
            signal_process("TERM", &child.id().to_string());
            told = true;
        }
        sleep(LOOK_EVERY);
    }
}

/// A program in the background, in a process group of its own so that we decide when it ends.
pub struct Background {
    name: String,
    child: Child,
    grace: Duration,
    ends_by: &'static str,
}

impl Background {
    /// Starts it, with all its output going to `output`. `ends_by` is the signal that asks it to end,
    /// `grace` how long it may take about it.
    pub fn start(
        name: &str,
        command: &Command,
        ends_by: &'static str,
        grace: Duration,
        output: File,
    ) -> Result<Self> {
        let mut wrapped = dies_with_us(command, ends_by);
        let child = wrapped
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} cannot be started (`{}`)", describe(command)))?;
        Ok(Self { name: name.to_owned(), child, grace, ends_by })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process, whose memory and time can be read under /proc.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Asks it to end, waits for its grace, then ends the whole group.
    pub fn stop(&mut self) {
        let group = format!("-{}", self.child.id());
        if let Ok(None) = self.child.try_wait() {
            signal_process(self.ends_by, &group);
            let deadline = Instant::now() + self.grace;
            while Instant::now() < deadline {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                sleep(LOOK_EVERY);
            }
            signal_process("KILL", &group);
            // Reaping it; there is nobody to tell of a failure, since a killed process always ends.
            let _ = self.child.wait();
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Puts the program under `setpriv --pdeathsig`, where there is one: then the kernel ends it when we are
/// killed without a chance to do it ourselves.
fn dies_with_us(command: &Command, signal: &str) -> Command {
    static SETPRIV: LazyLock<bool> = LazyLock::new(|| {
        find_program("setpriv").is_some()
            && read(Command::new("setpriv").arg("--help")).is_ok_and(|help| help.contains("--pdeathsig"))
    });
    let mut wrapped = if *SETPRIV {
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--pdeathsig", signal, "--"]).arg(command.get_program());
        wrapped
    } else {
        Command::new(command.get_program())
    };
    wrapped.args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(key, value),
            None => wrapped.env_remove(key),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

/// Through the shell, whose `kill` is built in: a library call for it would need unsafe code or a crate.
fn signal_process(signal: &str, process: &str) {
    let _ = Command::new("sh")
        .args(["-c", "kill -s \"$0\" -- \"$1\" 2>/dev/null", signal, process])
        .stdin(Stdio::null())
        .status();
}

/// The command as a person would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or(program.as_os_str())).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_program_ends_when_its_guard_is_dropped() {
        let mut command = Command::new("sleep");
        command.arg("600");
        let grace = Duration::from_secs(5);
        let sleeper =
            Background::start("sleeper", &command, "TERM", grace, tempfile::tempfile().unwrap()).unwrap();
        let id = sleeper.id();
        assert!(Path::new(&format!("/proc/{id}/stat")).exists() || !cfg!(target_os = "linux"));
        drop(sleeper);
        assert!(!Path::new(&format!("/proc/{id}/stat")).exists());
    }

    #[test]
    fn one_that_ignores_the_request_is_killed_after_its_grace() {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; while :; do sleep 1; done"]);
        let grace = Duration::from_millis(200);
        let mut stubborn =
            Background::start("stubborn", &command, "TERM", grace, tempfile::tempfile().unwrap()).unwrap();
        sleep(Duration::from_millis(200));
        let began = Instant::now();
        stubborn.stop();
        assert!(began.elapsed() >= Duration::from_millis(200));
        assert!(stubborn.ended().unwrap().is_some());
    }

    #[test]
    fn a_failure_names_the_command() {
        let problem = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(problem.to_string(), "`sh -c exit 3` ended with exit status: 3");
    }
}
