//! Steps that ask people: they are written to in the transaction in which the case begins to wait, and each message holds a
//! link by which whoever gets it answers (`asking_answer`).

use domain::{
    audit::{self as record, Entry, Facts, Origin},
    crises::{Asked, Asking, Automatic, By, Case, CaseId, How, People, Refusal, Step, StepKey, wording},
    delivery::{Asks, DeliveryState, Message, Occasion},
    time::{MINUTE, Millis},
};

use super::{
    CaseRefused, Cases, Stored,
    asking_people::Somebody,
    asking_store::{self, StoredAsked},
    object,
    running::RULE,
    store,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, SeeStatus, WorkCases},
    db::DbError,
    delivery::{self, DeliveryId, Order},
};

/// One of those who were asked, as the page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedShown {
    /// What the messages to them ask by.
    pub id: String,
    pub step: StepKey,
    pub whom: String,
    pub name: String,
    /// How often.
    pub times: i64,
    /// The last time.
    pub asked_at: Millis,
    /// When the link to answer by is over.
    pub until: Millis,
    pub answered_at: Option<Millis>,
    /// Why the message did not reach them, in sentences.
    pub trouble: Option<String>,
}

/// Nobody is asked the same twice within so long: a button is pressed twice, or by two people.
const REST: i64 = MINUTE;

/// Which of those whom a step can ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whom<'a> {
    /// Everybody whom the configuration names for it.
    Everybody,
    /// Those who were asked and have not answered.
    Again,
    /// This one.
    Only(&'a str),
}

/// Those who are asked now.
enum Chosen {
    Everybody(Vec<Somebody>),
    Again,
    Only(Somebody),
}

/// In whose name, and how that is put on record.
struct Hand {
    by: By,
    name: String,
    entry: Entry,
}

impl Cases {
    /// Asks everybody whom the configuration names for the step.
    ///
    /// # Errors
    /// When the case is over, the step is not open or asks nobody, or nobody is there to be asked.
    pub async fn ask(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
    ) -> Result<Stored, CaseRefused> {
        self.ask_as(hand(permit)?, id, step, Whom::Everybody).await
    }

    /// Asks those once more who have not answered.
    ///
    /// # Errors
    /// When the case is over, the step waits for nobody's answer, or everybody has answered.
    pub async fn ask_again(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
    ) -> Result<Stored, CaseRefused> {
        self.ask_as(hand(permit)?, id, step, Whom::Again).await
    }

    /// Asks somebody, whether the configuration names them for the step or not: see `who_can_be_asked`.
    ///
    /// # Errors
    /// When the case is over, the step is settled or waits for something else, or there is nobody such.
    pub async fn ask_somebody(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        step: &StepKey,
        whom: &str,
    ) -> Result<Stored, CaseRefused> {
        self.ask_as(hand(permit)?, id, step, Whom::Only(whom)).await
    }

    /// The same by the console, where a crisis failure of level 4 lets the step run by itself. Says whether anybody was
    /// asked.
    pub(super) async fn ask_by_itself(&self, id: &CaseId, step: &StepKey) -> Result<bool, DbError> {
        let entry = Entry::new("crisis.asked_people_for", record::Actor::console(RULE), Origin::default());
        let hand = Hand { by: Automatic::by(), name: "The console".to_owned(), entry };
        match self.ask_as(hand, id, step, Whom::Everybody).await {
            Ok(_) => Ok(true),
            Err(CaseRefused::Db(error)) => Err(error),
            Err(why) => {
                tracing::warn!(case = %id, step = %step, %why, "a step that asks people by itself asked nobody");
                Ok(false)
            }
        }
    }

    /// Who was asked for the steps of a case, and what came of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn asked_of(&self, _: &Permit<SeeStatus>, id: &CaseId) -> Result<Vec<AskedShown>, DbError> {
        let mut tx = self.0.db.snapshot().await?;
        let rows = asking_store::of(&mut *tx, id).await?;
        let ids: Vec<DeliveryId> = rows.iter().map(|row| row.delivery.clone()).collect();
        let standings = delivery::standings(&mut tx, &ids).await?;
        let trouble = |row: &StoredAsked| match standings.get(&row.delivery) {
            Some((DeliveryState::Exhausted, why)) => Some(why.clone().unwrap_or_default()),
            _ => None,
        };
        let shown = rows.into_iter().map(|row| AskedShown {
            trouble: trouble(&row).filter(|_| row.answered_at.is_none()),
            id: row.id,
            step: row.step,
            whom: row.whom,
            name: row.name,
            times: row.times,
            asked_at: row.asked_at,
            until: row.until,
            answered_at: row.answered_at,
        });
        Ok(shown.collect())
    }

    async fn ask_as(
        &self,
        hand: Hand,
        id: &CaseId,
        step: &StepKey,
        whom: Whom<'_>,
    ) -> Result<Stored, CaseRefused> {
        let stored = store::one(self.0.db.read(), id).await?.ok_or(CaseRefused::Unknown)?;
        let people = self.people_of(&stored.case, step)?.clone();
        // Who is there is looked up before the transaction, so that nobody waits for it inside one.
        let chosen = match whom {
            Whom::Everybody => Chosen::Everybody(self.everybody_of(&people).await?),
            Whom::Again => Chosen::Again,
            Whom::Only(whom) => {
                let all = self.who_can_be_asked().await?;
                let found = all.into_iter().find(|somebody| somebody.whom == whom);
                Chosen::Only(found.ok_or(CaseRefused::NobodySuch)?)
            }
        };
        let (cases, id, step) = (self.clone(), id.clone(), step.clone());
        // In a task of its own: nothing that is cancelled leaves it half-way.
        let done = tokio::spawn(async move { cases.ask_whole(hand, &id, &step, &people, chosen).await });
        done.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    async fn ask_whole(
        &self,
        hand: Hand,
        id: &CaseId,
        step: &StepKey,
        people: &People,
        chosen: Chosen,
    ) -> Result<Stored, CaseRefused> {
        let now = self.now();
        let until = now.plus(people.holds);
        let mut tx = self.0.db.begin().await?;
        let mut stored = self.load(&mut tx, id).await?;
        let mut before = asking_store::of(&mut *tx, id).await?;
        before.retain(|row| row.step == *step);
        let (chosen, is_again) = self.choose(&stored.case, step, chosen, &before, now)?;
        let asking = Asking {
            people: chosen.iter().map(|somebody| somebody.name.clone()).collect(),
            enough: people.enough,
            until,
        };
        let lines = match is_again {
            true => stored.case.asked_again(step, hand.by, asking, now)?,
            false => stored.case.asked(step, hand.by, asking, now)?,
        };
        let mut rows = Vec::new();
        let mut orders = Vec::new();
        for somebody in chosen {
            let earlier = before.iter().find(|row| row.whom == somebody.whom);
            let row = StoredAsked {
                id: earlier.map_or_else(|| uuid::Uuid::now_v7().to_string(), |row| row.id.clone()),
                case: id.clone(),
                step: step.clone(),
                whom: somebody.whom,
                name: somebody.name,
                delivery: DeliveryId::new(""),
                times: earlier.map_or(1, |row| row.times.saturating_add(1)),
                asked_at: now,
                until,
                answered_at: None,
            };
            let asks = Asks { id: row.id.clone(), answer: people.answer.clone(), until };
            orders.push(Order {
                message: self.message(&stored.case, step, people, &hand.name, asks, now),
                to: somebody.to,
            });
            rows.push(row);
        }
        let deliveries = delivery::enqueue_all(&mut tx, now, &orders).await?;
        for (row, delivery) in rows.iter_mut().zip(deliveries) {
            row.delivery = delivery;
            asking_store::ask(&mut tx, row).await?;
        }
        // How many, and for what: who they are stands in the story.
        let facts = Facts::from([
            ("step".to_owned(), step.to_string()),
            ("people".to_owned(), rows.len().to_string()),
        ]);
        let entry = hand.entry.changed(Facts::new(), facts);
        self.save(&mut tx, &mut stored, lines, entry, now).await?;
        tx.commit().await.map_err(DbError::from)?;
        metrics::counter!("bellwether_case_asks_total").increment(rows.len() as u64);
        self.told();
        Ok(stored)
    }

    /// Who is asked now, and whether they are asked again. Whoever is waited for already is asked again; anybody else is one
    /// more who is asked.
    fn choose(
        &self,
        case: &Case,
        step: &StepKey,
        chosen: Chosen,
        before: &[StoredAsked],
        now: Millis,
    ) -> Result<(Vec<Somebody>, bool), Refusal> {
        let waits = case.step(step).is_some_and(Step::waits_for_answers);
        let rested = |row: &&StoredAsked| now.since(row.asked_at) >= REST;
        let silent = || before.iter().filter(|row| row.answered_at.is_none());
        match chosen {
            // A second press of the same button asks nobody a second time.
            Chosen::Everybody(_) if waits => Err(Refusal::StepIsWaiting),
            Chosen::Everybody(all) => Ok((all, false)),
            Chosen::Again if !waits => Err(Refusal::StepNotWaiting),
            Chosen::Again if silent().next().is_some() && !silent().any(|row| rested(&row)) => {
                Err(Refusal::AskedJustNow)
            }
            Chosen::Again => {
                let all = silent().filter(rested).filter_map(|row| self.again(&row.whom, &row.name));
                Ok((all.collect(), true))
            }
            Chosen::Only(somebody) => {
                let row = silent().find(|row| row.whom == somebody.whom && now < row.until);
                match row.filter(|_| waits) {
                    Some(row) if !rested(&row) => Err(Refusal::AskedJustNow),
                    Some(_) => Ok((vec![somebody], true)),
                    None => Ok((vec![somebody], false)),
                }
            }
        }
    }

    /// Whom the step asks. A case keeps its checklist: the configuration may have lost them since.
    fn people_of(&self, case: &Case, step: &StepKey) -> Result<&People, CaseRefused> {
        let found = case.step(step).ok_or(Refusal::NoSuchStep)?;
        let How::AsksPeople { people } = &found.declared.how else { return Err(CaseRefused::AsksNobody) };
        Ok(self.0.config.crises.people.get(people).ok_or(Refusal::NobodyToAsk)?)
    }

    /// Nothing of it is personal: it goes over other people's servers.
    fn message(
        &self,
        case: &Case,
        step: &StepKey,
        people: &People,
        by: &str,
        asks: Asks,
        now: Millis,
    ) -> Message {
        let number = object(case).name;
        let asked = Asked {
            case: &number,
            crisis: &wording::title(case, &self.0.assumed, now),
            step: case.step(step).map_or("", |step| step.declared.name.as_str()),
            by,
            until: asks.until,
        };
        let clock = |at: Millis| moment(at, &self.0.config.server.zone);
        Message {
            occasion: Occasion::Page,
            level: Some(case.severity),
            title: people.subject.fill(&asked, clock),
            lines: people.text.fill(&asked, clock).lines().map(str::to_owned).collect(),
            path: format!("/crises/{}", case.id),
            alert: None,
            dedup_key: format!("bellwether-asks-{}", asks.id),
            asks: Some(asks),
        }
    }
}

fn hand(permit: &Permit<WorkCases>) -> Result<Hand, CaseRefused> {
    covers_all(permit)?;
    Ok(Hand {
        by: By::from(by(permit)),
        name: permit.viewer().name.clone(),
        entry: permit.entry("crisis.asked_people_for"),
    })
}

/// "Sat 28 Nov 12:30 (Europe/Stockholm)".
fn moment(at: Millis, zone: &jiff::tz::TimeZone) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(at.0) else { return String::new() };
    let name = zone.iana_name().unwrap_or("UTC");
    format!("{} ({name})", at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M"))
}
