//! One notice before it goes.

use domain::{
    crises::Private,
    notices::{Letter, Purpose, Variable, Way},
};

use super::{
    HOSTILE, NOW, frames,
    made::{language, letter},
};
use crate::{
    access::Troubles,
    notices::{LetterWords, Theirs, To, Why, WriteForm, WriteView},
};

pub(super) fn writings() -> Vec<(&'static str, WriteView)> {
    let first = || view("en", Purpose::WeKnow, "Ada Okafor and Nils Lindqvist");
    let plan = || view("en", Purpose::WeHaveAPlan, "Ada Okafor and Nils Lindqvist");
    vec![
        ("notice-new", first()),
        ("notice-new-shown", WriteView { addresses: vec![shown("ada@example.com")], ..first() }),
        ("notice-new-plan", plan()),
        (
            "notice-new-missing",
            WriteView {
                missing: vec![Variable::PromisedTime, Variable::Plan],
                letter: None,
                form: WriteForm { contact: "Priya Nair, +46 8 123 45 67".to_owned(), ..WriteForm::default() },
                ..plan()
            },
        ),
        ("notice-new-changed", changed(plan())),
        ("notice-new-several", several(first())),
        (
            "notice-new-no-address",
            WriteView {
                addresses: Vec::new(),
                obstacles: vec!["There is no address that can be used.".to_owned()],
                ..first()
            },
        ),
        ("notice-new-again", again(first())),
        ("notice-new-refused", refused(first())),
        (
            "notice-new-on-its-way",
            WriteView {
                obstacles: vec!["One is on its way: a second would tell them twice.".to_owned()],
                ..first()
            },
        ),
        ("notice-new-edited", edited(first())),
        ("notice-new-edited-wrong", edited_wrong(first())),
        (
            "notice-new-sms",
            WriteView {
                way: Way::Sms,
                addresses: vec![To::Masked("\u{2022}\u{2022}\u{2022} 118".to_owned())],
                ..first()
            },
        ),
        ("notice-new-german", view("de", Purpose::Solved, "Jule und Max Schneider")),
        (
            "notice-new-no-text",
            WriteView {
                theirs: Some(Theirs { language: language("en"), why: Why::NoTextIn("Hebrew".to_owned()) }),
                ..view(
                    "en",
                    Purpose::Apology,
                    "\u{5d3}\u{5e0}\u{5d9}\u{5d0}\u{5dc}\u{5d4} \u{5db}\u{5d4}\u{5df}",
                )
            },
        ),
        ("notice-new-chosen-language", chosen(view("de", Purpose::WeKnow, "Saga och Elin Berg"))),
        (
            "notice-new-unknown-language",
            WriteView { theirs: Some(Theirs { language: language("en"), why: Why::Unknown }), ..first() },
        ),
        ("notice-new-no-such-language", no_such_language(first())),
        (
            "notice-new-one-language",
            WriteView { languages: vec![language("en")], ..view("en", Purpose::Solved, "Ada and Nils") },
        ),
        ("notice-new-hostile", hostile()),
    ]
}

fn shown(to: &str) -> To {
    To::Shown(to.to_owned())
}

fn view(tag: &str, purpose: Purpose, names: &str) -> WriteView {
    let letter = letter(tag, purpose, names);
    let mut variables = vec![Variable::Names];
    variables
        .extend(matches!(purpose, Purpose::WeKnow | Purpose::WeHaveAPlan).then_some(Variable::PromisedTime));
    variables.push(Variable::Contact);
    variables.extend((purpose != Purpose::WeKnow).then_some(Variable::Plan));
    WriteView {
        frames: frames(),
        now: NOW,
        case: "0199-0000".to_owned(),
        title: "Vendor cancelled, ceremony in 9 hours".to_owned(),
        purpose,
        way: Way::Mail,
        language: language(tag),
        languages: ["en", "fr", "de", "es", "sv"].map(language).to_vec(),
        theirs: Some(Theirs { language: language(tag), why: Why::Read }),
        ways: vec![Way::Mail, Way::Sms],
        addresses: vec![To::Masked("a\u{2022}\u{2022}\u{2022}@example.com".to_owned())],
        form: WriteForm {
            promised: "2026-11-24T04:00".to_owned(),
            contact: "Priya Nair, +46 8 123 45 67".to_owned(),
            plan: "Four florists are near your venue, and two can deliver by noon.\nYou choose one of them."
                .to_owned(),
            ..WriteForm::default()
        },
        variables,
        missing: Vec::new(),
        shown: "f00d".to_owned(),
        seen: letter.as_ref().map(Letter::fingerprint).unwrap_or_default(),
        letter: letter.as_ref().map(LetterWords::of),
        changed: Vec::new(),
        obstacles: Vec::new(),
        needs_reason: false,
        zone: "Europe/Stockholm".to_owned(),
    }
}

fn changed(view: WriteView) -> WriteView {
    let changed =
        vec!["The address changed.".to_owned(), "The text changed in 1 of its 6 paragraphs.".to_owned()];
    WriteView { changed, ..view }
}

fn several(view: WriteView) -> WriteView {
    let masked = |first: &str| To::Masked(format!("{first}\u{2022}\u{2022}\u{2022}@example.com"));
    let form = WriteForm {
        troubles: Troubles::default().and("to", "There are 2 addresses: somebody has to say which."),
        ..view.form.clone()
    };
    WriteView { addresses: vec![masked("a"), masked("n")], form, ..view }
}

fn again(view: WriteView) -> WriteView {
    let form = WriteForm {
        troubles: Troubles::default()
            .and("reason", "They have been told this. Say why they should be told again."),
        ..view.form.clone()
    };
    WriteView { needs_reason: true, form, ..view }
}

fn refused(view: WriteView) -> WriteView {
    let form = WriteForm {
        promised: "2026-11-23T04:00".to_owned(),
        troubles: Troubles::default().and("promised", "The promised time is over."),
        ..view.form.clone()
    };
    WriteView { form, letter: None, ..view }
}

fn edited(view: WriteView) -> WriteView {
    let (subject, text) = (
        "Your flowers: we are on it",
        "Dear Ada and Nils,\n\nyour florist had to cancel. We have four replacements near the venue and will call you by 04:00 with a choice.\n\nPriya Nair",
    );
    let letter = Letter::edited(language("en"), subject, text).ok();
    let form = WriteForm { subject: subject.to_owned(), text: text.to_owned(), ..view.form.clone() };
    WriteView { form, letter: letter.as_ref().map(LetterWords::of), ..view }
}

fn edited_wrong(view: WriteView) -> WriteView {
    let form = WriteForm {
        subject: "Your flowers: we are on it".to_owned(),
        text: "Dear Ada and Nils,\n\n{{plan}}".to_owned(),
        troubles: Troubles::default().and("text", "The text still has {{ in it: fill it in."),
        ..view.form.clone()
    };
    WriteView { form, letter: None, ..view }
}

/// They read Swedish, and somebody knows better.
fn chosen(view: WriteView) -> WriteView {
    let mut languages = view.languages.clone();
    languages.insert(3, language("de-ch"));
    let form = WriteForm { language: "de".to_owned(), ..view.form.clone() };
    let theirs = Some(Theirs { language: language("sv"), why: Why::Read });
    WriteView { languages, theirs, form, ..view }
}

fn no_such_language(view: WriteView) -> WriteView {
    let form = WriteForm {
        language: "he".to_owned(),
        troubles: Troubles::default().and("language", "There is no text for this in that language."),
        ..view.form.clone()
    };
    WriteView { form, letter: None, ..view }
}

fn hostile() -> WriteView {
    let letter = Letter {
        language: language("en"),
        subject: Private::new(HOSTILE),
        text: Private::new(format!("{HOSTILE}\n\n{HOSTILE}")),
        markup: None,
    };
    let hostile = || HOSTILE.to_owned();
    WriteView {
        title: hostile(),
        letter: Some(LetterWords::of(&letter)),
        addresses: vec![shown(HOSTILE), shown(HOSTILE)],
        form: WriteForm {
            to: "0".to_owned(),
            language: hostile(),
            promised: hostile(),
            contact: hostile(),
            plan: hostile(),
            subject: hostile(),
            text: hostile(),
            reason: hostile(),
            troubles: Troubles::default().and("", HOSTILE).and("reason", HOSTILE),
        },
        needs_reason: true,
        theirs: Some(Theirs { language: language("en"), why: Why::NoTextIn(hostile()) }),
        changed: vec![hostile()],
        obstacles: vec![hostile()],
        seen: hostile(),
        zone: hostile(),
        ..view("en", Purpose::WeHaveAPlan, HOSTILE)
    }
}
