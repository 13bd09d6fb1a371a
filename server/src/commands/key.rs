//! `bellwether key rotate`: a new key for everything that is sealed, while the console serves; and the hidden `key fill`
//! for the benchmarks.

use std::time::Instant;

use backend::{
    clock::Clock,
    config::Config,
    db::Db,
    sealing::{DataRotated, Rotated, SEALED_COLUMNS, Sealing},
};

/// Wraps every data key by a new key, and with `data` encrypts every value again; says how many. Fails when something
/// had to be left, after everything else is done.
pub async fn rotate(config: Config, data: bool) -> Result<(), String> {
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let sealing = Sealing::new(db.clone(), Clock::system(), &config.sealing);
    let done = rotate_all(&sealing, data).await;
    db.close().await;
    done
}

/// Makes so many data keys, a thousand in one transaction.
pub async fn fill(config: Config, keys: u32) -> Result<(), String> {
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let sealing = Sealing::new(db.clone(), Clock::system(), &config.sealing);
    for start in (0..keys).step_by(1_000) {
        let mut tx = db.begin().await.map_err(|error| error.to_string())?;
        for number in start..keys.min(start + 1_000) {
            let made = sealing.make_key(&mut tx, &format!("measure-{number:08}")).await;
            made.map_err(|error| error.to_string())?;
        }
        tx.commit().await.map_err(|error| error.to_string())?;
    }
    db.close().await;
    Ok(())
}

async fn rotate_all(sealing: &Sealing, data: bool) -> Result<(), String> {
    const WHO: &str = "the command line";
    let begun = Instant::now();
    let rotated = sealing.rotate(WHO).await.map_err(|error| error.to_string())?;
    println!("{}", told(&rotated, begun.elapsed().as_secs_f64()));
    let mut left: Vec<String> =
        rotated.left.iter().map(|(by, keys)| format!("{keys} data keys are still wrapped by {by}")).collect();
    if data {
        let begun = Instant::now();
        let rotated = sealing.rotate_data(SEALED_COLUMNS, WHO).await.map_err(|error| error.to_string())?;
        let DataRotated { owners, values, .. } = rotated;
        println!(
            "{values} values of {owners} owners are encrypted again, in {:.1} s.",
            begun.elapsed().as_secs_f64()
        );
        left.extend(rotated.left.iter().map(|(owner, why)| format!("{owner} is as it was: {why}")));
    }
    match left.is_empty() {
        true => Ok(()),
        false => Err(left.join("\n")),
    }
}

/// "A new key 5f…: 100000 data keys are wrapped again, 100000 in all, in 12.3 s."
fn told(rotated: &Rotated, seconds: f64) -> String {
    let Rotated { by, is_new, wrapped, in_all, .. } = rotated;
    let key = if *is_new { "A new key" } else { "The newest key" };
    format!("{key} {by}: {wrapped} data keys are wrapped again, {in_all} in all, in {seconds:.1} s.")
}
