//! Twenty people who sign in at the same moment: what others feel of it, and what memory it takes.

use super::line::Line;
use super::load;
use super::stage_set::{ACCOUNTS, PASSWORD, Set, account, resident_kilobytes};
use crate::http;
use anyhow::{Context, Result};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Others who look at pages meanwhile.
const OTHERS: usize = 4;
const LOOK_EVERY: Duration = Duration::from_millis(2);

pub fn measure(set: &mut Set, page: &str) -> Result<Vec<Line>> {
    set.restart()?;
    let (address, cookie, process) = (set.address(), set.cookie()?, set.console_process()?);
    load::one(&address, &cookie, page)?;
    let before = resident_kilobytes(process)?;
    let left = AtomicUsize::new(ACCOUNTS - 1);
    let began = Instant::now();
    let (seen, most, took) = thread::scope(|scope| -> Result<_> {
        let others = scope.spawn(|| {
            load::page_while(&address, &cookie, page, OTHERS, |_| left.load(Ordering::Relaxed) > 0)
        });
        let people: Vec<_> = (1..ACCOUNTS)
            .map(|number| {
                let (address, left) = (&address, &left);
                scope.spawn(move || {
                    let signed_in = http::sign_in(address, &account(number), PASSWORD);
                    left.fetch_sub(1, Ordering::Relaxed);
                    signed_in
                })
            })
            .collect();
        let mut most = before;
        while left.load(Ordering::Relaxed) > 0 {
            most = most.max(resident_kilobytes(process)?);
            thread::sleep(LOOK_EVERY);
        }
        let took = began.elapsed();
        for person in people {
            person.join().ok().context("a sign-in broke off")??;
        }
        Ok((others.join().ok().context("the load broke off")??, most, took))
    })?;
    Ok(vec![
        Line::at_most("20 sign-ins at once: p99 of other pages", seen.percentile(0.99), 50.0, "ms"),
        Line::at_most("20 sign-ins at once: memory", (most - before) / 1_000.0, 64.0, "MB"),
        Line::told("20 sign-ins at once: until the last is in", took.as_secs_f64() * 1_000.0, "ms"),
    ])
}
