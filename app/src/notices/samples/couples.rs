//! Couples' own pages.

use domain::{
    access::PersonId,
    crises::{Case, CaseId, Holder, State, Wedding, built_in},
    notices::{Language, Promise, Purpose, StatusPage, Way},
    time::{MINUTE, Millis},
};
use jiff::tz::TimeZone;

use super::{
    HOSTILE, NOW,
    made::{actor, language},
};

fn case() -> Option<Case> {
    let types = built_in().ok()?;
    let holder = Holder { id: PersonId::new("p-priya"), name: "Priya Nair".to_owned() };
    let of = types.read("vendor_cancelled");
    Some(
        Case::by_hand(CaseId("0199-0000".to_owned()), holder, of, Wedding::default(), NOW.minus(20 * MINUTE))
            .0,
    )
}

fn page(case: &Case, tag: &str, at: Option<Millis>, contact: &str) -> StatusPage {
    let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
    StatusPage::of(case, &language(tag), Promise { at, contact }, &zone, NOW)
}

pub(super) fn couples() -> Vec<(&'static str, StatusPage)> {
    let Some(case) = case() else { return Vec::new() };
    let soon = Some(NOW.plus(32 * MINUTE));
    let mut planned = case.clone();
    planned.notice_sent(Purpose::WeHaveAPlan, Way::Mail, &actor("Priya Nair"), NOW);
    let solved = Case { state: State::Resolved { by: actor("Priya Nair"), at: NOW }, ..case.clone() };
    let contact = "Priya Nair, +46 8 123 45 67";
    vec![
        ("couple-we-know", page(&case, "en", soon, contact)),
        ("couple-plan", page(&planned, "de", soon, contact)),
        ("couple-overdue", page(&case, "sv", Some(NOW.minus(5 * MINUTE)), contact)),
        ("couple-solved", page(&solved, "fr", soon, contact)),
        ("couple-nothing-promised", page(&case, "es", None, "")),
        // No text is in that language: the words are English, and so is what the page says of itself.
        ("couple-other-language", page(&case, "he", soon, contact)),
        ("couple-hostile", page(&case, "en", soon, HOSTILE)),
        (
            "couple-right-to-left",
            StatusPage { language: language("ar"), right_to_left: true, ..page(&case, "en", soon, contact) },
        ),
    ]
}

/// In the order in which a browser wishes them.
pub(super) fn gone() -> Vec<(&'static str, Vec<Language>)> {
    vec![
        ("couple-gone", Vec::new()),
        ("couple-gone-de", vec![language("ja"), language("de-AT"), language("fr")]),
        ("couple-gone-other", vec![language("ja")]),
    ]
}
