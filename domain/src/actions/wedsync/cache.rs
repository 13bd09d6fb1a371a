//! Stale and wrong answers in the cache, and filling it again before couples notice that it is empty.

use super::{
    Names,
    draft::{About, Draft, draft, job, post, sequence},
};
use crate::{
    actions::{Base, Goal, Kind, Look, NotAName, RedisPattern},
    time::{MINUTE, SECOND},
};

const READERS: [&str; 2] = ["optimization", "recommendation"];
/// Keys that one command looks at; slow commands make it smaller.
const BATCH: u32 = 500;
const IS_CACHE: &str = "What is gone is computed anew when it is next asked for.";

fn about<'a>(key: &'a str, name: &'a str, changes: &'a str) -> About<'a> {
    About { goal: Goal::Cache, key, name, changes, procedure: "high-response-times" }
}

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let database = names.redis_database;
    let delete = |pattern: &str| {
        Ok::<_, NotAName>(Kind::RedisDeletePattern {
            database,
            pattern: RedisPattern::parse(pattern)?,
            batch: BATCH,
        })
    };
    let clear = |about: &About<'_>, pattern| {
        draft(names, about, delete(pattern), Look::NothingLeft, 30 * MINUTE).of(&READERS).for_good(IS_CACHE)
    };
    vec![
        draft(
            names,
            &about(
                "flush-and-warm-cache",
                "Flush the cache, then warm it",
                "Every cached answer is gone, and the most asked ones are computed anew at once.",
            ),
            sequence(&[("flush-cache", &[]), ("warm-cache", &[])]),
            Look::EachStep,
            0,
        )
        .of(&READERS)
        .dangerous(SLOW)
        .for_good(IS_CACHE)
        .rests(10 * MINUTE),
        draft(
            names,
            &about("flush-cache", "Flush the cache", "Every cached answer is gone; each is computed when next asked."),
            Ok(Kind::RedisFlush { database }),
            Look::Marked,
            30 * SECOND,
        )
        .of(&READERS)
        .dangerous(SLOW)
        .for_good(IS_CACHE)
        .rests(10 * MINUTE),
        draft(
            names,
            &about(
                "clear-stale-cache",
                "Clear stale cache entries, then warm it",
                "Cached answers of the AI and of optimizations are gone, everything else stays, and the most asked \
                 ones are computed anew at once.",
            ),
            sequence(&[("clear-ai-keys", &[]), ("clear-optimization-keys", &[]), ("warm-cache", &[])]),
            Look::EachStep,
            0,
        )
        .of(&READERS)
        .for_good(IS_CACHE),
        clear(
            &about(
                "clear-ai-keys",
                "Clear cached answers of the AI",
                "Keys that begin with ai: are gone, a thousand at a time, without holding the cache up.",
            ),
            "ai:*",
        ),
        clear(
            &about(
                "clear-optimization-keys",
                "Clear cached optimizations",
                "Keys that begin with optimization: are gone, a thousand at a time, without holding the cache up.",
            ),
            "optimization:*",
        ),
        draft(
            names,
            &about("warm-cache", "Warm the cache", "The most asked answers are computed and cached in the background."),
            Ok(post(Base::Api, "/ai/cache/warm", &[])),
            Look::AnswerOnly,
            30 * SECOND,
        )
        .of(&READERS)
        .for_good("A warm cache needs no undo."),
        draft(
            names,
            &about(
                "warm-caches-by-job",
                "Warm the caches by their job",
                "The job warm-caches computes the most asked answers, and is followed until it has ended.",
            ),
            job(names.cronjob("warm-caches"), &[]),
            Look::JobSucceeded,
            30 * MINUTE,
        )
        .of(&READERS)
        .for_good("A warm cache needs no undo."),
    ]
}

const SLOW: &str =
    "Until the cache is warm again every answer is computed anew, so that response times rise for all.";
