//! What every handler knows of its request, and the answers that any of them may give.

use std::convert::Infallible;

use app::{Shell, Theme};
use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use backend::{
    access::{
        Access, Fresh, Grant, Missing, NotProven, Permission, Permissions, Proven, SESSION_CONTENT,
        SessionContent, TRIP_CONTENT, Trip, Viewer, Who,
    },
    db::DbError,
};
use domain::audit::Origin;
use secrecy::SecretString;
use std::sync::Arc;
use tower_sessions_core::{Session, session::Id};

use crate::{
    http::State,
    pages::{self, Trouble},
};

/// Who asks, as the guard found out. Put into every request that it lets through.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub who: Who,
    pub origin: Arc<Origin>,
    pub session: Option<Id>,
    /// What a machine showed.
    pub bearer: Option<SecretString>,
}

impl Visitor {
    pub fn nobody() -> Visitor {
        Visitor { who: Who::Nobody, origin: Arc::default(), session: None, bearer: None }
    }

    /// Whether whoever came may still do this: asked again by what stays open for long.
    pub async fn may_still(&self, access: &Access, permission: Permission) -> bool {
        let viewer = match &self.bearer {
            Some(bearer) => access.check_token(bearer, Origin::clone(&self.origin)).await.ok(),
            None => match access.who(self.session.as_ref(), self.origin.clone()).await {
                Ok(Who::SignedIn(viewer)) => Some(viewer),
                // A database that cannot be read takes nobody's rights away.
                Err(_) => return true,
                Ok(_) => None,
            },
        };
        viewer.is_some_and(|viewer| viewer.permissions.has(permission))
    }
}

/// What a page depends on of whoever looks at it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Eyes {
    person: String,
    name: String,
    permissions: Permissions,
    services: Option<Vec<String>>,
    zone: String,
}

/// One request, in the words of its handler.
#[derive(Clone)]
pub struct Asked {
    pub state: State,
    pub visitor: Visitor,
    pub path_and_query: String,
    /// The page that is looked at, as it can be asked for again.
    pub page: String,
    pub theme: Theme,
    pub known_browser: Option<SecretString>,
}

impl FromRequestParts<State> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Asked, Infallible> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        Ok(Asked {
            state: state.clone(),
            visitor: visitor.unwrap_or_else(Visitor::nobody),
            path_and_query: parts.uri.to_string(),
            page: page_of(state, parts),
            theme: pages::theme_of(&parts.headers),
            known_browser: state.cookies.known_browser(&parts.headers),
        })
    }
}

/// Why a handler gives another answer than the one that was asked for.
pub enum Refusal {
    Missing(Missing),
    /// The password is to be given again; then this address is gone on to.
    NeedsProof {
        next: String,
    },
    NotSignedIn,
    NotFound,
    /// What was asked for cannot be done as things stand; the page shows how they stand.
    Stale(&'static str),
    Inside(String),
}

impl From<Missing> for Refusal {
    fn from(missing: Missing) -> Refusal {
        Refusal::Missing(missing)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Refusal {
        Refusal::Inside(error.to_string())
    }
}

/// Of a part that is drawn anew alone: beside what went wrong inside, all that is wrong is that there is no such part.
impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Refusal {
        match trouble {
            Trouble::Inside(innards) => Refusal::Inside(innards),
            _ => Refusal::NotFound,
        }
    }
}

impl From<tower_sessions_core::session::Error> for Refusal {
    fn from(error: tower_sessions_core::session::Error) -> Refusal {
        Refusal::Inside(error.to_string())
    }
}

impl Asked {
    /// Where nobody has been looked at yet.
    pub fn by_nobody(state: &State) -> Asked {
        Asked {
            state: state.clone(),
            visitor: Visitor::nobody(),
            path_and_query: "/".to_owned(),
            page: "/".to_owned(),
            theme: Theme::default(),
            known_browser: None,
        }
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// When nobody is, which the guard has prevented where a route needs an account.
    pub fn viewer(&self) -> Result<&Viewer, Refusal> {
        match &self.visitor.who {
            Who::SignedIn(viewer) => Ok(viewer),
            Who::Nobody | Who::HalfWay(_) => Err(Refusal::NotSignedIn),
        }
    }

    /// Whose eyes a page is made for.
    pub fn eyes(&self) -> Eyes {
        match &self.visitor.who {
            Who::SignedIn(viewer) => Eyes {
                person: viewer.person.as_str().to_owned(),
                name: viewer.name.clone(),
                permissions: viewer.permissions,
                services: viewer.services.clone(),
                zone: viewer.zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or_default().to_owned(),
            },
            Who::Nobody | Who::HalfWay(_) => Eyes::default(),
        }
    }

    pub fn shell(&self) -> Shell {
        pages::shell_of(&self.state, &self.page, self.theme, &self.visitor.who)
    }

    pub fn page(&self, status: StatusCode, page: String) -> Response {
        pages::plain(status, page)
    }

    /// Runs a handler and turns a refusal into its page.
    pub async fn answer<F>(self, work: impl FnOnce(Asked) -> F) -> Response
    where
        F: Future<Output = Result<Response, Refusal>>,
    {
        match work(self.clone()).await {
            Ok(response) => response,
            Err(refusal) => self.refuse(refusal).await,
        }
    }

    pub async fn refuse(&self, refusal: Refusal) -> Response {
        match refusal {
            Refusal::Missing(missing) => self.forbid(&missing).await,
            Refusal::NeedsProof { next } => see(&format!("/prove?next={}", encoded(&next))),
            Refusal::NotSignedIn => see("/sign-in"),
            Refusal::Stale(page) => see(page),
            Refusal::NotFound => pages::trouble_page(self, &Trouble::NotFound),
            Refusal::Inside(innards) => pages::trouble_page(self, &Trouble::Inside(innards)),
        }
    }

    /// Says which permission is missing and who has it; the try is on record.
    pub async fn forbid(&self, missing: &Missing) -> Response {
        if let Who::SignedIn(viewer) = &self.visitor.who {
            let path = self.path_and_query.split('?').next().unwrap_or("/");
            let page = domain::audit::Object::new("page", path, path);
            if let Err(error) = self.state.access.refused(viewer, "page.refused", missing, Some(page)).await {
                tracing::error!(%error, "a refusal is not on record");
            }
        }
        let own_role = match &self.visitor.who {
            Who::SignedIn(viewer) => Some(viewer.role_label.clone()),
            _ => None,
        };
        let page = app::access::forbidden_page(
            &self.shell(),
            &app::access::Forbidden {
                missing: missing.permission,
                own_role,
                roles_with_it: self.roles_with(missing.permission),
            },
        );
        self.page(StatusCode::FORBIDDEN, page)
    }

    pub fn roles_with(&self, permission: Permission) -> Vec<String> {
        let roles = self.state.access.roles().iter();
        roles.filter(|role| role.permissions.has(permission)).map(|role| role.label.clone()).collect()
    }

    /// Leave to do what is dangerous; without a fresh proof the person gives one and goes on to `next`.
    ///
    /// # Errors
    /// Without the permission, and without the proof.
    pub fn proven<P: Grant>(&self, next: &str) -> Result<Proven<P>, Refusal> {
        self.viewer()?.proven::<P>(self.state.access.now()).map_err(|why| match why {
            NotProven::Missing(missing) => Refusal::Missing(missing),
            NotProven::NeedsProof(_) => Refusal::NeedsProof { next: next.to_owned() },
        })
    }

    /// The same for one's own account.
    ///
    /// # Errors
    /// Without the proof.
    pub fn fresh(&self, next: &str) -> Result<Fresh, Refusal> {
        let fresh = self.viewer()?.fresh(self.state.access.now());
        fresh.map_err(|_| Refusal::NeedsProof { next: next.to_owned() })
    }

    /// Puts the content into a session with a new id; the one before is over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rotate(&self, content: &SessionContent) -> Result<Option<HeaderValue>, Refusal> {
        let store = Arc::new(self.state.access.sessions());
        let session = Session::new(self.visitor.session, store, None);
        if self.visitor.session.is_some() {
            session.cycle_id().await?;
        }
        session.remove_value(TRIP_CONTENT).await?;
        session.insert(SESSION_CONTENT, content).await?;
        session.save().await?;
        Ok(session.id().and_then(|id| self.state.cookies.set_session(id)))
    }

    /// Keeps a trip in the session until somebody is back; in a new one where there is none. One at a time: the one that
    /// began last counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_trip(&self, trip: &Trip) -> Result<Option<HeaderValue>, Refusal> {
        let session = Session::new(self.visitor.session, Arc::new(self.state.access.sessions()), None);
        session.insert(TRIP_CONTENT, trip).await?;
        session.save().await?;
        Ok(session.id().and_then(|id| self.state.cookies.set_session(id)))
    }

    /// The trip that this answer ends: it is over then, whatever comes of it. `None` when it belongs to none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_trip(&self, state: &str) -> Result<Option<Trip>, Refusal> {
        let session = Session::new(self.visitor.session, Arc::new(self.state.access.sessions()), None);
        let trip: Option<Trip> = session.get(TRIP_CONTENT).await?;
        let trip = trip.filter(|trip| trip.is_answered_by(state));
        if trip.is_some() {
            session.remove_value(TRIP_CONTENT).await?;
            session.save().await?;
        }
        Ok(trip)
    }
}

/// What can be asked for again by a GET: this address, or of a form's the next one above it that is a page.
pub fn page_of(state: &State, parts: &Parts) -> String {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return parts.uri.to_string();
    }
    let (mut path, mut route) = (parts.uri.path(), "");
    if let Some(matched) = parts.extensions.get::<MatchedPath>() {
        route = matched.as_str();
    }
    // Both have the same number of steps.
    while !route.is_empty() && state.routes.needs(route, &Method::GET).is_none() {
        route = route.rsplit_once('/').map_or("", |(above, _)| above);
        path = path.rsplit_once('/').map_or("", |(above, _)| above);
    }
    if route.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// Goes on by a GET.
pub fn see(address: &str) -> Response {
    Redirect::to(address).into_response()
}

pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Only a page of our own: not another host, however it is written. Everything else is "/".
pub fn own_address(address: &str) -> &str {
    let ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\', '\n', '\r', '\t', '\0'])
        && address.len() <= 2_000;
    if ours { address } else { "/" }
}

pub fn encoded(text: &str) -> String {
    app::encoded(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_our_own_is_gone_on_to() {
        for ours in ["/", "/performance?range=6h", "/settings/people"] {
            assert_eq!(own_address(ours), ours);
        }
        for other in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "a"]
        {
            assert_eq!(own_address(other), "/", "{other:?}");
        }
    }
}
