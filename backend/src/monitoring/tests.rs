use std::collections::BTreeMap;

use domain::{
    monitoring::{
        Bucket, Outcome, PlatformStatus, Preset, Range, Sample, Unit, Width,
        metric::{defaults, five},
    },
    time::{DAY, HOUR, MINUTE, Millis, SECOND},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{
    charts,
    import::{self, ImportError, Strictness},
    recording, store,
};
use crate::testing::{self, World};

const START: i64 = 1_795_000_000_000 / DAY * DAY;

fn sample(at: i64, value: Option<f64>) -> Sample {
    let Some(value) = value else { return Sample::missed(Millis(at), "timed out") };
    let mut sample = Sample::empty(Millis(at), Outcome::Answered);
    sample.status = Some(PlatformStatus::Healthy);
    sample.take_in("response_time_ms".into(), Unit::Milliseconds, value);
    sample.take_in("error_rate".into(), Unit::Ratio, (value / 1e7).min(1.0));
    sample
}

async fn record(world: &World, samples: &[Sample]) {
    let mut tx = world.db.begin().await.unwrap();
    recording::record(&mut tx, "wedsync", samples).await.unwrap();
    tx.commit().await.unwrap();
}

/// The buckets of one width, computed from the raw samples without any of the stored roll-ups.
fn by_brute_force(width: Width, samples: &BTreeMap<i64, Sample>) -> Vec<Bucket> {
    let mut parts: BTreeMap<i64, Vec<&Sample>> = BTreeMap::new();
    for (at, sample) in samples {
        parts.entry(Millis(*at).floor_to(width.milliseconds()).0).or_default().push(sample);
    }
    parts.into_iter().map(|(start, samples)| Bucket::of(width, Millis(start), samples)).collect()
}

#[track_caller]
fn same(stored: &[Bucket], expected: &[Bucket], about: &str) {
    assert_eq!(stored.len(), expected.len(), "{about}");
    for (stored, expected) in stored.iter().zip(expected) {
        assert_eq!(
            (stored.starts_at, stored.polls, stored.missed),
            (expected.starts_at, expected.polls, expected.missed),
            "{about}"
        );
        assert_eq!(stored.series.keys().collect::<Vec<_>>(), expected.series.keys().collect::<Vec<_>>());
        for (stored, expected) in stored.series.values().zip(expected.series.values()) {
            assert_eq!(stored.sketch, expected.sketch, "{about}");
            let (stored, expected) = (stored.stats, expected.stats);
            assert_eq!((stored.count, stored.min, stored.max), (expected.count, expected.min, expected.max));
            assert!((stored.sum - expected.sum).abs() <= expected.sum.abs() * 1e-12, "{about}");
        }
    }
}

/// Gaps, doubles and disorder: batches of polls anywhere in two days, some of them more than once.
#[tokio::test]
async fn roll_ups_equal_brute_force_over_the_raw_samples() {
    let polls = prop::collection::vec((0i64..5_760, prop::option::weighted(0.9, 0.0f64..20_000.0)), 1..150);
    let batches = prop::collection::vec(polls, 1..5);
    let mut runner = TestRunner::deterministic();
    for world in testing::worlds().await {
        for _ in 0..12 {
            clear(&world).await;
            let mut truth: BTreeMap<i64, Sample> = BTreeMap::new();
            for batch in batches.new_tree(&mut runner).unwrap().current() {
                let batch: Vec<Sample> = batch
                    .into_iter()
                    .map(|(slot, value)| sample(START + slot * 30 * SECOND, value))
                    .collect();
                record(&world, &batch).await;
                truth.extend(batch.into_iter().map(|sample| (sample.at.0, sample)));
            }
            for width in Width::ROLLED_UP {
                let stored = store::buckets(world.db.read(), "wedsync", width, Millis(0), Millis(i64::MAX))
                    .await
                    .unwrap();
                same(&stored, &by_brute_force(width, &truth), world.name);
            }
        }
    }
}

async fn clear(world: &World) {
    let mut tx = world.db.begin().await.unwrap();
    store::drop_polls(&mut tx, Millis(i64::MAX), 1_000_000).await.unwrap();
    for width in Width::ROLLED_UP {
        store::drop_buckets(&mut tx, "wedsync", width, Millis(0), Millis(i64::MAX)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_poll_is_read_back_exactly_and_stored_once() {
    for world in testing::worlds().await {
        let mut full = sample(START, Some(250.5));
        full.services.insert("optimization".to_owned(), domain::monitoring::EngineState::Degraded);
        full.take_in("accuracy_rate".into(), Unit::Ratio, 1.7);
        full.weddings_today = Some(14);
        let polls = [full, sample(START + 30_000, None), Sample::bad(Millis(START + 60_000), "not JSON")];
        record(&world, &polls).await;
        record(&world, &polls).await;
        let stored = store::polls(world.db.read(), "wedsync", Millis(0), Millis(i64::MAX)).await.unwrap();
        assert_eq!(stored, polls, "{}", world.name);
    }
}

#[tokio::test]
async fn what_is_past_its_keeping_goes_and_its_hours_stay() {
    for world in testing::worlds().await {
        record(&world, &[sample(START, Some(1.0)), sample(START + 2 * DAY, Some(2.0))]).await;
        let mut tx = world.db.begin().await.unwrap();
        let now = Millis(START + recording::RAW_FOR + DAY);
        assert_eq!(recording::retain(&mut tx, now).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let count = async |width| {
            store::buckets(world.db.read(), "wedsync", width, Millis(0), Millis(i64::MAX))
                .await
                .unwrap()
                .len()
        };
        assert_eq!(store::polls(world.db.read(), "wedsync", Millis(0), now).await.unwrap().len(), 1);
        assert_eq!((count(Width::FiveMinutes).await, count(Width::Hour).await), (2, 2));
        // A bucket whose polls are gone is replaced whole by a later import.
        record(&world, &[sample(START + MINUTE, Some(9.0)), sample(START + 2 * MINUTE, Some(9.0))]).await;
        let fine = store::buckets(
            world.db.read(),
            "wedsync",
            Width::FiveMinutes,
            Millis(START),
            Millis(START + HOUR),
        )
        .await;
        assert_eq!(fine.unwrap()[0].polls, 2);
    }
}

const CSV: &str = "at,platform,status,response_time_ms,accuracy_rate,availability,error_rate,queue_length
2026-11-01T00:00:00Z,wedsync,healthy,250,0.92,0.999,0.002,3
2026-11-01T00:00:30Z,wedsync,healthy,244,0.92,0.999,0.002,2
2026-11-01T00:01:00Z,wedsync,degraded,10450,0.91,0.9984,0.0123,57
2026-11-01T00:01:30Z,wedsync,,,,,,
";

#[tokio::test]
async fn samples_are_imported_any_number_of_times_without_doubling() {
    for world in testing::worlds().await {
        let mut first = None;
        for _ in 0..2 {
            let done =
                import::samples(&world.db, &defaults(), CSV.as_bytes(), Strictness::SkipBadLines, |_| {})
                    .await;
            assert_eq!((done.as_ref().unwrap().rows, done.unwrap().bad_count), (4, 0));
            let stored = store::polls(world.db.read(), "wedsync", Millis(0), Millis(i64::MAX)).await.unwrap();
            assert_eq!(stored.len(), 4);
            assert_eq!(stored[3].outcome.word(), "missed");
            assert_eq!(stored[2].reading(&"queue_length".into()), Some(57.0));
            let days = store::buckets(world.db.read(), "wedsync", Width::Day, Millis(0), Millis(i64::MAX))
                .await
                .unwrap();
            assert_eq!((days.len(), days[0].polls, days[0].missed), (1, 4, 1));
            assert_eq!(first.get_or_insert(days.clone()), &days);
        }
    }
}

#[tokio::test]
async fn a_bad_line_is_named_and_skipped_or_stops_everything() {
    for world in testing::worlds().await {
        let bad = CSV.replace("244,0.92", "244,1.7");
        let strict =
            import::samples(&world.db, &defaults(), bad.as_bytes(), Strictness::AllOrNothing, |_| {}).await;
        assert!(
            matches!(&strict, Err(ImportError::Strict(3, why)) if why == "accuracy_rate: 1.7 is above 1"),
            "{strict:?}"
        );
        assert!(store::newest_poll(world.db.read(), "wedsync").await.unwrap().is_none(), "{}", world.name);
        let done = import::samples(&world.db, &defaults(), bad.as_bytes(), Strictness::SkipBadLines, |_| {})
            .await
            .unwrap();
        assert_eq!((done.rows, done.bad), (3, vec![(3, "accuracy_rate: 1.7 is above 1".to_owned())]));
    }
}

#[tokio::test]
async fn figures_are_kept_by_day_and_the_newest_telling_counts() {
    let line = |errors: u32| {
        format!(
            "{{\"date\":\"2026-11-01\",\"platform\":\"wedsync\",\"requests\":48211,\"errors\":{errors}}}\nnonsense\n"
        )
    };
    for world in testing::worlds().await {
        for errors in [96, 96, 97] {
            let text = line(errors);
            let done = import::figures(&world.db, text.as_bytes(), Strictness::SkipBadLines, Millis(1))
                .await
                .unwrap();
            assert_eq!((done.rows, done.bad_count, done.bad[0].0), (1, 1, 2));
        }
        let stored = store::figures(world.db.read(), "wedsync").await.unwrap();
        assert_eq!(stored, [("2026-11-01".to_owned(), "{\"errors\":97,\"requests\":48211}".to_owned())]);
    }
}

#[tokio::test]
async fn a_chart_shows_its_range_its_gaps_and_the_period_before() {
    for world in testing::worlds().await {
        let polls: Vec<Sample> = (0..2_880)
            .map(|slot| {
                sample(
                    START + slot * 30_000,
                    (slot % 100 != 7).then_some(if slot < 1_440 { 100.0 } else { 200.0 }),
                )
            })
            .collect();
        record(&world, &polls).await;
        let now = Millis(START + DAY);
        let (metrics, normals) = (five(), BTreeMap::new());
        let frame = charts::Frame {
            platform: "wedsync",
            metrics: &metrics,
            normals: &normals,
            poll_every: 30_000,
            now,
        };
        let half_day = Range { from: Millis(START + 12 * HOUR), to: now, preset: None };
        let charts = charts::charts(&world.db, &frame, half_day).await.unwrap();
        let chart = &charts[0];
        assert_eq!((chart.width, chart.polls, chart.missed), (Width::Raw, 1_440, 14));
        assert_eq!(chart.points.len(), 1_426);
        assert_eq!(
            (chart.summary.unwrap().mean, chart.before.unwrap().mean),
            (200.0, 100.0),
            "{}",
            world.name
        );
        assert!(charts[4].points.is_empty() && charts[4].summary.is_none());
        let quarter = charts::charts(&world.db, &frame, Range::last(Preset::Quarter, now)).await.unwrap();
        assert_eq!((quarter[0].width, quarter[0].points.len()), (Width::Hour, 24));
        assert_eq!((quarter[0].polls, quarter[0].missed), (2_880, 29));
        assert_eq!(quarter[0].before, None);
    }
}
