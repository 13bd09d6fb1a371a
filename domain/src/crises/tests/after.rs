use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

/// When the couple of a case that was detected at `NOW` counts as not told, so many milliseconds on.
#[track_caller]
fn check_untold(case: &Case, expected: &[(i64, bool)]) {
    for (after, untold) in expected {
        assert_eq!(case.is_untold(NOW.plus(*after)), *untold, "after {after} ms");
    }
}

#[test]
fn a_couple_is_not_told_when_it_should_know_something_by_now() {
    let day = 24 * HOUR;
    // Nothing has gone: from the first moment on.
    check_untold(&case(), &[(-1, false), (0, true), (HOUR, true)]);
    // The first notice has gone; the last one is not due for a day.
    let mut told = working();
    told.notice_sent(Purpose::WeKnow, Way::Mail, &person("ada"), NOW.plus(MINUTE));
    check_untold(&told, &[(MINUTE, false), (6 * MINUTE, false), (day, false), (day + 1, true)]);
    // It came back: the couple knows nothing.
    let mut back = told.clone();
    back.notice_failed(Purpose::WeKnow, Way::Mail);
    check_untold(&back, &[(2 * MINUTE, true)]);
    // It is on its way, and not there.
    let mut queued = working();
    queued.notice_queued(Purpose::WeKnow, Way::Mail, person("ada"), NOW);
    check_untold(&queued, &[(MINUTE, true)]);
    // They know of a plan: that the first notice is missing is late when its time is over.
    let mut plan = working();
    plan.notice_sent(Purpose::WeHaveAPlan, Way::Mail, &person("ada"), NOW.plus(MINUTE));
    check_untold(&plan, &[(MINUTE, false), (5 * MINUTE, false), (5 * MINUTE + 1, true)]);
    // Somebody is on the telephone with them, so the first notice is not needed.
    let mut spoken = working();
    spoken.not_needed(&key("tell_the_couple"), person("ada"), "I am with them", NOW).unwrap();
    check_untold(&spoken, &[(6 * MINUTE, false), (day + 1, true)]);
    // What they were told from a double they know.
    let (mut double, mut into) = (told.clone(), case());
    double.id = CaseId("c2".to_owned());
    double.merge_into(&mut into, person("ada"), &[], NOW).unwrap();
    check_untold(&into, &[(6 * MINUTE, false)]);
    check_untold(&double, &[(day + 1, false)]);
    // Who is not to be contacted is owed nothing; neither is anybody once it is over.
    let mut silent = case();
    silent.set_contact(false, person("ada"), "they asked us", NOW).unwrap();
    check_untold(&silent, &[(day + 1, false)]);
    let mut over = all_done();
    over.resolve(person("ada"), "", &[], NOW).unwrap();
    check_untold(&over, &[(day + 1, false)]);
}

#[test]
fn an_alert_is_linked_and_unlinked_once() {
    let alert = crate::alerts::AlertId("a1".to_owned());
    let mut case = case();
    assert_eq!(case.unlink(person("ada")).unwrap_err(), Refusal::IsSoAlready);
    let linked = case.link(person("ada"), alert.clone()).unwrap();
    assert_eq!(story(&linked), ["ada named the alert that caused it."]);
    assert_eq!(case.link(person("ben"), alert.clone()).unwrap_err(), Refusal::IsSoAlready);
    let gone = case.unlink(person("ben")).unwrap();
    assert_eq!(
        (story(&gone), case.alert.clone()),
        (vec!["ben says that the alert did not cause it.".to_owned()], None)
    );
    let mut into = super::case();
    into.id = CaseId("c2".to_owned());
    case.merge_into(&mut into, person("ada"), &[], NOW).unwrap();
    assert_eq!(case.link(person("ada"), alert).unwrap_err(), Refusal::IsMerged { into: into.id });
}

#[test]
fn a_case_that_is_over_says_how_it_went() {
    let mut case = case();
    let mut told: Vec<(Millis, Line)> = Vec::new();
    let at = |minutes: i64| NOW.plus(minutes * MINUTE);
    told.extend(case.acknowledge(holder("ada"), at(1)).unwrap().into_iter().map(|line| (at(1), line)));
    let keys: Vec<StepKey> = case.steps.iter().map(|step| step.key().clone()).collect();
    case.notice_sent(Purpose::WeKnow, Way::Mail, &person("ada"), at(4));
    for key in keys {
        let minutes = if key.as_str() == "tell_executives" { 33 } else { 4 };
        // Only a notice does the last one, which is not required.
        case.done(&key, person("ada").into(), at(minutes)).ok();
    }
    case.resolve(person("ada"), "", &[], at(70)).unwrap();
    assert_eq!(
        After::of(&case, &told).sentences(),
        [
            "Somebody had it after 1 min.",
            "The couple was told after 4 min.",
            "It was resolved after 1 h 10 min.",
            "1 of 10 steps were late: \u{201c}Tell the executives\u{201d} by 3 min.",
        ]
    );
    assert_eq!(After::default().sentences()[0], "Nobody ever had it.");
}

fn figure(of: &str, month: &str, told: Option<i64>, late: usize) -> Figure {
    let at = format!("{month}-15T12:00:00Z").parse::<jiff::Timestamp>().unwrap();
    let detected_at = Millis(at.as_millisecond());
    let told_at = told.map(|span| detected_at.plus(span));
    Figure { of: of.to_owned(), detected_at, told_at, late, is_open: false }
}

#[test]
fn months_say_how_long_couples_waited_and_what_was_late() {
    let figures = [
        figure("weather", "2026-05", Some(2 * MINUTE), 0),
        figure("weather", "2026-05", Some(9 * MINUTE), 2),
        figure("payment", "2026-05", None, 1),
        figure("weather", "2026-05", Some(5 * MINUTE), 0),
        figure("payment", "2026-04", None, 0),
    ];
    let months = by_month(&figures, &TimeZone::UTC);
    let firsts: Vec<String> = months.iter().map(|month| month.first.to_string()).collect();
    assert_eq!(firsts, ["2026-05-01", "2026-04-01"]);
    let may = &months[0];
    assert_eq!(
        may.all,
        Figures {
            cases: 4,
            open: 0,
            told: 3,
            told_in_time: 2,
            median_to_tell: Some(5 * MINUTE),
            longest_to_tell: Some(9 * MINUTE),
            late_steps: 3,
            with_late: 2,
        }
    );
    let types: Vec<(&str, usize)> =
        may.by_type.iter().map(|(of, figures)| (of.as_str(), figures.cases)).collect();
    assert_eq!(types, [("weather", 3), ("payment", 1)]);
    assert_eq!((months[1].all.median_to_tell, months[1].all.cases), (None, 1));
}

#[test]
fn a_month_begins_where_people_are() {
    let midnight = "2026-04-30T22:30:00Z".parse::<jiff::Timestamp>().unwrap();
    let one =
        Figure { detected_at: Millis(midnight.as_millisecond()), ..figure("weather", "2026-04", None, 0) };
    let first =
        |zone: &str| by_month(std::slice::from_ref(&one), &TimeZone::get(zone).unwrap())[0].first.to_string();
    assert_eq!((first("UTC"), first("Europe/Stockholm")), ("2026-04-01".to_owned(), "2026-05-01".to_owned()));
}

#[test]
fn a_double_is_counted_with_the_case_that_it_went_into() {
    let (mut double, mut into) = (working(), case());
    double.id = CaseId("c2".to_owned());
    double.merge_into(&mut into, person("ada"), &[], NOW).unwrap();
    assert_eq!(Figure::of(&double, NOW), None);
    let counted = Figure::of(&into, NOW.plus(6 * MINUTE)).unwrap();
    assert_eq!((counted.of.as_str(), counted.late, counted.is_open), ("vendor_cancelled", 3, true));
}

proptest! {
    /// However cases lie in months and types, each is counted once in each.
    #[test]
    fn no_case_is_lost_and_none_is_counted_twice(
        cases in prop::collection::vec((0i64..400, 0usize..4, prop::option::of(0i64..HOUR), 0usize..9), 0..60),
    ) {
        let figures: Vec<Figure> = cases
            .iter()
            .map(|(day, of, told, late)| {
                let detected_at = NOW.plus(day * 24 * HOUR);
                let told_at = told.map(|span| detected_at.plus(span));
                Figure { of: format!("type-{of}"), detected_at, told_at, late: *late, is_open: *late == 1 }
            })
            .collect();
        let months = by_month(&figures, &TimeZone::UTC);
        let sum = |of: fn(&Figures) -> usize| months.iter().map(|month| of(&month.all)).sum::<usize>();
        prop_assert_eq!(sum(|all| all.cases), figures.len());
        prop_assert_eq!(sum(|all| all.late_steps), figures.iter().map(|one| one.late).sum::<usize>());
        prop_assert!(months.windows(2).all(|pair| pair[0].first > pair[1].first));
        for month in &months {
            let by_type: usize = month.by_type.iter().map(|(_, figures)| figures.told).sum();
            prop_assert_eq!(by_type, month.all.told);
            prop_assert!(month.all.told_in_time <= month.all.told && month.all.told <= month.all.cases);
            prop_assert!(month.all.median_to_tell <= month.all.longest_to_tell);
        }
    }
}
