//! Crisis cases: a wave of thousands in one poll, and the board, the search and the page of one among ten thousand.

use super::line::Line;
use super::load;
use super::stage_set::Set;
use crate::http;
use anyhow::{Context, Result, bail};
use std::thread::sleep;
use std::time::{Duration, Instant};

const WAVE: u32 = 5_000;
const WAVES: u32 = 2;
/// The support team, each with the board open.
const CONNECTIONS: usize = 4;
const LOAD_FOR: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// On a database of its own, with an encryption key.
pub fn measure(set: &mut Set) -> Result<Vec<Line>> {
    let platform = set.platform_address();
    set.restart_on("crises.db", platform, "1s", &set.sealing_settings()?, None)?;
    set.manual_mode()?;
    let cookie = set.cookie_of("support")?;
    let address = set.address();
    let mut longest = Duration::ZERO;
    for wave in 1..=WAVES {
        let all = WAVE * wave;
        let began = Instant::now();
        set.crisis_wave(WAVE)?;
        while open(&address, &cookie)? < all {
            if began.elapsed() > PATIENCE {
                bail!("{} of {all} crises were taken in", open(&address, &cookie)?);
            }
            sleep(LOOK_EVERY);
        }
        longest = longest.max(began.elapsed());
    }
    let board = page(&address, &cookie, "/crises")?;
    let id = board
        .split("href=\"/crises/")
        .filter_map(|rest| rest.split(['"', '#', '?']).next())
        .find(|id| id.len() == 36)
        .context("no case stands on the board")?;
    let name = set.name_of_a_couple()?;
    // What is looked for is no part of an address.
    let search = format!("text={}", http::encoded(&name));
    let led = http::post_form(&address, "/crises", &[&format!("Cookie: {cookie}")], &search)?;
    let found = led.header("location").context("a search leads nowhere")?.to_owned();
    if !page(&address, &cookie, &found)?.contains("href=\"/crises/0") {
        bail!("nobody is found by a name of the wave");
    }
    let p99 = |path: &str| -> Result<f64> {
        Ok(load::page(&address, &cookie, path, CONNECTIONS, LOAD_FOR)?.percentile(0.99))
    };
    Ok(vec![
        Line::at_most(
            "5,000 crises in one poll: from the platform to the board, the longer of 2",
            longest.as_secs_f64(),
            10.0,
            "s",
        ),
        Line::at_most("the board with 10,000 open cases, 4 connections: p99", p99("/crises")?, 50.0, "ms"),
        Line::at_most("a name among 10,000 cases, 4 connections: p99", p99(&found)?, 50.0, "ms"),
        Line::at_most("the page of a case, 4 connections: p99", p99(&format!("/crises/{id}"))?, 15.0, "ms"),
    ])
}

fn page(address: &str, cookie: &str, path: &str) -> Result<String> {
    let answer = http::get(address, path, &[&format!("Cookie: {cookie}")])?;
    if answer.status != 200 {
        bail!("{path} answers {}", answer.status);
    }
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}

/// How many are open, as the board says it.
fn open(address: &str, cookie: &str) -> Result<u32> {
    let board = page(address, cookie, "/crises/part/board")?;
    Ok(of_all(&board).unwrap_or_default())
}

/// "1 to 100 of 5000, the most urgent first"
fn of_all(board: &str) -> Option<u32> {
    let (before, _) = board.split_once(", the most urgent first")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_says_how_many_are_open() {
        assert_eq!(of_all("<span class=\"dim\">1 to 100 of 5000, the most urgent first</span>"), Some(5_000));
        assert_eq!(of_all("<p>Every couple is looked after.</p>"), None);
    }
}
