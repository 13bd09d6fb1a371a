//! The islands: cargo makes the wasm, wasm-bindgen's own library gives it its script.

use super::names;
use super::pack::write_if_new;
use crate::cargo;
use crate::children;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";
/// Part of the stamp: to be changed when `bind` does something else with the same wasm.
const RECIPE: &[u8] = b"1, wasm-bindgen 0.2.126, web";

/// The islands, ready to be served.
pub struct Islands {
    /// `islands.HASH`, one hash over wasm and script, since leptos asks for both under one name.
    pub output_name: String,
    pub script: Vec<u8>,
    pub wasm: Vec<u8>,
    /// Scripts that crates bring along inline, by path; usually none.
    pub snippets: BTreeMap<String, Vec<u8>>,
}

/// Builds the islands for the browser and returns what cargo made. Cargo itself knows what is unchanged.
pub fn compile(root: &Path) -> Result<PathBuf> {
    add_target(root)?;
    let mut build = cargo::command(root);
    build.args(["rustc", "--package", "islands", "--lib", "--crate-type", "cdylib"]);
    build.args(["--profile", PROFILE, "--target", TARGET]);
    children::run(&mut build)?;
    Ok(cargo::target_folder(root)?.join(TARGET).join(PROFILE).join("islands.wasm"))
}

/// The standard library for the browser. Where there is no rustup, the distribution's package must bring it.
fn add_target(root: &Path) -> Result<()> {
    let sysroot = children::read(Command::new("rustc").current_dir(root).args(["--print", "sysroot"]))?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    println!("    adding Rust's {TARGET} target");
    children::run(Command::new("rustup").current_dir(root).args(["target", "add", TARGET]))
        .with_context(|| format!("the {TARGET} target is missing; install it with rustup"))
}

/// Runs wasm-bindgen, unless it has seen this very wasm before.
pub fn bind(raw_wasm: &Path, stamp_path: &Path, folder: &Path) -> Result<Islands> {
    let raw = fs::read(raw_wasm).with_context(|| format!("{} cannot be read", raw_wasm.display()))?;
    let stamp = names::hash(&[RECIPE, &raw]);
    if let Some(islands) = read_again(stamp_path, &stamp, folder) {
        return Ok(islands);
    }
    let scratch = tempfile::tempdir()?;
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes("islands", raw).web(true)?;
    // Exports keep their plain names: the start script calls them by it. Everything that only
    // a debugger reads is left out.
    bindgen.typescript(false).keep_debug(false).remove_name_section(true).remove_producers_section(true);
    bindgen.generate(scratch.path()).context("wasm-bindgen refused the islands")?;

    let script = fs::read_to_string(scratch.path().join("islands.js"))?;
    let wasm = fs::read(scratch.path().join("islands_bg.wasm"))?;
    let snippets = read_snippets(scratch.path())?;
    let output_name = format!("islands.{}", names::hash(&[script.as_bytes(), &wasm]));
    let script = script.replace("islands_bg.wasm", &format!("{output_name}_bg.wasm")).into_bytes();
    // Crates with inline scripts are rare; their files change names with each wasm, so there is no stamp.
    if snippets.is_empty() {
        write_if_new(stamp_path, format!("{stamp} {output_name}").as_bytes())?;
    }
    Ok(Islands { output_name, script, wasm, snippets })
}

fn read_again(stamp_path: &Path, stamp: &str, folder: &Path) -> Option<Islands> {
    let written = fs::read_to_string(stamp_path).ok()?;
    let output_name = written.strip_prefix(stamp)?.trim().to_owned();
    let script = fs::read(folder.join(format!("{output_name}.js"))).ok()?;
    let wasm = fs::read(folder.join(format!("{output_name}_bg.wasm"))).ok()?;
    Some(Islands { output_name, script, wasm, snippets: BTreeMap::new() })
}

/// Everything under `snippets/`, by its path from `folder`.
fn read_snippets(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.join("snippets")];
    while let Some(next) = waiting.pop() {
        if next.is_dir() {
            for entry in fs::read_dir(&next)? {
                waiting.push(entry?.path());
            }
        } else if next.is_file() {
            let path = next.strip_prefix(folder)?.to_string_lossy().into_owned();
            found.insert(path, fs::read(&next)?);
        }
    }
    Ok(found)
}
