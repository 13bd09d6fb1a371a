//! One notice before it goes, and the press.

use super::*;

#[tokio::test]
async fn a_notice_is_seen_in_full_and_sent_once_by_one_press() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let page = world.get(&mut support, &case).await;
    assert!(page.body.contains(&format!("{case}/notices/new?purpose=we_know&amp;way=mail")), "{}", page.body);
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_know&way=mail")).await;
    let shown = Html::parse_document(&new.body);
    assert_eq!(all(&shown, "[data-part=missing] li"), ["Say whom they may call."]);
    assert_eq!(all(&shown, "button.primary"), Vec::<String>::new());
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let seen = shown_with(&world, &mut support, &case, &fields).await;
    let shown = Html::parse_document(&seen.body);
    let text = all(&shown, "[data-part=text]").join("");
    assert!(text.starts_with("Dear Marked Okafor,") && text.contains("call Priya, +46 8 123"), "{text}");
    assert!(!seen.body.contains("marked@couple.example"), "the address is masked");
    assert_eq!(
        all(&shown, "button.primary"),
        ["Send: \u{201c}we know\u{201d} to m\u{2022}\u{2022}\u{2022}@couple.example"]
    );
    let press = encoded(&form(&seen.body, "form.sides"));
    let sent = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(location(&sent), format!("{case}?done=notice#notices"), "{}", sent.body);
    let again = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let why = all(&Html::parse_document(&again.body), "[data-part=cannot-be-sent] li");
    assert_eq!(why, ["One is on its way: a second would tell them twice."]);
    let page = Html::parse_document(&world.get(&mut support, &case).await.body);
    let row = all(&page, "[data-purpose=we_know] [data-attempt]");
    assert!(row.len() == 1 && row[0].contains("Has waited to be sent for 0 s"), "{row:?}");
    let list = Html::parse_document(&world.get(&mut support, "/notices").await.body);
    assert_eq!(all(&list, ".told-list > li").len(), 1);
    assert!(all(&list, "[data-part=standing]")[0].starts_with("1 waits to be sent"));
    assert_eq!(
        all(
            &Html::parse_document(&world.get(&mut support, "/notices?state=failed").await.body),
            ".told-list > li"
        )
        .len(),
        0
    );
    assert_eq!(world.get(&mut support, "/notices?state=asleep").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_not_as_it_was_seen_is_not_sent_and_nothing_that_was_typed_is_lost() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let mut fields = begun(&world, &mut support, &case, "we_have_a_plan").await;
    set(&mut fields, "plan", "Four florists are near.\r\nYou choose one.");
    let seen = shown_with(&world, &mut support, &case, &fields).await;
    let mut press = form(&seen.body, "form.sides");
    // Typed and sent without being shown first.
    set(&mut press, "plan", "Five florists are near.");
    let text: String = press.iter().find(|(name, _)| name == "text").unwrap().1.clone();
    assert!(text.contains("Four florists"), "{text}");
    let refused = world.post(&mut support, &format!("{case}/notices/send"), &encoded(&press)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = Html::parse_document(&refused.body);
    assert_eq!(all(&page, "[data-part=changed] li"), ["The text changed."]);
    assert_eq!(all(&page, "#write-plan"), ["Five florists are near."]);
    assert!(all(&page, "[data-part=text]")[0].contains("Five florists are near."));
    // Who they are was corrected meanwhile.
    let correct = "names=Marked+Okafor&email=other%40couple.example&date=2026-11-19&time=12%3A30&zone=Europe%2FStockholm&language=de";
    let corrected = world.post(&mut support, &format!("{case}/correct"), correct).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.body);
    let press = encoded(&form(&refused.body, "form.sides"));
    let refused = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    let page = Html::parse_document(&refused.body);
    assert_eq!(
        all(&page, "[data-part=changed] li"),
        ["The address changed.", "The language changed.", "The subject changed.", "The text changed."]
    );
    assert!(all(&page, "[data-part=text]")[0].starts_with("Liebes Brautpaar Marked Okafor,"));
    let press = encoded(&form(&refused.body, "form.sides"));
    let sent = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

#[tokio::test]
async fn a_letter_in_ones_own_words_is_what_goes_and_what_is_wrong_with_it_is_said_there() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let fields = begun(&world, &mut support, &case, "we_know").await;
    let seen = shown_with(&world, &mut support, &case, &fields).await;
    let mut own = form(&seen.body, "form.sides");
    assert!(!own.iter().any(|(name, _)| name == "edited"), "it is the template's so far");
    set(&mut own, "subject", "Your flowers\r\nBcc: everybody@example.com");
    set(&mut own, "text", "Dear <b>Marked</b>,\r\n\r\nyour florist cancelled. {{plan}}");
    let seen = shown_with(&world, &mut support, &case, &own).await;
    let page = Html::parse_document(&seen.body);
    assert_eq!(all(&page, "#write-text-trouble"), ["The text still has {{ in it: fill it in."]);
    assert_eq!(all(&page, "button.primary").len(), 0);
    let mut own = form(&seen.body, "form.sides");
    set(&mut own, "text", "Dear <b>Marked</b>,\r\n\r\nyour florist cancelled.");
    let seen = shown_with(&world, &mut support, &case, &own).await;
    let page = Html::parse_document(&seen.body);
    assert_eq!(all(&page, "[data-part=subject]"), ["Your flowers Bcc: everybody@example.com"]);
    assert_eq!(all(&page, "[data-part=text]"), ["Dear <b>Marked</b>, your florist cancelled."]);
    assert_eq!(all(&page, "[data-part=html] b").len(), 0);
    let sent = world
        .post(&mut support, &format!("{case}/notices/send"), &encoded(&form(&seen.body, "form.sides")))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

#[tokio::test]
async fn an_address_is_shown_to_who_asks_and_that_is_on_record() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let mut fields = begun(&world, &mut support, &case, "we_know").await;
    let masked = shown_with(&world, &mut support, &case, &fields).await;
    assert!(!masked.body.contains("marked@couple.example"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 0);
    fields.push(("reveal".to_owned(), "1".to_owned()));
    let shown = shown_with(&world, &mut support, &case, &fields).await;
    assert!(shown.body.contains("marked@couple.example") && shown.body.contains("shown to you; recorded"));
    assert_eq!(world.on_record("crisis.looked_at_the_couple_of").await, 1);
    assert!(shown.body.contains("Priya, +46 8 123"), "what was typed is there");
}

#[tokio::test]
async fn the_language_of_one_letter_is_chosen_seen_and_sent() {
    let world = world().await;
    let mut support = world.signed_in("support", "support").await;
    let case = of_ada(&world, &mut support).await;
    let new = world.get(&mut support, &format!("{case}/notices/new?purpose=we_know")).await;
    let page = Html::parse_document(&new.body);
    assert_eq!(
        all(&page, "#write-language option"),
        ["English, which they read", "French", "German", "Spanish", "Swedish"]
    );
    let mut fields = form(&new.body, "form.sides");
    set(&mut fields, "contact", "Priya, +46 8 123");
    let own = shown_with(&world, &mut support, &case, &fields).await;
    set(&mut fields, "language", "de");
    let chosen = shown_with(&world, &mut support, &case, &fields).await;
    let page = Html::parse_document(&chosen.body);
    assert!(all(&page, "[data-part=text][lang=de]")[0].starts_with("Liebes Brautpaar Marked Okafor,"));
    assert_eq!(all(&page, "#write-language option[selected]"), ["German"]);
    assert_eq!(all(&page, "[data-part=not-theirs]"), ["They read English, and this one is in German."]);
    // Chosen without being shown: what goes is what was seen, and nothing else does.
    let mut press = form(&own.body, "form.sides");
    set(&mut press, "language", "de");
    let refused = world.post(&mut support, &format!("{case}/notices/send"), &encoded(&press)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = Html::parse_document(&refused.body);
    assert_eq!(
        all(&page, "[data-part=changed] li"),
        ["The language changed.", "The subject changed.", "The text changed."]
    );
    assert_eq!(all(&page, "#write-language option[selected]"), ["German"], "the choice stays");
    // It stays also where something else is wrong, and where there is no such language it is said there.
    let mut wrong = form(&refused.body, "form.sides");
    set(&mut wrong, "promised", "soon");
    let kept = world.post(&mut support, &format!("{case}/notices/send"), &encoded(&wrong)).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = Html::parse_document(&kept.body);
    assert_eq!(all(&page, "#write-language option[selected]"), ["German"]);
    for (tag, status) in [("he", 200), ("<script>", 422)] {
        let mut wrong = form(&refused.body, "form.sides");
        set(&mut wrong, "language", tag);
        let said = shown_with(&world, &mut support, &case, &wrong).await;
        assert_eq!(said.status.as_u16(), status, "{tag}");
        let page = Html::parse_document(&said.body);
        assert_eq!(all(&page, "#write-language-trouble"), ["There is no text for this in that language."]);
        assert!(!said.body.contains("<script>alert"), "{tag}");
        let sent = world.post(&mut support, &format!("{case}/notices/send"), &encoded(&wrong)).await;
        assert!(sent.status.is_client_error(), "{tag}: {}", sent.status);
    }
    let press = encoded(&form(&refused.body, "form.sides"));
    let sent = world.post(&mut support, &format!("{case}/notices/send"), &press).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let attempt = attempts(&world, &mut support, &case).await.remove(0);
    let read = world.post(&mut support, &format!("{case}/notices/{attempt}/read"), "").await;
    assert!(read.body.contains("Liebes Brautpaar Marked Okafor,"), "{}", read.body);
}
