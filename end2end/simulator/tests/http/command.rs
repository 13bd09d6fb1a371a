//! The program itself: its first line, its end, and the files that it writes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

const SIMULATOR: &str = env!("CARGO_BIN_EXE_simulator");

#[track_caller]
fn output(arguments: &[&str]) -> String {
    let output = Command::new(SIMULATOR).args(arguments).env_remove("SIMULATOR_TOKEN").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn it_says_where_it_listens_and_ends_when_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut child = Command::new(SIMULATOR)
            .args(["serve", "--listen", "127.0.0.1:0", "--token", "secret"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        let address: std::net::SocketAddr =
            first.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        std::net::TcpStream::connect(address).unwrap();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert!(child.wait().unwrap().success(), "{signal}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn without_a_token_or_with_a_taken_address_it_says_so() {
    check(&["serve"], "--token");
    check(&["serve", "--token-file", "/nowhere/token"], "/nowhere/token: No such file");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&["serve", "--token", "t", "--listen", &address], &format!("{address}: Address already in use"));
}

#[track_caller]
fn check(arguments: &[&str], why: &str) {
    let output = Command::new(SIMULATOR).args(arguments).env_remove("SIMULATOR_TOKEN").output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains(why), "{error}");
}

const PAST: [&str; 2] = ["--until", "2026-11-24T12:00:00Z"];

#[test]
fn the_history_has_the_columns_and_numbers_of_the_case_file() {
    let case = include_str!("../cases/samples.csv");
    let history = output(&[&["history", "--days", "90"], PAST.as_slice()].concat());
    assert_eq!(history.lines().next(), case.lines().next());
    let rows: Vec<Vec<&str>> = history.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 90 * 2_880);
    assert_eq!(rows[0][0], "2026-08-26T12:00:00Z");
    assert_eq!(rows[rows.len() - 1][0], "2026-11-24T11:59:30Z");
    let mut lost = 0;
    for row in case.lines().skip(1).map(|line| line.split(',').collect()).chain(rows.iter().cloned()) {
        let row: Vec<&str> = row;
        assert_eq!((row.len(), row[1], row[0].len()), (8, "wedsync", 20), "{row:?}");
        if row[2].is_empty() {
            lost += 1;
            assert!(row[3..].iter().all(|value| value.is_empty()), "a lost poll knows nothing: {row:?}");
            continue;
        }
        assert!(["healthy", "degraded", "down"].contains(&row[2]), "{row:?}");
        for whole in [row[3], row[7]] {
            assert_eq!(whole.parse::<u32>().unwrap().to_string(), whole, "{row:?}");
        }
        for share in row[4..7].iter().filter(|share| !share.is_empty()) {
            let value: f64 = share.parse().unwrap();
            assert!(
                (0.0..=1.0).contains(&value) && value.to_string() == **share && share.len() <= 6,
                "{row:?}"
            );
        }
    }
    assert!((50..500).contains(&lost), "{lost} lost polls");
    assert!(rows.iter().any(|row| row[2] == "down" && row[4].is_empty()), "an outage");
    assert!(rows.iter().any(|row| row[2] == "degraded" && row[4].starts_with("0.79")), "a drift");
}

#[test]
fn the_same_date_has_the_same_history_whenever_it_is_written() {
    let one = output(&["history", "--days", "30", "--until", "2026-11-24T00:00:00Z"]);
    let other = output(&["history", "--days", "31", "--until", "2026-11-25T00:00:00Z"]);
    assert!(other.contains(one.split_once('\n').unwrap().1));
    assert_ne!(one, output(&["history", "--days", "30", "--until", "2026-11-24T00:00:00Z", "--seed", "8"]));
    let minutes = output(&["history", "--days", "1", "--until", "2026-11-24T00:00:00Z", "--every", "1m"]);
    assert_eq!(minutes.lines().count(), 1_441);
    let lines: std::collections::HashSet<&str> = one.lines().collect();
    assert!(minutes.lines().all(|line| lines.contains(line)));
}

#[test]
fn the_figures_have_the_fields_of_the_case_file_and_a_week() {
    let figures = output(&[&["figures", "--days", "90"], PAST.as_slice()].concat());
    let case: Value =
        serde_json::from_str(include_str!("../cases/figures.ndjson").lines().next().unwrap()).unwrap();
    let days: Vec<Value> = figures.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(days.len(), 90);
    assert_eq!((&days[0]["date"], &days[89]["date"]), (&"2026-08-26".into(), &"2026-11-23".into()));
    for day in &days {
        assert_eq!(fields(day), fields(&case));
    }
    let requests =
        |date: &str| days.iter().find(|day| day["date"] == date).unwrap()["requests"].as_u64().unwrap();
    assert!(requests("2026-11-22") > requests("2026-11-17") * 11 / 10, "a Sunday is busier than a Tuesday");
    let accepted = |date: &str| {
        let recommendations = &days.iter().find(|day| day["date"] == date).unwrap()["recommendations"];
        recommendations["accepted"].as_f64().unwrap() / recommendations["shown"].as_f64().unwrap()
    };
    assert!(accepted("2026-09-24") < 0.82 && accepted("2026-09-19") > 0.90, "the drift shows");
    assert!(accepted("2026-11-02") > accepted("2026-10-31") + 0.01, "the new model shows");
}

/// The names of all fields, with those inside.
fn fields(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for (name, inner) in value.as_object().into_iter().flatten() {
        names.push(name.clone());
        names.extend(fields(inner).iter().map(|field| format!("{name}/{field}")));
    }
    names
}

#[test]
fn what_is_live_goes_on_where_the_history_ends() {
    let until = "2026-11-24T12:00:00Z".parse().unwrap();
    let world = simulator::world::World::new(7, "wedsync", until);
    let history = output(&[&["history", "--days", "1"], PAST.as_slice()].concat());
    let last: Vec<&str> = history.lines().last().unwrap().split(',').collect();
    let live = world.vitals(until);
    let close = |text: &str, value: f64, by: f64| (text.parse::<f64>().unwrap() - value).abs() <= by;
    assert_eq!(last[2], live.status().word());
    assert!(close(last[3], live.response_time_ms, 40.0), "{last:?} {live:?}");
    assert!(close(last[4], live.accuracy_rate, 0.004), "{last:?} {live:?}");
    assert!(close(last[5], live.availability, 0.0005), "{last:?} {live:?}");
    assert!(close(last[6], live.error_rate, 0.0003), "{last:?} {live:?}");
    assert!(close(last[7], live.queue_length, 3.0), "{last:?} {live:?}");
}
