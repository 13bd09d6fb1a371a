//! `/crises/{id}/notices/new`: one notice, seen in full before it goes. What it says is filled in on one side, the letter
//! stands on the other as it will go, and one press sends exactly that.

use std::sync::Arc;

use domain::{
    live::Frame,
    notices::{Language, Purpose, Variable, Way},
    time::Millis,
};
use leptos::prelude::*;

use super::{LetterWords, To, letter::letter, words::way_heading};
use crate::{
    access::{
        Troubles,
        form::{Field, Lines, field_trouble},
    },
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct WriteView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// The case's id, and its title.
    pub case: String,
    pub title: String,
    pub purpose: Purpose,
    pub way: Way,
    pub language: Language,
    /// Those by which something can leave.
    pub ways: Vec<Way>,
    /// Their language, where the text is in another because there is none in it.
    pub no_text_in: Option<String>,
    /// Their addresses, or numbers; of several somebody says which.
    pub addresses: Vec<To>,
    pub form: WriteForm,
    /// What the text names, in the order of `Variable::ALL`.
    pub variables: Vec<Variable>,
    /// Of these, what is not known yet.
    pub missing: Vec<Variable>,
    /// `None` while something is missing.
    pub letter: Option<LetterWords>,
    /// Of the letter as it stands in the form, so that it is known whether somebody changes it there.
    pub shown: String,
    /// Of everything that is seen: the press says it, and what is different by then is not sent.
    pub seen: String,
    /// What is different from what was seen when the button was pressed.
    pub changed: Vec<String>,
    /// Why nothing can be sent, in sentences.
    pub obstacles: Vec<String>,
    /// They have been told this, or an attempt by another way went before: somebody says why.
    pub needs_reason: bool,
    /// "Europe/Stockholm": where times are promised.
    pub zone: String,
}

/// As its fields stand.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WriteForm {
    /// Which of several addresses, from 0; nothing before one is chosen.
    pub to: String,
    /// "2026-11-24T04:00", in the couple's zone; empty keeps what was promised before.
    pub promised: String,
    /// Empty is whom the configuration names.
    pub contact: String,
    pub plan: String,
    /// The letter as somebody changed it; empty where it is the template's.
    pub subject: String,
    pub text: String,
    pub reason: String,
    pub troubles: Troubles,
}

/// It is full of what a couple is told.
impl std::fmt::Debug for WriteForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriteForm(…)")
    }
}

impl WriteForm {
    fn is_edited(&self) -> bool {
        !self.subject.is_empty() || !self.text.is_empty()
    }
}

impl WriteView {
    /// Who gets it, as far as that is decided.
    fn to(&self) -> Option<&To> {
        match self.addresses.as_slice() {
            [one] => Some(one),
            several => several.get(self.form.to.parse::<usize>().ok()?),
        }
    }

    fn may_send(&self) -> bool {
        self.letter.is_some() && self.to().is_some() && self.obstacles.is_empty()
    }

    fn address(&self, end: &str) -> String {
        format!("/crises/{}/notices{end}", self.case)
    }

    fn by(&self, way: Way) -> String {
        self.address(&format!("/new?purpose={}&way={}", self.purpose.word(), way.word()))
    }
}

pub fn write_page(shell: &Shell, view: &WriteView) -> String {
    let is_wrong = !view.form.troubles.is_empty() || !view.changed.is_empty();
    let problem = if is_wrong { "Problem: " } else { "" };
    let title = format!(
        "{problem}\u{201c}{}\u{201d} \u{2013} {} \u{2013} Bellwether",
        view.purpose.label(),
        view.title
    );
    shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, || {
        view! {
            <div class="page write-page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href=format!("/crises/{}", view.case)>{view.title.clone()}</a></p>
                        <h1>{format!("Tell the couple: {}", lower(view.purpose))}</h1>
                        <p class="meta"><span>{way_heading(view.way)}</span><span>{view.language.label().to_owned()}</span></p>
                    </div>
                </div>
                {view.form.troubles.above()}
                {changed(&view.changed)}
                // What is filled in comes first, so that the Enter key shows the letter and never sends it.
                <form class="sides" method="post" action=view.address("/new") autocomplete="off">
                    {carried(view)}
                    {fields(view)}
                    {preview(view)}
                </form>
                {otherwise(view)}
            </div>
        }
    })
}

fn lower(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Apology => "we are sorry",
        other => other.label(),
    }
}

/// What the form says beside what is typed.
fn carried(view: &WriteView) -> impl IntoView + use<> {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    view! {
        {hidden("purpose", view.purpose.word().to_owned())}
        {hidden("way", view.way.word().to_owned())}
        {hidden("shown", view.shown.clone())}
        {hidden("seen", view.seen.clone())}
        {view.form.is_edited().then(|| hidden("edited", "1".to_owned()))}
    }
}

/// What is not as it was when somebody pressed.
pub(super) fn changed(changed: &[String]) -> Option<AnyView> {
    let lines: Vec<_> = changed.iter().map(|line| view! { <li>{line.clone()}</li> }).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card changed" data-part="changed" role="alert" aria-labelledby="changed-title">
                <h2 id="changed-title">"Nothing was sent: it is not what you had seen any more"</h2>
                <ul class="reasons">{lines}</ul>
                <p class="hint">"What you typed is still here. Look at it as it stands now, and press again."</p>
            </section>
        }
        .into_any()
    })
}

fn fields(view: &WriteView) -> AnyView {
    let form = &view.form;
    let names = |variable: Variable| view.variables.contains(&variable);
    let is_missing = |variable: Variable| view.missing.contains(&variable);
    let trouble = |name: &str, variable: Variable| {
        form.troubles.of(name).or_else(|| is_missing(variable).then(|| missing_words(variable).to_owned()))
    };
    let promised = names(Variable::PromisedTime).then(|| {
        Field::moment("promised", "They hear from us again by")
            .inside("write")
            .value(form.promised.clone())
            .optional()
            .hint(format!("In their own time, {}. It stands on their page too.", view.zone))
            .trouble(trouble("promised", Variable::PromisedTime))
            .draw()
    });
    let plan = names(Variable::Plan).then(|| {
        let label = match view.purpose {
            Purpose::Solved => "What was done",
            Purpose::Apology => "What went wrong, and what we do about it",
            _ => "The plan, as they will read it",
        };
        let lines = Lines {
            id: "write-plan".to_owned(),
            name: "plan",
            label: label.to_owned(),
            hint: Some("In their language. It stands in the letter word for word."),
            most: 4_000,
            required: false,
        };
        lines.draw(&form.plan, trouble("plan", Variable::Plan))
    });
    let contact = names(Variable::Contact).then(|| {
        Field::text("contact", "Whom they may call")
            .inside("write")
            .value(form.contact.clone())
            .optional()
            .autocomplete("off")
            .hint("Name and number.")
            .trouble(trouble("contact", Variable::Contact))
            .draw()
    });
    let reason = view.needs_reason.then(|| {
        let lines = Lines {
            id: "write-reason".to_owned(),
            name: "reason",
            label: "Why they are told again".to_owned(),
            hint: Some("For us; they do not read it."),
            most: 500,
            required: false,
        };
        lines.draw(&form.reason, form.troubles.of("reason"))
    });
    view! {
        <section class="card stack" aria-labelledby="says-title">
            <h2 id="says-title">"What it says"</h2>
            <div class="fields">
                {which(view)}
                {promised}
                {plan}
                {contact}
                {reason}
                {edit(view)}
                <button formaction=view.address("/new")>"Show it with this"</button>
            </div>
        </section>
    }
    .into_any()
}

/// Of several addresses somebody says which: nobody guesses.
fn which(view: &WriteView) -> Option<AnyView> {
    if view.addresses.len() < 2 {
        return None;
    }
    let choices: Vec<_> = view
        .addresses
        .iter()
        .enumerate()
        .map(|(place, to)| {
            let (id, value) = (format!("write-to-{place}"), place.to_string());
            let checked = view.form.to == value;
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="to" value=value checked=checked/>
                    <label for=id dir="auto">{to.words().to_owned()}</label>
                </div>
            }
        })
        .collect();
    let trouble = view.form.troubles.of("to").map(|trouble| field_trouble(None, trouble));
    Some(
        view! {
            <fieldset class="choices">
                <legend>"To which of them"</legend>
                <div class="choice-row">{choices}</div>
                {trouble}
            </fieldset>
        }
        .into_any(),
    )
}

/// What is asked for where it is not known.
pub(super) fn missing_words(variable: Variable) -> &'static str {
    match variable {
        Variable::Names => "Their names are not known: correct that on the page of the case.",
        Variable::PromisedTime => "Say when they hear from us again.",
        Variable::Contact => "Say whom they may call.",
        Variable::Plan => "Say what is being done for them.",
        Variable::Venue => "The venue is not known: correct that on the page of the case.",
        Variable::Ceremony => "The day of the wedding is not known: correct that on the page of the case.",
        Variable::StatusPage => "They have no page, and none can be made for them now.",
    }
}

/// The letter in one's own words. Left alone, it stays the template's.
fn edit(view: &WriteView) -> Option<AnyView> {
    let form = &view.form;
    let is_open =
        form.is_edited() || ["subject", "text"].iter().any(|field| form.troubles.of(field).is_some());
    // What somebody wrote stays also where it is no letter yet.
    let (subject, text) = match &view.letter {
        _ if form.is_edited() => (form.subject.clone(), form.text.clone()),
        Some(letter) => (letter.subject.clone(), letter.text.clone()),
        None => return None,
    };
    let subject = if view.way == Way::Mail {
        let field = Field::text("subject", "Subject").inside("write").value(subject).optional();
        field.autocomplete("off").trouble(form.troubles.of("subject")).draw()
    } else {
        // It is a part of what was seen, though nobody is sent it.
        view! { <input type="hidden" name="subject" value=subject/> }.into_any()
    };
    let lines = Lines {
        id: "write-text".to_owned(),
        name: "text",
        label: "Text".to_owned(),
        hint: Some("Once it is changed here, the fields above change it no more. Empty it to begin again."),
        most: 20_000,
        required: false,
    };
    Some(
        view! {
            <details class="edit-letter" open=is_open>
                <summary>"Write it in your own words"</summary>
                <div class="fields">{subject}{lines.draw(&text, form.troubles.of("text"))}</div>
            </details>
        }
        .into_any(),
    )
}

fn preview(view: &WriteView) -> AnyView {
    let body = match &view.letter {
        Some(words) => letter(words, view.way, view.to()),
        None if view.missing.is_empty() => view! {
            <p class="empty" data-part="empty">"It stands here as it will go once nothing is wrong with it any more."</p>
        }
        .into_any(),
        None => {
            let lines: Vec<_> =
                view.missing.iter().map(|variable| view! { <li>{missing_words(*variable)}</li> }).collect();
            view! {
                <div data-part="missing">
                    <p>"It cannot be shown as it will go before this is filled in:"</p>
                    <ul class="reasons">{lines}</ul>
                </div>
            }
            .into_any()
        }
    };
    let no_text = view.no_text_in.clone().map(|language| {
        view! {
            <p class="trouble" data-part="no-text">{format!("They read {language}, and there is no text in it: this one is in {}.", view.language.label())}</p>
        }
    });
    let obstacles: Vec<_> = view.obstacles.iter().map(|why| view! { <li>{why.clone()}</li> }).collect();
    let obstacles = (!obstacles.is_empty()).then(|| {
        view! {
            <div data-part="cannot-be-sent"><p>"It cannot be sent:"</p><ul class="reasons">{obstacles}</ul></div>
        }
    });
    let is_masked = view.addresses.iter().any(|to| matches!(to, To::Masked(_)));
    let reveal = is_masked.then(|| {
        view! {
            <button class="quiet" name="reveal" value="1" formaction=view.address("/new")>"Show their address"</button>
        }
    });
    let send = view.may_send().then(|| {
        let to = view.to().map(To::words).unwrap_or_default();
        let words = format!("Send: \u{201c}{}\u{201d} to {to}", view.purpose.label());
        view! { <button class="primary" formaction=view.address("/send")>{words}</button> }
    });
    let once = send.is_some().then(|| view! { <p class="hint">"It goes once, as it stands here."</p> });
    view! {
        <section class="card stack main-side" aria-labelledby="preview-title">
            <h2 id="preview-title">"As it will go"</h2>
            {no_text}
            {body}
            {obstacles}
            <div class="row send">{send}{reveal}</div>
            {once}
        </section>
    }
    .into_any()
}

/// Another way.
fn otherwise(view: &WriteView) -> AnyView {
    let ways: Vec<_> = view
        .ways
        .iter()
        .filter(|way| **way != view.way)
        .map(|way| {
            view! { <a class="button" href=view.by(*way)>{format!("Write it as {}", way.label())}</a> }
        })
        .collect();
    let lost =
        (!ways.is_empty()).then(|| view! { <span class="hint">"What was typed is not taken along."</span> });
    view! {
        <div class="row">
            <a class="button" href=format!("/crises/{}#notices", view.case)>"Back to the case"</a>
            {ways}
            {lost}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_has_its_words() {
        for variable in Variable::ALL {
            assert!(missing_words(variable).ends_with('.'));
        }
        for purpose in Purpose::ALL {
            assert!(!lower(purpose).is_empty());
        }
    }
}
