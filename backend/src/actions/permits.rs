//! Who may run what: an action names one of three permissions, and the services that it concerns.

use domain::{
    access::Permission,
    actions::{Action, Actor},
    audit::Entry,
    time::Millis,
};

use crate::access::{By, Missing, Permit, RunCrisisActions, RunDangerousActions, RunOrdinaryActions, Viewer};

/// Leave to run one kind of action.
#[derive(Clone, Debug)]
pub enum RunPermit {
    Crisis(Permit<RunCrisisActions>),
    Ordinary(Permit<RunOrdinaryActions>),
    Dangerous(Permit<RunDangerousActions>),
}

impl RunPermit {
    /// Leave to run this action.
    ///
    /// # Errors
    /// With the permission that is missing, and the service when it is missing for that alone. A role that is limited to
    /// services runs what concerns nothing but those.
    pub fn of(viewer: &Viewer, action: &Action) -> Result<RunPermit, Missing> {
        let permit = match action.permission {
            Permission::RunCrisisActions => RunPermit::Crisis(viewer.permit()?),
            Permission::RunDangerousActions => RunPermit::Dangerous(viewer.permit()?),
            // The catalogue lets no other stand there.
            _ => RunPermit::Ordinary(viewer.permit()?),
        };
        let uncovered = if action.services.is_empty() {
            viewer.services.is_some().then(|| "of the platform as a whole".to_owned())
        } else {
            action.services.iter().find(|service| !viewer.covers(service)).cloned()
        };
        match uncovered {
            Some(service) => Err(Missing { permission: permit.permission(), service: Some(service) }),
            None => Ok(permit),
        }
    }

    pub fn viewer(&self) -> &Viewer {
        match self {
            RunPermit::Crisis(permit) => permit.viewer(),
            RunPermit::Ordinary(permit) => permit.viewer(),
            RunPermit::Dangerous(permit) => permit.viewer(),
        }
    }

    pub(super) fn entry(&self, verb: &'static str) -> Entry {
        match self {
            RunPermit::Crisis(permit) => permit.entry(verb),
            RunPermit::Ordinary(permit) => permit.entry(verb),
            RunPermit::Dangerous(permit) => permit.entry(verb),
        }
    }

    fn permission(&self) -> Permission {
        match self {
            RunPermit::Crisis(_) => Permission::RunCrisisActions,
            RunPermit::Ordinary(_) => Permission::RunOrdinaryActions,
            RunPermit::Dangerous(_) => Permission::RunDangerousActions,
        }
    }
}

/// Who acts, as the rules see it.
pub fn actor(viewer: &Viewer) -> Actor {
    match &viewer.by {
        By::Session { .. } | By::Message { .. } => {
            Actor::Person { id: viewer.person.clone(), name: viewer.name.clone() }
        }
        By::Token { name, .. } => Actor::Token { name: name.clone(), made_by: Some(viewer.person.clone()) },
    }
}

/// When the password was last given, on the clock of what is done now. Sessions live on real time, the platform may not.
pub(super) fn proven(viewer: &Viewer, real_now: Millis, now: Millis) -> Option<Millis> {
    viewer.proven_at().map(|at| now.minus(real_now.since(at)))
}
