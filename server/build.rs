//! The binary carries what the browser loads (`target/site`, made by `cargo xtask wasm`). Cargo must build
//! it again when that has changed, and at no other time.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    let manifest_folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let site = Path::new(&manifest_folder).join("../target/site");
    // A plain `cargo check` on a fresh clone has no site yet; the folder must be there to be embedded.
    if let Err(problem) = fs::create_dir_all(&site) {
        println!("cargo::error={} cannot be made: {problem}", site.display());
    }
    let manifest = site.join("manifest.json");
    // A path that is missing would make cargo run this each time, so the empty folder is watched instead.
    let watched = if manifest.is_file() { manifest } else { site };
    println!("cargo::rerun-if-changed={}", watched.display());
}
