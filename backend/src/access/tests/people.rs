//! Links, people, profiles.

use domain::{
    access::{INVITATION, SET_UP},
    time::HOUR,
};

use super::*;

#[tokio::test]
async fn the_first_administrator_sets_up_once_within_an_hour() {
    for door in doors().await {
        let link = door.access.add_by_command("Root@Example.com", "Root", "admin").await.unwrap();
        assert!(link.url.expose_secret().starts_with("http://127.0.0.1:3000/setup/"));
        assert_eq!(link.expires_at, START.plus(SET_UP));
        assert!(door.access.sign_in(asked("root@example.com", PASSWORD), &here()).await.is_err());
        let token = token_of(&link);
        let open = door.access.link(&token).await.unwrap();
        assert_eq!(
            (open.kind, open.name.as_str(), open.email.as_str()),
            (LinkKind::SetUp, "Root", "Root@Example.com")
        );
        let short = door.access.set_password(&token, &secret("too short"), &here()).await.unwrap_err();
        assert_eq!(short.to_string(), "the password is too short: at least 12 characters");
        let person = door.access.set_password(&token, &secret(PASSWORD), &here()).await.unwrap();
        assert_eq!(person, link.person);
        assert_eq!(door.last().await, "person.set_password done by Root about Root");
        let twice = door.access.set_password(&token, &secret("another horse finch"), &here()).await;
        assert!(matches!(twice, Err(LinkRefused::Used)));
        assert_eq!(
            door.last().await,
            "person.set_password refused by somebody not signed in: this link was used already"
        );
        assert!(matches!(door.access.link(&token).await, Err(LinkRefused::Used)));
        assert!(matches!(door.access.link(&secret("made up")).await, Err(LinkRefused::Unknown)));
        door.access.sign_in(asked("root@example.com", PASSWORD), &here()).await.unwrap();
    }
}

#[tokio::test]
async fn links_end() {
    for door in doors().await {
        let (_, _, permit) = door.admin("root").await;
        let person = door.person("ada", "viewer").await;
        let first = door.access.reset_link(&permit, &person).await.unwrap();
        assert_eq!(door.last().await, "person.reset_link_made done by root about ada");
        let second = door.access.reset_by_command("ADA@example.com").await.unwrap();
        assert!(
            matches!(door.access.link(&token_of(&first)).await, Err(LinkRefused::Expired)),
            "one at a time"
        );
        door.clock.advance(HOUR - 1);
        door.access.link(&token_of(&second)).await.unwrap();
        door.clock.advance(1);
        let late = door.access.set_password(&token_of(&second), &secret(PASSWORD), &here()).await;
        assert!(matches!(late, Err(LinkRefused::Expired)));
        assert_eq!(
            door.last().await,
            "person.set_password refused by somebody not signed in: this link has expired: ask for another one"
        );
        let invited = door.access.invite(&permit, "b@example.com", "b", "viewer").await.unwrap();
        assert_eq!(invited.expires_at, door.access.now().plus(INVITATION));
        door.access.disable(&permit, &invited.person).await.unwrap();
        assert!(door.access.link(&token_of(&invited)).await.is_err(), "disabled is disabled");
        let unknown = door.access.reset_by_command("nobody@example.com").await;
        assert!(matches!(unknown, Err(PeopleRefused::Unknown)));
    }
}

#[tokio::test]
async fn two_who_follow_a_link_at_once_do_not_both_get_in() {
    for door in doors().await {
        let token = token_of(&door.access.add_by_command("root@example.com", "root", "admin").await.unwrap());
        let both = (0..2).map(|_| {
            let (access, token) = (door.access.clone(), token.clone());
            tokio::spawn(async move { access.set_password(&token, &secret(PASSWORD), &here()).await })
        });
        let mut set = 0;
        for one in both.collect::<Vec<_>>() {
            set += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(set, 1, "{}", door.world.name);
    }
}

#[tokio::test]
async fn one_address_is_one_account() {
    for door in doors().await {
        let (_, _, permit) = door.admin("root").await;
        let link = door.access.invite(&permit, "Ada@example.com", " Ada ", "viewer").await.unwrap();
        assert_eq!(door.last().await, "person.invited done by root about Ada");
        assert!(link.url.expose_secret().contains("/invite/"));
        for email in ["ada@EXAMPLE.com", "ａｄａ@example.com", "ADA@example．com"] {
            let taken = door.access.invite(&permit, email, "Eve", "admin").await;
            assert!(matches!(taken, Err(PeopleRefused::Taken)), "{email}");
            assert_eq!(
                door.last().await,
                "person.invited refused by root: somebody has this e-mail address already"
            );
        }
        for (email, name, role, why) in [
            ("ada", "x", "viewer", "that is no e-mail address: it is not of the form name@example.com"),
            ("x@example.com", " ", "viewer", "a name has 1 to 200 letters, none of them control characters"),
            (
                "x@example.com",
                "a\u{202e}b",
                "viewer",
                "a name has 1 to 200 letters, none of them control characters",
            ),
            ("x@example.com", "x", "king", "there is no role \"king\""),
        ] {
            let refused = door.access.invite(&permit, email, name, role).await.unwrap_err();
            assert_eq!(refused.to_string(), why);
        }
        assert_eq!(door.access.people(&permit).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn of_two_who_change_a_person_at_once_the_second_sees_both() {
    for door in doors().await {
        let (_, _, permit) = door.admin("root").await;
        let person = door.person("ada", "viewer").await;
        let version = door.access.person(&permit, &person).await.unwrap().unwrap().version;
        let change = |role: &str| PersonChange { name: "Ada".to_owned(), role: role.to_owned() };
        let first = door.access.change(&permit, &person, version, change("support")).await.unwrap();
        assert_eq!((first.role.as_str(), first.version), ("support", version + 1));
        let second = door.access.change(&permit, &person, version, change("operator")).await.unwrap_err();
        assert_eq!(
            door.last().await,
            "person.changed refused by root about Ada: somebody else changed this person in the meantime"
        );
        let PeopleRefused::Conflict { stored, wanted } = second else { panic!("a conflict: {second}") };
        assert_eq!((stored.role.as_str(), wanted.role.as_str()), ("support", "operator"));
        door.access.change(&permit, &person, stored.version, wanted).await.unwrap();
        let unknown = door.access.change(&permit, &PersonId::new("x"), 1, change("viewer")).await;
        assert!(matches!(unknown, Err(PeopleRefused::Unknown)));
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    for door in doors().await {
        let (root, viewer, permit) = door.admin("root").await;
        // Somebody who was invited and never came cannot let anybody in.
        door.access.invite(&permit, "new@example.com", "new", "admin").await.unwrap();
        let version = door.access.person(&permit, &root).await.unwrap().unwrap().version;
        let demoted = PersonChange { name: "root".to_owned(), role: "viewer".to_owned() };
        let last = "this is the last person who can manage users: name another one first";
        for (verb, refused) in [
            ("person.removed", door.access.remove(&permit, &root).await.unwrap_err()),
            ("person.disabled", door.access.disable(&permit, &root).await.unwrap_err()),
            (
                "person.changed",
                door.access.change(&permit, &root, version, demoted.clone()).await.unwrap_err(),
            ),
        ] {
            assert_eq!(refused.to_string(), last);
            assert!(door.log().await.contains(&format!("{verb} refused by root about root: {last}")));
        }
        let id = door.signed_in("root").await;
        assert!(door.viewer(&id).await.permit::<ManageAccess>().is_ok(), "nothing changed");
        let other = door.person("other", "admin").await;
        // Each of the two removes the other at the same moment: one stays.
        let both = [root, other].map(|person| {
            let (access, permit) = (door.access.clone(), permit.clone());
            tokio::spawn(async move { access.disable(&permit, &person).await })
        });
        let mut disabled = 0;
        for one in both {
            disabled += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(disabled, 1, "{}", door.world.name);
        assert_eq!(viewer.role, "admin");
    }
}

#[tokio::test]
async fn a_profile_is_ones_own() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        let id = door.signed_in("ada").await;
        let viewer = door.viewer(&id).await;
        let way = |kind, address: &str| Way { kind, address: address.to_owned() };
        let profile = Profile {
            name: " Ada L ".to_owned(),
            zone: Some("Europe/Stockholm".to_owned()),
            theme: Theme::Dark,
            ways: vec![way(WayKind::Phone, "+46 70 123 45 67"), way(WayKind::Mail, "ada@home.example")],
        };
        door.access.change_profile(&viewer, profile.clone()).await.unwrap();
        assert_eq!(door.last().await, "profile.changed done by ada about ada");
        let stored = door.access.profile(&viewer).await.unwrap();
        assert_eq!(stored, Profile { name: "Ada L".to_owned(), ..profile.clone() });
        let again = door.viewer(&id).await;
        assert_eq!(
            (again.name.as_str(), again.theme),
            ("Ada L", Theme::Dark),
            "the session goes on, and knows"
        );
        assert_eq!(again.zone.as_ref().and_then(|zone| zone.iana_name()), Some("Europe/Stockholm"));
        let columns = ["before_facts", "after_facts"];
        let facts = testing::everything_stored(&door.world.db, "audit_record", &columns).await;
        assert!(
            facts.contains("Europe/Stockholm") && !facts.contains("+46") && !facts.contains("home.example")
        );

        let with = |kind, address: &str| Profile { ways: vec![way(kind, address)], ..profile.clone() };
        for (wrong, words) in [
            (Profile { name: String::new(), ..profile.clone() }, "a name has"),
            (Profile { zone: Some("Mars/Base".to_owned()), ..profile.clone() }, "no time zone"),
            (with(WayKind::Mail, "ada"), "no e-mail address"),
            (with(WayKind::Phone, "070"), "no number"),
            (with(WayKind::Phone, "46701234567"), "no number"),
            (with(WayKind::Chat, "@ada lovelace"), "blanks"),
            (with(WayKind::Chat, "a\nb"), "control characters"),
            (with(WayKind::Chat, ""), "empty"),
            (Profile { ways: vec![way(WayKind::Chat, "@a"); 11], ..profile.clone() }, "at most 10"),
        ] {
            let why = door.access.change_profile(&again, wrong).await.unwrap_err().to_string();
            assert!(why.contains(words), "{why}");
            assert!(door.last().await.starts_with("profile.changed refused by Ada L about Ada L: "));
        }
        assert_eq!(door.access.profile(&again).await.unwrap(), stored);
    }
}
