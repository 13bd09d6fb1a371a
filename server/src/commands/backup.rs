//! `bellwether backup FILE`: a copy of everything, while the console serves.

use std::{path::Path, time::Instant};

use backend::{backup, clock::Clock, config::Config, db::Db};

const WHO: &str = "the command line";

/// Writes the copy, says how much is in it, and puts it on record. What cannot be put on record is told: a backup that is
/// there is worth more than its record.
pub async fn run(config: Config, file: &Path, replace: bool) -> Result<(), String> {
    let begun = Instant::now();
    let db = Db::open_as_it_is(&config.database.url).await.map_err(|error| error.to_string())?;
    let clock = Clock::system();
    let made = backup::make(&db, clock.now(), file, replace).await;
    let recorded = match &made {
        Ok(made) => backup::put_on_record(&db, clock.now(), made, WHO).await,
        Err(_) => Ok(()),
    };
    db.close().await;
    let made = made.map_err(|error| error.to_string())?;
    for table in &made.unknown {
        eprintln!("The table {table} is none of the console's, and is not in the backup.");
    }
    if let Err(error) = recorded {
        eprintln!("That the backup was made could not be put on record: {error}");
    }
    println!(
        "{}: {} rows of {} tables, {:.1} MB, in {:.1} s. Its digest: {}",
        file.display(),
        made.rows_in_all(),
        made.rows.len(),
        made.bytes as f64 / 1e6,
        begun.elapsed().as_secs_f64(),
        made.digest
    );
    Ok(())
}
