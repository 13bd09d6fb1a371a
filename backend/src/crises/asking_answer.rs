//! The answers of those who were asked. Whoever has the link answers: it was sent to one of them alone, and says of the case
//! no more than the message did.

use domain::{
    audit::{Actor, Entry, Facts, Origin},
    crises::{How, Refusal, Step, wording},
    time::Millis,
};
use secrecy::SecretString;

use super::{
    CaseRefused, Cases, Stored,
    asking_people::person_of,
    asking_store::{self, StoredAsked},
    object,
};
use crate::{
    db::DbError,
    delivery::{self, DeliveryId},
};

/// So many who answer at the same moment wait for each other.
const TRIES: usize = 8;

/// What a link that still holds leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Yes {
    /// Whose link it is.
    pub name: String,
    /// "case C-2041"
    pub case: String,
    /// "Vendor cancelled, ceremony in 9 hours"
    pub crisis: String,
    /// What is asked for.
    pub step: String,
    /// What the button says.
    pub answer: String,
    pub until: Millis,
    pub standing: YesStanding,
    /// They have said it with this very press.
    pub is_new: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum YesStanding {
    Awaited,
    /// They have said yes.
    Said {
        at: Millis,
    },
    /// Others were enough, somebody settled the step, or the case is over.
    NotNeeded,
}

impl Cases {
    /// What the link leads to; nothing is changed, however often it is looked at. `None` when it leads nowhere, or nowhere
    /// any more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn yes(&self, token: &SecretString) -> Result<Option<Yes>, DbError> {
        let Some(id) = delivery::answer_to(&self.0.db, token, self.now()).await? else { return Ok(None) };
        let mut tx = self.0.db.snapshot().await?;
        let Some(asked) = asking_store::one(&mut *tx, &id).await? else { return Ok(None) };
        let Some(stored) = super::store::one(&mut *tx, &asked.case).await? else { return Ok(None) };
        Ok(Some(self.yes_of(&asked, &stored)))
    }

    /// Whoever has the link says yes, once. What it came to is in what comes back: who was too late is told so, and nothing
    /// is changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn say_yes(&self, token: &SecretString, origin: Origin) -> Result<Option<Yes>, CaseRefused> {
        let Some(id) = delivery::answer_to(&self.0.db, token, self.now()).await? else { return Ok(None) };
        let mut tries = 1;
        loop {
            let (cases, id, origin) = (self.clone(), id.clone(), origin.clone());
            let done = tokio::spawn(async move { cases.say_yes_whole(&id, origin).await });
            match done.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost))) {
                // Somebody else answered, or did something else to the case, this moment.
                Err(CaseRefused::Changed) if tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    async fn say_yes_whole(&self, id: &str, origin: Origin) -> Result<Option<Yes>, CaseRefused> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let Some(mut asked) = asking_store::one(&mut *tx, id).await? else { return Ok(None) };
        let mut stored = self.load(&mut tx, &asked.case).await?;
        if !asking_store::answer(&mut tx, id, now).await? {
            // Whoever said it this moment, by the same link, is to see that.
            let asked = asking_store::one(&mut *tx, id).await?;
            return Ok(asked.map(|asked| self.yes_of(&asked, &stored)));
        }
        let lines = match stored.case.answered(&asked.step, &asked.name, now) {
            Ok(lines) => lines,
            Err(Refusal::StepNotWaiting | Refusal::IsOver { .. } | Refusal::IsMerged { .. }) => {
                return Ok(Some(self.yes_of(&asked, &stored)));
            }
            Err(other) => return Err(other.into()),
        };
        if stored.case.step(&asked.step).is_some_and(Step::is_settled) {
            // Nobody else is asked for what is done.
            let mut others = asking_store::of(&mut *tx, &asked.case).await?;
            others.retain(|row| row.step == asked.step && row.answered_at.is_none());
            let unsent: Vec<DeliveryId> = others.into_iter().map(|row| row.delivery).collect();
            delivery::stop_lists(&mut tx, now, &unsent).await?;
        }
        let actor = match person_of(&asked.whom) {
            Some(person) => Actor::person(person, &asked.name),
            None => Actor::nobody(),
        };
        let facts = Facts::from([("step".to_owned(), asked.step.to_string())]);
        let entry = Entry::new("crisis.answered_yes_for", actor, origin).changed(Facts::new(), facts);
        self.save(&mut tx, &mut stored, lines, entry, now).await?;
        tx.commit().await.map_err(DbError::from)?;
        self.told();
        asked.answered_at = Some(now);
        Ok(Some(Yes { is_new: true, ..self.yes_of(&asked, &stored) }))
    }

    fn yes_of(&self, asked: &StoredAsked, stored: &Stored) -> Yes {
        let (case, now) = (&stored.case, self.now());
        let step = case.step(&asked.step);
        let waits = case.is_open() && step.is_some_and(Step::waits_for_answers);
        let people = step.and_then(|step| match &step.declared.how {
            How::AsksPeople { people } => self.0.config.crises.people.get(people),
            _ => None,
        });
        Yes {
            name: asked.name.clone(),
            case: object(case).name,
            crisis: wording::title(case, &self.0.assumed, now),
            step: step.map(|step| step.declared.name.clone()).unwrap_or_default(),
            answer: people.map_or_else(|| "Yes".to_owned(), |people| people.answer.clone()),
            until: asked.until,
            standing: match asked.answered_at {
                Some(at) => YesStanding::Said { at },
                None if waits => YesStanding::Awaited,
                None => YesStanding::NotNeeded,
            },
            is_new: false,
        }
    }
}
