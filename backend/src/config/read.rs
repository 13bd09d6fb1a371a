//! From the tree to the configuration: every value read strictly, everything that is wrong told.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::{
    Config, Database, Demo, Log, LogFormat, Server, access, actions, audit, crises, delivery,
    document::{self, Content, Node, Table},
    metrics, notices, oidc, overrides, platforms,
    problem::{Place, Problem},
    sealing, severities, tiers, values,
};

const LARGEST_FILE: u64 = 1 << 20;
/// Beyond this a poll of 30 s would be due more than 100 times in a second.
const FASTEST_CLOCK: u32 = 3_600;

pub(super) fn load(path: Option<&Path>, env: &BTreeMap<String, String>) -> Result<Config, Vec<Problem>> {
    let mut reader = Reader { file: path, env, problems: Vec::new() };
    let mut tree = match path.map(|path| (path, text_of(path))) {
        None => Table::new(),
        Some((path, Ok(text))) => document::parse(&text, path, &mut reader.problems),
        Some((_, Err(why))) => {
            reader.complain(&Place::Nowhere, "", why);
            Table::new()
        }
    };
    if !reader.problems.is_empty() && tree.is_empty() {
        // Nothing could be read: what the variables say cannot be judged without it.
        return Err(reader.problems);
    }
    platforms::seed(&mut tree);
    overrides::lay_over(&mut tree, env, &mut reader.problems);
    let config = config(&mut reader, &tree);
    if reader.problems.is_empty() {
        return Ok(config);
    }
    reader.problems.sort_by(|one, other| {
        let place = |problem: &Problem| (problem.variable.clone(), problem.line, problem.column);
        place(one).cmp(&place(other))
    });
    Err(reader.problems)
}

fn text_of(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if size > LARGEST_FILE {
        return Err("is over 1 MiB; expected a configuration".to_owned());
    }
    fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn config(reader: &mut Reader<'_>, tree: &Table) -> Config {
    let none = Table::new();
    let section = |reader: &mut Reader<'_>, name: &str| reader.section(tree, "", name).unwrap_or(&none);
    let server_section = section(reader, "server");
    let server = server(reader, server_section);
    let database = section(reader, "database");
    let url = reader
        .text(database, "database", "url", |text| values::database(text).map(|()| text.to_owned()))
        .unwrap_or_else(|| "sqlite://bellwether.db".to_owned());
    let log = section(reader, "log");
    let log = Log {
        format: reader
            .text(log, "log", "format", |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err(format!("{text:?} is not a format; expected \"text\" or \"json\"")),
            })
            .unwrap_or(LogFormat::Text),
        filter: reader
            .text(log, "log", "filter", |text| {
                let expected = "expected a level, or pairs such as info,backend=debug";
                if values::log_filter(text) {
                    Ok(text.to_owned())
                } else {
                    Err(format!("{text:?} cannot be read; {expected}"))
                }
            })
            .unwrap_or_else(|| "info".to_owned()),
    };
    let demo = section(reader, "demo");
    let fast_clock = reader.number(demo, "demo", "fast_clock").filter(|(number, place)| {
        let possible = number.fract() == 0.0 && (1.0..=f64::from(FASTEST_CLOCK)).contains(number);
        if !possible {
            let message =
                format!("{number} is not possible; expected a whole number from 1 to {FASTEST_CLOCK}");
            reader.complain(place, "demo.fast_clock", message);
        }
        possible
    });
    let near = server.listen.ip().is_loopback();
    let demo_password = reader.text(demo, "demo", "password", |text| match near {
        true => Ok(text.to_owned()),
        false => Err("its accounts are everybody's: expected server.listen to be a loopback address"),
    });
    let mut platforms = platforms::read(reader, tree);
    let on_call = tiers::read_on_call(reader, tree, &server.zone);
    let access = access::read(reader, tree, &platforms);
    let oidc = oidc::read(reader, tree, &access.roles);
    let catalogues = actions::read(reader, tree, &mut platforms);
    Config {
        server,
        database: Database { url: url.into() },
        log,
        demo: Demo {
            fast_clock: fast_clock.map_or(1, |(number, _)| number as u32),
            password: demo_password.map(Into::into),
        },
        platforms,
        metrics: metrics::read(reader, tree),
        delivery: delivery::read(reader, tree),
        tiers: tiers::read(reader, tree),
        on_call,
        severities: severities::read(reader, tree),
        access,
        oidc,
        audit: audit::read(reader, tree),
        siem: audit::read_siem(reader, tree),
        sealing: sealing::read(reader, tree),
        crises: crises::read(reader, tree),
        notices: notices::read(reader, tree),
        catalogues,
    }
}

fn server(reader: &mut Reader<'_>, table: &Table) -> Server {
    let listen = reader.text(table, "server", "listen", values::listen);
    let listen = listen.unwrap_or_else(|| ([127, 0, 0, 1], 3000).into());
    let public_url = reader.text(table, "server", "public_url", values::web_address);
    let zone = reader.text(table, "server", "zone", |name| {
        TimeZone::get(name).map_err(|_| {
            format!("{name:?} is not a time zone; expected an IANA name such as Europe/Stockholm")
        })
    });
    Server {
        listen,
        public_url: public_url.unwrap_or_else(|| format!("http://{listen}")),
        zone: zone.unwrap_or(TimeZone::UTC),
    }
}

/// Reads values, and remembers what was wrong.
pub(super) struct Reader<'a> {
    file: Option<&'a Path>,
    pub env: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    pub fn complain(&mut self, place: &Place, key: &str, message: impl Into<String>) {
        self.problems.push(self.problem(place, key, message));
    }

    /// What is wrong at this place, for whoever tells it later.
    pub fn problem(&self, place: &Place, key: &str, message: impl Into<String>) -> Problem {
        let (file, line, column, variable) = match place {
            Place::Nowhere => (self.file, None, None, None),
            Place::File { line, column } => (self.file, Some(*line), Some(*column), None),
            Place::Variable(variable) => (None, None, None, Some(variable.clone())),
        };
        let file = file.map(Path::to_owned);
        Problem { file, line, column, variable, key: key.to_owned(), message: message.into() }
    }

    /// A path of the configuration, which is relative to the folder of the file.
    pub fn beside(&self, path: &str) -> PathBuf {
        self.file.and_then(Path::parent).map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    pub fn section<'t>(&mut self, table: &'t Table, path: &str, name: &str) -> Option<&'t Table> {
        let node = table.get(name)?;
        match &node.content {
            Content::Table(table) => Some(table),
            other => {
                let key = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                self.complain(&node.place, &key, format!("is {}, expected a section [{key}]", other.kind()));
                None
            }
        }
    }

    /// The sections `[[name]]`, with the place of each; `None` when there is none.
    pub fn list<'t>(
        &mut self,
        table: &'t Table,
        path: &str,
        name: &str,
    ) -> Option<Vec<(&'t Table, &'t Place)>> {
        let node = table.get(name)?;
        let key = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let Content::List(entries) = &node.content else {
            let message = format!("is {}, expected sections [[{key}]]", node.content.kind());
            self.complain(&node.place, &key, message);
            return None;
        };
        let mut tables = Vec::new();
        for (index, Node { place, content }) in entries.iter().enumerate() {
            match content {
                Content::Table(table) => tables.push((table, place)),
                other => {
                    let message = format!("is {}, expected a section [[{key}]]", other.kind());
                    self.complain(place, &format!("{key}[{index}]"), message);
                }
            }
        }
        Some(tables)
    }

    pub fn place<'t>(&self, table: &'t Table, name: &str) -> &'t Place {
        table.get(name).map_or(&Place::Nowhere, |node| &node.place)
    }

    /// A text that `parse` takes; `None` when it is missing or wrong, and what is wrong is told.
    pub fn text<T, E: Into<String>>(
        &mut self,
        table: &Table,
        path: &str,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let node = table.get(name)?;
        let read = match &node.content {
            Content::Text(text) if text.trim().is_empty() => Err("is empty".to_owned()),
            Content::Text(text) => parse(text).map_err(Into::into),
            other => Err(format!("is {}, expected text in quotes", other.kind())),
        };
        read.map_err(|message| self.complain(&node.place, &format!("{path}.{name}"), message)).ok()
    }

    /// Several texts, each of which `parse` takes; `None` when the key is missing. What is wrong is told, and left out.
    pub fn texts<T>(
        &mut self,
        table: &Table,
        path: &str,
        name: &str,
        mut parse: impl FnMut(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let node = table.get(name)?;
        let key = format!("{path}.{name}");
        let texts: Vec<(&str, &Place)> = match (&node.content, &node.place) {
            (Content::List(entries), _) => entries
                .iter()
                .filter_map(|entry| match &entry.content {
                    Content::Text(text) => Some((text.as_str(), &entry.place)),
                    other => {
                        self.complain(
                            &entry.place,
                            &key,
                            format!("is {}, expected text in quotes", other.kind()),
                        );
                        None
                    }
                })
                .collect(),
            (Content::Text(text), place @ Place::Variable(_)) => text
                .split(',')
                .map(|part| (part, place))
                .filter(|(part, _)| !part.trim().is_empty())
                .collect(),
            (other, place) => {
                self.complain(
                    place,
                    &key,
                    format!("is {}, expected a list such as [\"a\", \"b\"]", other.kind()),
                );
                return None;
            }
        };
        let mut read = Vec::with_capacity(texts.len());
        for (text, place) in texts {
            match parse(text.trim()) {
                Ok(value) => read.push(value),
                Err(message) => self.complain(place, &key, message),
            }
        }
        Some(read)
    }

    /// Text that must be there in a section that is.
    pub fn required(&mut self, table: &Table, path: &str, name: &str) -> Option<String> {
        if !table.contains_key(name) {
            // The nearest thing to point at is what the section does have.
            let near = table.values().next().map_or(Place::Nowhere, |node| node.place.clone());
            self.complain(&near, &format!("{path}.{name}"), "is missing");
            return None;
        }
        self.text(table, path, name, |text| Ok::<_, String>(text.to_owned()))
    }

    pub fn number<'t>(&mut self, table: &'t Table, path: &str, name: &str) -> Option<(f64, &'t Place)> {
        self.number_else(table, path, name, "a number")
    }

    /// A number, or `"none"`, which takes a default away: then `Some(None)`. What is left out is `None`.
    pub fn number_or_none<'t>(
        &mut self,
        table: &'t Table,
        path: &str,
        name: &str,
    ) -> Option<Option<(f64, &'t Place)>> {
        match &table.get(name)?.content {
            Content::Text(text) if text.trim() == "none" => Some(None),
            _ => self.number_else(table, path, name, "a number, or \"none\"").map(Some),
        }
    }

    fn number_else<'t>(
        &mut self,
        table: &'t Table,
        path: &str,
        name: &str,
        expected: &str,
    ) -> Option<(f64, &'t Place)> {
        let node = table.get(name)?;
        let number = match (&node.content, &node.place) {
            (Content::Number(number), _) => Some(*number),
            (Content::Text(text), Place::Variable(_)) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Some((number, &node.place)),
            None => {
                let message = match &node.content {
                    Content::Text(text) => format!("is {text:?}, expected {expected}"),
                    other => format!("is {}, expected {expected}", other.kind()),
                };
                self.complain(&node.place, &format!("{path}.{name}"), message);
                None
            }
        }
    }
}
