//! One week of November: Priya and two others in turns, a lead, support outside of the seasons.

use std::collections::BTreeMap;

use backend::{
    access::{Known, WayKind},
    delivery::Arrival,
    oncall::{
        Board, Feed, Ready, SCHEDULE_CHECK, StoredOverride, TestPage, TestStory, TestTo, TierState,
        WrittenStaffing,
    },
    schedule::{Outcome, Past},
};
use domain::{
    access::PersonId,
    oncall::{Chain, Override, Seasons, Staffing, Tier, Written},
    time::{DAY, HOUR, MINUTE, Millis},
};
use jiff::tz::TimeZone;

use super::super::{FormKind, NewAddress, OverrideForm, RotationForm, SwapForm, TakeForm, TierView};
pub(super) use crate::monitoring::samples::NOW;
use crate::{access::Troubles, monitoring::samples::HOSTILE};

fn id(name: &str) -> PersonId {
    PersonId::new(name)
}

fn known(id: &str, name: &str, role: &str) -> Known {
    Known {
        id: PersonId::new(id),
        name: name.to_owned(),
        role: role.to_owned(),
        zone: None,
        disabled_at: None,
    }
}

fn people() -> Vec<Known> {
    let gone = Known { disabled_at: Some(NOW.minus(3 * DAY)), ..known("gus", "Gus Adeyemi", "operator") };
    vec![
        gone,
        known("leonie", "Leonie Falk", "lead"),
        known("mei", "Mei Tanaka", "operator"),
        known("priya", "Priya Nair", "operator"),
        known("sam", "Sam Okafor", "support"),
        known("tom", "Tom Ericsson", "operator"),
    ]
}

fn written(names: &[&str]) -> Written {
    Written {
        zone: "Europe/Stockholm".to_owned(),
        first_day: "2026-11-02".to_owned(),
        handover_time: "09:00".to_owned(),
        length_weeks: 1,
        people: names.iter().map(|name| id(name)).collect(),
    }
}

fn overrides() -> Vec<StoredOverride> {
    let monday = Millis(1_796_025_600_000); // 2026-11-30T08:00:00Z
    let one = |number: &str, from: Millis, to: Millis, person: &str, note: &str| StoredOverride {
        id: number.to_owned(),
        tier: 2,
        from,
        to,
        person: id(person),
        note: note.to_owned(),
        made_by: id("leonie"),
        made_at: NOW.minus(DAY),
        swapped_with: None,
    };
    vec![
        one("o1", NOW.plus(12 * HOUR), NOW.plus(20 * HOUR), "tom", "Mei has a wedding of her own"),
        StoredOverride {
            swapped_with: Some("o3".to_owned()),
            ..one("o2", monday, monday.plus(7 * DAY), "mei", "")
        },
        StoredOverride {
            swapped_with: Some("o2".to_owned()),
            ..one("o3", monday.plus(7 * DAY), monday.plus(14 * DAY), "priya", "")
        },
    ]
}

fn tier(number: u8, name: &str, staffing: Staffing) -> Tier {
    Tier { number, name: name.to_owned(), channel: None, seasons: None, staffing }
}

fn board_of(tiers: [(Option<WrittenStaffing>, Vec<StoredOverride>); 4], people: Vec<Known>) -> Board {
    let names =
        ["AI Operations", "Platform Engineering on-call", "Technical leadership", "Wedding Day Support"];
    let mut states = Vec::new();
    let mut chain = Chain::default();
    let mut all = Vec::new();
    for ((number, name), (staffing, overrides)) in (1u8..).zip(names).zip(tiers) {
        let own = overrides.iter().map(|one| Override {
            from: one.from,
            to: one.to,
            person: one.person.clone(),
            made_at: one.made_at,
        });
        let decided = match &staffing {
            None => Staffing::Nobody,
            Some(WrittenStaffing::People { people }) => Staffing::People(people.clone()),
            Some(WrittenStaffing::Rotation(written)) => match written.check() {
                Ok(rotation) => Staffing::Rotation { rotation, overrides: own.collect() },
                Err(faults) => Staffing::Broken { why: format!("{faults:?}") },
            },
        };
        chain.tiers.push(tier(number, name, decided));
        states.push(TierState { number, written: staffing, version: 3 });
        all.extend(overrides);
    }
    if let Some(first) = chain.tiers.first_mut() {
        first.channel = Some("ai-ops-alerts".to_owned());
    }
    if let Some(last) = chain.tiers.last_mut() {
        let seasons = ["05-01 to 09-30", "12-15 to 01-05"].iter().filter_map(|season| season.parse().ok());
        last.seasons = Some(Seasons { seasons: seasons.collect(), zone: TimeZone::UTC, stand_in: 2 });
    }
    chain.left = people.iter().filter_map(|known| Some((known.id.clone(), known.disabled_at?))).collect();
    Board {
        now: NOW,
        chain,
        tiers: states,
        people,
        overrides: all,
        feeds: Vec::new(),
        tests: Vec::new(),
        past: Vec::new(),
    }
}

pub(super) fn empty() -> Board {
    board_of([(None, vec![]), (None, vec![]), (None, vec![]), (None, vec![])], people())
}

pub(super) fn board() -> Board {
    let rotation = |names: &[&str]| Some(WrittenStaffing::Rotation(written(names)));
    let list = |names: &[&str]| {
        Some(WrittenStaffing::People { people: names.iter().map(|name| id(name)).collect() })
    };
    let tiers = [
        (rotation(&["priya", "tom"]), vec![]),
        (rotation(&["mei", "gus", "tom", "priya"]), overrides()),
        (list(&["leonie"]), vec![]),
        (list(&["sam"]), vec![]),
    ];
    let mut board = board_of(tiers, people());
    let feed = |number: &str, tier, read_at| Feed {
        id: number.to_owned(),
        person: id("priya"),
        tier,
        created_at: NOW.minus(40 * DAY),
        read_at,
    };
    board.feeds = vec![feed("f1", None, Some(NOW.minus(HOUR))), feed("f2", Some(2), None)];
    board.tests = vec![test()];
    board.past = vec![
        Past {
            rule: SCHEDULE_CHECK.to_owned(),
            due_at: NOW.minus(18 * HOUR),
            outcome: Outcome::Done,
            at: NOW.minus(18 * HOUR),
            note: "2 people were asked whether the schedule is right".to_owned(),
        },
        Past {
            rule: SCHEDULE_CHECK.to_owned(),
            due_at: NOW.minus(7 * DAY + 18 * HOUR),
            outcome: Outcome::Missed,
            at: NOW.minus(6 * DAY),
            note: "the console was not running".to_owned(),
        },
    ];
    board
}

const LONG: &str = "Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley of Oberwiesenthal an der Zschopau";

/// Long names, and a rotation that begins late: a gap.
pub(super) fn long() -> Board {
    let mut board = board();
    for known in &mut board.people {
        known.name = format!("{LONG} {}", known.id);
    }
    for tier in &mut board.chain.tiers {
        tier.name =
            format!("{} of the department of departments that nobody remembers the purpose of", tier.name);
    }
    let late = Written { first_day: "2026-12-07".to_owned(), ..written(&["priya"]) };
    if let (Some(first), Ok(rotation)) = (board.chain.tiers.first_mut(), late.check()) {
        first.staffing = Staffing::Rotation { rotation, overrides: vec![] };
    }
    board
}

pub(super) fn hostile() -> Board {
    let mut board = board();
    for known in &mut board.people {
        HOSTILE.clone_into(&mut known.name);
    }
    for tier in &mut board.chain.tiers {
        HOSTILE.clone_into(&mut tier.name);
        tier.channel = Some(HOSTILE.to_owned());
    }
    for one in &mut board.overrides {
        HOSTILE.clone_into(&mut one.note);
    }
    for past in &mut board.past {
        HOSTILE.clone_into(&mut past.note);
    }
    if let Some(third) = board.chain.tiers.get_mut(2) {
        third.staffing = Staffing::Broken { why: HOSTILE.to_owned() };
    }
    board
}

pub(super) fn address() -> NewAddress {
    NewAddress {
        of: "your own shifts".to_owned(),
        url: "https://bellwether.wedsync.com/feeds/gZ3kT0mWw9yq1xkz4Q7cV8rJpN2sLhB5dUaE6fXoYtI.ics"
            .to_owned(),
    }
}

pub(super) fn test() -> TestStory {
    let begun_at = NOW.minus(2 * HOUR);
    let page = |tier: u8, position: i64, to: TestTo, answered: Option<(i64, &str)>| TestPage {
        tier,
        position,
        delivery: (!matches!(to, TestTo::Nobody { .. })).then(|| "0199".to_owned()),
        to,
        answered: answered.map(|(after, by)| (begun_at.plus(after), id(by))),
    };
    TestStory {
        id: "t1".to_owned(),
        begun_at,
        begun_by: None,
        pages: vec![
            page(1, 0, TestTo::Channel("ai-ops-alerts".to_owned()), Some((3 * MINUTE, "tom"))),
            page(1, 1, TestTo::Person(id("priya")), None),
            page(2, 0, TestTo::Person(id("mei")), Some((40_000, "mei"))),
            page(3, 0, TestTo::Nobody { why: "nobody has been named".to_owned() }, None),
        ],
    }
}

pub(super) fn ready(board: Board) -> Ready {
    let ways = BTreeMap::from([
        (id("priya"), vec![WayKind::Chat, WayKind::Mail, WayKind::Phone]),
        (id("tom"), vec![WayKind::Phone]),
        (id("mei"), vec![WayKind::Mail]),
        (id("leonie"), vec![WayKind::Mail]),
    ]);
    let arrival = |person: &str, way, ago: i64| Arrival { person: id(person), way, at: NOW.minus(ago) };
    let arrivals = vec![
        arrival("priya", WayKind::Mail, 2 * HOUR),
        arrival("priya", WayKind::Chat, 2 * DAY),
        arrival("mei", WayKind::Mail, 90 * DAY),
    ];
    Ready { board, ways, arrivals }
}

pub(super) fn tier_view(board: Board, number: u8, may_change: bool) -> TierView {
    let state = board.tiers.iter().find(|state| state.number == number).cloned();
    let rotation = match state.as_ref().and_then(|state| state.written.as_ref()) {
        Some(WrittenStaffing::Rotation(written)) => RotationForm {
            kind: FormKind::Rotation,
            zone: written.zone.clone(),
            first_day: written.first_day.clone(),
            handover_time: written.handover_time.clone(),
            length_weeks: written.length_weeks.to_string(),
            people: written.people.iter().map(|person| person.as_str().to_owned()).collect(),
            version: 3,
            ..RotationForm::default()
        },
        Some(WrittenStaffing::People { people }) => RotationForm {
            kind: FormKind::People,
            people: people.iter().map(|person| person.as_str().to_owned()).collect(),
            version: 3,
            ..RotationForm::default()
        },
        None => RotationForm::default(),
    };
    TierView {
        board,
        number,
        me: Some(id("priya")),
        may_change,
        saved: None,
        take: TakeForm::default(),
        put: OverrideForm::default(),
        swap: SwapForm::default(),
        rotation,
    }
}

fn refused_with(board: Board, typed: &str) -> TierView {
    let view = tier_view(board, 2, true);
    let person = || "mei".to_owned();
    TierView {
        put: OverrideForm {
            person: person(),
            from: "2026-11-24T10:00".to_owned(),
            to: "2026-11-24T09:00".to_owned(),
            note: typed.to_owned(),
            troubles: Troubles::default().and("to", "It has to end after it begins."),
        },
        rotation: RotationForm {
            zone: typed.to_owned(),
            first_day: "2026-02-30".to_owned(),
            people: vec!["mei".to_owned(), "mei".to_owned()],
            troubles: Troubles::default()
                .and(
                    "zone",
                    format!("There is no time zone {typed:?}; write its IANA name, as in Europe/Stockholm."),
                )
                .and(
                    "first_day",
                    "\"2026-02-30\" is not a day between 1970 and 2199; write it as in 2026-01-05.",
                )
                .and("people", "Mei Tanaka is in it twice; each person has one place in the order."),
            ..view.rotation.clone()
        },
        ..view
    }
}

pub(super) fn refused() -> TierView {
    refused_with(board(), "Europe/Atlantis")
}

pub(super) fn refused_hostile() -> TierView {
    refused_with(hostile(), HOSTILE)
}

pub(super) fn conflict() -> TierView {
    let view = tier_view(board(), 2, true);
    let rotation =
        RotationForm { conflict: true, handover_time: "10:00".to_owned(), ..view.rotation.clone() };
    TierView { rotation, ..view }
}
