//! Encryption keys: how long every data key takes to be wrapped again, and whether others can write meanwhile.

use super::audit::a_second;
use super::line::Line;
use crate::cargo::Programs;
use crate::children;
use anyhow::{Context, Result, anyhow};
use std::process::Command;
use std::thread;

const KEYS: u32 = 100_000;
/// About as many as a rotation leaves time for.
const CHANGES: u32 = 1_000;

/// On a database of its own, first alone, then while another program makes audited changes.
pub fn measure(programs: &Programs) -> Result<Vec<Line>> {
    let folder = tempfile::Builder::new().prefix("bellwether-bench-keys-").tempdir()?;
    let database = format!("sqlite://{}", folder.path().join("keys.db").display());
    let keys_file = folder.path().join("keys");
    std::fs::write(&keys_file, "6b".repeat(31) + "6c\n")?;
    let tell = |arguments: &[&str]| -> Result<String> {
        let mut command = Command::new(&programs.bellwether);
        command.env("BELLWETHER__DATABASE__URL", &database).env("BELLWETHER__SEALING__KEYS_FILE", &keys_file);
        children::read(command.current_dir(folder.path()).args(arguments))
    };
    tell(&["key", "fill", "--keys", &KEYS.to_string()])?;
    let alone = seconds(&tell(&["key", "rotate"])?)?;
    let (rotated, changed) = thread::scope(|scope| {
        let rotating = scope.spawn(|| tell(&["key", "rotate"]));
        let changed = tell(&["audit", "measure", "--changes", &CHANGES.to_string()]);
        (rotating.join(), changed)
    });
    let meanwhile = seconds(&rotated.map_err(|_| anyhow!("the rotation broke off"))??)?;
    Ok(vec![
        Line::at_most("key rotate, 100,000 data keys", alone, 60.0, "s"),
        Line::at_most("the same while others write", meanwhile, 60.0, "s"),
        Line::told("audited changes while keys rotate", a_second(&changed?)?, "/s"),
    ])
}

/// `A new key 5f…: 100000 data keys are wrapped again, 100000 in all, in 12.3 s.`
fn seconds(told: &str) -> Result<f64> {
    let wrapped = format!(": {KEYS} data keys are wrapped again, {KEYS} in all, in ");
    let (_, rest) =
        told.split_once(&wrapped).with_context(|| format!("not every key was wrapped: {told}"))?;
    Ok(rest.split(' ').next().unwrap_or_default().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read_from_what_was_told_and_only_when_every_key_was_wrapped() {
        let told = "A new key 5f: 100000 data keys are wrapped again, 100000 in all, in 12.3 s.";
        assert_eq!(seconds(told).unwrap(), 12.3);
        assert!(
            seconds("A new key 5f: 99999 data keys are wrapped again, 100000 in all, in 12.3 s.").is_err()
        );
    }
}
