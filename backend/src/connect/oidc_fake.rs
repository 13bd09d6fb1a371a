//! A provider to test against: real HTTP on a port of its own, which says whatever a test has it say, true or not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    access::GroupRole,
    time::{Millis, SECOND},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use crate::config::Oidc;

pub const CLIENT: &str = "bellwether";
pub const SECRET: &str = "marked-password-of-the-client";

/// The provider; it ends with the test.
pub struct Fake {
    pub issuer: String,
    says: Arc<Mutex<Says>>,
    task: JoinHandle<()>,
}

/// What it says, and what it was asked.
pub struct Says {
    pub now: Millis,
    /// Over the claims that are right; `null` leaves one out.
    pub claims: Value,
    /// What the address about people says; without it there is none.
    pub userinfo: Option<Value>,
    /// The key that it signs with, and those that it lists.
    pub signs_with: u8,
    pub lists: Vec<u8>,
    /// `none` and `HS256` are what an attacker would write there.
    pub alg: &'static str,
    /// How it names itself when that is not how it is called.
    pub names_itself: Option<String>,
    pub is_down: bool,
    pub asked: Vec<String>,
    nonce: String,
    challenge: String,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub async fn start(now: Millis) -> Fake {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says {
            now,
            claims: json!({}),
            userinfo: None,
            signs_with: 1,
            lists: vec![1],
            alg: "EdDSA",
            names_itself: None,
            is_down: false,
            asked: Vec::new(),
            nonce: String::new(),
            challenge: String::new(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(listing))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state((issuer.clone(), says.clone()));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Fake { issuer, says, task }
    }

    pub fn config(&self) -> Oidc {
        let group = |group: &str, role: &str| GroupRole { group: group.to_owned(), role: role.to_owned() };
        Oidc {
            name: "staff".to_owned(),
            label: "Staff".to_owned(),
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.into(),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
            groups_claim: "groups".to_owned(),
            groups: vec![group("admins", "admin"), group("ops", "operator"), group("all", "viewer")],
            default_role: None,
            ca_file: None,
        }
    }

    pub fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Lays these claims over the right ones.
    pub fn claims(&self, claims: Value) {
        self.says().claims = claims;
    }

    /// As somebody does who is sent there and says who they are: the code and the state that they come back with.
    pub fn approve(&self, url: &str) -> (String, String) {
        let url = reqwest::Url::parse(url).unwrap();
        assert!(url.as_str().starts_with(&format!("{}/auth?", self.issuer)), "{url}");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((asked["client_id"].as_str(), asked["response_type"].as_str()), (CLIENT, "code"));
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut says = self.says();
        says.nonce.clone_from(&asked["nonce"]);
        says.challenge.clone_from(&asked["code_challenge"]);
        ("the-code".to_owned(), asked["state"].clone())
    }
}

type Here = State<(String, Arc<Mutex<Says>>)>;

async fn listing(State((issuer, says)): Here, uri: Uri) -> Response {
    let mut says = says.lock().unwrap();
    says.asked.push(uri.path().to_owned());
    if says.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let at = |path: &str| format!("{issuer}{path}");
    let mut listed = json!({
        "issuer": says.names_itself.clone().unwrap_or_else(|| issuer.clone()),
        "authorization_endpoint": at("/auth"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    if says.userinfo.is_some() {
        listed["userinfo_endpoint"] = at("/userinfo").into();
    }
    Json(listed).into_response()
}

async fn keys(State((_, says)): Here, uri: Uri) -> Json<Value> {
    let mut says = says.lock().unwrap();
    says.asked.push(uri.path().to_owned());
    let keys: Vec<Value> = says
        .lists
        .iter()
        .map(|number| serde_json::to_value(key(*number).as_verification_key()).unwrap())
        .collect();
    Json(json!({ "keys": keys }))
}

async fn token(State((issuer, says)): Here, uri: Uri, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut says = says.lock().unwrap();
    says.asked.push(uri.path().to_owned());
    if says.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    let fits = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == says.challenge;
    if form.get("code").map(String::as_str) != Some("the-code") || !fits {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let seconds = says.now.0 / SECOND;
    let mut claims = json!({
        "iss": issuer, "aud": CLIENT, "sub": "s-1", "nonce": says.nonce, "iat": seconds, "exp": seconds + 300,
        "email": "marked-person-ada@example.com", "email_verified": true, "name": "Ada", "groups": ["ops", "all"],
    });
    for (name, value) in says.claims.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    let head = json!({ "alg": says.alg, "kid": format!("key-{}", says.signs_with), "typ": "JWT" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = match says.alg {
        "none" => Vec::new(),
        "HS256" => hmac(SECRET.as_bytes(), signed.as_bytes()),
        _ => key(says.signs_with).sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap(),
    };
    let id_token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    Json(json!({ "access_token": "an-access-token", "token_type": "Bearer", "id_token": id_token }))
        .into_response()
}

async fn userinfo(State((_, says)): Here, uri: Uri) -> Json<Value> {
    let mut says = says.lock().unwrap();
    says.asked.push(uri.path().to_owned());
    Json(says.userinfo.clone().unwrap())
}

/// An Ed25519 key whose seed is this number, 32 times.
fn key(number: u8) -> CoreEdDsaPrivateSigningKey {
    // PKCS #8 (RFC 8410): everything before the seed is always the same.
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der = [&head[..], &[number; 32]].concat();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
    let id = JsonWebKeyId::new(format!("key-{number}"));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(id)).unwrap()
}

fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(secret).for_each(|(one, other)| *one ^= other);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}
