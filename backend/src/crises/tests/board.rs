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
