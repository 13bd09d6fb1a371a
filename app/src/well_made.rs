//! What holds for every page that is drawn, whichever feature's. For the tests alone.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};

pub fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// What a person reads of it, in one line.
pub fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn texts(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector).into_iter().map(text).collect()
}

/// What of a field stands in an outline.
pub const FIELD: &[&str] = &["type", "name", "value", "checked", "aria-describedby"];

/// One element as a line of an outline: what it says, or, with these attributes, what it sends.
pub fn line(element: ElementRef<'_>, field: &[&str]) -> String {
    let value = element.value();
    let attribute = |name: &str| value.attr(name).map(|text| format!(" {name}={text}")).unwrap_or_default();
    match value.name() {
        "form" => format!("form{}", attribute("action")),
        "input" | "select" => {
            let attributes: String = field.iter().copied().map(attribute).collect();
            format!("  {}{attributes}", value.name())
        }
        name => format!("{name}: {}{}", text(element), attribute("href")),
    }
}

/// One title, one main part, headings in order, fields with labels, forms with buttons, ids that are there once.
pub fn check(name: &str, page: &Html) {
    outline(name, page);
    fields(name, page);
    forms(name, page);
    ids(name, page);
    landmarks(name, page);
}

fn outline(name: &str, page: &Html) {
    for selector in ["h1", "main#main", "head title", "html[lang=en]"] {
        assert_eq!(all(page, selector).len(), 1, "{name}: {selector}");
    }
    assert_eq!(all(page, "[style], style, [onclick]").len(), 0, "{name}: looks stand in style/");
    assert!(all(page, ".primary").len() <= 1, "{name}: one thing to do");
    let mut before = 0;
    for heading in all(page, "h1, h2, h3, h4") {
        let level = heading.value().name()[1..].parse::<u32>().unwrap();
        assert!(level <= before + 1, "{name}: h{level} after h{before}");
        before = level;
    }
}

fn fields(name: &str, page: &Html) {
    for field in all(page, "input:not([type=hidden]):not([hidden]), select, textarea") {
        let inside = field.ancestors().filter_map(ElementRef::wrap).find(|one| one.value().name() == "label");
        let own =
            field.value().attr("id").map(|id| all(page, &format!("label[for='{id}']"))).unwrap_or_default();
        assert!(own.len() <= 1, "{name}: {}", field.html());
        let label = inside.or(own.first().copied());
        assert!(label.is_some_and(|label| !text(label).is_empty()), "{name}: {}", field.html());
    }
    for field in all(page, "[aria-invalid]") {
        let described = field.value().attr("aria-describedby").unwrap_or_default();
        assert!(described.ends_with("-trouble"), "{name}: {}", field.html());
    }
    for field in all(page, "input[type=password], input[name=code]") {
        assert_eq!(field.value().attr("value"), None, "{name}");
        assert!(field.value().attr("autocomplete").is_some(), "{name}");
    }
}

fn forms(name: &str, page: &Html) {
    for form in all(page, "form") {
        let inside = |selector: &str| form.select(&Selector::parse(selector).unwrap()).count();
        let id = form.value().attr("id").unwrap_or_default();
        let outside = if id.is_empty() { 0 } else { all(page, &format!("button[form='{id}']")).len() };
        assert!(inside("button") + outside > 0, "{name}: {}", form.html());
        assert_eq!(inside("form"), 0, "{name}: a form in a form");
        let method = form.value().attr("method");
        assert!(matches!(method, None | Some("get" | "post" | "dialog")), "{name}: {method:?}");
    }
    for button in all(page, "button:not([aria-label])") {
        // The bar of what is new gets its words when there is something new.
        assert!(!text(button).is_empty(), "{name}: {}", button.html());
    }
}

fn ids(name: &str, page: &Html) {
    let mut ids = BTreeSet::new();
    for element in all(page, "[id]") {
        let id = element.value().attr("id").unwrap();
        assert!(ids.insert(id), "{name}: {id} twice");
    }
    for attribute in ["aria-describedby", "aria-labelledby", "list", "form"] {
        for element in all(page, &format!("[{attribute}]")) {
            for id in element.value().attr(attribute).unwrap().split(' ') {
                assert!(ids.contains(id), "{name}: {attribute} says {id}");
            }
        }
    }
}

/// Whoever goes from landmark to landmark hears their names alone.
fn landmarks(name: &str, page: &Html) {
    let mut named = BTreeSet::new();
    for section in all(page, "section[aria-labelledby], section[aria-label], nav[aria-label]") {
        let value = section.value();
        let label = match value.attr("aria-label") {
            Some(label) => label.to_owned(),
            None => {
                let ids = value.attr("aria-labelledby").unwrap_or_default().split(' ');
                let words = ids.map(|id| texts(page, &format!("[id='{id}']")).join(" "));
                words.collect::<Vec<_>>().join(" ")
            }
        };
        assert!(!label.is_empty(), "{name}: {}", section.html());
        // Where everything is the same hostile words, names are too.
        let is_new = named.insert((value.name().to_owned(), label.clone()));
        assert!(is_new || name.ends_with("-hostile"), "{name}: two {label:?}");
    }
}
