//! A real page marked TEST through every tier, and who answered how fast.

use domain::{
    access::PersonId,
    audit::{Actor, Entry, Object, Origin},
    delivery::{Message, Occasion, Recipient},
    oncall::Roster,
    time::Millis,
};
use uuid::Uuid;

use super::{OnCallRefused, load::roster, store, whole};
use crate::{
    access::{ChangeSchedules, Permit, SeeStatus},
    audit,
    db::{Db, DbError, Tx},
    delivery::{Order, enqueue},
};

/// One test with its pages, in the order of the tiers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestStory {
    pub id: String,
    pub begun_at: Millis,
    /// `None` is the schedule.
    pub begun_by: Option<PersonId>,
    pub pages: Vec<TestPage>,
}

/// One recipient of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestPage {
    pub tier: u8,
    /// Among those of its tier, from 0.
    pub position: i64,
    pub to: TestTo,
    /// Of the outbox; `None` where there was nobody.
    pub delivery: Option<String>,
    /// When, and by whom.
    pub answered: Option<(Millis, PersonId)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TestTo {
    Person(PersonId),
    Channel(String),
    /// A tier with nobody on call: what a real page would have met.
    Nobody {
        why: String,
    },
}

/// Pages every tier, at once; says the test's id.
///
/// # Errors
/// When the database refuses.
pub async fn begin_test(db: &Db, permit: &Permit<ChangeSchedules>, now: Millis) -> Result<String, DbError> {
    let (db, entry, by) = (db.clone(), permit.entry("escalation_test.started"), permit.person().clone());
    whole(async move {
        let mut tx = db.begin().await?;
        let (id, _) = begin(&mut tx, Some(&by), now).await?;
        audit::record(&mut tx, now, &entry.about(object(&id))).await?;
        tx.commit().await?;
        Ok(id)
    })
    .await
}

/// The same in a transaction of the schedule. Says the test's id, and how many were paged.
pub(super) async fn begin(
    tx: &mut Tx,
    by: Option<&PersonId>,
    now: Millis,
) -> Result<(String, usize), DbError> {
    let id = Uuid::now_v7().to_string();
    store::add_test(tx, &id, by, now).await?;
    let mut paged = 0;
    for mut page in pages(&roster(tx, now).await?) {
        if let Some(order) = order(&id, &page) {
            let delivery = enqueue(tx, now, &order).await?;
            page.delivery = Some(delivery.as_str().to_owned());
            paged += 1;
        }
        store::add_test_page(tx, &id, &page).await?;
    }
    Ok((id, paged))
}

/// "I got it": for oneself, or for a channel in which one saw it.
///
/// # Errors
/// When there is no such page, it was answered, or it is somebody else's.
pub async fn answer_test(
    db: &Db,
    permit: &Permit<SeeStatus>,
    test: &str,
    (tier, position): (u8, i64),
    now: Millis,
) -> Result<(), OnCallRefused> {
    let (db, entry, by) = (db.clone(), permit.entry("escalation_test.answered"), permit.person().clone());
    let test = test.to_owned();
    whole(async move {
        let mut tx = db.begin().await?;
        let pages = store::test_pages(&mut *tx, &test).await?;
        let page = pages.iter().find(|page| (page.tier, page.position) == (tier, position));
        let may = page.is_some_and(|page| match &page.to {
            TestTo::Person(person) => *person == by,
            TestTo::Channel(_) => true,
            TestTo::Nobody { .. } => false,
        });
        if !may || !store::answer_test_page(&mut tx, &test, (tier, position), &by, now).await? {
            return Err(OnCallRefused::NoTestPage);
        }
        audit::record(&mut tx, now, &entry.about(object(&test))).await?;
        tx.commit().await.map_err(DbError::from)?;
        Ok(())
    })
    .await
}

/// One test; `None` when there is none such.
///
/// # Errors
/// When the database cannot be read.
pub async fn test_story(
    db: &Db,
    _permit: &Permit<SeeStatus>,
    id: &str,
) -> Result<Option<TestStory>, DbError> {
    let Some((begun_at, begun_by)) = store::test(db.read(), id).await? else { return Ok(None) };
    let pages = store::test_pages(db.read(), id).await?;
    Ok(Some(TestStory { id: id.to_owned(), begun_at, begun_by, pages }))
}

pub(super) async fn stories(tx: &mut Tx, most: i64) -> Result<Vec<TestStory>, DbError> {
    let mut stories = Vec::new();
    for (id, begun_at, begun_by) in store::tests(&mut **tx, most).await? {
        let pages = store::test_pages(&mut **tx, &id).await?;
        stories.push(TestStory { id, begun_at, begun_by, pages });
    }
    Ok(stories)
}

/// The record of a test by the schedule.
pub(super) fn by_the_schedule(id: &str) -> Entry {
    Entry::new("escalation_test.started", Actor::console("the schedule"), Origin::default()).about(object(id))
}

fn object(id: &str) -> Object {
    Object::new("escalation_test", id, "a test of the escalation")
}

/// Everybody whom an alert could reach now, tier by tier; a channel before the people.
pub(super) fn pages(roster: &Roster) -> Vec<TestPage> {
    let mut pages = Vec::new();
    for tier in &roster.tiers {
        let channel = tier.channel.clone().map(TestTo::Channel);
        let people = tier.on_call.people().iter().cloned().map(TestTo::Person);
        let nobody = match &tier.on_call {
            domain::oncall::OnCall::Nobody { why } => Some(TestTo::Nobody { why: why.clone() }),
            _ => None,
        };
        for (position, to) in (0i64..).zip(channel.into_iter().chain(people).chain(nobody)) {
            pages.push(TestPage { tier: tier.number, position, to, delivery: None, answered: None });
        }
    }
    pages
}

fn order(test: &str, page: &TestPage) -> Option<Order> {
    let (to, ask) = match &page.to {
        TestTo::Person(id) => (Recipient::Person { id: id.clone() }, "Open the page and press \"I got it\"."),
        TestTo::Channel(name) => (
            Recipient::Channel { name: name.clone() },
            "Whoever reads it here first: open the page and press \"I saw it\".",
        ),
        TestTo::Nobody { .. } => return None,
    };
    let message = Message {
        occasion: Occasion::Test,
        level: None,
        title: format!("TEST of the escalation, tier {}", page.tier),
        lines: vec![
            "Nothing is wrong: this only tests whether a page reaches you.".to_owned(),
            ask.to_owned(),
        ],
        path: format!("/on-call/tests/{test}"),
        alert: None,
        dedup_key: format!("escalation-test-{test}-{}-{}", page.tier, page.position),
        asks: None,
    };
    Some(Order { message, to })
}
