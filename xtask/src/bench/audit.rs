//! The log of who did what: how fast it is written, each record in its own transaction on disk, and walked.

use super::line::Line;
use crate::cargo::Programs;
use crate::children;
use anyhow::{Context, Result};
use std::process::Command;

const CHANGES: u32 = 5_000;
const RECORDS: u32 = 300_000;

/// On a database of its own. SQLite writes with `synchronous=FULL`: the disk's own speed is in the first number.
pub fn measure(programs: &Programs) -> Result<Vec<Line>> {
    let folder = tempfile::Builder::new().prefix("bellwether-bench-audit-").tempdir()?;
    let database = format!("sqlite://{}", folder.path().join("audit.db").display());
    let tell = |arguments: &[&str]| -> Result<String> {
        let mut command = Command::new(&programs.bellwether);
        command.env("BELLWETHER__DATABASE__URL", &database).current_dir(folder.path());
        children::read(command.arg("audit").args(arguments))
    };
    let written = tell(&["measure", "--changes", &CHANGES.to_string()])?;
    tell(&["measure", "--fill", &(RECORDS - CHANGES).to_string()])?;
    let walked = tell(&["verify"])?;
    Ok(vec![
        Line::at_least("audited changes, each in its own transaction", a_second(&written)?, 1_000.0, "/s"),
        Line::at_least("audit verify, 300,000 records", a_second(&walked)?, 200_000.0, "/s"),
    ])
}

/// `… (12345 a second).`
pub(super) fn a_second(told: &str) -> Result<f64> {
    let (before, _) = told.split_once(" a second").context("it told no speed")?;
    let (_, number) = before.rsplit_once('(').context("it told no speed")?;
    Ok(number.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_read_from_what_was_told() {
        let told = "The audit log is whole: 300000 records in 1.20 s (250000 a second).\nIts end: 3:00\n";
        assert_eq!(a_second(told).unwrap(), 250_000.0);
        assert!(a_second("nothing").is_err());
    }
}
