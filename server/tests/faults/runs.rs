//! The console's runs as they are on its disk, for whoever has to know at which moment it is.

use std::path::Path;

use serde_json::Value;
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};

#[derive(Clone)]
pub struct Runs(SqlitePool);

impl Runs {
    pub async fn of(folder: &Path) -> Runs {
        let url = format!("sqlite://{}/test.db", folder.display());
        Runs(SqlitePoolOptions::new().max_connections(2).connect(&url).await.unwrap())
    }

    async fn newest(&self) -> Option<Value> {
        let text: Option<String> = sqlx::query_scalar("SELECT run FROM run ORDER BY id DESC LIMIT 1")
            .fetch_optional(&self.0)
            .await
            .unwrap();
        text.map(|text| serde_json::from_str(&text).unwrap())
    }

    /// `approved`, `running`
    pub async fn state(&self) -> Option<String> {
        self.newest().await?["state"]["state"].as_str().map(str::to_owned)
    }

    /// Whether it is on disk that this step is about to be sent, and nothing else yet.
    pub async fn has_begun(&self, step: usize) -> bool {
        let Some(run) = self.newest().await else { return false };
        let phase = &run["state"]["phase"];
        phase["phase"] == "intended" && phase["intent"]["step"] == step
    }
}
