//! `bellwether samples import`, `bellwether figures import`.

use std::{
    fs::File,
    io::{BufRead, BufReader, IsTerminal, stdin},
    path::{Path, PathBuf},
};

use backend::{
    clock::Clock,
    config::Config,
    db::Db,
    monitoring::import::{self, Imported, Strictness},
};

pub async fn samples(config: Config, file: PathBuf, strict: bool) -> Result<(), String> {
    let db = open(&config).await?;
    let terminal = std::io::stderr().is_terminal();
    let begun = std::time::Instant::now();
    let mut said = 0;
    let done = import::samples(&db, &config.metrics, reader(&file)?, strictness(strict), |rows| {
        if terminal {
            eprint!("\r{rows} samples …");
        } else if rows - said >= 100_000 {
            said = rows;
            eprintln!("{rows} samples …");
        }
    })
    .await;
    if terminal {
        eprintln!();
    }
    db.close().await;
    let done = done.map_err(|error| error.to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    tell(&done, "samples");
    println!(
        "{} samples imported in {seconds:.1} s ({:.0} a second).",
        done.rows,
        done.rows as f64 / seconds.max(1e-3)
    );
    Ok(())
}

pub async fn figures(config: Config, file: PathBuf, strict: bool) -> Result<(), String> {
    let db = open(&config).await?;
    let done = import::figures(&db, reader(&file)?, strictness(strict), Clock::system().now()).await;
    db.close().await;
    let done = done.map_err(|error| error.to_string())?;
    tell(&done, "days");
    println!("{} days of figures imported.", done.rows);
    Ok(())
}

fn strictness(strict: bool) -> Strictness {
    if strict { Strictness::AllOrNothing } else { Strictness::SkipBadLines }
}

async fn open(config: &Config) -> Result<Db, String> {
    Db::open(&config.database.url).await.map_err(|error| error.to_string())
}

fn reader(file: &Path) -> Result<Box<dyn BufRead + Send>, String> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, stdin())));
    }
    let opened = File::open(file).map_err(|error| format!("{} cannot be opened: {error}", file.display()))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, opened)))
}

fn tell(done: &Imported, what: &str) {
    for (line, reason) in &done.bad {
        eprintln!("line {line}: {reason}; skipped");
    }
    let untold = done.bad_count - done.bad.len() as u64;
    if untold > 0 {
        eprintln!("and {untold} more bad lines");
    }
    if done.bad_count > 0 {
        eprintln!("{} bad lines were skipped; the {what} of the others are in.", done.bad_count);
    }
}
