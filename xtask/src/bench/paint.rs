//! When a person sees something: Chromium with a fresh profile, first paint and first value.

use super::line::Line;
use crate::children;
use crate::gate::setup;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// Milliseconds since the navigation began; the median of several cold starts.
#[derive(Deserialize)]
struct Paint {
    paint: f64,
    data: f64,
}

pub fn measure(root: &Path, address: &str, cookie: &str) -> Result<Vec<Line>> {
    let whats = ["first paint, Chromium, cold", "data on the page, Chromium, cold"];
    let end2end = root.join("end2end");
    if setup::chromium().is_none() || setup::npm(&end2end).is_err() {
        let why = "needs Chromium and Node.js; cargo xtask test sets them up";
        return Ok(whats.iter().map(|what| Line::unmeasured(what, 150.0, "ms", why)).collect());
    }
    let mut node = Command::new("node");
    node.current_dir(&end2end).args(["lib/paint.mjs", &format!("http://{address}/performance"), cookie]);
    let seen: Paint = serde_json::from_str(&children::read(&mut node)?).context("lib/paint.mjs")?;
    Ok(vec![
        Line::at_most(whats[0], seen.paint, 150.0, "ms"),
        Line::at_most(whats[1], seen.data, 150.0, "ms"),
    ])
}
