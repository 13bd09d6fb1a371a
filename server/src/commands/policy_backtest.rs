//! `bellwether policy backtest`: what the policy would have made of the stored past, in a few lines.

use std::sync::Arc;

use backend::{
    alerts::{Alerts, Backtest},
    clock::Clock,
    config::Config,
    db::Db,
};

pub async fn run(config: Config, platform: Option<String>, days: u32) -> Result<(), String> {
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let first = config.platforms.first().map(|platform| platform.name.clone()).unwrap_or_default();
    let platform = platform.unwrap_or(first);
    let alerts = Alerts::new(db.clone(), Clock::system(), Arc::new(config));
    let tried = alerts.backtest(&platform, days, None).await.map_err(|error| error.to_string());
    db.close().await;
    print(&tried?, &platform, days);
    Ok(())
}

fn print(tried: &Backtest, platform: &str, days: u32) {
    let Backtest { samples, as_is, happened, took_ms, .. } = tried;
    let [information, warning, critical, emergency] = as_is.by_level;
    println!("{days} days of {platform}, {samples} polls, tried in {took_ms} ms.");
    println!(
        "{} alerts: {emergency} emergencies, {critical} critical, {warning} warnings, {information} information.",
        as_is.alerts.len()
    );
    println!(
        "With nobody acknowledging, people are called {} times and reminded {} times.",
        as_is.pages, as_is.reminders
    );
    println!("What happened: {} alerts.", happened.len());
}
