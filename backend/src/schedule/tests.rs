use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use domain::{
    audit::{Actor, Entry, Origin},
    schedule::Rule,
    time::{DAY, HOUR, MINUTE, Millis},
};
use jiff::tz::TimeZone;

use super::*;
use crate::{
    clock::Clock,
    db::Tx,
    testing::{on_record, worlds},
};

/// 2026-11-24T00:00:00Z, a Tuesday.
const MIDNIGHT: Millis = Millis(1_795_478_400_000);
const NAME: &str = "test.daily";

/// Writes a rule of its own into the database, so that what it did can be told from what it said.
struct Daily {
    runs: Arc<AtomicUsize>,
    failing: Arc<AtomicUsize>,
}

#[async_trait]
impl Duty for Daily {
    async fn run(&self, tx: &mut Tx, due: &Due) -> Result<Done, DutyError> {
        store::know(tx, &format!("effect of {}", due.due_at), "", "", due.now).await?;
        let runs = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        if self.failing.load(Ordering::SeqCst) > 0 {
            self.failing.fetch_sub(1, Ordering::SeqCst);
            return Err(DutyError::Said("the printer is on fire".to_owned()));
        }
        let entry = Entry::new("duty.done", Actor::console("the schedule"), Origin::default());
        Ok(Done { note: format!("run {runs}"), entry: Some(entry) })
    }
}

struct Story {
    db: Db,
    clock: Clock,
    runs: Arc<AtomicUsize>,
    failing: Arc<AtomicUsize>,
}

impl Story {
    fn new(db: &Db) -> Story {
        let (runs, failing) = (Arc::default(), Arc::default());
        Story { db: db.clone(), clock: Clock::held(MIDNIGHT), runs, failing }
    }

    /// A console that was just started.
    fn console(&self, rule: &str) -> Scheduler {
        let rule = Rule::parse(rule, &TimeZone::UTC).unwrap();
        let daily = Daily { runs: self.runs.clone(), failing: self.failing.clone() };
        Scheduler::new(self.db.clone(), self.clock.clone(), vec![Planned::new(NAME, rule, 2 * HOUR, daily)])
    }

    async fn told(&self) -> Vec<String> {
        let past = past(&self.db, &[NAME], 100).await.unwrap();
        let hours = |at: Millis| at.since(MIDNIGHT) / HOUR;
        past.iter()
            .map(|past| format!("{}h {}: {}", hours(past.due_at), past.outcome.word(), past.note))
            .collect()
    }

    /// Of how many due times there is an effect.
    async fn effects(&self) -> usize {
        let mut effects = 0;
        for hour in 0..100 {
            let name = format!("effect of {}", MIDNIGHT.plus(hour * HOUR));
            let there = store::considered_until(self.db.read(), &name).await.unwrap();
            effects += usize::from(there.is_some());
        }
        effects
    }
}

const DAILY: &str = "every day at 09:00";

#[tokio::test]
async fn a_duty_is_done_once_at_its_time_and_is_on_record() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        let mut console = story.console(DAILY);
        console.look().await;
        assert_eq!(story.told().await, [""; 0], "{}", world.name);
        story.clock.advance(9 * HOUR);
        for _ in 0..3 {
            console.look().await;
        }
        story.clock.advance(MINUTE);
        console.look().await;
        assert_eq!(story.told().await, ["9h done: run 1"], "{}", world.name);
        assert_eq!(story.effects().await, 1);
        assert_eq!(on_record(&world.db).await, ["duty.done done by the schedule"]);
    }
}

#[tokio::test]
async fn two_consoles_at_once_do_it_once() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        let (mut one, mut other) = (story.console(DAILY), story.console(DAILY));
        one.look().await;
        other.look().await;
        story.clock.advance(9 * HOUR);
        tokio::join!(one.look(), other.look());
        assert_eq!(story.told().await.len(), 1, "{}", world.name);
        assert_eq!(story.runs.load(Ordering::SeqCst), 1, "{}", world.name);
    }
}

#[tokio::test]
async fn a_console_that_was_down_does_late_what_still_makes_sense_and_the_rest_is_missed() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        story.console(DAILY).look().await;
        // Down for two days and 10 hours.
        story.clock.advance(2 * DAY + 10 * HOUR);
        story.console(DAILY).look().await;
        assert_eq!(
            story.told().await,
            [
                "57h late: run 1",
                "33h missed: a later one took its place",
                "9h missed: a later one took its place"
            ],
            "{}",
            world.name
        );
        story.clock.advance(DAY + 2 * HOUR);
        story.console(DAILY).look().await;
        assert_eq!(story.told().await[0], "81h missed: the console was not running");
        assert_eq!(story.effects().await, 1);
    }
}

#[tokio::test]
async fn what_fails_leaves_nothing_behind_is_tried_again_and_is_done_late() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        let mut console = story.console(DAILY);
        console.look().await;
        story.failing.store(2, Ordering::SeqCst);
        story.clock.advance(9 * HOUR);
        console.look().await;
        assert_eq!((story.told().await.len(), story.effects().await), (0, 0), "{}", world.name);
        console.look().await;
        assert_eq!(story.runs.load(Ordering::SeqCst), 1, "not at once again");
        for _ in 0..2 {
            story.clock.advance(5 * MINUTE);
            console.look().await;
        }
        assert_eq!(story.told().await, ["9h late: run 3"], "{}", world.name);
        assert_eq!(story.effects().await, 1);
        assert_eq!(on_record(&world.db).await.len(), 1);
    }
}

#[tokio::test]
async fn what_fails_until_it_is_too_late_is_missed_with_the_reason() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        let mut console = story.console(DAILY);
        console.look().await;
        story.failing.store(1_000, Ordering::SeqCst);
        story.clock.advance(9 * HOUR);
        console.look().await;
        story.clock.advance(3 * HOUR);
        console.look().await;
        assert_eq!(
            story.told().await,
            ["9h missed: it failed until it was too late: the printer is on fire"],
            "{}",
            world.name
        );
        assert_eq!(story.effects().await, 0);
    }
}

#[tokio::test]
async fn a_rule_that_is_new_or_became_another_begins_now() {
    for world in worlds().await {
        let story = Story::new(&world.db);
        story.console("day 1 of the month at 09:00").look().await;
        story.clock.advance(3 * DAY + 12 * HOUR);
        story.console(DAILY).look().await;
        assert_eq!(story.told().await, [""; 0], "{}: nothing is made up for", world.name);
        story.clock.advance(DAY - 3 * HOUR);
        story.console(DAILY).look().await;
        assert_eq!(story.told().await, ["105h done: run 1"], "{}", world.name);
    }
}

#[tokio::test]
async fn a_fast_clock_misses_nothing() {
    for world in worlds().await {
        let (runs, failing) = (Arc::default(), Arc::default());
        let daily = Daily { runs: Arc::clone(&runs), failing };
        let clock = Clock::fast(3_600);
        let begin = clock.now();
        let rule = Rule::parse("every hour", &TimeZone::UTC).unwrap();
        let duties = vec![Planned::new(NAME, rule, HOUR, daily)];
        let (stopping, stop) = tokio::sync::watch::channel(false);
        let running = tokio::spawn(run(world.db.clone(), clock.clone(), duties, stop));
        tokio::time::sleep(std::time::Duration::from_millis(3_500)).await;
        stopping.send(true).unwrap();
        running.await.unwrap();
        let past = past(&world.db, &[NAME], 100).await.unwrap();
        let hours = clock.now().since(begin) / HOUR;
        assert!(past.len() as i64 >= hours - 1 && hours >= 3, "{} of {hours} hours", past.len());
        assert!(past.iter().all(|past| past.outcome == Outcome::Done), "{past:?}");
        assert!(past.windows(2).all(|pair| pair[0].due_at.since(pair[1].due_at) == HOUR), "{past:?}");
        assert_eq!(runs.load(Ordering::SeqCst), past.len());
    }
}
