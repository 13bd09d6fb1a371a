//! `/crises/notices`: many couples at once, after an outage. Everybody is listed, each with their own text, and who cannot be
//! told stands apart with why; one press sends to all who are listed.

use std::sync::Arc;

use domain::{
    crises::Filter,
    live::Frame,
    notices::{Purpose, Variable, Way},
    time::Millis,
};
use leptos::prelude::*;

use super::{LetterWords, To, letter::letter, named::Named, words::heading, write::changed};
use crate::{
    access::{Troubles, form::Lines},
    filtering,
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct BulkView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub purpose: Purpose,
    /// The board's filter.
    pub filter: Filter,
    /// Everybody who is listed, told or left out: those that the press is about.
    pub cases: Vec<String>,
    /// Of these, whom somebody left out.
    pub out: Vec<String>,
    /// The first ones are the most urgent.
    pub ready: Vec<BulkRow>,
    pub left_out: Vec<LeftOut>,
    /// How many more the filter finds than are told at once.
    pub beyond: usize,
    pub form: BulkForm,
    /// What any of the texts names and one value can fill for everybody.
    pub variables: Vec<Variable>,
    /// Of these, what is not said yet.
    pub missing: Vec<Variable>,
    /// Of everything that is seen, couple by couple: the press says it, and what is different by then is not sent.
    pub seen: String,
    pub changed: Vec<String>,
    /// Why the address cannot be understood.
    pub problem: Option<String>,
    /// The zone in which the time is typed; each letter says it in the couple's own.
    pub zone: String,
}

/// One couple with what goes to them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BulkRow {
    /// The case's id, and its title.
    pub case: String,
    pub title: String,
    pub to: To,
    /// "Swedish"
    pub language: String,
    /// Their own, where there is no text in it.
    pub no_text_in: Option<String>,
    pub letter: LetterWords,
}

/// One couple that gets nothing by this press.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    pub case: String,
    pub title: String,
    pub why: String,
    /// Somebody said so, and may say otherwise.
    pub by_hand: bool,
}

/// What is the same for everybody.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BulkForm {
    /// "2026-11-24T04:00"
    pub promised: String,
    pub contact: String,
    pub plan: String,
    pub troubles: Troubles,
}

/// It says what couples are told.
impl std::fmt::Debug for BulkForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BulkForm(…)")
    }
}

impl BulkView {
    /// The board with the same filter, but for what was looked for.
    fn board(&self) -> String {
        self.address("/crises", &[])
    }

    fn address(&self, path: &str, more: &[(&str, String)]) -> String {
        let pairs = self.filter.in_address();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        filtering::address(path, &pairs, more)
    }

    /// The way to another thing that they are told. What was looked for is no part of an address.
    fn way_to(&self, purpose: Purpose) -> AnyView {
        let is_own = (purpose == self.purpose).then_some("true");
        if self.filter.text.is_some() {
            let button = view! { <button name="purpose" value=purpose.word() aria-current=is_own>{heading(purpose)}</button> };
            return button.into_any();
        }
        let address = self.address("/crises/notices", &[("purpose", purpose.word().to_owned())]);
        view! { <a href=address aria-current=is_own>{heading(purpose)}</a> }.into_any()
    }

    fn ways(&self) -> AnyView {
        let ways: Vec<_> = Purpose::ALL.into_iter().map(|purpose| self.way_to(purpose)).collect();
        let ways = view! { <nav class="seg" aria-label="What they are told">{ways}</nav> };
        match self.filter.text {
            None => ways.into_any(),
            Some(_) => view! { <form method="post" action="/crises/notices">{self.carried()}{ways}</form> }
                .into_any(),
        }
    }

    /// The filter, as the fields of a form.
    fn carried(&self) -> impl IntoView + use<> {
        let pairs = self.filter.pairs().into_iter();
        pairs
            .map(|(name, value)| view! { <input type="hidden" name=format!("filter-{name}") value=value/> })
            .collect::<Vec<_>>()
    }

    /// "All open cases", "1 case"
    fn sentence(&self) -> String {
        let ready = match self.ready.len() {
            0 => "Nobody can be told by one press".to_owned(),
            1 => "1 couple is told by one press, with a text of their own".to_owned(),
            count => format!("{count} couples are told by one press, each with a text of their own"),
        };
        let left_out = match self.left_out.len() {
            0 => String::new(),
            1 => "; 1 is left out".to_owned(),
            count => format!("; {count} are left out"),
        };
        format!("{ready}{left_out}.")
    }
}

/// The page.
pub fn bulk_page(shell: &Shell, view: &BulkView) -> String {
    let is_wrong = !view.form.troubles.is_empty() || !view.changed.is_empty();
    let problem = if is_wrong { "Problem: " } else { "" };
    let title = format!("{problem}Tell many at once: {} \u{2013} Bellwether", view.purpose.label());
    shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, || {
        let trouble = view.problem.clone().map(crate::access::form::trouble);
        view! {
            <div class="page bulk-page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href=view.board()>"Crises"</a></p>
                        <h1>"Tell many at once"</h1>
                        <p class="dim" data-part="sentence">{view.sentence()}</p>
                    </div>
                </div>
                {view.ways()}
                {trouble}
                {view.form.troubles.above()}
                {changed(&view.changed)}
                <form class="sides" id="bulk" method="post" action="/crises/notices" autocomplete="off">
                    {view.carried()}
                    {carried(view)}
                    {fields(view)}
                    {everybody(view)}
                </form>
                {left_out(view)}
            </div>
        }
    })
}

fn carried(view: &BulkView) -> impl IntoView + use<> {
    let pairs = [
        ("purpose", view.purpose.word().to_owned()),
        ("cases", view.cases.join(" ")),
        ("out", view.out.join(" ")),
        ("beyond", view.beyond.to_string()),
        ("seen", view.seen.clone()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>()
}

fn fields(view: &BulkView) -> AnyView {
    let form = &view.form;
    let named =
        Named { of: "bulk", names: &view.variables, missing: &view.missing, troubles: &form.troubles };
    let hint = format!("Here in {}; each letter says it in the couple\u{2019}s own time.", view.zone);
    let promised = named.promised(&form.promised, hint);
    let contact = named.contact(&form.contact);
    let plan = named.names(Variable::Plan).then(|| {
        let lines = Lines {
            id: "bulk-plan".to_owned(),
            name: "plan",
            label: "What all of them read of the plan".to_owned(),
            hint: Some("Word for word, in every language: write one couple alone where that will not do."),
            most: 4_000,
            required: false,
        };
        lines.draw(&form.plan, named.trouble("plan", Variable::Plan))
    });
    view! {
        <section class="card stack" aria-labelledby="says-title">
            <h2 id="says-title">"What all of them say"</h2>
            <div class="fields">
                {promised}
                {contact}
                {plan}
                <button formaction="/crises/notices">"Show them with this"</button>
            </div>
        </section>
    }
    .into_any()
}

fn everybody(view: &BulkView) -> AnyView {
    let rows: Vec<_> = view.ready.iter().map(row).collect();
    let body = if rows.is_empty() {
        let words = match (view.left_out.is_empty(), view.missing.is_empty()) {
            (_, false) => "Fill in what is missing, and every couple stands here with their own text.",
            (true, true) => "No case matches. Go back to the board and take a filter away.",
            (false, true) => "None of them can be told this by one press; why stands below for each.",
        };
        view! { <p class="empty" data-part="empty">{words}</p> }.into_any()
    } else {
        view! { <ul class="everybody">{rows}</ul> }.into_any()
    };
    let send = (!view.ready.is_empty() && view.problem.is_none()).then(|| {
        let to = match view.ready.len() {
            1 => "1 couple".to_owned(),
            count => format!("{count} couples"),
        };
        let words = format!("Send: \u{201c}{}\u{201d} to {to}", view.purpose.label());
        view! {
            <div class="row send"><button class="primary" formaction="/crises/notices/send">{words}</button></div>
            <p class="hint">"Each goes once, as it stands here. How far they are is shown next."</p>
        }
    });
    let beyond = (view.beyond > 0).then(|| {
        let words = format!(
            "{} more match. They are the less urgent ones: tell them by the next press.",
            view.beyond
        );
        view! { <p class="trouble">{words}</p> }
    });
    view! {
        <section class="card stack main-side" aria-labelledby="everybody-title">
            <h2 id="everybody-title">{format!("To be told ({})", view.ready.len())}</h2>
            {beyond}
            {body}
            {send}
        </section>
    }
    .into_any()
}

fn row(row: &BulkRow) -> AnyView {
    let no_text = row.no_text_in.clone().map(|language| {
        let words = format!("They read {language}; there is no text in it.");
        view! { <p class="small dim">{words}</p> }
    });
    view! {
        <li data-case=row.case.clone()>
            <p><a href=format!("/crises/{}", row.case)>{row.title.clone()}</a></p>
            <p class="meta"><span dir="auto">{row.to.words().to_owned()}</span><span>{row.language.clone()}</span></p>
            {no_text}
            <details><summary>"What they read"<span class="unseen">{format!(": {}", row.title)}</span></summary>
                {letter(&row.letter, Way::Mail, None)}
            </details>
            <button class="quiet" name="leave" value=row.case.clone() formaction="/crises/notices#everybody-title">
                "Leave out"<span class="unseen">{format!(": {}, {}", row.title, row.to.words())}</span>
            </button>
        </li>
    }
    .into_any()
}

fn take(row: &LeftOut) -> impl IntoView + use<> {
    view! {
        <button class="quiet" form="bulk" name="take" value=row.case.clone() formaction="/crises/notices#everybody-title">
            "Take in again"<span class="unseen">{format!(": {}", row.title)}</span>
        </button>
    }
}

fn left_out(view: &BulkView) -> Option<AnyView> {
    if view.left_out.is_empty() {
        return None;
    }
    let rows: Vec<_> = view
        .left_out
        .iter()
        .map(|row| {
            view! {
                <li data-case=row.case.clone()>
                    <a href=format!("/crises/{}#notices", row.case)>{row.title.clone()}</a>
                    <p class="why">{row.why.clone()}</p>
                    {row.by_hand.then(|| take(row))}
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="card stack" data-part="left-out" aria-labelledby="left-out-title">
                <h2 id="left-out-title">{format!("Left out ({})", view.left_out.len())}</h2>
                <p class="hint">"Nothing goes to them by this press. What keeps each back is done on the page of the case."</p>
                <ul class="left-out">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}
