//! The whole door for a test: the real router on a database of its own, its clock in the test's hand.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header, request::Builder},
};
use backend::{
    access::{Access, Permission, Permissions},
    actions::Actions,
    audit::{self, Filter},
    clock::Clock,
    config,
    crises::Cases,
    db::Db,
    delivery::Courier,
    diagnostics::Diagnostics,
    failover::Failover,
    notices::Notices,
    sealing::Sealing,
    tick::Console,
};
use bytes::Bytes;
use domain::{
    access::PersonId,
    time::{DAY, Millis},
};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use tower::ServiceExt;

use super::noted;
use crate::http::{self, Parts, State};

/// 2026-11-18, in the evening.
const START: Millis = Millis(1_795_000_000_000);
/// Long, and nowhere else: a search of every output finds it where it must not be.
pub const PASSWORD: &str = "marked-password-of-the-walk";

const PIECE: usize = 64 * 1024;

pub struct World {
    pub access: Access,
    pub cases: Cases,
    pub clock: Clock,
    router: Router,
    public_url: String,
    _stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

/// What came back, read to its end unless it has none.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Somebody who asks: an address, and what they show.
pub struct Walker {
    pub name: String,
    peer: SocketAddr,
    cookies: Vec<(String, String)>,
    bearer: Option<String>,
}

impl World {
    /// `settings` stand in the configuration beside the database.
    pub async fn new(settings: &str) -> World {
        World::with(settings, &[]).await
    }

    /// The same with these variables of the environment: secrets stand in no file of settings.
    pub async fn with(settings: &str, variables: &[(&str, &str)]) -> World {
        noted::log();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bellwether.toml");
        let database = format!("[database]\nurl = \"sqlite://{}/test.db\"\n", folder.path().display());
        std::fs::write(&file, format!("{database}{settings}")).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Arc::new(config::load(Some(&file), variables).unwrap());
        let db = Db::open(&config.database.url).await.unwrap();
        let clock = Clock::held(START);
        let console = Console::start(db.clone(), clock.clone(), config.clone()).await.unwrap();
        let courier = Courier::new(db.clone(), clock.clone(), &config).unwrap();
        let access = Access::new(db.clone(), &config, clock.clone()).unwrap();
        let actions =
            Actions::new(db.clone(), clock.clone(), config.clone(), access.clone(), console.alerts.clone())
                .unwrap();
        let diagnostics =
            Diagnostics::new(clock.clone(), &config, actions.clone(), console.alerts.clone()).unwrap();
        let sealing = Sealing::new(db.clone(), clock.clone(), &config.sealing);
        let parts = (access.clone(), actions.clone());
        let cases = Cases::new(db.clone(), clock.clone(), config.clone(), parts, sealing);
        let notices = Notices::new(cases.clone(), config.clone()).unwrap();
        let failover = Failover::new(db, clock.clone(), config.clone(), actions.clone());
        let (stop, stopped) = watch::channel(false);
        let prometheus = PrometheusBuilder::new().build_recorder().handle();
        let state = State::new(Parts {
            console,
            access: access.clone(),
            actions,
            failover,
            diagnostics,
            cases: cases.clone(),
            notices,
            courier,
            prometheus,
            stop: stopped,
        });
        let public_url = config.server.public_url.clone();
        let router = http::router(state);
        World { access, cases, clock, router, public_url, _stop: stop, _folder: folder }
    }

    pub async fn person(&self, name: &str, role: &str) -> PersonId {
        let email = format!("marked-person-{name}@example.com");
        let password = SecretString::from(PASSWORD);
        self.access.add_with_password_by_command(&email, name, role, &password).await.unwrap()
    }

    /// A person of the role, signed in through the page.
    pub async fn signed_in(&self, name: &str, role: &str) -> Walker {
        self.person(name, role).await;
        let mut walker = Walker::nobody(name);
        self.sign_in(&mut walker).await;
        walker
    }

    pub async fn sign_in(&self, walker: &mut Walker) -> Answer {
        let form = format!("email=marked-person-{}%40example.com&password={PASSWORD}", walker.name);
        walker.cookies.clear();
        let answer = self.post(walker, "/sign-in", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} cannot sign in", walker.name);
        answer
    }

    /// A machine with a token of this administrator.
    pub async fn machine(&self, admin: &mut Walker, permission: Permission) -> Walker {
        self.sign_in(admin).await;
        let form = format!("name=machine&ends=2026-12-31&permission={}", permission.key());
        let page = self.post(admin, "/settings/tokens", &form).await;
        let from = page.body.find("bwt_").unwrap_or_else(|| panic!("no token: {}", page.body));
        let token = page.body[from..]
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "_-".contains(*letter));
        let mut walker = Walker::nobody("token");
        walker.bearer = Some(token.collect());
        noted::note(walker.bearer.as_deref().unwrap());
        walker
    }

    /// A machine with a token that somebody on the command line made for a person of the walk.
    pub async fn token_by_command(&self, owner: &str, permission: Permission) -> Walker {
        let email = format!("marked-person-{owner}@example.com");
        let permissions = Permissions::NONE.with(permission);
        let ends = self.clock.now().plus(DAY);
        let new = self.access.create_token_by_command(&email, "sender", permissions, ends).await.unwrap();
        noted::note(new.secret.expose_secret());
        Walker::nobody("machine").with_token(new.secret.expose_secret())
    }

    /// The same as `ask` with a body of blanks whose length is not told.
    pub async fn stream(&self, walker: &mut Walker, path: &str, bytes: usize) -> Answer {
        let pieces = (0..bytes.div_ceil(PIECE))
            .map(move |n| Ok::<_, Infallible>(Bytes::from(vec![b' '; PIECE.min(bytes - n * PIECE)])));
        let mut request = Request::builder().method(Method::POST).uri(path).header(header::HOST, "console");
        if let Some(bearer) = &walker.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let mut request = request.body(Body::from_stream(futures::stream::iter(pieces))).unwrap();
        request.extensions_mut().insert(ConnectInfo(walker.peer));
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// A form with one file, as a page of the console sends it.
    pub async fn upload(&self, walker: &mut Walker, path: &str, name: &str, content: &[u8]) -> Answer {
        let name = name.replace('"', "%22");
        let mut body = format!(
            "--walk\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--walk--\r\n");
        let origin = self.public_url.clone();
        let headers = [
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "multipart/form-data; boundary=walk"),
        ];
        self.ask(walker, Method::POST, path, &headers, &body).await
    }

    pub async fn get(&self, walker: &mut Walker, path: &str) -> Answer {
        self.ask(walker, Method::GET, path, &[], "").await
    }

    /// As a page of the console does it.
    pub async fn post(&self, walker: &mut Walker, path: &str, form: &str) -> Answer {
        let origin = self.public_url.clone();
        self.ask(walker, Method::POST, path, &[("origin", &origin), ("sec-fetch-site", "same-origin")], form)
            .await
    }

    /// What a form leads to.
    pub async fn led(&self, walker: &mut Walker, path: &str, form: &str) -> Answer {
        let answer = self.post(walker, path, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let to = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
        self.get(walker, &to).await
    }

    /// The beginning of an answer that has no end, and what comes of it.
    pub async fn follow(&self, walker: &Walker, path: &str) -> (StatusCode, Body) {
        let host = self.public_url.split("://").nth(1).unwrap();
        let request = Request::builder().uri(path).header(header::HOST, host);
        let mut request = walker.shown_in(request).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(walker.peer));
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (head.status, body)
    }

    /// Cookies that come back are kept.
    pub async fn ask(
        &self,
        walker: &mut Walker,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &(impl AsRef<[u8]> + ?Sized),
    ) -> Answer {
        let body = body.as_ref().to_vec();
        let host = self.public_url.split("://").nth(1).unwrap();
        let kind =
            if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let kind = headers.iter().find(|(name, _)| *name == "content-type").map_or(kind, |(_, kind)| *kind);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_LENGTH, body.len());
        request = walker.shown_in(request);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "content-type") {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(walker.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let endless = response.extensions().get::<crate::serving::Endless>().is_some();
        let (head, body) = response.into_parts();
        let body = if endless { Vec::new() } else { body.collect().await.unwrap().to_bytes().to_vec() };
        walker.keep(&head.headers);
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// How many records there are of this verb.
    pub async fn on_record(&self, verb: &str) -> usize {
        let filter = Filter { verb: Some(verb.to_owned()), ..Filter::default() };
        audit::page(self.access.db(), &filter, None, 1_000).await.unwrap().len()
    }
}

impl Walker {
    /// Each from a network address of their own, so that none is slowed down by another.
    pub fn nobody(name: &str) -> Walker {
        let host = name.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        let peer = SocketAddr::from(([192, 0, 2, host], 40_000));
        Walker { name: name.to_owned(), peer, cookies: Vec::new(), bearer: None }
    }

    pub fn from(mut self, peer: &str) -> Walker {
        self.peer = peer.parse().unwrap();
        self
    }

    pub fn showing(mut self, cookie: &str, value: &str) -> Walker {
        self.cookies = vec![(cookie.to_owned(), value.to_owned())];
        self
    }

    pub fn with_token(mut self, token: &str) -> Walker {
        self.bearer = Some(token.to_owned());
        self
    }

    fn shown_in(&self, mut request: Builder) -> Builder {
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
            request = request.header(header::ACCEPT, "application/json");
        }
        request
    }

    pub fn bearer(&self) -> &str {
        self.bearer.as_deref().unwrap()
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(found, _)| found == name).map(|(_, value)| &**value)
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for written in headers.get_all(header::SET_COOKIE) {
            let pair = written.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                if name != "theme" {
                    noted::note(value);
                }
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}
