//! What has to be so before a step begins.

use domain::actions::{Catalogue, Check, Found, PlannedStep, Precondition, Sighting, Step, Values};

use super::Hands;
use crate::{connect::kubernetes::Rollout, monitoring};

impl Hands {
    /// Each precondition as it is found, all of them at once. `unseen` is why what the step changes could not be looked at.
    pub(super) async fn checks(
        &self,
        catalogue: &Catalogue,
        planned: &PlannedStep,
        unseen: Option<&str>,
    ) -> Vec<Check> {
        let mut wanted = planned.preconditions.clone();
        // Whatever the catalogue says: nothing is sent to what could not be looked at.
        if unseen.is_some() && !wanted.contains(&Precondition::MayChange) {
            wanted.insert(0, Precondition::MayChange);
        }
        let found = wanted.iter().map(|precondition| self.check(catalogue, planned, precondition, unseen));
        futures::future::join_all(found).await
    }

    async fn check(
        &self,
        catalogue: &Catalogue,
        planned: &PlannedStep,
        precondition: &Precondition,
        unseen: Option<&str>,
    ) -> Check {
        let found = match precondition {
            Precondition::MayChange => match unseen {
                None => Found::Holds(String::new()),
                Some(why) => Found::Fails(sentence(why)),
            },
            Precondition::NotYetInPlace => self.not_yet(planned).await,
            Precondition::InPlace { action } => match catalogue.plan(action, &Values::new()) {
                Ok(plan) => self.all_in_place(&plan.steps).await,
                Err(why) => Found::Fails(why.to_string()),
            },
            Precondition::BackendReady { least } => self.backend_ready(&planned.step, *least).await,
            Precondition::Settled { deployment } => match self.cluster().await {
                Ok(cluster) => match cluster.observe_rollout(deployment.name.as_str()).await {
                    Ok(Rollout::Done { pods }) => Found::Holds(format!("{pods} pods are ready")),
                    Ok(Rollout::Going { wanted, ready, .. }) => Found::Fails(format!(
                        "A rollout of {} is going on: {ready} of {wanted} pods are ready.",
                        deployment.name
                    )),
                    // A rollout that is stuck is a reason to act.
                    Ok(Rollout::Stuck { why }) => Found::Warns(sentence(&why)),
                    Err(failure) => Found::Fails(sentence(&failure.to_string())),
                },
                Err(failure) => Found::Fails(sentence(&failure.to_string())),
            },
            Precondition::NoJobRunning => self.no_job_running(&planned.step).await,
            Precondition::NoWeddingToday => self.no_wedding_today().await,
        };
        let words = precondition.words();
        let mut letters = words.chars();
        let what = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or(words.clone());
        Check { what, found }
    }

    async fn not_yet(&self, planned: &PlannedStep) -> Found {
        match self.now(planned).await {
            Sighting::InPlace { said } => Found::Fails(format!("It is so already: {}", sentence(&said))),
            Sighting::NotYet { said } | Sighting::Partly { said, .. } => Found::Holds(said),
            Sighting::Broke { said } => Found::Warns(sentence(&said)),
            // Fallback is for the hour in which nothing answers.
            Sighting::CannotSee { why } => {
                Found::Warns(format!("It could not be looked at: {}", sentence(&why)))
            }
        }
    }

    async fn all_in_place(&self, steps: &[PlannedStep]) -> Found {
        let mut said = String::new();
        for step in steps {
            match self.now(step).await {
                Sighting::InPlace { said: seen } => said = seen,
                Sighting::NotYet { said } | Sighting::Partly { said, .. } | Sighting::Broke { said } => {
                    return Found::Fails(sentence(&said));
                }
                Sighting::CannotSee { why } => {
                    return Found::Warns(format!("It could not be looked at: {}", sentence(&why)));
                }
            }
        }
        Found::Holds(said)
    }

    async fn backend_ready(&self, step: &Step, least: u16) -> Found {
        let Step::KubernetesIngressBackend { to, .. } = step else {
            return Found::Fails("Only a step that leads traffic somewhere has such a check.".to_owned());
        };
        let ready = match self.cluster().await {
            Ok(cluster) => cluster.ready_endpoints(to.service.as_str()).await,
            Err(failure) => Err(failure),
        };
        match ready {
            Ok(ready) if ready >= u32::from(least) => {
                Found::Holds(format!("{ready} endpoints of {}", to.service))
            }
            Ok(ready) => Found::Fails(format!(
                "{ready} endpoints of {} are ready for traffic, and at least {least} have to be.",
                to.service
            )),
            Err(failure) => Found::Fails(sentence(&failure.to_string())),
        }
    }

    async fn no_job_running(&self, step: &Step) -> Found {
        let Step::KubernetesJobFromCronjob { cronjob, .. } = step else {
            return Found::Fails("Only a step that starts a job has such a check.".to_owned());
        };
        let running = match self.cluster().await {
            Ok(cluster) => cluster.running_jobs(cronjob.name.as_str()).await,
            Err(failure) => Err(failure),
        };
        match running {
            Ok(running) if running.is_empty() => Found::Holds(String::new()),
            Ok(running) => {
                Found::Fails(format!("A job of {} is running: {}.", cronjob.name, running.join(", ")))
            }
            Err(failure) => Found::Fails(sentence(&failure.to_string())),
        }
    }

    async fn no_wedding_today(&self) -> Found {
        let known = async {
            let mut tx = self.db.snapshot().await?;
            monitoring::weddings_today(&mut tx, &self.platform).await
        };
        match known.await {
            Ok(Some(0)) => Found::Holds(String::new()),
            Ok(Some(1)) => Found::Fails("A wedding takes place today.".to_owned()),
            Ok(Some(many)) => Found::Fails(format!("{many} weddings take place today.")),
            Ok(None) => Found::Fails("Whether a wedding takes place today is not known.".to_owned()),
            Err(error) => Found::Fails(sentence(&error.to_string())),
        }
    }
}

/// With a full stop, and a capital letter where it begins with a word and not with a name of the platform.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let word = text.split(' ').next().unwrap_or_default();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    if word.chars().all(char::is_alphabetic) {
        format!("{}{}{end}", first.to_uppercase(), letters.as_str())
    } else {
        format!("{text}{end}")
    }
}
