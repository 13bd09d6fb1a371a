//! The commands, by the real binary: a copy while the console serves, and the way back from it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[expect(dead_code, reason = "shared with tests that need more of it")]
mod world;

use std::{
    path::Path,
    process::{Command, Output},
};

use world::{configure, console, request, signed_in, simulator};

fn bellwether(file: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.arg("--config").arg(file).args(arguments).output().unwrap()
}

/// With files of 8 KiB at the most, as on a disk that is full.
fn on_a_full_disk(file: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_bellwether")]);
    command.arg("--config").arg(file).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_serves_is_copied_and_comes_back_elsewhere() {
    let platform = simulator("wedsync", 5).await;
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = configure(old.path(), &[("wedsync", platform.address)]);
    let backup = old.path().join("backup");
    let path = backup.to_str().unwrap();
    let nothing = bellwether(&file, &["backup", path]);
    assert!(!nothing.status.success() && !old.path().join("test.db").exists(), "{}", said(&nothing));

    let (serving, address) = console(&file);
    signed_in(&file, &address).await;
    // Enough that it does not fit where it must not.
    assert!(bellwether(&file, &["audit", "measure", "--fill", "2000"]).status.success());
    let full = on_a_full_disk(&file, &["backup", path]);
    assert!(
        !full.status.success() && said(&full).contains("backup.part cannot be written"),
        "{}",
        said(&full)
    );
    assert!(!backup.exists() && !old.path().join("backup.part").exists());

    let made = bellwether(&file, &["backup", path]);
    assert!(made.status.success() && said(&made).contains("Its digest: "), "{}", said(&made));
    let again = bellwether(&file, &["backup", path]);
    assert!(!again.status.success() && said(&again).contains("is there already"), "{}", said(&again));
    assert!(bellwether(&file, &["backup", path, "--force"]).status.success());
    let ready = request(&address, "GET /readyz", "").await;
    assert!(ready.starts_with("HTTP/1.1 200"), "it serves all the while: {ready}");
    drop(serving);

    let file = configure(new.path(), &[("wedsync", platform.address)]);
    let restored = bellwether(&file, &["restore", path]);
    let words = said(&restored);
    assert!(restored.status.success() && words.contains("The audit log is whole"), "{words}");
    assert!(words.contains("There is no journal of erasures at "), "{words}");
    let twice = bellwether(&file, &["restore", path]);
    assert!(
        !twice.status.success() && said(&twice).contains("the database is not empty"),
        "{}",
        said(&twice)
    );
    let verified = bellwether(&file, &["audit", "verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    // The account came with it: it is there already.
    let (_serving, address) = console(&file);
    let ready = request(&address, "GET /readyz", "").await;
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    let reset = bellwether(&file, &["user", "reset", "--email", "marked-person-viewer@example.com"]);
    assert!(reset.status.success(), "{}", said(&reset));
    platform.stop().await;
}
