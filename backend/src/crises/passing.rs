//! What time brings to cases: the AI that did not answer, the call for one that is nobody's, steps that run by themselves,
//! the end of their runs, and of the keeping of couples. One worker; what is due stands in the database, so that a
//! restart loses nothing.

use std::time::Duration;

use domain::{
    audit::{Actor, Entry, Facts, Origin},
    crises::{Call, Case, CaseId, Line, wording},
    delivery::{Message, Occasion, Recipient},
    oncall::{Roster, RosterTier},
    time::Millis,
};
use tokio::sync::watch;

use super::{Cases, Stored, running::Tried, store};
use crate::{
    audit,
    db::{DbError, Tx},
    delivery::{self, Order},
    oncall,
};

/// Another replica, or a clock that was set, may have changed what is due.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Couples past their keeping are looked for this often.
const RETAIN_EVERY: Duration = Duration::from_secs(3_600);
/// At most so many in one transaction.
const AT_ONCE: i64 = 2_000;
/// A page names so many, and counts the rest.
const NAMED: usize = 8;

/// Does what is due, for ever.
pub async fn run(cases: Cases, mut stop: watch::Receiver<bool>) {
    let mut runs = cases.0.actions.changes();
    let mut tried = Tried::new();
    let mut retained: Option<tokio::time::Instant> = None;
    while !*stop.borrow() {
        if let Err(error) = cases.look(&mut tried).await {
            tracing::error!(%error, "what is due of cases could not be done");
        }
        if retained.is_none_or(|at| at.elapsed() >= RETAIN_EVERY) {
            retained = Some(tokio::time::Instant::now());
            if let Err(error) = cases.finish_erasures().await {
                tracing::error!(%error, "couples that the journal of erasures names could not be erased");
            }
            if let Err(error) = cases.retain().await {
                tracing::error!(%error, "couples past their keeping could not be erased");
            }
        }
        let wait = cases.until_next().await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = cases.0.due.notified() => {}
            Ok(()) = runs.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

impl Cases {
    async fn look(&self, tried: &mut Tried) -> Result<(), DbError> {
        self.pass().await?;
        self.settle_runs().await?;
        self.run_automatic(tried).await?;
        Ok(())
    }

    /// Does everything that time alone has made due. Says of how many.
    ///
    /// # Errors
    /// When the database refuses; then nothing was done, and all of it is still due.
    pub async fn pass(&self) -> Result<usize, DbError> {
        // Reading first: a look that finds nothing must not take the writer's place each second.
        if store::next_due(self.0.db.read()).await?.is_none_or(|due| due > self.now()) {
            return Ok(0);
        }
        let cases = self.clone();
        let done =
            tokio::spawn(async move { cases.pass_whole().await }).await.map_err(|_| DbError::Lost)??;
        if done > 0 {
            self.told();
        }
        Ok(done)
    }

    async fn until_next(&self) -> Duration {
        let Ok(Some(due)) = store::next_due(self.0.db.read()).await else { return LOOK_AGAIN };
        let wait = due.since(self.now()).max(0).unsigned_abs();
        self.0.clock.real(Duration::from_millis(wait)).clamp(Duration::from_millis(1), LOOK_AGAIN)
    }

    async fn pass_whole(&self) -> Result<usize, DbError> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let mut due = store::due(&mut tx, now, AT_ONCE).await?;
        let mut told: Vec<(CaseId, Vec<Line>)> = Vec::new();
        for stored in &mut due {
            let mut lines = stored.case.ai_waits(now);
            lines.extend(stored.case.answers_lapse(now));
            told.push((stored.case.id.clone(), lines));
        }
        let mut called: Vec<Case> = due.iter().map(|stored| stored.case.clone()).collect();
        if let Some(call) = Call::for_all(&mut called, now) {
            for (stored, case) in due.iter_mut().zip(called) {
                stored.case = case;
            }
            self.call(&mut tx, &due, &call, now).await?;
            told.extend(call.cases);
        }
        for stored in &due {
            self.save_quietly(&mut tx, stored).await?;
        }
        self.tell_plainly(&mut tx, &told, now).await?;
        tx.commit().await?;
        Ok(due.len())
    }

    /// Pages whoever is on call for weddings, once for all of them.
    async fn call(&self, tx: &mut Tx, due: &[Stored], call: &Call, now: Millis) -> Result<(), DbError> {
        let of = |id: &CaseId| due.iter().find(|stored| stored.case.id == *id);
        let called: Vec<&Stored> = call.cases.iter().filter_map(|(id, _)| of(id)).collect();
        let roster = oncall::roster(tx, now).await?;
        let (tier, to) = self.whom(&roster);
        let message = self.page(&called, call.times, now);
        let orders: Vec<Order> = to.into_iter().map(|to| Order { message: message.clone(), to }).collect();
        delivery::enqueue_all(tx, now, &orders).await?;
        let verb =
            if orders.is_empty() { "crisis.found_nobody_on_call_for" } else { "crisis.called_somebody_for" };
        if orders.is_empty() {
            tracing::error!(cases = called.len(), "nobody is on call for cases that are nobody's");
        }
        let facts = Facts::from([
            ("cases".to_owned(), called.len().to_string()),
            ("tier".to_owned(), tier.to_owned()),
            ("pages".to_owned(), orders.len().to_string()),
            ("times".to_owned(), call.times.to_string()),
        ]);
        let entry = Entry::new(verb, Actor::console("the watch over cases"), Origin::default())
            .changed(Facts::new(), facts);
        let entry = entry.about(match called.as_slice() {
            [one] => super::object(&one.case),
            many => super::objects(many.len()),
        });
        audit::record(tx, now, &entry).await?;
        metrics::counter!("bellwether_case_calls_total").increment(orders.len() as u64);
        Ok(())
    }

    /// The tier of the configuration; where nobody is on call in it, the first one in which somebody is.
    fn whom<'a>(&self, roster: &'a Roster) -> (&'a str, Vec<Recipient>) {
        let own = |tier: &&RosterTier| tier.name == self.0.config.crises.tier;
        let is_staffed = |tier: &&RosterTier| !tier.on_call.people().is_empty();
        let tiers = || roster.tiers.iter();
        let tier = tiers().find(own).filter(is_staffed).or_else(|| tiers().find(is_staffed));
        let tier = tier.or_else(|| tiers().find(own));
        let Some(tier) = tier else { return ("none", Vec::new()) };
        let people = tier.on_call.people().iter().map(|id| Recipient::Person { id: id.clone() });
        let channel = tier.channel.iter().map(|name| Recipient::Channel { name: name.clone() });
        (tier.name.as_str(), people.chain(channel).collect())
    }

    /// Nothing of it is personal: it goes over other people's servers.
    fn page(&self, called: &[&Stored], times: u32, now: Millis) -> Message {
        let title = |stored: &Stored| wording::title(&stored.case, &self.0.assumed, now);
        let (headline, path) = match called {
            [one] => (format!("Nobody has this crisis: {}", title(one)), format!("/crises/{}", one.case.id)),
            many => {
                (format!("{} crises are nobody\u{2019}s", many.len()), "/crises?state=detected".to_owned())
            }
        };
        let mut lines: Vec<String> = called.iter().take(NAMED).map(|stored| title(stored)).collect();
        if called.len() > NAMED {
            lines.push(format!("and {} more", called.len() - NAMED));
        }
        Message {
            occasion: if times > 1 { Occasion::Reminder } else { Occasion::Page },
            level: called.iter().map(|stored| stored.case.severity).max(),
            title: headline,
            lines,
            path,
            alert: None,
            dedup_key: format!("bellwether-cases-{}", uuid::Uuid::now_v7()),
            asks: None,
        }
    }
}
