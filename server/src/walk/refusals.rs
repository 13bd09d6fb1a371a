//! What is refused to everybody: other sites, forged cookies, what is too much; and what a token may.

use axum::http::{Method, StatusCode};
use backend::access::Permission;
use domain::{access::IDLE, time::MINUTE};

use super::{
    WITHOUT_SECOND_FACTOR, check_headers, harmless, in_short,
    world::{PASSWORD, Walker, World},
};
use crate::http;

#[tokio::test]
async fn a_form_on_another_site_does_nothing_and_leaves_no_trace() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut admin = world.signed_in("admin", "admin").await;
    let before = world.on_record("").await;
    let posts =
        http::routes().into_parts().1.all().into_iter().filter(|(_, method, _)| *method == Method::POST);
    for (path, method, _) in posts {
        let (address, form) = harmless(path, "admin", "none");
        let ways: [&[(&str, &str)]; 4] = [
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "http://a.127.0.0.1:3000"), ("sec-fetch-site", "same-site")],
        ];
        for headers in ways {
            let answer = world.ask(&mut admin, method.clone(), &address, headers, &form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(answer.body.contains("another site"), "{path} {headers:?}: {}", answer.body);
            check_headers(&answer.headers, path, false);
        }
    }
    assert_eq!(world.on_record("").await, before);
    assert_eq!(world.get(&mut admin, "/").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn a_forged_an_expired_and_an_ended_session_is_nobodys() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    for forged in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "../../etc/passwd", "%00"] {
        let mut walker = Walker::nobody("forger").showing("session", forged);
        assert_eq!(in_short(&world.get(&mut walker, "/").await), "303:/sign-in", "{forged}");
    }
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let old = viewer.cookie("session").unwrap().to_owned();
    assert_eq!(in_short(&world.get(&mut viewer, "/").await), "200");
    world.clock.advance(IDLE + MINUTE);
    assert_eq!(in_short(&world.get(&mut viewer, "/").await), "303:/sign-in", "expired");

    world.sign_in(&mut viewer).await;
    assert_ne!(viewer.cookie("session"), Some(&*old), "a new id at each sign-in");
    let kept = viewer.cookie("session").unwrap().to_owned();
    assert_eq!(in_short(&world.post(&mut viewer, "/sign-out", "").await), "303:/sign-in");
    let mut thief = Walker::nobody("thief").showing("session", &kept);
    assert_eq!(in_short(&world.get(&mut thief, "/").await), "303:/sign-in", "signed out");
}

#[tokio::test]
async fn a_token_may_what_it_was_given_and_nothing_of_a_person() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut admin = world.signed_in("admin", "admin").await;
    let mut reader = world.machine(&mut admin, Permission::ReadAudit).await;
    for (path, expected) in [
        ("/audit", "200"),
        ("/audit/export.ndjson", "200"),
        ("/performance", "403"),
        ("/live", "403"),
        ("/settings/people", "403"),
        ("/settings", "401"),
    ] {
        assert_eq!(in_short(&world.get(&mut reader, path).await), expected, "{path}");
    }
    let problem = world.get(&mut reader, "/live").await;
    assert!(problem.body.contains("see_status"), "{}", problem.body);
    let mut wrong = Walker::nobody("wrong").with_token("bwt_not-a-token");
    let answer = world.get(&mut wrong, "/audit").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn without_the_second_factor_that_a_role_needs_there_is_only_the_way_to_one() {
    let world = World::new("").await;
    let mut admin = world.signed_in("admin", "admin").await;
    for path in ["/", "/performance", "/audit", "/settings/people", "/settings/tokens"] {
        assert_eq!(in_short(&world.get(&mut admin, path).await), "303:/settings/second-factor", "{path}");
    }
    assert_eq!(in_short(&world.get(&mut admin, "/charts/queue_length.svg").await), "401");
    assert_eq!(
        in_short(&world.post(&mut admin, "/settings/people", "email=a&name=b&role=admin").await),
        "303:/settings/second-factor"
    );
    assert_eq!(in_short(&world.get(&mut admin, "/settings/second-factor").await), "200");
    let mut viewer = world.signed_in("viewer", "viewer").await;
    assert_eq!(in_short(&world.get(&mut viewer, "/").await), "200");
}

#[tokio::test]
async fn over_tls_cookies_and_headers_are_bound_to_the_host() {
    let world =
        World::new(&format!("{WITHOUT_SECOND_FACTOR}[server]\npublic_url = \"https://ops.example\"\n")).await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    assert!(viewer.cookie("__Host-session").is_some() && viewer.cookie("session").is_none());
    let answer = world.get(&mut viewer, "/").await;
    assert_eq!(answer.status, StatusCode::OK);
    check_headers(&answer.headers, "/", true);
    check_headers(&world.get(&mut viewer, "/no-such-page").await.headers, "404", true);
}

#[tokio::test]
async fn what_is_nowhere_says_so_under_the_same_headers() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut nobody = Walker::nobody("nobody");
    for (method, path, expected) in [
        (Method::GET, "/no-such-page", StatusCode::NOT_FOUND),
        (Method::DELETE, "/audit", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/settings/profile", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let headers = [("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin")];
        let answer = world.ask(&mut nobody, method, path, &headers, "").await;
        assert_eq!(answer.status, expected, "{path}");
        check_headers(&answer.headers, path, false);
    }
}

#[tokio::test]
async fn a_megabyte_of_password_is_refused_in_words_before_it_is_hashed() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut walker = Walker::nobody("long");
    let form = format!("email=a%40example.com&password={}", "x".repeat(1 << 20));
    let answer = world.post(&mut walker, "/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("too much at once"), "{}", answer.body);
    assert_eq!(world.on_record("").await, 0);
    let shorter = format!("email=a%40example.com&password={}", "x".repeat(2_000));
    assert_eq!(world.post(&mut walker, "/sign-in", &shorter).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_flood_of_tries_ends_before_the_log_and_spares_the_others() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut flood = Walker::nobody("flood");
    let mut stopped = None;
    for count in 0..60 {
        // A dead link costs no hash, and counts all the same.
        let answer = world.get(&mut flood, "/reset/none").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            stopped = Some((count, answer));
            break;
        }
    }
    let (count, answer) = stopped.unwrap();
    assert!(count >= 40, "{count}");
    assert!(answer.headers.contains_key("retry-after"));
    assert!(answer.body.contains("Too many tries"), "{}", answer.body);
    let form = format!("email=marked-person-viewer%40example.com&password={PASSWORD}");
    let before = world.on_record("").await;
    assert_eq!(world.post(&mut flood, "/sign-in", &form).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.on_record("").await, before);
    assert_eq!(world.get(&mut flood, "/sign-in").await.status, StatusCode::OK, "the page itself is shown");
    world.signed_in("viewer", "viewer").await;
}

#[tokio::test]
async fn wrong_tokens_without_end_do_not_fill_the_log_and_a_right_one_still_passes() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut admin = world.signed_in("admin", "admin").await;
    let mut wrong = Walker::nobody("wrong").with_token("bwt_not-a-token");
    let mut last = StatusCode::OK;
    for _ in 0..60 {
        last = world.get(&mut wrong, "/audit").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert!((40..50).contains(&world.on_record("token.used").await));
    let mut right = world.machine(&mut admin, Permission::ReadAudit).await.from("192.0.2.1:1");
    let mut wrong = wrong.from("192.0.2.1:1");
    for _ in 0..60 {
        world.get(&mut wrong, "/audit").await;
    }
    assert_eq!(world.get(&mut right, "/audit").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_measurements_are_told_to_this_machine_only() {
    let world = World::new(WITHOUT_SECOND_FACTOR).await;
    let mut near = Walker::nobody("near").from("127.0.0.1:50000");
    assert_eq!(world.get(&mut near, "/metrics").await.status, StatusCode::OK);
    let forwarded = [("x-forwarded-for", "198.51.100.1")];
    let answer = world.ask(&mut near, Method::GET, "/metrics", &forwarded, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a proxy on this machine speaks for others");
}
