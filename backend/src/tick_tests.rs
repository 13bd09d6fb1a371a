use domain::{
    monitoring::{Level, Outcome, Unit, Width},
    time::{Millis, SECOND},
};

use super::*;
use crate::{config, testing};

fn answered(at: Millis, response_time: f64) -> Sample {
    let mut sample = Sample::empty(at, Outcome::Answered);
    sample.take_in("response_time_ms".into(), Unit::Milliseconds, response_time);
    sample
}

async fn console(db: &Db, clock: &Clock) -> Console {
    let config = config::load(None, std::iter::empty()).unwrap();
    Console::start(db.clone(), clock.clone(), Arc::new(config)).await.unwrap()
}

fn start() -> Clock {
    Clock::held(Millis(1_795_478_400_000))
}

#[tokio::test]
async fn a_poll_is_stored_and_told_and_known_again_after_a_restart() {
    for world in testing::worlds().await {
        let clock = start();
        let first = console(&world.db, &clock).await;
        let mut viewer = first.hub.subscribe();
        let told = first.take_in(&first.watches[0], answered(clock.now(), 12_700.0)).await;
        assert_eq!(viewer.recv().await.unwrap().revision, told.revision);
        assert_eq!(told.metrics[0].value.as_deref(), Some("12.7\u{a0}s"));
        assert_eq!(told.level, Some(Level::Warning));

        clock.advance(5 * SECOND);
        let second = console(&world.db, &clock).await;
        let recalled = second.hub.frame("wedsync").unwrap();
        assert_eq!(
            (recalled.polled_at, &recalled.sentence),
            (told.polled_at, &told.sentence),
            "{}",
            world.name
        );
        assert!(recalled.revision > told.revision, "an open page must take the new frame for newer");
    }
}

/// A database that somebody else holds: polling and telling go on, and nothing is lost once it is free.
#[tokio::test]
async fn polls_wait_in_memory_while_the_database_refuses() {
    let world = testing::sqlite().await;
    let clock = start();
    let console = console(&world.db, &clock).await;
    let held = world.db.begin().await.unwrap();
    let mut viewer = console.hub.subscribe();
    let waiting = {
        let (console, at) = (console.clone(), clock.now());
        tokio::spawn(async move { console.take_in(&console.watches[0], answered(at, 250.0)).await })
    };
    // Told although it cannot be stored yet.
    tokio::time::timeout(Duration::from_secs(30), viewer.recv()).await.unwrap().unwrap();
    held.rollback().await.unwrap();
    waiting.await.unwrap();
    assert!(console.now_page().troubles.is_empty());

    // Refused outright: the poll is kept, the page says so, and the next poll stores both.
    world.db.break_for_tests().await;
    clock.advance(30 * SECOND);
    console.take_in(&console.watches[0], answered(clock.now(), 260.0)).await;
    assert!(console.now_page().troubles[0].starts_with("Polls cannot be stored"));
    assert!(console.db.check().await.is_err());
    world.db.mend_for_tests().await;
    clock.advance(30 * SECOND);
    console.take_in(&console.watches[0], answered(clock.now(), 270.0)).await;
    assert!(console.now_page().troubles.is_empty());
    let range = Range { from: clock.now().minus(120 * SECOND), to: clock.now().plus(1), preset: None };
    let charts = console.charts(None, range).await.unwrap();
    assert_eq!((charts[0].width, charts[0].polls), (Width::Raw, 3));
}
