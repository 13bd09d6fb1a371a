//! The platform's models: how each is, and when another version of one came.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::Millis;

use super::models_store as store;
use crate::db::{Db, DbError, Tx};

/// One version of a model, as the platform tells of it in `/ai/models/health`.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    pub name: String,
    /// `v2.1`
    pub version: String,
    /// A ratio from 0 to 1.
    pub accuracy: Option<f64>,
    pub trained_at: Option<Millis>,
    /// In the platform's words.
    pub status: Option<String>,
    /// Of the requests for this model: a ratio from 0 to 1.
    pub traffic_share: Option<f64>,
}

/// Another version of a model than before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelChange {
    pub model: String,
    /// "v2.0", or "v2.0, v2.1" while two share the traffic.
    pub before: String,
    pub after: String,
    /// When it was first seen.
    pub at: Millis,
}

/// Takes in what the platform tells of its models now. Stored only where it is another version than before. A model that
/// is not told of keeps what was known of it.
///
/// # Errors
/// When the database refuses.
pub async fn take_in(tx: &mut Tx, platform: &str, models: &[Model], at: Millis) -> Result<(), DbError> {
    let known = store::newest(tx, platform).await?;
    for (model, versions) in versions(models) {
        if known.get(&model) != Some(&versions) {
            store::save(tx, platform, &model, &versions, at).await?;
        }
    }
    Ok(())
}

/// The changes of a stretch `[from, to)`, oldest first. That a model is told of for the first time is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn changes(db: &Db, platform: &str, from: Millis, to: Millis) -> Result<Vec<ModelChange>, DbError> {
    store::changes(db.read(), platform, from, to).await
}

/// The versions of each model in one line, in the order of their names.
fn versions(models: &[Model]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for model in models {
        all.entry(model.name.clone()).or_default().insert(&model.version);
    }
    let line = |versions: BTreeSet<&str>| versions.into_iter().collect::<Vec<_>>().join(", ");
    all.into_iter().map(|(model, versions)| (model, line(versions))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn model(name: &str, version: &str) -> Model {
        Model {
            name: name.to_owned(),
            version: version.to_owned(),
            accuracy: Some(0.92),
            trained_at: None,
            status: None,
            traffic_share: None,
        }
    }

    #[tokio::test]
    async fn another_version_is_a_change_and_the_first_is_none() {
        for world in testing::worlds().await {
            let told = [
                (10, vec![model("optimization", "v2.0"), model("crisis", "v1.3")]),
                (20, vec![model("optimization", "v2.0"), model("crisis", "v1.3")]),
                (30, vec![model("optimization", "v2.1"), model("optimization", "v2.0")]),
                (40, vec![model("crisis", "v1.3"), model("optimization", "v2.1")]),
            ];
            for (at, models) in told {
                let mut tx = world.db.begin().await.unwrap();
                take_in(&mut tx, "wedsync", &models, Millis(at)).await.unwrap();
                // Told twice in the same moment, as after a restart.
                take_in(&mut tx, "wedsync", &models, Millis(at)).await.unwrap();
                tx.commit().await.unwrap();
            }
            let change = |before: &str, after: &str, at| ModelChange {
                model: "optimization".to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
                at: Millis(at),
            };
            let all = changes(&world.db, "wedsync", Millis(0), Millis(100)).await.unwrap();
            let expected = [change("v2.0", "v2.0, v2.1", 30), change("v2.0, v2.1", "v2.1", 40)];
            assert_eq!(all, expected, "{}", world.name);
            let some = changes(&world.db, "wedsync", Millis(31), Millis(40)).await.unwrap();
            assert!(some.is_empty(), "{}", world.name);
            assert!(changes(&world.db, "another", Millis(0), Millis(100)).await.unwrap().is_empty());
        }
    }
}
