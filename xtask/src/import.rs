//! The past: what the simulator writes, piped into the console's import.

use crate::cargo::Programs;
use crate::children;
use crate::stage;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Which past, of which platform.
pub struct Past<'a> {
    pub platform: &'a str,
    pub days: u32,
    pub seed: u64,
    /// Rows before this moment (RFC 3339 in UTC, whole seconds) are left out.
    pub from: Option<&'a str>,
    /// Where it ends (RFC 3339); now, when left out.
    pub until: Option<&'a str>,
    /// The time between two samples, as the simulator reads it.
    pub every: &'a str,
}

/// Imports samples; returns how many rows went over.
pub fn samples(programs: &Programs, config: &Path, past: &Past<'_>, log: &Path) -> Result<usize> {
    let mut writer = writer(programs, "history", past);
    writer.args(["--every", past.every]);
    // The first line names the columns.
    let wanted = |line: &str| past.from.is_none_or(|from| line.starts_with("at,") || line >= from);
    pipe(&mut writer, programs, config, "samples", log, wanted)
}

/// Imports the figures of each day; importing a day again replaces it.
pub fn figures(programs: &Programs, config: &Path, past: &Past<'_>, log: &Path) -> Result<usize> {
    pipe(&mut writer(programs, "figures", past), programs, config, "figures", log, |_| true)
}

fn writer(programs: &Programs, what: &str, past: &Past<'_>) -> Command {
    let mut writer = Command::new(&programs.simulator);
    writer.args([what, "--days", &past.days.to_string(), "--seed", &past.seed.to_string()]);
    writer.args(["--platform", past.platform]);
    if let Some(until) = past.until {
        writer.args(["--until", until]);
    }
    writer
}

/// Kills its program when it is left early.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pipe(
    writer: &mut Command,
    programs: &Programs,
    config: &Path,
    what: &str,
    log: &Path,
    wanted: impl Fn(&str) -> bool,
) -> Result<usize> {
    let mut writer = Ends(writer.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
    let output = File::options().create(true).append(true).open(log)?;
    let mut reader = Command::new(&programs.bellwether);
    reader.arg("--config").arg(config).args([what, "import", "-"]);
    reader.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output);
    let mut reader = Ends(reader.spawn()?);

    let from = writer.0.stdout.take().context("the simulator has no output")?;
    let mut to = BufWriter::with_capacity(256 * 1024, reader.0.stdin.take().context("no way in")?);
    let mut from = BufReader::with_capacity(256 * 1024, from);
    let mut progress = Progress::new(what);
    let mut line = String::new();
    while from.read_line(&mut line)? > 0 {
        if wanted(&line) {
            // A reader that is gone has said why in its log, which is shown below.
            if to.write_all(line.as_bytes()).is_err() {
                break;
            }
            progress.step();
        }
        line.clear();
        if children::interrupted() {
            bail!("interrupted while {what} were imported");
        }
    }
    let flushed = to.flush();
    drop(to);
    let status = reader.0.wait()?;
    if !status.success() || flushed.is_err() {
        bail!("`bellwether {what} import` ended with {status}:\n{}", stage::last_lines(log));
    }
    let status = writer.0.wait()?;
    if !status.success() {
        bail!("the simulator ended with {status} while it wrote {what}");
    }
    progress.end();
    Ok(progress.rows)
}

/// Rows so far: in place on a terminal, now and then in a log.
struct Progress<'a> {
    what: &'a str,
    rows: usize,
    shown: Instant,
    every: Duration,
    terminal: bool,
}

impl<'a> Progress<'a> {
    fn new(what: &'a str) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let every = Duration::from_millis(if terminal { 200 } else { 5_000 });
        Self { what, rows: 0, shown: Instant::now(), every, terminal }
    }

    fn step(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(500) && self.shown.elapsed() >= self.every {
            self.shown = Instant::now();
            self.show();
        }
    }

    fn show(&self) {
        let line = format!("    {} rows of {}", thousands(self.rows), self.what);
        if self.terminal {
            print!("\r{line}");
            // Only looks: a terminal that is gone stops nothing.
            let _ = std::io::stdout().flush();
        } else {
            println!("{line}");
        }
    }

    fn end(&self) {
        self.show();
        if self.terminal {
            println!();
        }
    }
}

/// `259,200`
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(259_200), "259,200");
    }
}
