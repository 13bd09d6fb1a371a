//! `bellwether restore FILE`: a backup into an empty database.

use std::{path::Path, time::Instant};

use backend::{
    audit::Verified,
    backup::{self, Restored},
    clock::Clock,
    config::Config,
    db::Db,
};
use jiff::Timestamp;

const WHO: &str = "the command line";

/// Restores, and says what came of it. Fails, with everything restored, when the audit log in the backup is broken.
pub async fn run(config: Config, file: &Path) -> Result<(), String> {
    let begun = Instant::now();
    let db = Db::open_bare(&config.database.url).await.map_err(|error| error.to_string())?;
    let restored = backup::restore(&db, &Clock::system(), &config.sealing, file, WHO).await;
    db.close().await;
    let restored = restored.map_err(|error| error.to_string())?;
    tell(&restored, begun.elapsed().as_secs_f64());
    match restored.audit {
        Verified::Whole { records, head, .. } => {
            println!("The audit log is whole: {records} records, up to {head}.");
            Ok(())
        }
        Verified::Broken(broken) => {
            Err(format!("everything is restored, but the audit log was tampered with: {broken}"))
        }
    }
}

fn tell(restored: &Restored, seconds: f64) {
    let Restored { header, rows, digest, held, erasures, no_journal, .. } = restored;
    let made = Timestamp::from_millisecond(header.made_at_ms).map_or_else(
        |_| header.made_at_ms.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    );
    println!(
        "{rows} rows of {} tables are restored as they were at {made}, in {seconds:.1} s. The digest of the backup: {digest}",
        header.tables.len()
    );
    if held.notices > 0 {
        println!(
            "{} notices to couples waited then and may have been sent since: they will be in doubt, for a person to decide.",
            held.notices
        );
    }
    if held.runs > 0 {
        println!("{} runs were open then: they send nothing more.", held.runs);
    }
    if let Some(journal) = no_journal {
        eprintln!(
            "There is no journal of erasures at {}: whoever was erased after the backup was made is back. Put the journal \
             there and start the console, which erases them again.",
            journal.display()
        );
    } else {
        println!("{} couples were erased again by the journal of erasures.", erasures.destroyed_again);
    }
    if erasures.unreadable > 0 {
        eprintln!("{} lines of the journal of erasures cannot be read.", erasures.unreadable);
    }
}
