//! What a debug print shows of people: who, by their id, and never their names and addresses. Logs are copied.

use std::fmt::{Debug, Formatter, Result};

use super::{ApiToken, OpenLink, Person, PersonChange, Profile, SignIn, Way};

impl Debug for SignIn {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

impl Debug for Person {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("disabled_at", &self.disabled_at)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Debug for PersonChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("PersonChange").field("role", &self.role).finish_non_exhaustive()
    }
}

impl Debug for Profile {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Profile")
            .field("zone", &self.zone)
            .field("theme", &self.theme)
            .field("ways", &self.ways)
            .finish_non_exhaustive()
    }
}

impl Debug for Way {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Way").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Debug for OpenLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("OpenLink")
            .field("kind", &self.kind)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Debug for ApiToken {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("ApiToken")
            .field("id", &self.id)
            .field("person", &self.person)
            .field("permissions", &self.permissions)
            .field("expires_at", &self.expires_at)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}
