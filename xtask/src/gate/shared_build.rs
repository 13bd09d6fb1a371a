//! One build folder for all clones of a machine that checks changes (`CI=true`).
//!
//! Such a machine clones afresh for every check, and compiling 500 dependencies again each time takes most
//! of an hour on two cores. Cargo names what it builds by the path *within* a workspace, so clones can share
//! `~/.cache/bellwether/target`. Two things need care:
//!
//! - Cargo believes in file times. A clone made before another one was built would be taken for unchanged,
//!   so a clone that the folder has not seen last gets fresh times on all its files.
//! - Two checks at once would run each other's programs, so the folder is locked while it is in use, and who
//!   comes second builds in its own `target`.
//!
//! Someone who sets CARGO_TARGET_DIR has decided already, and on a developer's machine nothing is shared.

use crate::cargo;
use anyhow::{Context, Result};
use std::env;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The lock, to be held as long as the folder is in use. `None`: cargo builds where it always does.
pub fn choose(root: &Path) -> Result<Option<File>> {
    let Some(folder) = wanted() else { return Ok(None) };
    let folder = folder.join("bellwether");
    if fs::create_dir_all(&folder).is_err() {
        return Ok(None);
    }
    let lock = File::create(folder.join("lock")).context("the shared build folder cannot be locked")?;
    if lock.try_lock().is_err() {
        println!("{} is in use; building in this clone's own target folder", folder.display());
        return Ok(None);
    }
    let target = folder.join("target");
    fs::create_dir_all(&target)?;
    let last = target.join("last-clone");
    if fs::read_to_string(&last).ok() != Some(identity(root)?) {
        freshen(root, now())?;
        // Told only now: giving a file a new time is itself a change of the file.
        fs::write(&last, identity(root)?)?;
    }
    println!("building in {}, shared by all clones here", target.display());
    cargo::build_in(target);
    Ok(Some(lock))
}

fn wanted() -> Option<PathBuf> {
    let checks = env::var("CI").is_ok_and(|value| value == "true");
    if !checks || env::var_os("CARGO_TARGET_DIR").is_some() {
        return None;
    }
    Some(PathBuf::from(env::var_os("HOME")?).join(".cache"))
}

/// The same path may hold another clone tomorrow, but not in the same place on the disk at the same time.
fn identity(root: &Path) -> Result<String> {
    let manifest = fs::metadata(root.join("Cargo.toml"))?;
    Ok(format!("{} {} {}", root.display(), manifest.ino(), manifest.ctime()))
}

#[expect(clippy::disallowed_methods, reason = "the times of files are the system's, not the console's")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn freshen(folder: &Path, time: SystemTime) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let kind = entry.file_type()?;
        if kind.is_dir() && !matches!(name.to_str(), Some("target" | "node_modules" | ".git" | "demo")) {
            freshen(&entry.path(), time)?;
        } else if kind.is_file() {
            let path = entry.path();
            File::options()
                .append(true)
                .open(&path)
                .and_then(|file| file.set_modified(time))
                .with_context(|| format!("the time of {} cannot be set", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn sources_get_the_time_and_what_was_built_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("app/src")).unwrap();
        fs::create_dir_all(folder.path().join("target")).unwrap();
        fs::write(folder.path().join("app/src/lib.rs"), "").unwrap();
        fs::write(folder.path().join("target/built"), "").unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        freshen(folder.path(), time).unwrap();
        let modified = |path: &str| fs::metadata(folder.path().join(path)).unwrap().modified().unwrap();
        assert_eq!(modified("app/src/lib.rs"), time);
        assert!(modified("target/built") > time);
    }
}
