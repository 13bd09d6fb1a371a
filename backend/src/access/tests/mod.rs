//! The door, on both databases: who gets in, who does not, and what is on record of it.

mod door;
mod people;
mod second_factor;
mod sessions;
mod single_sign_on;
mod tokens;

use std::collections::HashMap;

use domain::{access::PersonId, audit::Origin, time::Millis};
use secrecy::{ExposeSecret, SecretString};
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
};

use super::*;
use crate::testing::{self, World};

const PASSWORD: &str = "marked-password of finches";
const START: Millis = Millis(1_795_000_000_000);

/// A door with a clock that stands still, in a database of its own.
struct Door {
    access: Access,
    clock: Clock,
    world: World,
}

async fn doors() -> Vec<Door> {
    let mut doors = Vec::new();
    for world in testing::worlds().await {
        doors.push(door(world, |_| {}));
    }
    doors
}

fn door(world: World, change: impl FnOnce(&mut Config)) -> Door {
    let clock = Clock::held(START);
    let mut config = crate::config::load(None, std::iter::empty()).unwrap();
    config.access.second_factors_required = false;
    change(&mut config);
    Door { access: Access::new(world.db.clone(), &config, clock.clone()).unwrap(), clock, world }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn from(address: &str) -> Origin {
    Origin {
        address: Some(address.to_owned()),
        user_agent: Some("Firefox".to_owned()),
        request_id: Some("r-1".to_owned()),
    }
}

fn here() -> Origin {
    from("192.0.2.1")
}

fn asked(email: &str, password: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: secret(password), code: None, known_browser: None }
}

impl Door {
    /// Somebody with the password of all tests.
    async fn person(&self, name: &str, role: &str) -> PersonId {
        let email = format!("{name}@example.com");
        self.access.add_with_password_by_command(&email, name, role, &secret(PASSWORD)).await.unwrap()
    }

    /// A session of them, as the web makes it after the sign-in.
    async fn session(&self, content: SessionContent) -> Id {
        let mut record = Record {
            id: Id::default(),
            data: HashMap::from([(SESSION_CONTENT.to_owned(), serde_json::to_value(content).unwrap())]),
            expiry_date: time::OffsetDateTime::UNIX_EPOCH,
        };
        self.access.sessions().create(&mut record).await.unwrap();
        record.id
    }

    /// Signed in by the password, with a session.
    async fn signed_in(&self, name: &str) -> Id {
        let signed_in =
            self.access.sign_in(asked(&format!("{name}@example.com"), PASSWORD), &here()).await.unwrap();
        assert_eq!(signed_in.stage, Stage::SignedIn);
        self.session(signed_in.content).await
    }

    async fn who(&self, id: &Id) -> Who {
        self.access.who(Some(id), here()).await.unwrap()
    }

    async fn viewer(&self, id: &Id) -> Viewer {
        match self.who(id).await {
            Who::SignedIn(viewer) => viewer,
            other => panic!("expected somebody signed in, got {other:?}"),
        }
    }

    async fn half_way(&self, id: &Id) -> HalfWay {
        match self.who(id).await {
            Who::HalfWay(half_way) => half_way,
            other => panic!("expected somebody half-way, got {other:?}"),
        }
    }

    async fn is_nobody(&self, id: &Id) -> bool {
        matches!(self.who(id).await, Who::Nobody)
    }

    /// An administrator with a session and its permit.
    async fn admin(&self, name: &str) -> (PersonId, Viewer, Permit<ManageAccess>) {
        let person = self.person(name, "admin").await;
        let viewer = self.viewer(&self.signed_in(name).await).await;
        let permit = viewer.permit().unwrap();
        (person, viewer, permit)
    }

    /// Everything on record, in order.
    async fn log(&self) -> Vec<String> {
        testing::on_record(&self.world.db).await
    }

    /// The last line on record.
    async fn last(&self) -> String {
        self.log().await.pop().unwrap_or_default()
    }
}

/// The token in a link's address.
fn token_of(link: &Link) -> SecretString {
    secret(link.url.expose_secret().rsplit('/').next().unwrap())
}
