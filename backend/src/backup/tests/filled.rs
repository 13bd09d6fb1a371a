//! A row of everything.

use domain::{
    audit::{Actor, Entry, Origin},
    time::Millis,
};

use super::{START, World, sealing};
use crate::audit;

/// Text that is easily damaged: quotes, backslashes, lines, controls, other scripts, what is two units in UTF-16.
const AWKWARD: &str =
    "O''Brien said \"no\\\"\n\ttwice\u{1}, שלום, Ærøskøbing 💍 [1,null] {\"table\":\"poll\"}";

/// Of every table that nothing else below fills, in an order in which a row comes after those that it refers to. Runs are
/// over and notices settled: what is not has tests of its own.
const ROWS: &[(&str, &str)] = &[
    ("poll", "'wedsync', 1, 'answered', 'AWKWARD', 'healthy', '{}', '{}', NULL, -9223372036854775807"),
    ("poll", "'wedsync', 2, 'missed', NULL, NULL, '{}', '{}', NULL, NULL"),
    ("poll", "'Wedsync', 2, 'missed', '', NULL, '{}', '{}', NULL, 9223372036854775807"),
    ("poll", "'wed sync', 10, 'bad', NULL, NULL, '{}', '{}', NULL, 0"),
    ("rollup", "'wedsync', '5m', 1, 2, 3, '{}', 'sketch'"),
    ("daily_figures", "'wedsync', '2026-11-30', '{}', 1"),
    ("model_versions", "'wedsync', 'matching', 1, 'v2.0, v2.1'"),
    ("audit_forwarding", "'siem', 1, 2, NULL, NULL, 0"),
    (
        "person",
        "'p1', 'Ada@example.com', 'ada@example.com', 'AWKWARD', 'admin', NULL, 'dark', NULL, NULL, NULL, NULL, NULL, 1, 1, 1",
    ),
    ("person_way", "'p1', 1, 'webhook', 'duty-desk'"),
    ("recovery_code", "'code', 'p1', NULL"),
    ("api_token", "'t1', 'grafana', 'hash', 'p1', 'view', 1, 2, NULL, NULL"),
    ("person_identity", "'https://issuer.example', 'subject', 'p1', 1, 2"),
    ("schedule_rule", "'report', 'daily', 'UTC', 1"),
    ("schedule_due", "'report', 1, 'done', 2, 'AWKWARD'"),
    (
        "delivery",
        "'d1', 1, 'page', 4, NULL, '{}', 'person', 'p1', 'in_turn', 'sent', 2, NULL, NULL, NULL, NULL, NULL",
    ),
    (
        "delivery_way",
        "'d1', 1, 'mail', 'mail', 'ada@example.com', 'p1', NULL, 0, 'sent', 1, NULL, NULL, NULL, 2, NULL",
    ),
    ("delivery_attempt", "'d1', 1, 1, 1, 5, 'sent', 'first', '250 AWKWARD'"),
    ("delivery_thread", "'slack', 'ops', 'alert', 'C1', '1.2', 1"),
    ("delivery_standing", "'mail', 1, NULL, NULL, 0"),
    ("oncall_tier", "1, 'Primary', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1"),
    ("oncall_override", "'o1', 1, 1, 2, 'p1', '', 'p1', 1, NULL, NULL"),
    ("oncall_gap_told", "1, 1, 2"),
    ("oncall_feed", "'f1', 'hash', 'p1', NULL, 1, NULL, NULL"),
    ("oncall_test", "'test', 1, NULL"),
    ("oncall_test_page", "'test', 1, 1, 'p1', NULL, NULL, NULL, NULL, NULL"),
    (
        "alert",
        "'a1', 'watch', 'wedsync', '', 'error_rate', 'AWKWARD', 'why', 0.1, 2, 3, 'resolved', '{}', NULL, 1, 2, NULL, 3, NULL, 7",
    ),
    (
        "alert",
        "'a2', 'watch', 'wedsync', '', 'error_rate', 'title', 'why', 1e-300, 2, 3, 'resolved', '{}', NULL, 1, 2, NULL, 3, NULL, 7",
    ),
    (
        "alert",
        "'a3', 'watch', 'wedsync', '', 'error_rate', 'title', 'why', 3.0, 2, 3, 'resolved', '{}', NULL, 1, 2, NULL, 3, NULL, 7",
    ),
    ("alert_event", "'a1', 1, 1, 'fired', '{}'"),
    ("alert_page", "'a1', 'd1', 1, 1, 'p1', 'page'"),
    ("alert_memory", "'wedsync', '{}', 1"),
    ("quiet_window", "'w1', 'silence', NULL, NULL, NULL, 1, 2, NULL, 'AWKWARD', NULL, 'Ada', 1, NULL"),
    ("evidence", "'a1', 'look', 1, 1, 'p1', 'Ada', 'Pods', 'wedsync', 'title', 'AWKWARD', ''"),
    (
        "run",
        "'r1', 'wedsync', 'clear-cache', 'succeeded', '{}', 1, NULL, NULL, NULL, 2, NULL, NULL, NULL, NULL, 3",
    ),
    ("run_event", "'r1', 1, 1, 'requested', '{}'"),
    ("breaker", "'wedsync', 'matching', '{}', NULL, NULL, 1"),
    ("breaker_event", "'wedsync', 'matching', 1, 1, 'transition', '{}', NULL"),
    ("failover", "'wedsync', '{}', 1"),
    (
        "crisis_case (id, platform, mark, present, type, state, open, severity, detected_at, opened_at, waits_for_run, automatic, couple, document, troubles, couple_names, version)",
        "'c1', 'wedsync', '', 0, 'weather', 'resolved', 0, 4, 1, 1, 0, 0, 'kept', '{}', '[]', 'sealed', 1",
    ),
    ("crisis_line", "'c1-0001', 'c1', 1, 1, 'opened', '{}', NULL"),
    ("crisis_file", "'f1', 'c1', 1, 'p1', 'image/png', 3, 'sealed', 'sealed', NULL"),
    ("crisis_name_index", "'token', 'c1'"),
    (
        "notice_attempt (id, crisis, purpose, way, state, live, made_at, document, version)",
        "'n1', 'c1', 'solved', 'mail', 'delivered', 0, 1, '{}', 1",
    ),
    ("couple_page", "'c1-1', 'c1', 1, 'hash', 1, 2, NULL"),
    ("couple_promise", "'c1', 1, 'p1', 1"),
    ("crisis_asked", "'k1', 'c1', 'alert_team', 'person/p1', 'Ada', 'd1', 1, 1, 2, NULL"),
    // Left out.
    ("session", "'id', 'p1', '{}', 1, 1, 1, 2, NULL, NULL"),
    ("one_time_link", "'link', 'reset', 'p1', 1, 2, NULL"),
    ("acknowledge_link", "'link', 'a1', 'p1', 1, 2"),
    ("answer_link", "'link', 'k1', 1, 2"),
    ("known_browser", "'browser', 'p1', 1"),
    ("sign_in_failure", "'address:192.0.2.1', 1, 1"),
    ("delivery_courier", "'console', 1"),
    ("notice_sender", "'console', 1"),
];

/// Fills every table; the audit log whole, with a stretch that is sealed.
pub async fn fill(world: &World) {
    for (table, values) in ROWS {
        world.tamper(&format!("INSERT INTO {table} VALUES ({})", values.replace("AWKWARD", AWKWARD))).await;
    }
    let mut tx = world.db.begin().await.unwrap();
    sealing(world, &world.folder().join("first.ndjson")).make_key(&mut tx, "c1").await.unwrap();
    for at in 0..5 {
        let entry =
            Entry::new("person.invited", Actor::console("a test"), Origin::default()).because(AWKWARD);
        audit::record(&mut tx, Millis(at), &entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    let who = (Actor::console("a test"), Origin::default());
    audit::seal(&world.db, START, Millis(3), None, world.folder(), who).await.unwrap().unwrap();
}
