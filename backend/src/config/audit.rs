//! The audit log: how long it is kept, and who outside is told.

use std::time::Duration;

use super::{
    Audit, Siem, SiemTo,
    document::Table,
    platforms::{check_authority, token},
    problem::Place,
    read::Reader,
    values,
};

const DAY: Duration = Duration::from_secs(24 * 3_600);
const KEEP: Duration = DAY.saturating_mul(400);
const SHORTEST_KEEP: Duration = DAY.saturating_mul(30);
const LONGEST_KEEP: Duration = DAY.saturating_mul(36_500);

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Audit {
    let none = Table::new();
    let section = reader.section(tree, "", "audit").unwrap_or(&none);
    let keep = reader.text(section, "audit", "keep", |text| {
        let read = values::days(text).filter(|keep| (SHORTEST_KEEP..=LONGEST_KEEP).contains(keep));
        read.ok_or_else(|| format!("{text:?} is not possible; expected 30d to 36500d, such as 400d"))
    });
    let seal_to = reader.text(section, "audit", "seal_to", |text| Ok::<_, String>(text.to_owned()));
    Audit { keep: keep.unwrap_or(KEEP), seal_to: seal_to.map(|folder| reader.beside(&folder)) }
}

pub(super) fn read_siem(reader: &mut Reader<'_>, tree: &Table) -> Vec<Siem> {
    let mut receivers: Vec<Siem> = Vec::new();
    for (index, (table, place)) in reader.list(tree, "", "siem").unwrap_or_default().into_iter().enumerate() {
        let path = format!("siem[{index}]");
        let Some(receiver) = receiver(reader, table, place, &path) else { continue };
        if receivers.iter().any(|other| other.name == receiver.name) {
            let message = format!("there is another receiver {:?}; expected distinct names", receiver.name);
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), message);
        }
        receivers.push(receiver);
    }
    receivers
}

/// Everything that is wrong is told, so every key is read before it gives up.
fn receiver(reader: &mut Reader<'_>, table: &Table, place: &Place, path: &str) -> Option<Siem> {
    let name = match table.contains_key("name") {
        true => reader.text(table, path, "name", |text| {
            let named = values::is_name(text).then(|| text.to_owned());
            named.ok_or_else(|| {
                format!("{text:?} is not a name; expected small letters, digits, - and _, at most 64")
            })
        }),
        false => {
            reader.complain(place, &format!("{path}.name"), "is missing");
            None
        }
    };
    let ca_file = reader.text(table, path, "ca_file", |text| Ok::<_, String>(text.to_owned()));
    let ca_file = ca_file.map(|file| reader.beside(&file));
    if let Some(Err(why)) = ca_file.as_deref().map(check_authority) {
        reader.complain(reader.place(table, "ca_file"), &format!("{path}.ca_file"), why);
    }
    let token = token(reader, table, path, false);
    let address = reader.text(table, path, "address", |text| {
        let read = values::host_and_port(text);
        read.ok_or_else(|| format!("{text:?} is not a host and port; expected siem.example.com:6514"))
    });
    let url = reader.text(table, path, "url", |text| {
        let url = values::web_address(text)?;
        if url.starts_with("https:") || is_here(&url) {
            Ok(url)
        } else {
            Err("expected https: the records would cross the network in plain")
        }
    });
    let kind = match table.contains_key("kind") {
        true => reader.text(table, path, "kind", |text| match text {
            "syslog-tcp" | "syslog-tls" | "https" => Ok(text.to_owned()),
            _ => Err(format!("{text:?} is no kind; expected \"syslog-tcp\", \"syslog-tls\" or \"https\"")),
        })?,
        false => {
            reader.complain(place, &format!("{path}.kind"), "is missing");
            return None;
        }
    };
    let (needed, useless): (&str, &[&str]) = match kind.as_str() {
        "https" => ("url", &["address"]),
        "syslog-tls" => ("address", &["url", "token", "token_file", "token_env"]),
        _ => ("address", &["url", "ca_file", "token", "token_file", "token_env"]),
    };
    if !table.contains_key(needed) {
        reader.complain(place, &format!("{path}.{needed}"), format!("is missing; {kind} needs it"));
    }
    for key in useless.iter().filter(|key| table.contains_key(**key)) {
        reader.complain(
            reader.place(table, key),
            &format!("{path}.{key}"),
            format!("has no use with {kind}"),
        );
    }
    let to = match (kind.as_str(), address, url) {
        ("https", _, Some(url)) => SiemTo::Https { url, token },
        ("syslog-tls", Some((host, port)), _) => SiemTo::SyslogTls { host, port },
        ("syslog-tcp", Some((host, port)), _) => SiemTo::SyslogTcp { host, port },
        _ => return None,
    };
    Some(Siem { name: name?, to, ca_file })
}

pub(super) fn is_here(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    matches!(host.as_deref(), Some("127.0.0.1" | "localhost" | "[::1]"))
}
