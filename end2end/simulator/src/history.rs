//! The past as samples: what a console that polled all the while would have stored.

use std::io::Write;

use jiff::{SignedDuration, Timestamp};

use crate::past;
use crate::vitals::poll_lost;
use crate::world::World;

pub const HEADER: &str =
    "at,platform,status,response_time_ms,accuracy_rate,availability,error_rate,queue_length";

/// Writes one row for each `every` of the `days` before `until`, oldest first. A row with nothing is a poll without an
/// answer, an empty value one that the platform did not know.
///
/// # Errors
/// What `out` says.
pub fn write(
    out: &mut dyn Write,
    world: &World,
    until: Timestamp,
    days: i64,
    every: SignedDuration,
) -> std::io::Result<()> {
    writeln!(out, "{HEADER}")?;
    let step = every.as_secs().max(1);
    let first = (until.as_second() - days * 86_400).div_euclid(step) * step;
    for second in (first..until.as_second()).step_by(step as usize) {
        let Ok(at) = Timestamp::from_second(second) else { continue };
        row(out, world, at)?;
    }
    Ok(())
}

fn row(out: &mut dyn Write, world: &World, at: Timestamp) -> std::io::Result<()> {
    let incident = past::incident(at, world.began);
    if poll_lost(world.seed, at, incident) {
        return writeln!(out, "{at},{},,,,,,", world.name);
    }
    let vitals = world.vitals(at);
    let status = vitals.status().word();
    write!(out, "{at},{},{status},{},", world.name, vitals.response_time_ms)?;
    // Nothing is answered in an outage, so nothing is right or wrong.
    if incident != Some(past::Incident::Outage) {
        write!(out, "{}", vitals.accuracy_rate)?;
    }
    writeln!(out, ",{},{},{}", vitals.availability, vitals.error_rate, vitals.queue_length)
}
