//! Where things are. Found when the command runs, never baked in: build folders are shared between clones.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's Cargo.toml.
pub fn root() -> Result<PathBuf> {
    if let Some(manifest) = env::var_os("CARGO_MANIFEST_DIR")
        && let Some(parent) = Path::new(&manifest).parent()
    {
        return Ok(parent.to_path_buf());
    }
    let here = env::current_dir().context("the current folder cannot be read")?;
    here.ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .context("run this inside the Bellwether workspace")
}

/// Where the site is put together. Always inside the workspace, wherever cargo builds: the server embeds
/// it by a path relative to its own manifest.
pub fn site_folder(root: &Path) -> PathBuf {
    root.join("target/site")
}

/// The first program of that name on PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}
