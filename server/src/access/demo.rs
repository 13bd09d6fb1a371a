//! The accounts of a demo: one for each role, with one password that everybody may know.

use backend::{
    access::{Access, PeopleRefused},
    config::Config,
};

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
            Ok(_) | Err(PeopleRefused::Taken) => {}
            Err(refused) => return Err(format!("the account {email} cannot be made: {refused}")),
        }
    }
    Ok(())
}
