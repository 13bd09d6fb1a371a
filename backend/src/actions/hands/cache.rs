//! Steps that change the cache.

use domain::actions::{Answer, Mark, Request, Sighting, Step, StepPreview};

use super::{Hands, Progress, answer_of, broken_off, cannot_see, fact};
use crate::connect::{
    failure::Failure,
    redis::{Cache, Deleted, End, Go, Pattern},
};

impl Hands {
    fn cache(&self) -> Result<&Cache, Failure> {
        self.cache
            .as_ref()
            .ok_or_else(|| Failure::setup("no cache is configured for this platform ([platform.redis])"))
    }

    pub(super) async fn cache_before(&self, step: &Step, preview: &mut StepPreview) -> Result<(), Failure> {
        let cache = self.cache()?;
        let facts = cache.observe().await?;
        let address = cache.address();
        preview.also.push(fact("cache.keys", "Keys in the database", facts.keys));
        preview.also.push(fact("cache.used", "Memory in use, in bytes", facts.used_bytes));
        if let Some(rate) = facts.hit_rate() {
            preview.also.push(fact(
                "cache.hits",
                "Reads that found their key",
                format!("{:.1} %", rate * 100.0),
            ));
        }
        facts.takes_changes()?;
        match step {
            Step::RedisFlush { database } => {
                cache.is_of(*database)?;
                preview.requests.push(Request::new("FLUSHDB", &address).text(&cache.flush_commands()));
            }
            Step::RedisDeletePattern { database, pattern, batch } => {
                cache.is_of(*database)?;
                let pattern = Pattern::new(pattern.as_str(), *batch)?;
                preview
                    .requests
                    .push(Request::new("UNLINK", &address).text(&cache.pattern_commands(&pattern)));
            }
            _ => return Err(Failure::invalid("not a step of the cache")),
        }
        Ok(())
    }

    pub(super) async fn cache_apply(&self, step: &Step, mark: &Mark, progress: &Progress) -> Answer {
        match self.cache_applied(step, mark, progress).await {
            Ok(answer) => answer,
            Err(failure) => answer_of(&failure),
        }
    }

    async fn cache_applied(&self, step: &Step, mark: &Mark, progress: &Progress) -> Result<Answer, Failure> {
        let cache = self.cache()?;
        Ok(match step {
            Step::RedisFlush { database } => {
                cache.is_of(*database)?;
                let keys = cache.flush(mark.as_str()).await?;
                Answer::Done { said: format!("{keys} keys were flushed") }
            }
            Step::RedisDeletePattern { database, pattern, batch } => {
                cache.is_of(*database)?;
                let pattern = Pattern::new(pattern.as_str(), *batch)?;
                let deleted = cache.delete_pattern(&pattern, 0, |so_far| {
                    progress.say(format!(
                        "{} keys deleted, {} of about {} looked at",
                        so_far.matched, so_far.scanned, so_far.keys
                    ));
                    if progress.is_stopping() { Go::Stop } else { Go::On }
                });
                deleted_answer(&deleted.await?)
            }
            _ => return Err(Failure::invalid("not a step of the cache")),
        })
    }

    pub(super) async fn cache_sight(&self, step: &Step, mark: &Mark) -> Sighting {
        match self.cache_seen(step, mark).await {
            Ok(sighting) => sighting,
            Err(failure) => cannot_see(&failure),
        }
    }

    async fn cache_seen(&self, step: &Step, mark: &Mark) -> Result<Sighting, Failure> {
        let cache = self.cache()?;
        Ok(match step {
            Step::RedisFlush { .. } => {
                if cache.is_marked(mark.as_str()).await? {
                    Sighting::InPlace { said: "the mark of the flush is there".to_owned() }
                } else {
                    Sighting::NotYet { said: "the mark of the flush is not there".to_owned() }
                }
            }
            Step::RedisDeletePattern { pattern, batch, .. } => {
                let pattern = Pattern::new(pattern.as_str(), *batch)?;
                let left = cache.count_pattern(&pattern, |_| Go::On).await?;
                match (left.progress.matched, left.end) {
                    (0, End::Done) => Sighting::InPlace { said: "no key of the pattern is left".to_owned() },
                    (left, End::Done) => Sighting::Partly {
                        said: format!("{left} keys of the pattern are there"),
                        left: Some(left),
                    },
                    (_, End::Stopped { .. }) => {
                        Sighting::CannotSee { why: "counting was stopped".to_owned() }
                    }
                    (_, End::Broken { failure, .. }) => cannot_see(&failure),
                }
            }
            _ => Sighting::CannotSee { why: "not a step of the cache".to_owned() },
        })
    }
}

fn deleted_answer(deleted: &Deleted) -> Answer {
    let count = deleted.progress.matched;
    match &deleted.end {
        End::Done => Answer::Done { said: format!("{count} keys were deleted") },
        End::Stopped { .. } => {
            Answer::Partly { said: format!("{count} keys were deleted before it was stopped") }
        }
        End::Broken { failure, .. } => broken_off(failure, count, "keys were deleted"),
    }
}
