//! How soon somebody hears: from the platform's bad answer to the page in the chat, beside a chat that hangs, and when five
//! thousand timers are due together.

use super::alerts::{at_most, payload_of};
use super::line::Line;
use super::load::percentile;
use super::stage_set::Set;
use super::stand_ins::{Platform, Sink, label};
use super::streams;
use crate::http;
use anyhow::{Result, bail};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A hundred pages, at five in a minute of the console's own time: eleven would be a storm, and told as one list.
const PAGES: usize = 100;
const TIMES: u32 = 40;
const POLL_EVERY: &str = "12s";
const ALL_WITHIN: Duration = Duration::from_secs(60);
/// As long as a chat may take that is in trouble.
const DAWDLES: Duration = Duration::from_secs(8);
const LISTEN_FOR: Duration = Duration::from_secs(15);

const TIMERS: usize = 5_000;
const TIMER_TIMES: u32 = 20;
/// Tier 2 is called after ten minutes.
const UNTIL_TIER_TWO: Duration = Duration::from_secs(600 / TIMER_TIMES as u64);

pub fn first_page(set: &mut Set) -> Result<Vec<Line>> {
    let (platform, chat, desk) = (Platform::start(PAGES * 2)?, Sink::start()?, Sink::start()?);
    let more = staff(&chat, &desk) + &metrics(PAGES * 2);
    set.restart_on("paging.db", platform.address, POLL_EVERY, &more, Some(TIMES))?;
    let began = Instant::now();
    while chat.heard_of(&label(PAGES - 1)).is_none() && began.elapsed() < ALL_WITHIN {
        sleep(Duration::from_millis(50));
    }
    let quick = delays(&platform, &chat, 0..PAGES)?;

    // The same with a chat that hangs: the webhook and the open pages are not to feel it.
    chat.dawdle(DAWDLES);
    let from = platform.answers().len() + 1;
    let screens = streams::one(&set.address(), &set.cookie()?, LISTEN_FOR, || platform.answers())?;
    let until = (platform.answers().len() - 5).min(PAGES * 2);
    let beside = delays(&platform, &desk, from..until)?;
    println!("    {} pages, then {} beside a chat that hangs", quick.len(), beside.len());
    let line = |what: &str, measured: f64, bound| Line::at_most(what, measured, bound, "ms");
    Ok(vec![
        line("bad answer to the first page in the chat: p99", percentile(&quick, 0.99), 50.0),
        Line::told("bad answer to the first page in the chat: median", percentile(&quick, 0.5), "ms"),
        line("a chat that takes 8 s: p99 of the other way", percentile(&beside, 0.99), 50.0),
        line("a chat that takes 8 s: answer to an open page, median", percentile(&screens, 0.5), 20.0),
    ])
}

/// Five thousand open alerts whose tier 2 is due at once, with a restart just before.
pub fn timers(set: &mut Set) -> Result<Vec<Line>> {
    let (platform, chat, desk) = (Platform::start(0)?, Sink::start()?, Sink::start()?);
    let more = staff(&chat, &desk);
    let mut lines = Vec::new();
    for (what, restarts) in [("5,000 timers due at once", false), ("the same after a restart", true)] {
        let database = if restarts { "timers-again.db" } else { "timers.db" };
        set.restart_on(database, platform.address, "60s", &more, Some(TIMER_TIMES))?;
        let token = set.sender()?;
        let opened = Instant::now();
        let answer =
            http::post_json(&set.address(), "/api/v1/alerts/webhook", &token, &payload_of(TIMERS, "firing"))?;
        if answer.status != 200 {
            bail!("the payload was not taken: {}", answer.status);
        }
        let mut since = opened;
        if restarts {
            sleep((UNTIL_TIER_TWO - Duration::from_secs(3)).saturating_sub(opened.elapsed()));
            set.restart()?;
            // A fast clock begins at the real time with each start, and so the ten minutes begin anew.
            since = Instant::now();
        }
        sleep((UNTIL_TIER_TWO + Duration::from_secs(8)).saturating_sub(since.elapsed()));
        let late = at_most(&set.address(), "bellwether_alert_timer_late_seconds")?;
        lines.push(Line::at_most(&format!("{what}: the last is late by"), late, 1.0, "s"));
    }
    Ok(lines)
}

/// A year of shifts, asked for as anybody does: the program starts, reads, writes its lines and ends.
pub fn calendar(set: &Set) -> Result<Line> {
    let rotation = r#"{"zone":"Europe/Stockholm","first_day":"2026-01-05","handover_time":"09:00","length_weeks":1,"people":["a","b","c","d","e"],"overrides":[]}"#;
    let (told, took) = set.tell_about(
        &["rotation", "eval", "--from", "2026-01-05T08:00:00Z", "--to", "2027-01-05T08:00:00Z"],
        rotation,
    )?;
    if told.lines().count() < 50 {
        bail!("a year has fifty-two shifts: {told}");
    }
    Ok(Line::at_most(
        "who is on call for a year, with the program's start",
        took.as_secs_f64() * 1_000.0,
        10.0,
        "ms",
    ))
}

/// Milliseconds from the answer to the page about it, shortest first.
fn delays(platform: &Platform, sink: &Sink, numbers: std::ops::Range<usize>) -> Result<Vec<f64>> {
    let answers = platform.answers();
    let mut delays = Vec::new();
    for number in numbers {
        let (Some(bad), Some(page)) = (answers.get(number), sink.heard_of(&label(number))) else {
            bail!("nobody heard of {}", label(number));
        };
        delays.push(page.duration_since(*bad).as_secs_f64() * 1_000.0);
    }
    delays.sort_by(f64::total_cmp);
    Ok(delays)
}

fn staff(chat: &Sink, desk: &Sink) -> String {
    format!(
        "\n[delivery.slack_app]\ntoken_file = \"api-token\"\nsigning_secret_file = \"api-token\"\n\
         api_url = \"http://{}/api\"\n\n\
         [delivery.webhook.duty-desk]\nurl = \"http://{}/\"\nsecret_file = \"api-token\"\n\n\
         [delivery.channel.ai-ops-alerts]\nslack_channel = \"ai-ops-alerts\"\nwebhook = [\"duty-desk\"]\n",
        chat.address, desk.address
    )
}

fn metrics(count: usize) -> String {
    (0..count)
        .map(|number| {
            format!(
                "\n[[metric]]\nname = \"metric_{number}\"\nlabel = \"{}\"\nunit = \"count\"\n\
                 better = \"lower\"\ntarget = 1000\nalert = 2000\ncritical = 3000\n",
                label(number)
            )
        })
        .collect()
}
