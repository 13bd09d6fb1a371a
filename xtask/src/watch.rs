//! `cargo xtask watch`: the demo, built and started again whenever a source changes.

use crate::cargo::{self, Profile};
use crate::children;
use crate::demo::{self, Demo};
use crate::site;
use crate::steps::words;
use crate::workspace;
use anyhow::Result;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the console and what the browser loads are made of.
const SOURCES: [&str; 9] =
    ["domain", "backend", "islands", "app", "server", "style", "migrations", "Cargo.toml", "Cargo.lock"];

/// Runs until Ctrl-C. A change that does not build leaves the running console as it is.
pub fn command(arguments: &demo::Arguments) -> Result<()> {
    let root = workspace::root()?;
    let mut demo = Demo::start(arguments)?;
    println!("Watching for changes; save a file to build and start the console again.");
    let mut seen = newest(&root);
    while !children::interrupted() {
        sleep(LOOK_EVERY);
        demo.check()?;
        let now = newest(&root);
        if now == seen {
            continue;
        }
        seen = now;
        let began = Instant::now();
        match rebuild(&root, &mut demo) {
            Ok(()) => println!("    changed, built and running after {}", words(began.elapsed())),
            Err(problem) if !children::interrupted() => {
                println!("    {problem:#}\n    waiting for the next change");
            }
            Err(_) => {}
        }
    }
    demo.end()
}

fn rebuild(root: &Path, demo: &mut Demo) -> Result<()> {
    site::build(root)?;
    let programs = cargo::build_programs(root, Profile::Dev)?;
    demo.restart_console(&programs)
}

/// How many files there are and the newest of their times: removing one is a change, too.
fn newest(root: &Path) -> (usize, Option<SystemTime>) {
    let mut all = (0, None);
    for source in SOURCES {
        look_at(&root.join(source), &mut all);
    }
    all
}

fn look_at(path: &Path, all: &mut (usize, Option<SystemTime>)) {
    if let Ok(entries) = fs::read_dir(path) {
        entries.flatten().for_each(|entry| look_at(&entry.path(), all));
    } else if let Ok(metadata) = fs::metadata(path) {
        all.0 += 1;
        all.1 = all.1.max(metadata.modified().ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_a_changed_and_a_removed_file_are_seen() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("style/now.css");
        fs::create_dir(root.path().join("style")).unwrap();
        let nothing = newest(root.path());
        fs::write(&file, "a").unwrap();
        let written = newest(root.path());
        assert_ne!(nothing, written);
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        fs::File::options().append(true).open(&file).unwrap().set_modified(later).unwrap();
        let changed = newest(root.path());
        assert_ne!(written, changed);
        fs::remove_file(&file).unwrap();
        assert_eq!(newest(root.path()), nothing);
    }
}
