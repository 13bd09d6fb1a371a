use domain::crises::{Filter, States, board_order};
use domain::time::{HOUR, MINUTE};

use super::*;

/// Cases of all kinds: with and without a day, near, far and past, late and in time, held and nobody's, over.
async fn many(desk: &Desk) -> Vec<Stored> {
    let days = ["2026-11-18", "2026-11-19", "2026-11-20", "2027-06-01", "2025-01-01"];
    let told: Vec<Value> = (0..30)
        .map(|at| {
            let mut one = with(crisis("x"), "/id", format!("CR-{at}"));
            one["wedding_id"] = Value::Null;
            one["couple"]["names"] = json!(format!("Couple{at} Lindqvist"));
            one["wedding_date"] = days.get(at % 6).map_or(Value::Null, |day| json!(day));
            one["crisis_type"] = json!(["vendor_cancelled", "venue_unavailable", "payment"][at % 3]);
            one["created_at"] = json!(START.0 - at as i64 * 20_000);
            one
        })
        .collect();
    desk.take_in(&told).await;
    let all = board(desk, &Filter::default()).await.rows;
    for stored in all.iter().step_by(4) {
        desk.cases.acknowledge(&desk.work(), &stored.case.id).await.unwrap();
    }
    for pair in all.chunks_exact(10) {
        desk.cases.merge(&desk.work(), &pair[1].case.id, &pair[2].case.id).await.unwrap();
        desk.cases
            .step_not_needed(&desk.work(), &pair[3].case.id, pair[3].case.steps[0].key(), "no")
            .await
            .unwrap();
    }
    desk.clock.advance(3 * MINUTE);
    let filter = Filter { states: States::All, ..Filter::default() };
    board(desk, &filter).await.rows
}

async fn board(desk: &Desk, filter: &Filter) -> Board {
    desk.cases.board(&desk.priya.permit().unwrap(), Some(&desk.see()), filter, 0).await.unwrap()
}

#[tokio::test]
async fn the_board_has_the_order_and_the_filters_of_the_rules() {
    for desk in desks().await {
        let all = many(&desk).await;
        let now = desk.clock.now();
        assert_eq!(all.len(), 30);
        let mut filters: Vec<Filter> =
            States::EVERY.into_iter().map(|states| Filter { states, ..Filter::default() }).collect();
        filters.extend([
            Filter { mine: true, ..Filter::default() },
            Filter { untold: true, ..Filter::default() },
            Filter { late: true, states: States::All, ..Filter::default() },
            Filter { of: domain::crises::TypeKey::parse("payment").ok(), ..Filter::default() },
        ]);
        for filter in filters {
            let mut expected: Vec<&Stored> =
                all.iter().filter(|one| filter.shows(&one.case, &desk.priya.person, now)).collect();
            expected.sort_by(|one, other| board_order(&one.case, &other.case, desk.cases.assumed(), now));
            let shown = board(&desk, &filter).await;
            let ids = |rows: Vec<&Stored>| -> Vec<String> {
                rows.iter().map(|row| row.case.id.to_string()).collect()
            };
            assert_eq!(ids(shown.rows.iter().collect()), ids(expected), "{} {filter:?}", desk.world.name);
            assert_eq!(shown.matching, shown.rows.len());
        }
        desk.clock.advance(HOUR);
        let counts = board(&desk, &Filter::default()).await.counts;
        let open: Vec<&Stored> = all.iter().filter(|one| one.case.is_open()).collect();
        let now = desk.clock.now();
        let mine = open.iter().filter(|one| one.case.holder().is_some()).count();
        let untold = open.iter().filter(|one| one.case.is_untold(now)).count();
        assert_eq!((counts.mine, counts.untold), (mine, untold));
        assert!(mine > 0 && mine < open.len() && counts.untold > 0);
        let late = open.iter().filter(|one| one.case.lateness(desk.clock.now()).late > 0).count();
        assert_eq!((counts.open, counts.late), (open.len(), late));
    }
}

#[tokio::test]
async fn a_case_is_found_by_name_number_address_and_telephone() {
    for desk in desks().await {
        many(&desk).await;
        let found = async |text: &str| {
            let filter = Filter { text: Some(text.to_owned()), states: States::All, ..Filter::default() };
            board(&desk, &filter).await.matching
        };
        assert_eq!((found("couple17 lindqvist").await, found("lindq").await), (1, 30));
        assert_eq!((found("cr-17").await, found("nobody").await), (1, 0));
        assert_eq!((found("ELENA.lindqvist@example.com").await, found("070 123 41 18").await), (30, 30));
        assert_eq!((found("100%").await, found("_").await), (0, 0));
        // Without the permission names are not looked for, and without a key the board says why.
        let filter = Filter { text: Some("couple17".to_owned()), ..Filter::default() };
        let blind = desk.cases.board(&desk.priya.permit().unwrap(), None, &filter, 0).await.unwrap();
        assert_eq!((blind.matching, blind.not_searched), (0, None));
        let locked = desk.again_with(Vec::new());
        let board = locked.board(&desk.priya.permit().unwrap(), Some(&desk.see()), &filter, 0).await.unwrap();
        assert!(board.not_searched.unwrap().starts_with("Locked: "));
    }
}

#[tokio::test]
async fn who_has_not_been_told_is_a_question_of_time() {
    for desk in desks().await {
        let id = desk.opened().await;
        let untold = async || {
            let shown = board(&desk, &Filter { untold: true, ..Filter::default() }).await;
            (shown.matching, shown.counts.untold)
        };
        assert_eq!(untold().await, (1, 1), "{}: nothing has gone", desk.world.name);
        let tell = domain::crises::StepKey::parse("tell_the_couple").unwrap();
        desk.cases.step_not_needed(&desk.work(), &id, &tell, "I am with them").await.unwrap();
        assert_eq!(untold().await, (0, 0), "{}: the last notice is due in a day", desk.world.name);
        desk.clock.advance(24 * HOUR);
        assert_eq!(untold().await, (0, 0));
        desk.clock.advance(1);
        assert_eq!(untold().await, (1, 1), "{}", desk.world.name);
        desk.cases.set_contact(&desk.work(), &id, false, "they asked us").await.unwrap();
        assert_eq!(untold().await, (0, 0));
    }
}

#[tokio::test]
async fn a_wedding_is_found_among_the_cases_though_the_platform_is_silent() {
    for desk in desks().await {
        many(&desk).await;
        let found = async |name: &str, day: Option<&str>| {
            let day = day.map(|day| day.parse().unwrap());
            desk.cases.find_weddings(&desk.work(), &desk.see(), "wedsync", (name, day)).await
        };
        let by_name = found("couple17", None).await.unwrap();
        assert_eq!((by_name.cases.len(), by_name.weddings.len()), (1, 0), "{}", desk.world.name);
        assert!(by_name.missing[0].contains("calendar cannot be read"), "{:?}", by_name.missing);
        let day = found("", Some("2026-11-20")).await.unwrap().cases;
        assert!(!day.is_empty());
        assert!(day.iter().all(|one| one.case.wedding.date == Some("2026-11-20".parse().unwrap())));
        assert_eq!(found("couple8", Some("2026-11-20")).await.unwrap().cases.len(), 1);
        assert!(matches!(found(" ", None).await, Err(CaseRefused::NoWedding)));
        assert_eq!(desk.sentences().await[0], "Priya (by a test) looked at the names of 0 weddings");
    }
}

#[tokio::test]
async fn the_figures_of_a_month_are_those_of_the_rules() {
    for desk in desks().await {
        let before = many(&desk).await;
        // Columns of cases that were not changed since they are there are empty.
        desk.world.tamper("UPDATE crisis_case SET late_steps = NULL WHERE severity = 4").await;
        let over: Vec<&Stored> = before.iter().filter(|one| one.case.holder().is_some()).take(3).collect();
        for stored in &over {
            for step in &stored.case.steps {
                let id = &stored.case.id;
                desk.cases.step_not_needed(&desk.work(), id, step.key(), "no").await.ok();
            }
            desk.cases.resolve(&desk.work(), &stored.case.id, "").await.unwrap();
        }
        desk.clock.advance(HOUR);
        let filter = Filter { states: States::All, ..Filter::default() };
        let all = board(&desk, &filter).await.rows;
        let now = desk.clock.now();
        let expected: Vec<_> =
            all.iter().filter_map(|stored| domain::crises::Figure::of(&stored.case, now)).collect();
        let zone = jiff::tz::TimeZone::UTC;
        let months = desk.cases.figures(&desk.priya.permit().unwrap(), &zone).await.unwrap();
        assert_eq!(months, domain::crises::by_month(&expected, &zone), "{}", desk.world.name);
        assert!(months[0].all.late_steps > 0 && months[0].all.open < months[0].all.cases);
    }
}
