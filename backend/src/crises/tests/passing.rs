use domain::{
    crises::Calling,
    time::{MINUTE, SECOND},
};

use super::*;

#[tokio::test]
async fn a_case_that_is_nobodys_is_called_for_once_and_again_until_somebody_has_it() {
    for desk in desks().await {
        desk.take_in(&[crisis("CR-1"), crisis("CR-2")]).await;
        desk.clock.advance(54 * SECOND);
        desk.cases.pass().await.unwrap();
        assert!(!desk.sentences().await.iter().any(|sentence| sentence.contains("watch over")));
        desk.clock.advance(2 * SECOND);
        assert_eq!(desk.cases.pass().await.unwrap(), 2);
        // Nobody was ever named in a tier: that is on record, and what is due goes on.
        assert_eq!(desk.sentences().await[0], "The watch over cases found nobody on call for 2 cases");
        // A console that was started anew knows that they were called for.
        let again = desk.again_with(keys(KEY));
        assert_eq!(again.pass().await.unwrap(), 0);
        let rows = board_rows(&desk).await;
        assert!(rows.iter().all(|row| matches!(row.case.calling, Calling::Called { times: 1, .. })));
        desk.cases.acknowledge(&desk.work(), &rows[0].case.id).await.unwrap();
        desk.clock.advance(3 * MINUTE);
        assert_eq!(again.pass().await.unwrap(), 1);
        let story = desk.story(&rows[1].case.id).await;
        assert_eq!(
            story.iter().filter(|line| line.starts_with("Somebody is called")).count(),
            2,
            "{story:?}"
        );
        assert!(story.iter().any(|line| line == "The AI gave no answer in 10 s."), "{story:?}");
    }
}

/// One page for all, to those of the tier of the configuration; another tier where nobody is on call in that.
#[tokio::test]
async fn the_tier_for_weddings_is_called_with_one_page_that_tells_nothing_personal() {
    for desk in desks().await {
        let (marta, ada) = (desk.viewer("marta", "support").await, desk.viewer("ada", "operator").await);
        let staff = async |number: u8, name: &str, person: &Viewer| {
            let staffing = json!({ "kind": "people", "people": [person.person] });
            desk.world
                .tamper(&format!(
                    "INSERT INTO oncall_tier (number, name, staffing, version, changed_at)
                     VALUES ({number}, '{name}', '{staffing}', 1, 0)"
                ))
                .await
        };
        let pages = async |person: &Viewer, more: &str| {
            let id = &person.person;
            let sql = format!(
                "UPDATE delivery SET to_id = to_id WHERE to_id = '{id}' AND occasion = 'page' {more}"
            );
            desk.world.tamper(&sql).await
        };
        staff(1, "AI Operations", &ada).await;
        desk.take_in(&[crisis("CR-1"), crisis("CR-2")]).await;
        desk.clock.advance(MINUTE);
        assert_eq!(desk.cases.pass().await.unwrap(), 2);
        assert_eq!((pages(&ada, "").await, pages(&marta, "").await), (1, 0));
        staff(4, "Wedding Day Support", &marta).await;
        desk.take_in(&[crisis("CR-1"), crisis("CR-2"), crisis("CR-3")]).await;
        desk.clock.advance(MINUTE);
        assert_eq!(desk.cases.pass().await.unwrap(), 1);
        assert_eq!((pages(&ada, "").await, pages(&marta, "").await), (1, 1));
        assert_eq!(pages(&marta, "AND message LIKE '%Nobody has this crisis: Vendor cancelled%'").await, 1);
        assert_eq!(pages(&marta, "AND message LIKE '%Lindqvist%'").await, 0);
        assert_eq!(desk.sentences().await[0], "The watch over cases called somebody for case CR-3");
    }
}

async fn board_rows(desk: &Desk) -> Vec<Stored> {
    desk.cases.board(&desk.priya.permit().unwrap(), None, &Default::default(), 0).await.unwrap().rows
}
