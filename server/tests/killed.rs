//! `kill -9` at any moment: the next start is clean, and at most the poll in flight is missing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod world;

use std::time::Duration;

use world::{configure, console, look, request, signed_in, simulator};

/// Times of the stored polls that were answered, by the page of a viewer whose session outlives every kill.
async fn stored(address: &str, cookie: &str) -> Vec<String> {
    let csv = look(address, "/charts/response_time_ms.csv?range=1h", cookie).await;
    assert!(csv.starts_with("HTTP/1.1 200"), "{csv}");
    let body = csv.split("\r\n\r\n").nth(1).unwrap();
    body.lines()
        .filter(|line| line.starts_with("20"))
        .map(|line| line.split(',').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_at_most_the_poll_in_flight() {
    let platform = simulator("wedsync", 5).await;
    let folder = tempfile::tempdir().unwrap();
    let file = configure(folder.path(), &[("wedsync", platform.address)]);
    let mut before: Vec<String> = Vec::new();
    let mut cookie = None;
    for round in 0..6u64 {
        let (mut killed, address) = console(&file);
        let ready = request(&address, "GET /readyz", "").await;
        assert!(ready.starts_with("HTTP/1.1 200"), "round {round}: {ready}");
        let cookie = match &cookie {
            Some(cookie) => cookie,
            None => cookie.insert(signed_in(&file, &address).await),
        };
        let now = stored(&address, cookie).await;
        assert!(now.starts_with(&before), "round {round}: a poll that was stored is gone");
        // Different moments of the beat, so that some kills fall into a transaction.
        tokio::time::sleep(Duration::from_millis(1_300 + round * 37)).await;
        before = stored(&address, cookie).await;
        killed.0.kill().unwrap();
        killed.0.wait().unwrap();
    }
    let (_console, address) = console(&file);
    let kept = stored(&address, &cookie.unwrap()).await.len();
    let told = request(&platform.address.to_string(), "GET /control/truth?since=0", "").await;
    let told = told.matches("\"route\":\"/ai/health\"").count();
    // One may be in flight at each of the six kills, one at the end.
    assert!(kept + 7 >= told && kept >= 20, "{told} answers were told, {kept} are stored");
    platform.stop().await;
}
