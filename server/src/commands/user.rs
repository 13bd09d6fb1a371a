//! `bellwether user add`, `user reset`, `token add`: the first administrator, a way back in, a way in for a machine.

use std::io::Read;

use backend::{
    access::{Access, Link, Permission, Permissions},
    clock::Clock,
    config::Config,
    db::Db,
};
use domain::time::DAY;
use secrecy::{ExposeSecret, SecretString};

/// More than any password; what is over it is refused with the reason.
const MOST_READ: u64 = 16 * 1024;

/// Adds a person and prints the link by which they set a password, or takes the password from standard input.
pub async fn add(
    config: Config,
    email: String,
    name: String,
    role: String,
    password_stdin: bool,
) -> Result<(), String> {
    let password = if password_stdin { Some(read_password(std::io::stdin().lock())?) } else { None };
    with_access(&config, async |access| {
        match password {
            Some(password) => {
                let added = access.add_with_password_by_command(&email, &name, &role, &password).await;
                added.map_err(|why| why.to_string())?;
                println!("{name} can sign in as {role}.");
            }
            None => {
                let link = access.add_by_command(&email, &name, &role).await;
                tell(&link.map_err(|why| why.to_string())?, "sets a password");
            }
        }
        Ok(())
    })
    .await
}

/// Prints a link to a new password.
pub async fn reset(config: Config, email: String) -> Result<(), String> {
    with_access(&config, async |access| {
        let link = access.reset_by_command(&email).await.map_err(|why| why.to_string())?;
        tell(&link, "sets a new password");
        Ok(())
    })
    .await
}

/// Makes a token and prints it, alone, on standard output.
pub async fn add_token(
    config: Config,
    owner: String,
    name: String,
    permissions: Vec<String>,
    days: i64,
) -> Result<(), String> {
    let mut granted = Permissions::NONE;
    for key in &permissions {
        let known = Permission::ALL.into_iter().find(|known| known.key() == key);
        let keys = || Permission::ALL.map(Permission::key).join(", ");
        granted =
            granted.with(known.ok_or_else(|| format!("{key:?} is no permission; expected {}", keys()))?);
    }
    with_access(&config, async |access| {
        let ends = access.now().plus(days * DAY);
        let new = access.create_token_by_command(&owner, &name, granted, ends).await;
        let new = new.map_err(|why| why.to_string())?;
        eprintln!("This token is shown once; it holds for {days} days:");
        println!("{}", new.secret.expose_secret());
        Ok(())
    })
    .await
}

async fn with_access(
    config: &Config,
    work: impl AsyncFnOnce(&Access) -> Result<(), String>,
) -> Result<(), String> {
    let db = Db::open(&config.database.url).await.map_err(|error| error.to_string())?;
    let access = Access::new(db.clone(), config, Clock::system()).map_err(|error| error.to_string())?;
    let done = work(&access).await;
    db.close().await;
    done
}

/// The address alone on standard output, so that a script can take it; what it is for on standard error.
fn tell(link: &Link, what: &str) {
    eprintln!("Whoever opens this address within one hour {what}; it works once:");
    println!("{}", link.url.expose_secret());
}

/// The first line, without its end.
fn read_password(input: impl Read) -> Result<SecretString, String> {
    let mut text = String::new();
    input
        .take(MOST_READ)
        .read_to_string(&mut text)
        .map_err(|error| format!("the password cannot be read: {error}"))?;
    let line = text.split('\n').next().unwrap_or_default();
    Ok(SecretString::from(line.strip_suffix('\r').unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line() {
        for (input, password) in [("one two\n", "one two"), (" x \r\nmore", " x "), ("", "")] {
            assert_eq!(read_password(input.as_bytes()).unwrap().expose_secret(), password);
        }
        assert!(read_password(&[0xff][..]).unwrap_err().starts_with("the password cannot be read"));
    }
}
