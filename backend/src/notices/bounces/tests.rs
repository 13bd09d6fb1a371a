use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde_json::json;

use super::*;
use domain::notices::{AttemptId, Report};

const ID: &str = "0199c0de-7f00-7abc-8def-0123456789ab";
const NOW: i64 = 1_781_924_600;

/// Made with a key of the curve P-256 that nobody has any more.
const SENDGRID_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUfcT1fhv8KTerpOqf8WSVQ7e/CEXxmMMk0JB2Etlv+cLlbolFZvH+m7zLkEg4EkdEBhh9VlaoXggAjWv/WARqg==";
const SENDGRID_SIGNATURE: &str =
    "MEQCIDLvlhhoddBKPsjRoUN83DlT+ikChHZwz3jrsMnVKJ+HAiAG3GIZvB4WMFY/jGy3TDBNl/yRqDsFDCA2OQYPuBDQ/g==";
const SENDGRID_BODY: &str = "[{\"email\":\"a@example.com\",\"timestamp\":1781924580,\"smtp-id\":\"<notice.0199c0de-7f00-7abc-8def-0123456789ab@console.example.com>\",\"event\":\"bounce\",\"type\":\"bounce\"}]\r\n";
/// The same of an RSA key: what SNS sends, and the certificate that it names.
const SNS: &str = include_str!("samples/sns.json");
const SNS_CERTIFICATE: &[u8] = include_bytes!("samples/sns.pem");
const SNS_URL: &str = "https://sns.eu-north-1.amazonaws.com/SimpleNotificationService-abc.pem";

fn bounces() -> Bounces {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let bounces = Bounces::new(&config::Bounces {
        secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
        mailgun_key: Some("marked-password-of-mailgun".into()),
        postmark: Some("marked-password-of-postmark".into()),
        sendgrid_key: Some(SENDGRID_KEY.to_owned()),
        ses_topics: vec!["arn:aws:sns:eu-north-1:123456789012:bounces".to_owned()],
    });
    let bounces = bounces.unwrap();
    bounces.ses.knows(SNS_URL, SNS_CERTIFICATE);
    bounces
}

fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
    given.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

/// What is read of it.
async fn read(provider: Provider, headers: &HeaderMap, body: &str) -> Result<Vec<Reported>, ReportRefused> {
    bounces().read(provider, &Sent { headers, body: body.as_bytes(), now: NOW }).await
}

#[track_caller]
fn is_refused(read: Result<Vec<Reported>, ReportRefused>) {
    assert!(matches!(read, Err(ReportRefused::NotSigned(_))), "{read:?}");
}

fn bounced() -> Vec<Reported> {
    vec![Reported { attempt: AttemptId(ID.to_owned()), report: Report::Bounced }]
}

#[tokio::test]
async fn sendgrid_is_believed_by_its_signature() {
    assert!(is_sendgrid_key(SENDGRID_KEY) && !is_sendgrid_key("AAAA"));
    let signed = |timestamp: &str| {
        headers(&[
            ("x-twilio-email-event-webhook-signature", SENDGRID_SIGNATURE),
            ("x-twilio-email-event-webhook-timestamp", timestamp),
        ])
    };
    let good = signed("1781924580");
    assert_eq!(read(Provider::SendGrid, &good, SENDGRID_BODY).await.unwrap(), bounced());
    is_refused(read(Provider::SendGrid, &good, &SENDGRID_BODY.replace("bounce", "bounze")).await);
    is_refused(read(Provider::SendGrid, &signed("1781924581"), SENDGRID_BODY).await);
    is_refused(read(Provider::SendGrid, &signed("1781900000"), SENDGRID_BODY).await);
    is_refused(read(Provider::SendGrid, &HeaderMap::new(), SENDGRID_BODY).await);
}

#[tokio::test]
async fn ses_is_believed_by_amazons_signature_on_a_topic_of_ours() {
    let none = HeaderMap::new();
    assert_eq!(read(Provider::Ses, &none, SNS).await.unwrap(), bounced());
    is_refused(read(Provider::Ses, &none, &SNS.replace("Permanent", "permanent")).await);
    is_refused(read(Provider::Ses, &none, &SNS.replace(":bounces", ":others")).await);
    // SHA-1 is not believed, and a certificate of somebody else is not even fetched.
    is_refused(
        read(
            Provider::Ses,
            &none,
            &SNS.replace("\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"1\""),
        )
        .await,
    );
    is_refused(
        read(
            Provider::Ses,
            &none,
            &SNS.replace("sns.eu-north-1.amazonaws.com/Simple", "sns.evil.example/Simple"),
        )
        .await,
    );
    let broken = read(Provider::Ses, &none, "{}").await;
    assert!(matches!(broken, Err(ReportRefused::Unreadable)), "{broken:?}");
}

#[tokio::test]
async fn mailgun_is_believed_by_what_it_signs_within_the_body() {
    let body = |key: &[u8], timestamp: i64| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(format!("{timestamp}token").as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let id = format!("notice.{ID}@console.example.com");
        json!({ "signature": { "timestamp": timestamp.to_string(), "token": "token", "signature": signature },
            "event-data": { "event": "failed", "severity": "permanent", "message": { "headers": { "message-id": id } } } })
        .to_string()
    };
    let none = HeaderMap::new();
    let good = body(b"marked-password-of-mailgun", NOW - 5);
    assert_eq!(read(Provider::Mailgun, &none, &good).await.unwrap(), bounced());
    is_refused(read(Provider::Mailgun, &none, &body(b"another", NOW - 5)).await);
    is_refused(read(Provider::Mailgun, &none, &body(b"marked-password-of-mailgun", NOW - 5_000)).await);
    is_refused(read(Provider::Mailgun, &none, "{}").await);
}

#[tokio::test]
async fn postmark_is_believed_by_its_password() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let basic = |login: &str| headers(&[("authorization", &format!("Basic {}", STANDARD.encode(login)))]);
    let body =
        json!({ "RecordType": "Bounce", "Type": "HardBounce", "Metadata": { "notice": ID } }).to_string();
    let good = basic("postmark:marked-password-of-postmark");
    assert_eq!(read(Provider::Postmark, &good, &body).await.unwrap(), bounced());
    is_refused(read(Provider::Postmark, &basic("postmark:"), &body).await);
    is_refused(read(Provider::Postmark, &basic("other:marked-password-of-postmark"), &body).await);
    is_refused(read(Provider::Postmark, &headers(&[("authorization", "Bearer x")]), &body).await);
}

/// The example of the Standard Webhooks specification.
#[tokio::test]
async fn the_generic_signature_is_the_one_of_the_specification() {
    let signed = headers(&[
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]);
    let sent = |now: i64| Sent { headers: &signed, body: b"{\"test\": 2432232314}", now };
    let bounces = bounces();
    assert_eq!(bounces.read(Provider::Generic, &sent(1_614_265_335)).await.unwrap(), Vec::new());
    is_refused(bounces.read(Provider::Generic, &sent(NOW)).await);
}

#[test]
fn a_key_within_its_description_is_found_and_nothing_is_read_beyond_it() {
    let description = [0x30, 0x09, 0x30, 0x02, 0x05, 0x00, 0x03, 0x03, 0x00, 0x0a, 0x0b];
    assert_eq!(keys::key_within(&description), Some(&[0x0a, 0x0b][..]));
    for cut in 0..description.len() {
        assert_eq!(keys::key_within(&description[..cut]), None);
    }
    assert_eq!(keys::key_within(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
}
