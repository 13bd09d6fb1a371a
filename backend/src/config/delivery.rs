//! `[delivery…]`: the connections by which staff are told, the channels, and which ways a level uses.

use std::{collections::BTreeMap, path::PathBuf};

use domain::{
    delivery::{Medium, Strategy},
    monitoring::Level,
};
use lettre::message::Mailbox;
use reqwest::Url;
use secrecy::SecretString;

use super::{
    audit::is_here,
    document::Table,
    platforms::{check_authority, read_token, usable},
    read::Reader,
    values,
};

const SLACK_API: &str = "https://slack.com/api";
const PAGERDUTY_API: &str = "https://events.pagerduty.com/v2/enqueue";

/// The connections to people. Names are those of the configuration.
#[derive(Clone, Default, Debug)]
pub struct Delivery {
    pub mail: Option<Mail>,
    /// Incoming webhooks of Slack.
    pub slack: BTreeMap<String, Slack>,
    pub slack_app: Option<SlackApp>,
    pub webhook: BTreeMap<String, Webhook>,
    pub pagerduty: BTreeMap<String, PagerDuty>,
    /// Every channel that a tier may name, with at least one way. A Slack webhook is a channel by itself.
    pub channel: BTreeMap<String, Channel>,
    /// Where the usual is changed.
    pub level: BTreeMap<Level, LevelWays>,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub host: MailHost,
    pub from: Mailbox,
    /// A certificate authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
}

/// `smtp://` is TLS by STARTTLS, and plain only to this machine; `smtps://` is TLS from the beginning.
#[derive(Clone, Debug)]
pub struct MailHost {
    pub name: String,
    pub port: u16,
    pub tls_from_the_beginning: bool,
    pub is_here: bool,
    pub login: Option<(String, SecretString)>,
}

/// An incoming webhook: whoever knows its address may post.
#[derive(Clone, Debug)]
pub struct Slack {
    pub url: SecretString,
}

#[derive(Clone, Debug)]
pub struct SlackApp {
    /// Without a slash at its end.
    pub api_url: String,
    pub token: SecretString,
    pub signing_secret: SecretString,
}

/// A receiver of signed JSON (Standard Webhooks).
#[derive(Clone, Debug)]
pub struct Webhook {
    /// `http` only to this machine.
    pub url: String,
    pub secret: SecretString,
    pub ca_file: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct PagerDuty {
    pub url: String,
    pub routing_key: SecretString,
}

/// By what a channel is told; all of it at once.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Channel {
    /// A name under `slack`.
    pub slack: Option<String>,
    /// Where the Slack app posts: `C0123456789`.
    pub slack_channel: Option<String>,
    pub mail: Vec<String>,
    pub webhook: Vec<String>,
    pub pagerduty: Vec<String>,
}

/// Which ways of a person a level uses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelWays {
    pub ways: Vec<Medium>,
    pub strategy: Strategy,
}

impl Delivery {
    /// Which ways of a person this level uses: all in turn, and at Emergency all at once, when nothing else is
    /// configured.
    pub fn ways_of(&self, level: Option<Level>) -> LevelWays {
        level.and_then(|level| self.level.get(&level)).cloned().unwrap_or_else(|| usual(level))
    }
}

fn usual(level: Option<Level>) -> LevelWays {
    let strategy = if level == Some(Level::Emergency) { Strategy::AtOnce } else { Strategy::InTurn };
    LevelWays { ways: Medium::OF_PEOPLE.to_vec(), strategy }
}

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Delivery {
    let none = Table::new();
    let table = reader.section(tree, "", "delivery").unwrap_or(&none);
    let mut delivery = Delivery {
        mail: reader.section(table, "delivery", "mail").and_then(|mail| read_mail(reader, mail)),
        slack_app: reader.section(table, "delivery", "slack_app").and_then(|app| slack_app(reader, app)),
        slack: named(reader, table, "slack", |reader, table, path| {
            Some(Slack { url: secret_address(reader, table, path)? })
        }),
        webhook: named(reader, table, "webhook", webhook),
        pagerduty: named(reader, table, "pagerduty", |reader, table, path| {
            let url = reader.text(table, path, "url", address).unwrap_or_else(|| PAGERDUTY_API.to_owned());
            Some(PagerDuty { url, routing_key: secret(reader, table, path, "routing_key")? })
        }),
        level: levels(reader, table),
        channel: BTreeMap::new(),
    };
    let known = &delivery;
    let mut channels =
        named(reader, table, "channel", |reader, table, path| channel(reader, table, path, known));
    for name in delivery.slack.keys() {
        let channel = channels.entry(name.clone()).or_default();
        if channel.slack.is_none() && channel.slack_channel.is_none() {
            channel.slack = Some(name.clone());
        }
    }
    for (name, channel) in &channels {
        if *channel == Channel::default() {
            let path = format!("delivery.channel.{name}");
            let place =
                reader.section(table, "delivery", "channel").map(|all| reader.place(all, name).clone());
            let message = "goes nowhere; expected slack, slack_channel, mail, webhook or pagerduty";
            reader.complain(&place.unwrap_or(super::problem::Place::Nowhere), &path, message);
        }
    }
    delivery.channel = channels;
    delivery
}

/// The sections `[delivery.KIND.NAME]` that can be read.
fn named<T>(
    reader: &mut Reader<'_>,
    table: &Table,
    kind: &str,
    mut read: impl FnMut(&mut Reader<'_>, &Table, &str) -> Option<T>,
) -> BTreeMap<String, T> {
    let none = Table::new();
    let entries = reader.section(table, "delivery", kind).unwrap_or(&none);
    let above = format!("delivery.{kind}");
    let mut found = BTreeMap::new();
    for name in entries.keys() {
        let path = format!("{above}.{name}");
        if !values::is_name(name) {
            let message =
                format!("{name:?} is not a name; expected small letters, digits, - and _, at most 64");
            reader.complain(reader.place(entries, name), &path, message);
            continue;
        }
        let Some(entry) = reader.section(entries, &above, name) else { continue };
        found.extend(read(reader, entry, &path).map(|value| (name.clone(), value)));
    }
    found
}

fn read_mail(reader: &mut Reader<'_>, table: &Table) -> Option<Mail> {
    let path = "delivery.mail";
    for key in ["url", "from"] {
        if !table.contains_key(key) {
            reader.required(table, path, key);
        }
    }
    let host = reader.text(table, path, "url", mail_host);
    let from = reader.text(table, path, "from", |text| {
        text.parse::<Mailbox>().map_err(|_| {
            format!("{text:?} is not a sender; expected \"Bellwether <bellwether@example.com>\"")
        })
    });
    let ca_file = authority(reader, table, path);
    Some(Mail { host: host?, from: from?, ca_file })
}

/// The error never repeats the address, because it may hold a password.
fn mail_host(text: &str) -> Result<MailHost, &'static str> {
    const EXPECTED: &str =
        "expected an address such as smtps://mail.example.com or smtp://mail.example.com:587";
    let url = Url::parse(text).map_err(|_| EXPECTED)?;
    let tls_from_the_beginning = match url.scheme() {
        "smtps" => true,
        "smtp" => false,
        _ => return Err(EXPECTED),
    };
    let name = url.host_str().filter(|host| !host.is_empty()).ok_or(EXPECTED)?.to_owned();
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("expected an address without a path, ? and #");
    }
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        ("", Some(_)) => return Err("has a password and no user"),
        (_, None) => return Err("has a user and no password"),
        (user, Some(password)) => Some((plain(user)?, SecretString::from(plain(password)?))),
    };
    let is_here = matches!(name.as_str(), "127.0.0.1" | "localhost" | "[::1]");
    let usual_port = match (tls_from_the_beginning, is_here) {
        (true, _) => 465,
        (false, true) => 25,
        (false, false) => 587,
    };
    let name = name.trim_matches(['[', ']']).to_owned();
    Ok(MailHost { name, port: url.port().unwrap_or(usual_port), tls_from_the_beginning, is_here, login })
}

/// `%40` is `@` in a user or a password.
fn plain(coded: &str) -> Result<String, &'static str> {
    let wrong = "has a % in its user or password that does not stand before two hexadecimal letters";
    let mut bytes = Vec::with_capacity(coded.len());
    let mut rest = coded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = [rest.next().ok_or(wrong)?, rest.next().ok_or(wrong)?];
        let pair = std::str::from_utf8(&pair).map_err(|_| wrong)?;
        bytes.push(u8::from_str_radix(pair, 16).map_err(|_| wrong)?);
    }
    String::from_utf8(bytes).map_err(|_| wrong)
}

fn slack_app(reader: &mut Reader<'_>, table: &Table) -> Option<SlackApp> {
    let path = "delivery.slack_app";
    let api_url = reader.text(table, path, "api_url", address).unwrap_or_else(|| SLACK_API.to_owned());
    let token = secret(reader, table, path, "token");
    let signing_secret = secret(reader, table, path, "signing_secret");
    Some(SlackApp { api_url, token: token?, signing_secret: signing_secret? })
}

pub(super) fn webhook(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<Webhook> {
    if !table.contains_key("url") {
        reader.required(table, path, "url");
    }
    let url = reader.text(table, path, "url", address);
    let ca_file = authority(reader, table, path);
    let secret = secret(reader, table, path, "secret");
    Some(Webhook { url: url?, secret: secret?, ca_file })
}

fn channel(reader: &mut Reader<'_>, table: &Table, path: &str, known: &Delivery) -> Option<Channel> {
    let one_of = |kind: &'static str, there: bool, name: &str| match there {
        true => Ok(name.to_owned()),
        false => Err(format!("there is no section [delivery.{kind}.{name}]")),
    };
    let slack =
        reader.text(table, path, "slack", |name| one_of("slack", known.slack.contains_key(name), name));
    let slack_channel = reader.text(table, path, "slack_channel", |text| match &known.slack_app {
        Some(_) if text.contains(char::is_whitespace) => {
            Err("expected the id of a channel, such as C0123456789")
        }
        Some(_) => Ok(text.to_owned()),
        None => Err("needs a Slack app; expected a section [delivery.slack_app]"),
    });
    let mail = reader.texts(table, path, "mail", |text| match &known.mail {
        None => Err("needs a mail server; expected a section [delivery.mail]".to_owned()),
        Some(_) => match domain::access::EmailAddress::parse(text) {
            Ok(address) => Ok(address.as_str().to_owned()),
            Err(_) => Err(format!("{text:?} is no e-mail address")),
        },
    });
    let webhook = reader
        .texts(table, path, "webhook", |name| one_of("webhook", known.webhook.contains_key(name), name));
    let pagerduty = reader.texts(table, path, "pagerduty", |name| {
        one_of("pagerduty", known.pagerduty.contains_key(name), name)
    });
    Some(Channel {
        slack,
        slack_channel,
        mail: mail.unwrap_or_default(),
        webhook: webhook.unwrap_or_default(),
        pagerduty: pagerduty.unwrap_or_default(),
    })
}

fn levels(reader: &mut Reader<'_>, table: &Table) -> BTreeMap<Level, LevelWays> {
    let none = Table::new();
    let entries = reader.section(table, "delivery", "level").unwrap_or(&none);
    let mut levels = BTreeMap::new();
    for name in entries.keys() {
        let path = format!("delivery.level.{name}");
        let all = [Level::Information, Level::Warning, Level::Critical, Level::Emergency];
        let Some(level) = all.into_iter().find(|level| level.number().to_string() == *name) else {
            let message = format!("there is no level {name:?}; expected 1, 2, 3 or 4");
            reader.complain(reader.place(entries, name), &path, message);
            continue;
        };
        let Some(entry) = reader.section(entries, "delivery.level", name) else { continue };
        let usual = usual(Some(level));
        let mut named = 0;
        let ways = reader.texts(entry, &path, "ways", |word| {
            named += 1;
            let medium = Medium::from_word(word).filter(|medium| Medium::OF_PEOPLE.contains(medium));
            medium.ok_or_else(|| {
                format!("{word:?} is no way; expected some of \"mail\", \"chat\", \"webhook\"")
            })
        });
        if ways.is_some() && named == 0 {
            reader.complain(
                reader.place(entry, "ways"),
                &format!("{path}.ways"),
                "is empty: nobody would hear",
            );
        }
        let strategy = reader.text(entry, &path, "order", |text| match text {
            "in_turn" => Ok(Strategy::InTurn),
            "at_once" => Ok(Strategy::AtOnce),
            _ => Err(format!("{text:?} is no order; expected \"in_turn\" or \"at_once\"")),
        });
        let ways = ways.unwrap_or(usual.ways);
        levels.insert(level, LevelWays { ways, strategy: strategy.unwrap_or(usual.strategy) });
    }
    levels
}

/// An address that is no secret. Over plain HTTP only to this machine.
fn address(text: &str) -> Result<String, &'static str> {
    near_or_tls(values::web_address(text)?)
}

fn near_or_tls(url: String) -> Result<String, &'static str> {
    if url.starts_with("https:") || is_here(&url) {
        Ok(url)
    } else {
        Err("expected https: what is told would cross the network in plain")
    }
}

/// A secret from the environment, or from the file that `NAME_file` names.
pub(super) fn secret(reader: &mut Reader<'_>, table: &Table, path: &str, name: &str) -> Option<SecretString> {
    if table.contains_key(name) {
        return reader.text(table, path, name, usable);
    }
    let file_key = format!("{name}_file");
    let file = reader.required(table, path, &file_key)?;
    let file = reader.beside(&file);
    let read = read_token(&file).map_err(|why| why.replace("the token in", "what stands in"));
    read.map_err(|why| reader.complain(reader.place(table, &file_key), &format!("{path}.{file_key}"), why))
        .ok()
}

/// An address that is a secret. What is wrong is said without repeating it.
fn secret_address(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<SecretString> {
    use secrecy::ExposeSecret;
    let url = secret(reader, table, path, "url")?;
    let key = if table.contains_key("url") { "url" } else { "url_file" };
    let read = values::web_address(url.expose_secret())
        .map_err(
            |_| "what stands in it is no address; expected one such as https://hooks.slack.com/services/…",
        )
        .and_then(near_or_tls);
    match read {
        Ok(url) => Some(url.into()),
        Err(why) => {
            reader.complain(reader.place(table, key), &format!("{path}.{key}"), why);
            None
        }
    }
}

fn authority(reader: &mut Reader<'_>, table: &Table, path: &str) -> Option<PathBuf> {
    let file = reader.text(table, path, "ca_file", |text| Ok::<_, String>(text.to_owned()))?;
    let file = reader.beside(&file);
    if let Err(why) = check_authority(&file) {
        reader.complain(reader.place(table, "ca_file"), &format!("{path}.ca_file"), why);
    }
    Some(file)
}
