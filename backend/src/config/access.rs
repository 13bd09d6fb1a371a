//! Who gets in, and the roles: the built-in ones, each changed or joined by the file.

use domain::access::{Permission, Permissions, Role, SecondFactor, default_roles};

use super::{Access, Platform, document::Table, problem::Place, read::Reader, values};

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table, platforms: &[Platform]) -> Access {
    let none = Table::new();
    let section = reader.section(tree, "", "access").unwrap_or(&none);
    let second_factor = reader.text(section, "access", "second_factor", second_factor);
    let trusted_proxies = reader.texts(section, "access", "trusted_proxies", str::parse);
    Access {
        second_factors_required: second_factor.is_none_or(|asked| asked == SecondFactor::Required),
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        roles: roles(reader, tree, platforms),
    }
}

fn second_factor(text: &str) -> Result<SecondFactor, String> {
    match text {
        "required" => Ok(SecondFactor::Required),
        "off" => Ok(SecondFactor::Optional),
        _ => Err(format!("{text:?} is not possible; expected \"required\" or \"off\"")),
    }
}

fn roles(reader: &mut Reader<'_>, tree: &Table, platforms: &[Platform]) -> Vec<Role> {
    let mut roles = default_roles();
    let mut seen: Vec<String> = Vec::new();
    let entries = reader.list(tree, "", "role").unwrap_or_default();
    for (index, (table, _)) in entries.into_iter().enumerate() {
        let path = format!("role[{index}]");
        let Some(name) = reader.required(table, &path, "name") else { continue };
        let wrong = if !values::is_name(&name) {
            Some(format!("{name:?} is not a name; expected small letters, digits, - and _, at most 64"))
        } else if seen.contains(&name) {
            Some(format!("the role {name:?} stands here twice; expected it once"))
        } else {
            None
        };
        if let Some(why) = wrong {
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), why);
            continue;
        }
        match roles.iter_mut().find(|role| role.name == name) {
            Some(role) => change(reader, table, &path, role, platforms),
            None => roles.extend(new(reader, table, &path, &name, platforms)),
        }
        seen.push(name);
    }
    if !roles.iter().any(|role| role.permissions.has(Permission::ManageAccess)) {
        let place = reader.place(tree, "role").clone();
        reader.complain(
            &place,
            "role",
            "no role has manage_access; expected one, or nobody could be let in again",
        );
    }
    roles
}

fn new(
    reader: &mut Reader<'_>,
    table: &Table,
    path: &str,
    name: &str,
    platforms: &[Platform],
) -> Option<Role> {
    if !table.contains_key("permissions") {
        let message = format!("is missing: {name} is none of the built-in roles, so it must be given");
        reader.complain(reader.place(table, "name"), &format!("{path}.permissions"), message);
        return None;
    }
    let mut role = Role {
        name: name.to_owned(),
        label: name.to_owned(),
        permissions: Permissions::NONE,
        services: None,
        second_factor: SecondFactor::Optional,
    };
    change(reader, table, path, &mut role, platforms);
    // What lets others in is never guarded by less because nobody thought of it.
    if role.permissions.has(Permission::ManageAccess) && !table.contains_key("second_factor") {
        role.second_factor = SecondFactor::Required;
    }
    Some(role)
}

fn change(reader: &mut Reader<'_>, table: &Table, path: &str, role: &mut Role, platforms: &[Platform]) {
    if let Some(label) = reader.text(table, path, "label", |text| Ok::<_, String>(text.to_owned())) {
        role.label = label;
    }
    let permissions = reader.texts(table, path, "permissions", |key| {
        Permission::from_key(key).ok_or_else(|| {
            let known: Vec<_> = Permission::ALL.into_iter().map(Permission::key).collect();
            format!("{key:?} is not a permission; expected some of {}", known.join(", "))
        })
    });
    if let Some(permissions) = permissions {
        role.permissions = permissions.into_iter().collect();
    }
    let mut named = 0;
    let services = reader.texts(table, path, "services", |key| {
        named += 1;
        let mut known =
            platforms.iter().flat_map(|platform| &platform.services).map(|service| service.key.as_str());
        if known.any(|one| one == key) {
            Ok(key.to_owned())
        } else {
            Err(format!("there is no service {key:?}"))
        }
    });
    if services.is_some() && named == 0 {
        let place: Place = reader.place(table, "services").clone();
        reader.complain(
            &place,
            &format!("{path}.services"),
            "is empty; leave it out for a role without limits",
        );
    }
    role.services = services.or(role.services.take());
    if let Some(asked) = reader.text(table, path, "second_factor", second_factor) {
        role.second_factor = asked;
    }
}
