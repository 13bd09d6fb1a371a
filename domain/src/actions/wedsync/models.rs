//! Models: deployed, checked, trained, compared, backed up. Each is a job made from a CronJob of the platform.

use super::{
    Names,
    draft::{About, Draft, draft, job, sequence},
};
use crate::{
    actions::{Goal, Look, ParameterKind, Precondition},
    time::{HOUR, MINUTE},
};

const LIVE: &str = "the models in production";
const TRAINING: &str = "the training data and the models in training";

fn about<'a>(key: &'a str, name: &'a str, changes: &'a str, procedure: &'a str) -> About<'a> {
    About { goal: Goal::Models, key, name, changes, procedure }
}

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let by_job = |about: &About<'_>, cronjob: &str, env: &[(&str, &str)], within: i64| {
        draft(names, about, job(names.cronjob(cronjob), env), Look::JobSucceeded, within)
            .needs(Precondition::NoJobRunning)
            .for_good(WRITTEN)
    };
    let train = |key, name, changes, cronjob, service: &str| {
        by_job(&about(key, name, changes, "retraining"), cronjob, &[], 6 * HOUR)
            .of(&[service])
            .touches(TRAINING)
    };
    vec![
        by_job(
            &about(
                "deploy-models",
                "Deploy models to production",
                "The newest validated models answer couples from now on.",
                "model-deployment",
            ),
            "deploy-ai-models",
            &[("ENVIRONMENT", "production")],
            30 * MINUTE,
        )
        .dangerous("A worse model lowers the accuracy of every answer until the one before is restored.")
        .for_good("Restore the models from a backup to have the ones before again.")
        .touches(LIVE),
        by_job(
            &about(
                "stage-models",
                "Deploy models to staging",
                "The newest models are in staging, where no couple meets them.",
                "model-deployment",
            ),
            "deploy-models-staging",
            &[("ENVIRONMENT", "staging")],
            30 * MINUTE,
        ),
        by_job(
            &about(
                "validate-models",
                "Validate the models in production",
                "Nothing; the deployed models are tried and their accuracy is reported.",
                "model-deployment",
            ),
            "validate-models",
            &[],
            30 * MINUTE,
        )
        .for_good("It changes nothing."),
        draft(
            names,
            &about(
                "retrain",
                "Retrain both models",
                "Both models are trained anew on one month's data, validated, and put into staging; production stays as \
                 it is.",
                "retraining",
            ),
            sequence(&[
                ("extract-training-data", &[("month", "{month}")]),
                ("validate-training-data", &[("month", "{month}")]),
                ("train-optimization-model", &[]),
                ("train-recommendation-model", &[]),
                ("validate-trained-models", &[]),
                ("stage-models", &[]),
            ]),
            Look::EachStep,
            0,
        )
        .of(&["optimization", "recommendation"])
        .asks("month", "Month of the data", ParameterKind::Month, None)
        .for_good("Production was not changed, so nothing needs to be undone."),
        by_job(
            &about(
                "extract-training-data",
                "Extract training data",
                "The training data of one month are read from the database and stored.",
                "retraining",
            ),
            "extract-training-data",
            &[("MONTH", "{month}")],
            2 * HOUR,
        )
        .asks("month", "Month of the data", ParameterKind::Month, None)
        .touches(TRAINING),
        by_job(
            &about(
                "validate-training-data",
                "Validate training data",
                "Nothing; gaps and errors in one month's training data are reported.",
                "retraining",
            ),
            "validate-training-data",
            &[("MONTH", "{month}")],
            HOUR,
        )
        .asks("month", "Month of the data", ParameterKind::Month, None)
        .touches(TRAINING),
        train(
            "train-optimization-model",
            "Train the optimization model",
            "A new optimization model is trained; production stays as it is.",
            "train-optimization-model",
            "optimization",
        ),
        train(
            "train-recommendation-model",
            "Train the recommendation model",
            "A new recommendation model is trained; production stays as it is.",
            "train-recommendation-model",
            "recommendation",
        ),
        by_job(
            &about(
                "validate-trained-models",
                "Validate the trained models",
                "Nothing; the newly trained models are tried and compared with those in production.",
                "retraining",
            ),
            "validate-trained-models",
            &[],
            HOUR,
        )
        .touches(TRAINING),
        by_job(
            &about(
                "prepare-ab-test",
                "Prepare the A/B test",
                "A share of couples will get answers of the new model as soon as the test is started.",
                "retraining",
            ),
            "setup-ab-test",
            &[("MODEL_VERSION", "{version}")],
            30 * MINUTE,
        )
        .asks("version", "Version of the model", ParameterKind::Version { like: "v2.1".to_owned() }, None)
        .touches(LIVE),
        by_job(
            &about(
                "backup-models",
                "Back up models",
                "The models and their configuration are copied to the backups, with a manifest.",
                "backups",
            ),
            "backup-ai-models",
            &[],
            HOUR,
        )
        .for_good("A backup more does no harm."),
    ]
}

const WRITTEN: &str = "What the job wrote stays; run it again to write it anew.";
