//! The watched platforms: WedSync unless others are named.

use std::{fs, io::Read, path::Path, time::Duration};

use secrecy::SecretString;

use super::{
    Platform, Service,
    document::{Content, Node, Table},
    problem::Place,
    reachable,
    read::Reader,
    values,
};

const NAME: &str = "wedsync";
const API_URL: &str = "https://api.wedsync.com";
const ALERTS_URL: &str = "https://alerts.wedsync.com";
const POLL_EVERY: Duration = Duration::from_secs(30);
const FASTEST_POLL: Duration = Duration::from_millis(200);
const SLOWEST_POLL: Duration = Duration::from_secs(3_600);
/// The variable that WedSync's own tools take the token from.
const API_TOKEN: &str = "API_TOKEN";
const LARGEST_TOKEN: u64 = 16 * 1024;

/// Without a platform in the file there is one all the same, so that a variable can change it.
pub(super) fn seed(tree: &mut Table) {
    let name = Node { place: Place::Nowhere, content: Content::Text(NAME.to_owned()) };
    let built_in =
        Node { place: Place::Nowhere, content: Content::Table(Table::from([("name".to_owned(), name)])) };
    tree.entry("platform".to_owned())
        .or_insert_with(|| Node { place: Place::Nowhere, content: Content::List(vec![built_in]) });
}

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Vec<Platform> {
    let Some(entries) = reader.list(tree, "", "platform") else { return Vec::new() };
    let mut platforms: Vec<Platform> = Vec::new();
    for (index, (table, place)) in entries.iter().enumerate() {
        let path = format!("platform[{index}]");
        let platform = platform(reader, table, place, &path, index == 0);
        if platforms.iter().any(|other| other.name == platform.name) {
            let message = format!("there is another platform {:?}; expected distinct names", platform.name);
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), message);
        }
        platforms.push(platform);
    }
    if platforms.is_empty() {
        reader.complain(
            reader.place(tree, "platform"),
            "platform",
            "is empty, expected at least one platform",
        );
    }
    platforms
}

fn platform(reader: &mut Reader<'_>, table: &Table, place: &Place, path: &str, first: bool) -> Platform {
    let name = reader.text(table, path, "name", |text| {
        if values::is_name(text) {
            Ok(text.to_owned())
        } else {
            Err(format!("{text:?} is not a name; expected small letters, digits, - and _, at most 64"))
        }
    });
    let name = name.unwrap_or_else(|| NAME.to_owned());
    let api_url = reader.text(table, path, "api_url", values::web_address);
    if !table.contains_key("api_url") && name != NAME {
        reader.complain(place, &format!("{path}.api_url"), "is missing; expected the address of its API");
    }
    // WedSync's alarm must not ring because of a platform that merely has its name.
    let its_own = !table.contains_key("api_url");
    let alerts_url = reader.text(table, path, "alerts_url", values::web_address);
    let poll_every = reader.text(table, path, "poll_every", |text| {
        let read = values::duration(text).filter(|every| (FASTEST_POLL..=SLOWEST_POLL).contains(every));
        read.ok_or_else(|| {
            format!("{text:?} is not possible; expected 200ms to 1h, such as 500ms, 30s or 2m")
        })
    });
    let services = services(reader, table, path);
    let failovers = reachable::failovers(reader, table, path, &services);
    let crisis_manager = reader.text(table, path, "crisis_manager", |key| {
        if services.iter().any(|service| service.key == key) {
            return Ok(key.to_owned());
        }
        let known: Vec<_> = services.iter().map(|service| service.key.as_str()).collect();
        Err(format!("there is no service {key:?}; expected one of {}", known.join(", ")))
    });
    let ca_file = reader.text(table, path, "ca_file", |text| Ok::<_, String>(text.to_owned()));
    let ca_file = ca_file.map(|file| reader.beside(&file));
    if let Some(Err(why)) = ca_file.as_deref().map(check_authority) {
        reader.complain(reader.place(table, "ca_file"), &format!("{path}.ca_file"), why);
    }
    let kubernetes = reachable::kubernetes(reader, table, path);
    let (redis, postgres) = (reachable::redis(reader, table, path), reachable::postgres(reader, table, path));
    let diagnosing = reachable::diagnosing(reader, table, path, postgres.as_ref());
    let old_rows = reachable::old_rows(reader, table, path);
    Platform {
        name,
        api_url: api_url.unwrap_or_else(|| API_URL.to_owned()),
        token: token(reader, table, path, first),
        alerts_url: alerts_url.or_else(|| its_own.then(|| ALERTS_URL.to_owned())),
        ca_file,
        poll_every: poll_every.unwrap_or(POLL_EVERY),
        crisis_manager: crisis_manager.or_else(|| {
            let usual = "crisis";
            services.iter().any(|service| service.key == usual).then(|| usual.to_owned())
        }),
        services,
        kubernetes,
        redis,
        postgres,
        diagnosing,
        old_rows,
        failovers,
    }
}

fn built_in_services() -> Vec<Service> {
    [
        ("optimization", "Optimization engine", "optimization_engine"),
        ("recommendation", "Recommendation engine", "recommendation_engine"),
        ("crisis", "Crisis manager", "crisis_manager"),
    ]
    .map(|(key, name, field)| Service { key: key.into(), name: name.into(), field: field.into() })
    .to_vec()
}

/// Those of the file in place of WedSync's, when it names any.
fn services(reader: &mut Reader<'_>, table: &Table, path: &str) -> Vec<Service> {
    let Some(entries) = reader.list(table, path, "service") else { return built_in_services() };
    let mut services: Vec<Service> = Vec::new();
    for (index, (entry, _)) in entries.into_iter().enumerate() {
        let path = format!("{path}.service[{index}]");
        let key = reader.required(entry, &path, "name");
        let name = reader.required(entry, &path, "label");
        let field = reader.required(entry, &path, "field");
        let (Some(key), Some(name), Some(field)) = (key, name, field) else { continue };
        if !values::is_name(&key) {
            let message =
                format!("{key:?} is not a name; expected small letters, digits, - and _, at most 64");
            reader.complain(reader.place(entry, "name"), &format!("{path}.name"), message);
        }
        if services.iter().any(|other| other.key == key) {
            let message = format!("there is another service {key:?}; expected distinct names");
            reader.complain(reader.place(entry, "name"), &format!("{path}.name"), message);
        }
        if services.iter().any(|other| other.field == field) {
            let message = format!("another service reads the field {field:?} already");
            reader.complain(reader.place(entry, "field"), &format!("{path}.field"), message);
        }
        services.push(Service { key, name, field });
    }
    services
}

/// The token, from the nearest place: a variable of its own, then `token_file` or `token_env`, then for the first
/// platform `API_TOKEN`.
pub(super) fn token(reader: &mut Reader<'_>, table: &Table, path: &str, first: bool) -> Option<SecretString> {
    if ["token", "token_file", "token_env"].iter().any(|key| table.contains_key(*key)) {
        return secret(reader, table, path, "token");
    }
    let token = reader.env.get(API_TOKEN).filter(|_| first)?;
    usable(token)
        .map_err(|why| reader.complain(&Place::Variable(API_TOKEN.to_owned()), &format!("{path}.token"), why))
        .ok()
}

/// A secret, from the nearest place: a variable of its own, then `NAME_file` or `NAME_env`.
pub(super) fn secret(reader: &mut Reader<'_>, table: &Table, path: &str, name: &str) -> Option<SecretString> {
    let own = reader.text(table, path, name, usable);
    if table.contains_key(name) {
        return own;
    }
    let (in_file, in_env) = (format!("{name}_file"), format!("{name}_env"));
    if table.contains_key(&in_file) && table.contains_key(&in_env) {
        let message = format!("{in_file} and {in_env} are both given; expected one of them");
        reader.complain(reader.place(table, &in_env), &format!("{path}.{in_env}"), message);
        return None;
    }
    if table.contains_key(&in_file) {
        let file = reader.text(table, path, &in_file, |text| Ok::<_, String>(text.to_owned()))?;
        let file = reader.beside(&file);
        return read_token(&file)
            .map_err(|why| reader.complain(reader.place(table, &in_file), &format!("{path}.{in_file}"), why))
            .ok();
    }
    let env = reader.env;
    reader.text(table, path, &in_env, |variable| match env.get(variable) {
        Some(token) => usable(token).map_err(|why| format!("the variable {variable} {why}")),
        None => Err(format!("the variable {variable} is not set")),
    })
}

pub(super) fn read_token(file: &Path) -> Result<SecretString, String> {
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", file.display());
    let mut text = String::new();
    fs::File::open(file)
        .and_then(|opened| opened.take(LARGEST_TOKEN + 1).read_to_string(&mut text))
        .map_err(unreadable)?;
    usable(&text).map_err(|why| format!("the secret in {} {why}", file.display()))
}

/// The token without the blanks around it. What is wrong is said without repeating it.
pub(super) fn usable(text: &str) -> Result<SecretString, &'static str> {
    let token = text.trim();
    if token.is_empty() {
        Err("is empty")
    } else if token.len() as u64 > LARGEST_TOKEN {
        Err("is over 16 KiB, expected a secret")
    } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Err("has blanks or signs inside that no secret has")
    } else {
        Ok(SecretString::from(token))
    }
}

pub(super) fn check_authority(file: &Path) -> Result<(), String> {
    let text =
        fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(())
    } else {
        Err(format!("{} holds no certificate; expected PEM", file.display()))
    }
}
