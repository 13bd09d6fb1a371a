//! What time brings to alerts: pages that are due, promises that lapse. One worker, which sleeps until the next is due.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::{
    alerts::{AlertId, Happening},
    audit::{Actor, Entry, Facts, Object, Origin},
    delivery::Recipient,
    oncall::{Effect, Roster},
    time::Millis,
    windows::quiet_until,
};
use tokio::sync::watch;

use super::{
    Alerts, Stored,
    pages::{self, Due},
    store,
};
use crate::{
    audit,
    db::{DbError, Tx},
    delivery, monitoring, oncall, windows,
};

/// At most so many in one transaction: a storm of ten thousand is one page to each recipient, not fifty.
const AT_ONCE: i64 = 20_000;
/// Another replica, or a clock that was set, may have changed what is due.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// More in one go are told to the audit log as a number.
const RECORDED_ONE_BY_ONE: usize = 20;

/// Pages what is due, for ever. `failed` wakes it when somebody cannot be reached.
pub async fn run(alerts: Alerts, mut failed: watch::Receiver<()>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match alerts.pass().await {
            Ok(()) => alerts.until_next().await,
            Err(error) => {
                tracing::error!(%error, "what is due of alerts could not be paged");
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = alerts.0.due.notified() => {}
            Ok(()) = failed.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

impl Alerts {
    /// Does everything that is due now, in one transaction.
    ///
    /// # Errors
    /// When the database refuses; then nothing was done, and all of it is still due.
    pub async fn pass(&self) -> Result<(), DbError> {
        let alerts = self.clone();
        // In a task of its own: nothing that is cancelled leaves it half-way.
        tokio::spawn(async move { alerts.pass_whole().await }).await.map_err(|_| DbError::Lost)?
    }

    async fn pass_whole(&self) -> Result<(), DbError> {
        let now = self.0.clock.now();
        // Reading first: a look that finds nothing must not take the writer's place each second.
        let nothing_due = store::next_due(self.0.db.read()).await?.is_none_or(|due| due > now);
        if nothing_due && !delivery::has_exhausted(&self.0.db).await? {
            return Ok(());
        }
        let begun = Instant::now();
        let mut tx = self.0.db.begin().await?;
        let mut done = self.unreachable(&mut tx, now).await?;
        let (count, longest) = self.due(&mut tx, now).await?;
        done += count;
        tx.commit().await?;
        let took = begun.elapsed();
        metrics::histogram!("bellwether_alert_pass_duration_seconds").record(took.as_secs_f64());
        if count > 0 {
            let late = self.0.clock.real(longest) + took;
            metrics::histogram!("bellwether_alert_timer_late_seconds").record(late.as_secs_f64());
        }
        if done > 0 {
            self.told();
        }
        Ok(())
    }

    async fn until_next(&self) -> Duration {
        let Ok(Some(due)) = store::next_due(self.0.db.read()).await else { return LOOK_AGAIN };
        let wait = due.since(self.0.clock.now()).max(0).unsigned_abs();
        self.0.clock.real(Duration::from_millis(wait)).clamp(Duration::from_millis(1), LOOK_AGAIN)
    }

    /// Whoever cannot be reached on any way is not waited for.
    async fn unreachable(&self, tx: &mut Tx, now: Millis) -> Result<usize, DbError> {
        let failed = delivery::exhausted(tx, now).await?;
        let mut told = Vec::new();
        for failure in &failed {
            let Some(id) = failure.alert.clone().map(AlertId) else { continue };
            let Some(mut stored) = store::one(&mut **tx, &id).await? else { continue };
            // A channel that cannot be told is on the page and in the log; a person is somebody's sleep.
            if matches!(failure.to, Recipient::Person { .. }) {
                stored.alert.unreachable(&self.0.policy, now);
                store::update(tx, &stored, stored.alert.due_at(&self.0.policy)).await?;
            }
            let who = self.who(&failure.to).await?;
            told.push((id, now, vec![Happening::Unreachable { who, why: failure.why.clone() }]));
        }
        store::tell(tx, &told).await?;
        Ok(failed.len())
    }

    /// How many were due, and since when the first of them was.
    async fn due(&self, tx: &mut Tx, now: Millis) -> Result<(usize, Duration), DbError> {
        let policy = &self.0.policy;
        let mut due = store::due(tx, now, AT_ONCE).await?;
        if due.is_empty() {
            return Ok((0, Duration::ZERO));
        }
        let since = due.iter().filter_map(|stored| stored.alert.due_at(policy)).min().unwrap_or(now);
        let roster = self.roster(tx, now).await?;
        let windows = windows::in_force(tx, now).await?;
        let mut weddings: BTreeMap<String, Option<u32>> = BTreeMap::new();
        let mut told: Vec<(AlertId, Millis, Vec<Happening>)> = Vec::with_capacity(due.len());
        for stored in &mut due {
            let key = &stored.alert.key;
            let today = match weddings.get(&key.platform) {
                Some(today) => *today,
                None => {
                    let today = monitoring::weddings_today(tx, &key.platform).await?;
                    weddings.insert(key.platform.clone(), today);
                    today
                }
            };
            let of = (key.platform.as_str(), key.service.as_deref(), key.metric.as_str());
            let quiet = quiet_until(&windows, of, stored.alert.severity.level, today, now);
            let happened = stored.alert.advance(policy, &roster, quiet, now);
            if !store::update(tx, stored, stored.alert.due_at(policy)).await? {
                return Err(DbError::Stored("an alert was changed by two writers at once".to_owned()));
            }
            told.push((stored.id.clone(), now, happened));
        }
        let mut pages: BTreeMap<Recipient, Vec<Due<'_>>> = BTreeMap::new();
        for (stored, (.., happened)) in due.iter().zip(&told) {
            for happening in happened {
                match happening {
                    Happening::Paged(Effect::Tell { tier, to, occasion }) => {
                        pages.entry(to.clone()).or_default().push(Due {
                            stored,
                            tier: *tier,
                            occasion: *occasion,
                        });
                    }
                    Happening::Paged(Effect::Nobody) => {
                        tracing::error!(alert.id = %stored.id, "nobody is on call in any tier");
                    }
                    _ => {}
                }
            }
        }
        let zone = self.0.config.server.zone.clone();
        let sent = pages::send(tx, pages, now, |at| clock_time(at, &zone)).await?;
        store::tell(tx, &told).await?;
        record(tx, &due, &told, now).await?;
        metrics::counter!("bellwether_alert_pages_total").increment(sent as u64);
        Ok((due.len(), Duration::from_millis(now.since(since).max(0).unsigned_abs())))
    }

    #[cfg(not(test))]
    async fn roster(&self, tx: &mut Tx, now: Millis) -> Result<Roster, DbError> {
        oncall::roster(tx, now).await
    }

    #[cfg(test)]
    async fn roster(&self, tx: &mut Tx, now: Millis) -> Result<Roster, DbError> {
        let held = self.0.roster.lock().ok().and_then(|held| held.clone());
        match held {
            Some(roster) => Ok(roster),
            None => oncall::roster(tx, now).await,
        }
    }

    /// "#ai-ops-alerts", or a person's name.
    pub(super) async fn who(&self, to: &Recipient) -> Result<String, DbError> {
        match to {
            Recipient::Channel { name } => Ok(format!("#{name}")),
            Recipient::Person { id } => {
                let names = crate::access::names(&self.0.db, std::slice::from_ref(id)).await?;
                Ok(names.get(id).cloned().unwrap_or_else(|| "somebody who left".to_owned()))
            }
        }
    }
}

/// "02:56 UTC", with the day when it is not near.
pub(super) fn clock_time(at: Millis, zone: &jiff::tz::TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|timestamp| timestamp.to_zoned(zone.clone()).strftime("%H:%M %Z").to_string())
        .unwrap_or_else(|_| at.0.to_string())
}

/// That somebody was called, or nobody could be, is on record.
async fn record(
    tx: &mut Tx,
    due: &[Stored],
    told: &[(AlertId, Millis, Vec<Happening>)],
    now: Millis,
) -> Result<(), DbError> {
    let verb = |happened: &[Happening]| {
        let is = |wanted: fn(&Happening) -> bool| happened.iter().any(wanted);
        if is(|happening| matches!(happening, Happening::Paged(Effect::Nobody))) {
            Some("alert.nobody_on_call")
        } else if is(|happening| matches!(happening, Happening::Paged(Effect::Tell { .. }))) {
            Some("alert.paged")
        } else if is(|happening| matches!(happening, Happening::Lapsed { .. })) {
            Some("alert.lapsed")
        } else {
            None
        }
    };
    let recorded: Vec<_> = due
        .iter()
        .zip(told)
        .filter_map(|(stored, (.., happened))| Some((stored, verb(happened)?, happened)))
        .collect();
    let entry = |verb: &'static str| Entry::new(verb, Actor::console("escalation"), Origin::default());
    if recorded.len() > RECORDED_ONE_BY_ONE {
        let many = Facts::from([("alerts".to_owned(), recorded.len().to_string())]);
        let many = entry("alert.paged").changed(Facts::new(), many).because("many alerts at once");
        audit::record(tx, now, &many).await?;
        return Ok(());
    }
    for (stored, verb, happened) in recorded {
        let tiers: std::collections::BTreeSet<String> = happened
            .iter()
            .filter_map(|happening| match happening {
                Happening::Paged(Effect::Tell { tier, .. }) => Some(tier.to_string()),
                _ => None,
            })
            .collect();
        let tiers: Vec<String> = tiers.into_iter().collect();
        let facts = Facts::from([
            ("level".to_owned(), stored.alert.severity.level.word().to_owned()),
            ("tiers".to_owned(), tiers.join(", ")),
        ]);
        let object = Object::new("alert", stored.id.as_str(), stored.title.as_str());
        audit::record(tx, now, &entry(verb).about(object).changed(Facts::new(), facts)).await?;
    }
    Ok(())
}
