use super::page;
use crate::well_made::{all, text, texts};

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
