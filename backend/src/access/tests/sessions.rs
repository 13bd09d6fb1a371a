//! Sessions: how long they hold, and what ends them.

use domain::{
    access::{ABSOLUTE, ANONYMOUS, HALF_WAY, IDLE, PROOF},
    time::{HOUR, MINUTE, SECOND},
};

use super::*;

async fn record(door: &Door, id: &Id) -> Option<Record> {
    door.access.sessions().load(id).await.unwrap()
}

#[tokio::test]
async fn a_forged_session_is_nobodys() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let id = door.signed_in("ada").await;
        assert!(!door.is_nobody(&id).await);
        assert!(door.is_nobody(&Id::default()).await);
        assert!(door.is_nobody(&Id(id.0 ^ 1)).await);
        assert!(record(&door, &Id(id.0 ^ 1)).await.is_none());
        assert!(matches!(door.access.who(None, here()).await.unwrap(), Who::Nobody));
        // The stored hash is no id either.
        let key = door.viewer(&id).await.session().unwrap().clone();
        assert!(key.as_str().len() == 64 && !key.as_str().contains(&id.to_string()));
    }
}

#[tokio::test]
async fn an_idle_session_ends_and_so_does_the_longest() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let (idle, used) = (door.signed_in("ada").await, door.signed_in("ada").await);
        let mut left = ABSOLUTE;
        while left > 11 * HOUR {
            door.clock.advance(11 * HOUR);
            left -= 11 * HOUR;
            door.viewer(&used).await;
            // Written by the way: nobody waits for it.
            for _ in 0..4_000 {
                let own = door.access.own_sessions(&door.viewer(&used).await).await.unwrap();
                if own[0].last_seen_at == door.access.now() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
        assert!(door.is_nobody(&idle).await, "nobody used it for twelve hours");
        door.clock.advance(left - 1);
        assert!(!door.is_nobody(&used).await);
        door.clock.advance(1);
        assert!(door.is_nobody(&used).await, "seven days are over");
        assert!(record(&door, &used).await.is_none());
        assert_eq!(door.access.delete_expired().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn twelve_hours_without_use_are_the_end() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let (one, other) = (door.signed_in("ada").await, door.signed_in("ada").await);
        door.clock.advance(IDLE - 1);
        assert!(!door.is_nobody(&one).await);
        door.clock.advance(1);
        assert!(door.is_nobody(&other).await);
        // It was used a moment ago; and a use is written before it would count for the next process.
        assert!(!door.is_nobody(&one).await);
    }
}

#[tokio::test]
async fn a_session_of_nobody_holds_for_an_hour() {
    let door = door(testing::sqlite().await, |_| {});
    let mut made = Record {
        id: Id::default(),
        data: HashMap::from([("state".to_owned(), "x".into())]),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    door.access.sessions().create(&mut made).await.unwrap();
    assert!(door.is_nobody(&made.id).await);
    let loaded = record(&door, &made.id).await.unwrap();
    assert_eq!(loaded.data, made.data);
    assert_eq!(loaded.expiry_date.unix_timestamp() * 1_000, START.plus(ANONYMOUS).0);
    made.data.insert("state".to_owned(), "y".into());
    door.access.sessions().save(&made).await.unwrap();
    assert_eq!(record(&door, &made.id).await.unwrap().data, made.data, "the cache forgets what was changed");
    door.clock.advance(ANONYMOUS);
    assert!(record(&door, &made.id).await.is_none());
}

/// A request that was under way when the session ended must not bring it back.
#[tokio::test]
async fn a_session_that_was_ended_stays_ended() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let id = door.signed_in("ada").await;
        let under_way = record(&door, &id).await.unwrap();
        door.access.sign_out(&door.viewer(&id).await).await.unwrap();
        assert_eq!(door.last().await, "session.signed_out done by ada about ada");
        door.access.sessions().save(&under_way).await.unwrap();
        assert!(door.is_nobody(&id).await);
        door.access.sessions().delete(&id).await.unwrap();
    }
}

#[tokio::test]
async fn own_sessions_are_listed_and_ended() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        door.person("eve", "viewer").await;
        let (first, second, hers) =
            (door.signed_in("ada").await, door.signed_in("ada").await, door.signed_in("eve").await);
        let viewer = door.viewer(&first).await;
        let own = door.access.own_sessions(&viewer).await.unwrap();
        assert_eq!(own.len(), 2);
        let this = own.iter().find(|session| session.is_this).unwrap();
        assert_eq!(
            (this.address.as_deref(), this.user_agent.as_deref()),
            (Some("192.0.2.1"), Some("Firefox"))
        );
        let other = own.iter().find(|session| !session.is_this).unwrap();
        // Somebody else's cannot be ended, even by whoever knows its key.
        let eve = door.viewer(&hers).await;
        assert!(!door.access.end_own_session(&eve, &other.key).await.unwrap());
        assert!(!door.is_nobody(&second).await);
        assert!(door.access.end_own_session(&viewer, &other.key).await.unwrap());
        assert_eq!(door.last().await, "session.ended done by ada about ada");
        assert!(door.is_nobody(&second).await, "at once, though it was in the cache");
        assert_eq!(door.access.end_own_sessions(&viewer).await.unwrap(), 1);
        assert_eq!(door.last().await, "sessions.ended done by ada about ada");
        assert!(door.is_nobody(&first).await);
        assert!(!door.is_nobody(&hers).await, "and nobody else's");
    }
}

#[tokio::test]
async fn what_changes_a_person_ends_their_sessions_at_once() {
    for door in doors().await {
        let (_, root, permit) = door.admin("root").await;
        let person = door.person("ada", "viewer").await;
        let end = async |line: &str, id: Id| {
            assert!(door.is_nobody(&id).await, "{line}");
            assert_eq!(door.last().await, line);
        };
        // In the cache each time, so that it is the change that ends it.
        let id = door.signed_in("ada").await;
        let viewer = door.viewer(&id).await;
        let new = secret("another horse finch");
        let content = door.access.change_password(&viewer, &secret(PASSWORD), &new).await.unwrap();
        end("person.changed_password done by ada about ada", id).await;
        let id = door.session(content).await;
        assert!(door.viewer(&id).await.proven_at().is_some(), "this one goes on, with another id");

        let stored = door.access.person(&permit, &person).await.unwrap().unwrap();
        let change = PersonChange { name: "ada".to_owned(), role: "support".to_owned() };
        door.access.change(&permit, &person, stored.version, change).await.unwrap();
        end("person.changed done by root about ada", id).await;

        let again = async || {
            let asked = asked("ada@example.com", "another horse finch");
            let content = door.access.sign_in(asked, &here()).await.unwrap().content;
            let id = door.session(content.clone()).await;
            door.viewer(&id).await;
            (id, content)
        };
        let (id, _) = again().await;
        assert_eq!(door.access.end_sessions_of(&permit, &person).await.unwrap(), 1);
        end("sessions.ended done by root about ada", id).await;

        let (id, content) = again().await;
        door.access.disable(&permit, &person).await.unwrap();
        end("person.disabled done by root about ada", id).await;
        door.access.enable(&permit, &person).await.unwrap();
        // A sign-in that was under way while the person was disabled comes too late.
        let late = door.session(content).await;
        assert!(door.is_nobody(&late).await);

        let (id, content) = again().await;
        door.access.remove(&permit, &person).await.unwrap();
        end("person.removed done by root about ada", id).await;
        let mut too_late = Record {
            id: Id::default(),
            data: HashMap::from([(SESSION_CONTENT.to_owned(), serde_json::to_value(content).unwrap())]),
            expiry_date: time::OffsetDateTime::UNIX_EPOCH,
        };
        assert!(
            door.access.sessions().create(&mut too_late).await.is_err(),
            "there is nobody to be signed in"
        );
        assert_eq!(root.name, "root");
    }
}

/// Another replica, or the command line, changes what this process has in its cache.
#[tokio::test]
async fn what_another_process_ends_is_ended_within_two_seconds() {
    for door in doors().await {
        let person = door.person("ada", "viewer").await;
        let id = door.signed_in("ada").await;
        door.viewer(&id).await;
        let mut config = crate::config::load(None, std::iter::empty()).unwrap();
        config.access.second_factors_required = false;
        let elsewhere = Access::new(door.world.db.clone(), &config, door.clock.clone()).unwrap();
        let link = elsewhere.reset_by_command("ada@example.com").await.unwrap();
        let set =
            elsewhere.set_password(&token_of(&link), &secret("another horse finch"), &here()).await.unwrap();
        assert_eq!(set, person);
        assert!(!door.is_nobody(&id).await, "not yet: it was read this moment");
        door.clock.advance(2 * SECOND);
        assert!(door.is_nobody(&id).await);
    }
}

#[tokio::test]
async fn the_password_again_is_good_for_five_minutes() {
    for door in doors().await {
        door.person("ada", "operator").await;
        let id = door.signed_in("ada").await;
        let viewer = door.viewer(&id).await;
        assert!(viewer.proven::<RunDangerousActions>(START.plus(PROOF - 1)).is_ok());
        let late = START.plus(PROOF);
        door.clock.advance(PROOF);
        assert_eq!(
            viewer.proven::<RunDangerousActions>(late).unwrap_err(),
            NotProven::NeedsProof(NeedsProof)
        );
        assert!(matches!(viewer.proven::<ManageAccess>(late).unwrap_err(), NotProven::Missing(_)));
        assert!(viewer.fresh(late).is_err());
        let wrong = door.access.prove(&viewer, &secret("not the password")).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)));
        assert_eq!(door.last().await, "person.proved refused by ada about ada: the password is wrong");
        let content = door.access.prove(&viewer, &secret(PASSWORD)).await.unwrap();
        assert_eq!(door.last().await, "person.proved done by ada about ada");
        let proven = door.viewer(&door.session(content).await).await;
        assert!(proven.proven::<RunDangerousActions>(late).is_ok());
        // The sign-in did not become younger by it.
        let By::Session { signed_in_at, .. } = proven.by.clone() else { panic!("a session") };
        assert_eq!(signed_in_at, START);
    }
}

#[tokio::test]
async fn a_role_may_be_lost_and_limited() {
    let door = door(testing::sqlite().await, |config| {
        config.access.roles.retain(|role| role.name != "auditor");
        config.access.roles[3].services = Some(vec!["optimization".to_owned()]);
    });
    let (_, _, permit) = door.admin("root").await;
    let person = door.person("ada", "viewer").await;
    testing::run(&door.world.db, "UPDATE person SET role = 'auditor' WHERE name = 'ada'").await;
    let viewer = door.viewer(&door.signed_in("ada").await).await;
    assert!(viewer.permissions.is_empty());
    let why = viewer.restricted.clone().unwrap();
    assert_eq!(
        why.to_string(),
        "your role \"auditor\" does not exist any more: ask somebody who manages users for another one"
    );
    let missing = viewer.permit::<SeeStatus>().unwrap_err();
    door.access.refused(&viewer, "status.seen", &missing, None).await.unwrap();
    assert_eq!(
        door.last().await,
        "status.seen refused by ada: your role may not see status, alerts, runbook (see_status)"
    );
    let stored = door.access.person(&permit, &person).await.unwrap().unwrap();
    assert!(!stored.role_exists);
    // Their name can be changed all the same; nobody else can be given the role.
    let keep = PersonChange { name: "Ada".to_owned(), role: "auditor".to_owned() };
    door.access.change(&permit, &person, stored.version, keep).await.unwrap();
    let invited = door.access.invite(&permit, "b@example.com", "b", "auditor").await.unwrap_err();
    assert_eq!(invited.to_string(), "there is no role \"auditor\"");

    door.person("olu", "operator").await;
    let viewer = door.viewer(&door.signed_in("olu").await).await;
    let permit = viewer.permit_for_service::<RunOrdinaryActions>("optimization").unwrap();
    assert_eq!(permit.service(), Some("optimization"));
    assert!(permit.covers("optimization") && !permit.covers("crisis"));
    let missing = viewer.permit_for_service::<RunOrdinaryActions>("crisis").unwrap_err();
    assert!(missing.to_string().ends_with("(run_ordinary_actions) on the service crisis"), "{missing}");
    assert!(!viewer.permit::<RunOrdinaryActions>().unwrap().covers("crisis"));
}

#[tokio::test]
async fn half_way_is_not_in() {
    let door = door(testing::sqlite().await, |_| {});
    let person = door.person("ada", "viewer").await;
    let content = SessionContent::begun(&person, 1, Stage::Password, START, &here());
    let id = door.session(content).await;
    door.half_way(&id).await;
    assert!(record(&door, &id).await.is_some());
    door.clock.advance(HALF_WAY - MINUTE);
    let half_way = door.half_way(&id).await;
    door.clock.advance(MINUTE);
    assert!(door.is_nobody(&id).await);
    let late = door.access.second_factor(&half_way, &secret("123456"), None, &here()).await;
    assert!(matches!(late, Err(SignInRefused::Over)));
}
