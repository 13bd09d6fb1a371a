//! Cargo, called in one way everywhere, so that commands share what they build.

use crate::children;
use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

static TARGET_FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// From now on cargo builds there. Only the first call counts.
pub fn build_in(folder: PathBuf) {
    TARGET_FOLDER.get_or_init(|| folder);
}

/// `cargo` in the workspace's folder. The variables that `cargo run` gave to us are taken away: a build
/// script would see them and cargo would build again what it has.
pub fn command(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    if let Some(folder) = TARGET_FOLDER.get() {
        command.env("CARGO_TARGET_DIR", folder);
    }
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let ours = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name == "CARGO_PRIMARY_PACKAGE"
            || name == "CARGO_CRATE_NAME"
            || name == "CARGO_BIN_NAME";
        if ours {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Where cargo builds when it is called by `command`.
pub fn target_folder(root: &Path) -> Result<PathBuf> {
    let metadata = children::read(command(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// The profile of the programs that are run. Everything but the benchmark uses `Dev`, so that clippy,
/// tests and the demo share one build of every dependency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

/// The two programs that we start.
pub struct Programs {
    pub bellwether: PathBuf,
    pub simulator: PathBuf,
}

/// Builds both in one call. The whole workspace is selected, since cargo chooses the features of
/// dependencies by what is selected: so a test run after the demo finds everything built.
pub fn build_programs(root: &Path, profile: Profile) -> Result<Programs> {
    let mut build = command(root);
    build.args(["build", "--workspace", "--bins"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    children::run(&mut build)?;
    programs(root, profile)
}

/// Where the two are after a build.
pub fn programs(root: &Path, profile: Profile) -> Result<Programs> {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    let folder = target_folder(root)?.join(folder);
    Ok(Programs { bellwether: folder.join("bellwether"), simulator: folder.join("simulator") })
}
