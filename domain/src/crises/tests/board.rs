use super::*;
use crate::{
    actions::Automation,
    monitoring::{EngineState, Level, overall::Reason},
};

fn at(id: &str, wedding: &str, severity: Level) -> Case {
    let mut parts = wedding.split(' ');
    let mut case = case();
    case.id = CaseId(id.to_owned());
    case.severity = severity;
    case.wedding = Wedding {
        id: None,
        date: parts.next().and_then(|date| date.parse().ok()),
        time: parts.next().and_then(|time| time.parse().ok()),
        zone: parts.next().map(str::to_owned),
    };
    case
}

/// The time that is left at 03:03 UTC on 20 June 2026, and what was assumed.
#[track_caller]
fn check(wedding: &str, title: &str, priority: Priority, assumed: &[&str]) {
    let case = at("c1", wedding, Level::Critical);
    let assumptions = Assumptions::default();
    assert_eq!(wording::title(&case, &assumptions, NOW), format!("Vendor cancelled, {title}"));
    assert_eq!(case.priority(&assumptions, NOW), priority);
    assert_eq!(wording::assumptions(&case, &assumptions), assumed);
}

#[test]
fn time_is_left_until_the_ceremony_in_the_couples_own_zone() {
    let noon = "Only the day is known; the ceremony is assumed to begin at 12:00.";
    let utc = "The time zone of the couple is not known; UTC is assumed.";
    let nobody = "Nobody has said on which day the wedding is; it is treated as today.";
    check("2026-06-20 14:30 Europe/Stockholm", "ceremony in 9 hours", Priority::Day, &[]);
    check("2026-06-20 06:00 Europe/Stockholm", "ceremony in 57 minutes", Priority::Now, &[]);
    check("2026-06-20 14:30 Pacific/Auckland", "ceremony 33 minutes ago", Priority::Now, &[]);
    check("2026-06-20 14:30 Pacific/Honolulu", "ceremony in 21 hours", Priority::Day, &[]);
    check("2026-06-20", "ceremony in 8 hours", Priority::Day, &[noon, utc]);
    check("2026-06-20 05:00", "ceremony in 1 hour", Priority::Now, &[utc]);
    check("2026-06-27 05:00 UTC", "ceremony in 7 days", Priority::Later, &[]);
    check("2026-06-24 05:00 UTC", "ceremony in 4 days", Priority::Week, &[]);
    check("2026-06-18 05:00 UTC", "ceremony 1 day ago", Priority::Past, &[]);
    check("2026-06-20 05:00 Mars/Olympus", "ceremony in 1 hour", Priority::Now, &[utc]);
    check("", "day of the wedding unknown", Priority::Day, &[nobody]);
    // An hour that the clocks have twice: the first of them. One that they leave out: before it.
    check("2026-10-25 02:30 Europe/Stockholm", "ceremony in 126 days", Priority::Later, &[]);
    check("2027-03-28 02:30 Europe/Stockholm", "ceremony in 280 days", Priority::Later, &[]);
}

#[test]
fn a_wedding_in_the_past_is_said_once_the_day_is_over_everywhere() {
    let case = at("c1", "2026-06-19 12:00 UTC", Level::Critical);
    assert_eq!(case.flags(NOW), []);
    assert_eq!(case.flags(NOW.plus(9 * HOUR)), [Trouble::Past]);
}

#[test]
fn the_board_goes_by_the_time_that_is_left_then_by_severity() {
    let mut over = at("over", "2026-06-20 04:00 UTC", Level::Emergency);
    over.state = State::Resolved { by: person("ada"), at: NOW };
    let mut cases = [
        over,
        at("past", "2026-06-10 12:00 UTC", Level::Emergency),
        at("later", "2026-07-20 12:00 UTC", Level::Emergency),
        at("mild", "2026-06-20 12:00 UTC", Level::Warning),
        at("unknown", "", Level::Warning),
        at("grave", "2026-06-20 12:00 UTC", Level::Emergency),
        at("going-on", "2026-06-20 02:00 UTC", Level::Warning),
    ];
    cases.sort_by(|one, other| board_order(one, other, &Assumptions::default(), NOW));
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["going-on", "unknown", "grave", "mild", "later", "past", "over"]);
}

#[track_caller]
fn check_filter(address: &[(&str, &str)], expected: Result<Vec<(&str, &str)>, &str>) {
    let read = Filter::parse(address.iter().copied());
    let pairs = read.as_ref().map(Filter::pairs).map_err(ToString::to_string);
    let pairs = pairs
        .as_ref()
        .map(|pairs| pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
    assert_eq!(pairs.map_err(String::as_str), expected);
}

#[test]
fn filters_are_in_the_address() {
    check_filter(&[], Ok(vec![]));
    check_filter(&[("state", ""), ("text", "  ")], Ok(vec![]));
    check_filter(&[("state", "open")], Ok(vec![]));
    check_filter(
        &[("late", "1"), ("type", "weather"), ("state", "all"), ("text", " Ada\r\n N. ")],
        Ok(vec![("type", "weather"), ("state", "all"), ("late", "1"), ("text", "Ada N.")]),
    );
    check_filter(&[("mine", "yes")], Err("mine is 1, or left out."));
    check_filter(&[("mine", "1"), ("mine", "1")], Err("\"mine\" is given twice."));
    check_filter(
        &[("sort", "x")],
        Err("There is no filter \"sort\"; there are type, state, mine, untold, late and text."),
    );
    check_filter(&[("text", &"x".repeat(101))], Err("Look for at most 100 characters."));
    check_filter(
        &[("state", "asleep")],
        Err(
            "There is no state \"asleep\"; there are open, detected, acknowledged, working, resolved, reviewed, merged and \
             all.",
        ),
    );
}

#[test]
fn a_filter_shows_what_it_says() {
    let shows = |pairs: &[(&str, &str)], case: &Case| {
        let filter = Filter::parse(pairs.iter().copied()).unwrap();
        filter.shows(case, &PersonId::new("ada"), NOW.plus(6 * MINUTE))
    };
    assert!(shows(&[], &case()) && shows(&[("untold", "1"), ("late", "1"), ("state", "detected")], &case()));
    assert!(shows(&[("mine", "1"), ("type", "vendor_cancelled")], &working()));
    assert!(!shows(&[("mine", "1")], &case()) && !shows(&[("type", "weather")], &case()));
    assert!(!shows(&[("untold", "1")], &all_done()) && !shows(&[("state", "resolved")], &working()));
}

#[track_caller]
fn check_automatic(crisis_failure: bool, automation: &Automation, expected: &[&str]) {
    let (mut second, mut held) = (case(), working());
    second.id = CaseId("c2".to_owned());
    held.id = CaseId("c3".to_owned());
    held.done(&key("manual_mode"), person("ada").into(), NOW).unwrap();
    let cases = [second, case(), held];
    let steps = automatic_steps(&cases, crisis_failure, automation);
    let said: Vec<String> = steps
        .iter()
        .map(|one| {
            let How::Action { action } = &one.how else { panic!("{one:?}") };
            let serves: Vec<&str> = one.serves.iter().map(|(case, _)| case.as_str()).collect();
            format!("{action} for {}", serves.join(" "))
        })
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn automatic_steps_run_once_for_all_cases_at_a_crisis_failure_of_level_4() {
    let on = Automation::On;
    let off = on.turn_off(person("ada"), "a drill", NOW).unwrap();
    check_automatic(true, &on, &["send-emergency-alert for c1 c2 c3", "enable-manual-mode for c1 c2"]);
    check_automatic(false, &on, &[]);
    check_automatic(true, &off, &[]);
}

#[test]
fn a_crisis_failure_is_a_level_4_because_crises_are_not_answered() {
    let manager = Reason::CrisisManager { name: "x".to_owned(), state: EngineState::Down };
    for (level, reason, expected) in [
        (Level::Emergency, Reason::CrisisFailed { count: 1 }, true),
        (Level::Emergency, Reason::CrisisWaiting { count: 1 }, true),
        (Level::Emergency, manager, true),
        (Level::Critical, Reason::CrisisFailed { count: 1 }, false),
        (Level::Emergency, Reason::Unanswered { since: NOW, polls: 3 }, false),
    ] {
        assert_eq!(is_crisis_failure(&[(level, reason.clone())]), expected, "{reason:?}");
    }
}

#[test]
fn clocks_read_as_the_board_shows_them() {
    for (left, words) in [
        (9 * HOUR + 4 * MINUTE, "9 h 04 min"),
        (4 * MINUTE, "4 min"),
        (38 * SECOND, "38 s"),
        (26 * HOUR, "1 d 2 h"),
        (12 * 24 * HOUR, "12 d"),
        (-5, "0 s"),
    ] {
        assert_eq!(wording::countdown(left), words);
    }
    let case = case();
    let step = &case.steps[0];
    assert_eq!(wording::step_clock(step, NOW, clock), "due T+300s");
    assert_eq!(wording::step_clock(step, NOW.plus(9 * MINUTE), clock), "4 min late");
    assert_eq!(wording::standing(&working()), "Working \u{b7} ada");
}
