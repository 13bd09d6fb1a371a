use std::str::FromStr;

use icalendar::{Calendar, Component};
use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::access::{ChangeSchedules, SeeStatus};

const PUBLIC: &str = "https://bellwether.example.com";

impl Desk {
    async fn calendar(&self, token: &SecretString, now: Millis) -> Option<FeedCalendar> {
        feed_calendar(self.db(), token, PUBLIC, now).await.unwrap()
    }
}

/// "20261123T090000Z tier-2-…: On call, tier 2: ada"
fn events(text: &str) -> Vec<String> {
    let calendar = Calendar::from_str(text).unwrap();
    calendar
        .events()
        .map(|event| {
            let told = |key: &str| event.property_value(key).unwrap_or_default().to_owned();
            format!("{} to {}: {}", told("DTSTART"), told("DTEND"), told("SUMMARY"))
        })
        .collect()
}

#[tokio::test]
async fn a_tiers_calendar_has_its_shifts_with_ids_that_stay() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        let lead = desk.with_rotation(&[&ada, &ben]).await;
        let look: Permit<SeeStatus> = desk.permit(&ada).await;
        let NewFeed { token, feed } = create_feed(desk.db(), &look, Some(2), NOW).await.unwrap();
        assert_eq!(desk.last().await, "calendar.created done by ada about a calendar of tier 2");
        let first = desk.calendar(&token, NOW).await.unwrap();
        let told = events(&first.text);
        assert_eq!(
            told[0], "20261123T090000Z to 20261130T090000Z: On call, tier 2: ada",
            "{}",
            desk.world.name
        );
        assert_eq!(told[1], "20261130T090000Z to 20261207T090000Z: On call, tier 2: ben");
        assert!(told.len() > 20, "half a year: {}", told.len());

        // A day later it is the same to the byte; an override changes one event and adds two.
        assert_eq!(desk.calendar(&token, NOW.plus(HOUR)).await.unwrap(), first);
        let uids = |text: &str| -> Vec<String> {
            let calendar = Calendar::from_str(text).unwrap();
            calendar.events().map(|event| event.get_uid().unwrap_or_default().to_owned()).collect()
        };
        let before = uids(&first.text);
        let permit: Permit<ChangeSchedules> = desk.permit(&lead).await;
        let wanted = NewOverride {
            tier: 2,
            from: at("2026-12-01T12:00:00Z"),
            to: at("2026-12-02T12:00:00Z"),
            person: ada.clone(),
            note: String::new(),
        };
        add_override(desk.db(), &permit, wanted, NOW.plus(HOUR)).await.unwrap();
        let second = desk.calendar(&token, NOW.plus(HOUR)).await.unwrap();
        assert_ne!(second.tag, first.tag);
        let after = uids(&second.text);
        assert_eq!(after.len(), before.len() + 2);
        assert!(before.iter().all(|uid| after.contains(uid)), "{before:?} {after:?}");

        // Nobody else's, and gone at once when revoked.
        let other: Permit<SeeStatus> = desk.permit(&ben).await;
        assert!(matches!(
            revoke_feed(desk.db(), &other, &feed.id, NOW).await.unwrap_err(),
            OnCallRefused::NoFeed
        ));
        revoke_feed(desk.db(), &look, &feed.id, NOW).await.unwrap();
        assert_eq!(desk.calendar(&token, NOW).await, None);
        assert_eq!(desk.last().await, "calendar.revoked done by ada about a calendar of tier 2");
    }
}

#[tokio::test]
async fn ones_own_calendar_has_only_ones_own_shifts_and_ends_with_the_account() {
    for desk in desks().await {
        let (ada, ben) = (desk.person("ada", "operator").await, desk.person("ben", "operator").await);
        desk.with_rotation(&[&ada, &ben]).await;
        let look: Permit<SeeStatus> = desk.permit(&ada).await;
        let NewFeed { token, .. } = create_feed(desk.db(), &look, None, NOW).await.unwrap();
        let told = events(&desk.calendar(&token, NOW).await.unwrap().text);
        assert!(told.iter().all(|line| line.ends_with(": ada")), "{told:?}");
        // Wedding Day Support is not staffed in November: whoever is in tier 2 stands in, and both are told.
        assert!(told.iter().any(|line| line.contains("tier 4")), "{told:?}");
        let admin = desk.person("admin", "admin").await;
        let manage = desk.permit(&admin).await;
        desk.access.disable(&manage, &ada).await.unwrap();
        assert_eq!(desk.calendar(&token, NOW).await, None, "{}", desk.world.name);
    }
}

#[tokio::test]
async fn a_calendar_is_written_as_its_standard_wants_it() {
    for desk in desks().await {
        let name =
            "Zoë, \"the\" owl; keeper\\ of long names and of accents: żółć żółć żółć żółć żółć żółć żółć";
        let email = "marked-person-zoe@example.com";
        let password = SecretString::from("marked-password of finches");
        let zoe = desk.access.add_with_password_by_command(email, name, "operator", &password).await.unwrap();
        desk.with_rotation(&[&zoe]).await;
        let look: Permit<SeeStatus> = desk.permit(&zoe).await;
        let lead = desk.permit(&desk.person("other", "lead").await).await;
        let wanted = NewOverride {
            tier: 2,
            from: at("2026-12-01T12:00:00Z"),
            to: at("2026-12-02T12:00:00Z"),
            person: desk.person("ben", "operator").await,
            note: String::new(),
        };
        add_override(desk.db(), &lead, wanted, NOW).await.unwrap();
        let NewFeed { token, .. } = create_feed(desk.db(), &look, Some(2), NOW).await.unwrap();
        let text = desk.calendar(&token, NOW).await.unwrap().text;
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{} bytes: {line}", line.len());
        }
        assert_eq!(
            text.matches("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT1H\r\n").count(),
            events(&text).len()
        );
        let unfolded = text.replace("\r\n ", "");
        assert!(
            unfolded.contains("SUMMARY:On call\\, tier 2: Zoë\\, \"the\" owl\\; keeper\\\\ of long names"),
            "{unfolded}"
        );
        assert!(!text.contains("marked-person"), "no address");
    }
}

#[tokio::test]
async fn an_address_is_secret_and_there_are_not_too_many() {
    for desk in desks().await {
        let ada = desk.person("ada", "operator").await;
        desk.with_rotation(&[&ada]).await;
        let look: Permit<SeeStatus> = desk.permit(&ada).await;
        for _ in 0..MOST_FEEDS {
            create_feed(desk.db(), &look, None, NOW).await.unwrap();
        }
        let refused = create_feed(desk.db(), &look, None, NOW).await.unwrap_err();
        assert!(matches!(refused, OnCallRefused::TooManyFeeds { most: MOST_FEEDS }));
        assert!(matches!(
            create_feed(desk.db(), &look, Some(9), NOW).await.unwrap_err(),
            OnCallRefused::NoTier
        ));
        let board = board(desk.db(), &look, NOW).await.unwrap();
        assert_eq!(board.feeds.len(), MOST_FEEDS, "{}", desk.world.name);
        revoke_feed(desk.db(), &look, &board.feeds[0].id, NOW).await.unwrap();
        let NewFeed { token, .. } = create_feed(desk.db(), &look, None, NOW).await.unwrap();
        let stored =
            testing::everything_stored(desk.db(), "oncall_feed", &["id", "token_hash", "person"]).await;
        assert!(!stored.contains(token.expose_secret()));
        assert_eq!(desk.calendar(&SecretString::from("guessed"), NOW).await, None);
    }
}
