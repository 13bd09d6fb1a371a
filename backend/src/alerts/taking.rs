//! From polls to alerts, in the transaction of the polls.

use std::collections::BTreeMap;

use domain::{
    alerts::{
        Alert, AlertId, AlertKey, Change, ChangeOf, Context, Happening, Memory, Policy, Severity, apply,
    },
    audit::{Actor, Entry, Facts, Object, Origin},
    monitoring::Sample,
    time::Millis,
};

use super::{Source, Stored, pages, store};
use crate::{
    audit,
    db::{DbError, Tx},
};

/// What came of taking something in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Taken {
    /// To be remembered once the transaction is committed.
    pub memory: Memory,
    /// Whether an alert changed, so that whoever waits is stirred.
    pub changed: bool,
}

/// Judges polls, oldest first, and writes what follows: alerts, their stories and the memory. Pages are made by
/// `passing`, for which the alerts are due at once.
///
/// # Errors
/// When the database refuses; then the transaction must not be committed.
pub async fn take_in(
    tx: &mut Tx,
    policy: &Policy,
    context: &Context<'_>,
    mut memory: Memory,
    samples: &[Sample],
) -> Result<Taken, DbError> {
    let mut open = agreed(tx, context.platform, &mut memory).await?;
    let mut changes = Vec::new();
    let mut ordered: Vec<&Sample> = samples.iter().collect();
    ordered.sort_by_key(|sample| sample.at);
    for sample in ordered {
        changes.extend(memory.take_in(context, sample, &policy.debounce));
    }
    finish(tx, policy, context.platform, memory, changes, &mut open).await
}

/// The same for how crises stand, which is asked more often than the rest. Nothing is written when nothing changed.
///
/// # Errors
/// When the database refuses; then the transaction must not be committed.
pub async fn take_in_crises(
    tx: &mut Tx,
    policy: &Policy,
    context: &Context<'_>,
    mut memory: Memory,
    at: Millis,
) -> Result<Taken, DbError> {
    let mut open = agreed(tx, context.platform, &mut memory).await?;
    let changes = memory.take_in_crises(context, at, &policy.debounce);
    finish(tx, policy, context.platform, memory, changes, &mut open).await
}

async fn agreed(
    tx: &mut Tx,
    platform: &str,
    memory: &mut Memory,
) -> Result<BTreeMap<AlertKey, Stored>, DbError> {
    let open = store::open_of(&mut **tx, platform, Source::Watch).await?;
    let open: BTreeMap<AlertKey, Stored> =
        open.into_iter().map(|stored| (stored.alert.key.clone(), stored)).collect();
    let severities: BTreeMap<AlertKey, Severity> =
        open.iter().map(|(key, stored)| (key.clone(), stored.alert.severity)).collect();
    memory.agree(&severities);
    Ok(open)
}

async fn finish(
    tx: &mut Tx,
    policy: &Policy,
    platform: &str,
    memory: Memory,
    changes: Vec<Change>,
    open: &mut BTreeMap<AlertKey, Stored>,
) -> Result<Taken, DbError> {
    let changed = !changes.is_empty();
    let at = changes.iter().map(|change| change.at).max().unwrap_or_default();
    let mut told: Vec<(AlertId, Millis, Vec<Happening>)> = Vec::new();
    let mut titles: BTreeMap<AlertId, String> = BTreeMap::new();
    let mut fired: Vec<Stored> = Vec::new();
    for change in changes {
        let happened = match (change.turn, open.get_mut(&change.key)) {
            (ChangeOf::Fired { severity, began_at }, None) => {
                let (alert, happened) = Alert::fire(change.key.clone(), severity, began_at, change.at);
                let stored = new(alert, Source::Watch, &change);
                open.insert(change.key.clone(), stored.clone());
                titles.insert(stored.id.clone(), stored.title.clone());
                told.push((stored.id.clone(), change.at, happened));
                fired.push(stored);
                continue;
            }
            (turn, Some(stored)) => {
                let happened = apply(&mut stored.alert, policy, turn, change.at);
                if turn != ChangeOf::Recovered {
                    stored.title.clone_from(&change.title);
                    stored.value = change.value;
                    stored.why.clone_from(&change.why);
                }
                happened
            }
            // Somebody resolved it while it recovered.
            (_, None) => continue,
        };
        let Some(stored) = open.get(&change.key) else { continue };
        let resolved = !stored.alert.is_open();
        titles.insert(stored.id.clone(), stored.title.clone());
        told.push((stored.id.clone(), change.at, happened));
        match fired.iter_mut().find(|one| one.id == stored.id) {
            // It fired in this very batch, and is not stored yet.
            Some(one) => one.clone_from(stored),
            None => {
                if !store::update(tx, stored, stored.alert.due_at(policy)).await? {
                    return Err(DbError::Stored("an alert was changed by two writers at once".to_owned()));
                }
                let again = Stored { version: stored.version + 1, ..stored.clone() };
                open.insert(change.key.clone(), again);
            }
        }
        if resolved && let Some(ended) = open.remove(&change.key) {
            pages::ended(tx, &ended, change.at).await?;
        }
    }
    store::insert(tx, &fired, |alert| alert.due_at(policy)).await?;
    store::tell(tx, &told).await?;
    store::save_memory(tx, platform, &memory, at).await?;
    record(tx, &told, &titles).await?;
    Ok(Taken { memory, changed })
}

pub(super) fn new(alert: Alert, source: Source, change: &Change) -> Stored {
    Stored {
        id: AlertId(uuid::Uuid::now_v7().to_string()),
        source,
        title: change.title.clone(),
        why: change.why.clone(),
        value: change.value,
        alert,
        labels: None,
        version: 1,
    }
}

/// What the console decided by itself is on record too: that an alert began, rose, ended.
async fn record(
    tx: &mut Tx,
    told: &[(AlertId, Millis, Vec<Happening>)],
    titles: &BTreeMap<AlertId, String>,
) -> Result<(), DbError> {
    for (id, at, happened) in told {
        let title = titles.get(id).map_or("", String::as_str);
        for happening in happened {
            let verb = match happening {
                Happening::Fired(_) => "alert.fired",
                Happening::Rose { .. } => "alert.rose",
                Happening::Resolved(_) => "alert.recovered",
                _ => continue,
            };
            let mut entry = Entry::new(verb, Actor::console("watching"), Origin::default())
                .about(Object::new("alert", id.as_str(), title));
            if let Happening::Fired(severity) | Happening::Rose { to: severity, .. } = happening {
                let level = Facts::from([("level".to_owned(), severity.level.word().to_owned())]);
                entry = entry.changed(Facts::new(), level);
            }
            audit::record(tx, *at, &entry).await?;
        }
    }
    Ok(())
}
