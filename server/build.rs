//! The binary carries what the browser loads (`target/site`, made by `cargo xtask wasm`) and a name of its own
//! build, by which an open page knows that it is of another one. Cargo must build it again when either has
//! changed, and at no other time.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

/// What a page is made of, beside the site.
const SOURCES: [&str; 5] = ["domain/src", "backend/src", "islands/src", "app/src", "server/src"];

fn main() {
    let manifest_folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&manifest_folder).join("..");
    let site = root.join("target/site");
    // A plain `cargo check` on a fresh clone has no site yet; the folder must be there to be embedded.
    if let Err(problem) = fs::create_dir_all(&site) {
        println!("cargo::error={} cannot be made: {problem}", site.display());
    }
    let manifest = site.join("manifest.json");

    // The same sources have the same name on every machine: paths within the workspace, and contents.
    let mut files = vec![manifest.clone()];
    for folder in SOURCES {
        list(&root.join(folder), &mut files);
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        file.strip_prefix(&root).unwrap_or(file).hash(&mut hasher);
        fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=BELLWETHER_BUILD={:016x}", hasher.finish());

    // A path that is missing would make cargo run this each time, so the empty folder is watched instead.
    let watched = if manifest.is_file() { manifest } else { site };
    println!("cargo::rerun-if-changed={}", watched.display());
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}
