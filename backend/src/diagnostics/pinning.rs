//! What was seen, pinned to an alert.

use domain::alerts::{AlertId, Evidence};

use super::{Diagnostics, LookId};
use crate::{
    access::{HandleAlerts, Permit},
    alerts::{AlertRefused, Pinned},
};

/// Why something was not pinned.
#[derive(Debug, thiserror::Error)]
pub enum NotPinned {
    #[error(
        "What you saw is not kept any more: it is kept for 20 minutes. Look again, and pin what you see then."
    )]
    Gone,
    #[error(transparent)]
    Refused(#[from] AlertRefused),
}

impl Diagnostics {
    /// Pins what this person saw to an alert, with a note where there is one. Pinned twice it is there once.
    ///
    /// # Errors
    /// When it is gone, there is no such alert, or the role does not hold for it.
    pub async fn pin(
        &self,
        permit: &Permit<HandleAlerts>,
        alert: &AlertId,
        look: &LookId,
        note: &str,
    ) -> Result<Pinned, NotPinned> {
        let kept = self.kept().find(permit.person().as_str(), look).ok_or(NotPinned::Gone)?;
        let evidence = Evidence {
            look: kept.id.as_str().to_owned(),
            kind: kept.panel.title().to_owned(),
            of: match &kept.scope.service {
                Some(service) => format!("{}, {service}", kept.scope.platform),
                None => kept.scope.platform.clone(),
            },
            seen_at: kept.at,
            title: kept.sentence,
            content: kept.content,
        };
        Ok(self.0.alerts.pin(permit, alert, evidence, note).await?)
    }
}
