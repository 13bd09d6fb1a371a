//! Variables `BELLWETHER__SECTION__KEY`, laid over the file.

use std::collections::BTreeMap;

use super::{
    document::{Content, Node, Table},
    keys::{self, Key, Kind},
    problem::{Place, Problem},
};

const PREFIX: &str = "BELLWETHER__";

/// Lays every variable over the tree, in the order of their names; those that lead nowhere are told.
pub(super) fn lay_over(tree: &mut Table, env: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    for (variable, value) in env {
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        let segments: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let laid = lay(tree, keys::ROOT, &segments, Override { variable, value });
        if let Err(message) = laid {
            problems.push(Problem {
                file: None,
                line: None,
                column: None,
                variable: Some(variable.clone()),
                key: segments.join("."),
                message,
            });
        }
    }
}

#[derive(Clone, Copy)]
struct Override<'a> {
    variable: &'a str,
    value: &'a str,
}

impl Override<'_> {
    fn node(self, content: Content) -> Node {
        Node { place: Place::Variable(self.variable.to_owned()), content }
    }
}

fn lay(
    table: &mut Table,
    known: &'static [Key],
    segments: &[String],
    with: Override<'_>,
) -> Result<(), String> {
    let unknown = || format!("there is no such key; known here are {}", keys::listed(known));
    let [name, rest @ ..] = segments else {
        return Err(format!("names a section; expected one of its keys: {}", keys::listed(known)));
    };
    let key = keys::find(known, name).ok_or_else(unknown)?;
    match &key.kind {
        Kind::Value | Kind::Texts | Kind::Secret => {
            if !rest.is_empty() {
                return Err(format!("{name} is a value and has no keys"));
            }
            table.insert(name.clone(), with.node(Content::Text(with.value.to_owned())));
            Ok(())
        }
        Kind::Tree => Err(format!("{name} is written in the file, not in a variable")),
        Kind::Section(inner) => {
            let node = table.entry(name.clone()).or_insert_with(|| with.node(Content::Table(Table::new())));
            into_table(node, |table| lay(table, inner, rest, with))
        }
        Kind::Named(inner) => {
            let node = table.entry(name.clone()).or_insert_with(|| with.node(Content::Table(Table::new())));
            let [entry, rest @ ..] = rest else { return Err("expected the name of an entry".to_owned()) };
            into_table(node, |entries| {
                let known_name = entries.keys().find(|known| same_name(known, entry)).cloned();
                let node = entries
                    .entry(known_name.unwrap_or_else(|| entry.clone()))
                    .or_insert_with(|| with.node(Content::Table(Table::new())));
                into_table(node, |table| lay(table, inner, rest, with))
            })
        }
        Kind::List(named_by, inner) => {
            let node = table.entry(name.clone()).or_insert_with(|| with.node(Content::List(Vec::new())));
            let Content::List(entries) = &mut node.content else { return Ok(()) };
            let [entry, rest @ ..] = rest else {
                return Err(format!("expected the number of an entry, from 0, or its {named_by}"));
            };
            let index = index_of(entries, named_by, entry, with)?;
            match entries.get_mut(index) {
                Some(node) => into_table(node, |table| lay(table, inner, rest, with)),
                None => Ok(()),
            }
        }
    }
}

/// What is not a table although it should be is told when it is read, once, at its own place.
fn into_table(node: &mut Node, lay: impl FnOnce(&mut Table) -> Result<(), String>) -> Result<(), String> {
    match &mut node.content {
        Content::Table(table) => lay(table),
        _ => Ok(()),
    }
}

/// The entry that is meant, made when it is the next one, or when it is named and not there yet.
fn index_of(
    entries: &mut Vec<Node>,
    named_by: &str,
    entry: &str,
    with: Override<'_>,
) -> Result<usize, String> {
    if let Ok(index) = entry.parse::<usize>() {
        if index > entries.len() {
            return Err(format!("there is no entry {index}; the next one would be {}", entries.len()));
        }
        if index == entries.len() {
            entries.push(with.node(Content::Table(Table::new())));
        }
        return Ok(index);
    }
    let is_it = |node: &Node| match &node.content {
        Content::Table(table) => matches!(
            table.get(named_by),
            Some(Node { content: Content::Text(name), .. }) if same_name(name, entry)
        ),
        _ => false,
    };
    if let Some(index) = entries.iter().position(is_it) {
        return Ok(index);
    }
    let name = with.node(Content::Text(entry.to_owned()));
    entries.push(with.node(Content::Table(Table::from([(named_by.to_owned(), name)]))));
    Ok(entries.len() - 1)
}

/// A variable has no small letters and no hyphens: `AI_OPS_ALERTS` means `ai-ops-alerts`.
fn same_name(name: &str, segment: &str) -> bool {
    name.to_lowercase().replace('-', "_") == segment
}
