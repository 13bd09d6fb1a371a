//! `/crises/{id}/notices/new`: one notice, seen in full before it goes. What it says is filled in on one side, the letter
//! stands on the other as it will go, and one press sends exactly that.

mod fields;
mod preview;

use std::sync::Arc;

use domain::{
    live::Frame,
    notices::{Language, Purpose, Variable, Way},
    time::Millis,
};
use leptos::prelude::*;

use self::{fields::fields, preview::preview};
use super::{
    LetterWords, To,
    words::{language_words, way_heading},
};
use crate::{
    access::Troubles,
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
    /// Of the text as it stands.
    pub language: Language,
    /// Those in which there is a text.
    pub languages: Vec<Language>,
    /// Of these, the one in which it is where nobody chooses; `None` before that can be known.
    pub theirs: Option<Theirs>,
    /// Those by which something can leave.
    pub ways: Vec<Way>,
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

/// The language of a text that nobody chose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Theirs {
    pub language: Language,
    pub why: Why,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// They read it.
    Read,
    /// Nobody knows what they read.
    Unknown,
    /// There is no text in what they read: "Hebrew".
    NoTextIn(String),
}

/// The value of the choice that is theirs: no tag of a language.
pub const THEIRS: &str = "theirs";

/// As its fields stand.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WriteForm {
    /// Which of several addresses, from 0; nothing before one is chosen.
    pub to: String,
    /// The tag of one that was chosen; empty, or `THEIRS`, is the couple's own.
    pub language: String,
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
                        <p class="meta"><span>{way_heading(view.way)}</span><span>{language_words(&view.language)}</span></p>
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
    use crate::notices::named::missing_words;

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
