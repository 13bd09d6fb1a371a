use scraper::Html;

use super::samples::pages;
use crate::well_made::{self, FIELD, all, line, text, texts};

fn page(name: &str) -> Html {
    let sample = pages(|shell| shell).into_iter().find(|page| page.name == name).unwrap();
    Html::parse_document(&sample.html)
}

fn each(check: impl Fn(&str, &Html)) {
    let pages = pages(|shell| shell);
    assert!(pages.len() > 30);
    for sample in pages {
        check(sample.name, &Html::parse_document(&sample.html));
    }
}

#[test]
fn every_page_is_well_made() {
    each(well_made::check);
}

#[test]
fn nothing_that_was_typed_or_sent_becomes_part_of_the_page() {
    for sample in pages(|shell| shell).into_iter().filter(|page| page.name.ends_with("-hostile")) {
        assert!(!sample.html.contains("<script>alert"), "{}", sample.name);
        assert!(!sample.html.contains("<img"), "{}", sample.name);
        let page = Html::parse_document(&sample.html);
        assert_eq!(all(&page, "script, img, [onerror]").len(), 0, "{}", sample.name);
        for field in all(&page, "textarea") {
            assert!(text(field).is_empty() || text(field).contains("</textarea>"), "{}", sample.name);
        }
        assert!(text(all(&page, "body")[0]).contains("</textarea>"), "{}: it is shown as text", sample.name);
    }
}

#[test]
fn a_page_that_is_typed_into_never_loads_itself_again_without_a_script() {
    each(|name, page| assert_eq!(all(page, "noscript").len(), 0, "{name}"));
}

#[test]
fn the_board_says_how_it_stands_first() {
    for (name, sentence) in [
        ("crises-empty", "No couple waits. The last case was resolved Tuesday 14:10."),
        ("crises-one", "1 couple waits, and nobody has the case. The next ceremony is in 2 h 10 min."),
        ("crises-several", "4 couples wait; nobody has 1 of them. The next ceremony is in 2 h 10 min."),
    ] {
        assert_eq!(texts(&page(name), "[data-part=standing]"), [sentence], "{name}");
    }
    assert!(texts(&page("crises-never"), "[data-part=standing]")[0].contains("open by hand"));
    assert!(texts(&page("crises-several"), "title")[0].starts_with("\u{25cf} 1 nobody\u{2019}s"));
    assert_eq!(texts(&page("crises-several"), ".nav [data-part=crises-count]"), ["4 open"]);
    assert_eq!(all(&page("crises-empty"), "[data-part=crises-count]").len(), 0);
}

#[test]
fn the_most_urgent_stands_first_and_what_is_nobodys_is_one_press_away() {
    let several = page("crises-several");
    let rows = texts(&several, ".case");
    assert_eq!(rows.len(), 4);
    assert!(rows[0].starts_with("CriticalIllness"), "a day that nobody knows is today: {}", rows[0]);
    assert!(rows[1].contains("Ceremony in 2 h 10 min"), "{}", rows[1]);
    assert!(rows[1].contains("Nobody for 4 min"), "{}", rows[1]);
    assert!(rows[1].contains("The AI gave no answer in 10 s"), "{}", rows[1]);
    assert!(rows[1].contains("Couple not told yet"), "{}", rows[1]);
    assert_eq!(all(&several, "form[action='/crises/0199-0000/acknowledge'] button.primary").len(), 1);
    assert_eq!(all(&several, "button[data-acknowledge]").len(), 1, "the others have somebody");
    let storm = page("crises-storm");
    assert_eq!(all(&storm, ".case").len(), 100);
    assert_eq!(texts(&storm, ".turn span"), ["1 to 100 of 200, the most urgent first"]);
    assert_eq!(all(&storm, ".turn a[href='/crises?page=1']").len(), 1);
}

#[test]
fn the_counts_lead_to_what_they_count() {
    let several = page("crises-several");
    let links: Vec<_> =
        all(&several, ".case-counts a").into_iter().map(|link| link.value().attr("href").unwrap()).collect();
    assert_eq!(
        links,
        ["/crises", "/crises?state=detected", "/crises?mine=1", "/crises?untold=1", "/crises?late=1"]
    );
    assert_eq!(texts(&several, ".case-counts a[aria-current]"), ["Open 4"]);
}

#[test]
fn who_may_not_sees_the_case_and_neither_names_nor_buttons() {
    for name in ["crises-no-rights", "case-no-rights"] {
        let page = page(name);
        assert_eq!(all(&page, "main form[method=post]").len(), 0, "{name}");
        let who = "Support and Lead may work on crisis cases.";
        assert_eq!(texts(&page, "[data-part=may-not]"), [who], "{name}");
    }
    let case = page("case-no-rights");
    assert!(texts(&case, "[data-part=may-not-see]")[0].starts_with("You may not see who they are."));
    let words = text(all(&case, "main")[0]);
    for private in ["Ada", "Okafor", "example.com", "118", "florists within 30 km", "Contract"] {
        assert!(!words.contains(private), "{private}");
    }
    assert!(words.contains("what was written is not shown to you"));
    assert!(words.contains("Alert the emergency team"), "what is done is no secret");
}

#[test]
fn a_couple_is_masked_until_somebody_asks() {
    let masked = page("case-working");
    assert_eq!(texts(&masked, "form[action='/crises/0199-0000/show'] button"), ["Show who they are"]);
    assert!(!text(all(&masked, "main")[0]).contains("Okafor"));
    let shown = page("case-shown");
    assert!(text(all(&shown, "[data-part=couple]")[0]).contains("Ada Okafor, Nils Lindqvist"));
    assert_eq!(all(&shown, "form[action$='/show']").len(), 0);
    assert!(
        texts(&page("case-locked"), "[data-part=locked]")[0]
            .starts_with("Locked: there is no encryption key")
    );
    assert!(text(all(&page("case-erased"), "[data-part=couple]")[0]).contains("was erased"));
    assert_eq!(all(&page("case-erased"), "form[action$='/show'], form[action$='/erase'], #file").len(), 0);
}

#[test]
fn a_step_says_what_came_of_it_and_is_late_for_ever() {
    let late = page("case-late");
    let steps = texts(&late, ".case-steps > li");
    assert!(steps[0].contains("Done: Alert the emergency team"), "{}", steps[0]);
    assert!(steps[0].contains("8 min late"), "{}", steps[0]);
    assert!(steps[1].contains("Not needed: Switch to manual crisis management"), "{}", steps[1]);
    assert!(steps[2].contains("Tell the couple"), "{}", steps[2]);
    assert!(steps[2].contains("1 h 06 min late, due 02:22"), "{}", steps[2]);
    let working = page("case-working");
    assert_eq!(texts(&working, ".case-steps [data-next] .what > span:nth-child(2)"), ["Tell the couple"]);
    assert!(texts(&working, ".case-steps > li")[0].contains("automatic"));
    assert!(texts(&page("case-running"), ".case-steps [data-mark=waiting]")[0].contains("the run"));
}

#[test]
fn a_case_cannot_be_resolved_before_every_reason_is_gone() {
    let working = page("case-working");
    let reasons = texts(&working, "[data-part=not-yet] li");
    assert!(reasons.contains(&"\u{201c}Tell the couple\u{201d} is open".to_owned()), "{reasons:?}");
    assert_eq!(all(&working, "form[action$='/resolve']").len(), 0);
    let flagged = texts(&page("case-flagged"), "[data-part=not-yet] li");
    assert!(flagged.iter().any(|reason| reason.contains("is in doubt")), "{flagged:?}");
    let ready = page("case-ready");
    assert_eq!(texts(&ready, "form[action$='/resolve'] button.primary"), ["Resolve the case"]);
    assert_eq!(texts(&page("case-resolved"), "form[action$='/review'] button.primary"), ["Keep the review"]);
    assert_eq!(texts(&page("case-detected"), "button.primary"), ["Take it"]);
}

#[test]
fn what_somebody_has_to_look_at_stands_above_everything() {
    let flagged = texts(&page("case-flagged"), "[data-part=warnings] li");
    let has = |part: &str| flagged.iter().any(|warning| warning.contains(part));
    assert!(has("the same crisis with another couple"), "{flagged:?}");
    assert!(has("does not have it among its active crises any more"), "{flagged:?}");
    assert!(has("more than one e-mail address"), "{flagged:?}");
    let erased = texts(&page("case-erased"), "[data-part=warnings] li");
    assert_eq!(erased, ["The couple was erased: nothing personal is left."]);
    let flagged = page("case-flagged");
    let assumed = texts(&flagged, "[data-part=ceremony] .hint");
    assert_eq!(assumed.len(), 2, "{assumed:?}");
    assert_eq!(all(&flagged, ".case-head a[href='/alerts/0199-0000']").len(), 1);
}

#[test]
fn what_was_typed_is_kept_and_the_trouble_stands_at_its_field() {
    let refused = page("case-refused");
    assert_eq!(all(&refused, "[data-step=tell_executives] details[open]").len(), 1);
    assert_eq!(texts(&refused, "#not-needed-tell_executives-trouble"), ["Say why."]);
    assert_eq!(all(&refused, "[role=alert]:not(.unseen)").len(), 0, "it is said once");
    assert!(texts(&refused, "title")[0].starts_with("Problem: "));
    let conflict = page("case-conflict");
    assert_eq!(texts(&conflict, "[data-part=trouble] p"), ["Jonas Weber has it already."]);
    assert_eq!(texts(&conflict, "#hand-over-text"), ["Call them by 04:00."]);
    assert_eq!(all(&conflict, "#hand-over-to option[selected][value=p-jonas]").len(), 1);
    let corrected = page("case-correct-refused");
    assert_eq!(
        all(&corrected, "[data-part=couple] details[open] #correct-email[value='ada at example']").len(),
        1
    );
    assert_eq!(texts(&corrected, "#correct-email-trouble"), ["It is not an e-mail address."]);
    let several = page("case-several");
    assert_eq!(texts(&several, "#correct-email-hint"), ["Say which: ada@example.com or nils@example.com."]);
    assert_eq!(all(&several, "#correct-email[value='']").len(), 1, "somebody has to choose");
    let new = page("new-case-refused");
    assert_eq!(all(&new, "#type-vendor_cancelled[checked]").len(), 1);
    assert_eq!(texts(&new, "#summary"), ["The florist cancelled."]);
    assert_eq!(texts(&new, "#reach-trouble"), ["It is neither a telephone number nor an e-mail address."]);
    assert_eq!(all(&new, "details[open] #zone[value=CEST]").len(), 1);
    let review = page("case-review-refused");
    assert_eq!(texts(&review, "#review-helped"), ["The vendor network answered in 4 min."]);
    assert_eq!(all(&review, "#review-1-task[value='Ask florists for a second van']").len(), 1);
}

#[test]
fn a_wedding_is_found_before_anything_is_typed_twice() {
    let focus = |name: &str| {
        let page = page(name);
        let focused = all(&page, "[autofocus]");
        assert_eq!(focused.len(), 1, "{name}");
        focused[0].value().attr("id").unwrap_or("").to_owned()
    };
    assert_eq!(focus("new-case"), "find-name");
    assert_eq!(focus("new-case-search-refused"), "find-name");
    // The button of the first that was found, which has no id.
    assert_eq!(focus("new-case-found"), "");
    for name in ["new-case-used", "new-case-no-names", "new-case-found-nothing", "new-case-not-searched"] {
        assert_eq!(focus(name), "type-ai_failed", "{name}");
    }
    let found = page("new-case-found");
    assert_eq!(all(&found, "form[action='/crises/new/use'] input[name=wedding]").len(), 2);
    assert_eq!(all(&found, "[data-part=found-cases] a[href='/crises/0199-0000']").len(), 1);
    assert_eq!(all(&found, "#names[value=lind]").len(), 1, "what is not found is typed no second time");
    let used = page("new-case-used");
    for field in ["#names", "#reach", "#date", "#time", "#zone", "#venue", "[name=wedding]"] {
        let field = all(&used, field)[0];
        assert!(field.value().attr("value").is_some_and(|value| !value.is_empty()), "{}", field.html());
    }
    assert_eq!(all(&page("new-case-no-names"), "[data-part=finding]").len(), 0);
}

#[test]
fn what_caused_a_case_is_named_and_stands_in_its_timeline() {
    let working = page("case-working");
    assert_eq!(all(&working, "form[action$='/link'] option[value='0199-0007']").len(), 1);
    assert_eq!(all(&working, "form[action$='/unlink']").len(), 0);
    let flagged = page("case-flagged");
    assert_eq!(all(&flagged, "form[action$='/unlink'] button").len(), 1);
    let lines = texts(&flagged, ".case-story > li");
    let first = lines.last().unwrap();
    assert!(first.contains("The alert that caused it: Fired at level Emergency."), "{first}");
    assert_eq!(all(&page("case-running"), ".case-story a[href='/runs/0199-run']").len(), 1);
    assert_eq!(all(&page("case-no-rights"), "form[action$='/link']").len(), 0);
}

#[test]
fn how_it_went_stands_above_what_was_found() {
    for name in ["case-resolved", "case-reviewed", "case-erased"] {
        let said = texts(&page(name), "[data-part=after] li");
        assert_eq!(said.len(), 4, "{name}: {said:?}");
        assert!(said[0].starts_with("Somebody had it after"), "{name}: {said:?}");
    }
    assert_eq!(all(&page("case-working"), "[data-part=review]").len(), 0);
    assert_eq!(
        texts(&page("case-resolved"), "#review-procedure-hint"),
        ["It was worked by wedding-day-crisis."]
    );
    let refused = page("case-file-refused");
    assert_eq!(texts(&refused, "#remove-file-f2-trouble"), ["Say why."]);
    assert_eq!(all(&refused, "form[action$='/remove-file']").len(), 2, "what is gone is not removed again");
}

#[test]
fn a_month_is_a_table_of_its_own() {
    let figures = page("crises-figures");
    let months = texts(&figures, "[data-part=month] h2");
    assert!(months.len() > 10 && months[0] == "November 2026", "{months:?}");
    for row in all(&figures, "[data-part=month] tbody tr") {
        assert_eq!(row.select(&scraper::Selector::parse("th, td").unwrap()).count(), 8, "{}", row.html());
    }
    let one = page("crises-figures-one");
    assert_eq!(texts(&one, "tbody th"), ["Weather"], "a sum of one is not said twice");
    assert!(texts(&one, "tbody tr")[0].contains("4 min"));
}

#[test]
fn names_keep_their_own_direction() {
    let page = page("case-right-to-left");
    assert!(all(&page, ".couple-facts dd").iter().all(|value| value.value().attr("dir") == Some("auto")));
    assert!(all(&page, ".written").iter().all(|value| value.value().attr("dir") == Some("auto")));
}

#[test]
fn who_was_asked_stands_beside_the_step_with_what_came_of_it() {
    let asked = page("case-asked");
    let step = "[data-step=start_vendor_network]";
    let rows = texts(&asked, &format!("{step} .asked li"));
    assert_eq!(rows.len(), 3);
    assert!(rows[0].contains("Nordflor") && rows[0].contains("said yes 03:26"), "{}", rows[0]);
    assert!(rows[1].contains("no such address"), "{}", rows[1]);
    assert!(rows[2].contains("asked 2 times, last 03:23, no answer yet"), "{}", rows[2]);
    assert_eq!(texts(&asked, &format!("{step} form[action$='/ask-again'] button")).len(), 1);
    assert_eq!(all(&asked, &format!("{step} form[action$='/ask-else'] option")).len(), 2);
    assert_eq!(all(&asked, &format!("{step} form[action$='/ask']")).len(), 0, "it waits already");
    assert_eq!(all(&asked, "[data-step=tell_executives] form[action$='/ask'] button").len(), 1);
    let refused = page("case-asked-refused");
    assert_eq!(all(&refused, &format!("{step} details[open]")).len(), 1);
    assert_eq!(
        texts(&refused, "#ask-else-start_vendor_network-trouble"),
        ["They were asked less than a minute ago."]
    );
    let unseen = page("case-no-rights");
    assert_eq!(all(&unseen, "form[action*='/ask']").len(), 0);
}

#[test]
fn a_link_to_answer_by_has_one_button_as_long_as_somebody_waits() {
    for (name, buttons) in
        [("yes-awaited", 1), ("yes-said", 0), ("yes-said-before", 0), ("yes-not-needed", 0), ("yes-over", 0)]
    {
        let page = page(name);
        assert_eq!(all(&page, "main form[method=post] button").len(), buttons, "{name}");
        assert_eq!(all(&page, "main a").len(), 0, "{name}: there is nowhere else to go");
    }
    assert_eq!(texts(&page("yes-awaited"), "form[action='/yes/h3Jx'] button.primary"), ["Yes, on my way"]);
}

#[test]
fn what_the_couple_was_told_stands_with_its_case() {
    let told = page("case-notices");
    let purposes = texts(&told, ".purposes > li");
    assert_eq!(purposes.len(), 4);
    assert!(
        purposes[0].contains("We know") && purposes[0].contains("Told on the telephone by Marta Keller"),
        "{}",
        purposes[0]
    );
    assert!(
        purposes[0].contains("Failed 21 min ago") && purposes[0].contains("it came back"),
        "{}",
        purposes[0]
    );
    assert!(purposes[1].contains("the line was cut before the server had answered"), "{}", purposes[1]);
    assert!(purposes[2].contains("Tried twice") || purposes[2].contains("Tried 2 times"), "{}", purposes[2]);
    let press =
        |what: &str| all(&told, &format!("form[action='/crises/0199-0000/notices/{what}'] button")).len();
    assert_eq!([press("n3/arrived"), press("n3/not-arrived"), press("n4/withdraw")], [1, 1, 1]);
    assert_eq!([press("n1/withdraw"), press("n3/withdraw"), press("n2/arrived")], [0, 0, 0]);
    assert_eq!(press("n1/read"), 1, "what it says is asked for");
    // In doubt or on its way, nothing else may begin; what was told may be told again, and is asked why.
    assert_eq!(all(&told, "a[href*='purpose=we_have_a_plan'], a[href*='purpose=solved']").len(), 0);
    assert_eq!(
        all(&told, "details:not([open]) a[href='/crises/0199-0000/notices/new?purpose=we_know&way=mail']")
            .len(),
        1
    );
    assert!(!text(all(&told, "main")[0]).contains("Dear Ada"));
    let shown = page("case-notices-shown");
    assert!(text(all(&shown, "[data-attempt=n1]")[0]).contains("Dear Ada Okafor and Nils Lindqvist,"));
    assert!(text(all(&shown, "[data-attempt=n2]")[0]).contains("She would rather have tulips"));
    assert_eq!(texts(&shown, ".couple-link a"), ["https://bellwether.example.com/c/VGhpcyBpcyBhIGxpbms"]);
    let working = page("case-working");
    let primary = "a.button.primary[href='/crises/0199-0000/notices/new?purpose=we_know&way=mail']";
    assert_eq!(all(&working, primary).len(), 1, "telling them is the next step");
    let failed = texts(&page("case-notices-failed"), "[data-purpose=we_know] a.button");
    assert!(failed[0].starts_with("Text message"), "the way that failed comes last: {failed:?}");
}

#[test]
fn who_may_not_see_who_they_are_sees_what_was_done_and_nothing_that_was_written() {
    let page = page("case-notices-no-rights");
    let notices = text(all(&page, "[data-part=notices]")[0]);
    assert!(
        notices.contains("Delivered")
            && notices.contains("In doubt")
            && notices.contains("What it says is not shown to you.")
    );
    for private in ["Dear", "tulips", "example.com", "/c/"] {
        assert!(!notices.contains(private), "{private}");
    }
    assert_eq!(all(&page, "[data-part=notices] :is(form, a, button)").len(), 0);
}

#[test]
fn a_couple_that_must_not_be_contacted_is_offered_nothing() {
    let page = page("case-not-contacted");
    assert_eq!(texts(&page, "[data-part=may-not-write]"), ["The couple is not to be contacted."]);
    assert_eq!(all(&page, "[data-part=notices] :is(a.button, details)").len(), 0);
    let erased = crate::crises::tests::page("case-notices-erased");
    assert!(texts(&erased, "[data-part=may-not-write]")[0].starts_with("The couple was erased"));
    assert!(texts(&erased, "[data-attempt=n1]")[0].contains("erased with the couple"));
}

#[test]
fn a_call_that_cannot_be_recorded_keeps_what_was_typed() {
    let refused = page("case-call-refused");
    let form = "form[action='/crises/0199-0000/notices/called']";
    assert_eq!(all(&refused, &format!("details[open] > {form}")).len(), 1);
    assert_eq!(texts(&refused, "#called-text"), ["They want to think about it until noon."]);
    assert_eq!(all(&refused, "#called-purpose option[selected][value=we_have_a_plan]").len(), 1);
    assert_eq!(texts(&refused, &format!("{form} .field-trouble")), ["Say whether you reached them."]);
    assert_eq!(
        texts(&page("case-promise-refused"), "#promise-promised-trouble"),
        ["The promised time is over."]
    );
}

/// What stands on a page, part by part.
#[test]
fn the_words_of_every_page() {
    for sample in pages(|shell| shell) {
        if sample.name.ends_with("-hostile") {
            continue;
        }
        let page = Html::parse_document(&sample.html);
        let parts = "title, main :is(h1, h2, h3, p, dt, dd, li, label, input, select, textarea, legend, a, button, form, summary, \
                     blockquote, .level, .mark)";
        let lines: Vec<_> = all(&page, parts).into_iter().take(150).map(|part| line(part, FIELD)).collect();
        insta::assert_snapshot!(sample.name, lines.join("\n"));
    }
}
