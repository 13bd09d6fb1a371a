//! The page of a couple, which nobody else finds.

use super::*;

#[tokio::test]
async fn a_couples_page_is_theirs_alone_until_it_ends_or_is_taken_back() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let mut couple = Walker::nobody("couple");
    let case = opened(&world, &mut support, "Marked+Schneider", "schneider%40couple.example", "de").await;
    let made = world.post(&mut support, &format!("{case}/link/make"), "").await;
    assert_eq!(location(&made), format!("{case}?done=link-made#notices"), "{}", made.body);
    let link = link(&world, &mut support, &case).await;
    let page = world.get(&mut couple, &link).await;
    assert_eq!(page.status, StatusCode::OK, "{link}");
    let told = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(told("referrer-policy"), "no-referrer");
    assert_eq!(told("cache-control"), "no-store");
    assert!(told("x-robots-tag").contains("noindex"));
    assert!(told("set-cookie").is_empty());
    assert!(
        page.body.contains("<html lang=\"de\" dir=\"ltr\"")
            && page.body.contains("Wir wissen, was geschehen ist")
    );
    for internal in
        ["Schneider", "couple.example", "florist", "support", "Bellwether", "<script", "/crises", "<form"]
    {
        assert!(!page.body.contains(internal), "{internal}");
    }
    let typed = "promised=2026-11-18T13%3A15";
    let promised = world.post(&mut support, &format!("{case}/link/promise"), typed).await;
    assert_eq!(promised.status, StatusCode::SEE_OTHER, "{}", promised.body);
    assert!(world.get(&mut couple, &link).await.body.contains("13:15 Uhr am 18.11.2026"));
    world.clock.advance(3 * HOUR);
    assert!(world.get(&mut couple, &link).await.body.contains("data-late"));
    for wrong in ["", "promised=soon", "promised=2026-11-18T01%3A00"] {
        let refused = world.post(&mut support, &format!("{case}/link/promise"), wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    // Unknown, taken back and expired say the same.
    let revoked = world.post(&mut support, &format!("{case}/link/revoke"), "").await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER, "{}", revoked.body);
    let back = world.get(&mut couple, &link).await;
    let unknown = world.get(&mut couple, "/c/AAAAAAAAAAAAAAAAAAAAAA").await;
    world.post(&mut support, &format!("{case}/link/make"), "").await;
    let newer = self::link(&world, &mut support, &case).await;
    assert_ne!(newer, link);
    assert_eq!(world.get(&mut couple, &newer).await.status, StatusCode::OK);
    assert_eq!(world.get(&mut couple, &link).await.status, StatusCode::GONE, "the one before stays over");
    world.clock.advance(400 * DAY);
    let expired = world.get(&mut couple, &newer).await;
    for (name, gone) in [("taken back", &back), ("unknown", &unknown), ("expired", &expired)] {
        assert_eq!((gone.status, &gone.body), (StatusCode::GONE, &unknown.body), "{name}");
    }
    assert!(unknown.body.contains("This link does not lead anywhere any more"));
    let german = [("accept-language", "de-AT,en;q=0.5")];
    let german = world.ask(&mut couple, Method::GET, "/c/none", &german, "").await;
    assert!(german.body.contains("lang=\"de\"") && german.body.contains("Dieser Link"), "{}", german.body);
}

/// The path of the couple's page, as the page of the case says it.
async fn link(world: &World, by: &mut Walker, case: &str) -> String {
    let page = Html::parse_document(&world.get(by, case).await.body);
    let address = all(&page, ".couple-link a").pop().unwrap();
    format!("/c/{}", address.rsplit('/').next().unwrap())
}
