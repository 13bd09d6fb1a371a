//! Alerts: ten thousand at once from outside beside pages, the policy tried on a month, a thousand metrics a poll.

use super::line::Line;
use super::load;
use super::stage_set::{Set, account};
use crate::http;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const AT_ONCE: usize = 10_000;
/// Others who look at pages meanwhile.
const OTHERS: usize = 4;
/// Pages are looked at for so long after the answer: people are called about ten thousand alerts then.
const AFTERWARDS: Duration = Duration::from_secs(3);
const METRICS: usize = 1_000;
const POLLED_FOR: Duration = Duration::from_secs(12);

/// One payload with ten thousand alerts, and what others feel of it.
pub fn intake(set: &mut Set, page: &str) -> Result<Vec<Line>> {
    set.restart()?;
    let (address, cookie, token) = (set.address(), set.cookie()?, set.sender()?);
    load::one(&address, &cookie, page)?;
    let payload = payload("firing");
    let is_done = AtomicBool::new(false);
    let (seen, took) = thread::scope(|scope| -> Result<_> {
        let others = scope.spawn(|| {
            load::page_while(&address, &cookie, page, OTHERS, |_| !is_done.load(Ordering::Relaxed))
        });
        let began = Instant::now();
        let sent = http::post_json(&address, "/api/v1/alerts/webhook", &token, &payload);
        let took = began.elapsed();
        thread::sleep(AFTERWARDS);
        is_done.store(true, Ordering::Relaxed);
        let seen = others.join().ok().context("the load broke off")??;
        let answer = sent?;
        if answer.status != 200 || !String::from_utf8_lossy(&answer.body).contains("\"opened\":10000") {
            bail!("the payload was not taken: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok((seen, took))
    })?;
    let pass = measured(&address, "bellwether_alert_pass_duration_seconds_sum")?;
    let began = Instant::now();
    http::post_json(&address, "/api/v1/alerts/webhook", &token, &self::payload("resolved"))?;
    let ended = began.elapsed();
    Ok(vec![
        Line::at_most("10,000 alerts in one payload: taken", took.as_secs_f64(), 5.0, "s"),
        Line::at_most("10,000 alerts in one payload: p99 of pages", seen.percentile(0.99), 50.0, "ms"),
        Line::at_most("10,000 alerts in one payload: who is called is written down", pass, 1.0, "s"),
        Line::told("10,000 alerts in one payload: all resolved", ended.as_secs_f64(), "s"),
    ])
}

fn payload(status: &str) -> String {
    payload_of(AT_ONCE, status)
}

/// So many critical alerts in one payload of Alertmanager's.
pub fn payload_of(count: usize, status: &str) -> String {
    let alerts: Vec<_> = (0..count)
        .map(|number| {
            json!({
                "status": status, "fingerprint": format!("{number:016x}"),
                "labels": {"alertname": "TargetDown", "severity": "critical", "instance": format!("node-{number}:9100"),
                           "job": "node", "cluster": "eu-north-1", "service": "optimization"},
                "annotations": {"summary": format!("Target node-{number} is down"),
                                "description": "It has not answered for five minutes.",
                                "runbook_url": "https://runbooks.example/target-down"},
                "startsAt": "2026-11-24T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up+%3D%3D+0",
            })
        })
        .collect();
    json!({"version": "4", "status": status, "receiver": "bellwether", "alerts": alerts}).to_string()
}

/// The policy as it is, tried on a month of stored polls.
pub fn backtest(set: &Set) -> Result<Line> {
    let told = set.tell(&["policy", "backtest", "--days", "30"])?;
    let milliseconds = told
        .split_once("tried in ")
        .and_then(|(_, rest)| rest.split_once(" ms")?.0.parse::<f64>().ok())
        .context("it told no time")?;
    println!("    {}", told.lines().next().unwrap_or_default());
    Ok(Line::at_most("the policy tried on 30 days", milliseconds / 1_000.0, 2.0, "s"))
}

/// A platform with a thousand metrics: from its answer to what is stored and told.
pub fn thousand_metrics(set: &mut Set) -> Result<Line> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let platform = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer_for_ever(stream));
        }
    });
    let metrics: String = (0..METRICS)
        .map(|number| {
            format!(
                "\n[[metric]]\nname = \"metric_{number}\"\nlabel = \"Metric {number}\"\nunit = \"count\"\n\
                 better = \"lower\"\ntarget = 1000\nalert = 2000\ncritical = 3000\n"
            )
        })
        .collect();
    set.restart_on("metrics.db", platform, "500ms", &metrics, None)?;
    thread::sleep(POLLED_FOR);
    let sum = measured(&set.address(), "bellwether_take_in_duration_seconds_sum")?;
    let count = measured(&set.address(), "bellwether_take_in_duration_seconds_count")?;
    println!("    {count} polls of {METRICS} metrics");
    Ok(Line::at_most("1,000 metrics a poll: evaluated and stored", sum / count * 1_000.0, 50.0, "ms"))
}

/// A number of the console's own measurements: the sum over all that have the name.
pub fn measured(address: &str, name: &str) -> Result<f64> {
    let told = http::get(address, "/metrics", &[])?;
    let told = String::from_utf8_lossy(&told.body).into_owned();
    let numbers = told.lines().filter_map(|line| {
        let rest = line.strip_prefix(name).filter(|rest| rest.starts_with([' ', '{']))?;
        rest.split_whitespace().next_back()?.parse::<f64>().ok()
    });
    let numbers: Vec<f64> = numbers.collect();
    if numbers.is_empty() {
        bail!("{name} was not measured");
    }
    Ok(numbers.iter().sum())
}

/// The smallest bound of a histogram's buckets under which everything lies that it counted.
pub fn at_most(address: &str, name: &str) -> Result<f64> {
    let told = http::get(address, "/metrics", &[])?;
    let told = String::from_utf8_lossy(&told.body).into_owned();
    smallest_bound(&told, name).with_context(|| format!("{name} was not measured"))
}

fn smallest_bound(told: &str, name: &str) -> Option<f64> {
    let count: f64 =
        told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("_count ")?.parse().ok())?;
    let bounds = told.lines().filter_map(|line| {
        let (bound, within) = line.strip_prefix(name)?.strip_prefix("_bucket{le=\"")?.split_once("\"} ")?;
        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
        (within.parse::<f64>().ok()? >= count).then_some(bound)
    });
    bounds.reduce(f64::min).filter(|_| count > 0.0)
}

/// Says a thousand values to whoever asks anything.
fn answer_for_ever(mut stream: TcpStream) -> Option<()> {
    let mut buffer = [0; 16 * 1024];
    for turn in 0_u64.. {
        if stream.read(&mut buffer).ok()? == 0 {
            return None;
        }
        let mut answer = json!({"status": "healthy", "response_time_ms": 200 + turn % 7});
        for number in 0..METRICS {
            answer[format!("metric_{number}")] = json!(100 + (turn + number as u64) % 13);
        }
        let body = answer.to_string();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
    }
    None
}

/// Who owns the sender's token.
pub fn owner() -> String {
    account(0).replace("viewer", "operator")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_smallest_that_holds_all() {
        let told = "x_bucket{le=\"0.5\"} 2\nx_bucket{le=\"1\"} 3\nx_bucket{le=\"2.5\"} 3\nx_bucket{le=\"+Inf\"} 3\nx_sum 1.7\nx_count 3\n";
        assert_eq!(smallest_bound(told, "x"), Some(1.0));
        assert_eq!(smallest_bound(told, "y"), None);
    }
}
