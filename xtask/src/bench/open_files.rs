//! A thousand streams are more open files than a shell usually grants.

use crate::children;
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::process::Command;

const NEEDED: u64 = 4_096;

/// Runs this very command again under the system's hard limit when the present one is too low; `true` when
/// it did, and all is done. The programs that we start inherit the limit.
pub fn run_again_with_more() -> Result<bool> {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    if soft_limit(&limits).is_none_or(|limit| limit >= NEEDED) {
        return Ok(false);
    }
    let mut again = Command::new("sh");
    again.args(["-c", "ulimit -n \"$(ulimit -Hn)\" && exec \"$0\" \"$@\""]);
    again.arg(env::current_exe().context("our own program cannot be found")?).args(env::args_os().skip(1));
    // Where the hard limit is no higher, this ends the chain: the streams will say what they lack.
    if env::var_os("BELLWETHER_BENCH_LIMIT").is_some() {
        return Ok(false);
    }
    children::run(again.env("BELLWETHER_BENCH_LIMIT", "raised"))?;
    Ok(true)
}

/// The number in the line "Max open files"; `None` when it is unlimited or not told.
fn soft_limit(limits: &str) -> Option<u64> {
    limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit("Max open files   unlimited unlimited files"), None);
    }
}
