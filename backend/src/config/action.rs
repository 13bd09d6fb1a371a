//! One section `[[action]]`: a new entry of the catalogue, or what is different of one that is there.

use domain::actions::{Action, ActionKey};
use serde_json::{Map, Value, json};

use super::{
    Platform,
    document::{Content, Node, Table},
    problem::Place,
    read::Reader,
    values,
};

pub(super) struct Written<'t> {
    /// `action[0]`
    pub path: String,
    pub place: &'t Place,
    pub key: String,
    /// The one platform that it is for; without it, every one.
    platform: Option<String>,
    /// It is taken out of the catalogue.
    pub left_out: bool,
    table: &'t Table,
}

/// The sections of the file, with distinct keys for each platform.
pub(super) fn read<'t>(reader: &mut Reader<'_>, tree: &'t Table, platforms: &[Platform]) -> Vec<Written<'t>> {
    let mut all: Vec<Written<'t>> = Vec::new();
    for (index, (table, place)) in reader.list(tree, "", "action").unwrap_or_default().into_iter().enumerate()
    {
        let path = format!("action[{index}]");
        if reader.required(table, &path, "key").is_none() {
            continue;
        }
        let key = reader.text(table, &path, "key", |text| {
            ActionKey::parse(text).map(|key| key.to_string()).map_err(|wrong| wrong.to_string())
        });
        let Some(key) = key else { continue };
        let platform = reader.text(table, &path, "platform", |name| {
            let known: Vec<&str> = platforms.iter().map(|platform| platform.name.as_str()).collect();
            if known.contains(&name) {
                Ok(name.to_owned())
            } else {
                Err(format!("there is no platform {name:?}; expected one of {}", known.join(", ")))
            }
        });
        let left_out = reader.text(table, &path, "left_out", on_or_off).unwrap_or(false);
        let is_same = |other: &Written<'_>| other.key == key && other.platform == platform;
        if all.iter().any(is_same) {
            let message = format!("there is another section for {key:?}; expected one for each action");
            reader.complain(reader.place(table, "key"), &format!("{path}.key"), message);
            continue;
        }
        all.push(Written { path, place, key, platform, left_out, table });
    }
    // What is said of one platform counts more than what is said of all.
    all.sort_by_key(|written| written.platform.is_some());
    all
}

pub(super) fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("is {text:?}, expected \"on\" or \"off\"")),
    }
}

impl Written<'_> {
    pub fn concerns(&self, platform: &str) -> bool {
        self.platform.as_deref().is_none_or(|own| own == platform)
    }

    /// Complains at a field, or at the section where the field is not written.
    pub fn complain(&self, reader: &mut Reader<'_>, field: &str, message: impl Into<String>) {
        let top = field.split('.').next().unwrap_or_default();
        // In the file a danger is the sentence that says why.
        let top = if top == "danger" { "dangerous" } else { top };
        let place = self.table.get(top).map_or(self.place, |node| &node.place);
        reader.complain(place, &format!("{}.{field}", self.path), message);
    }

    /// The entry as it is with this section; what is wrong is told.
    pub fn over(
        &self,
        reader: &mut Reader<'_>,
        before: Option<&Action>,
        platform: &Platform,
    ) -> Option<Action> {
        let mut whole = match before.map(serde_json::to_value) {
            Some(Ok(Value::Object(whole))) => whole,
            _ => self.blank(platform),
        };
        self.plain_values(reader, before.is_some(), &mut whole)?;
        for name in ["parameters", "does", "preconditions", "effect", "undo", "touches"] {
            if let Some(node) = self.table.get(name) {
                let mut value = as_json(node);
                in_long_form(name, &mut value);
                whole.insert(name.to_owned(), value);
            }
        }
        let deadline = whole.get_mut("effect").and_then(|effect| effect.get_mut("within"));
        if let Some(within) = deadline
            && let Some(text) = within.as_str()
        {
            match values::duration(text) {
                Some(duration) => *within = json!(duration.as_millis() as u64),
                None => {
                    self.complain(reader, "effect.within", not_a_duration(text));
                    return None;
                }
            }
        }
        let whole = Value::Object(whole);
        let action = match serde_path_to_error::deserialize::<_, Action>(&whole) {
            Ok(action) => action,
            Err(error) => {
                let field = error.path().to_string();
                let field = if field == "." { "key".to_owned() } else { field };
                self.complain(reader, &field, error.into_inner().to_string());
                return None;
            }
        };
        let known = serde_json::to_value(&action).unwrap_or_default();
        let unknown = unknown_in(&whole, &known, "");
        for field in &unknown {
            self.complain(reader, field, "there is no such key");
        }
        for service in &action.services {
            let is_there = platform.services.iter().any(|one| one.key == *service);
            if !is_there && self.table.contains_key("services") {
                let message = format!("the platform {} has no service {service:?}", platform.name);
                self.complain(reader, "services", message);
            }
        }
        unknown.is_empty().then_some(action)
    }

    /// What a new entry begins with.
    fn blank(&self, platform: &Platform) -> Map<String, Value> {
        Map::from_iter([
            ("key".to_owned(), json!(self.key)),
            ("platform".to_owned(), json!(platform.name)),
            ("permission".to_owned(), json!("run_ordinary_actions")),
            ("danger".to_owned(), json!({ "danger": "ordinary" })),
            ("preconditions".to_owned(), json!([{ "precondition": "may_change" }])),
        ])
    }

    fn plain_values(
        &self,
        reader: &mut Reader<'_>,
        is_change: bool,
        whole: &mut Map<String, Value>,
    ) -> Option<()> {
        let as_text = |text: &str| Ok::<_, String>(text.to_owned());
        for name in ["name", "goal", "changes", "permission", "procedure"] {
            if self.table.contains_key(name) {
                let text = reader.text(self.table, &self.path, name, as_text)?;
                whole.insert(name.to_owned(), json!(text));
            }
        }
        if let Some(services) = reader.texts(self.table, &self.path, "services", |text| Ok(text.to_owned())) {
            whole.insert("services".to_owned(), json!(services));
        }
        if self.table.contains_key("dangerous") {
            let because = reader.text(self.table, &self.path, "dangerous", as_text)?;
            let is_none = because == "none";
            let danger = match is_none {
                true => json!({ "danger": "ordinary" }),
                false => json!({ "danger": "dangerous", "because": because }),
            };
            whole.insert("danger".to_owned(), danger);
            if !is_change && !is_none && !self.table.contains_key("permission") {
                whole.insert("permission".to_owned(), json!("run_dangerous_actions"));
            }
        }
        if self.table.contains_key("two_person") {
            let two = reader.text(self.table, &self.path, "two_person", on_or_off)?;
            whole.insert("two_person".to_owned(), json!(two));
        }
        if self.table.contains_key("cooldown") {
            let cooldown = reader.text(self.table, &self.path, "cooldown", |text| {
                values::duration(text).ok_or_else(|| not_a_duration(text))
            })?;
            whole.insert("cooldown".to_owned(), json!(cooldown.as_millis() as u64));
        }
        Some(())
    }
}

fn not_a_duration(text: &str) -> String {
    format!("{text:?} is not a time; expected one such as 500ms, 30s, 10m or 2h")
}

/// What is written short, as the catalogue keeps it: a precondition by its word alone, the fields of a body as a table.
fn in_long_form(name: &str, value: &mut Value) {
    match (name, value) {
        ("preconditions", Value::Array(all)) => {
            for one in all {
                if let Value::String(word) = one {
                    *one = json!({ "precondition": word });
                }
            }
        }
        ("does", Value::Object(does)) => {
            if let Some(body @ Value::Object(_)) = does.get_mut("body")
                && let Value::Object(fields) = body.take()
            {
                *body = Value::Array(fields.into_iter().map(|(name, datum)| json!([name, datum])).collect());
            }
        }
        _ => {}
    }
}

fn as_json(node: &Node) -> Value {
    match &node.content {
        Content::Text(text) => json!(text),
        Content::Flag(flag) => json!(flag),
        // Every number below 2^53 is exact; the fields that take one have bounds below that.
        Content::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => json!(*number as i64),
        Content::Number(number) => json!(number),
        Content::Other(_) => Value::Null,
        Content::List(all) => Value::Array(all.iter().map(as_json).collect()),
        Content::Table(table) => {
            Value::Object(table.iter().map(|(name, node)| (name.clone(), as_json(node))).collect())
        }
    }
}

/// The keys that were written and that nobody read: a misspelt `two_person` must not be no second person.
fn unknown_in(written: &Value, read: &Value, path: &str) -> Vec<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => written
            .iter()
            .flat_map(|(name, value)| match read.get(name) {
                Some(read) => unknown_in(value, read, &below(name)),
                None => vec![below(name)],
            })
            .collect(),
        (Value::Array(written), Value::Array(read)) => written
            .iter()
            .zip(read)
            .enumerate()
            .flat_map(|(index, (written, read))| unknown_in(written, read, &below(&index.to_string())))
            .collect(),
        _ => Vec::new(),
    }
}
