//! The verbs, before they are written.

use domain::{
    access::PersonId,
    audit::{Object, Origin},
    time::Millis,
};
use secrecy::SecretString;
use tower_sessions_core::session::Id;

use super::*;
use crate::db::DbError;

impl Access {
    /// The store for tower-sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions { access: self.clone() }
    }

    pub async fn sign_in(&self, asked: SignIn, origin: &Origin) -> Result<SignedIn, SignInRefused> {
        let _ = (asked, origin);
        Err(DbError::Lost.into())
    }

    pub async fn second_factor(
        &self,
        half_way: &HalfWay,
        code: &SecretString,
        known_browser: Option<&SecretString>,
        origin: &Origin,
    ) -> Result<SignedIn, SignInRefused> {
        let _ = (half_way, code, known_browser, origin);
        Err(DbError::Lost.into())
    }

    pub async fn prove(
        &self,
        viewer: &Viewer,
        password: &SecretString,
    ) -> Result<SessionContent, SignInRefused> {
        let _ = (viewer, password);
        Err(DbError::Lost.into())
    }

    pub async fn who(&self, id: Option<&Id>, origin: Origin) -> Result<Who, DbError> {
        let _ = (id, origin);
        Err(DbError::Lost.into())
    }

    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), DbError> {
        let _ = (viewer);
        Err(DbError::Lost.into())
    }

    pub async fn own_sessions(&self, viewer: &Viewer) -> Result<Vec<OwnSession>, DbError> {
        let _ = (viewer);
        Err(DbError::Lost.into())
    }

    pub async fn end_own_session(&self, viewer: &Viewer, session: &SessionKey) -> Result<bool, DbError> {
        let _ = (viewer, session);
        Err(DbError::Lost.into())
    }

    pub async fn end_own_sessions(&self, viewer: &Viewer) -> Result<u64, DbError> {
        let _ = (viewer);
        Err(DbError::Lost.into())
    }

    pub async fn delete_expired(&self) -> Result<u64, DbError> {
        Err(DbError::Lost.into())
    }

    pub async fn refused(
        &self,
        viewer: &Viewer,
        verb: &'static str,
        missing: &Missing,
        object: Option<Object>,
    ) -> Result<(), DbError> {
        let _ = (viewer, verb, missing, object);
        Err(DbError::Lost.into())
    }

    pub async fn people(&self, permit: &Permit<ManageAccess>) -> Result<Vec<Person>, DbError> {
        let _ = (permit);
        Err(DbError::Lost.into())
    }

    pub async fn person(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<Option<Person>, DbError> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn invite(
        &self,
        permit: &Permit<ManageAccess>,
        email: &str,
        name: &str,
        role: &str,
    ) -> Result<Link, PeopleRefused> {
        let _ = (permit, email, name, role);
        Err(DbError::Lost.into())
    }

    pub async fn change(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
        version: i64,
        change: PersonChange,
    ) -> Result<Person, PeopleRefused> {
        let _ = (permit, person, version, change);
        Err(DbError::Lost.into())
    }

    pub async fn disable(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn enable(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn remove(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn reset_link(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<Link, PeopleRefused> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn remove_second_factor_of(
        &self,
        proven: &Proven<ManageAccess>,
        person: &PersonId,
    ) -> Result<(), PeopleRefused> {
        let _ = (proven, person);
        Err(DbError::Lost.into())
    }

    pub async fn end_sessions_of(
        &self,
        permit: &Permit<ManageAccess>,
        person: &PersonId,
    ) -> Result<u64, PeopleRefused> {
        let _ = (permit, person);
        Err(DbError::Lost.into())
    }

    pub async fn profile(&self, viewer: &Viewer) -> Result<Profile, DbError> {
        let _ = (viewer);
        Err(DbError::Lost.into())
    }

    pub async fn change_profile(&self, viewer: &Viewer, profile: Profile) -> Result<(), ProfileRefused> {
        let _ = (viewer, profile);
        Err(DbError::Lost.into())
    }

    pub async fn change_password(
        &self,
        viewer: &Viewer,
        present: &SecretString,
        new: &SecretString,
    ) -> Result<SessionContent, PasswordRefused> {
        let _ = (viewer, present, new);
        Err(DbError::Lost.into())
    }

    pub async fn link(&self, token: &SecretString) -> Result<OpenLink, LinkRefused> {
        let _ = (token);
        Err(DbError::Lost.into())
    }

    pub async fn set_password(
        &self,
        token: &SecretString,
        password: &SecretString,
        origin: &Origin,
    ) -> Result<PersonId, LinkRefused> {
        let _ = (token, password, origin);
        Err(DbError::Lost.into())
    }

    pub async fn enrol(&self, fresh: &Fresh) -> Result<Enrolment, SecondFactorRefused> {
        let _ = (fresh);
        Err(DbError::Lost.into())
    }

    pub async fn confirm(
        &self,
        viewer: &Viewer,
        code: &SecretString,
    ) -> Result<Confirmed, SecondFactorRefused> {
        let _ = (viewer, code);
        Err(DbError::Lost.into())
    }

    pub async fn new_recovery_codes(&self, fresh: &Fresh) -> Result<Vec<SecretString>, SecondFactorRefused> {
        let _ = (fresh);
        Err(DbError::Lost.into())
    }

    pub async fn remove_second_factor(&self, fresh: &Fresh) -> Result<SessionContent, SecondFactorRefused> {
        let _ = (fresh);
        Err(DbError::Lost.into())
    }

    pub async fn create_token(
        &self,
        proven: &Proven<ManageAccess>,
        name: &str,
        permissions: Permissions,
        expires_at: Millis,
    ) -> Result<NewToken, TokenRefused> {
        let _ = (proven, name, permissions, expires_at);
        Err(DbError::Lost.into())
    }

    pub async fn tokens(&self, permit: &Permit<ManageAccess>) -> Result<Vec<ApiToken>, DbError> {
        let _ = (permit);
        Err(DbError::Lost.into())
    }

    pub async fn revoke_token(&self, permit: &Permit<ManageAccess>, id: &str) -> Result<(), TokenRefused> {
        let _ = (permit, id);
        Err(DbError::Lost.into())
    }

    pub async fn check_token(&self, bearer: &SecretString, origin: Origin) -> Result<Viewer, TokenRefused> {
        let _ = (bearer, origin);
        Err(DbError::Lost.into())
    }

    pub async fn add_by_command(&self, email: &str, name: &str, role: &str) -> Result<Link, PeopleRefused> {
        let _ = (email, name, role);
        Err(DbError::Lost.into())
    }

    pub async fn add_with_password_by_command(
        &self,
        email: &str,
        name: &str,
        role: &str,
        password: &SecretString,
    ) -> Result<PersonId, PeopleRefused> {
        let _ = (email, name, role, password);
        Err(DbError::Lost.into())
    }

    pub async fn reset_by_command(&self, email: &str) -> Result<Link, PeopleRefused> {
        let _ = (email);
        Err(DbError::Lost.into())
    }
}
