//! Providers of single sign-on: where they are, and which of their groups is which role here.

use domain::access::{GroupRole, Role};
use reqwest::Url;

use super::{
    Oidc,
    document::Table,
    platforms::{check_authority, secret},
    problem::Place,
    read::Reader,
    values,
};

const SCOPES: [&str; 3] = ["openid", "profile", "email"];
const GROUPS_CLAIM: &str = "groups";
/// Steps of our own addresses that stand where the name of a provider does.
const TAKEN: [&str; 1] = ["code"];

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table, roles: &[Role]) -> Vec<Oidc> {
    let mut providers: Vec<Oidc> = Vec::new();
    for (index, (table, place)) in reader.list(tree, "", "oidc").unwrap_or_default().into_iter().enumerate() {
        let path = format!("oidc[{index}]");
        let Some(provider) = provider(reader, table, place, &path, roles) else { continue };
        for (key, is_same) in [
            ("name", (|one, other| one.name == other.name) as fn(&Oidc, &Oidc) -> bool),
            ("issuer", |one, other| one.issuer == other.issuer),
        ] {
            if providers.iter().any(|other| is_same(&provider, other)) {
                let message = format!("another provider has the same {key}; expected distinct ones");
                reader.complain(reader.place(table, key), &format!("{path}.{key}"), message);
            }
        }
        providers.push(provider);
    }
    providers
}

/// Everything that is wrong is told, so every key is read before it gives up.
fn provider(
    reader: &mut Reader<'_>,
    table: &Table,
    place: &Place,
    path: &str,
    roles: &[Role],
) -> Option<Oidc> {
    for key in ["name", "issuer", "client_id"].into_iter().filter(|key| !table.contains_key(*key)) {
        reader.complain(place, &format!("{path}.{key}"), "is missing");
    }
    let name = reader.text(table, path, "name", |text| match text {
        text if TAKEN.contains(&text) => {
            Err(format!("{text:?} is an address of the console; expected another name"))
        }
        text if values::is_name(text) => Ok(text.to_owned()),
        _ => Err(format!("{text:?} is not a name; expected small letters, digits, - and _, at most 64")),
    });
    let label = reader.text(table, path, "label", words);
    let issuer = reader.text(table, path, "issuer", issuer);
    let client_id = reader.text(table, path, "client_id", words);
    let keys = ["client_secret", "client_secret_file", "client_secret_env"];
    if !keys.iter().any(|key| table.contains_key(*key)) {
        let message = "is missing; expected client_secret_file or client_secret_env";
        reader.complain(place, &format!("{path}.client_secret_file"), message);
    }
    let client_secret = secret(reader, table, path, "client_secret");
    let scopes = reader.texts(table, path, "scopes", scope);
    let mut scopes = scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec());
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    let groups_claim = reader.text(table, path, "groups_claim", words);
    let default_role = reader.text(table, path, "default_role", |name| role(name, roles));
    let groups = groups(reader, table, path, roles);
    if groups.is_empty() && !table.contains_key("default_role") && !table.contains_key("group") {
        reader.complain(
            place,
            &format!("{path}.group"),
            "is missing: nobody could come in; expected a group with its role, or default_role",
        );
    }
    let ca_file = reader.text(table, path, "ca_file", |text| Ok::<_, String>(text.to_owned()));
    let ca_file = ca_file.map(|file| reader.beside(&file));
    if let Some(Err(why)) = ca_file.as_deref().map(check_authority) {
        reader.complain(reader.place(table, "ca_file"), &format!("{path}.ca_file"), why);
    }
    let name = name?;
    Some(Oidc {
        label: label.unwrap_or_else(|| name.clone()),
        name,
        issuer: issuer?,
        client_id: client_id?,
        client_secret: client_secret?,
        scopes,
        groups_claim: groups_claim.unwrap_or_else(|| GROUPS_CLAIM.to_owned()),
        groups,
        default_role,
        ca_file,
    })
}

/// In their order, which says whose role counts.
fn groups(reader: &mut Reader<'_>, table: &Table, path: &str, roles: &[Role]) -> Vec<GroupRole> {
    let mut groups: Vec<GroupRole> = Vec::new();
    for (index, (entry, _)) in reader.list(table, path, "group").unwrap_or_default().into_iter().enumerate() {
        let path = format!("{path}.group[{index}]");
        let group = reader.required(entry, &path, "name");
        let role = match entry.contains_key("role") {
            true => reader.text(entry, &path, "role", |name| role(name, roles)),
            false => reader.required(entry, &path, "role"),
        };
        let (Some(group), Some(role)) = (group, role) else { continue };
        if groups.iter().any(|other| other.group == group) {
            let message = format!("the group {group:?} stands here twice; expected it once");
            reader.complain(reader.place(entry, "name"), &format!("{path}.name"), message);
        }
        groups.push(GroupRole { group, role });
    }
    groups
}

fn role(name: &str, roles: &[Role]) -> Result<String, String> {
    if roles.iter().any(|role| role.name == name) {
        return Ok(name.to_owned());
    }
    let known: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    Err(format!("there is no role {name:?}; expected one of {}", known.join(", ")))
}

/// As it is written: a slash at the end belongs to it.
fn issuer(text: &str) -> Result<String, &'static str> {
    values::web_address(text)?;
    let host = Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
    let is_here = matches!(host.as_deref(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if text.starts_with("https:") || is_here {
        Ok(text.to_owned())
    } else {
        Err("expected https: whoever sits in between could sign in as anybody")
    }
}

fn words(text: &str) -> Result<String, &'static str> {
    let is_fine = text.len() <= 300 && !text.chars().any(char::is_control);
    if is_fine { Ok(text.to_owned()) } else { Err("is over 300 bytes, or has control characters in it") }
}

fn scope(text: &str) -> Result<String, String> {
    let is_scope = !text.is_empty()
        && text.len() <= 200
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if is_scope {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not a scope; expected one such as email"))
    }
}
