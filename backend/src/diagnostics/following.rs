//! A log as it is written.

use domain::diagnostics::{Line, Unseen};
use futures::{Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;

use super::{Diagnostics, Scope, check, eyes::unseen};
use crate::access::{HandleAlerts, Missing, Permit};

/// Lines that stand there already when somebody begins to follow.
const LINES_BEFORE: u32 = 200;

/// Why a log is not followed.
#[derive(Debug, thiserror::Error)]
pub enum NotFollowed {
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error("Too many logs are followed at this moment; end one of them.")]
    TooMany,
    #[error("{}", .0.sentence())]
    Unseen(Unseen),
}

/// The lines of a pod, masked, until it ends or this is dropped.
pub struct Followed {
    lines: std::pin::Pin<Box<dyn Stream<Item = Line> + Send>>,
    _one_of_few: OwnedSemaphorePermit,
}

impl Followed {
    /// `None` when nothing more will come.
    pub async fn next(&mut self) -> Option<Line> {
        self.lines.next().await
    }
}

impl Diagnostics {
    /// Follows the log of a pod from its last lines on.
    ///
    /// # Errors
    /// When the role does not hold for it, it cannot be read, or too many are followed.
    pub async fn follow(
        &self,
        permit: &Permit<HandleAlerts>,
        scope: &Scope,
        pod: &str,
    ) -> Result<Followed, NotFollowed> {
        check(permit, scope)?;
        let one_of_few = self.0.followers.clone().try_acquire_owned().map_err(|_| NotFollowed::TooMany)?;
        let eyes = self
            .eyes(&scope.platform)
            .ok_or(NotFollowed::Unseen(Unseen::Failed { why: "there is no such platform".to_owned() }))?;
        let pod = self.pod_of(permit, eyes, scope, Some(pod)).await.map_err(NotFollowed::Unseen)?;
        let cluster = eyes.cluster().await.map_err(NotFollowed::Unseen)?;
        let lines = cluster.log_live(&pod, None, LINES_BEFORE).await;
        let lines = lines.map_err(|failure| NotFollowed::Unseen(unseen(&failure)))?;
        // The failure that broke it is its end: whoever follows begins anew, and then hears why that cannot be.
        let masked = lines
            .take_while(|line| std::future::ready(line.is_ok()))
            .filter_map(|line| std::future::ready(line.ok().map(|line| line.masked())));
        Ok(Followed { lines: Box::pin(masked), _one_of_few: one_of_few })
    }
}
