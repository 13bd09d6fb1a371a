//! The second factor.

use domain::time::{HOUR, MINUTE, SECOND};

use super::*;

const STEP: i64 = 30 * SECOND;

impl Door {
    /// The code that the person's phone shows now.
    async fn code(&self, person: &PersonId) -> SecretString {
        let stored = store::person(self.world.db.read(), person).await.unwrap().unwrap();
        let totp = super::super::second_factor::totp(&stored.second_factor_secret.unwrap()).unwrap();
        secret(&totp.generate(u64::try_from(self.access.now().0 / SECOND).unwrap()).to_string())
    }

    /// Sets a second factor up for somebody who is signed in, and lets its first code go by.
    async fn with_second_factor(&self, name: &str) -> Confirmed {
        let viewer = self.viewer(&self.signed_in(name).await).await;
        let fresh = viewer.fresh(self.access.now()).unwrap();
        self.access.enrol(&fresh).await.unwrap();
        let confirmed = self.access.confirm(&viewer, &self.code(&viewer.person).await).await.unwrap();
        self.clock.advance(STEP);
        confirmed
    }

    /// Half-way: the password was right.
    async fn asked_for_code(&self, name: &str) -> HalfWay {
        let email = format!("{name}@example.com");
        let signed_in = self.access.sign_in(asked(&email, PASSWORD), &here()).await.unwrap();
        assert_eq!(signed_in.stage, Stage::Password);
        assert!(signed_in.known_browser.is_none());
        assert_eq!(self.last().await, format!("person.gave_password done by {name} about {name}"));
        self.half_way(&self.session(signed_in.content).await).await
    }
}

#[tokio::test]
async fn it_is_asked_for_once_it_was_confirmed_and_each_code_is_taken_once() {
    for door in doors().await {
        let person = door.person("ada", "viewer").await;
        let id = door.signed_in("ada").await;
        let viewer = door.viewer(&id).await;
        let enrolment = door.access.enrol(&viewer.fresh(START).unwrap()).await.unwrap();
        let uri = enrolment.uri.expose_secret();
        assert!(uri.starts_with("otpauth://totp/Bellwether:ada%40example.com?secret="), "{uri}");
        assert!(uri.contains(&enrolment.secret.expose_secret().replace(' ', "")));
        assert_eq!(enrolment.qr.dark.len(), enrolment.qr.width * enrolment.qr.width);
        assert!(enrolment.qr.dark[0], "a finder pattern stands in the corner");
        assert!(!format!("{enrolment:?}").contains("otpauth"));
        // Not confirmed: it does not count yet.
        door.signed_in("ada").await;
        let wrong = door.access.confirm(&viewer, &secret("000000")).await;
        assert!(matches!(wrong, Err(SecondFactorRefused::WrongCode)));
        assert_eq!(
            door.last().await,
            "second_factor.confirmed refused by ada about ada: that code is not right"
        );
        let code = door.code(&person).await;
        let confirmed = door.access.confirm(&viewer, &code).await.unwrap();
        assert_eq!(door.last().await, "second_factor.confirmed done by ada about ada");
        assert_eq!(confirmed.recovery_codes.len(), 10);
        assert!(door.is_nobody(&id).await, "every session of before has ended");
        let here_on = door.viewer(&door.session(confirmed.content).await).await;
        assert!(here_on.second_factor_since.is_some());
        assert_eq!(door.access.recovery_codes_left(&here_on).await.unwrap(), 10);
        let twice = door.access.enrol(&here_on.fresh(START).unwrap()).await;
        assert!(matches!(twice, Err(SecondFactorRefused::Already)));

        // The code that confirmed it is used up, also for signing in.
        let half_way = door.asked_for_code("ada").await;
        let replayed = door.access.second_factor(&half_way, &code, None, &here()).await;
        assert!(matches!(replayed, Err(SignInRefused::UsedCode)));
        assert_eq!(
            door.last().await,
            "person.signed_in refused by somebody not signed in about ada: that code was used already"
        );
        door.clock.advance(STEP);
        let code = door.code(&person).await;
        let signed_in = door.access.second_factor(&half_way, &code, None, &here()).await.unwrap();
        assert_eq!(door.last().await, "person.signed_in done by ada about ada");
        assert_eq!(signed_in.stage, Stage::SignedIn);
        assert!(signed_in.known_browser.is_some());
        door.viewer(&door.session(signed_in.content).await).await;
        let again = door.access.second_factor(&half_way, &code, None, &here()).await;
        assert!(matches!(again, Err(SignInRefused::UsedCode)), "a code is used once");
        // The code before it, still in its window, is no better.
        door.clock.advance(-STEP);
        let older = door.code(&person).await;
        door.clock.advance(STEP);
        assert!(door.access.second_factor(&half_way, &older, None, &here()).await.is_err());
    }
}

#[tokio::test]
async fn two_with_the_same_code_at_once_are_not_both_let_in() {
    for door in doors().await {
        let person = door.person("ada", "viewer").await;
        door.with_second_factor("ada").await;
        let half_way = door.asked_for_code("ada").await;
        let code = door.code(&person).await;
        let both = (0..2).map(|_| {
            let (access, half_way, code) = (door.access.clone(), half_way.clone(), code.clone());
            tokio::spawn(async move { access.second_factor(&half_way, &code, None, &here()).await })
        });
        let mut let_in = 0;
        for one in both.collect::<Vec<_>>() {
            let_in += usize::from(one.await.unwrap().is_ok());
        }
        assert_eq!(let_in, 1, "{}", door.world.name);
    }
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    for door in doors().await {
        door.person("ada", "viewer").await;
        door.person("eve", "viewer").await;
        let codes = door.with_second_factor("ada").await.recovery_codes;
        let others = door.with_second_factor("eve").await.recovery_codes;
        let half_way = door.asked_for_code("ada").await;
        let typed = secret(&codes[3].expose_secret().to_lowercase().replace('-', " "));
        door.access.second_factor(&half_way, &typed, None, &here()).await.unwrap();
        let twice = door.access.second_factor(&half_way, &codes[3], None, &here()).await;
        assert!(matches!(twice, Err(SignInRefused::UsedCode)));
        let hers = door.access.second_factor(&half_way, &others[0], None, &here()).await;
        assert!(matches!(hers, Err(SignInRefused::WrongCode)), "somebody else's is no key");
        let signed_in = door.access.second_factor(&half_way, &codes[4], None, &here()).await.unwrap();
        let viewer = door.viewer(&door.session(signed_in.content).await).await;
        assert_eq!(door.access.recovery_codes_left(&viewer).await.unwrap(), 8);
        let fresh = viewer.fresh(door.access.now()).unwrap();
        let new = door.access.new_recovery_codes(&fresh).await.unwrap();
        assert_eq!(door.last().await, "second_factor.recovery_codes_made done by ada about ada");
        let old = door.access.second_factor(&half_way, &codes[5], None, &here()).await;
        assert!(matches!(old, Err(SignInRefused::WrongCode)), "the old ones are void");
        door.access.second_factor(&half_way, &new[5], None, &here()).await.unwrap();
    }
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let door = door(testing::sqlite().await, |_| {});
    let person = door.person("ada", "viewer").await;
    door.with_second_factor("ada").await;
    let half_way = door.asked_for_code("ada").await;
    for _ in 0..5 {
        let refused = door.access.second_factor(&half_way, &secret("000000"), None, &here()).await;
        assert!(matches!(refused, Err(SignInRefused::WrongCode)));
    }
    let code = door.code(&person).await;
    let waits = door.access.second_factor(&half_way, &code, None, &here()).await;
    assert!(matches!(waits, Err(SignInRefused::Wait { seconds: 1 })), "{waits:?}");
    door.clock.advance(SECOND);
    door.access.second_factor(&half_way, &code, None, &here()).await.unwrap();
}

/// Whoever shows the second factor need not wait for what somebody else did to the account.
#[tokio::test]
async fn a_right_code_passes_the_wait() {
    for door in doors().await {
        let person = door.person("ada", "viewer").await;
        door.with_second_factor("ada").await;
        let long = "a".repeat(2_000);
        for _ in 0..5 {
            door.access.sign_in(asked("ada@example.com", &long), &from("203.0.113.9")).await.unwrap_err();
        }
        let with = |password: &str, code: SecretString| SignIn {
            code: Some(code),
            ..asked("ada@example.com", password)
        };
        let wrong = door.access.sign_in(with(PASSWORD, secret("000000")), &here()).await;
        assert!(matches!(wrong, Err(SignInRefused::Wait { .. })));
        let code = door.code(&person).await;
        let guess = door.access.sign_in(with("not the password", code.clone()), &here()).await;
        assert!(matches!(guess, Err(SignInRefused::Wrong)));
        let signed_in = door.access.sign_in(with(PASSWORD, code.clone()), &here()).await.unwrap();
        assert_eq!(signed_in.stage, Stage::SignedIn);
        // Taken with the password, it is taken all the same.
        let again = door.access.sign_in(with(PASSWORD, code), &here()).await.unwrap();
        assert_eq!(again.stage, Stage::Password);
    }
}

#[tokio::test]
async fn a_role_that_needs_one_allows_nothing_before() {
    for world in testing::worlds().await {
        let door = door(world, |config| config.access.second_factors_required = true);
        let person = door.person("root", "admin").await;
        let viewer = door.viewer(&door.signed_in("root").await).await;
        assert_eq!(viewer.restricted, Some(Restricted::NeedsSecondFactor));
        assert!(viewer.permit::<ManageAccess>().is_err() && viewer.permit::<SeeStatus>().is_err());
        let confirmed = door.with_second_factor("root").await;
        let viewer = door.viewer(&door.session(confirmed.content).await).await;
        assert_eq!(viewer.restricted, None);
        let permit = viewer.permit::<ManageAccess>().unwrap();

        // Somebody who lost theirs: another administrator removes it.
        let other = door.person("ada", "lead").await;
        door.with_second_factor("ada").await;
        let proven = viewer.proven(door.access.now()).unwrap();
        door.access.remove_second_factor_of(&proven, &other).await.unwrap();
        assert_eq!(door.last().await, "second_factor.removed done by root about ada");
        let ada = door.viewer(&door.signed_in("ada").await).await;
        assert_eq!(ada.restricted, Some(Restricted::NeedsSecondFactor));
        let shown = door.access.people(&permit).await.unwrap();
        assert_eq!(
            shown.iter().map(|person| person.second_factor_since.is_some()).collect::<Vec<_>>(),
            [false, true]
        );

        // One's own needs the password again; without one the role allows nothing.
        door.clock.advance(HOUR);
        assert!(viewer.fresh(door.access.now()).is_err());
        let content = door.access.prove(&viewer, &secret(PASSWORD)).await.unwrap();
        let viewer = door.viewer(&door.session(content).await).await;
        door.clock.advance(MINUTE);
        let fresh = viewer.fresh(door.access.now()).unwrap();
        let content = door.access.remove_second_factor(&fresh).await.unwrap();
        assert_eq!(door.last().await, "second_factor.removed done by root about root");
        let nothing = door.access.remove_second_factor(&fresh).await;
        assert!(matches!(nothing, Err(SecondFactorRefused::None)), "there is none any more");
        let viewer = door.viewer(&door.session(content).await).await;
        assert_eq!(viewer.restricted, Some(Restricted::NeedsSecondFactor));
        assert_eq!(viewer.person, person);
    }
}
