//! Every development command, in Rust: `cargo xtask wasm | demo | watch | test | bench`.
//!
//! Only cargo is needed to start; what a command needs beyond it, the command sets up or names.

mod bench;
mod cargo;
mod children;
mod demo;
mod gate;
mod http;
mod import;
mod saved;
mod site;
mod stage;
mod steps;
mod table;
mod watch;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Bellwether's development commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what the browser loads (wasm, script, stylesheet, images) into target/site.
    Wasm,
    /// Starts the pretended platform and the console with a past, until Ctrl-C.
    Demo(demo::Arguments),
    /// The demo, built and started again whenever a source changes.
    Watch(demo::Arguments),
    /// Measures speed and memory against their bounds; prints a table, writes target/bench.json.
    Bench(bench::Arguments),
    /// Runs every check: format, wasm, clippy, browser, and all tests on SQLite and PostgreSQL.
    Test(gate::Arguments),
}

fn main() -> ExitCode {
    // The children must be able to end in good order, so an interrupt is a flag here and never the end of us.
    let result = children::listen_for_interrupts().and_then(|()| run(Arguments::parse().command));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) if children::interrupted() => {
            eprintln!("stopped: {problem:#}");
            ExitCode::from(130)
        }
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Wasm => site::command(),
        Command::Demo(arguments) => demo::command(&arguments),
        Command::Watch(arguments) => watch::command(&arguments),
        Command::Bench(arguments) => bench::command(&arguments),
        Command::Test(arguments) => gate::command(&arguments),
    }
}
