//! The attempts of one couple: of their case, and of the doubles that went into it. What was told from a double they
//! know, and what comes back from there concerns the case that goes on.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    crises::{Case, CaseId, State, Unsettled},
    notices::{self, Notice, Purpose},
};

use super::store::{self, Stored};
use crate::{
    crises::{self, CaseRefused, Cases},
    db::{DbError, Tx},
};

/// Merges lead from one case to the next; so many are followed.
const MOST_MERGES: usize = 20;

/// All attempts of each of these cases, doubles and all, in the order in which they were made.
pub(super) async fn attempts(
    cases: &Cases,
    tx: &mut Tx,
    of: &[&Case],
) -> Result<BTreeMap<CaseId, Vec<Stored>>, DbError> {
    // By member, the case that goes on.
    let mut home: BTreeMap<CaseId, CaseId> =
        of.iter().map(|case| (case.id.clone(), case.id.clone())).collect();
    let of_doubles = |case: &Case, into: &CaseId| -> Vec<(CaseId, CaseId)> {
        case.doubles.iter().map(|double| (double.clone(), into.clone())).collect()
    };
    let mut next: Vec<(CaseId, CaseId)> = of.iter().flat_map(|case| of_doubles(case, &case.id)).collect();
    while !next.is_empty() {
        let ids: BTreeSet<&str> = next.iter().map(|(double, _)| double.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let found = cases.these(tx, &ids).await?;
        let into: BTreeMap<CaseId, CaseId> = next.iter().cloned().collect();
        // One that was seen before is not followed again.
        next.retain(|(double, into)| home.insert(double.clone(), into.clone()).is_none());
        let known: BTreeSet<CaseId> = next.into_iter().map(|(double, _)| double).collect();
        let going_on = found.iter().filter(|stored| known.contains(&stored.case.id));
        next = going_on
            .filter_map(|stored| Some(of_doubles(&stored.case, into.get(&stored.case.id)?)))
            .flatten()
            .collect();
    }
    let ids: Vec<&str> = home.keys().map(CaseId::as_str).collect();
    let mut found: BTreeMap<CaseId, Vec<Stored>> =
        of.iter().map(|case| (case.id.clone(), Vec::new())).collect();
    for stored in store::of_cases(tx, &ids).await? {
        if let Some(all) = home.get(&stored.case).and_then(|home| found.get_mut(home)) {
            all.push(stored);
        }
    }
    for all in found.values_mut() {
        all.sort_by(|one, other| one.attempt.id.cmp(&other.attempt.id));
    }
    Ok(found)
}

/// The same of one case.
pub(super) async fn attempts_of(cases: &Cases, tx: &mut Tx, case: &Case) -> Result<Vec<Stored>, DbError> {
    Ok(attempts(cases, tx, &[case]).await?.remove(&case.id).unwrap_or_default())
}

/// What was tried for one purpose.
pub(super) fn notice(case: &CaseId, purpose: Purpose, all: &[Stored]) -> Notice {
    let of_it = all.iter().filter(|stored| stored.attempt.purpose == purpose);
    Notice {
        attempts: of_it.map(|stored| stored.attempt.clone()).collect(),
        ..Notice::new(case.clone(), purpose)
    }
}

/// What of the notices of a case keeps it from being resolved, or from going into another.
pub(crate) async fn unsettled(cases: &Cases, tx: &mut Tx, case: &Case) -> Result<Vec<Unsettled>, DbError> {
    let all = attempts_of(cases, tx, case).await?;
    let of_each: Vec<Notice> =
        Purpose::ALL.into_iter().map(|purpose| notice(&case.id, purpose, &all)).collect();
    Ok(notices::unsettled(&of_each))
}

/// The case that this one goes on as: itself, or what it went into.
pub(super) async fn home(cases: &Cases, tx: &mut Tx, id: &CaseId) -> Result<crises::Stored, CaseRefused> {
    let mut stored = cases.load(tx, id).await?;
    for _ in 0..MOST_MERGES {
        let State::Merged { into, .. } = &stored.case.state else { break };
        let into = into.clone();
        stored = cases.load(tx, &into).await?;
    }
    Ok(stored)
}
