//! `bellwether audit verify`, `audit seal`, and the hidden `audit measure` for the benchmarks.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use backend::{
    audit::{self, Verified},
    clock::Clock,
    config::Config,
    db::Db,
};
use clap::Subcommand;
use domain::{
    audit::{Actor, Entry, Facts, Head, Object, Origin},
    time::Millis,
};
use jiff::civil::Date;

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Walk the hash chain; name the first broken record, and fail.
    Verify {
        /// An end of the chain that was kept elsewhere, as this command prints it.
        #[arg(long, value_name = "SEQUENCE:HASH", value_parser = head)]
        head: Option<Head>,
        /// Walk the sealed files in this folder too.
        #[arg(long, value_name = "FOLDER")]
        sealed: Option<PathBuf>,
    },
    /// Move old records to a file, chained as they were.
    Seal {
        /// Everything before this day, in the console's time zone.
        #[arg(long, value_name = "YYYY-MM-DD")]
        before: Date,
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Write records of nothing, to measure how fast that is. They stay: for scratch databases only.
    #[command(hide = true)]
    Measure {
        /// Each in its own transaction.
        #[arg(long, default_value_t = 0)]
        changes: u32,
        /// A thousand in one transaction.
        #[arg(long, default_value_t = 0)]
        fill: u32,
    },
}

fn head(text: &str) -> Result<Head, String> {
    Head::from_words(text)
        .ok_or_else(|| "expected SEQUENCE:HASH, as `bellwether audit verify` prints it".to_owned())
}

pub async fn run(config: Config, command: AuditCommand) -> Result<(), String> {
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let done = match command {
        AuditCommand::Verify { head, sealed } => verify(&db, head, sealed.as_deref()).await,
        AuditCommand::Seal { before, to } => seal(&db, &config, before, &to).await,
        AuditCommand::Measure { changes, fill } => measure(&db, changes, fill).await,
    };
    db.close().await;
    done
}

async fn verify(db: &Db, kept: Option<Head>, folder: Option<&Path>) -> Result<(), String> {
    let begun = Instant::now();
    let (head, records, sealed) = match audit::verify(db, kept).await.map_err(|error| error.to_string())? {
        Verified::Whole { head, records, sealed } => (head, records, sealed),
        Verified::Broken(broken) => return Err(format!("the audit log was tampered with: {broken}")),
    };
    let seconds = begun.elapsed().as_secs_f64();
    let rate = records as f64 / seconds.max(1e-3);
    println!("The audit log is whole: {records} records in {seconds:.2} s ({rate:.0} a second).");
    if let Some(sealed) = sealed {
        match (folder, kept.filter(|kept| kept.sequence.unsigned_abs() < sealed.get())) {
            (None, Some(kept)) => {
                return Err(format!(
                    "record {} is in a sealed file: name the folder with --sealed",
                    kept.sequence
                ));
            }
            (None, None) => {
                println!("{sealed} records before them are sealed in files; --sealed FOLDER walks those too.")
            }
            (Some(folder), kept) => {
                let walked = walk_files(db, folder, kept).await?;
                println!("{walked} records before them are whole in their sealed files.");
            }
        }
    }
    println!("Its end, to be kept elsewhere: {head}");
    Ok(())
}

async fn walk_files(db: &Db, folder: &Path, kept: Option<Head>) -> Result<u64, String> {
    let segments = audit::segments(db).await.map_err(|error| error.to_string())?;
    segments.iter().try_fold(0, |sum, segment| {
        audit::verify_file(folder, segment, kept)
            .map(|records| sum + records)
            .map_err(|error| error.to_string())
    })
}

async fn seal(db: &Db, config: &Config, before: Date, folder: &Path) -> Result<(), String> {
    let midnight = before.to_zoned(config.server.zone.clone()).map_err(|error| error.to_string())?;
    let before = Millis(midnight.timestamp().as_millisecond());
    let not_beyond = audit::all_have(db, &config.siem).await.map_err(|error| error.to_string())?;
    let who = (Actor::console("the command line"), Origin::default());
    let sealed = audit::seal(db, Clock::system().now(), before, not_beyond, folder, who).await;
    match sealed.map_err(|error| error.to_string())? {
        None => println!("There is nothing to seal."),
        Some(sealed) => println!(
            "{} records, {} to {}, are sealed in {}.",
            sealed.records,
            sealed.segment.first,
            sealed.segment.last,
            sealed.path.display()
        ),
    }
    Ok(())
}

async fn measure(db: &Db, changes: u32, fill: u32) -> Result<(), String> {
    let now = Clock::system().now();
    for start in (0..fill).step_by(1_000) {
        write(db, now, start..fill.min(start + 1_000)).await?;
    }
    let begun = Instant::now();
    for number in 0..changes {
        write(db, now, number..number + 1).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rate = f64::from(changes) / seconds.max(1e-3);
    println!("{changes} audited changes in {seconds:.2} s ({rate:.0} a second).");
    Ok(())
}

/// Records as a busy day has them, in one transaction.
async fn write(db: &Db, at: Millis, numbers: std::ops::Range<u32>) -> Result<(), String> {
    let mut tx = db.begin().await.map_err(|error| error.to_string())?;
    for number in numbers {
        let origin = Origin {
            address: Some("192.0.2.7".to_owned()),
            user_agent: Some(
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
            ),
            request_id: Some(format!("measure-{number}")),
        };
        let facts = |role: &str| Facts::from([("role".to_owned(), role.to_owned())]);
        let entry = Entry::new("person.changed", Actor::person("measure", "The measurement"), origin)
            .with("people.manage")
            .about(Object::new("person", number.to_string(), format!("person {number}")))
            .changed(facts("viewer"), facts("operator"));
        audit::record(&mut tx, at, &entry).await.map_err(|error| error.to_string())?;
    }
    tx.commit().await.map_err(|error| error.to_string())
}
