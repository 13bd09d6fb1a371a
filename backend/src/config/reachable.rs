//! How a platform's cluster, cache and database are reached, where they may be changed from here.

use std::{collections::BTreeMap, path::PathBuf};

use domain::{
    actions::ActionKey,
    failover::{Mode, Settings},
};
use secrecy::SecretString;

use super::{
    CacheAccess, ClusterAccess, Dependency, Diagnosing, Kubernetes, OldRows, Service, document::Table,
    platforms, read::Reader, values,
};

const REDIS_PORT: u16 = 6_379;
const TIMED_PATH: &str = "/ai/health";
/// Answers 401 without a key, which is an answer.
const OPENAI: &str = "https://api.openai.com/v1/models";

pub(super) fn kubernetes(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<Kubernetes> {
    let section = reader.section(table, path, "kubernetes")?;
    let path = format!("{path}.kubernetes");
    let namespace = reader.required(section, &path, "namespace");
    let mut text = |name: &str| reader.text(section, &path, name, |text| Ok::<_, String>(text.to_owned()));
    let (kubeconfig, context, token, authority) =
        (text("kubeconfig"), text("context"), text("token_file"), text("ca_file"));
    let url = reader.text(section, &path, "url", values::web_address);
    if url.is_some() && kubeconfig.is_some() {
        let message = "url and kubeconfig are both given; expected one of them";
        reader.complain(reader.place(section, "url"), &format!("{path}.url"), message);
    }
    let access = match (url, kubeconfig) {
        (Some(url), _) => ClusterAccess::Address {
            url,
            token_file: token.map(|file| reader.beside(&file)),
            ca_file: authority.map(|file| reader.beside(&file)),
        },
        (None, Some(file)) => ClusterAccess::Kubeconfig { file: reader.beside(&file), context },
        (None, None) => usual(reader, context),
    };
    Some(Kubernetes { namespace: namespace?, access })
}

/// In a pod, its service account; elsewhere the kubeconfig that everybody else uses.
fn usual(reader: &Reader<'_>, context: Option<String>) -> ClusterAccess {
    if reader.env.get("KUBERNETES_SERVICE_HOST").is_some() {
        return ClusterAccess::InCluster;
    }
    let named = reader.env.get("KUBECONFIG").map(PathBuf::from);
    let home = || PathBuf::from(reader.env.get("HOME").cloned().unwrap_or_default()).join(".kube/config");
    ClusterAccess::Kubeconfig { file: named.unwrap_or_else(home), context }
}

pub(super) fn redis(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<CacheAccess> {
    let section = reader.section(table, path, "redis")?;
    let path = format!("{path}.redis");
    let host = reader.required(section, &path, "host");
    let (port, database) = (whole(reader, section, &path, "port"), whole(reader, section, &path, "database"));
    let user = reader.text(section, &path, "user", |text| Ok::<_, String>(text.to_owned()));
    let tls = reader.text(section, &path, "tls", |text| match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{text:?} is not possible; expected \"on\" or \"off\"")),
    });
    let password = platforms::secret(reader, section, &path, "password");
    let ca_file = reader.text(section, &path, "ca_file", |text| Ok::<_, String>(text.to_owned()));
    Some(CacheAccess {
        host: host?,
        port: port.unwrap_or(REDIS_PORT),
        database: database.unwrap_or(0),
        user,
        password,
        tls: tls.unwrap_or(false),
        ca_file: ca_file.map(|file| reader.beside(&file)),
    })
}

/// A whole number from 0 to 65535.
fn whole(reader: &mut Reader<'_>, section: &Table, path: &str, name: &str) -> Option<u16> {
    let (number, place) = reader.number(section, path, name)?;
    if number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&number) {
        return Some(number as u16);
    }
    let message = format!("{number} is not possible; expected a whole number from 0 to {}", u16::MAX);
    reader.complain(place, &format!("{path}.{name}"), message);
    None
}

pub(super) fn postgres(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<SecretString> {
    let section = reader.section(table, path, "postgres")?;
    platforms::secret(reader, section, &format!("{path}.postgres"), "url")
}

/// What diagnostics look at; without a role of their own they read the database by the one for everything.
pub(super) fn diagnosing(
    reader: &mut Reader<'_>,
    table: &Table,
    path: &str,
    everything: Option<&SecretString>,
) -> Diagnosing {
    let own = reader.section(table, path, "postgres").and_then(|section| {
        platforms::secret(reader, section, &format!("{path}.postgres"), "diagnostics_url")
    });
    let timed_path = reader.text(table, path, "timed_path", |text| {
        let fits = text.starts_with('/') && text.bytes().all(|sign| sign.is_ascii_graphic() && sign != b'#');
        if fits {
            Ok(text.to_owned())
        } else {
            Err(format!("{text:?} is no path; expected one such as {TIMED_PATH}"))
        }
    });
    Diagnosing {
        postgres: own.or_else(|| everything.cloned()),
        dependencies: dependencies(reader, table, path),
        timed_path: timed_path.unwrap_or_else(|| TIMED_PATH.to_owned()),
    }
}

/// The language model's, where none are named.
fn dependencies(reader: &mut Reader<'_>, table: &Table, path: &str) -> Vec<Dependency> {
    let Some(entries) = reader.list(table, path, "dependency") else {
        return vec![Dependency { name: "OpenAI".to_owned(), url: OPENAI.to_owned() }];
    };
    let mut all: Vec<Dependency> = Vec::new();
    for (index, (entry, _)) in entries.into_iter().enumerate() {
        let path = format!("{path}.dependency[{index}]");
        let name = reader.required(entry, &path, "name");
        let url = reader.required(entry, &path, "url");
        let (Some(name), Some(url)) = (name, url) else { continue };
        if all.iter().any(|other| other.name == name) {
            let message = format!("there is another dependency {name:?}; expected distinct names");
            reader.complain(reader.place(entry, "name"), &format!("{path}.name"), message);
        }
        match values::web_address(&url) {
            Ok(url) => all.push(Dependency { name, url }),
            Err(why) => reader.complain(reader.place(entry, "url"), &format!("{path}.url"), why),
        }
    }
    all
}

/// WedSync's, where none are named.
pub(super) fn old_rows(reader: &mut Reader<'_>, table: &Table, path: &str) -> Vec<OldRows> {
    let Some(entries) = reader.list(table, path, "old_rows") else {
        let text = str::to_owned;
        return vec![OldRows {
            name: text("completed_optimizations"),
            table: text("wedding_optimizations"),
            id: text("id"),
            status_column: text("status"),
            status: text("completed"),
            age_column: text("created_at"),
        }];
    };
    let mut all: Vec<OldRows> = Vec::new();
    for (index, (entry, _)) in entries.into_iter().enumerate() {
        let path = format!("{path}.old_rows[{index}]");
        let mut required = |name: &str| reader.required(entry, &path, name);
        let (name, of, id) = (required("name"), required("table"), required("id"));
        let (status_column, status, age_column) =
            (required("status_column"), required("status"), required("age_column"));
        let (Some(name), Some(table), Some(id)) = (name, of, id) else { continue };
        let (Some(status_column), Some(status), Some(age_column)) = (status_column, status, age_column)
        else {
            continue;
        };
        if all.iter().any(|other| other.name == name) {
            let message = format!("there are other old rows {name:?}; expected distinct names");
            reader.complain(reader.place(entry, "name"), &format!("{path}.name"), message);
        }
        all.push(OldRows { name, table, id, status_column, status, age_column });
    }
    all
}

/// What follows when the breaker of a service opens: the fallback, offered to a person, unless something else is said.
pub(super) fn usual_failover() -> Settings {
    Settings {
        failover: ActionKey::parse("enable-fallback").ok(),
        failback: ActionKey::parse("disable-fallback").ok(),
        ..Settings::default()
    }
}

pub(super) fn failovers(
    reader: &mut Reader<'_>,
    table: &Table,
    path: &str,
    services: &[Service],
) -> BTreeMap<String, Settings> {
    let usual = usual_failover();
    let mut all: BTreeMap<String, Settings> =
        services.iter().map(|service| (service.key.clone(), usual.clone())).collect();
    let entries = reader.list(table, path, "failover").unwrap_or_default();
    for (index, (entry, place)) in entries.into_iter().enumerate() {
        let path = format!("{path}.failover[{index}]");
        let Some(service) = reader.required(entry, &path, "service") else { continue };
        if !all.contains_key(&service) {
            let known: Vec<_> = services.iter().map(|service| service.key.as_str()).collect();
            let message = format!("there is no service {service:?}; expected one of {}", known.join(", "));
            reader.complain(place, &format!("{path}.service"), message);
            continue;
        }
        let mut key = |name: &str| {
            reader.text(entry, &path, name, |text| ActionKey::parse(text).map_err(|error| error.to_string()))
        };
        let (failover, failback) = (key("failover"), key("failback"));
        let mut mode = |name: &str| {
            reader.text(entry, &path, name, |text| match text {
                "propose" => Ok(Mode::Propose),
                "automatic" => Ok(Mode::Automatic),
                _ => Err(format!("{text:?} is not possible; expected \"propose\" or \"automatic\"")),
            })
        };
        let (on_open, on_recovery) = (mode("on_open"), mode("on_recovery"));
        let settings = Settings {
            failover: failover.or_else(|| usual.failover.clone()),
            failback: failback.or_else(|| usual.failback.clone()),
            on_open: on_open.unwrap_or_default(),
            on_recovery: on_recovery.unwrap_or_default(),
        };
        all.insert(service, settings);
    }
    all
}
