//! What happened, written down: what somebody wrote beside it is sealed.

use domain::{
    crises::{CaseId, Line},
    time::Millis,
};

use super::{
    Cases,
    columns::place_of_words,
    story_store::{self, StoredLine},
};
use crate::{
    db::Tx,
    sealing::{Locked, OpeningKey, SealingError},
};

impl Cases {
    /// Adds to the stories of these cases.
    ///
    /// # Errors
    /// When somebody wrote something and there is no key to seal it with, or the database refuses.
    pub(super) async fn tell(
        &self,
        tx: &mut Tx,
        told: &[(CaseId, Vec<Line>)],
        now: Millis,
    ) -> Result<(), SealingError> {
        let ids: Vec<&str> =
            told.iter().filter(|(_, lines)| !lines.is_empty()).map(|(id, _)| id.as_str()).collect();
        let mut last = story_store::last(tx, &ids).await?;
        let mut stored = Vec::new();
        for (case, lines) in told {
            let number = last.entry(case.as_str().to_owned()).or_insert(0);
            for line in lines {
                *number += 1;
                let id = format!("{case}-{number:04}");
                let words = match &line.text {
                    None => None,
                    Some(text) => {
                        let key = self.0.sealing.make_key(tx, case.as_str()).await?;
                        Some(key.seal(place_of_words(&id), text.expose().as_bytes()))
                    }
                };
                stored.push(StoredLine {
                    id,
                    case: case.as_str().to_owned(),
                    number: *number,
                    at: now,
                    happening: line.happening.clone(),
                    words,
                });
            }
        }
        story_store::insert(tx, &stored).await?;
        Ok(())
    }
}

/// A line as it was told, and why what somebody wrote beside it cannot be read; `None` when it can, or nobody wrote.
pub(super) fn line(stored: &StoredLine, key: &OpeningKey) -> (Line, Option<Locked>) {
    let opened = stored.words.as_ref().map(|sealed| key.open_text(place_of_words(&stored.id), sealed));
    let (text, why) = match opened {
        None => (None, None),
        Some(Ok(text)) => (Some(text), None),
        Some(Err(why)) => (None, Some(why)),
    };
    (Line { happening: stored.happening.clone(), text }, why)
}
