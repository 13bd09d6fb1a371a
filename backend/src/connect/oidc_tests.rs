//! What is believed of a provider, and what is not.

use domain::time::{MINUTE, Millis, SECOND};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{
    ConnectError,
    oidc::{Provider, Told},
    oidc_fake::Fake,
};

const NOW: Millis = Millis(1_795_000_000_000);
const HERE: &str = "http://127.0.0.1:3000";

async fn pair() -> (Fake, Provider) {
    let fake = Fake::start(NOW).await;
    let provider = Provider::new(fake.config(), HERE).unwrap();
    (fake, provider)
}

async fn come_back(fake: &Fake, provider: &Provider) -> Result<Told, ConnectError> {
    let departure = provider.depart(false, None, NOW).await?;
    let (code, state) = fake.approve(departure.url.expose_secret());
    assert!(departure.ties.is_state(&state) && !departure.ties.is_state("another"));
    provider.identity(&SecretString::from(code), &departure.ties, NOW).await
}

/// With these claims nobody comes in, and this is why.
async fn refused(claims: Value, why: &str) {
    let (fake, provider) = pair().await;
    fake.claims(claims.clone());
    match come_back(&fake, &provider).await {
        Err(ConnectError::Bad(told)) => assert!(told.contains(why), "{claims}: {told}"),
        other => panic!("{claims}: {other:?}"),
    }
}

#[tokio::test]
async fn somebody_comes_back_as_who_they_are() {
    let (fake, provider) = pair().await;
    fake.claims(json!({ "auth_time": NOW.0 / SECOND - 7 }));
    let told = come_back(&fake, &provider).await.unwrap();
    assert_eq!(told.subject, "s-1");
    assert_eq!(told.email.as_deref(), Some("marked-person-ada@example.com"));
    assert_eq!(told.name.as_deref(), Some("Ada"));
    assert_eq!(told.groups, ["ops", "all"]);
    assert_eq!(told.authenticated_at, Some(NOW.minus(7 * SECOND)));
    come_back(&fake, &provider).await.unwrap();
    let asked = fake.says().asked.clone();
    assert_eq!(asked, ["/.well-known/openid-configuration", "/keys", "/token", "/token"], "the rest is kept");
    assert_eq!(provider.standing().last_success, Some(NOW));
    assert!(!format!("{told:?} {provider:?}").contains("marked"));
}

#[tokio::test]
async fn a_token_that_is_not_for_us_now_is_none() {
    let seconds = NOW.0 / SECOND;
    refused(json!({ "iss": "https://elsewhere.example" }), "another issuer").await;
    refused(json!({ "aud": "another-client" }), "somebody else").await;
    refused(json!({ "aud": ["bellwether", "another-client"] }), "somebody else").await;
    refused(json!({ "exp": seconds - 31 }), "another time").await;
    refused(json!({ "iat": seconds + 31 }), "another time").await;
    refused(json!({ "iat": seconds - 3_600 }), "another time").await;
    refused(json!({ "nonce": "of another sign-in" }), "another sign-in").await;
    refused(json!({ "nonce": null }), "another sign-in").await;
    refused(json!({ "sub": null }), "cannot be read").await;
    let (fake, provider) = pair().await;
    fake.claims(json!({ "exp": seconds - 20, "iat": seconds + 20 }));
    come_back(&fake, &provider).await.expect("clocks differ a little");
}

#[tokio::test]
async fn a_token_is_signed_by_the_provider_or_none() {
    for alg in ["none", "HS256"] {
        let (fake, provider) = pair().await;
        fake.says().alg = alg;
        let why = come_back(&fake, &provider).await.unwrap_err().to_string();
        assert!(
            why.contains("not signed in a way that is taken") || why.contains("cannot be read"),
            "{alg}: {why}"
        );
    }
    let (fake, provider) = pair().await;
    // A key of its own that has the name of the provider's.
    fake.says().signs_with = 2;
    let why = come_back(&fake, &provider).await.unwrap_err().to_string();
    assert!(why.contains("a key that it does not list"), "{why}");
    assert_eq!(fake.says().asked.iter().filter(|path| *path == "/keys").count(), 2, "looked for once more");
}

#[tokio::test]
async fn a_new_key_is_found_by_reading_the_list_again() {
    let (fake, provider) = pair().await;
    come_back(&fake, &provider).await.unwrap();
    fake.says().signs_with = 2;
    fake.says().lists = vec![2];
    come_back(&fake, &provider).await.unwrap();
    assert_eq!(fake.says().asked.iter().filter(|path| *path == "/keys").count(), 2);
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for() {
    let (fake, provider) = pair().await;
    fake.claims(json!({ "email": null, "email_verified": null, "name": null, "groups": null }));
    let person = json!({ "sub": "s-1", "email": "marked-person-b@example.com", "email_verified": true,
        "name": "B", "groups": "ops" });
    fake.says().userinfo = Some(person);
    let told = come_back(&fake, &provider).await.unwrap();
    assert_eq!(told.email.as_deref(), Some("marked-person-b@example.com"));
    assert_eq!((told.name.as_deref(), told.groups), (Some("B"), vec!["ops".to_owned()]));
    fake.says().userinfo = Some(json!({ "sub": "somebody else" }));
    assert!(matches!(come_back(&fake, &provider).await, Err(ConnectError::Bad(_))));
}

#[tokio::test]
async fn an_address_counts_only_when_it_is_verified() {
    for claims in
        [json!({ "email_verified": false }), json!({ "email_verified": null }), json!({ "email": null })]
    {
        let (fake, provider) = pair().await;
        fake.claims(claims.clone());
        assert_eq!(come_back(&fake, &provider).await.unwrap().email, None, "{claims}");
    }
    let (fake, provider) = pair().await;
    fake.claims(json!({ "email_verified": "true" }));
    assert!(come_back(&fake, &provider).await.unwrap().email.is_some(), "some write it as text");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_from_one_that_lies() {
    let (fake, provider) = pair().await;
    fake.says().is_down = true;
    let error = provider.depart(false, None, NOW).await.err().unwrap();
    assert_eq!(error, ConnectError::Missed("answered 503".to_owned()));
    assert_eq!(provider.standing().last_failure, Some((NOW, "answered 503".to_owned())));
    fake.says().is_down = false;
    fake.says().names_itself = Some("https://elsewhere.example".to_owned());
    let error = provider.depart(false, None, NOW).await.err().unwrap();
    assert!(matches!(&error, ConnectError::Bad(why) if why.contains("names itself")), "{error:?}");
    let gone =
        Provider::new(crate::config::Oidc { issuer: "http://127.0.0.1:1".to_owned(), ..fake.config() }, HERE);
    let error = gone.unwrap().look(NOW).await.unwrap_err();
    assert_eq!(error, ConnectError::Missed("connection refused".to_owned()));
}

#[tokio::test]
async fn a_code_of_another_browser_is_worth_nothing() {
    let (fake, provider) = pair().await;
    let own = provider.depart(false, None, NOW).await.unwrap();
    let others = provider.depart(false, None, NOW).await.unwrap();
    let (code, _) = fake.approve(others.url.expose_secret());
    let error = provider.identity(&SecretString::from(code), &own.ties, NOW.plus(MINUTE)).await.unwrap_err();
    assert!(matches!(&error, ConnectError::Bad(why) if why.contains("own code")), "{error:?}");
}

#[tokio::test]
async fn a_proof_is_asked_for_afresh() {
    let (_fake, provider) = pair().await;
    let url = provider.depart(true, Some("a@b.c"), NOW).await.unwrap().url;
    for part in ["max_age=0", "prompt=login", "login_hint=a%40b.c", "code_challenge_method=S256"] {
        assert!(url.expose_secret().contains(part), "{part}");
    }
    let plain = provider.depart(false, None, NOW).await.unwrap().url;
    assert!(!plain.expose_secret().contains("max_age") && !plain.expose_secret().contains("login_hint"));
}
