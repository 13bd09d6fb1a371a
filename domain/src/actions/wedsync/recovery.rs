//! After a loss: backups into the recovery target, and the services back from the latest backup.

use super::{
    Names,
    draft::{About, Draft, draft, job, sequence},
};
use crate::{
    actions::{Goal, Look, ParameterKind, Precondition},
    time::{HOUR, MINUTE},
};

const LIVE: &str = "the models in production";
const TARGET: &str = "the recovery target";

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let about = |key, name, changes| About {
        goal: Goal::Recovery,
        key,
        name,
        changes,
        procedure: "service-recovery",
    };
    let by_job = |about: &About<'_>, cronjob: &str, env: &[(&str, &str)], within: i64| {
        draft(names, about, job(names.cronjob(cronjob), env), Look::JobSucceeded, within)
            .needs(Precondition::NoJobRunning)
    };
    vec![
        draft(
            names,
            &about(
                "recover-services",
                "Recover the AI services",
                "The latest models and their configuration are restored in production, both engines are restarted, and \
                 all is validated.",
            ),
            sequence(&[
                ("recover-models", &[]),
                ("apply-model-configuration", &[]),
                ("restart-optimization", &[]),
                ("restart-recommendation", &[]),
                ("validate-recovery", &[]),
            ]),
            Look::EachStep,
            0,
        )
        .of(&["optimization", "recommendation"])
        .dangerous(OVERWRITES)
        .by_two()
        .for_good(LATER_MODELS),
        by_job(
            &about(
                "recover-models",
                "Restore models in production",
                "The models of the latest backup take the place of those in production.",
            ),
            "recover-ai-services",
            &[("STEP", "restore-models"), ("BACKUP", "latest")],
            HOUR,
        )
        .dangerous(OVERWRITES)
        .for_good(LATER_MODELS)
        .touches(LIVE),
        by_job(
            &about(
                "apply-model-configuration",
                "Apply the model configuration",
                "The config map ai-model-config is written anew from the latest backup.",
            ),
            "recover-ai-services",
            &[("STEP", "apply-configuration"), ("CONFIG_MAP", "ai-model-config")],
            15 * MINUTE,
        )
        .dangerous("A wrong configuration stops both engines at their next restart.")
        .for_good("The configuration before is in the backup before.")
        .touches(LIVE),
        by_job(
            &about(
                "validate-recovery",
                "Validate the recovery",
                "Nothing; the recovered services and data are tried, and what is missing is reported.",
            ),
            "validate-recovery",
            &[],
            30 * MINUTE,
        )
        .for_good("It changes nothing."),
        by_job(
            &about(
                "restore-models",
                "Restore models to the recovery target",
                "The models of the latest backup are in the recovery target; production stays as it is.",
            ),
            "restore-ai-models",
            &[("TARGET", "recovery"), ("BACKUP", "latest")],
            HOUR,
        )
        .for_good(REPLACED)
        .touches(TARGET),
        by_job(
            &about(
                "restore-database",
                "Restore the database to the recovery target",
                "The database wedsync_recovery on recovery-db holds the backup of the day you say; production stays as \
                 it is.",
            ),
            "restore-database",
            &[("DATE", "{day}"), ("DATABASE", "wedsync_recovery")],
            6 * HOUR,
        )
        .asks("day", "Day of the backup", ParameterKind::Date, None)
        .dangerous("Whatever is in the recovery target now is replaced.")
        .for_good(REPLACED)
        .touches(TARGET),
    ]
}

const OVERWRITES: &str = "The models and the configuration that are in production now are replaced.";
const LATER_MODELS: &str = "What was in production before is only in the backups, if anywhere.";
const REPLACED: &str = "What was in the recovery target before is gone; restore another backup over it.";
