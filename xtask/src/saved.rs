//! Runs a program whose output is shown and kept.

use crate::children;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

/// All that the program writes goes to the file; what `is_shown` takes, line by line, to our own output too.
pub fn run(command: &mut Command, file: &Path, is_shown: impl FnMut(&str) -> bool + Send) -> Result<()> {
    let output = File::create(file).with_context(|| format!("{} cannot be written", file.display()))?;
    let kept = Mutex::new((output, is_shown));
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let done = thread::scope(|scope| {
        let copying = scope.spawn(|| copy(reader, &kept));
        let done = children::run(command);
        // Our own copies of the pipe's end would keep the reader waiting for ever.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let copied = copying.join();
        done.and(copied.unwrap_or_else(|_| Err(anyhow::anyhow!("its output could not be kept"))))
    });
    done.with_context(|| format!("all it said is in {}", file.display()))
}

fn copy<F: FnMut(&str) -> bool>(reader: impl Read, kept: &Mutex<(File, F)>) -> Result<()> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let Ok(mut kept) = kept.lock() else { break };
        kept.0.write_all(&line)?;
        let text = String::from_utf8_lossy(&line);
        if (kept.1)(text.trim_end()) {
            print!("{text}");
        }
        line.clear();
    }
    Ok(())
}

/// Of the output of nextest: everything but what tests that passed have said.
pub fn without_what_passed() -> impl FnMut(&str) -> bool + Send {
    let mut passed = false;
    move |line| {
        let word = line.trim_start().split(' ').next().unwrap_or_default();
        let is_verdict = line.starts_with("  ")
            && line.contains(" [")
            && word.chars().all(|letter| letter.is_ascii_uppercase());
        if is_verdict && !word.is_empty() {
            passed = word == "PASS";
            return true;
        }
        if !line.is_empty() && !line.starts_with(' ') {
            passed = false;
        }
        !passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_kept_and_some_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept");
        let mut shown = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three"]);
        run(&mut command, &file, |line| {
            shown.push(line.to_owned());
            false
        })
        .unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\nthree\n");
        assert_eq!(shown, ["one", "two", "three"]);
    }

    #[test]
    fn a_failure_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept");
        let problem = run(Command::new("sh").args(["-c", "exit 3"]), &file, |_| true).unwrap_err();
        assert!(
            format!("{problem:#}").contains("kept: `sh -c exit 3` ended with exit status: 3"),
            "{problem:#}"
        );
    }

    #[test]
    fn only_tests_that_failed_are_heard() {
        let mut is_shown = without_what_passed();
        let lines = [
            ("    Starting 2 tests", true),
            ("        PASS [   0.1s] (1/2) a b", true),
            ("  stdout ───", false),
            ("    running 1 test", false),
            ("", false),
            ("        FAIL [   0.1s] (2/2) a c", true),
            ("  stderr ───", true),
            ("    it panicked", true),
            ("────────────", true),
            ("     Summary [   1.0s] 2 tests run", true),
        ];
        for (line, expected) in lines {
            assert_eq!(is_shown(line), expected, "{line}");
        }
    }
}
