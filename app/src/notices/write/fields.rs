//! What is filled in: to which of them, in which language, what the text names, and the letter in one's own words.

use domain::notices::{Purpose, Variable, Way};
use leptos::prelude::*;

use super::{THEIRS, Why, WriteView};
use crate::{
    access::{
        Choice,
        form::{Field, Lines, field_trouble, select},
    },
    notices::{named::Named, words::language_words},
};

pub(super) fn fields(view: &WriteView) -> AnyView {
    let form = &view.form;
    let named =
        Named { of: "write", names: &view.variables, missing: &view.missing, troubles: &form.troubles };
    let promised = named
        .promised(&form.promised, format!("In their own time, {}. It stands on their page too.", view.zone));
    let plan = named.names(Variable::Plan).then(|| {
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
        lines.draw(&form.plan, named.trouble("plan", Variable::Plan))
    });
    let contact = named.contact(&form.contact);
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
                {language(view)}
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

/// In which language they read it: nobody needs to choose.
fn language(view: &WriteView) -> Option<AnyView> {
    let theirs = view.theirs.as_ref()?;
    let trouble = view.form.troubles.of("language");
    if view.languages.len() < 2 && trouble.is_none() {
        return None;
    }
    let own = language_words(&theirs.language);
    let words = match &theirs.why {
        Why::Read => format!("{own}, which they read"),
        Why::Unknown => format!("{own}; nobody knows what they read"),
        Why::NoTextIn(language) => format!("{own}; there is no text in {language}"),
    };
    let mut choices = vec![Choice { value: THEIRS.to_owned(), label: words }];
    let others = view.languages.iter().filter(|language| **language != theirs.language);
    choices.extend(
        others.map(|language| Choice { value: language.to_string(), label: language_words(language) }),
    );
    let (id, name) = ("write-language".to_owned(), "language".to_owned());
    let hint = "The whole letter, and the times in it. What you type is not translated.";
    Some(select(id, name, "Language", &view.form.language, &choices, Some(hint), trouble))
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
