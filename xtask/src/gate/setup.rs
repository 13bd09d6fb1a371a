//! What the tests need beyond cargo: installed where we may, named with the exact command where we may not.
//! What is there already is left as it is.

use crate::cargo;
use crate::children;
use crate::gate::postgres;
use crate::workspace::find_program;
use anyhow::{Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What playwright-core and the test runner's flags need.
const OLDEST_NODE: u32 = 18;

/// Chromium under any of its usual names.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        .iter()
        .find_map(|name| find_program(name))
}

pub fn has_nextest(root: &Path) -> bool {
    children::read(cargo::command(root).args(["nextest", "--version"])).is_ok()
}

/// Makes sure of rustfmt, clippy, Node.js, Chromium, PostgreSQL, Redis and the npm packages of `end2end`.
pub fn install(root: &Path) -> Result<()> {
    components(root)?;
    packages()?;
    node_version()?;
    npm(&root.join("end2end"))
}

fn components(root: &Path) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if children::read(cargo::command(root).args([command, "--version"])).is_err() {
            println!("    adding {component}");
            children::run(Command::new("rustup").current_dir(root).args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Debian's names of the packages that are missing here.
fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if find_program("node").is_none() {
        missing.push("nodejs");
    }
    if find_program("npm").is_none() {
        missing.push("npm");
    }
    if chromium().is_none() {
        missing.push("chromium");
    }
    if postgres::program_folder().is_none() {
        missing.push("postgresql");
    }
    if find_program("redis-server").is_none() {
        missing.push("redis-server");
    }
    missing
}

fn packages() -> Result<()> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install -y {}", missing.join(" "));
    let is_root = children::read(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    if find_program("apt-get").is_none() {
        bail!("please install {}; then run this again (or: cargo xtask test --quick)", missing.join(", "));
    }
    if !is_root {
        bail!(
            "please run: sudo apt-get update && sudo {install}\nthen again this (or: cargo xtask test --quick)"
        );
    }
    println!("    installing {}", missing.join(", "));
    children::run(apt().arg("update"))?;
    children::run(apt().args(["install", "-y", "--no-install-recommends"]).args(&missing))?;
    let still = missing_packages();
    if !still.is_empty() {
        bail!("`{install}` went well, and yet these are not to be found: {}", still.join(", "));
    }
    Ok(())
}

fn node_version() -> Result<()> {
    let version = children::read(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|part| part.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        bail!(
            "Node.js is {version}, the browser tests need {OLDEST_NODE} or newer: see https://nodejs.org/download, \
             or leave them out with cargo xtask test --quick"
        );
    }
    Ok(())
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.arg("-q").env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// `npm ci`, once for each state of the lock file.
pub fn npm(end2end: &Path) -> Result<()> {
    let lock = fs::read(end2end.join("package-lock.json"))?;
    let digest: String = Sha256::digest(&lock).iter().map(|byte| format!("{byte:02x}")).collect();
    let stamp = end2end.join("node_modules/.bellwether-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == digest) {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install.current_dir(end2end).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    children::run(&mut install)?;
    fs::write(&stamp, digest)?;
    Ok(())
}
