//! What goes on beside the sending: signs of life, what dead consoles left behind, figures, old rows.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use domain::time::DAY;
use tokio::{
    sync::watch,
    time::{Duration, sleep},
};

use super::{DeliveryId, courier::Inner, courier_store, queue_store, record, routing};
use crate::db::DbError;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A console that is sending and shows no sign of life for so long is dead.
const DEAD_AFTER: Duration = Duration::from_secs(4);
const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// How long what has come to its end is kept.
const KEPT_FOR: i64 = 400 * DAY;

/// What is remembered between two looks.
#[derive(Default)]
struct Seen {
    /// By console: its beats, and when they last changed.
    beats: BTreeMap<String, (i64, Option<Instant>)>,
    /// Claimed by this console at the last look, and not under way.
    forgotten: Vec<(DeliveryId, i64, u32)>,
    pruned_at: Option<Instant>,
}

pub async fn keep(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut seen = Seen::default();
    while !*stop.borrow() {
        if let Err(error) = look(&inner, &mut seen).await {
            tracing::warn!(%error, "the courier cannot look after itself");
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    leave(&inner).await;
}

/// When everything under way is written down, nothing is left behind, and nobody need watch for it.
async fn leave(inner: &Inner) {
    for _ in 0..40 {
        if inner.under_way().is_empty() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    let left = async {
        let mut tx = inner.db.begin().await?;
        courier_store::leave(&mut tx, &inner.id).await?;
        Ok::<_, DbError>(tx.commit().await?)
    };
    if let Err(error) = left.await {
        tracing::debug!(%error, "the courier could not sign off");
    }
}

async fn look(inner: &Inner, seen: &mut Seen) -> Result<(), DbError> {
    if !inner.under_way().is_empty() {
        let mut tx = inner.db.begin().await?;
        courier_store::beat(&mut tx, &inner.id).await?;
        tx.commit().await?;
    }
    take_over_from_the_dead(inner, seen).await?;
    take_over_from_oneself(inner, seen).await?;
    for (delivery, position) in
        queue_store::without_connection(inner.db.read(), &routing::destinations(&inner.config)).await?
    {
        record::give_up(inner, (&delivery, position)).await?;
        inner.wake_workers();
    }
    measure(inner).await?;
    if seen.pruned_at.is_none_or(|at| at.elapsed() >= PRUNE_EVERY) {
        let now = inner.clock.now();
        let mut tx = inner.db.begin().await?;
        courier_store::prune(&mut tx, now.minus(KEPT_FOR), now).await?;
        tx.commit().await?;
        seen.pruned_at = Some(Instant::now());
    }
    Ok(())
}

async fn take_over_from_the_dead(inner: &Inner, seen: &mut Seen) -> Result<(), DbError> {
    let sending = courier_store::sending(inner.db.read()).await?;
    let before = std::mem::take(&mut seen.beats);
    for (courier, beats) in sending.into_iter().filter(|(courier, _)| *courier != inner.id) {
        let since = match before.get(&courier) {
            Some((same, since)) if *same == beats => *since,
            _ => Some(Instant::now()),
        };
        // One that has signed off, or never signed on, sends nothing any more.
        let is_dead = beats == 0 || since.is_some_and(|since| since.elapsed() >= DEAD_AFTER);
        if !is_dead {
            seen.beats.insert(courier, (beats, since));
            continue;
        }
        for (delivery, position, number) in courier_store::left_behind(inner.db.read(), &courier).await? {
            tracing::warn!(delivery.id = %delivery, "a message was left open by a console that ended");
            record::take_over(inner, &courier, (&delivery, position, number)).await?;
        }
        let mut tx = inner.db.begin().await?;
        courier_store::leave(&mut tx, &courier).await?;
        tx.commit().await?;
        inner.wake_workers();
    }
    Ok(())
}

/// A task that was lost, or a commit of which nobody heard, must not hold a message for ever.
async fn take_over_from_oneself(inner: &Inner, seen: &mut Seen) -> Result<(), DbError> {
    let claimed = courier_store::left_behind(inner.db.read(), &inner.id).await?;
    let forgotten: Vec<_> = {
        let under_way = inner.under_way();
        claimed.into_iter().filter(|key| !under_way.contains(key)).collect()
    };
    for key in forgotten.iter().filter(|key| seen.forgotten.contains(key)) {
        record::take_over(inner, &inner.id, (&key.0, key.1, key.2)).await?;
        inner.wake_workers();
    }
    seen.forgotten = forgotten;
    Ok(())
}

async fn measure(inner: &Inner) -> Result<(), DbError> {
    let now = inner.clock.now();
    let mut rows = courier_store::standings(&inner.db).await?;
    for name in routing::destinations(&inner.config) {
        let row = rows.remove(&name).unwrap_or_default();
        let oldest = row.oldest.map_or(0, |at| now.since(at).max(0));
        let label = || ("connection", name.clone());
        metrics::gauge!("bellwether_delivery_waiting", &[label()]).set(row.waiting as f64);
        metrics::gauge!("bellwether_delivery_oldest_waiting_seconds", &[label()])
            .set(oldest as f64 / 1_000.0);
        metrics::gauge!("bellwether_delivery_failures_in_a_row", &[label()]).set(row.failures as f64);
    }
    Ok(())
}
