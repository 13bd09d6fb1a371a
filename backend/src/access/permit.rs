//! Proof of permission. A function that changes or reveals something takes a `Permit` of the permission it needs, and
//! only this module can make one: a forgotten check does not compile.
//!
//! ```compile_fail
//! use backend::access::{ManageAccess, Permit};
//! // Its fields are nobody else's.
//! let permit: Permit<ManageAccess> = Permit { viewer: todo!(), service: None, grant: std::marker::PhantomData };
//! ```
//!
//! ```compile_fail
//! use backend::access::{Grant, Permission};
//! #[derive(Debug)]
//! struct Everything;
//! // Nor can anybody add a permission.
//! impl Grant for Everything {
//!     const PERMISSION: Permission = Permission::ManageAccess;
//! }
//! ```
//!
//! ```compile_fail
//! use backend::access::{ManageAccess, Permit, ReadAudit};
//! // One permission does not stand for another.
//! fn invites(_: &Permit<ManageAccess>) {}
//! fn reads(permit: &Permit<ReadAudit>) { invites(permit) }
//! ```
//!
//! ```
//! use backend::access::{ManageAccess, Missing, Permit, Viewer};
//! fn invites(_: &Permit<ManageAccess>) {}
//! fn page(viewer: &Viewer) -> Result<(), Missing> {
//!     invites(&viewer.permit::<ManageAccess>()?);
//!     Ok(())
//! }
//! ```

use std::{fmt, marker::PhantomData};

use domain::{
    access::{Permission, PersonId, is_proof_fresh},
    audit::{Actor, Entry, Origin},
    time::Millis,
};

use super::viewer::Viewer;

mod sealed {
    pub trait Sealed {}
}

/// A permission as a type.
pub trait Grant: sealed::Sealed + fmt::Debug + Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! grants {
    ($($name:ident)*) => {$(
        #[doc = concat!("The permission `Permission::", stringify!($name), "` as a type.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl Grant for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

grants! {
    SeeStatus SeeReports SeePersonalData HandleAlerts WorkCases RunCrisisActions RunOrdinaryActions RunDangerousActions
    Approve EditDrafts PublishProcedures ChangeSchedules ManageAccess ReadAudit
}

/// Proof that somebody may do what `P` allows, and who it is, for the record of it.
#[derive(Clone, Debug)]
pub struct Permit<P: Grant> {
    viewer: Viewer,
    /// The service that was asked about; `None` when none was.
    service: Option<String>,
    grant: PhantomData<P>,
}

/// A permit of somebody who gave the password within the last five minutes. Machines never have one.
#[derive(Clone, Debug)]
pub struct Proven<P: Grant>(Permit<P>);

/// Somebody who gave the password within the last five minutes, for what is dangerous to their own account.
#[derive(Clone, Debug)]
pub struct Fresh(Viewer);

/// Which permission was missing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Missing {
    pub permission: Permission,
    /// The key of the service that the role does not hold for; `None` when the permission itself is missing.
    pub service: Option<String>,
}

/// The password has to be given again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("give the password again: this is dangerous, and it was given more than five minutes ago")]
pub struct NeedsProof;

/// Why something dangerous may not be done now.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotProven {
    #[error(transparent)]
    Missing(#[from] Missing),
    #[error(transparent)]
    NeedsProof(#[from] NeedsProof),
}

impl Viewer {
    /// Leave to do what `P` allows. Of a role that is limited to services it holds for those alone: ask
    /// `Permit::covers`, or take it by `permit_for_service`.
    ///
    /// # Errors
    /// With the permission that is missing.
    pub fn permit<P: Grant>(&self) -> Result<Permit<P>, Missing> {
        if self.permissions.has(P::PERMISSION) {
            Ok(Permit { viewer: self.clone(), service: None, grant: PhantomData })
        } else {
            Err(Missing { permission: P::PERMISSION, service: None })
        }
    }

    /// Leave to do what `P` allows to one service.
    ///
    /// # Errors
    /// With the permission that is missing, and the service when it is missing for that alone.
    pub fn permit_for_service<P: Grant>(&self, service: &str) -> Result<Permit<P>, Missing> {
        let mut permit = self.permit::<P>()?;
        if !permit.covers(service) {
            return Err(Missing { permission: P::PERMISSION, service: Some(service.to_owned()) });
        }
        permit.service = Some(service.to_owned());
        Ok(permit)
    }

    /// Leave to do what `P` allows when it is dangerous.
    ///
    /// # Errors
    /// With the permission that is missing, or because the password was given too long ago.
    pub fn proven<P: Grant>(&self, now: Millis) -> Result<Proven<P>, NotProven> {
        let permit = self.permit::<P>()?;
        self.fresh(now)?;
        Ok(Proven(permit))
    }

    /// Leave to do to one service what `P` allows when it is dangerous.
    ///
    /// # Errors
    /// As `permit_for_service` and `proven`.
    pub fn proven_for_service<P: Grant>(&self, service: &str, now: Millis) -> Result<Proven<P>, NotProven> {
        let permit = self.permit_for_service::<P>(service)?;
        self.fresh(now)?;
        Ok(Proven(permit))
    }

    /// Leave to do what is dangerous to one's own account.
    ///
    /// # Errors
    /// When the password was given too long ago.
    pub fn fresh(&self, now: Millis) -> Result<Fresh, NeedsProof> {
        if is_proof_fresh(self.proven_at(), now) { Ok(Fresh(self.clone())) } else { Err(NeedsProof) }
    }
}

impl<P: Grant> Permit<P> {
    pub fn person(&self) -> &PersonId {
        &self.viewer.person
    }

    pub fn actor(&self) -> Actor {
        self.viewer.actor()
    }

    pub fn origin(&self) -> &Origin {
        self.viewer.origin()
    }

    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The service that it was asked for.
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Whether it holds for this service.
    pub fn covers(&self, service: &str) -> bool {
        match &self.service {
            Some(asked) => asked == service,
            None => self.viewer.covers(service),
        }
    }

    /// The beginning of the record of what it allowed: who, from where, by which permission.
    pub fn entry(&self, verb: &'static str) -> Entry {
        Entry::new(verb, self.actor(), self.origin().clone()).with(P::PERMISSION.key())
    }
}

impl<P: Grant> Proven<P> {
    pub fn permit(&self) -> &Permit<P> {
        &self.0
    }
}

impl Fresh {
    pub fn viewer(&self) -> &Viewer {
        &self.0
    }
}

impl fmt::Display for Missing {
    /// "your role may not manage users, roles, keys, tokens (manage_access)"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "your role may not {} ({})", self.permission.words(), self.permission.key())?;
        match &self.service {
            Some(service) => write!(f, " on the service {service}"),
            None => Ok(()),
        }
    }
}
