//! That the configuration is another one than at the last start: which section changed, as a short hash of each. What
//! stands in it is in the file; secrets are not even hashed.

use std::fmt::{Debug, Write};

use domain::{
    audit::{Actor, Entry, Facts, Origin},
    time::Millis,
};
use sha2::{Digest, Sha256};

use super::{Filter, Recorded};
use crate::{
    config::Config,
    db::{Db, DbError},
};

const VERB: &str = "configuration.changed";

/// Records the configuration that the console starts with, when it is not the one on record; `None` when it is.
///
/// # Errors
/// When the database refuses.
pub async fn record_configuration(db: &Db, at: Millis, config: &Config) -> Result<Option<Recorded>, DbError> {
    let now = sections(config);
    let filter = Filter { verb: Some(VERB.to_owned()), ..Filter::default() };
    let last = super::page(db, &filter, None, 1).await?.pop();
    let before: Facts = last
        .and_then(|record| record.after_facts)
        .and_then(|facts| serde_json::from_str(&facts).ok())
        .unwrap_or_default();
    if before == now {
        return Ok(None);
    }
    let changed: Vec<&str> = now
        .iter()
        .filter(|(name, hash)| before.get(*name) != Some(hash))
        .map(|(name, _)| name.as_str())
        .collect();
    let why = format!("changed since the last start: {}", changed.join(", "));
    let actor = Actor::console("the console");
    let entry = Entry::new(VERB, actor, Origin::default()).because(why).changed(before, now);
    let mut tx = db.begin().await?;
    let recorded = super::record(&mut tx, at, &entry).await?;
    tx.commit().await?;
    Ok(Some(recorded))
}

fn sections(config: &Config) -> Facts {
    let Config {
        server,
        database,
        log,
        demo,
        platforms,
        metrics,
        severities,
        delivery,
        tiers,
        on_call,
        access,
        oidc,
        audit,
        siem,
        sealing,
        crises,
        notices,
        catalogues,
    } = config;
    let sections: [(&str, &dyn Debug); 18] = [
        ("server", server),
        ("database", database),
        ("log", log),
        ("demo", demo),
        ("platform", platforms),
        ("metric", metrics),
        ("delivery", delivery),
        ("tier", tiers),
        ("on_call", on_call),
        ("access and roles", access),
        ("oidc", oidc),
        ("audit", audit),
        ("siem", siem),
        ("sealing", sealing),
        ("crises", crises),
        ("notices", notices),
        ("severity", severities),
        ("action", catalogues),
    ];
    sections.into_iter().map(|(name, section)| (name.to_owned(), short_hash(section))).collect()
}

/// Of the debug print, in which secrets show nothing.
fn short_hash(section: &dyn Debug) -> String {
    let hash = Sha256::digest(format!("{section:?}").as_bytes());
    hash.iter().take(6).fold(String::new(), |mut letters, byte| {
        // Writing to a String cannot fail.
        let _ = write!(letters, "{byte:02x}");
        letters
    })
}
