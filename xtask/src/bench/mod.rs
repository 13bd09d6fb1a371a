//! `cargo xtask bench`: speed and memory against their bounds, as a table and as `target/bench.json`.
//!
//! A measurement, never a test: it says what was missed and ends well all the same. Everything runs on this
//! machine over 127.0.0.1, the load beside what it loads, which is how the bounds are meant.

mod acting;
mod alerts;
mod audit;
mod crises;
mod first_view;
mod keys;
mod line;
mod load;
mod long_steps;
mod notices;
mod open_files;
mod paging;
mod paint;
mod sign_ins;
mod stage_set;
mod stand_ins;
mod streams;

use crate::cargo::{self, Profile};
use crate::children;
use crate::import::thousands;
use crate::site;
use crate::steps::{Steps, words};
use crate::table;
use crate::workspace;
use anyhow::Result;
use line::Line;
use serde_json::json;
use stage_set::{Set, resident_kilobytes};
use std::fs;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 32;
const LOAD_FOR: Duration = Duration::from_secs(10);
/// For what is compared with something of the same run.
const COMPARE_FOR: Duration = Duration::from_secs(3);
const PAGE: &str = "/performance?range=6h";
const LONG_PAGE: &str = "/performance?range=90d";

#[derive(clap::Args)]
pub struct Arguments {
    /// Measures the programs of the dev profile, to try the benchmark itself
    #[arg(long)]
    dev: bool,
    /// How many days of history there are
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// Only the measurements whose name holds this; may be given several times
    #[arg(long, value_name = "WORDS")]
    only: Vec<String>,
}

pub fn command(arguments: &Arguments) -> Result<()> {
    if open_files::run_again_with_more()? {
        return Ok(());
    }
    let root = workspace::root()?;
    let profile = if arguments.dev { Profile::Dev } else { Profile::Release };
    let mut steps = Steps::new();
    let packed = steps.run("wasm and style", || site::build(&root))?;
    let programs = steps.run("build", || cargo::build_programs(&root, profile))?;
    let mut lines = Vec::new();
    // What cannot be measured is a line of the table too: the others are worth their time all the same.
    let mut keep = |steps: &mut Steps, what: &str, measure: &mut dyn FnMut() -> Result<Vec<Line>>| {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|only| what.contains(only.as_str())) {
            return Ok(());
        }
        match steps.run(what, measure) {
            Ok(measured) => lines.extend(measured),
            Err(problem) if children::interrupted() => return Err(problem),
            Err(problem) => {
                println!("    {problem:#}");
                lines.push(Line::failed(what, &format!("{problem:#}")));
            }
        }
        Ok(())
    };

    keep(&mut steps, "audit log", &mut || audit::measure(&programs))?;
    keep(&mut steps, "keys", &mut || keys::measure(&programs))?;
    let mut set = steps.run("history", || Set::build(programs, arguments.days))?;
    keep(&mut steps, "import", &mut || Ok(vec![import(&set)?]))?;
    keep(&mut steps, "start and memory", &mut || start(&mut set))?;
    keep(&mut steps, "first view", &mut || {
        first_view::measure(&set.address(), &set.cookie()?, "/performance", &packed)
    })?;
    keep(&mut steps, "page under load", &mut || {
        let seen = load::page(&set.address(), &set.cookie()?, PAGE, CONNECTIONS, LOAD_FOR)?;
        let mut lines = seen.lines(PAGE, 5_000.0, 15.0);
        lines.push(slower_by_session(&mut set, seen.a_second())?);
        Ok(lines)
    })?;
    keep(&mut steps, "20 sign-ins at once", &mut || sign_ins::measure(&mut set, PAGE))?;
    keep(&mut steps, "policy on 30 days", &mut || Ok(vec![alerts::backtest(&set)?]))?;
    keep(&mut steps, "10,000 alerts at once", &mut || alerts::intake(&mut set, PAGE))?;
    keep(&mut steps, "paint", &mut || paint::measure(&root, &set.address(), &set.cookie()?))?;
    // A fresh console: memory that the load has left free would hide what streams take.
    keep(&mut steps, "1,000 live streams", &mut || {
        set.restart()?;
        streams::measure(&set.address(), &set.cookie()?, set.console_process()?)
    })?;
    keep(&mut steps, "acting", &mut || acting::measure(&mut set))?;
    keep(&mut steps, "crises", &mut || crises::measure(&mut set))?;
    keep(&mut steps, "notices", &mut || notices::measure(&mut set))?;
    steps.run("four platforms", || set.four_platforms())?;
    keep(&mut steps, "90 days under load", &mut || long_page(&mut set))?;
    keep(&mut steps, "1,000 metrics a poll", &mut || Ok(vec![alerts::thousand_metrics(&mut set)?]))?;
    keep(&mut steps, "first page", &mut || paging::first_page(&mut set))?;
    keep(&mut steps, "5,000 timers", &mut || paging::timers(&mut set))?;
    keep(&mut steps, "a year's calendar", &mut || Ok(vec![paging::calendar(&set)?]))?;
    set.end();

    let rows: Vec<Vec<String>> = lines.iter().map(Line::row).collect();
    println!("\n{}", table::draw(&["what", "bound", "measured", ""], &rows));
    let report = json!({
        "profile": if arguments.dev { "dev" } else { "release" },
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "lines": lines,
    });
    let path = root.join("target/bench.json");
    fs::write(&path, serde_json::to_string_pretty(&report)?)?;
    println!("{} in {}", path.display(), words(steps.so_far()));
    Ok(())
}

/// What a session costs on a page, measured on the same console in the same minute. Two answers are as small as each other
/// and come by the same way, but for one thing: `/ai-performance` redirects anybody, and `/sign-in` redirects whoever is
/// signed in, for which it has to look who asks. The difference in time is what a page without that would save. In turns, so
/// that what else the machine does falls on both alike.
fn slower_by_session(set: &mut Set, pages_a_second: f64) -> Result<Line> {
    let (address, cookie) = (set.address(), set.cookie()?);
    let (mut without, mut with) = (0.0, 0.0);
    for _ in 0..3 {
        without +=
            load::redirects(&address, &cookie, "/ai-performance", 308, CONNECTIONS, COMPARE_FOR)? / 3.0;
        with += load::redirects(&address, &cookie, "/sign-in", 303, CONNECTIONS, COMPARE_FOR)? / 3.0;
    }
    println!("    {:.0} redirects a second without a session, {:.0} with one", without, with);
    let session = (1.0 / with - 1.0 / without).max(0.0);
    let page = 1.0 / pages_a_second;
    let share = session / (page - session).max(f64::MIN_POSITIVE) * 100.0;
    Ok(Line::at_most(&format!("{PAGE}: longer because of the session"), share, 10.0, "%"))
}

/// From a file, so that only the console is measured.
fn import(set: &Set) -> Result<Line> {
    let began = Instant::now();
    set.import_file()?;
    let took = began.elapsed().as_secs_f64();
    let speed = set.rows as f64 / took;
    println!("    {} samples in {took:.1} s", thousands(set.rows));
    Ok(Line::at_least("import on SQLite", speed, 50_000.0, "samples/s"))
}

/// The median of five starts, and the memory after the last.
fn start(set: &mut Set) -> Result<Vec<Line>> {
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(set.restart()?.as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    // What start-up leaves behind has been given back by then, and a few polls were made.
    std::thread::sleep(Duration::from_secs(3));
    let memory = resident_kilobytes(set.console_process()?)?;
    let days = set.days;
    Ok(vec![
        Line::at_most(&format!("start to ready, {days} days stored"), times[2], 300.0, "ms"),
        Line::at_most("memory after that", memory / 1_000.0, 40.0, "MB"),
    ])
}

/// The first request after a start, when nothing is cached, then the load.
fn long_page(set: &mut Set) -> Result<Vec<Line>> {
    set.restart()?;
    let first = load::one(&set.address(), &set.cookie()?, LONG_PAGE)?.as_secs_f64() * 1_000.0;
    let seen = load::page(&set.address(), &set.cookie()?, LONG_PAGE, CONNECTIONS, LOAD_FOR)?;
    let what = format!("{LONG_PAGE}, 4 platforms, {} polls", thousands(set.rows * 4));
    Ok(vec![
        Line::at_most(&format!("{what}: first"), first, 60.0, "ms"),
        Line::at_most(&format!("{LONG_PAGE}: then p99"), seen.percentile(0.99), 15.0, "ms"),
        Line::told(&format!("{LONG_PAGE}: pages"), seen.a_second(), "pages/s"),
    ])
}
