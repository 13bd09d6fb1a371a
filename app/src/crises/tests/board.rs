use super::page;
use crate::well_made::{all, text, texts};

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
        // The form of the board looks for cases.
        assert_eq!(all(&page, "main form[method=post]:not(.filters)").len(), 0, "{name}");
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
fn what_is_looked_for_is_kept_in_its_field_and_stands_in_no_address() {
    for name in ["crises-searched", "crises-searched-pages", "crises-searched-nothing"] {
        let page = page(name);
        let form = "form.filters[method=post][action='/crises?late=1']";
        assert_eq!(all(&page, &format!("{form} input[type=search][name=text][value=lindqvist]")).len(), 1);
        assert_eq!(all(&page, &format!("{form} input[name=late][checked]")).len(), 1, "{name}");
        for address in ["href", "action", "data-actions-part", "formaction"] {
            assert_eq!(all(&page, &format!("[{address}*=lindqvist]")).len(), 0, "{name}: {address}");
        }
        assert!(!texts(&page, "title")[0].contains("lindqvist"), "{name}");
        // How all stand is live; what was found says that it is not.
        assert_eq!(all(&page, "[data-actions-part]").len(), 1, "{name}");
        let live = "[data-actions-part='/crises/part/standing?late=1']";
        assert_eq!(all(&page, &format!("{live} [data-part=standing], {live} .case-counts")).len(), 2);
        assert_eq!(all(&page, &format!("{live} .case")).len(), 0);
        assert_eq!(
            texts(&page, "[data-part=found-at] p"),
            ["Found at 03:28. What is found does not change by itself."]
        );
        let again = "[data-part=found-at] form[method=post][action='/crises?late=1']";
        assert_eq!(all(&page, &format!("{again} input[name=text][value=lindqvist]")).len(), 1);
        assert_eq!(all(&page, &format!("{again} input[name=late][value='1']")).len(), 1);
    }
    let pages = page("crises-searched-pages");
    assert_eq!(texts(&pages, ".turn form button[name=page]"), ["Before these", "After these"]);
    assert_eq!(all(&pages, ".turn form input[name=text][value=lindqvist]").len(), 2);
    assert_eq!(all(&pages, ".turn a").len(), 0);
    let many = all(&pages, "form[action='/crises/notices'] input[type=hidden][name=filter-text]").len();
    assert_eq!(many, 1, "those who are told are those who were found");
    for name in ["crises-searched-long", "crises-bad-filter"] {
        let live = all(&page(name), "[data-actions-part='/crises/part/standing']").len();
        assert_eq!((live, all(&page(name), "[data-actions-part]").len()), (1, 1), "{name}");
    }
    let long = page("crises-searched-long");
    assert_eq!(texts(&long, "[data-part=problem]"), ["Look for at most 100 characters."]);
    assert_eq!(all(&long, "input[name=text][value^='lindqvist lindqvist']").len(), 1);
}
