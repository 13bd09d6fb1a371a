//! `cargo xtask test`: the whole gate, in the order in which it fails soonest, the tests' own summary last.

mod leaks;
pub mod postgres;
pub mod setup;
mod shared_build;

use crate::cargo;
use crate::children;
use crate::saved;
use crate::site;
use crate::steps::Steps;
use crate::table;
use crate::workspace;
use anyhow::{Result, bail};
use leaks::Outputs;
use postgres::Postgres;
use std::fs;
use std::path::Path;
use std::process::Command;

#[derive(clap::Args)]
pub struct Arguments {
    /// Leaves out the browser and PostgreSQL.
    #[arg(long)]
    quick: bool,
    /// Only the browser tests of this feature, such as `alerts`; may be given several times.
    #[arg(long, value_name = "FEATURE", conflicts_with = "quick")]
    browser: Vec<String>,
}

/// Stops at the first step that fails; PostgreSQL is stopped in any case.
pub fn command(arguments: &Arguments) -> Result<()> {
    let root = workspace::root()?;
    let mut steps = Steps::new();
    let _shared = shared_build::choose(&root)?;
    let cargo = || cargo::command(&root);

    if !arguments.browser.is_empty() {
        setup::install(&root)?;
        site::build(&root)?;
        children::run(cargo().args(["build", "--workspace", "--bins"]))?;
        return browser_tests(&root, &Outputs::new(&cargo::target_folder(&root)?)?, &arguments.browser);
    }
    if !arguments.quick {
        steps.run("what the tests need", || setup::install(&root))?;
    }
    steps.run("format", || children::run(cargo().args(["fmt", "--all", "--check"])))?;
    steps.run("wasm and style", || {
        let built = site::build(&root)?;
        print!("{}", site::sizes(&built));
        Ok(())
    })?;
    steps.run("clippy", || {
        let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        children::run(cargo().args(lints))
    })?;
    steps.run("build programs and tests", || {
        children::run(cargo().args(["build", "--workspace", "--bins", "--tests"]))
    })?;

    let outputs = Outputs::new(&cargo::target_folder(&root)?)?;

    // Held to the end: dropping it stops the server, whichever way this function is left.
    let mut _postgres = None;
    let mut test = cargo();
    if !arguments.quick {
        let server = steps.run("PostgreSQL", Postgres::start)?;
        println!("    {}", server.address());
        test.env("BELLWETHER_TEST_POSTGRES", server.address());
        _postgres = Some(server);
        steps.run("browser tests", || browser_tests(&root, &outputs, &[]))?;
        steps.run("no couple in any file of a database", || outputs.search_databases())?;
    }
    steps.run("examples and proofs in the documentation", || {
        saved::run(
            cargo().args(["test", "--workspace", "--doc", "--quiet"]),
            &outputs.file("documentation"),
            |_| true,
        )
    })?;

    println!("\n{}", table::draw(&["step", "time"], &steps.rows()));
    println!("==> unit, property and integration tests");
    outputs.name_to(&mut test);
    let tested = if setup::has_nextest(&root) {
        test.args(["nextest", "run", "--workspace", "--no-fail-fast", "--success-output", "immediate"]);
        saved::run(&mut test, &outputs.file("tests"), saved::without_what_passed())
    } else {
        test.args(["test", "--workspace", "--no-fail-fast", "--all-targets"]);
        saved::run(&mut test, &outputs.file("tests"), |_| true)
    };
    tested?;
    steps.run("nothing secret in anything that was written", || outputs.search())
}

/// One file after the other: each has its own console, platform and browser, and two cores are not more.
fn browser_tests(root: &Path, outputs: &Outputs, only: &[String]) -> Result<()> {
    let programs = cargo::programs(root, cargo::Profile::Dev)?;
    let mut specs: Vec<_> = fs::read_dir(root.join("end2end/tests"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.strip_suffix(".spec.mjs")
                .is_some_and(|name| only.is_empty() || only.iter().any(|one| one == name))
        })
        .collect();
    specs.sort();
    if specs.is_empty() {
        bail!("no browser test is named so: {}", only.join(", "));
    }
    let mut node = Command::new("node");
    node.current_dir(root.join("end2end"))
        .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(specs)
        .env("BELLWETHER_BIN", programs.bellwether)
        .env("SIMULATOR_BIN", programs.simulator);
    outputs.name_to(&mut node);
    saved::run(&mut node, &outputs.file("browser"), |_| true)
}
