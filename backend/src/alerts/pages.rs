//! What is told of alerts, as orders to delivery.

use std::collections::BTreeMap;

use domain::{
    alerts::{
        AlertId, AlertState, Lately, Resolution, STORM_OVER, STORM_WITHIN, Sending, Severity, fold,
        wording::{self, Facts},
    },
    delivery::{Message, Occasion, Recipient},
    time::Millis,
};

use super::{Stored, store};
use crate::{
    db::{DbError, Tx},
    delivery::{self, Order},
};

/// A page that is due.
#[derive(Clone, Debug)]
pub(super) struct Due<'a> {
    pub stored: &'a Stored,
    pub tier: u8,
    pub occasion: Occasion,
}

/// Writes the pages that are due, one by one or as lists, and who was told.
pub(super) async fn send(
    tx: &mut Tx,
    due: BTreeMap<Recipient, Vec<Due<'_>>>,
    now: Millis,
    clock: impl Fn(Millis) -> String,
) -> Result<usize, DbError> {
    if due.is_empty() {
        return Ok(0);
    }
    let lately = lately(tx, now).await?;
    let mut orders: Vec<Order> = Vec::new();
    let mut of: Vec<Vec<(&AlertId, u8, Occasion)>> = Vec::new();
    for (to, sending) in fold(due, |to| lately.get(to).copied().unwrap_or_default(), now) {
        match sending {
            Sending::Each(pages) => {
                for Due { stored, tier, occasion } in pages {
                    let message = wording::page(facts(stored), tier, occasion, now, &clock);
                    orders.push(Order { message, to: to.clone() });
                    of.push(vec![(&stored.id, tier, occasion)]);
                }
            }
            Sending::List(pages) => {
                orders.push(Order { message: list(&pages), to });
                of.push(pages.iter().map(|page| (&page.stored.id, page.tier, Occasion::Storm)).collect());
            }
        }
    }
    let ids = delivery::enqueue_all(tx, now, &orders).await?;
    let rows: Vec<store::Page<'_>> = orders
        .iter()
        .zip(&ids)
        .zip(&of)
        .flat_map(|((order, delivery), alerts)| {
            alerts.iter().map(move |(alert, tier, occasion)| store::Page {
                alert,
                delivery: delivery.as_str(),
                at: now,
                tier: *tier,
                to: &order.to,
                occasion: *occasion,
            })
        })
        .collect();
    store::insert_pages(tx, &rows).await?;
    Ok(orders.len())
}

/// Stops what is still to be sent of an alert that ended, and tells the channels that heard of it.
pub(super) async fn ended(tx: &mut Tx, stored: &Stored, now: Millis) -> Result<(), DbError> {
    let said = match &stored.alert.state {
        AlertState::Resolved { how: Resolution::ByPerson { by, reason }, .. } if !reason.is_empty() => {
            format!("{} resolved it: {reason}", by.name)
        }
        AlertState::Resolved { how: Resolution::ByPerson { by, .. }, .. } => {
            format!("{} resolved it.", by.name)
        }
        _ => "It is well again.".to_owned(),
    };
    told(tx, stored, Occasion::Resolved, said, now).await
}

/// The same for many at once: what would be more than a few messages to a channel is one that counts them.
pub(super) async fn ended_together(tx: &mut Tx, ended_ones: &[Stored], now: Millis) -> Result<(), DbError> {
    if ended_ones.len() <= STORM_OVER {
        for stored in ended_ones {
            ended(tx, stored, now).await?;
        }
        return Ok(());
    }
    let ids: Vec<&AlertId> = ended_ones.iter().map(|stored| &stored.id).collect();
    stop(tx, &ids, now).await?;
    let orders: Vec<Order> = store::channels_told_of(tx, &ids)
        .await?
        .into_iter()
        .map(|(to, of)| {
            let heard: Vec<(Severity, String)> = ended_ones
                .iter()
                .filter(|stored| of.contains(stored.id.as_str()))
                .map(|stored| (stored.alert.severity, stored.title.clone()))
                .collect();
            let key = format!("bellwether-storm-{}", uuid::Uuid::now_v7());
            Order { message: wording::storm_over(&key, &heard), to }
        })
        .collect();
    delivery::enqueue_all(tx, now, &orders).await?;
    Ok(())
}

/// Stops what is still to be sent of an alert, and tells the channels that heard of it what is the case now.
pub(super) async fn told(
    tx: &mut Tx,
    stored: &Stored,
    occasion: Occasion,
    said: String,
    now: Millis,
) -> Result<(), DbError> {
    stop(tx, &[&stored.id], now).await?;
    let message = wording::update(facts(stored), occasion, said);
    let channels = store::channels_told(tx, &stored.id).await?;
    let orders: Vec<Order> = channels.into_iter().map(|to| Order { message: message.clone(), to }).collect();
    delivery::enqueue_all(tx, now, &orders).await?;
    Ok(())
}

/// Stops what is still to be sent of these alerts. A list that names others too goes out as long as one of them is firing.
async fn stop(tx: &mut Tx, ids: &[&AlertId], now: Millis) -> Result<(), DbError> {
    let texts: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    delivery::stop(tx, now, &texts).await?;
    let over = store::lists_over(tx, ids).await?;
    delivery::stop_lists(tx, now, &over).await?;
    Ok(())
}

pub(super) fn facts(stored: &Stored) -> Facts<'_> {
    Facts { id: stored.id.as_str(), alert: &stored.alert, title: &stored.title, why: &stored.why }
}

fn list(pages: &[Due<'_>]) -> Message {
    let alerts: Vec<(Severity, String)> =
        pages.iter().map(|page| (page.stored.alert.severity, page.stored.title.clone())).collect();
    let mut platforms: Vec<&str> = pages.iter().map(|page| page.stored.alert.key.platform.as_str()).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let key = format!("bellwether-storm-{}", uuid::Uuid::now_v7());
    let all_again = pages.iter().all(|page| page.occasion == Occasion::Reminder);
    let occasion = if all_again { Occasion::Reminder } else { Occasion::Storm };
    wording::storm(&key, &platforms.join(", "), &alerts, occasion)
}

/// What every recipient was sent within the last minute.
async fn lately(tx: &mut Tx, now: Millis) -> Result<BTreeMap<Recipient, Lately>, DbError> {
    let mut lately: BTreeMap<Recipient, Lately> = BTreeMap::new();
    for (to, occasion, at) in store::lately(tx, now.minus(STORM_WITHIN)).await? {
        let entry = lately.entry(to).or_default();
        match occasion {
            Occasion::Storm => entry.storm_at = entry.storm_at.max(Some(at)),
            _ => entry.pages += 1,
        }
    }
    Ok(lately)
}
