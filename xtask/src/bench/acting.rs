//! Acting on the platform: from the press to the request, from a step to an open page, how long a look with all its checks
//! takes, and what the two long steps hold up.

use super::line::Line;
use super::load::percentile;
use super::long_steps;
use super::stage_set::Set;
use super::streams;
use crate::http;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const PRESSES: usize = 40;
const LOOKS: usize = 20;
/// What each call to the cluster takes.
const LATENCY_MS: u64 = 50;

pub fn measure(set: &mut Set) -> Result<Vec<Line>> {
    let long = long_steps::Stand::start()?;
    let platform = set.platform_address();
    let more = set.cluster_settings() + &long.settings();
    set.restart_on("acting.db", platform, "1s", &more, None)?;
    let token = set.token(&["see_status", "run_ordinary_actions"])?;
    let (address, cookie) = (set.address(), set.cookie()?);
    let mut lines = presses(&address, &platform.to_string(), &cookie, &token)?;
    lines.push(looks(&address, &platform.to_string(), &cookie)?);
    lines.extend(long.measure(&address, &token)?);
    Ok(lines)
}

/// Fallback on and off, again and again, with a page open beside.
fn presses(address: &str, platform: &str, cookie: &str, token: &str) -> Result<Vec<Line>> {
    let (heard, is_done) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let (mut sent, mut ended) = (Vec::new(), Vec::new());
    thread::scope(|scope| -> Result<()> {
        let open = scope.spawn(|| {
            streams::hear(address, cookie, "event: actions", &heard, || !is_done.load(Ordering::Relaxed))
        });
        // The page is open, and what opening costs is over.
        sleep(Duration::from_secs(1));
        let pressed = (0..PRESSES).try_for_each(|turn| -> Result<()> {
            let action = ["enable-fallback", "disable-fallback"][turn % 2];
            let next = effects(platform, 0)?["next"].as_u64().context("no number")?;
            let pressed = streams::epoch_milliseconds();
            let run = press(address, token, action, &json!({}))?;
            let story = until_over(address, token, &run, Duration::from_secs(30))?;
            let made = effects(platform, next)?;
            let at = made["effects"][0]["at"].as_str().context("nothing was done")?;
            sent.push(milliseconds(at)? - pressed);
            let last = story["story"].as_array().and_then(|lines| lines.last()).context("no story")?;
            ended.push(milliseconds(last["at"].as_str().context("no time")?)?);
            Ok(())
        });
        sleep(Duration::from_secs(1));
        is_done.store(true, Ordering::Relaxed);
        open.join().ok().context("the open page broke off")??;
        pressed
    })?;
    let heard = heard.into_inner().unwrap_or_default();
    // A time of a story is cut to its millisecond, so that nothing is heard before it.
    let after = |at: f64| heard.iter().find(|heard| **heard >= at).map(|heard| heard - at);
    let mut shown: Vec<f64> = ended.iter().filter_map(|at| after(*at)).collect();
    if shown.len() < PRESSES {
        bail!("an open page heard of {} ends of {PRESSES}", shown.len());
    }
    sent.sort_by(f64::total_cmp);
    shown.sort_by(f64::total_cmp);
    Ok(vec![
        Line::at_most("press to request sent: the longest of 40", percentile(&sent, 1.0), 100.0, "ms"),
        Line::told("press to request sent: median", percentile(&sent, 0.5), "ms"),
        Line::at_most("step to open page: the longest of 40", percentile(&shown, 1.0), 250.0, "ms"),
        Line::told("step to open page: median", percentile(&shown, 0.5), "ms"),
    ])
}

/// The page of an action whose checks ask a cluster far away.
fn looks(address: &str, platform: &str, cookie: &str) -> Result<Line> {
    let slow = json!({ "route": "/k8s/*", "delay_ms": LATENCY_MS }).to_string();
    let answer = http::post_json(platform, "/control/fault", "", &slow)?;
    if !(200..300).contains(&answer.status) {
        bail!("the platform took no delay: {}", answer.status);
    }
    let mut took = Vec::new();
    for _ in 0..LOOKS {
        let path = "/actions/reroute-to-backup-region";
        took.push(super::load::one(address, cookie, path)?.as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    http::post_json(platform, "/control/clear", "", "")?;
    let what = format!("a look with all its checks, {LATENCY_MS} ms on each call: the longest of {LOOKS}");
    Ok(Line::at_most(&what, percentile(&took, 1.0), 1_000.0, "ms"))
}

/// Asks for a run; its id.
pub fn press(address: &str, token: &str, action: &str, with: &Value) -> Result<String> {
    let body = json!({ "with": with, "reason": "measured" }).to_string();
    let answer = http::post_json(address, &format!("/api/v1/actions/{action}"), token, &body)?;
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match told["id"].as_str() {
        Some(id) if answer.status == 201 => Ok(id.to_owned()),
        _ => bail!("{action} was not taken: {} {}", answer.status, String::from_utf8_lossy(&answer.body)),
    }
}

/// The run with its story, once nothing more happens.
pub fn until_over(address: &str, token: &str, run: &str, within: Duration) -> Result<Value> {
    let began = Instant::now();
    loop {
        let authorized = format!("Authorization: Bearer {token}");
        let answer = http::get(address, &format!("/api/v1/runs/{run}"), &[&authorized])?;
        let told: Value = serde_json::from_slice(&answer.body)?;
        if told["over"] == true {
            if told["state"] != "succeeded" {
                bail!("the run has {}: {}", told["state"], told["known"]);
            }
            return Ok(told);
        }
        if began.elapsed() > within {
            bail!("the run is not over after {} s: {}", within.as_secs(), told["state"]);
        }
        sleep(Duration::from_millis(20));
    }
}

fn effects(platform: &str, since: u64) -> Result<Value> {
    let answer = http::get(platform, &format!("/control/effects?since={since}"), &[])?;
    Ok(serde_json::from_slice(&answer.body)?)
}

fn milliseconds(at: &str) -> Result<f64> {
    let at: jiff::Timestamp = at.parse().with_context(|| format!("{at} is no time"))?;
    Ok(at.as_nanosecond() as f64 / 1e6)
}
