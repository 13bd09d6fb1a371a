//! Alerts for machines, through the real router: what senders send, what programs do, and that all of it is described.

use axum::http::{Method, StatusCode};
use backend::access::Permission;
use serde_json::{Value, json};

use super::described;
use crate::{
    http,
    walk::{
        WITHOUT_SECOND_FACTOR,
        world::{Answer, Walker, World},
    },
};

async fn machine(world: &World) -> Walker {
    world.person("lead", "lead").await;
    world.token_by_command("lead", Permission::HandleAlerts).await
}

fn payload(alerts: &[Value]) -> String {
    json!({"version": "4", "alerts": alerts}).to_string()
}

fn alert(status: &str, fingerprint: &str) -> Value {
    json!({"status": status, "fingerprint": fingerprint,
        "labels": {"alertname": fingerprint, "severity": "critical", "service": "optimization"}})
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}: {}", answer.status, answer.body))
}

async fn send(world: &World, walker: &mut Walker, path: &str, text: &str) -> Answer {
    world.ask(walker, Method::POST, path, &[], text).await
}

#[test]
fn every_route_of_the_api_is_described() {
    let described: Value = serde_json::from_str(described::text()).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let mut count = 0;
    for (path, method, _) in http::routes().into_parts().1.all() {
        if path.starts_with("/api/v1/") {
            let word = method.as_str().to_ascii_lowercase();
            let operation = &described["paths"][path][&word];
            assert!(operation["responses"].is_object(), "{method} {path} is not described");
            assert!(operation["summary"].as_str().is_some_and(|words| words.len() > 5), "{method} {path}");
            count += 1;
        }
    }
    let all = described["paths"].as_object().unwrap().values();
    let operations: usize = all.map(|methods| methods.as_object().unwrap().len()).sum();
    assert_eq!(operations, count, "what is described and not there");
    // Every schema that is named is there.
    for (place, _) in described::text().match_indices("#/components/schemas/") {
        let name = &described::text()[place + "#/components/schemas/".len()..];
        let name = name.split('"').next().unwrap();
        assert!(described["components"]["schemas"][name].is_object(), "no schema {name}");
    }
}

#[tokio::test]
async fn a_sender_opens_alerts_and_a_program_lists_and_works_on_them() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut sender = machine(&world).await;
    let three: Vec<Value> = ["a", "b", "c"].map(|name| alert("firing", name)).into();
    let answer = send(&world, &mut sender, "/api/v1/alerts/webhook", &payload(&three)).await;
    assert_eq!((answer.status, &body(&answer)["opened"]), (StatusCode::OK, &json!(3)));

    let mut reader = world.signed_in("viewer", "viewer").await;
    let listed = body(&world.get(&mut reader, "/api/v1/alerts?limit=2&level=3&service=optimization").await);
    assert_eq!(listed["alerts"].as_array().unwrap().len(), 2);
    let next = listed["next"].as_str().unwrap();
    let rest = body(&world.get(&mut reader, &format!("/api/v1/alerts?limit=2&cursor={next}")).await);
    assert_eq!((rest["alerts"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    for wrong in ["state=sunny", "level=5", "limit=0", "limit=501", "cursor=x", "cursor=1_%27", "else=1"] {
        let answer = world.get(&mut reader, &format!("/api/v1/alerts?{wrong}")).await;
        assert_eq!(
            (answer.status, &body(&answer)["code"]),
            (StatusCode::BAD_REQUEST, &json!("bad_request")),
            "{wrong}"
        );
    }

    let id = listed["alerts"][0]["id"].as_str().unwrap().to_owned();
    let path = |verb: &str| format!("/api/v1/alerts/{id}/{verb}");
    let refused = world.post(&mut reader, &path("acknowledge"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(body(&refused)["error"].as_str().unwrap().contains("handle_alerts"));

    for (verb, sent, status, code) in [
        ("unacknowledge", "", 409, "not_acknowledged"),
        ("acknowledge", r#"{"note":"on it"}"#, 200, ""),
        ("acknowledge", "{}", 409, "is_acknowledged"),
        ("acknowledge", "{", 400, "bad_request"),
        ("acknowledge", r#"{"notes":1}"#, 422, "unprocessable"),
        ("note", r#"{"text":"a word"}"#, 200, ""),
        ("note", r#"{"text":" "}"#, 422, "empty_note"),
        ("silence", r#"{"for":"30m","reason":"known"}"#, 201, ""),
        ("silence", r#"{"for":"30m","reason":""}"#, 422, "silence_refused"),
        ("silence", r#"{"reason":"x"}"#, 422, "silence_refused"),
        ("silence", r#"{"until":"tomorrow","reason":"x"}"#, 422, "silence_refused"),
        ("silence", r#"{"for":"400d","reason":"x"}"#, 422, "silence_refused"),
        ("reopen", "", 409, "is_open"),
        ("resolve", "", 422, "needs_reason"),
        ("resolve", r#"{"reason":"mended"}"#, 200, ""),
        ("resolve", r#"{"reason":"mended"}"#, 409, "is_resolved"),
        ("reopen", "", 200, ""),
    ] {
        let answer = send(&world, &mut sender, &path(verb), sent).await;
        assert_eq!(answer.status.as_u16(), status, "{verb} {sent}: {}", answer.body);
        if !code.is_empty() {
            assert_eq!(body(&answer)["code"], code, "{verb} {sent}");
            assert!(body(&answer)["error"].is_string());
        }
    }
    let told = body(&world.get(&mut reader, &format!("/api/v1/alerts/{id}")).await);
    assert_eq!((told["state"].as_str(), told["level"].as_u64()), (Some("firing"), Some(3)));
    let happened: Vec<&str> =
        told["story"].as_array().unwrap().iter().map(|line| line["happened"].as_str().unwrap()).collect();
    assert_eq!(happened, ["fired", "acknowledged", "noted", "noted", "resolved", "reopened"]);
    let nowhere = world.get(&mut reader, "/api/v1/alerts/none").await;
    assert_eq!((nowhere.status, &body(&nowhere)["code"]), (StatusCode::NOT_FOUND, &json!("unknown_alert")));

    let many = json!({"ids": [id, "none"]}).to_string();
    let done = body(&send(&world, &mut sender, "/api/v1/alerts/acknowledge", &many).await);
    assert_eq!((&done["acknowledged"], &done["refused"][0]["code"]), (&json!([id]), &json!("unknown_alert")));
    let none = send(&world, &mut sender, "/api/v1/alerts/acknowledge", r#"{"ids":[]}"#).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_works_by_the_same_addresses_from_our_own_pages_only() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut sender = machine(&world).await;
    send(&world, &mut sender, "/api/v1/alerts/webhook", &payload(&[alert("firing", "a")])).await;
    let mut operator = world.signed_in("operator", "operator").await;
    let listed = body(&world.get(&mut operator, "/api/v1/alerts").await);
    let path = format!("/api/v1/alerts/{}/acknowledge", listed["alerts"][0]["id"].as_str().unwrap());
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let answer = world.ask(&mut operator, Method::POST, &path, &foreign, "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let done = body(&world.post(&mut operator, &path, "").await);
    assert_eq!(done["acknowledged_by"], "operator");
}

#[tokio::test]
async fn payloads_that_are_no_payloads_are_refused_in_words() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut sender = machine(&world).await;
    let webhook = "/api/v1/alerts/webhook";
    for (sent, status) in [
        ("", 400),
        ("{\"version\":\"4\",\"alerts\":[", 400),
        ("{\"version\":\"3\",\"alerts\":[]}", 422),
        ("{\"version\":\"4\",\"alerts\":[5]}", 422),
        ("{\"version\":\"4\",\"alerts\":[]}", 200),
    ] {
        let answer = send(&world, &mut sender, webhook, sent).await;
        assert_eq!(answer.status.as_u16(), status, "{sent}: {}", answer.body);
    }
    let good_and_bad = payload(&[json!({"status": "firing"}), alert("firing", "a")]);
    let answer = body(&send(&world, &mut sender, webhook, &good_and_bad).await);
    assert_eq!((&answer["opened"], &answer["refused"][0]["index"]), (&json!(1), &json!(0)));
    for size in [16 * 1024 * 1024 + 1, 20_000_000] {
        let answer = send(&world, &mut sender, webhook, &" ".repeat(size)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(body(&answer)["error"], "send at most 16 MiB at once");
        let streamed = world.stream(&mut sender, webhook, size).await;
        assert_eq!(streamed.status, StatusCode::PAYLOAD_TOO_LARGE, "without its length told");
    }
    let padded = format!("{}{}", payload(&[alert("firing", "b")]), " ".repeat(15 * 1024 * 1024));
    assert_eq!(send(&world, &mut sender, webhook, &padded).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_in_the_path_or_the_body_is_as_good_as_in_the_header() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let sender = machine(&world).await;
    let token = sender.bearer().to_owned();
    let mut nobody = Walker::nobody("sender");
    let by_path = format!("/api/v1/alerts/webhook/{token}");
    let answer = send(&world, &mut nobody, &by_path, &payload(&[alert("firing", "a")])).await;
    assert_eq!((answer.status, &body(&answer)["opened"]), (StatusCode::OK, &json!(1)));
    let wrong = send(&world, &mut nobody, "/api/v1/alerts/webhook/bwt_wrong", "{}").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);

    let event = |key: &str, action: &str, dedup_key: Option<&str>| {
        json!({"routing_key": key, "event_action": action, "dedup_key": dedup_key,
            "payload": {"summary": "Disk full", "source": "db", "severity": "error"}})
        .to_string()
    };
    let answer = send(&world, &mut nobody, "/v2/enqueue", &event(&token, "trigger", None)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let told = body(&answer);
    assert_eq!((&told["status"], &told["message"]), (&json!("success"), &json!("Event processed")));
    let made = told["dedup_key"].as_str().unwrap();
    assert_eq!(made.len(), 32);
    let resolved = send(&world, &mut nobody, "/v2/enqueue", &event(&token, "resolve", Some(made))).await;
    assert_eq!((resolved.status, &body(&resolved)["dedup_key"]), (StatusCode::ACCEPTED, &json!(made)));
    let dropped = send(&world, &mut nobody, "/v2/enqueue", &event(&token, "acknowledge", Some(made))).await;
    assert_eq!(dropped.status, StatusCode::ACCEPTED);

    for (sent, error) in [
        (event("bwt_wrong", "trigger", None), "'routing_key' is invalid"),
        (event("", "trigger", None), "'routing_key' is missing or blank"),
        (event(&token, "resolve", None), "'dedup_key' is missing or blank; 'resolve' needs one"),
        ("[".to_owned(), "Invalid JSON"),
    ] {
        let answer = send(&world, &mut nobody, "/v2/enqueue", &sent).await;
        assert_eq!(
            (answer.status, &body(&answer)["status"]),
            (StatusCode::BAD_REQUEST, &json!("invalid event"))
        );
        assert!(body(&answer)["errors"][0].as_str().unwrap().starts_with(error), "{}", answer.body);
    }
    let large = send(&world, &mut nobody, "/v2/enqueue", &" ".repeat(512 * 1024 + 1)).await;
    assert_eq!(
        (large.status, &body(&large)["status"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("invalid event"))
    );

    // A token that may do less is told so, and the try is on record without the token in it.
    let mut admin = world.signed_in("admin", "admin").await;
    let reader = world.machine(&mut admin, Permission::SeeStatus).await;
    let by_path = format!("/api/v1/alerts/webhook/{}", reader.bearer());
    assert_eq!(send(&world, &mut nobody, &by_path, "{}").await.status, StatusCode::FORBIDDEN);
    let refused = send(&world, &mut nobody, "/v2/enqueue", &event(reader.bearer(), "trigger", None)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(world.on_record("page.refused").await, 2);
    let log = world.get(&mut admin, "/audit/export.ndjson").await.body;
    assert!(!log.contains("bwt_"), "a token stands in the audit log");
}

#[tokio::test]
async fn guessed_tokens_are_counted_wherever_they_stand() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut guesser = Walker::nobody("guesser");
    let mut statuses = Vec::new();
    for number in 0..60 {
        let path = format!("/api/v1/alerts/webhook/bwt_guess{number}");
        statuses.push(send(&world, &mut guesser, &path, "{}").await.status);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
}
