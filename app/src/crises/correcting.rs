//! The form that puts what is known now of a couple and their wedding in the place of what was: of two addresses a person
//! says which, and what could not be used is written as it can be.

use leptos::prelude::*;

use super::{CaseView, CoupleWords, Known};
use crate::access::{
    Troubles,
    form::{Field, Lines},
};

/// As it is typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CorrectForm {
    pub names: String,
    pub email: String,
    pub phone: String,
    /// A tag: "en".
    pub language: String,
    pub venue: String,
    pub summary: String,
    pub date: String,
    pub time: String,
    pub zone: String,
    pub troubles: Troubles,
}

/// It is full of what a couple said.
impl std::fmt::Debug for CorrectForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CorrectForm(…)")
    }
}

impl CorrectForm {
    /// As it stands now. Of several addresses none is put in: somebody has to choose.
    fn of(view: &CaseView, couple: &CoupleWords) -> CorrectForm {
        let one = |texts: &[String]| match texts {
            [one] => one.clone(),
            _ => String::new(),
        };
        let wedding = &view.case.wedding;
        CorrectForm {
            names: couple.names.clone(),
            email: one(&couple.emails),
            phone: one(&couple.phones),
            language: couple.language_tag.clone(),
            venue: couple.venue.clone(),
            summary: couple.summary.clone(),
            date: wedding.date.map(|date| date.to_string()).unwrap_or_default(),
            time: wedding.time.map(|time| time.strftime("%H:%M").to_string()).unwrap_or_default(),
            zone: wedding.zone.clone().unwrap_or_default(),
            troubles: Troubles::default(),
        }
    }
}

/// Under the couple, while they are shown; and with what was typed where that was refused.
pub(super) fn correct(view: &CaseView) -> Option<AnyView> {
    view.rights.work.as_ref().ok()?;
    let (form, several) = match (&view.correct, &view.couple) {
        (Some(form), Known::Shown(couple)) => (form.clone(), several(couple)),
        (Some(form), _) => (form.clone(), None),
        (None, Known::Shown(couple)) => (CorrectForm::of(view, couple), several(couple)),
        (None, Known::Nobody) if view.case.is_open() => {
            (CorrectForm::of(view, &CoupleWords::default()), None)
        }
        (None, _) => return None,
    };
    let text = |name: &'static str, label: &'static str, value: &str| {
        Field::text(name, label)
            .inside("correct")
            .value(value)
            .optional()
            .autocomplete("off")
            .refused(&form.troubles)
    };
    let email = text("email", "E-mail", &form.email).literal();
    let email = match several {
        Some(several) => email.hint(several),
        None => email,
    };
    let summary = Lines {
        id: "correct-summary".to_owned(),
        name: "summary",
        label: "What happened".to_owned(),
        hint: None,
        most: 4_000,
        required: false,
    };
    let day = Field::day("date", "Wedding day").inside("correct").value(form.date.clone()).optional();
    let time = Field::time("time", "Ceremony at").inside("correct").value(form.time.clone()).optional();
    let is_open = view.correct.is_some();
    Some(
        view! {
            <details open=is_open>
                <summary>"Correct what is known of them"</summary>
                <form class="fields" method="post" action=view.address("/correct")>
                    {text("names", "Names", &form.names).draw()}
                    {email.draw()}
                    {text("phone", "Phone", &form.phone).literal().draw()}
                    {text("language", "Language", &form.language).hint("As en, de, sv.").literal().draw()}
                    {text("venue", "Venue", &form.venue).draw()}
                    {day.refused(&form.troubles).draw()}
                    {time.refused(&form.troubles).draw()}
                    {text("zone", "Time zone", &form.zone).hint("As Europe/Stockholm.").literal().draw()}
                    {summary.draw(&form.summary, form.troubles.of("summary"))}
                    <button>"Keep this instead"</button>
                    <p class="hint">"What a field does not say is not known any more."</p>
                </form>
            </details>
        }
        .into_any(),
    )
}

fn several(couple: &CoupleWords) -> Option<String> {
    (couple.emails.len() > 1).then(|| format!("Say which: {}.", couple.emails.join(" or ")))
}
