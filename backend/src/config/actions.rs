//! What may be done to each platform: WedSync's catalogue under the names of the platform, each entry changed, joined or
//! left out by the file.

use std::collections::BTreeMap;

use domain::{
    actions::{Action, ActionKey, Catalogue, Problem, wedsync, wedsync::Names},
    failover::Settings,
};

use super::{
    Platform,
    action::{self, Written},
    document::Table,
    problem::Place,
    reachable::usual_failover,
    read::Reader,
};

/// The catalogue of each platform, checked as a whole.
pub(super) fn read(
    reader: &mut Reader<'_>,
    tree: &Table,
    platforms: &mut [Platform],
) -> BTreeMap<String, Catalogue> {
    let none = Table::new();
    let section = reader.section(tree, "", "actions").unwrap_or(&none);
    let built_in = reader.text(section, "actions", "built_in", action::on_or_off).unwrap_or(true);
    let written = action::read(reader, tree, platforms);
    let mut catalogues = BTreeMap::new();
    for platform in platforms {
        let mut actions = if built_in { built_in_of(reader, platform) } else { Vec::new() };
        for one in written.iter().filter(|one| one.concerns(&platform.name)) {
            lay(reader, one, platform, &mut actions);
        }
        match Catalogue::new(actions) {
            Ok(catalogue) => {
                failovers(reader, platform, &catalogue);
                catalogues.insert(platform.name.clone(), catalogue);
            }
            Err(problems) => {
                for problem in problems {
                    tell(reader, platform, &written, &problem);
                }
            }
        }
    }
    catalogues
}

fn built_in_of(reader: &mut Reader<'_>, platform: &Platform) -> Vec<Action> {
    let mut names = Names { platform: platform.name.clone(), ..Names::default() };
    if let Some(kubernetes) = &platform.kubernetes {
        names.namespace.clone_from(&kubernetes.namespace);
    }
    if let Some(redis) = &platform.redis {
        names.redis_database = redis.database;
    }
    wedsync::actions(&names).unwrap_or_else(|wrong| {
        reader.complain(&Place::Nowhere, &format!("platform {}", platform.name), wrong.to_string());
        Vec::new()
    })
}

/// Takes one section into the catalogue.
fn lay(reader: &mut Reader<'_>, written: &Written<'_>, platform: &Platform, actions: &mut Vec<Action>) {
    let place = actions.iter().position(|action| action.key.as_str() == written.key);
    if written.left_out {
        match place {
            Some(place) => {
                actions.remove(place);
            }
            None => reader.complain(
                written.place,
                &format!("{}.left_out", written.path),
                format!("there is no action {:?} to leave out", written.key),
            ),
        }
        return;
    }
    let before = place.and_then(|place| actions.get(place));
    let Some(action) = written.over(reader, before, platform) else { return };
    match place.and_then(|place| actions.get_mut(place)) {
        Some(before) => *before = action,
        None => actions.push(action),
    }
}

/// Each failover names actions that there are. What nobody wrote is not missed where its actions were left out.
fn failovers(reader: &mut Reader<'_>, platform: &mut Platform, catalogue: &Catalogue) {
    let usual = usual_failover();
    let is_there = |key: &Option<ActionKey>| key.as_ref().is_some_and(|key| catalogue.get(key).is_some());
    for (service, settings) in &mut platform.failovers {
        if *settings == usual && !(is_there(&usual.failover) && is_there(&usual.failback)) {
            *settings = Settings::default();
        }
        let named = [&settings.failover, &settings.failback].into_iter().flatten();
        for key in named.filter(|key| catalogue.get(key).is_none()) {
            let message = format!("the failover of {service} names {key}, and there is no such action");
            reader.complain(&Place::Nowhere, &format!("platform {}", platform.name), message);
        }
    }
}

/// Tells what is wrong with an entry at the section that wrote it.
fn tell(reader: &mut Reader<'_>, platform: &Platform, written: &[Written<'_>], problem: &Problem) {
    let section = written.iter().rfind(|one| one.key == problem.entry && one.concerns(&platform.name));
    match section {
        Some(section) => section.complain(reader, problem.field, &problem.said),
        None => {
            reader.complain(&Place::Nowhere, &format!("platform {}", platform.name), problem.to_string());
        }
    }
}
