//! A button of the chat is pressed: the console hears of it as Slack would tell it, signed.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::answer;
use crate::clock::real_time;
use crate::order::Ordered;
use crate::platform::{Platform, lock};

const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Who presses what, as a form of the page or as JSON.
#[derive(Debug, Deserialize)]
pub struct Press {
    user: String,
    action_id: String,
    value: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    ts: String,
}

/// Answers with what the console said: `{"status", "body"}`.
pub async fn press(State(platform): State<Arc<Platform>>, ordered: Ordered<Press>) -> Response {
    let press = ordered.value;
    let settings = lock(&platform.sinks).settings.clone();
    let (Some(console), Some(secret)) = (settings.console, settings.signing_secret) else {
        return answer::refuse(StatusCode::BAD_REQUEST, "start it with --console and --signing-secret-file");
    };
    let payload = json!({
        "type": "block_actions",
        "user": { "id": press.user, "username": "somebody" },
        "channel": { "id": press.channel },
        "container": { "channel_id": press.channel, "message_ts": press.ts },
        "actions": [{ "type": "button", "action_id": press.action_id, "value": press.value }],
    });
    let body = format!("payload={}", encoded(&payload.to_string()));
    match tokio::time::timeout(ANSWERS_WITHIN, send(&console, &secret, &body)).await {
        Ok(Ok((status, body))) => answer::ok(&json!({ "status": status, "body": body })),
        Ok(Err(error)) => answer::refuse(StatusCode::BAD_GATEWAY, &error.to_string()),
        Err(_) => answer::refuse(StatusCode::GATEWAY_TIMEOUT, "the console does not answer"),
    }
}

async fn send(console: &str, secret: &str, body: &str) -> std::io::Result<(u16, String)> {
    let wrong = |why: &str| std::io::Error::other(why.to_owned());
    let host = console.strip_prefix("http://").ok_or_else(|| wrong("the console must be at http://"))?;
    let host = host.trim_end_matches('/');
    let timestamp = real_time().as_second();
    let signature = sign(secret, timestamp, body).ok_or_else(|| wrong("the secret cannot sign"))?;
    let mut stream = TcpStream::connect(host).await?;
    let request = format!(
        "POST /api/v1/slack/interactions HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: {signature}\r\n\r\n{body}",
        body.len(),
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status.ok_or_else(|| wrong("that is no answer"))?, body.to_owned()))
}

fn sign(secret: &str, timestamp: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let digits = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Some(format!("v0={digits}"))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
