//! `[[crises.type]]`: the types of crises with their checklists. One section changes one type or adds one, and whatever it
//! leaves out stays as it is.

use std::collections::BTreeMap;

use domain::{
    actions::{ActionKey, ProcedureSlug},
    crises::{CaseType, CaseTypes, How, People, Problem, Stage, StepDeclaration, StepKey, TypeKey, built_in},
    monitoring::Level,
    notices::Purpose,
    time::{DAY, MINUTE, SECOND},
};

use super::{
    action::on_or_off,
    crises::{Known, name, one_of},
    crisis_notices::purpose,
    document::Table,
    problem::Place,
    read::Reader,
    values,
};

/// A section, for what is found wrong with its type as a whole.
struct Written<'t> {
    key: TypeKey,
    path: String,
    place: &'t Place,
    aliases: Vec<TypeKey>,
    /// Its steps, with the place of each.
    steps: Vec<(StepKey, String, &'t Place)>,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    section: &Table,
    people: &BTreeMap<String, People>,
    known: &Known<'_>,
) -> CaseTypes {
    let mut types: Vec<CaseType> = match built_in() {
        Ok(types) => types.iter().cloned().collect(),
        Err(problems) => {
            tell(reader, &[], &problems);
            return CaseTypes::default();
        }
    };
    let mut written: Vec<Written<'_>> = Vec::new();
    let sections = reader.list(section, "crises", "type").unwrap_or_default();
    for (index, (table, place)) in sections.into_iter().enumerate() {
        let path = format!("crises.type[{index}]");
        if reader.required(table, &path, "key").is_none() {
            continue;
        }
        let key =
            reader.text(table, &path, "key", |text| TypeKey::parse(text).map_err(|wrong| wrong.to_string()));
        let Some(key) = key else { continue };
        if written.iter().any(|other| other.key == key) {
            let message = format!("there is another section for {key}; expected one for each type");
            reader.complain(reader.place(table, "key"), &format!("{path}.key"), message);
            continue;
        }
        let mut section = Written { key, path, place, aliases: Vec::new(), steps: Vec::new() };
        lay(reader, table, &mut section, &mut types, (people, known));
        written.push(section);
    }
    for of in &mut types {
        by_hand_where_there_is_no_action(of, known);
    }
    CaseTypes::new(types).unwrap_or_else(|problems| {
        tell(reader, &written, &problems);
        CaseTypes::default()
    })
}

/// What nobody wrote is not missed where its action was left out: somebody does it.
fn by_hand_where_there_is_no_action(of: &mut CaseType, known: &Known<'_>) {
    for step in &mut of.checklist {
        if let How::Action { action } = &step.how
            && !known.actions.contains(action)
        {
            (step.how, step.automatic) = (How::ByHand, false);
        }
    }
}

/// Takes one section into the types.
fn lay<'t>(
    reader: &mut Reader<'_>,
    table: &'t Table,
    section: &mut Written<'t>,
    types: &mut Vec<CaseType>,
    named: (&BTreeMap<String, People>, &Known<'_>),
) {
    let path = section.path.clone();
    let there = types.iter().position(|of| of.key == section.key);
    let left_out = reader.text(table, &path, "left_out", on_or_off).unwrap_or(false);
    if left_out {
        let why = match there {
            Some(_) if section.key.as_str() == "other" => Some("it is what no other type fits".to_owned()),
            Some(place) => {
                types.remove(place);
                None
            }
            None => Some(format!("there is no type {} to leave out", section.key)),
        };
        if let Some(why) = why {
            reader.complain(reader.place(table, "left_out"), &format!("{path}.left_out"), why);
        }
        return;
    }
    if there.is_none() && !table.contains_key("name") {
        reader.complain(section.place, &format!("{path}.name"), "is missing; a new type needs one");
        return;
    }
    let blank = || CaseType::blank(section.key.clone()).ok();
    let Some(mut of) = there.map(|place| types[place].clone()).or_else(blank) else { return };
    if let Some(name) = reader.text(table, &path, "name", |text| name("a type", text)) {
        of.name = name;
    }
    let aliases =
        reader.texts(table, &path, "aliases", |text| TypeKey::parse(text).map_err(|wrong| wrong.to_string()));
    if let Some(aliases) = aliases {
        section.aliases.clone_from(&aliases);
        of.aliases = aliases;
    }
    if let Some((number, place)) = reader.number(table, &path, "severity") {
        let levels = [Level::Information, Level::Warning, Level::Critical, Level::Emergency];
        match levels.into_iter().find(|level| f64::from(level.number()) == number) {
            Some(level) => of.severity = level,
            None => {
                let message = format!("{number} is no level; expected 1, 2, 3 or 4");
                reader.complain(place, &format!("{path}.severity"), message);
            }
        }
    }
    of.notices = reader.texts(table, &path, "notices", purpose).unwrap_or(of.notices);
    let procedure = reader.text(table, &path, "procedure", |text| match text {
        "none" => Ok(None),
        slug => ProcedureSlug::parse(slug).map(Some).map_err(|wrong| wrong.to_string()),
    });
    of.procedure = procedure.unwrap_or(of.procedure);
    steps(reader, table, section, &mut of, named);
    match there {
        Some(place) => types[place] = of,
        None => types.push(of),
    }
}

fn steps<'t>(
    reader: &mut Reader<'_>,
    table: &'t Table,
    section: &mut Written<'t>,
    of: &mut CaseType,
    named: (&BTreeMap<String, People>, &Known<'_>),
) {
    let sections = reader.list(table, &section.path, "step").unwrap_or_default();
    for (index, (table, place)) in sections.into_iter().enumerate() {
        let path = format!("{}.step[{index}]", section.path);
        if reader.required(table, &path, "key").is_none() {
            continue;
        }
        let key =
            reader.text(table, &path, "key", |text| StepKey::parse(text).map_err(|wrong| wrong.to_string()));
        let Some(key) = key else { continue };
        if section.steps.iter().any(|(other, ..)| *other == key) {
            let message = format!("there is another section for the step {key}; expected one for each");
            reader.complain(reader.place(table, "key"), &format!("{path}.key"), message);
            continue;
        }
        section.steps.push((key.clone(), path.clone(), place));
        let there = of.checklist.iter().position(|step| step.key == key);
        if reader.text(table, &path, "left_out", on_or_off).unwrap_or(false) {
            match there {
                Some(place) => drop(of.checklist.remove(place)),
                None => {
                    let message = format!("there is no step {key} to leave out");
                    reader.complain(reader.place(table, "left_out"), &format!("{path}.left_out"), message);
                }
            }
            continue;
        }
        let before = there.map(|place| of.checklist[place].clone());
        let Some(step) = step(reader, (table, place, &path), key, before, named) else { continue };
        match there {
            Some(place) => of.checklist[place] = step,
            None => of.checklist.push(step),
        }
    }
}

/// One step; without what went before it is a new one, which needs a name and a deadline.
fn step(
    reader: &mut Reader<'_>,
    (table, place, path): (&Table, &Place, &str),
    key: StepKey,
    before: Option<StepDeclaration>,
    named: (&BTreeMap<String, People>, &Known<'_>),
) -> Option<StepDeclaration> {
    if before.is_none() {
        let missing: Vec<&str> =
            ["name", "within"].into_iter().filter(|name| !table.contains_key(*name)).collect();
        for name in &missing {
            let message = "is missing; a new step needs one";
            reader.complain(place, &format!("{path}.{name}"), message);
        }
        if !missing.is_empty() {
            return None;
        }
    }
    let mut step = before.unwrap_or_else(|| StepDeclaration {
        key,
        name: String::new(),
        stage: Stage::Later,
        within: MINUTE,
        required: false,
        automatic: false,
        how: How::ByHand,
    });
    if table.contains_key("name") {
        step.name = reader.text(table, path, "name", |text| name("a step", text))?;
    }
    if table.contains_key("within") {
        step.within = reader.text(table, path, "within", within)?;
        step.stage = Stage::of(step.within);
    }
    step.required = reader.text(table, path, "required", on_or_off).unwrap_or(step.required);
    step.automatic = reader.text(table, path, "automatic", on_or_off).unwrap_or(step.automatic);
    if let Some(how) = how(reader, table, path, named)? {
        step.how = how;
    }
    Some(step)
}

fn within(text: &str) -> Result<i64, String> {
    let within = values::duration(text).and_then(|within| i64::try_from(within.as_millis()).ok());
    within
        .filter(|within| (SECOND..=DAY).contains(within))
        .ok_or_else(|| format!("{text:?} is not possible; expected a time from 1s to 24h, such as 5m or 30m"))
}

/// `None` when it is wrong; the inner one when the section does not say.
fn how(
    reader: &mut Reader<'_>,
    table: &Table,
    path: &str,
    (people, known): (&BTreeMap<String, People>, &Known<'_>),
) -> Option<Option<How>> {
    const WAYS: [&str; 4] = ["action", "people", "notice", "by_hand"];
    let said: Vec<&str> = WAYS.into_iter().filter(|way| table.contains_key(*way)).collect();
    let way = match said.as_slice() {
        [] => return Some(None),
        [way] => *way,
        [_, second, ..] => {
            let message = format!("a step is done in one way, and this one has {}", said.join(" and "));
            reader.complain(reader.place(table, second), &format!("{path}.{second}"), message);
            return None;
        }
    };
    reader
        .text(table, path, way, |text| match way {
            "action" => {
                one_of("action", text, known.actions.iter().map(|action| action.as_str()))?;
                ActionKey::parse(text).map(|action| How::Action { action }).map_err(|wrong| wrong.to_string())
            }
            "people" => {
                one_of("section [[crises.people]]", text, people.keys().map(String::as_str))?;
                Ok(How::AsksPeople { people: text.to_owned() })
            }
            "notice" => purpose(text).map(|purpose: Purpose| How::Notice { purpose }),
            _ => match on_or_off(text)? {
                true => Ok(How::ByHand),
                false => Err("is \"off\"; expected action, people or notice instead of it".to_owned()),
            },
        })
        .map(Some)
}

/// Tells what is wrong at the section that wrote it.
fn tell(reader: &mut Reader<'_>, written: &[Written<'_>], problems: &[Problem]) {
    for problem in problems {
        let (of, step) = problem.about();
        // Of two types with the same name the one that the file wrote last is to be changed.
        let is_it =
            |section: &&Written<'_>| of.is_some_and(|of| section.key == *of || section.aliases.contains(of));
        let section = written.iter().rfind(is_it);
        let step = section.zip(step).and_then(|(section, step)| {
            section.steps.iter().find(|(key, ..)| key == step).map(|(_, path, place)| (path.as_str(), *place))
        });
        let nowhere = || section.map_or(("crises.type", &Place::Nowhere), |of| (of.path.as_str(), of.place));
        let (path, place) = step.unwrap_or_else(nowhere);
        reader.complain(place, path, problem.to_string());
    }
}
