//! The accounts of a demo: one for each role, with one password that everybody may know.

use backend::{
    access::{Access, PeopleRefused, Profile, Theme, Way, WayKind},
    config::Config,
};
use domain::{access::PersonId, audit::Origin};

/// E-mail address and role, in the order of the roles. Empty outside a demo.
pub fn accounts(config: &Config) -> Vec<(String, String)> {
    if config.demo.password.is_none() {
        return Vec::new();
    }
    let roles = config.access.roles.iter();
    roles.map(|role| (format!("{}@demo.example", role.name), role.label.clone())).collect()
}

/// Makes those that are not there yet.
///
/// # Errors
/// In words, when one cannot be made.
pub async fn make(access: &Access, config: &Config) -> Result<(), String> {
    let Some(password) = &config.demo.password else { return Ok(()) };
    for ((email, label), role) in accounts(config).into_iter().zip(&config.access.roles) {
        // A password takes its time to hash, and a refusal is a line on record: neither at every start.
        if access.is_taken(&email).await.map_err(|error| error.to_string())? {
            continue;
        }
        let name = format!("{label} of the demo");
        match access.add_with_password_by_command(&email, &name, &role.name, password).await {
            Ok(person) => reach(access, config, &person, &role.name, &email, name).await?,
            Err(PeopleRefused::Taken) => {}
            Err(refused) => return Err(format!("the account {email} cannot be made: {refused}")),
        }
    }
    Ok(())
}

/// Notes the ways that the demo's configuration has: by chat as `U0OPERATOR`, then by mail.
async fn reach(
    access: &Access,
    config: &Config,
    person: &PersonId,
    role: &str,
    email: &str,
    name: String,
) -> Result<(), String> {
    let chat = Way { kind: WayKind::Chat, address: format!("U0{}", role.to_uppercase()) };
    let mail = Way { kind: WayKind::Mail, address: email.to_owned() };
    let (has_chat, has_mail) = (config.delivery.slack_app.is_some(), config.delivery.mail.is_some());
    let ways: Vec<_> = has_chat.then_some(chat).into_iter().chain(has_mail.then_some(mail)).collect();
    if ways.is_empty() {
        return Ok(());
    }
    let viewer = access.acting_by_message(person, Origin::default(), "the demo").await;
    let Some(viewer) = viewer.map_err(|error| error.to_string())? else { return Ok(()) };
    let profile = Profile { name, zone: None, theme: Theme::System, ways };
    let changed = access.change_profile(&viewer, profile).await;
    changed.map_err(|refused| format!("the ways of {email} cannot be noted: {refused}"))
}
