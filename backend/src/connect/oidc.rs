//! A provider of single sign-on by OpenID Connect: people are sent there and come back with a code, which it takes for an
//! identity token. What it lists about itself (addresses, keys) is kept for a while, and read again when a token is signed
//! with a key that is not among them.

use std::{
    fmt, fs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::DateTime;
use domain::{
    access::{PROVIDER_LEEWAY, TRIP},
    time::Millis,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, LoginHint, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, TokenResponse, UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreIdTokenVerifier, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse,
    },
};
use reqwest::{Certificate, Client, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    ConnectError,
    oidc_claims::{Others, Token, Tokens, told},
    transport,
};
use crate::config::Oidc;

pub use super::oidc_claims::Told;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Before somebody is sent to a provider it has answered at most this long ago: else they would stand before a closed door.
const LOOKED_AT_WITHIN: Duration = Duration::from_secs(60);
/// When somebody comes back, its keys may be as old as this; one that is not among them is looked for anew.
const KEYS_WITHIN: Duration = Duration::from_secs(3_600);
/// How tokens may be signed: by keys of the provider alone. Nothing by a shared secret, nothing unsigned.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What the provider listed: addresses and keys.
type Known = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// One provider, and what is known of it.
pub struct Provider {
    pub config: Oidc,
    redirect: RedirectUrl,
    http: Client,
    known: tokio::sync::Mutex<Option<(Instant, Arc<Known>)>>,
    standing: Mutex<Standing>,
}

/// How a provider answered, since the start of the console.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    pub last_success: Option<Millis>,
    /// When, and why in words.
    pub last_failure: Option<(Millis, String)>,
}

/// What ties an answer of the provider to the browser that was sent there. Never shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ties {
    state: SecretText,
    nonce: SecretText,
    verifier: SecretText,
}

/// A secret that is kept in a session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct SecretText(String);

/// How somebody is sent to the provider.
pub struct Departure {
    pub url: SecretString,
    pub ties: Ties,
}

impl Provider {
    /// The process must have installed its TLS provider. `public_url` is ours, without a slash at its end.
    ///
    /// # Errors
    /// When the address or the certificate authority cannot be used.
    pub fn new(config: Oidc, public_url: &str) -> Result<Provider, ConnectError> {
        let setup = |why: &str| ConnectError::Setup(why.to_owned());
        let redirect = RedirectUrl::new(format!("{public_url}/sign-in/{}/back", config.name))
            .map_err(|_| setup("server.public_url cannot be read"))?;
        let tls = config.issuer.starts_with("https:");
        let mut builder = Client::builder()
            .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
            // Where a redirect leads is not what was configured, and could lead into our own network.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(tls)
            .connect_timeout(CONNECT_WITHIN);
        if !tls {
            builder = builder.tls_certs_only([]);
        } else if let Some(file) = &config.ca_file {
            let pem = fs::read(file).map_err(|error| {
                ConnectError::Setup(format!("{} cannot be read: {error}", file.display()))
            })?;
            let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if certificates.is_empty() {
                let why = format!("{} holds no certificate that can be read", file.display());
                return Err(ConnectError::Setup(why));
            }
            builder = builder.tls_certs_only(certificates);
        }
        let http = builder.build().map_err(|_| setup("the TLS connection cannot be set up"))?;
        let (known, standing) = (tokio::sync::Mutex::default(), Mutex::default());
        Ok(Provider { config, redirect, http, known, standing })
    }

    /// Where the provider has to send people back: to be registered there.
    pub fn redirect_url(&self) -> &str {
        self.redirect.as_str()
    }

    pub fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks whether it answers, unless it did a moment ago.
    ///
    /// # Errors
    /// When it does not, or what it lists cannot be used.
    pub async fn look(&self, now: Millis) -> Result<(), ConnectError> {
        self.known(LOOKED_AT_WITHIN, now).await.map(|_| ())
    }

    /// The address at the provider to send somebody to. `afresh` has it ask them who they are even when it knows.
    ///
    /// # Errors
    /// When the provider does not answer, or what it lists cannot be used.
    pub async fn depart(
        &self,
        afresh: bool,
        hint: Option<&str>,
        now: Millis,
    ) -> Result<Departure, ConnectError> {
        let known = self.known(LOOKED_AT_WITHIN, now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = known
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            // The library adds openid itself.
            .add_scopes(self.config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        if afresh {
            request = request.set_max_age(Duration::ZERO).add_prompt(CoreAuthPrompt::Login);
        }
        if let Some(hint) = hint {
            request = request.set_login_hint(LoginHint::new(hint.to_owned()));
        }
        let (url, state, nonce) = request.url();
        let ties = Ties {
            state: SecretText(state.into_secret()),
            nonce: SecretText(nonce.secret().clone()),
            verifier: SecretText(verifier.into_secret()),
        };
        Ok(Departure { url: String::from(url).into(), ties })
    }

    /// Takes the code for what the provider says of whoever brought it.
    ///
    /// # Errors
    /// `Missed` when the provider does not answer, `Bad` when what it says cannot be believed.
    pub async fn identity(
        &self,
        code: &SecretString,
        ties: &Ties,
        now: Millis,
    ) -> Result<Told, ConnectError> {
        let known = self.known(KEYS_WITHIN, now).await?;
        let told = self.identity_by(&known, code, ties, now).await;
        self.note(now, told.as_ref().err());
        told
    }

    async fn identity_by(
        &self,
        known: &Known,
        code: &SecretString,
        ties: &Ties,
        now: Millis,
    ) -> Result<Told, ConnectError> {
        let bad = |why: &str| ConnectError::Bad(why.to_owned());
        let carry = self.carry();
        let tokens = known
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .map_err(|_| bad("it lists no address where a code is taken"))?
            .set_pkce_verifier(PkceCodeVerifier::new(ties.verifier.0.clone()))
            .request_async(&carry)
            .await
            .map_err(not_exchanged)?;
        let token = tokens.id_token().ok_or_else(|| bad("it sent no identity token"))?;
        let nonce = Nonce::new(ties.nonce.0.clone());
        let own = match verified(token, &verifier(known, now), &nonce) {
            Err(Unverified::UnknownKey) => {
                let anew = self.known(Duration::ZERO, now).await?;
                verified(token, &verifier(&anew, now), &nonce)
            }
            verified => verified,
        };
        let own = own.map_err(|why| ConnectError::Bad(why.to_string()))?;
        let groups_claim = &self.config.groups_claim;
        let has_groups = self.config.groups.is_empty() || own.additional_claims().has(groups_claim);
        let is_thin = own.email().is_none() || own.name().is_none() || !has_groups;
        let more = match known.user_info(tokens.access_token().clone(), Some(own.subject().clone())) {
            Ok(request) if is_thin => {
                let asked: Result<UserInfoClaims<Others, CoreGenderClaim>, _> =
                    request.request_async(&carry).await;
                Some(asked.map_err(|error| match error {
                    openidconnect::UserInfoError::Request(error) => error,
                    _ => bad("what it says about the person cannot be read"),
                })?)
            }
            _ => None,
        };
        Ok(told(own, more.as_ref(), groups_claim))
    }

    /// What the provider lists, at most so old.
    async fn known(&self, within: Duration, now: Millis) -> Result<Arc<Known>, ConnectError> {
        let mut kept = self.known.lock().await;
        if let Some((read_at, known)) = &*kept
            && read_at.elapsed() < within
        {
            return Ok(known.clone());
        }
        let read = self.read().await;
        self.note(now, read.as_ref().err());
        let known = Arc::new(read?);
        *kept = Some((Instant::now(), known.clone()));
        Ok(known)
    }

    async fn read(&self) -> Result<Known, ConnectError> {
        let bad = |why: &str| ConnectError::Bad(why.to_owned());
        let issuer =
            IssuerUrl::new(self.config.issuer.clone()).map_err(|_| bad("its address cannot be read"))?;
        let carry = self.carry();
        let listed =
            CoreProviderMetadata::discover_async(issuer, &carry).await.map_err(|error| match error {
                DiscoveryError::Request(error) => error,
                DiscoveryError::Validation(_) => bad("it names itself otherwise than the configuration does"),
                DiscoveryError::Response(status, ..) if !status.is_success() => {
                    ConnectError::Bad(format!("answered {}", status.as_u16()))
                }
                _ => bad("what it lists about itself cannot be read"),
            })?;
        let door = listed.authorization_endpoint().url().scheme();
        if door != "https" && self.config.issuer.starts_with("https:") {
            return Err(bad("it sends people to an address that is not https"));
        }
        let by =
            |method| listed.token_endpoint_auth_methods_supported().is_some_and(|all| all.contains(&method));
        // Where nothing is listed, Basic is meant.
        let in_body =
            by(CoreClientAuthMethod::ClientSecretPost) && !by(CoreClientAuthMethod::ClientSecretBasic);
        let id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.expose_secret().to_owned());
        let known = Known::from_provider_metadata(listed, id, Some(secret));
        Ok(known.set_redirect_uri(self.redirect.clone()).set_auth_type(if in_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        }))
    }

    /// Our client in the shape that the library asks for.
    fn carry(
        &self,
    ) -> impl Fn(
        HttpRequest,
    ) -> futures::future::BoxFuture<'static, Result<openidconnect::HttpResponse, ConnectError>>
    + use<> {
        let http = self.http.clone();
        move |request| {
            let http = http.clone();
            Box::pin(async move { transport::carry(&http, request, ANSWER_WITHIN).await })
        }
    }

    fn note(&self, now: Millis, failure: Option<&ConnectError>) {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            None => *standing = Standing { last_success: Some(now), ..Standing::default() },
            Some(why) => standing.last_failure = Some((now, why.to_string())),
        }
    }
}

impl Ties {
    /// Whether this is what was sent along. Comparing costs the same however much of it is right.
    pub fn is_state(&self, shown: &str) -> bool {
        use sha2::{Digest, Sha256};
        Sha256::digest(self.state.0.as_bytes()) == Sha256::digest(shown.as_bytes())
    }
}

/// Why an identity token is not taken.
#[derive(Debug, thiserror::Error)]
enum Unverified {
    #[error("its token is signed with a key that it does not list")]
    UnknownKey,
    #[error("{0}")]
    Wrong(&'static str),
}

fn verifier(known: &Known, now: Millis) -> CoreIdTokenVerifier<'_> {
    // The library allows no difference of clocks: it is told a time that lies back by as much.
    let at = |at: i64| DateTime::from_timestamp_millis(at).unwrap_or_default();
    let (earliest, latest) = (now.0 - TRIP - PROVIDER_LEEWAY, now.0 + PROVIDER_LEEWAY);
    known
        .id_token_verifier()
        .set_allowed_algs(SIGNED_BY)
        .set_time_fn(move || at(now.0 - PROVIDER_LEEWAY))
        .set_issue_time_verifier_fn(move |issued| match (at(earliest)..=at(latest)).contains(&issued) {
            true => Ok(()),
            false => Err("issued at another time".to_owned()),
        })
}

fn verified<'t>(
    token: &'t Token,
    verifier: &CoreIdTokenVerifier<'_>,
    nonce: &Nonce,
) -> Result<&'t openidconnect::IdTokenClaims<Others, CoreGenderClaim>, Unverified> {
    use ClaimsVerificationError as Why;
    use SignatureVerificationError as Signature;
    token.claims(verifier, nonce).map_err(|why| {
        Unverified::Wrong(match why {
            Why::SignatureVerification(Signature::NoMatchingKey) => return Unverified::UnknownKey,
            Why::SignatureVerification(
                Signature::DisallowedAlg(_) | Signature::UnsupportedAlg(_) | Signature::NoSignature,
            ) => "its token is not signed in a way that is taken",
            Why::SignatureVerification(_) => "the signature of its token is wrong",
            Why::Expired(_) => "its token holds for another time: do the clocks agree?",
            Why::InvalidAudience(_) => "its token was made for somebody else than us",
            Why::InvalidIssuer(_) => "its token is from another issuer",
            Why::InvalidNonce(_) => "its token belongs to another sign-in",
            _ => "its token cannot be read",
        })
    })
}

fn not_exchanged(
    error: RequestTokenError<ConnectError, StandardErrorResponse<CoreErrorResponseType>>,
) -> ConnectError {
    let why = match error {
        RequestTokenError::Request(error) => return error,
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => "it does not take its own code any more",
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                "it does not take our client_id and client_secret"
            }
            _ => "it refused to take its own code",
        },
        _ => "its answer to the code cannot be read",
    };
    ConnectError::Bad(why.to_owned())
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.config.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ties(…)")
    }
}
