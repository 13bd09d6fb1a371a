//! Single sign-on: who comes in, as what, and who does not.

use domain::{
    access::TRIP,
    time::{MINUTE, SECOND},
};
use serde_json::{Value, json};

use super::*;
use crate::connect::oidc_fake::Fake;

const ADA: &str = "marked-person-ada@example.com";

/// Doors with a provider in front of each.
async fn fronted() -> Vec<(Door, Fake)> {
    let mut all = Vec::new();
    for world in testing::worlds().await {
        let fake = Fake::start(START).await;
        let config = fake.config();
        all.push((door(world, |own| own.oidc = vec![config]), fake));
    }
    all
}

impl Door {
    /// To the provider and back, as whoever the session makes them.
    async fn trip(&self, fake: &Fake, outset: Outset<'_>, who: &Who) -> Result<Arrived, SingleSignOnRefused> {
        let (url, trip) = self.access.set_out("staff", outset, "/next", &here()).await?;
        let (code, state) = fake.approve(url.expose_secret());
        let answer = Answer { code: code.into(), state, ..Answer::default() };
        self.access.arrive("staff", Some(trip), answer, who, None, &here()).await
    }

    async fn by_provider(&self, fake: &Fake, claims: Value) -> Result<SignedIn, SingleSignOnRefused> {
        fake.claims(claims);
        match self.trip(fake, Outset::SignIn, &Who::Nobody).await? {
            Arrived::SignedIn(signed_in) => Ok(signed_in),
            other => panic!("expected somebody signed in, got {other:?}"),
        }
    }

    /// In a session.
    async fn viewer_by_provider(&self, fake: &Fake, claims: Value) -> (Id, Viewer) {
        let id = self.session(self.by_provider(fake, claims).await.unwrap().content).await;
        (id, self.viewer(&id).await)
    }
}

#[tokio::test]
async fn who_comes_the_first_time_gets_an_account_and_keeps_it() {
    for (door, fake) in fronted().await {
        let (_, first) = door.viewer_by_provider(&fake, json!({})).await;
        assert_eq!(
            (first.name.as_str(), first.email.as_str(), first.role.as_str()),
            ("Ada", ADA, "operator")
        );
        assert_eq!((first.provider(), first.proven_at()), (Some("staff"), None), "coming in is no proof");
        assert_eq!(
            door.log().await,
            ["person.joined done by Ada about Ada", "person.signed_in done by Ada about Ada"]
        );
        let moved = json!({ "email": "marked-person-lovelace@example.com" });
        let (_, again) = door.viewer_by_provider(&fake, moved).await;
        assert_eq!(again.person, first.person);
        assert_eq!(again.email, "marked-person-lovelace@example.com");
        let log = door.log().await;
        assert_eq!(log[2], "person.changed done by Ada about Ada: the e-mail address follows Staff");
        assert!(!log.join("\n").contains("marked-person"));
        // The password of an account without one opens nothing.
        let refused = door.access.sign_in(asked("marked-person-lovelace@example.com", ""), &here()).await;
        assert!(matches!(refused, Err(SignInRefused::Wrong)));
    }
}

#[tokio::test]
async fn the_role_follows_the_groups_and_another_one_ends_every_session() {
    for (door, fake) in fronted().await {
        let (id, _) = door.viewer_by_provider(&fake, json!({})).await;
        let (same, _) = door.viewer_by_provider(&fake, json!({})).await;
        assert!(!door.is_nobody(&id).await, "the same role");
        let (now, viewer) = door.viewer_by_provider(&fake, json!({ "groups": ["all"] })).await;
        assert_eq!(viewer.role, "viewer");
        assert!(door.is_nobody(&id).await && door.is_nobody(&same).await && !door.is_nobody(&now).await);
        assert!(door.log().await.contains(
            &"person.changed done by Ada about Ada: the role follows the groups at Staff".to_owned()
        ));
        // Without a group that counts nobody comes in, nor stays.
        let refused = door.by_provider(&fake, json!({ "groups": ["others"] })).await.unwrap_err();
        assert!(matches!(refused, SingleSignOnRefused::NoRole { .. }), "{refused}");
        assert!(door.is_nobody(&now).await);
        assert_eq!(
            door.last().await,
            "person.signed_in refused by somebody not signed in about Ada: none of your groups at Staff has a role \
             here: ask somebody who manages users"
        );
    }
}

#[tokio::test]
async fn the_last_who_manages_access_keeps_their_role() {
    for (door, fake) in fronted().await {
        let (_, admin) = door.viewer_by_provider(&fake, json!({ "groups": ["admins"] })).await;
        let permit = admin.permit::<ManageAccess>().unwrap();
        let refused = door.access.disable(&permit, &admin.person).await;
        assert!(matches!(refused, Err(PeopleRefused::LastAdministrator)), "the account has no password");
        let (_, still) = door.viewer_by_provider(&fake, json!({})).await;
        assert_eq!(still.role, "admin");
        assert!(door.log().await.iter().any(|line| line.contains("refused") && line.contains("last person")));
        // With another administrator there is no reason to.
        door.person("root", "admin").await;
        let (_, less) = door.viewer_by_provider(&fake, json!({})).await;
        assert_eq!(less.role, "operator");
        // And a person without a password counts as one who can come in.
        let (_, again) = door.viewer_by_provider(&fake, json!({ "groups": ["admins"] })).await;
        let root = door.viewer(&door.signed_in("root").await).await;
        door.access.disable(&again.permit().unwrap(), &root.person).await.unwrap();
    }
}

#[tokio::test]
async fn an_account_with_a_password_is_never_taken_over() {
    for (door, fake) in fronted().await {
        let added = door.access.add_with_password_by_command(ADA, "Ada", "viewer", &secret(PASSWORD)).await;
        let person = added.unwrap();
        for written in [ADA, "MARKED-PERSON-Ada@EXAMPLE.com", "marked-person-ａda@example.com"] {
            let refused = door.by_provider(&fake, json!({ "email": written })).await.unwrap_err();
            assert!(matches!(refused, SingleSignOnRefused::Taken { .. }), "{written}: {refused}");
        }
        let signed_in = door.access.sign_in(asked(ADA, PASSWORD), &here()).await.unwrap();
        let id = door.session(signed_in.content).await;
        let viewer = door.viewer(&id).await;
        let fresh = viewer.fresh(door.clock.now()).unwrap();
        let who = door.who(&id).await;

        fake.claims(json!({ "email": "marked-person-eve@example.com", "sub": "eve" }));
        let refused = door.trip(&fake, Outset::Connect(&fresh), &who).await.unwrap_err();
        assert!(matches!(refused, SingleSignOnRefused::OtherAddress { .. }), "{refused}");
        fake.claims(json!({}));
        let stranger = door.trip(&fake, Outset::Connect(&fresh), &Who::Nobody).await.unwrap_err();
        assert!(matches!(stranger, SingleSignOnRefused::Stranger { .. }), "{stranger}");
        assert!(door.access.sign_in(asked(ADA, PASSWORD), &here()).await.is_ok(), "nothing has changed");

        let Arrived::Connected(content) = door.trip(&fake, Outset::Connect(&fresh), &who).await.unwrap()
        else {
            panic!("not connected")
        };
        assert!(door.is_nobody(&id).await, "every session ends");
        let now = door.viewer(&door.session(content).await).await;
        assert_eq!(
            (now.person.clone(), now.provider(), now.role.as_str()),
            (person.clone(), Some("staff"), "operator")
        );
        let refused = door.access.sign_in(asked(ADA, PASSWORD), &here()).await;
        assert!(matches!(refused, Err(SignInRefused::Wrong)), "the password is gone");
        assert_eq!(door.by_provider(&fake, json!({})).await.unwrap().person, person);
    }
}

#[tokio::test]
async fn who_is_disabled_or_without_a_verified_address_does_not_come_in() {
    for (door, fake) in fronted().await {
        let (_, _, permit) = door.admin("root").await;
        let refused = door.by_provider(&fake, json!({ "email_verified": false })).await.unwrap_err();
        assert!(matches!(refused, SingleSignOnRefused::NotVerified { .. }), "{refused}");
        let refused = door.by_provider(&fake, json!({ "groups": [] })).await.unwrap_err();
        assert!(matches!(refused, SingleSignOnRefused::NoRole { .. }), "{refused}");
        let people = door.access.people(&permit).await.unwrap();
        assert_eq!(people.len(), 1, "nobody was added");
        let (id, viewer) = door.viewer_by_provider(&fake, json!({})).await;
        door.access.disable(&permit, &viewer.person).await.unwrap();
        assert!(door.is_nobody(&id).await);
        let refused = door.by_provider(&fake, json!({})).await.unwrap_err();
        assert!(matches!(refused, SingleSignOnRefused::Disabled), "{refused}");
        assert!(door.last().await.contains("about Ada: this account is disabled"));
        let shown = door.access.person(&permit, &viewer.person).await.unwrap().unwrap();
        assert_eq!((shown.providers, shown.has_password), (vec!["Staff".to_owned()], false));
    }
}

#[tokio::test]
async fn an_answer_that_belongs_to_no_trip_is_refused_and_on_record() {
    for (door, fake) in fronted().await {
        let begin = || async { door.access.set_out("staff", Outset::SignIn, "/", &here()).await.unwrap() };
        let arrive = |trip, answer| async {
            door.access.arrive("staff", trip, answer, &Who::Nobody, None, &here()).await.unwrap_err()
        };
        let answer = |code: &str, state: &str| Answer {
            code: secret(code),
            state: state.to_owned(),
            ..Answer::default()
        };
        let (url, trip) = begin().await;
        let (code, state) = fake.approve(url.expose_secret());
        let (_, others) = begin().await;
        for (trip, answer) in [
            (None, answer(&code, &state)),
            (Some(others), answer(&code, &state)),
            (Some(trip.clone()), answer(&code, "forged")),
            (
                Some(trip.clone()),
                Answer { issuer: Some("https://evil.example".to_owned()), ..answer(&code, &state) },
            ),
        ] {
            let refused = arrive(trip, answer).await;
            assert!(matches!(refused, SingleSignOnRefused::Stranger { .. }), "{refused}");
            assert!(
                door.last()
                    .await
                    .starts_with("person.signed_in refused by somebody not signed in about Staff")
            );
        }
        let declined = Answer { error: "access_denied".to_owned(), ..answer("", &state) };
        assert!(arrive(Some(trip.clone()), declined).await.to_string().contains("access_denied"));
        let hostile = Answer { error: "<b>call 555</b>".to_owned(), ..answer("", &state) };
        assert!(arrive(Some(trip.clone()), hostile).await.to_string().contains("an unknown error"));
        door.clock.advance(TRIP);
        let late = arrive(Some(trip), answer(&code, &state)).await;
        assert!(matches!(late, SingleSignOnRefused::Stranger { .. }), "{late}");
        let unknown = door.access.set_out("nowhere", Outset::SignIn, "/", &here()).await;
        assert!(matches!(unknown, Err(SingleSignOnRefused::Unknown)));
        fake.says().is_down = true;
        let cold = Fake::start(START).await;
        cold.says().is_down = true;
        let config = cold.config();
        let dark = super::door(testing::sqlite().await, |own| own.oidc = vec![config]);
        let silent = dark.access.set_out("staff", Outset::SignIn, "/", &here()).await.unwrap_err();
        assert!(matches!(silent, SingleSignOnRefused::Silent { .. }), "{silent}");
        assert!(
            dark.last().await.starts_with("person.signed_in failed by somebody not signed in about Staff")
        );
    }
}

#[tokio::test]
async fn a_proof_is_given_at_the_provider_on_that_trip() {
    for (door, fake) in fronted().await {
        let (id, viewer) = door.viewer_by_provider(&fake, json!({ "groups": ["admins"] })).await;
        let now = door.clock.now();
        assert!(viewer.proven::<ManageAccess>(now).is_err());
        let who = door.who(&id).await;
        let seconds = now.0 / SECOND;
        for (claims, why) in [
            (json!({ "auth_time": seconds - 60 }), "did not ask you again"),
            (json!({}), "did not ask you again"),
            (json!({ "auth_time": seconds, "sub": "another" }), "not the account"),
        ] {
            fake.claims(claims.clone());
            let refused = door.trip(&fake, Outset::Prove(&viewer), &who).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{claims}: {refused}");
            assert!(door.last().await.starts_with("person.proved refused by Ada about Ada"));
        }
        fake.claims(json!({ "auth_time": seconds }));
        let Arrived::Proven(content) = door.trip(&fake, Outset::Prove(&viewer), &who).await.unwrap() else {
            panic!("not proven")
        };
        let viewer = door.viewer(&door.session(content).await).await;
        assert!(viewer.proven::<ManageAccess>(now).is_ok());
        assert!(viewer.proven::<ManageAccess>(now.plus(5 * MINUTE)).is_err());
        assert_eq!(door.last().await, "person.proved done by Ada about Ada");
    }
}

#[tokio::test]
async fn the_provider_asks_for_the_second_factor() {
    let fake = Fake::start(START).await;
    let config = fake.config();
    let door = door(testing::sqlite().await, |own| {
        own.oidc = vec![config];
        own.access.second_factors_required = true;
    });
    let admins = json!({ "groups": ["admins"], "auth_time": START.0 / SECOND });
    let (_, viewer) = door.viewer_by_provider(&fake, admins).await;
    assert_eq!(viewer.restricted, None);
    let permit = viewer.proven::<ManageAccess>(door.clock.now()).unwrap();
    let token = door
        .access
        .create_token(&permit, "a", Permissions::from_iter([Permission::ReadAudit]), START.plus(MINUTE))
        .await
        .unwrap();
    let machine = door.access.check_token(&token.secret, here()).await.unwrap();
    assert!(machine.permissions.has(Permission::ReadAudit), "nor do their machines need one here");
}

#[tokio::test]
async fn who_signs_in_at_a_provider_counts_among_those_who_may() {
    for (door, fake) in fronted().await {
        door.by_provider(&fake, json!({})).await.unwrap();
        let holders = door.access.holders(Permission::HandleAlerts, None).await.unwrap();
        assert_eq!(holders.len(), 1, "{}: {holders:?}", door.world.name);
    }
}
