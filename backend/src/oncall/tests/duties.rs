use super::*;
use crate::{
    access::{ChangeSchedules, SeeStatus},
    schedule::{Outcome, Past, Scheduler, past},
};

impl Desk {
    fn scheduler(&self) -> Scheduler {
        let duties = super::super::duties(&self.config.on_call, &self.access);
        Scheduler::new(self.db().clone(), self.clock.clone(), duties)
    }

    async fn told(&self, rule: &'static str) -> Vec<Past> {
        past(self.db(), &[rule], 100).await.unwrap()
    }

    /// What stands in the outbox: "reminding: Is this schedule right?".
    async fn outbox(&self) -> Vec<String> {
        let column = "message";
        let all = testing::everything_stored(self.db(), "delivery", &[column]).await;
        all.lines()
            .map(|line| {
                let message: domain::delivery::Message = serde_json::from_str(line).unwrap();
                format!("{:?}: {}", message.occasion, message.title)
            })
            .collect()
    }
}

#[tokio::test]
async fn every_monday_the_leads_are_asked_whether_the_schedule_is_right() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        desk.with_rotation(&[&ada]).await;
        desk.scheduler().look().await;
        // Until Monday the 30th, 09:00.
        desk.clock.advance(6 * DAY + 9 * HOUR);
        desk.scheduler().look().await;
        let past = desk.told(SCHEDULE_CHECK).await;
        assert_eq!(past.len(), 1, "{}", desk.world.name);
        assert_eq!(past[0].note, "1 person was asked whether the schedule is right");
        assert_eq!(past[0].outcome, Outcome::Done);
        assert!(desk.outbox().await.contains(&"Reminding: Is this schedule right?".to_owned()));
    }
}

#[tokio::test]
async fn a_gap_is_told_a_week_before_and_once() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        let lead = desk.person("lead", "lead").await;
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        for tier in [1, 3, 4] {
            let people = WrittenStaffing::People { people: vec![lead.clone()] };
            set_staffing(desk.db(), &permit, tier, 1, people, NOW).await.unwrap();
        }
        set_staffing(desk.db(), &permit, 2, 1, weekly(&[&ada]), NOW).await.unwrap();
        desk.scheduler().look().await;
        desk.clock.advance(HOUR);
        desk.scheduler().look().await;
        assert_eq!(desk.told(GAP_WARNING).await[0].note, "no new gap", "{}", desk.world.name);

        // The rotation begins anew in three days: until then nobody has it.
        let WrittenStaffing::Rotation(written) = weekly(&[&ada]) else { panic!() };
        let later = Written { first_day: "2026-12-20".to_owned(), ..written };
        set_staffing(desk.db(), &permit, 2, 2, WrittenStaffing::Rotation(later), NOW).await.unwrap();
        for hour in 0..3 {
            desk.clock.advance(HOUR);
            desk.scheduler().look().await;
            let note = desk.told(GAP_WARNING).await[0].note.clone();
            let expected = if hour == 0 { "2 gaps: 1 person told" } else { "no new gap" };
            assert_eq!(note, expected, "{}: tier 2, and tier 4 for which it stands in", desk.world.name);
        }
        let told = desk.outbox().await;
        assert_eq!(told.iter().filter(|line| line.contains("gap ahead")).count(), 1, "{told:?}");

        // Mended, and there again: that is another one.
        set_staffing(desk.db(), &permit, 2, 3, weekly(&[&ada]), NOW).await.unwrap();
        desk.clock.advance(HOUR);
        desk.scheduler().look().await;
        let WrittenStaffing::Rotation(written) = weekly(&[&ada]) else { panic!() };
        let later = Written { first_day: "2026-12-20".to_owned(), ..written };
        set_staffing(desk.db(), &permit, 2, 4, WrittenStaffing::Rotation(later), NOW).await.unwrap();
        desk.clock.advance(HOUR);
        desk.scheduler().look().await;
        assert_eq!(desk.told(GAP_WARNING).await[0].note, "2 gaps: 1 person told");
    }
}

#[tokio::test]
async fn without_anybody_to_tell_a_gap_is_not_taken_as_told() {
    for desk in desks().await {
        desk.scheduler().look().await;
        desk.clock.advance(HOUR);
        desk.scheduler().look().await;
        assert!(desk.told(GAP_WARNING).await[0].note.starts_with("nobody could be told"));
        desk.person("lead", "lead").await;
        desk.clock.advance(HOUR);
        desk.scheduler().look().await;
        assert_eq!(desk.told(GAP_WARNING).await[0].note, "4 gaps: 1 person told", "{}", desk.world.name);
    }
}

#[tokio::test]
async fn the_monthly_test_pages_every_tier_and_keeps_who_answered_how_fast() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        let lead = desk.with_rotation(&[&ada]).await;
        desk.scheduler().look().await;
        // Tuesday the 1st of December, 10:00.
        desk.clock.advance(7 * DAY + 10 * HOUR);
        desk.scheduler().look().await;
        let now = desk.clock.now();
        assert_eq!(
            desk.told(ESCALATION_TEST).await[0].note,
            "a test was begun: 3 pages",
            "{}",
            desk.world.name
        );
        assert_eq!(
            testing::on_record(desk.db()).await.last().unwrap(),
            "escalation_test.started done by the schedule about a test of the escalation"
        );
        let look: Permit<SeeStatus> = desk.permit(&ada).await;
        let story = board(desk.db(), &look, now).await.unwrap().tests.pop().unwrap();
        let to: Vec<_> = story.pages.iter().map(|page| (page.tier, page.to.clone())).collect();
        let nobody = || TestTo::Nobody { why: "nobody has been named".to_owned() };
        assert_eq!(
            to,
            [
                (1, TestTo::Channel("ai-ops-alerts".to_owned())),
                (1, nobody()),
                (2, TestTo::Person(ada.clone())),
                (3, nobody()),
                (4, TestTo::Person(ada.clone())),
            ],
            "tier 2 stands in for tier 4"
        );
        assert!(
            story
                .pages
                .iter()
                .all(|page| page.delivery.is_some() != matches!(page.to, TestTo::Nobody { .. }))
        );

        // Ada answers hers after a minute, once; nobody answers for her; anybody answers for the channel.
        let later = now.plus(60_000);
        let other: Permit<SeeStatus> = desk.permit(&ben).await;
        let refused = answer_test(desk.db(), &other, &story.id, (2, 0), later).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::NoTestPage));
        answer_test(desk.db(), &look, &story.id, (2, 0), later).await.unwrap();
        let again = answer_test(desk.db(), &look, &story.id, (2, 0), later.plus(1)).await.unwrap_err();
        assert!(matches!(again, OnCallRefused::NoTestPage));
        answer_test(desk.db(), &other, &story.id, (1, 0), later).await.unwrap();
        assert!(answer_test(desk.db(), &other, &story.id, (3, 0), later).await.is_err());
        let story = test_story(desk.db(), &look, &story.id).await.unwrap().unwrap();
        let answered: Vec<_> = story.pages.iter().map(|page| page.answered.clone()).collect();
        assert_eq!(answered, [Some((later, ben)), None, Some((later, ada)), None, None]);

        // A lead may do it at any time.
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let id = begin_test(desk.db(), &permit, later).await.unwrap();
        let story = test_story(desk.db(), &look, &id).await.unwrap().unwrap();
        assert_eq!(story.begun_by, Some(lead));
    }
}

#[tokio::test]
async fn on_the_first_of_the_month_everybody_who_may_be_called_is_asked_about_their_ways() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        desk.with_rotation(&[&ada, &ben]).await;
        desk.scheduler().look().await;
        desk.clock.advance(7 * DAY + 9 * HOUR);
        desk.scheduler().look().await;
        let note = &desk.told(CONTACT_CHECK).await[0].note;
        assert_eq!(note, "2 people were asked whether their ways still reach them", "{}", desk.world.name);
        let asked = desk.outbox().await;
        assert_eq!(asked.iter().filter(|line| line.contains("Do these ways still reach you?")).count(), 2);
    }
}
