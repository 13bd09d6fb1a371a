//! What came of a try, written down in one transaction with what follows from it.

use std::{sync::Arc, time::Duration};

use domain::delivery::{Again, Outcome};

use super::{
    AttemptOutcome, DeliveryId, courier::Inner, courier_store, queue_store, queue_store::Job, sending::Sent,
};
use crate::{connect::hand_over::NotTaken, db::DbError};

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Writes it down. While the database refuses it tries again, for as long as this console lives: after that, the next
/// one finds the try open and sends once more.
pub async fn keep(inner: &Arc<Inner>, job: &Job, sent: Sent, took: i64) {
    let outcome = match &sent {
        Sent::Taken { .. } => "sent",
        Sent::NotTaken(NotTaken { in_doubt: true, .. }) => "doubt",
        Sent::NotTaken(_) => "failed",
        Sent::Stopped => "stopped",
    };
    metrics::counter!("bellwether_delivery_attempts_total", "connection" => job.destination.clone(), "outcome" => outcome)
        .increment(1);
    if let Sent::NotTaken(NotTaken { why, .. }) = &sent {
        tracing::warn!(
            delivery.id = %job.delivery, delivery.connection = %job.destination, attempt = job.number, reason = %why,
            "a message was not taken"
        );
    }
    let mut wait = FIRST_WAIT;
    while let Err(error) = write(inner, job, &sent, took).await {
        tracing::warn!(delivery.id = %job.delivery, %error, "what came of a message cannot be written down yet");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn write(inner: &Inner, job: &Job, sent: &Sent, took: i64) -> Result<(), DbError> {
    let now = inner.clock.now();
    let position = usize::try_from(job.position).unwrap_or(usize::MAX);
    let mut tx = inner.db.begin().await?;
    let Some(mut held) = queue_store::hold(&mut tx, &job.delivery).await? else { return Ok(()) };
    let key = (&job.delivery, job.position, job.number);
    if !courier_store::is_claimed(&mut tx, &inner.id, key).await? {
        // Another console believed this one dead, and has taken it over.
        return Ok(());
    }
    let was_stuck = held.course.stuck;
    let (outcome, word, said) = match sent {
        Sent::Taken { .. } => (Outcome::Sent, AttemptOutcome::Sent, None),
        Sent::NotTaken(not) => {
            let again = match not.again {
                Again::Never => Again::Never,
                Again::Later { not_before } => {
                    Again::Later { not_before: not_before.map(|real| inner.clock.span(real)) }
                }
            };
            let word = if not.in_doubt { AttemptOutcome::Doubt } else { AttemptOutcome::Failed };
            (Outcome::Failed(again), word, Some(not.why.as_str()))
        }
        Sent::Stopped => (Outcome::Failed(Again::Never), AttemptOutcome::Stopped, None),
    };
    held.course.after(position, outcome, now, rand::random());
    if let (Some(said), Some(why)) = (said, held.why.get_mut(position)) {
        *why = Some(said.to_owned());
    }
    held.save(&mut tx, &job.delivery, now).await?;
    queue_store::end_attempt(&mut tx, key, word, Some(took), said, now).await?;
    match sent {
        Sent::Taken { began } => {
            if let (Some(began), Some(thread)) = (began, &job.thread) {
                let place = (job.destination.as_str(), job.target.as_str(), thread.as_str());
                courier_store::add_thread(&mut tx, place, began, now).await?;
            }
            courier_store::succeeded(&mut tx, &job.destination, now).await?;
        }
        Sent::NotTaken(not) => {
            courier_store::failed(&mut tx, &job.destination, now, &not.why).await?;
        }
        Sent::Stopped => {}
    }
    tx.commit().await?;
    if held.course.stuck && !was_stuck {
        inner.tell_of_failures();
    }
    Ok(())
}

/// A console died while it was sending this: whether it arrived is open, so it is sent again.
pub async fn take_over(
    inner: &Inner,
    dead: &str,
    (delivery, position, number): (&DeliveryId, i64, u32),
) -> Result<(), DbError> {
    const SAID: &str = "the console ended while this was being sent";
    let now = inner.clock.now();
    let mut tx = inner.db.begin().await?;
    let Some(mut held) = queue_store::hold(&mut tx, delivery).await? else { return Ok(()) };
    let key = (delivery, position, number);
    if !courier_store::is_claimed(&mut tx, dead, key).await? {
        return Ok(());
    }
    let was_stuck = held.course.stuck;
    let place = usize::try_from(position).unwrap_or(usize::MAX);
    held.course.after_crash(place, now);
    if let Some(why) = held.why.get_mut(place) {
        *why = Some(SAID.to_owned());
    }
    held.save(&mut tx, delivery, now).await?;
    queue_store::end_attempt(&mut tx, key, AttemptOutcome::Doubt, None, Some(SAID), now).await?;
    tx.commit().await?;
    if held.course.stuck && !was_stuck {
        inner.tell_of_failures();
    }
    Ok(())
}

/// Its connection is gone from the configuration.
pub async fn give_up(inner: &Inner, (delivery, position): (&DeliveryId, i64)) -> Result<(), DbError> {
    let now = inner.clock.now();
    let place = usize::try_from(position).unwrap_or(usize::MAX);
    let mut tx = inner.db.begin().await?;
    let Some(mut held) = queue_store::hold(&mut tx, delivery).await? else { return Ok(()) };
    held.course.without(place, now);
    if let Some(why) = held.why.get_mut(place) {
        *why = Some("it is not configured any more".to_owned());
    }
    held.save(&mut tx, delivery, now).await?;
    tx.commit().await?;
    inner.tell_of_failures();
    Ok(())
}
