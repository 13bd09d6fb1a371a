//! The table of permissions, addresses, delays and limits.

use proptest::prelude::*;

use super::*;
use crate::time::{HOUR, MINUTE, Millis, SECOND};

/// The table that roles are made of, as people agreed on it.
const TABLE: &str = "\
| permission | viewer | executive | support | operator | lead | admin | auditor |
| see status, alerts, runbook | x | x | x | x | x | x | x |
| see business reports, export them | x | x | x | x | x | x | x |
| see couples' personal data | | | x | | x | | |
| acknowledge, resolve, silence alerts | | | | x | x | | |
| work on crisis cases, send notices | | | x | | x | | |
| run crisis actions (manual mode, emergency alert) | | | x | x | x | | |
| run ordinary actions | | | | x | x | | |
| run dangerous actions (with a reason and the password again) | | | | x | x | | |
| approve what needs two people | | | | | x | | |
| edit runbook drafts | | | x | x | x | | |
| approve and publish procedures (never one's own change) | | | | | x | | |
| change schedules, contacts, training records | | | | | x | x | |
| manage users, roles, keys, tokens | | | | | | x | |
| read the audit log | | | | | x | x | x |";

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

#[test]
fn the_default_roles_are_the_table() {
    let mut lines = TABLE.lines().map(cells);
    let names = lines.next().unwrap();
    let roles = default_roles();
    assert_eq!(roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), names[1..]);
    let mut rows = 0;
    for (permission, row) in Permission::ALL.into_iter().zip(lines) {
        assert_eq!(permission.words(), row[0]);
        for (role, cell) in roles.iter().zip(&row[1..]) {
            assert_eq!(role.permissions.has(permission), *cell == "x", "{} {}", role.name, permission.key());
        }
        rows += 1;
    }
    assert_eq!(rows, 14);
    let required = roles.iter().filter(|role| role.second_factor == SecondFactor::Required);
    assert_eq!(required.map(|role| role.name.as_str()).collect::<Vec<_>>(), ["lead", "admin"]);
}

#[test]
fn keys_are_distinct_and_read_back() {
    for permission in Permission::ALL {
        assert_eq!(Permission::from_key(permission.key()), Some(permission));
    }
    assert_eq!(Permission::from_key("fly"), None);
    assert_eq!(Permissions::from_keys("read_audit fly see_status").keys(), "see_status read_audit");
}

#[test]
fn a_role_may_be_limited_to_services() {
    let mut role = default_roles().remove(3);
    assert!(role.covers("crisis"));
    role.services = Some(vec!["optimization".to_owned()]);
    assert!(role.covers("optimization") && !role.covers("crisis"));
}

#[track_caller]
fn same(one: &str, other: &str) {
    let (one, other) = (EmailAddress::parse(one).unwrap(), EmailAddress::parse(other).unwrap());
    assert_eq!(one.folded(), other.folded());
    assert!(one == other);
}

#[test]
fn one_address_has_many_ways_of_being_written() {
    same("ada@example.com", "  Ada@EXAMPLE.com\n");
    same("ada@example.com", "ａｄａ＠example．com");
    same("office@example.com", "oﬃce@example.com");
    same("kim@example.com", "\u{212a}im@example.com");
    same("zoë@example.com", "zoe\u{308}@example.com");
    same("ΟΔΟΣ@example.com", "οδος@example.com");
    let cyrillic = EmailAddress::parse("\u{430}da@example.com").unwrap();
    assert!(cyrillic != EmailAddress::parse("ada@example.com").unwrap(), "another letter, another address");
    assert!(!format!("{cyrillic:?}").contains("example"));
}

#[track_caller]
fn refused(typed: &str, why: NotAnAddress) {
    assert_eq!(EmailAddress::parse(typed).unwrap_err(), why, "{typed:?}");
}

#[test]
fn what_is_no_address_is_refused() {
    refused("  ", NotAnAddress::Empty);
    for typed in ["ada", "@example.com", "ada@", "a@b@c", "ada@-x.com", ".a@b.c", "a..b@c.d", "a@b..c"] {
        refused(typed, NotAnAddress::Form);
    }
    for typed in ["a\0b@c.d", "a b@c.d", "ada\u{200b}@c.d", "\u{202e}ada@c.d", "ada\u{fe0f}@c.d", "a<b>@c.d"]
    {
        refused(typed, NotAnAddress::Signs);
    }
    refused(&format!("{}@c.d", "a".repeat(254)), NotAnAddress::TooLong);
    refused(&"a".repeat(1 << 20), NotAnAddress::TooLong);
    // One letter that becomes eighteen.
    refused(&format!("{}@c.d", "\u{fdfa}".repeat(100)), NotAnAddress::Signs);
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(typed in ".{1,20}@[a-zA-Zäöüßſİ.]{1,12}") {
        if let Ok(address) = EmailAddress::parse(&typed) {
            let again = EmailAddress::parse(address.folded()).unwrap();
            prop_assert_eq!(again.folded(), address.folded());
            let shown = EmailAddress::parse(address.as_str()).unwrap();
            prop_assert_eq!(shown.folded(), address.folded());
        }
    }

    #[test]
    fn a_set_keeps_what_was_put_in(bits in proptest::collection::vec(0usize..14, 0..20)) {
        let set: Permissions = bits.iter().map(|bit| Permission::ALL[*bit]).collect();
        for (bit, permission) in Permission::ALL.into_iter().enumerate() {
            prop_assert_eq!(set.has(permission), bits.contains(&bit));
        }
        prop_assert_eq!(Permissions::from_keys(&set.keys()), set);
        prop_assert!(set.within(set) && Permissions::NONE.within(set));
        prop_assert_eq!(set.within(Permissions::NONE), set.is_empty());
    }

    /// However somebody guesses, no wait is longer than five minutes, and it never gets shorter by failing again.
    #[test]
    fn waits_grow_and_are_bounded(gaps in proptest::collection::vec(0i64..HOUR, 1..60)) {
        let (mut failures, mut now, mut before) = (Failures::default(), Millis(10 * HOUR), 0);
        for gap in gaps {
            now = now.plus(gap);
            failures = failures.and_one(now);
            let wait = Delay::ACCOUNT.wait_until(failures, now).map_or(0, |until| until.since(now));
            prop_assert!((0..=5 * MINUTE).contains(&wait));
            prop_assert!(wait >= before);
            prop_assert_eq!(Delay::ACCOUNT.wait_until(failures, now.plus(5 * MINUTE)), None);
            before = wait;
        }
    }
}

#[test]
fn the_sixth_failure_begins_to_cost() {
    let now = Millis(HOUR * 5);
    let waits: Vec<i64> = (0..16)
        .map(|count| {
            let failures = Failures { count, last: now };
            Delay::ACCOUNT.wait_until(failures, now).map_or(0, |until| until.since(now) / SECOND)
        })
        .collect();
    assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    let old = Failures { count: 50, last: now.minus(HOUR) };
    assert_eq!(Delay::ACCOUNT.wait_until(old, now), None);
    assert_eq!(old.and_one(now).count, 1);
    let set_back = Failures { count: 50, last: now.plus(10 * HOUR) };
    assert_eq!(Delay::ACCOUNT.wait_until(set_back, now), None);
}

#[test]
fn sessions_end_at_the_nearer_limit() {
    let start = Millis(0);
    assert_eq!(session_ends(start, Millis(HOUR)), Millis(13 * HOUR));
    assert_eq!(session_ends(start, Millis(ABSOLUTE - HOUR)), Millis(ABSOLUTE));
    assert!(!is_proof_fresh(None, start));
    assert!(is_proof_fresh(Some(start), Millis(PROOF - 1)));
    assert!(!is_proof_fresh(Some(start), Millis(PROOF)));
    assert!(!is_proof_fresh(Some(Millis(1)), start));
}

#[test]
fn a_permission_is_written_as_its_key() {
    for permission in Permission::ALL {
        let written = serde_json::to_value(permission).unwrap();
        assert_eq!(written, permission.key());
        assert_eq!(serde_json::from_value::<Permission>(written).unwrap(), permission);
    }
}
