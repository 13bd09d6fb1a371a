//! A walk along every route of the program, as every role and as nobody, against one table: `server/routes.csv`.

mod noted;
mod refusals;
pub mod world;

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, StatusCode};
use backend::access::Permission;

use self::world::{Answer, Walker, World};
use crate::{http, routes::Needs};

/// The first two are who has no session; "token" is a machine that may see the status.
const WALKERS: [&str; 9] =
    ["nobody", "viewer", "executive", "support", "operator", "lead", "admin", "auditor", "token"];
const TABLE: &str = include_str!("../../routes.csv");
pub const WITHOUT_SECOND_FACTOR: &str = "[access]\nsecond_factor = \"off\"\n";

/// "GET /audit" -> what each of the walkers gets.
type Table = BTreeMap<(String, String), Vec<String>>;

fn written() -> Table {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let heads: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(heads[2..], WALKERS);
    let rows = reader.records().map(|row| {
        let cells: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        ((cells[1].clone(), cells[0].clone()), cells[2..].to_vec())
    });
    let table: Table = rows.collect();
    assert_eq!(table.len(), TABLE.lines().count() - 1, "a route stands there twice");
    table
}

/// An address of the route, and what a harmless request sends to it.
fn harmless(path: &str, walker: &str, other: &str) -> (String, String) {
    let address = match path {
        "/charts/{name}" => "/charts/queue_length.svg?range=6h",
        "/pkg/{name}" => "/pkg/nothing.js",
        "/audit/{file}" => "/audit/export.csv",
        "/feeds/{file}" => "/feeds/none.ics",
        "/alerts/{id}/part/{part}" => "/alerts/{id}/part/head",
        "/alerts/{id}/{what}" => "/alerts/{id}/acknowledge",
        "/breakers/part/{part}" => "/breakers/part/sentence",
        "/diagnostics" => "/diagnostics?platform=none",
        "/diagnostics/log/live" => "/diagnostics/log/live?platform=none",
        "/diagnostics/{panel}" => "/diagnostics/none",
        "/actions/part/{part}" => "/actions/part/open",
        "/crises/part/{part}" => "/crises/part/board",
        "/crises/{id}/part/{part}" => "/crises/{id}/part/head",
        "/crises/{id}/{what}" => "/crises/{id}/note",
        "/crises/{id}/files/{file}" => "/crises/{id}/files/none",
        "/crises/notices/{batch}" => "/crises/notices/none",
        "/crises/notices/{batch}/part/{part}" => "/crises/notices/none/part/progress",
        "/crises/{id}/notices/new" => "/crises/{id}/notices/new?purpose=we_know",
        "/crises/{id}/notices/{attempt}/read" => "/crises/{id}/notices/none/read",
        "/crises/{id}/notices/{attempt}/{what}" => "/crises/{id}/notices/none/withdraw",
        "/crises/{id}/link/{what}" => "/crises/{id}/link/make",
        "/actions/{key}" => "/actions/none",
        "/api/v1/actions/{key}" => "/api/v1/actions/none",
        "/breakers/{service}/{what}" => "/breakers/none/hold",
        "/api/v1/breakers/{service}/outcomes" => "/api/v1/breakers/none/outcomes",
        "/runs/{id}/part/{part}" => "/runs/{id}/part/head",
        "/runs/{id}/{what}" => "/runs/{id}/approve",
        "/settings/people/{id}/{what}" => "/settings/people/{id}/end-sessions",
        _ => path,
    };
    let id = if address.starts_with("/settings/people/") { other } else { "none" };
    let form = match path {
        "/sign-in" => format!("email=marked-person-nobody-{walker}%40example.com&password=marked-password-that-is-wrong"),
        "/prove" => format!("password={}", world::PASSWORD),
        "/settings/profile" => format!("name={walker}&zone=&theme=system"),
        "/settings/password" => {
            "current=marked-password-that-is-wrong&password=marked-password-new&password_again=marked-password-new".to_owned()
        }
        "/settings/second-factor" => "code=000000".to_owned(),
        "/settings/people" => format!("email=marked-person-invited-by-{walker}%40example.com&name=Invited&role=viewer"),
        "/settings/people/{id}" => "name=Other&role=viewer&version=-1".to_owned(),
        "/settings/tokens" => format!("name={walker}&ends=2026-12-31&permission=see_status"),
        "/actions/automatic" => "turn=off&reason=".to_owned(),
        "/breakers/{service}/{what}" => "position=closed&minutes=30&reason=the+walk".to_owned(),
        "/api/v1/breakers/{service}/outcomes" => r#"{"outcomes":[]}"#.to_owned(),
        "/crises/notices" | "/crises/notices/send" | "/crises/{id}/notices/new" | "/crises/{id}/notices/send" => {
            "purpose=we_know&way=mail".to_owned()
        }
        "/theme" => "theme=dark&back=/".to_owned(),
        "/api/v1/alerts/webhook" => r#"{"version":"4","alerts":[]}"#.to_owned(),
        "/api/v1/alerts/acknowledge" => r#"{"ids":["none"]}"#.to_owned(),
        "/api/v1/alerts/{id}/note" => r#"{"text":"a word"}"#.to_owned(),
        "/api/v1/alerts/{id}/silence" => r#"{"for":"1h","reason":"the walk"}"#.to_owned(),
        "/v2/enqueue" => r#"{"routing_key":"none","event_action":"resolve","dedup_key":"none"}"#.to_owned(),
        "/api/v1/audit/events" => r#"{"events":[{"verb":"walk.passed"}]}"#.to_owned(),
        _ => String::new(),
    };
    let address = address.replace("{provider}", "none");
    (address.replace("{id}", id).replace("{token}", "none").replace("{number}", "2"), form)
}

/// "200", "303:/sign-in"
fn in_short(answer: &Answer) -> String {
    let location = answer.headers.get("location").map(|location| location.to_str().unwrap());
    let place = location.map(|location| location.split('?').next().unwrap());
    let place = place.map(|place| match place {
        file if file.starts_with("/pkg/") => "/pkg/{name}",
        test if test.starts_with("/on-call/tests/") => "/on-call/tests/{id}",
        place => place,
    });
    let status = answer.status.as_u16();
    place.map_or_else(|| status.to_string(), |place| format!("{status}:{place}"))
}

#[track_caller]
fn check_headers(headers: &HeaderMap, what: &str, over_tls: bool) {
    let told = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let policy = told("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    // The address of a couple's page is a key: nothing that it leads to may hear it.
    let referrer = if what.contains(" /c/{token} ") { "no-referrer" } else { "same-origin" };
    assert_eq!(told("referrer-policy"), referrer, "{what}");
    assert_eq!(told("x-content-type-options"), "nosniff", "{what}");
    assert!(told("permissions-policy").contains("camera=()"), "{what}");
    assert!(!told("x-request-id").is_empty(), "{what}");
    assert_eq!(told("strict-transport-security").starts_with("max-age=31536000"), over_tls, "{what}");
}

#[tokio::test]
async fn everybody_gets_what_the_table_says_and_no_route_is_missing_from_it() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let other = world.person("other", "viewer").await;
    let mut walkers = vec![Walker::nobody("nobody")];
    for role in &WALKERS[1..8] {
        walkers.push(world.signed_in(role, role).await);
    }
    let machine = world.machine(&mut walkers[6], Permission::SeeStatus).await;
    walkers.push(machine);

    let routes = http::routes().into_parts().1.all();
    let mut seen = Table::new();
    let mut refused = 0;
    for walker in &mut walkers {
        for (path, method, needs) in &routes {
            let what = format!("{method} {path} as {}", walker.name);
            let (address, form) = harmless(path, &walker.name, other.as_str());
            let answer = match *method {
                Method::GET => world.get(walker, &address).await,
                Method::POST => world.post(walker, &address, &form).await,
                _ => panic!("the walk cannot {method}"),
            };
            check_headers(&answer.headers, &what, false);
            assert!(!answer.status.is_server_error(), "{what}: {}\n{}", answer.status, answer.body);
            if let (Needs::Permission(missing) | Needs::Nearby(missing), StatusCode::FORBIDDEN) =
                (needs, answer.status)
            {
                assert!(answer.body.contains(missing.key()), "{what} does not name {}", missing.key());
                refused += 1;
            }
            seen.entry(((*path).to_owned(), method.to_string()))
                .or_default()
                .push(in_short(&answer).replace(other.as_str(), "{id}"));
            if answer.status == StatusCode::PERMANENT_REDIRECT {
                assert_eq!(*needs, Needs::Nothing, "{what}: a browser would keep that for ever");
            }
            // Some routes end the walker's own session.
            if !["nobody", "token"].contains(&&*walker.name) && walker.cookie("session").is_none() {
                world.sign_in(walker).await;
            }
        }
    }
    assert_eq!(world.on_record("page.refused").await, refused, "each refusal is on record once");
    compare(&written(), &seen);

    // The log and the measurements name people, and none of their secrets.
    let mut near = Walker::nobody("near").from("127.0.0.1:50000");
    let measurements = world.get(&mut near, "/metrics").await.body;
    world.sign_in(&mut walkers[7]).await;
    let log = world.get(&mut walkers[7], "/audit/export.ndjson").await.body;
    assert!(log.lines().count() > 100, "{} records", log.lines().count());
    let mut secrets = vec!["marked-password".to_owned(), "bwt_".to_owned()];
    secrets.extend(walkers.iter().filter_map(|walker| walker.cookie("session").map(str::to_owned)));
    for secret in secrets {
        assert!(!log.contains(&secret) && !measurements.contains(&secret));
    }
}

fn compare(written: &Table, seen: &Table) {
    // "204 or 307:/pkg/{name}" where the answer depends on whether the style was built.
    let fits = |expected: &str, got: &str| expected.split(" or ").any(|one| got == one);
    let rows_fit = |(one, other): (&Vec<String>, &Vec<String>)| {
        one.len() == other.len() && one.iter().zip(other).all(|(expected, got)| fits(expected, got))
    };
    let row =
        |(path, method): &(String, String), cells: &[String]| format!("{method},{path},{}", cells.join(","));
    let mut differences = Vec::new();
    for (route, got) in seen {
        match written.get(route) {
            None => differences.push(format!("not in the table: {}", row(route, got))),
            Some(expected) if !rows_fit((expected, got)) => {
                differences.push(format!(
                    "the table: {}\n      seen: {}",
                    row(route, expected),
                    row(route, got)
                ));
            }
            Some(_) => {}
        }
    }
    let gone = written.iter().filter(|(route, _)| !seen.contains_key(*route));
    differences.extend(gone.map(|(route, cells)| format!("no such route: {}", row(route, cells))));
    assert!(differences.is_empty(), "routes.csv and the program differ:\n{}", differences.join("\n"));
}

#[test]
fn a_route_that_is_in_one_only_is_found() {
    let table = |path: &str| Table::from([((path.to_owned(), "GET".to_owned()), vec!["200".to_owned()])]);
    compare(&table("/a"), &table("/a"));
    assert!(std::panic::catch_unwind(|| compare(&table("/a"), &Table::new())).is_err());
    assert!(std::panic::catch_unwind(|| compare(&Table::new(), &table("/a"))).is_err());
}
