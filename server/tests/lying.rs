//! The whole console against a platform that lies in every way it can, beside one that is honest.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod world;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use world::{Console, configure, console, look, request, signed_in, simulator};

/// Long enough for every lie to be told several times; the slowest takes twenty seconds each time.
const FOR: Duration = Duration::from_secs(150);

fn resident_kilobytes(console: &Console) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", console.0.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// `bellwether_polls_total` by platform and outcome.
fn polls(metrics: &str) -> BTreeMap<(String, String), u64> {
    let part = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    metrics
        .lines()
        .filter(|line| line.starts_with("bellwether_polls_total{"))
        .map(|line| {
            let count = line.rsplit(' ').next().unwrap().parse().unwrap();
            ((part(line, "platform").unwrap(), part(line, "outcome").unwrap()), count)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lying_platform_is_counted_and_holds_nobody_up() {
    let (liar, honest) = (simulator("liar", 3).await, simulator("honest", 4).await);
    let folder = tempfile::tempdir().unwrap();
    let platforms = [("liar", liar.address), ("honest", honest.address)];
    let file = configure(folder.path(), &platforms);
    let couple =
        "{\"couple\":{\"names\":\"marked-couple Ada & Grace\",\"email\":\"marked-couple@example.com\"}}";
    let told = request(&honest.address.to_string(), "POST /control/crisis", couple).await;
    assert!(told.contains("marked-couple"), "{told}");
    request(&liar.address.to_string(), "POST /control/scenario", "{\"scenario\":\"lying\"}").await;

    let (console, address) = console(&file);
    let cookie = signed_in(&file, &address).await;

    let begun = Instant::now();
    let mut settled = None;
    let mut honest_before = 0;
    while begun.elapsed() < FOR {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let counted = polls(&request(&address, "GET /metrics", "").await);
        let honest_now = counted[&("honest".to_owned(), "answered".to_owned())];
        assert!(
            honest_now >= honest_before + 3,
            "the honest platform was polled {honest_before}, then {honest_now} times"
        );
        honest_before = honest_now;
        if settled.is_none() && begun.elapsed() > Duration::from_secs(50) {
            settled = Some(resident_kilobytes(&console));
        }
    }
    let grown = resident_kilobytes(&console).saturating_sub(settled.unwrap());
    assert!(grown < 12 * 1024, "grew by {grown} KB");

    let counted = polls(&request(&address, "GET /metrics", "").await);
    let of = |outcome: &str| counted.get(&("liar".to_owned(), outcome.to_owned())).copied().unwrap_or(0);
    let told = request(&liar.address.to_string(), "GET /control/truth?since=0", "").await;
    let lies: std::collections::BTreeSet<&str> = told
        .match_indices("\"fault\":\"lie: ")
        .filter_map(|(place, found)| told[place + found.len()..].split('"').next())
        .collect();
    assert!(lies.len() >= 14, "only these lies were told: {lies:?}");
    assert!(of("missed") > 0 && of("bad") > 0 && of("answered") > 0, "{counted:?}");
    assert!(!counted.contains_key(&("honest".to_owned(), "bad".to_owned())), "{counted:?}");

    // Nothing made up: every value that was stored is possible, and the page says what was refused.
    let page = look(&address, "/performance?platform=liar", &cookie).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{}", &page[..200.min(page.len())]);
    let csv = look(&address, "/charts/accuracy_rate.csv?platform=liar&range=1h", &cookie).await;
    let mut found = 0;
    for line in csv.split("\r\n\r\n").nth(1).unwrap().lines().filter(|line| line.starts_with("20")) {
        found += 1;
        let value: f64 = line.split(',').nth(1).unwrap().parse().unwrap();
        assert!((0.0..=1.0).contains(&value), "{line}");
    }
    assert!(found > 0, "{csv}");
    liar.stop().await;
    honest.stop().await;
}
