use super::page;
use crate::well_made::{all, text, texts};

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
    let erased = super::page("case-notices-erased");
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
