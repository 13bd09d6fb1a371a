//! The platform's database: old rows, statistics, backups.

use super::{
    Names,
    draft::{About, Draft, count_of, draft, job},
};
use crate::{
    actions::{Goal, Kind, Look, NotAName, ParameterKind, Precondition, SqlName},
    time::{HOUR, MINUTE},
};

const TABLES: [&str; 3] = ["wedding_optimizations", "ai_recommendations", "ai_feedback"];
/// Few enough that no lock is held for longer than a fifth of a second.
/// Rows that go at once while that is quick; it begins with fewer.
const BATCH: u32 = 5_000;

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let about = |key, name, changes| About {
        goal: Goal::Database,
        key,
        name,
        changes,
        procedure: "database-maintenance",
    };
    vec![
        draft(
            names,
            &about(
                "clean-old-optimizations",
                "Delete old optimizations",
                "Completed optimizations that are older than the days you say are deleted, in small batches; others \
                 stay, however old they are.",
            ),
            clean(),
            Look::NothingLeft,
            2 * HOUR,
        )
        .of(&["optimization"])
        .asks("days", "Older than (days)", ParameterKind::Number { min: 90, max: 3_650 }, Some("90"))
        .dangerous("What is deleted can only be had again from a backup.")
        .for_good("Deleted rows can only be had again from a backup of the database."),
        draft(
            names,
            &about(
                "analyze-tables",
                "Analyze the three tables",
                "The database plans its statements by fresh statistics of optimizations, recommendations and feedback.",
            ),
            TABLES.iter().map(|table| SqlName::parse(table)).collect::<Result<_, _>>().map(analyze),
            Look::Analyzed,
            15 * MINUTE,
        )
        .of(&["optimization", "recommendation"])
        .for_good("Statistics need no undo."),
        draft(
            names,
            &About { procedure: "backups", ..about(
                "backup-database",
                "Back up the database",
                "A dump of the database, without its temporary tables and logs, is added to the backups.",
            ) },
            job(names.cronjob("backup-database"), &[]),
            Look::JobSucceeded,
            4 * HOUR,
        )
        .needs(Precondition::NoJobRunning)
        .for_good("A backup more does no harm."),
    ]
}

fn clean() -> Result<Kind, NotAName> {
    Ok(Kind::SqlBatchDelete {
        statement: SqlName::parse("completed_optimizations")?,
        table: SqlName::parse("wedding_optimizations")?,
        older_than_days: count_of("days")?,
        batch: BATCH,
    })
}

fn analyze(tables: Vec<SqlName>) -> Kind {
    Kind::SqlAnalyze { tables }
}
