//! Who has a case, and what may be done to it as a whole: take it, hand it over, write, end it, merge it, erase its couple.

use domain::crises::State;
use leptos::prelude::*;

use super::{CaseView, words::Has};
use crate::access::form::{Lines, select};

/// The card beside the checklist.
pub(super) fn doing(view: &CaseView) -> AnyView {
    let body = match &view.rights.work {
        Err(who) => view! { <p class="dim" data-part="may-not">{who.clone()}</p> }.into_any(),
        Ok(()) => forms(view),
    };
    view! {
        <section class="card stack" data-part="doing" aria-labelledby="doing-title">
            <h2 id="doing-title">"Who has it"</h2>
            <p data-part="holder">{holder(view)}</p>
            {body}
        </section>
    }
    .into_any()
}

fn holder(view: &CaseView) -> AnyView {
    match &view.has {
        Has::Nobody { lasted } => {
            view! { <strong class="nobody">"Nobody"</strong>{format!(" has had it for {lasted}.")} }
                .into_any()
        }
        Has::You => view! { <strong>"You"</strong>" have it." }.into_any(),
        Has::Somebody(name) => view! { <strong dir="auto">{name.clone()}</strong>" has it." }.into_any(),
        Has::Over(words) => view! { {words.clone()}"." }.into_any(),
    }
}

fn forms(view: &CaseView) -> AnyView {
    match &view.case.state {
        State::Merged { into, .. } => view! {
            <p>"It was a double: go on in "<a href=format!("/crises/{into}")>"the case that it went into"</a>"."</p>
        }
        .into_any(),
        State::Detected { .. } => {
            view! { {note(view)}{hand_over(view)}{merge(view)}{cause(view)}{contact(view)}{erase(view)} }
                .into_any()
        }
        State::Acknowledged { .. } | State::Working { .. } => view! {
            {resolve(view)}
            {note(view)}
            {hand_over(view)}
            {release(view)}
            {merge(view)}
            {cause(view)}
            {contact(view)}
            {erase(view)}
        }
        .into_any(),
        State::Resolved { .. } | State::Reviewed { .. } => {
            view! { {note(view)}{cause(view)}{reopen(view)}{erase(view)} }.into_any()
        }
    }
}

/// A folded form with several lines of typing and one button.
struct Folded {
    what: &'static str,
    /// What it is folded under.
    words: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    button: &'static str,
    required: bool,
    class: Option<&'static str>,
}

impl Folded {
    fn lines(&self, view: &CaseView) -> AnyView {
        let (text, trouble) = view.typed.of(self.what, "", "text");
        let field = Lines {
            id: format!("{}-text", self.what),
            name: "text",
            label: self.label.to_owned(),
            hint: self.hint,
            most: 4_000,
            required: self.required,
        };
        field.draw(&text, trouble)
    }

    fn draw(self, view: &CaseView, before: Option<AnyView>) -> AnyView {
        let is_open = view.typed.is(self.what, "");
        let lines = self.lines(view);
        view! {
            <details open=is_open>
                <summary>{self.words}</summary>
                <form class="fields" method="post" action=view.address(&format!("/{}", self.what))>
                    {before}
                    {lines}
                    <button class=self.class>{self.button}</button>
                </form>
            </details>
        }
        .into_any()
    }
}

/// Why it cannot be ended yet stands in the open: each reason is something to do.
fn resolve(view: &CaseView) -> AnyView {
    if !view.obstacles.is_empty() {
        let reasons: Vec<_> = view.obstacles.iter().map(|why| view! { <li>{why.clone()}</li> }).collect();
        return view! {
            <div data-part="not-yet">
                <p>"It cannot be resolved yet:"</p>
                <ul class="reasons">{reasons}</ul>
            </div>
        }
        .into_any();
    }
    let form = Folded {
        what: "resolve",
        words: "",
        label: "How it ended for the couple, if you like",
        hint: None,
        button: "Resolve the case",
        required: false,
        class: Some("primary"),
    };
    let lines = form.lines(view);
    view! {
        <form class="fields" method="post" action=view.address("/resolve")>
            {lines}
            <button class=form.class>{form.button}</button>
        </form>
    }
    .into_any()
}

fn note(view: &CaseView) -> AnyView {
    let note = Folded {
        what: "note",
        words: "Write a note",
        label: "For whoever reads it next",
        hint: None,
        button: "Add the note",
        required: true,
        class: None,
    };
    note.draw(view, None)
}

fn hand_over(view: &CaseView) -> AnyView {
    if view.people.is_empty() {
        return view! {
            <details><summary>"Hand it over"</summary><p class="hint">"Nobody else may work on cases."</p></details>
        }
        .into_any();
    }
    let chosen = if view.typed.is("hand-over", "") { view.typed.to.as_str() } else { "" };
    let trouble = view.typed.is("hand-over", "").then(|| view.typed.troubles.of("to")).flatten();
    let to = select("hand-over-to".to_owned(), "to".to_owned(), "To", chosen, &view.people, None, trouble);
    let form = Folded {
        what: "hand-over",
        words: "Hand it over, or take it over",
        label: "What they have to know",
        hint: Some("What was promised to the couple, and by when."),
        button: "Hand it over",
        required: true,
        class: None,
    };
    form.draw(view, Some(to))
}

fn release(view: &CaseView) -> AnyView {
    let form = Folded {
        what: "release",
        words: "Give it back",
        label: "What the next person has to know",
        hint: Some("It is then nobody\u{2019}s, and somebody is called within a minute."),
        button: "Give it back",
        required: true,
        class: None,
    };
    form.draw(view, None)
}

fn merge(view: &CaseView) -> Option<AnyView> {
    if view.others.is_empty() {
        return None;
    }
    let is_open = view.typed.is("merge", "");
    let trouble = is_open.then(|| view.typed.troubles.of("to")).flatten();
    let chosen = if is_open { view.typed.to.as_str() } else { "" };
    let into = select(
        "merge-to".to_owned(),
        "to".to_owned(),
        "It is the same as",
        chosen,
        &view.others,
        Some("This one ends and says where it went; the other keeps both stories together."),
        trouble,
    );
    Some(
        view! {
            <details open=is_open>
                <summary>"It is a double"</summary>
                <form class="fields" method="post" action=view.address("/merge")>
                    {into}
                    <button>"Put this case into that one"</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

/// The alert that caused it is named by a person: the console cannot know.
fn cause(view: &CaseView) -> Option<AnyView> {
    if view.alerts.is_empty() && view.alert.is_none() {
        return None;
    }
    let is_open = view.typed.is("link", "") || view.typed.is("unlink", "");
    let chosen = if is_open { view.typed.to.as_str() } else { "" };
    let trouble = view.typed.is("link", "").then(|| view.typed.troubles.of("to")).flatten();
    let link = (!view.alerts.is_empty()).then(|| {
        let hint = Some("Of those that are open now. Its story then stands in the timeline.");
        let (id, name) = ("link-to".to_owned(), "to".to_owned());
        let alert = select(id, name, "Alert", chosen, &view.alerts, hint, trouble);
        view! {
            <form class="fields" method="post" action=view.address("/link")>
                {alert}
                <button>"It caused this case"</button>
            </form>
        }
    });
    let unlink = view.alert.clone().map(|(_, title)| {
        view! {
            <form class="fields" method="post" action=view.address("/unlink")>
                <p>"Named now: "<span dir="auto">{title}</span>"."</p>
                <button>"It was not this alert"</button>
            </form>
        }
    });
    Some(
        view! {
            <details open=is_open>
                <summary>"The alert that caused it"</summary>
                {unlink}
                {link}
            </details>
        }
        .into_any(),
    )
}

fn contact(view: &CaseView) -> AnyView {
    let allowed = view.case.contact.is_allowed();
    let form = if allowed {
        Folded {
            what: "no-contact",
            words: "They do not want to be contacted",
            label: "What they said, or who speaks for them",
            hint: Some("No notice goes to them while this holds."),
            button: "Do not contact them",
            required: true,
            class: None,
        }
    } else {
        Folded {
            what: "contact",
            words: "They may be contacted again",
            label: "Why",
            hint: None,
            button: "Let them be contacted",
            required: true,
            class: None,
        }
    };
    form.draw(view, None)
}

fn reopen(view: &CaseView) -> AnyView {
    let form = Folded {
        what: "reopen",
        words: "Open it again",
        label: "Why it was not over",
        hint: Some("It is then yours."),
        button: "Open the case again",
        required: true,
        class: None,
    };
    form.draw(view, None)
}

/// For those who may; it cannot be taken back.
fn erase(view: &CaseView) -> Option<AnyView> {
    if !view.may_erase() {
        return None;
    }
    let form = Folded {
        what: "erase",
        words: "Erase the couple",
        label: "Why, without names: it stays on record",
        hint: None,
        button: "Erase this couple for good",
        required: true,
        class: Some("danger"),
    };
    let backups = match &view.backups_until {
        Some(until) => format!(
            "Backups that were made before keep the sealed texts until {until}; whoever restores one erases them again by \
             the journal of erasures."
        ),
        None => "How long old backups live is not configured (backups_kept in [sealing]): as long as one does, it keeps the \
                 sealed texts; whoever restores it erases them again by the journal of erasures."
            .to_owned(),
    };
    let warning = view! {
        <p>
            "Names, addresses, numbers, notes and files of this case are destroyed, here and in what is restored from a \
             backup. What was done and how late it was stays. It cannot be taken back."
        </p>
        <p data-part="backups">{backups}</p>
    };
    Some(form.draw(view, Some(warning.into_any())))
}
