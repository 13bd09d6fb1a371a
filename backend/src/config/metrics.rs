//! The metrics: those of the built-in policy, each changed or joined by the file.

use domain::monitoring::{Better, Metric, Unit, metric::defaults};

use super::{document::Table, read::Reader};

/// Words of the health answer that are read otherwise.
const TAKEN: [&str; 2] = ["status", "weddings_today"];

pub(super) fn read(reader: &mut Reader<'_>, tree: &Table) -> Vec<Metric> {
    let mut metrics = defaults();
    let mut seen: Vec<String> = Vec::new();
    let entries = reader.list(tree, "", "metric").unwrap_or_default();
    for (index, (table, _)) in entries.into_iter().enumerate() {
        let path = format!("metric[{index}]");
        let Some(key) = reader.required(table, &path, "name") else { continue };
        if let Err(why) = check_key(&key, &seen) {
            reader.complain(reader.place(table, "name"), &format!("{path}.name"), why);
            continue;
        }
        let known = metrics.iter_mut().find(|metric| metric.key.as_str() == key);
        match known {
            Some(metric) => change(reader, table, &path, metric),
            None => metrics.extend(new(reader, table, &path, &key)),
        }
        seen.push(key);
    }
    metrics
}

fn check_key(key: &str, seen: &[String]) -> Result<(), String> {
    let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if key.len() > 64
        || !key.chars().all(letters)
        || !key.starts_with(|first: char| first.is_ascii_lowercase())
    {
        Err(format!("{key:?} is not a name; expected small letters, digits and _, at most 64"))
    } else if TAKEN.contains(&key) {
        Err(format!("{key:?} is a field of its own in the health answer, not a metric"))
    } else if seen.iter().any(|other| other == key) {
        Err(format!("the metric {key:?} stands here twice; expected it once"))
    } else {
        Ok(())
    }
}

fn new(reader: &mut Reader<'_>, table: &Table, path: &str, key: &str) -> Option<Metric> {
    let mut missing = false;
    for name in ["unit", "better"] {
        if !table.contains_key(name) {
            let message = format!("is missing: {key} is none of the built-in metrics, so it must be given");
            reader.complain(reader.place(table, "name"), &format!("{path}.{name}"), message);
            missing = true;
        }
    }
    if missing {
        return None;
    }
    let mut metric = Metric::plain(key, key, Unit::Count, Better::Lower);
    change(reader, table, path, &mut metric);
    Some(metric)
}

fn change(reader: &mut Reader<'_>, table: &Table, path: &str, metric: &mut Metric) {
    let label = reader.text(table, path, "label", |text| Ok::<_, String>(text.to_owned()));
    let unit = reader.text(table, path, "unit", |text| match text {
        "milliseconds" => Ok(Unit::Milliseconds),
        "ratio" => Ok(Unit::Ratio),
        "count" => Ok(Unit::Count),
        _ => Err(format!("{text:?} is not a unit; expected \"milliseconds\", \"ratio\" or \"count\"")),
    });
    let better = reader.text(table, path, "better", |text| match text {
        "lower" => Ok(Better::Lower),
        "higher" => Ok(Better::Higher),
        _ => Err(format!("{text:?} is not a direction; expected \"lower\" or \"higher\"")),
    });
    let procedure = reader.text(table, path, "procedure", procedure);
    metric.procedure = procedure.unwrap_or_else(|| metric.procedure.take());
    metric.name = label.unwrap_or_else(|| metric.name.clone());
    metric.unit = unit.unwrap_or(metric.unit);
    metric.better = better.unwrap_or(metric.better);
    let unit = metric.unit;
    let mut line = |name: &str, present: Option<f64>| {
        let given = match name {
            "floor" => reader.number(table, path, name).map(Some),
            _ => reader.number_or_none(table, path, name),
        };
        let Some(given) = given else { return present };
        let (number, place) = given?;
        match unit.accept(number) {
            Ok(number) => Some(number),
            Err(why) => {
                reader.complain(
                    place,
                    &format!("{path}.{name}"),
                    format!("{why}; expected {}", range_of(unit)),
                );
                present
            }
        }
    };
    metric.target = line("target", metric.target);
    metric.alert = line("alert", metric.alert);
    metric.critical = line("critical", metric.critical);
    metric.floor = line("floor", Some(metric.floor)).unwrap_or_default();
    check_order(reader, table, path, metric);
}

/// Where it is written what to do; "none" is nowhere.
fn procedure(text: &str) -> Result<Option<String>, String> {
    if text == "none" {
        return Ok(None);
    }
    let is_web = ["https://", "http://"]
        .iter()
        .any(|start| text.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')));
    let is_path = text.starts_with('/') && !text.starts_with("//");
    if (is_web || is_path) && !text.contains(char::is_whitespace) && !text.contains('\\') {
        Ok(Some(text.to_owned()))
    } else {
        Err(format!(
            "{text:?} is no address; expected \"https://…\", a path of the console, \"/…\", or \"none\""
        ))
    }
}

fn range_of(unit: Unit) -> &'static str {
    match unit {
        Unit::Milliseconds => "milliseconds from 0",
        Unit::Ratio => "a rate from 0 to 1",
        Unit::Count => "a number from 0",
    }
}

/// Each line must be worse than the one before it, or a value could be past critical and not past alert.
fn check_order(reader: &mut Reader<'_>, table: &Table, path: &str, metric: &Metric) {
    let lines: Vec<_> = metric.named_lines().collect();
    for pair in lines.windows(2) {
        let &[(nearer, near), (further, far)] = pair else { continue };
        let (in_order, word) = match metric.better {
            Better::Lower => (near < far, "above"),
            Better::Higher => (near > far, "below"),
        };
        if !in_order {
            // Something that was written is the thing to point at.
            let written = [further, nearer, "better", "unit", "name"];
            let name = written.into_iter().find(|name| table.contains_key(*name)).unwrap_or(further);
            let place = reader.place(table, name);
            let message = format!(
                "{further} is {far} and {nearer} is {near}; expected {further} {word} {nearer}, because {} is better",
                match metric.better {
                    Better::Lower => "lower",
                    Better::Higher => "higher",
                }
            );
            reader.complain(place, &format!("{path}.{name}"), message);
            // One wrong direction puts every pair out of order: once is enough.
            return;
        }
    }
}
