use proptest::prelude::*;

use crate::diagnostics::mask;

#[track_caller]
fn check(line: &str, shown: &str) {
    assert_eq!(mask(line), shown, "{line}");
    assert_eq!(mask(shown), shown, "twice is once: {line}");
}

#[test]
fn what_is_harmless_stays_as_it_is() {
    for line in [
        "",
        "INFO  request=0a1b2c3d wedding=w-12345 optimized, took_ms=250",
        "ERROR request=8f3a91bc wedding=w-90210 upstream time-out after 30000 ms",
        "2026-11-24T12:00:00.250Z started on 10.0.12.118:8080 in 2026-11-24 12:00:01.123",
        "ai-optimization-engine-7d9f8b6c5-x2x4z: FATAL out of memory: 4096 MiB of 4096 MiB used",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
        "019364f2-8a8b-7c4d-9e21-0c8b7d6f5a41 took 12.5 s (3 of 4)",
        "prompt_tokens=1532 completion_tokens: 211",
        "a basic check; the session is over, the token expired",
        "über \u{1f980} naïve",
    ] {
        check(line, line);
    }
}

#[test]
fn people_are_not_shown() {
    check("mail to ada.okafor+wedding@example.com failed", "mail to (e-mail masked) failed");
    check("<ada@example.com>, bo@localhost", "<(e-mail masked)>, (e-mail masked)");
    check("called +44 20 7946 0958 twice", "called (number masked) twice");
    check("phone=020-7946-0958", "phone=(number masked)");
    check("tel (030) 1234567.", "tel (number masked).");
    check("card 4111 1111 1111 1111 declined", "card (number masked) declined");
    check("+4915112345678", "(number masked)");
}

#[test]
fn secrets_are_not_shown() {
    check("authorization: Bearer abc.def-123", "authorization: Bearer (masked)");
    check("sent Bearer marked-token now", "sent Bearer (masked) now");
    check("DB_PASSWORD=hunter2 host=db", "DB_PASSWORD=(masked) host=db");
    check(r#"{"apiKey": "a b c", "n": 1}"#, r#"{"apiKey": "(masked)", "n": 1}"#);
    check(r#"{"password":"a\"b"}"#, r#"{"password":"(masked)"}"#);
    check(r#"said {\"token\":\"abc\"}"#, r#"said {\"token\":\"(masked)"}"#);
    check("GET /x?api_key=abc&page=2", "GET /x?api_key=(masked)&page=2");
    check("session_id: abc; path=/", "session_id: (masked); path=/");
    check("postgres://user:hunter2@db:5432/wedsync", "postgres://(masked)@db:5432/wedsync");
    check("key sk-proj-abcdefghijklmnop used", "key (masked) used");
    check("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_d=", "(masked)");
    check(&format!("cut {}1 off", "a".repeat(40)), "cut (masked) off");
    check("password=\"no end", "password=\"(masked)");
    check("Bearer ''a@a now", "Bearer (e-mail masked) now");
}

proptest! {
    #[test]
    fn twice_is_once_and_nothing_breaks(line in "\\PC{0,120}") {
        let once = mask(&line);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn what_logs_are_made_of_is_masked_once(line in "([a-z]{1,6}[=: @.+(/-]|[0-9]{1,6}[ .()/+-]?|token|password|\"|'|://|Bearer |eyJ){0,30}") {
        let once = mask(&line);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn a_secret_never_comes_through(
        before in "[a-z ]{0,20}",
        name in "(password|API_KEY|x-auth-token|client_secret|Authorization|sessionId|set-cookie)",
        separator in "(=|: |=\"|\":\")",
        secret in "[A-Za-z0-9]{6,30}MARKED",
        after in "[a-z ]{0,20}",
    ) {
        let line = format!("{before} {name}{separator}{secret}\" {after}");
        prop_assert!(!mask(&line).contains("MARKED"), "{}", mask(&line));
    }

    #[test]
    fn an_address_or_a_telephone_never_comes_through(
        before in "[a-z]{0,12}[ <(:,=]",
        local in "[a-z0-9][a-z0-9.+_-]{0,30}",
        host in "[a-z0-9-]{1,20}\\.[a-z]{2,6}",
        digits in "\\+?[0-9]{2,4}([ ./-]?[0-9]{3}){3,4}",
        after in "([ >),;][a-z ]{0,12})?",
    ) {
        let mail = mask(&format!("{before}{local}@{host}{after}"));
        prop_assert!(!mail.contains('@'), "{}", mail);
        // An address of the network has as many digits, and is shown.
        prop_assume!(digits.parse::<std::net::Ipv4Addr>().is_err());
        let called = mask(&format!("{before}{digits}{after}"));
        let shown = called.chars().filter(char::is_ascii_digit).count();
        prop_assert!(shown < 9, "{}", called);
    }
}
