//! Which tables a backup holds, and which it leaves out.

/// Everything that is kept, in an order in which a row comes after those that it refers to. A table that a later
/// migration dropped stays here: older backups have it.
pub const TABLES: &[&str] = &[
    "poll",
    "rollup",
    "daily_figures",
    "model_versions",
    "audit_record",
    "audit_head",
    "audit_segment",
    "audit_forwarding",
    "person",
    "administration",
    "person_way",
    "recovery_code",
    "api_token",
    "person_identity",
    "schedule_rule",
    "schedule_due",
    "delivery",
    "delivery_way",
    "delivery_attempt",
    "delivery_thread",
    "delivery_standing",
    "oncall_tier",
    "oncall_override",
    "oncall_gap_told",
    "oncall_feed",
    "oncall_test",
    "oncall_test_page",
    "alert",
    "alert_event",
    "alert_page",
    "alert_memory",
    "quiet_window",
    "evidence",
    "run",
    "run_event",
    "automation",
    "breaker",
    "breaker_event",
    "failover",
    "data_key",
    "crisis_case",
    "crisis_line",
    "crisis_file",
    "crisis_name_index",
    "notice_attempt",
    "couple_page",
    "couple_promise",
    "crisis_asked",
];

/// What makes no sense in a copy, or would open a door again that has been shut since; with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("session", "whoever signed out would be signed in again"),
    ("one_time_link", "a link that was used could be used again"),
    ("acknowledge_link", "a link that was used or is over could be used again"),
    ("answer_link", "a link that was used or is over could be used again"),
    ("known_browser", "a browser that was forgotten would be known again"),
    ("sign_in_failure", "counts of the moment, with network addresses"),
    ("delivery_courier", "signs of life of consoles that ran then"),
    ("notice_sender", "signs of life of consoles that ran then"),
];

/// Migrations write a row into each of these. Whatever changes it leaves a record in the audit log as well, so a database
/// in which only these have rows is an empty one.
pub(super) const SEEDED: &[&str] = &["audit_head", "administration", "automation"];

pub(super) fn is_left_out(table: &str) -> bool {
    LEFT_OUT.iter().any(|(name, _)| *name == table)
}
