//! `/crises/new`: a case opened by hand, while the couple is on the telephone.

use std::sync::Arc;

use domain::{live::Frame, time::Millis};
use leptos::prelude::*;

use super::{FoundView, SearchForm, finding::finding};
use crate::{
    access::{
        Choice, Troubles,
        form::{Field, Lines, field_trouble, select},
    },
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct NewView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// The types of the configuration: key and name.
    pub types: Vec<Choice>,
    pub form: NewForm,
    /// What is looked for; `None` for whoever may not see names.
    pub search: Option<SearchForm>,
    /// What was found, once somebody looked.
    pub found: Option<FoundView>,
    /// The zone that is taken where none is given.
    pub zone: String,
    /// Why nothing personal can be written down just now.
    pub locked: Option<String>,
}

/// As it is typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NewForm {
    pub platform: String,
    pub of: String,
    /// What the platform calls the wedding that was found.
    pub wedding: String,
    pub names: String,
    /// A telephone number, an e-mail address, or both with a comma between them.
    pub reach: String,
    pub date: String,
    pub time: String,
    pub summary: String,
    pub zone: String,
    pub venue: String,
    pub language: String,
    pub troubles: Troubles,
}

/// It is full of what a couple said.
impl std::fmt::Debug for NewForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewForm").field("of", &self.of).finish_non_exhaustive()
    }
}

impl NewView {
    /// Typing starts where the couple is looked for, as long as nothing is known of them.
    pub(super) fn starts_at_search(&self) -> bool {
        let search = self.search.as_ref();
        search.is_some_and(|search| search.troubles.is_empty())
            && self.found.is_none()
            && self.form == NewForm { platform: self.form.platform.clone(), ..NewForm::default() }
    }

    /// Then with what was found, and last with what happened.
    fn starts_at_types(&self) -> bool {
        let has_found = self.found.as_ref().is_some_and(|found| !found.weddings.is_empty());
        let is_searched = self.search.as_ref().is_some_and(|search| !search.troubles.is_empty());
        self.form.of.is_empty() && !self.starts_at_search() && !has_found && !is_searched
    }
}

pub fn new_page(shell: &Shell, view: &NewView) -> String {
    let problem = if view.form.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}Open a case \u{2013} Crises \u{2013} Bellwether");
    shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, || {
        view! {
            <div class="page new-case">
                <div class="page-head">
                    <div>
                        <h1>"Open a case"</h1>
                        <p class="dim">"It is yours at once, and its clocks start now. What you do not know, leave out."</p>
                    </div>
                    <p class="links"><a href="/crises">"All crises"</a></p>
                </div>
                {finding(view, &shell.platforms)}
                {form(view, &shell.platforms)}
            </div>
        }
    })
}

fn form(view: &NewView, platforms: &[String]) -> AnyView {
    let NewForm {
        platform, wedding, names, reach, date, time, summary, zone, venue, language, troubles, ..
    } = &view.form;
    let platforms = (platforms.len() > 1).then(|| {
        let choices: Vec<Choice> =
            platforms.iter().map(|name| Choice { value: name.clone(), label: name.clone() }).collect();
        select("platform".to_owned(), "platform".to_owned(), "Platform", platform, &choices, None, None)
    });
    let text = |name: &'static str, label: &'static str, value: &str| {
        Field::text(name, label).value(value).optional().autocomplete("off").refused(troubles)
    };
    let more_is_open = ["zone", "venue", "language"].iter().any(|field| troubles.of(field).is_some());
    let more_is_typed = ![zone, venue, language].iter().all(|typed| typed.is_empty());
    let more = more_is_open || more_is_typed;
    let summary_field = Lines {
        id: "summary".to_owned(),
        name: "summary",
        label: "What happened, in a line".to_owned(),
        hint: None,
        most: 4_000,
        required: false,
    };
    let locked = view.locked.clone().map(|why| {
        view! {
            <div class="said" data-part="locked">
                <p>"Nothing about the couple can be kept just now: write it down elsewhere. The case opens all the same. "{why}</p>
            </div>
        }
    });
    let found = (!wedding.is_empty()).then(|| {
        view! {
            <input type="hidden" name="wedding" value=wedding.clone()/>
            <p class="hint" data-part="wedding">"Of the platform\u{2019}s calendar: wedding "<code>{wedding.clone()}</code></p>
        }
    });
    view! {
        {locked}
        {troubles.above()}
        <form class="card fields" method="post" action="/crises/new">
            {found}
            {platforms}
            {types(view)}
            <div class="pair">
                {text("names", "Names", names).hint("Names or the day: one of them is needed.").draw()}
                {text("reach", "Telephone or e-mail", reach).hint("Or both, with a comma between them.").literal().draw()}
            </div>
            <div class="pair">
                {Field::day("date", "Wedding day").value(date.clone()).optional().refused(troubles)
                    .hint("Not known is treated as today.").draw()}
                {Field::time("time", "Ceremony at").value(time.clone()).optional().refused(troubles)
                    .hint("In the couple\u{2019}s own time.").draw()}
            </div>
            {summary_field.draw(summary, troubles.of("summary"))}
            <button class="primary">"Open the case"</button>
            <details open=more>
                <summary>"Time zone, venue, language"</summary>
                <div class="fields">
                    {text("zone", "Time zone", zone)
                        .hint(format!("As Europe/Stockholm. Without one, {} is assumed.", view.zone)).literal().draw()}
                    {text("venue", "Venue", venue).draw()}
                    {text("language", "Language", language).hint("As en, de, sv.").literal().draw()}
                </div>
            </details>
        </form>
    }
    .into_any()
}

/// One press each, in reach of a thumb.
fn types(view: &NewView) -> impl IntoView + use<> {
    let trouble = view.form.troubles.of("type");
    let trouble_id = trouble.is_some().then(|| "type-trouble".to_owned());
    let choices: Vec<_> = view
        .types
        .iter()
        .enumerate()
        .map(|(place, of)| {
            let id = format!("type-{}", of.value);
            let checked = view.form.of == of.value;
            let is_start = place == 0 && view.starts_at_types();
            view! {
                <span class="choice">
                    <input
                        type="radio"
                        name="type"
                        id=id.clone()
                        value=of.value.clone()
                        checked=checked
                        required=true
                        autofocus=is_start
                    />
                    <label for=id>{of.label.clone()}</label>
                </span>
            }
        })
        .collect();
    let described = trouble_id.clone();
    view! {
        <fieldset class="choices" aria-describedby=described>
            <legend>"What happened"</legend>
            <div class="choice-row">{choices}</div>
            {trouble.map(|trouble| field_trouble(trouble_id, trouble))}
        </fieldset>
    }
}
