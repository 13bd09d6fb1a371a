//! The board, and what is looked for on it.

use super::*;

#[tokio::test]
async fn a_case_is_opened_by_hand_and_stands_on_the_board_on_now_and_in_the_navigation() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let empty = world.get(&mut support, "/crises").await;
    assert!(empty.body.contains("No couple waits"), "{}", empty.body);
    assert!(!empty.body.contains("data-part=\"crises-count\""));
    let address = opened(&world, &mut support).await;
    let board = world.get(&mut support, "/crises").await;
    assert!(board.body.contains("1 couple waits, and somebody has the case."), "{}", board.body);
    assert!(board.body.contains(&format!("href=\"{address}\"")));
    for page in ["/", "/alerts", &address] {
        let page = world.get(&mut support, page).await;
        assert!(page.body.contains("data-part=\"crises-count\""), "{}", page.body);
    }
    let now = world.get(&mut support, "/").await;
    assert!(now.body.contains(&format!("href=\"{address}\"")));
}

#[tokio::test]
async fn a_name_is_looked_for_by_who_may_see_names() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let address = opened(&world, &mut support).await;
    let link = format!("href=\"{address}\"");
    for (name, is_found) in
        [("okafor", true), ("nobody", false), ("%27%3B--", false), ("%3Cscript%3E", false)]
    {
        let form = format!("text={name}&type=&state=open");
        let found = world.led(&mut support, "/crises", &form).await;
        assert_eq!((found.status, found.body.contains(&link)), (StatusCode::OK, is_found), "{name}");
        assert!(!found.body.contains("<script>"), "{name}");
        let unseen = world.led(&mut viewer, "/crises", &form).await;
        assert_eq!((unseen.status, unseen.body.contains(&link)), (StatusCode::OK, false), "{name}");
    }
    for (query, status) in [
        ("state=asleep", 400),
        ("mine=1&untold=1", 200),
        ("page=last", 400),
        ("page=4000000000", 200),
        ("nothing=1", 400),
    ] {
        let answer = world.get(&mut support, &format!("/crises?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(!answer.body.contains("<script>"), "{query}");
    }
}

#[tokio::test]
async fn what_is_looked_for_stands_in_no_address_and_the_filters_stay_in_it() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let case = opened(&world, &mut support).await;
    let link = format!("href=\"{case}\"");
    let form = "text=okafor&type=vendor_cancelled&state=open&mine=1";
    let first = world.post(&mut support, "/crises?state=resolved", form).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let there = location(&first).to_owned();
    assert!(there.starts_with("/crises?type=vendor_cancelled&mine=1&search="), "{there}");
    let found = world.get(&mut support, &there).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.body.contains(&link), "{}", found.body);
    // It can be gone back to, by whoever looked for it and by nobody else.
    assert!(world.get(&mut support, &there).await.body.contains("value=\"okafor\""));
    let mut lead = world.signed_in("lead", "lead").await;
    let others = world.get(&mut lead, &there).await;
    assert!(others.body.contains("What was looked for is not kept any more."), "{}", others.body);
    assert!(!others.body.contains("okafor"));
    assert!(found.body.contains("action=\"/crises?type=vendor_cancelled&amp;mine=1\""), "{}", found.body);
    assert!(found.body.contains("value=\"okafor\"") && found.body.contains("does not change by itself"));
    for address in ["href=\"", "action=\"", "data-actions-part=\""] {
        let holds = |part: &str| part.split('"').next().is_some_and(|address| address.contains("okafor"));
        assert!(!found.body.split(address).skip(1).any(holds), "{address}");
    }
    // The filters are in force together with it.
    let none = "text=okafor&type=vendor_cancelled&state=resolved&mine=";
    let none = world.led(&mut support, "/crises", none).await;
    assert_eq!((none.status, none.body.contains(&link)), (StatusCode::OK, false));
    // Without a name it is the board, by an address that can be kept.
    let all = world.post(&mut support, "/crises", "text=+&type=&state=open&mine=1&page=2").await;
    assert_eq!((all.status, location(&all)), (StatusCode::SEE_OTHER, "/crises?mine=1&page=2"));
    for (form, kept) in [
        (format!("text={}&state=open", "lindqvist+".repeat(11)), "value=\"lindqvist lindqvist"),
        ("text=lindqvist&state=asleep".to_owned(), "value=\"lindqvist\""),
        ("text=lindqvist&page=last".to_owned(), "value=\"lindqvist\""),
    ] {
        let wrong = world.post(&mut support, "/crises", &form).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{form}");
        assert!(wrong.body.contains(kept), "{form}: what was typed stays");
    }
    let part = world.get(&mut support, "/crises/part/standing?mine=1").await;
    assert!(part.body.contains("case-counts") && !part.body.contains(&link), "{}", part.body);
}

#[tokio::test]
async fn an_old_address_with_a_name_leads_to_the_one_without() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    for (old, new) in [
        ("/crises?text=okafor", "/crises?done=unsearched"),
        ("/crises?mine=1&text=okafor&state=working&page=3", "/crises?mine=1&state=working&done=unsearched"),
        ("/crises?text=&late=1", "/crises?late=1"),
        (
            "/crises?text=%0d%0aLocation:%20https://evil.example&next=//evil.example",
            "/crises?done=unsearched",
        ),
    ] {
        let led = world.get(&mut support, old).await;
        assert_eq!((led.status, location(&led)), (StatusCode::SEE_OTHER, new), "{old}");
    }
    let board = world.get(&mut support, "/crises?done=unsearched").await;
    assert_eq!(board.status, StatusCode::OK);
    assert!(board.body.contains("What that address looked for is not taken from it"), "{}", board.body);
}

#[tokio::test]
async fn what_is_known_of_a_couple_is_corrected_and_they_are_found_by_it() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    let correct = format!("{address}/correct");
    let refused = world.post(&mut support, &correct, "names=Marked+Berg&email=at+home&date=2026-11-19").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("at home") && refused.body.contains("It is not an e-mail address."));
    let sent =
        "names=Marked+Berg&email=berg%40couple.example&date=2026-11-19&time=15%3A00&zone=Europe%2FStockholm";
    let done = world.post(&mut support, &correct, sent).await;
    assert_eq!(location(&done), format!("{address}?done=correct"), "{}", done.body);
    let link = format!("href=\"{address}\"");
    assert!(world.led(&mut support, "/crises", "text=berg").await.body.contains(&link));
    assert!(!world.led(&mut support, "/crises", "text=okafor").await.body.contains(&link));
    assert!(world.get(&mut support, &address).await.body.contains("15:00, Europe/Stockholm"));
}

#[tokio::test]
async fn what_is_mine_is_counted_and_a_month_is_told_in_numbers() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let empty = world.get(&mut viewer, "/crises/figures").await;
    assert!(empty.body.contains("No case in this month"), "{}", empty.body);
    opened(&world, &mut support).await;
    let mine = |page: &Answer| {
        let counts =
            page.body.split("case-counts").nth(1).unwrap().split("</nav>").next().unwrap().to_owned();
        counts.split("mine=1").nth(1).unwrap().split("<strong>").nth(1).unwrap().chars().next()
    };
    assert_eq!(mine(&world.get(&mut support, "/crises").await), Some('1'));
    assert_eq!(mine(&world.get(&mut viewer, "/crises").await), Some('0'));
    world.clock.advance(6 * MINUTE);
    let month = world.get(&mut viewer, "/crises/figures").await;
    for words in ["November 2026", "Vendor cancelled", "0 of 1", "3 in 1 case"] {
        assert!(month.body.contains(words), "{words}: {}", month.body);
    }
}
