//! Whose wedding it is, found before anything is typed twice: in the platform's calendar, and among the cases.

use leptos::prelude::*;

use super::NewView;
use crate::access::{
    Choice, Troubles,
    form::{Field, select},
};

/// What is looked for: one of them is enough.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SearchForm {
    pub name: String,
    pub day: String,
    pub troubles: Troubles,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FoundView {
    /// By their day.
    pub weddings: Vec<WeddingRow>,
    /// There are more than these.
    pub more: bool,
    pub cases: Vec<FoundCase>,
    /// What could not be looked through, and why.
    pub missing: Vec<String>,
}

/// A wedding of the platform's calendar; every field as the form that opens a case takes it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WeddingRow {
    pub id: String,
    pub names: String,
    pub venue: String,
    pub date: String,
    pub time: String,
    pub zone: String,
    /// "Sat 28 Nov 2026 12:30, Europe/Stockholm"
    pub when: String,
}

/// A case that is here already, of any state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundCase {
    pub id: String,
    /// "Vendor cancelled, ceremony in 9 hours"
    pub title: String,
    /// "Working \u{b7} Priya N."
    pub standing: String,
    /// Whether its couple may be put into the form.
    pub is_kept: bool,
}

/// What somebody says on the telephone never stands in a log.
impl std::fmt::Debug for SearchForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchForm(\u{2026})")
    }
}

impl std::fmt::Debug for WeddingRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WeddingRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Above the form; nothing for those who may not see names.
pub(super) fn finding(view: &NewView, platforms: &[String]) -> Option<AnyView> {
    let search = view.search.as_ref()?;
    let platforms = (platforms.len() > 1).then(|| {
        let choices: Vec<Choice> =
            platforms.iter().map(|name| Choice { value: name.clone(), label: name.clone() }).collect();
        let (id, name) = ("find-platform".to_owned(), "platform".to_owned());
        select(id, name, "Platform", &view.form.platform, &choices, None, None)
    });
    let name = Field::text("name", "Part of a name")
        .inside("find")
        .value(search.name.clone())
        .optional()
        .autocomplete("off")
        .focus(view.starts_at_search())
        .refused(&search.troubles);
    let day = Field::day("day", "Wedding day, if they say it")
        .inside("find")
        .value(search.day.clone())
        .optional()
        .refused(&search.troubles);
    Some(
        view! {
            <section class="card stack" data-part="finding" aria-labelledby="find-title">
                <h2 id="find-title">"Find the wedding"</h2>
                <form class="fields" method="post" action="/crises/new/find" role="search" aria-label="Weddings">
                    {platforms}
                    <div class="pair">{name.draw()}{day.draw()}</div>
                    <button>"Find"</button>
                </form>
                {view.found.as_ref().map(|found| results(view, found))}
            </section>
        }
        .into_any(),
    )
}

fn results(view: &NewView, found: &FoundView) -> AnyView {
    let missing: Vec<_> = found
        .missing
        .iter()
        .map(|why| view! { <p class="trouble" data-part="missing">{why.clone()}</p> })
        .collect();
    let nothing = (found.weddings.is_empty() && found.cases.is_empty()).then(|| {
        view! {
            <p class="empty" role="status" data-part="nothing">
                "No wedding is found by that. What you typed stands in the form below: open the case all the same."
            </p>
        }
    });
    let cases: Vec<_> = found.cases.iter().map(|found| case(view, found)).collect();
    let cases = (!cases.is_empty()).then(|| {
        view! { <div data-part="found-cases"><h3>"Cases that are here already"</h3><ul class="found">{cases}</ul></div> }
    });
    let weddings: Vec<_> =
        found.weddings.iter().enumerate().map(|(place, row)| wedding(view, row, place == 0)).collect();
    let more =
        found.more.then(|| view! { <p class="hint">"There are more: add the day, or more of the name."</p> });
    let weddings = (!weddings.is_empty()).then(|| {
        view! { <div data-part="found-weddings"><h3>"Weddings"</h3><ul class="found">{weddings}</ul>{more}</div> }
    });
    view! { {missing}{nothing}{cases}{weddings} }.into_any()
}

fn wedding(view: &NewView, row: &WeddingRow, is_first: bool) -> impl IntoView + use<> {
    let hidden = [
        ("platform", &view.form.platform),
        ("wedding", &row.id),
        ("names", &row.names),
        ("venue", &row.venue),
        ("date", &row.date),
        ("time", &row.time),
        ("zone", &row.zone),
    ];
    let hidden: Vec<_> = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> })
        .collect();
    let who = if row.names.is_empty() { row.id.clone() } else { row.names.clone() };
    view! {
        <li>
            <div>
                <strong dir="auto">{who.clone()}</strong>
                <p class="meta"><span>{row.when.clone()}</span><span dir="auto">{row.venue.clone()}</span></p>
            </div>
            <form method="post" action="/crises/new/use">
                {hidden}
                // One press when it is the only one: the next is what happened.
                <button autofocus=is_first>"Use it"<span class="unseen">{format!(": {who}")}</span></button>
            </form>
        </li>
    }
}

fn case(view: &NewView, found: &FoundCase) -> impl IntoView + use<> {
    let another = found.is_kept.then(|| {
        view! {
            <form method="post" action="/crises/new/use">
                <input type="hidden" name="platform" value=view.form.platform.clone()/>
                <input type="hidden" name="case" value=found.id.clone()/>
                <button>"Another for this couple"<span class="unseen">{format!(": {}", found.title)}</span></button>
            </form>
        }
    });
    view! {
        <li>
            <div>
                <a href=format!("/crises/{}", found.id)>{found.title.clone()}</a>
                <p class="meta"><span dir="auto">{found.standing.clone()}</span></p>
            </div>
            {another}
        </li>
    }
}
