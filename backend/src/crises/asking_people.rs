//! Whom a step can ask: people of the console by their role or by the roster of the moment, and people outside by the
//! addresses of the configuration.

use std::collections::BTreeSet;

use domain::{
    access::PersonId,
    crises::{Outsider, People},
    delivery::Recipient,
};

use super::Cases;
use crate::{
    access::{self, Permission},
    config,
    db::DbError,
    oncall,
};

const PERSON: &str = "person/";

/// Somebody who can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Somebody {
    /// `person/ID`, or `PEOPLE/NAME` for one of the configuration who has no account.
    pub whom: String,
    pub name: String,
    pub(super) to: Recipient,
}

impl Somebody {
    fn person(id: PersonId, name: String) -> Somebody {
        Somebody { whom: format!("{PERSON}{}", id.as_str()), name, to: Recipient::Person { id } }
    }

    fn outside(people: &People, outsider: &Outsider) -> Somebody {
        Somebody {
            whom: format!("{}/{}", people.key, outsider.name),
            name: outsider.name.clone(),
            to: Recipient::Channel { name: config::channel_of_outsider(people, outsider) },
        }
    }
}

impl Cases {
    /// Everybody in it now, each once; empty where nobody is.
    pub(super) async fn everybody_of(&self, people: &People) -> Result<Vec<Somebody>, DbError> {
        let mut all = Vec::new();
        for (id, name) in self.0.access.with_roles(&people.roles).await? {
            all.push(Somebody::person(id, name));
        }
        if !people.tiers.is_empty() {
            let mut tx = self.0.db.snapshot().await?;
            let roster = oncall::roster(&mut tx, self.now()).await?;
            drop(tx);
            let tiers = roster.tiers.iter().filter(|tier| people.tiers.contains(&tier.name));
            let ids: Vec<PersonId> = tiers.flat_map(|tier| tier.on_call.people().to_vec()).collect();
            let names = access::names(&self.0.db, &ids).await?;
            for id in ids {
                let Some(name) = names.get(&id).cloned() else { continue };
                all.push(Somebody::person(id, name));
            }
        }
        all.extend(people.outside.iter().map(|outsider| Somebody::outside(people, outsider)));
        let mut seen = BTreeSet::new();
        all.retain(|somebody| seen.insert(somebody.whom.clone()));
        Ok(all)
    }

    /// Everybody who could be asked for anything: who has an account, and who stands in the configuration.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn who_can_be_asked(&self) -> Result<Vec<Somebody>, DbError> {
        let people = self.0.access.holders(Permission::SeeStatus, None).await?;
        let mut all: Vec<Somebody> =
            people.into_iter().map(|(id, name)| Somebody::person(id, name)).collect();
        for people in self.0.config.crises.people.values() {
            all.extend(people.outside.iter().map(|outsider| Somebody::outside(people, outsider)));
        }
        Ok(all)
    }

    /// Somebody who was asked before, as they can be asked now; `None` where they are in the configuration no more.
    pub(super) fn again(&self, whom: &str, name: &str) -> Option<Somebody> {
        if let Some(id) = whom.strip_prefix(PERSON) {
            return Some(Somebody::person(PersonId::new(id), name.to_owned()));
        }
        let (people, outsider) = whom.split_once('/')?;
        let people = self.0.config.crises.people.get(people)?;
        Some(Somebody::outside(people, people.outsider(outsider)?))
    }
}

/// Whose account it is.
pub(super) fn person_of(whom: &str) -> Option<&str> {
    whom.strip_prefix(PERSON)
}
