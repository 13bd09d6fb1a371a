//! The outbox and the courier on both databases.

mod couriers;
mod mails;
mod outbox;
pub(crate) mod sinks;
mod slack_app;
mod ways;

use domain::{
    access::PersonId,
    audit::Origin,
    delivery::{Message, Occasion, Recipient},
    monitoring::Level,
    time::Millis,
};
use secrecy::SecretString;

use super::Order;
use crate::{
    access::{Access, Profile, Theme, Way, WayKind},
    clock::Clock,
    config::{self, Config},
    testing::World,
};

pub const START: Millis = Millis(1_795_000_000_000);

/// A page about an alert.
pub fn page(alert: &str, to: &Recipient) -> Order {
    let message = Message {
        occasion: Occasion::Page,
        level: Some(Level::Critical),
        title: "Response time 16 s on wedsync".to_owned(),
        lines: vec!["It misses its target of 5 s.".to_owned(), "Normal is 2.1 s.".to_owned()],
        path: format!("/alerts/{alert}"),
        alert: Some(alert.to_owned()),
        dedup_key: format!("bellwether-{alert}"),
        asks: None,
    };
    Order { message, to: to.clone() }
}

pub fn told(order: &Order, occasion: Occasion) -> Order {
    Order { message: Message { occasion, ..order.message.clone() }, to: order.to.clone() }
}

pub fn channel(name: &str) -> Recipient {
    Recipient::Channel { name: name.to_owned() }
}

/// A configuration with these sections; `files` hold its secrets.
pub fn configured(text: &str, files: &[(&str, &str)]) -> Config {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let file = folder.path().join("bellwether.toml");
    std::fs::write(&file, text).unwrap();
    config::load(Some(&file), std::iter::empty()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// An operator with these ways.
pub async fn person(world: &World, config: &Config, name: &str, ways: &[(WayKind, &str)]) -> PersonId {
    let access = Access::new(world.db.clone(), config, Clock::held(START)).unwrap();
    let email = format!("marked-person-{name}@example.com");
    let password = SecretString::from("marked-password-of-deliveries");
    let id = access.add_with_password_by_command(&email, name, "operator", &password).await.unwrap();
    let ways = ways.iter().map(|(kind, address)| Way { kind: *kind, address: (*address).to_owned() });
    let profile = Profile { name: name.to_owned(), zone: None, theme: Theme::System, ways: ways.collect() };
    let viewer = access.acting_by_message(&id, Origin::default(), "a test").await.unwrap().unwrap();
    access.change_profile(&viewer, profile).await.unwrap();
    id
}
