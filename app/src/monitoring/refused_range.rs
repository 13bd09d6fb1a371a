//! The answer to a range that cannot be shown: what was typed, what is wrong with it, and the form to correct it.

use domain::{
    monitoring::range::{Preset, Range, RangeError},
    time::Millis,
};
use leptos::prelude::*;

use super::ranges::{Field, form, presets};
use crate::{
    shell::{Place, Shell},
    when,
};

/// A range as it was typed, and why it cannot be shown.
#[derive(Clone, Debug)]
pub struct RefusedRange {
    pub platform: String,
    /// Empty when it was left out.
    pub from: String,
    pub to: String,
    pub why: RangeError,
}

/// A whole page, for the status 400.
pub fn refused_range_page(shell: &Shell, refused: &RefusedRange, now: Millis) -> String {
    let title = "This range cannot be shown";
    let (fields, next) = fields(shell, refused, now);
    let at_a_field = fields.iter().any(|field| field.wrong.is_some());
    let happened = (!at_a_field).then(|| view! { <p data-part="wrong">{refused.why.to_string()}</p> });
    shell.page(Place::Performance, &format!("{title} \u{2013} Bellwether"), &[], Some(now), || {
        view! {
            <article class="page refused" data-part="error">
                <div class="stack">
                    <h1>{title}</h1>
                    {happened}
                    <p>{next}</p>
                </div>
                {form(shell, &refused.platform, fields, now)}
                <div>{presets(shell, &refused.platform, None)}</div>
            </article>
        }
    })
}

/// Both fields with what was typed, the wrong ones with the reason; and what to do next.
fn fields(shell: &Shell, refused: &RefusedRange, now: Millis) -> ([Field; 2], &'static str) {
    let RefusedRange { from, to, why, .. } = refused;
    let said = |remedy: &str| Some(format!("{why} {remedy}").trim().to_owned());
    let (wrong_from, wrong_to) = match why {
        RangeError::Unknown(_) | RangeError::Both => (None, None),
        RangeError::NotATime(text) => {
            let is_it = |typed: &str| typed.trim().chars().take(text.chars().count()).eq(text.chars());
            (said("").filter(|_| is_it(from)), said("").filter(|_| is_it(to)))
        }
        RangeError::Half => {
            let missing = |typed: &str| typed.trim().is_empty();
            let words = said("Fill in this one, too.");
            (words.clone().filter(|_| missing(from)), words.filter(|_| missing(to)))
        }
        RangeError::Backwards => (None, said("Choose a time after the one in From.")),
        RangeError::TooShort => (None, said("Choose a time at least a minute after the one in From.")),
        RangeError::TooLong => (said("Choose a time nearer to the one in To."), None),
        RangeError::Future => (said("Choose a time that has passed."), None),
    };
    let next = if wrong_from.is_some() || wrong_to.is_some() {
        "What you typed is kept below. Correct it, or choose one of the usual ranges."
    } else {
        "Choose one of the usual ranges, or say from when to when."
    };
    // Whoever typed no time at all begins with the usual range.
    let usual = Range::last(Preset::SixHours, now);
    let nothing = from.is_empty() && to.is_empty();
    let value = |typed: &str, usual: Millis| {
        if nothing { when::field(usual, &shell.zone) } else { typed.to_owned() }
    };
    let fields = [
        Field { name: "from", label: "From", value: value(from, usual.from), wrong: wrong_from },
        Field { name: "to", label: "To", value: value(to, usual.to), wrong: wrong_to },
    ];
    (fields, next)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use scraper::{ElementRef, Html, Selector};

    use super::*;
    use crate::monitoring::samples::{HOSTILE, NOW, shell};

    /// The page that answers these fields of the form.
    fn page(from: &str, to: &str) -> Html {
        let why = Range::parse(None, Some(from), Some(to), &TimeZone::UTC, NOW).unwrap_err();
        page_of(from, to, why)
    }

    fn page_of(from: &str, to: &str, why: RangeError) -> Html {
        let refused = RefusedRange { platform: "wedsync".into(), from: from.into(), to: to.into(), why };
        Html::parse_document(&refused_range_page(&shell(&["wedsync"]), &refused, NOW))
    }

    fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
        page.select(&Selector::parse(selector).unwrap()).next()
    }

    /// The field keeps `value` in an input of this kind, and says `words` beside it; no words: it is right.
    #[track_caller]
    fn check(page: &Html, name: &str, kind: &str, value: &str, words: &str) {
        let input = first(page, &format!("input[name={name}]")).unwrap().value();
        assert_eq!((input.attr("type"), input.attr("value")), (Some(kind), Some(value)), "{name}");
        let described = input.attr("aria-describedby").map(|id| first(page, &format!("#{id}")).unwrap());
        let said = described.map(|element| element.text().collect::<String>()).unwrap_or_default();
        assert_eq!(said, words, "{name}");
        assert_eq!(input.attr("aria-invalid").is_some(), !words.is_empty(), "{name}");
    }

    #[test]
    fn what_was_typed_is_kept_and_the_reason_stands_at_its_field() {
        let (early, late) = ("2026-11-20T03:00", "2026-11-21T03:00");
        let backwards = page(late, early);
        check(&backwards, "from", "datetime-local", late, "");
        let words = "The range ends before it begins. Choose a time after the one in From.";
        check(&backwards, "to", "datetime-local", early, words);

        let unread = page("yesterday noon", late);
        let words = "\u{201c}yesterday noon\u{201d} is not a time. Write it like 2026-11-24T03:00, or with a zone: \
                     2026-11-24T03:00:00Z.";
        check(&unread, "from", "text", "yesterday noon", words);
        check(&unread, "to", "datetime-local", late, "");

        let future = page("2027-01-01T00:00", "2027-01-02T00:00");
        let words = "The range begins in the future. Choose a time that has passed.";
        check(&future, "from", "datetime-local", "2027-01-01T00:00", words);

        let half = page(early, " ");
        check(&half, "to", "text", " ", "A range needs both from and to. Fill in this one, too.");
        // A time with a zone is one that only a field for texts keeps.
        check(&page("2026-11-21T03:00:00Z", early), "from", "text", "2026-11-21T03:00:00Z", "");
    }

    #[test]
    fn only_the_first_wrong_field_asks_for_the_focus() {
        let both = page("soon", "soon");
        assert_eq!(both.select(&Selector::parse("[autofocus]").unwrap()).count(), 1);
        assert_eq!(both.select(&Selector::parse("[aria-invalid]").unwrap()).count(), 2);
        assert!(first(&both, "input[name=from][autofocus]").is_some());
    }

    #[test]
    fn an_unknown_range_is_said_above_and_the_usual_ones_are_offered() {
        let unknown = page_of("", "", RangeError::Unknown("2h".to_owned()));
        let words: String = first(&unknown, "[data-part=wrong]").unwrap().text().collect();
        assert!(words.contains("\u{201c}2h\u{201d} is not a range"), "{words}");
        check(&unknown, "from", "datetime-local", "2026-11-23T21:28", "");
        assert!(first(&unknown, "a[href='/performance?range=24h']").is_some());
        assert!(first(&unknown, "[aria-current=true], [autofocus]").is_none());
    }

    #[test]
    fn nothing_typed_becomes_part_of_the_page() {
        let hostile = page(HOSTILE, "2026-11-21T03:00");
        assert_eq!(hostile.select(&Selector::parse("script, img").unwrap()).count(), 0);
        assert_eq!(first(&hostile, "input[name=from]").unwrap().value().attr("value"), Some(HOSTILE));
        assert_eq!(hostile.select(&Selector::parse("h1").unwrap()).count(), 1);
    }
}
