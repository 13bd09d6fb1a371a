use jiff::tz::TimeZone;

use super::*;
use crate::{
    oncall::{Chain, OnCall, Seasons, Staffing, Tier},
    time::{DAY, HOUR},
};

fn tier(number: u8, staffing: Staffing) -> Tier {
    Tier { number, name: format!("Tier {number}"), channel: None, seasons: None, staffing }
}

fn turns(names: &str) -> Staffing {
    Staffing::Rotation { rotation: weekly("UTC", "2026-01-05", "09:00", names), overrides: Vec::new() }
}

/// Wedding Day Support from May to September, tier 2 at other times.
fn wedding_day_support(staffing: Staffing) -> Tier {
    let seasons = Seasons {
        seasons: vec!["05-01 to 09-30".parse().unwrap()],
        zone: TimeZone::get("Europe/London").unwrap(),
        stand_in: 2,
    };
    Tier { seasons: Some(seasons), ..tier(4, staffing) }
}

fn chain(tiers: Vec<Tier>) -> Chain {
    Chain { tiers, left: Left::new() }
}

#[test]
fn each_tier_says_who_is_on_call_or_why_nobody_is() {
    let chain = chain(vec![
        tier(1, turns("a b")),
        tier(2, Staffing::Nobody),
        tier(3, Staffing::People(people("lead chief"))),
        tier(4, Staffing::Broken { why: "its zone is not known any more".to_owned() }),
    ]);
    let roster = chain.roster(at("2026-01-13T00:00:00Z"));
    assert_eq!(roster.tier(1).unwrap().on_call, OnCall::People { people: people("b") });
    assert_eq!(roster.tier(2).unwrap().on_call, OnCall::Nobody { why: "nobody has been named".to_owned() });
    assert_eq!(roster.tier(3).unwrap().on_call, OnCall::People { people: people("lead chief") });
    assert_eq!(
        roster.tier(4).unwrap().on_call,
        OnCall::Nobody { why: "its zone is not known any more".to_owned() }
    );
    assert_eq!(roster.tier(5), None);
}

#[test]
fn somebody_who_left_is_not_called_from_a_list_either() {
    let mut chain = chain(vec![tier(3, Staffing::People(people("lead chief")))]);
    chain.left = left("chief", "2026-01-10T00:00:00Z");
    let on = |chain: &Chain, moment| chain.roster(at(moment)).tiers[0].on_call.clone();
    assert_eq!(on(&chain, "2026-01-09T00:00:00Z"), OnCall::People { people: people("lead chief") });
    assert_eq!(on(&chain, "2026-01-10T00:00:00Z"), OnCall::People { people: people("lead") });
    chain.left.insert(person("lead"), at("2026-01-11T00:00:00Z"));
    assert_eq!(
        on(&chain, "2026-01-11T00:00:00Z"),
        OnCall::Nobody { why: "everybody who was named has left".to_owned() }
    );
}

#[test]
fn outside_the_wedding_seasons_the_other_tier_stands_in_and_that_is_said() {
    let chain = chain(vec![tier(2, turns("a b")), wedding_day_support(Staffing::People(people("s t")))]);
    let on = |moment| chain.roster(at(moment)).tier(4).unwrap().on_call.clone();
    // In London the season begins at 23:00 UTC of the day before, and ends with the last day of September.
    assert!(matches!(on("2026-04-30T22:59:59Z"), OnCall::StandIn { tier: 2, .. }));
    assert_eq!(on("2026-04-30T23:00:00Z"), OnCall::People { people: people("s t") });
    assert_eq!(on("2026-09-30T22:59:59Z"), OnCall::People { people: people("s t") });
    assert_eq!(
        on("2026-09-30T23:00:00Z"),
        OnCall::StandIn {
            tier: 2,
            people: people("a"),
            why: "outside the seasons (1 May to 30 September) tier 2 stands in".to_owned()
        }
    );
}

#[test]
fn where_nobody_can_stand_in_the_reason_is_said() {
    let alone = chain(vec![wedding_day_support(Staffing::Nobody)]);
    let empty = chain(vec![tier(2, Staffing::Nobody), wedding_day_support(Staffing::Nobody)]);
    let why = |chain: &Chain| match &chain.roster(at("2026-01-13T00:00:00Z")).tier(4).unwrap().on_call {
        OnCall::Nobody { why } => why.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        why(&alone),
        "outside the seasons (1 May to 30 September) tier 2 stands in, which is not there"
    );
    assert_eq!(
        why(&empty),
        "outside the seasons (1 May to 30 September) tier 2 stands in, and there nobody has been named"
    );
}

#[test]
fn the_shifts_of_a_seasonal_tier_follow_the_season_and_whoever_stands_in() {
    let chain = chain(vec![tier(2, turns("a b")), wedding_day_support(Staffing::People(people("s")))]);
    let (from, to) = (at("2026-04-20T00:00:00Z"), at("2026-05-20T00:00:00Z"));
    let shifts = chain.shifts(chain.tier(4).unwrap(), from, to);
    let told: Vec<_> = shifts
        .iter()
        .map(|shift| {
            let day = Timestamp::from_millisecond(shift.from.0).unwrap();
            format!("{day} {}", shift.on.people()[0])
        })
        .collect();
    assert_eq!(
        told,
        [
            "2026-04-20T00:00:00Z a",
            "2026-04-20T09:00:00Z b",
            "2026-04-27T09:00:00Z a",
            "2026-04-30T23:00:00Z s"
        ]
    );
    assert_eq!(shifts.last().unwrap().to, to);
}

#[test]
fn a_season_may_go_over_the_turn_of_the_year_and_end_on_a_leap_day() {
    let seasons =
        Seasons { seasons: vec!["12-15 to 02-29".parse().unwrap()], zone: TimeZone::UTC, stand_in: 2 };
    for (moment, held) in [
        ("2026-12-14T23:59:59Z", false),
        ("2026-12-15T00:00:00Z", true),
        ("2027-02-28T23:59:59Z", true),
        ("2027-03-01T00:00:00Z", false),
        ("2028-02-29T23:59:59Z", true),
        ("2028-03-01T00:00:00Z", false),
    ] {
        assert_eq!(seasons.holds(at(moment)), held, "{moment}");
    }
    let chain = chain(vec![
        tier(2, Staffing::People(people("a"))),
        Tier { seasons: Some(seasons), ..tier(4, Staffing::People(people("s"))) },
    ]);
    let shifts = chain.shifts(&chain.tiers[1], at("2026-12-01T00:00:00Z"), at("2028-12-01T00:00:00Z"));
    let edges: Vec<_> = shifts.iter().skip(1).map(|shift| shift.from).collect();
    assert_eq!(
        edges,
        ["2026-12-15", "2027-03-01", "2027-12-15", "2028-03-01"].map(|day| at(&format!("{day}T00:00:00Z")))
    );
}

#[test]
fn gaps_are_told_with_their_reason() {
    let mut chain = chain(vec![tier(1, turns("a"))]);
    chain.left = left("a", "2026-01-20T00:00:00Z");
    let gaps = chain.gaps(&chain.tiers[0], at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
    let told: Vec<_> = gaps.iter().map(|gap| (gap.from, gap.to, gap.on.as_str())).collect();
    assert_eq!(
        told,
        [
            (at("2026-01-01T00:00:00Z"), at("2026-01-05T09:00:00Z"), "the first turn has not begun"),
            (at("2026-01-20T00:00:00Z"), at("2026-02-01T00:00:00Z"), "everybody in the rotation has left"),
        ]
    );
}

#[test]
fn hours_are_counted_with_overrides_and_compared_with_a_fair_share() {
    let staffing = Staffing::Rotation {
        rotation: weekly("UTC", "2026-01-05", "00:00", "a b c"),
        overrides: vec![covering(
            "2026-01-06T00:00:00Z",
            "2026-01-07T00:00:00Z",
            "x",
            "2026-01-01T00:00:00Z",
        )],
    };
    let chain = chain(vec![tier(1, staffing), tier(3, Staffing::People(people("lead")))]);
    let range = (at("2026-01-05T00:00:00Z"), at("2026-01-19T00:00:00Z"));
    let hours = chain.hours(&chain.tiers[0], range.0, range.1).unwrap();
    let told: Vec<_> =
        hours.shares.iter().map(|share| (share.person.as_str(), share.on_call / HOUR)).collect();
    assert_eq!(told, [("a", 144), ("b", 168), ("c", 0), ("x", 24)]);
    assert_eq!(hours.fair, 14 * DAY / 3);
    assert_eq!(chain.hours(&chain.tiers[1], range.0, range.1), None, "a list is always on call");
}
