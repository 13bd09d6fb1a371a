//! Many couples at once, and how far they are.

use super::*;

#[tokio::test]
async fn many_couples_are_told_by_one_press_each_with_their_own_text() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let first = of_ada(&world, &mut support).await;
    opened(&world, &mut support, "Marked+Schneider", "schneider%40couple.example", "de").await;
    let no_mail = opened(&world, &mut support, "Marked+Berg", "%2B46701234567", "sv").await;
    let board = world.get(&mut support, "/crises?type=vendor_cancelled").await;
    assert!(board.body.contains("href=\"/crises/notices?type=vendor_cancelled\""), "{}", board.body);
    let listed = world.get(&mut support, "/crises/notices?purpose=we_know&type=vendor_cancelled").await;
    let page = Html::parse_document(&listed.body);
    assert_eq!(all(&page, ".everybody > li").len(), 0, "nobody has said whom they may call");
    assert_eq!(all(&page, "#bulk-contact-trouble"), ["Say whom they may call."]);
    let mut fields = form(&listed.body, "form.sides");
    set(&mut fields, "contact", "Support, +46 8 1");
    let listed = world.post(&mut support, "/crises/notices", &encoded(&fields)).await;
    let page = Html::parse_document(&listed.body);
    let rows = all(&page, ".everybody > li").join("\n");
    assert!(
        rows.contains("Dear Marked Okafor,") && rows.contains("Liebes Brautpaar Marked Schneider,"),
        "{rows}"
    );
    assert!(!listed.body.contains("schneider@couple.example"), "addresses are masked");
    let left_out = all(&page, "[data-part=left-out] li").join("\n");
    assert!(left_out.contains("There is no address that can be used."), "{left_out}");
    assert!(listed.body.contains(&format!("href=\"{no_mail}#notices\"")));
    assert_eq!(all(&page, "button.primary"), ["Send: \u{201c}we know\u{201d} to 2 couples"]);
    // One is left out by hand, and taken in again.
    let with = |verb: &str, case: &str| {
        let case = case.rsplit('/').next().unwrap_or_default().to_owned();
        [form(&listed.body, "form.sides"), vec![(verb.to_owned(), case)]].concat()
    };
    let one = world.post(&mut support, "/crises/notices", &encoded(&with("leave", &first))).await;
    let page = Html::parse_document(&one.body);
    assert_eq!(all(&page, "button.primary"), ["Send: \u{201c}we know\u{201d} to 1 couple"]);
    assert!(all(&page, "[data-part=left-out] li").join("\n").contains("Left out here;"));
    let again = [
        form(&one.body, "form.sides"),
        vec![("take".to_owned(), first.rsplit('/').next().unwrap().to_owned())],
    ];
    let both = world.post(&mut support, "/crises/notices", &encoded(&again.concat())).await;
    let page = Html::parse_document(&both.body);
    assert_eq!(all(&page, "button.primary"), ["Send: \u{201c}we know\u{201d} to 2 couples"]);
    assert_eq!(all(&page, "[data-part=left-out] li").len(), 1);
    // Somebody tells one of them meanwhile: then nobody is sent anything, and it is said whose it is.
    let press = encoded(&form(&listed.body, "form.sides"));
    told(&world, &mut support, &first).await;
    let refused = world.post(&mut support, "/crises/notices/send", &press).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(all(&Html::parse_document(&refused.body), "[data-part=changed] li").len(), 1);
    assert!(refused.body.contains("Support, +46 8 1"), "what was typed is kept");
    let press = encoded(&form(&refused.body, "form.sides"));
    let pressed = world.post(&mut support, "/crises/notices/send", &press).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
    let progress = location(&pressed).to_owned();
    let shown = world.get(&mut support, &progress).await;
    let page = Html::parse_document(&shown.body);
    assert_eq!(all(&page, "[data-part=standing]"), ["1 waiting."]);
    assert_eq!(all(&page, "[data-group] > h2"), ["Waiting (1)"]);
    let row = all(&page, "[data-group=waiting] li");
    assert!(row.len() == 1 && row[0].contains("s\u{2022}\u{2022}\u{2022}@couple.example"), "{row:?}");
    for page in ["last", "-1", "4000000000"] {
        let path = format!("{}?page={page}", progress.split('?').next().unwrap());
        let shown = world.get(&mut support, &path).await;
        assert_eq!(all(&Html::parse_document(&shown.body), "[data-group=waiting] li"), row, "{page}");
    }
    assert!(shown.body.contains("http-equiv=\"refresh\""), "it follows without a script");
    let part = format!("{}/part/progress", progress.split('?').next().unwrap());
    let part = world.get(&mut support, &part).await;
    assert!(part.status == StatusCode::OK && part.body.contains("1 waiting."), "{}", part.body);
    for (address, status) in [
        ("/crises/notices/none", 404),
        ("/crises/notices?purpose=nothing", 400),
        ("/crises/notices?state=asleep", 400),
        ("/crises/notices?text=%3Cscript%3E", 303),
    ] {
        let answer = world.get(&mut support, address).await;
        assert_eq!(answer.status.as_u16(), status, "{address}");
        assert!(!answer.body.contains("<script>alert"), "{address}");
    }
}

#[tokio::test]
async fn those_who_were_looked_for_are_told_and_their_name_stands_in_no_address() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    of_ada(&world, &mut support).await;
    opened(&world, &mut support, "Marked+Schneider", "schneider%40couple.example", "de").await;
    let found = world.led(&mut support, "/crises", "text=schneider&state=&type=").await;
    let tell = form(&found.body, "form[action='/crises/notices']");
    assert_eq!(tell, [("filter-text".to_owned(), "schneider".to_owned())]);
    let listed = world.post(&mut support, "/crises/notices", &encoded(&tell)).await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    let mut fields = form(&listed.body, "form.sides");
    let promised = fields.iter().find(|(name, _)| name == "promised").unwrap();
    assert!(!promised.1.is_empty(), "something near is promised");
    set(&mut fields, "contact", "Support, +46 8 1");
    let listed = world.post(&mut support, "/crises/notices", &encoded(&fields)).await;
    let rows = all(&Html::parse_document(&listed.body), ".everybody > li");
    assert!(rows.len() == 1 && rows[0].contains("Marked Schneider,"), "{rows:?}");
    // Another purpose is for the same ones.
    let mut other = form(&listed.body, "main form:not(.sides)");
    other.push(("purpose".to_owned(), "solved".to_owned()));
    let listed = world.post(&mut support, "/crises/notices", &encoded(&other)).await;
    let page = Html::parse_document(&listed.body);
    assert_eq!(all(&page, "nav.seg [aria-current]"), ["It is solved"]);
    assert!(all(&page, ".everybody > li, [data-part=left-out] li").len() == 1, "{}", listed.body);
    // An old address leads to the board, which says why it finds nothing.
    let old = world.get(&mut support, "/crises/notices?text=schneider&untold=1").await;
    assert_eq!(location(&old), "/crises?untold=1&done=unsearched");
}
