//! How staff are told: what is to be sent stands in the database first, in the transaction of what it tells, and a
//! courier carries it out. At least once: where a crash leaves it open whether something was sent, it is sent again,
//! with the same key and marked "repeated".

mod connection;
mod courier;
mod courier_store;
mod keeper;
mod link_store;
mod links;
mod queue_store;
mod record;
mod routing;
mod sending;
mod shown;
mod shown_store;
mod store;
#[cfg(test)]
pub(crate) mod tests;

use std::{collections::BTreeMap, fmt};

use domain::{
    access::PersonId,
    audit::Object,
    delivery::{DeliveryState, Message, Occasion, Recipient},
    time::Millis,
};

pub use self::{
    courier::{Courier, Standing},
    links::{AcknowledgeLink, ack_link, answer_link, answer_to, redeem},
    shown::{Attempt, AttemptOutcome, Delivery, DeliveryWay, of_alert},
};
use crate::{
    access::{HandleAlerts, Permit, WayKind},
    audit,
    db::{Db, DbError, Tx},
};

/// What is to be told, and whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    pub message: Message,
    pub to: Recipient,
}

/// Which delivery: a UUIDv7 as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeliveryId(String);

impl DeliveryId {
    pub fn new(id: impl Into<String>) -> DeliveryId {
        DeliveryId(id.into())
    }

    fn next() -> DeliveryId {
        DeliveryId(uuid::Uuid::now_v7().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A delivery that no way took, so that somebody else should be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exhausted {
    pub delivery: DeliveryId,
    pub occasion: Occasion,
    pub alert: Option<String>,
    pub to: Recipient,
    /// Sentences: what became of each way.
    pub why: String,
}

/// The last thing that really arrived on one way of somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    pub person: PersonId,
    pub way: WayKind,
    pub at: Millis,
}

/// A delivery that was sent again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentAgain {
    pub id: DeliveryId,
    /// The page of what it is about.
    pub path: String,
}

/// Why something was not sent again.
#[derive(Debug, thiserror::Error)]
pub enum NotSentAgain {
    #[error("there is no such delivery")]
    Unknown,
    #[error("it is still being sent")]
    UnderWay,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Writes down what is to be told, in the caller's transaction. Call `Courier::wake` after the commit.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(tx: &mut Tx, now: Millis, order: &Order) -> Result<DeliveryId, DbError> {
    let id = DeliveryId::next();
    store::add(tx, now, &[(&id, order)], None).await?;
    Ok(id)
}

/// Many at once; the ids come in the order of the orders.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_all(tx: &mut Tx, now: Millis, orders: &[Order]) -> Result<Vec<DeliveryId>, DbError> {
    let ids: Vec<_> = orders.iter().map(|_| DeliveryId::next()).collect();
    let rows: Vec<_> = ids.iter().zip(orders).collect();
    store::add(tx, now, &rows, None).await?;
    Ok(ids)
}

/// Stops every call about these alerts that is not sent yet, in the caller's transaction. Workers look once more just
/// before they send. Says how many deliveries it stopped.
///
/// # Errors
/// When the database refuses.
pub async fn stop(tx: &mut Tx, now: Millis, alerts: &[&str]) -> Result<u64, DbError> {
    store::stop(tx, now, alerts).await
}

/// The same for deliveries that are about several alerts, none of which calls anybody any more.
///
/// # Errors
/// When the database refuses.
pub async fn stop_lists(tx: &mut Tx, now: Millis, lists: &[DeliveryId]) -> Result<u64, DbError> {
    store::stop_each(tx, now, lists.iter().map(|id| id.as_str().to_owned()).collect()).await
}

/// The same for one alert in a transaction of its own, for whoever takes it on. On record.
///
/// # Errors
/// When the database refuses.
pub async fn stop_calls(
    db: &Db,
    permit: &Permit<HandleAlerts>,
    alert: &str,
    now: Millis,
) -> Result<u64, DbError> {
    let (db, alert, entry) = (db.clone(), alert.to_owned(), permit.entry("calls.stopped"));
    let stopping = tokio::spawn(async move {
        let mut tx = db.begin().await?;
        let stopped = store::stop(&mut tx, now, &[&alert]).await?;
        audit::record(&mut tx, now, &entry.about(Object::new("alert", &alert, &alert))).await?;
        tx.commit().await?;
        Ok(stopped)
    });
    stopping.await.unwrap_or(Err(DbError::Lost))
}

/// What no way took and escalation has not heard of yet. From the commit on it has.
///
/// # Errors
/// When the database refuses.
pub async fn exhausted(tx: &mut Tx, now: Millis) -> Result<Vec<Exhausted>, DbError> {
    store::hand_over(tx, now).await
}

/// Whether there is something that escalation has not heard of: to be asked before a transaction is begun for it.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_exhausted(db: &Db) -> Result<bool, DbError> {
    shown_store::has_exhausted(db.read()).await
}

/// Sends a delivery once more, as a new one, by the ways that the recipient has now.
///
/// # Errors
/// When there is none such, or it is still under way.
pub async fn send_again(
    db: &Db,
    permit: &Permit<HandleAlerts>,
    id: &DeliveryId,
    now: Millis,
) -> Result<SentAgain, NotSentAgain> {
    let (db, id) = (db.clone(), id.clone());
    let entry = permit.entry("delivery.sent_again");
    let sending = tokio::spawn(async move {
        let mut tx = db.begin().await?;
        let Some((order, is_settled)) = store::order(&mut tx, &id).await? else {
            return Err(NotSentAgain::Unknown);
        };
        if !is_settled {
            return Err(NotSentAgain::UnderWay);
        }
        let again = DeliveryId::next();
        store::add(&mut tx, now, &[(&again, &order)], Some(&id)).await?;
        let object = Object::new("delivery", again.as_str(), &order.message.title);
        audit::record(&mut tx, now, &entry.about(object)).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(SentAgain { id: again, path: order.message.path })
    });
    sending.await.unwrap_or(Err(NotSentAgain::Db(DbError::Lost)))
}

/// How these deliveries stand: those that there are, each with its state, and why no way took it.
///
/// # Errors
/// When the database cannot be read.
pub async fn standings(
    tx: &mut Tx,
    ids: &[DeliveryId],
) -> Result<BTreeMap<DeliveryId, (DeliveryState, Option<String>)>, DbError> {
    shown_store::standings(tx, ids).await
}

/// Which ways of these people really took something last, tests included.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_arrivals(db: &Db, people: &[PersonId]) -> Result<Vec<Arrival>, DbError> {
    shown_store::last_arrivals(db.read(), people).await
}
