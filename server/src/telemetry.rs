//! Logs and Prometheus metrics.

use backend::config::{Log, LogFormat};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Structured logs on standard error, as text or JSON.
pub fn log(config: &Log) {
    let filter = filter(&config.filter);
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let installed = match config.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    if let Err(error) = installed {
        eprintln!("bellwether: logs cannot be written: {error}");
    }
}

/// What is logged, as the configuration words it: `info,backend=debug`.
pub fn filter(wanted: &str) -> EnvFilter {
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    // On trace level this layer writes whole addresses, and some hold the token of a link or of a sender.
    match "tower_http::csrf=debug".parse() {
        Ok(quieter) => filter.add_directive(quieter),
        Err(_) => filter,
    }
}

/// The recorder behind `/metrics`, with every name described.
pub fn metrics() -> Result<PrometheusHandle, String> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Suffix("_seconds".to_owned()),
            &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0],
        )
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| format!("metrics cannot be recorded: {error}"))?;
    metrics::describe_histogram!("bellwether_poll_duration_seconds", "How long a poll of the platform took");
    metrics::describe_histogram!(
        "bellwether_take_in_duration_seconds",
        "How long a poll took from its answer to what was stored and told"
    );
    metrics::describe_counter!(
        "bellwether_alerts_received_total",
        "Alerts that senders from outside told of"
    );
    metrics::describe_histogram!(
        "bellwether_alert_timer_late_seconds",
        "How late the first of the pages and lapses was that came due together, written down included"
    );
    metrics::describe_histogram!(
        "bellwether_alert_pass_duration_seconds",
        "How long it took to write down everything that was due of alerts"
    );
    metrics::describe_counter!(
        "bellwether_alert_pages_total",
        "Messages to staff about alerts, lists counted once"
    );
    metrics::describe_counter!("bellwether_audit_forwarded_total", "Audit records sent to each receiver");
    metrics::describe_gauge!("bellwether_audit_forwarding_lag_records", "Audit records that wait to be sent");
    metrics::describe_counter!("bellwether_audit_forwarding_failures_total", "Failed attempts to forward");
    metrics::describe_counter!(
        "bellwether_delivery_attempts_total",
        "Tries to tell staff, by connection and outcome"
    );
    metrics::describe_gauge!("bellwether_delivery_waiting", "Messages to staff that are still to be sent");
    metrics::describe_gauge!(
        "bellwether_delivery_oldest_waiting_seconds",
        "For how long the oldest of them has waited"
    );
    metrics::describe_gauge!(
        "bellwether_delivery_failures_in_a_row",
        "Failures of a connection since its last success"
    );
    metrics::describe_counter!("bellwether_polls_total", "Polls by what came of them");
    metrics::describe_gauge!("bellwether_live_viewers", "Open live streams");
    metrics::describe_counter!("bellwether_requests_total", "Answered requests by route and status");
    metrics::gauge!("bellwether_live_viewers").set(0.0);
    Ok(handle)
}
