//! What the browser loads, put together in `target/site`: the islands as wasm and script, the stylesheet,
//! images and fonts, each under a name that carries the hash of its content and, where it pays,
//! compressed beside itself. `manifest.json` says which is which; the server embeds the folder.

mod names;
mod pack;
mod squeeze;
mod style;
mod wasm;

use crate::steps::words;
use crate::table;
use crate::workspace;
use anyhow::{Context, Result};
pub use pack::Packed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// What the server reads: names under `pkg/`.
#[derive(Serialize)]
struct Manifest {
    /// The script is `{output_name}.js`, the wasm `{output_name}_bg.wasm`.
    output_name: String,
    style: String,
    /// Images and fonts: their path under `style/` to their name under `pkg/`.
    files: BTreeMap<String, String>,
}

/// `cargo xtask wasm`
pub fn command() -> Result<()> {
    let began = Instant::now();
    let root = workspace::root()?;
    let built = build(&root)?;
    println!("{}", sizes(&built));
    println!("{} in {}", workspace::site_folder(&root).display(), words(began.elapsed()));
    Ok(())
}

/// Builds what has changed and returns every file of the site.
pub fn build(root: &Path) -> Result<Vec<Packed>> {
    let site = workspace::site_folder(root);
    let folder = site.join("pkg");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;

    let raw_wasm = wasm::compile(root)?;
    let mut packed = Vec::new();
    let mut files = BTreeMap::new();
    for asset in style::read_assets(&root.join("style"))? {
        let name = names::hashed(&asset.file_name, &names::hash(&[&asset.bytes]));
        packed.push(pack::write(&folder, &name, &asset.bytes)?);
        files.insert(asset.path, name);
    }
    let css = style::bundle(&root.join("style"), &files)?;
    let style_name = names::hashed("style.css", &names::hash(&[css.as_bytes()]));
    packed.push(pack::write(&folder, &style_name, css.as_bytes())?);

    let islands = wasm::bind(&raw_wasm, &site.with_extension("stamp"), &folder)?;
    packed.push(pack::write(&folder, &format!("{}.js", islands.output_name), &islands.script)?);
    packed.push(pack::write(&folder, &format!("{}_bg.wasm", islands.output_name), &islands.wasm)?);
    for (path, bytes) in &islands.snippets {
        packed.push(pack::write(&folder, path, bytes)?);
    }

    pack::sweep(&folder, &packed)?;
    let manifest = Manifest { output_name: islands.output_name, style: style_name, files };
    let json = serde_json::to_string_pretty(&manifest)?;
    // Last, and only when it says something new: this file's time is what makes the server build again.
    pack::write_if_new(&site.join("manifest.json"), json.as_bytes())?;
    Ok(packed)
}

/// The sizes as a table, the sum of wasm and script below it.
pub fn sizes(packed: &[Packed]) -> String {
    let mut rows: Vec<Vec<String>> = packed
        .iter()
        .map(|file| vec![file.name.clone(), table::kilobytes(file.raw), table::kilobytes(file.sent())])
        .collect();
    let islands = || packed.iter().filter(|file| file.name.ends_with(".js") || file.name.ends_with(".wasm"));
    rows.push(vec![
        "wasm and script together".to_owned(),
        table::kilobytes(islands().map(|file| file.raw).sum()),
        table::kilobytes(islands().map(Packed::sent).sum()),
    ]);
    table::draw(&["file", "raw", "brotli"], &rows)
}
