//! A report of a provider, applied to the notice that it names.

use domain::notices::{AttemptId, NotNow, Report};

use super::{NoticeRefused, Notices, Provider, ReportRefused, SentReport, claiming::by_the_console, store};
use crate::db::DbError;

/// Two who change the same notice at once try again so often.
const TRIES: usize = 5;

impl Notices {
    /// Takes in what a provider tells; says of how many notices that changed something. The same once more, or about a
    /// notice that there is not, changes nothing.
    ///
    /// # Errors
    /// When it is not theirs, or cannot be read; then nothing of it counts.
    pub async fn report(&self, provider: Provider, sent: &SentReport<'_>) -> Result<usize, ReportRefused> {
        let reported = self.0.bounces.read(provider, sent).await?;
        let mut changed = 0;
        for one in reported {
            changed += usize::from(self.reported(&one.attempt, one.report).await?);
        }
        Ok(changed)
    }

    async fn reported(&self, id: &AttemptId, report: Report) -> Result<bool, ReportRefused> {
        let (notices, id) = (self.clone(), id.clone());
        let applying = tokio::spawn(async move {
            for _ in 0..TRIES {
                match notices.reported_in(&id, report).await {
                    Err(error) if error.is_conflict() => {}
                    other => return other,
                }
            }
            Err(NoticeRefused::Conflict)
        });
        match applying.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost))) {
            Ok(changed) => Ok(changed),
            Err(NoticeRefused::Db(error)) => Err(error.into()),
            Err(other) => Err(DbError::Stored(other.to_string()).into()),
        }
    }

    async fn reported_in(&self, id: &AttemptId, report: Report) -> Result<bool, NoticeRefused> {
        let (cases, now) = (&self.0.cases, self.0.cases.now());
        let mut tx = cases.db().begin().await?;
        let Some(mut stored) = store::one(&mut *tx, id).await? else { return Ok(false) };
        let before = stored.attempt.state.clone();
        match stored.attempt.reported(report, now) {
            Ok(()) => {}
            Err(NotNow::IsSettled | NotNow::NotWaitedFor) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let verb = match report {
            Report::Delivered => "notice.heard_of_the_arrival_of_a_notice_to_the_couple_of",
            Report::Bounced => "notice.heard_of_the_bounce_of_a_notice_to_the_couple_of",
        };
        self.settle(&mut tx, &mut stored, &before, by_the_console(verb), now).await?;
        tx.commit().await.map_err(DbError::from)?;
        self.stir();
        Ok(true)
    }
}
