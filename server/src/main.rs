//! The `bellwether` binary: command line, HTTP, wiring. Thin.

mod access;
mod actions;
mod actions_api;
mod alerts;
mod alerts_api;
mod assets;
mod audit;
mod body;
mod breakers;
mod cache;
mod charts;
mod commands;
mod crises;
mod delivery;
mod diagnostics;
mod health;
mod http;
mod live;
mod notices;
mod oncall;
mod pages;
mod routes;
mod serving;
mod telemetry;
#[cfg(test)]
mod walk;

use std::process::ExitCode;

fn main() -> ExitCode {
    // One TLS provider for everything, before anything can ask for one.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("bellwether: a TLS provider is installed already");
    }
    commands::run()
}
