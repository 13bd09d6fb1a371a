//! A letter as it goes: to whom, the subject, the plain text, and the same as HTML.

use domain::notices::{Language, Letter, Way};
use leptos::prelude::*;

/// What a couple is sent, for whoever may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterWords {
    pub language: Language,
    pub subject: String,
    pub text: String,
    /// What the HTML says in its body. Made by `Letter::html`, which escapes everything.
    html: String,
}

/// A letter never stands in a log.
impl std::fmt::Debug for LetterWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LetterWords(…)")
    }
}

impl LetterWords {
    pub fn of(letter: &Letter) -> LetterWords {
        LetterWords {
            language: letter.language.clone(),
            subject: letter.subject.expose().to_owned(),
            text: letter.text.expose().to_owned(),
            html: body_of(&letter.html()).to_owned(),
        }
    }

    fn direction(&self) -> &'static str {
        if self.language.is_right_to_left() { "rtl" } else { "ltr" }
    }
}

/// What stands between the tags of the body.
fn body_of(html: &str) -> &str {
    let from = html.split_once("<body>").map_or("", |(_, after)| after);
    from.split_once("</body>").map_or("", |(body, _)| body).trim()
}

/// Who gets it.
#[derive(Clone, PartialEq, Eq)]
pub enum To {
    /// As far as it is shown before somebody asks.
    Masked(String),
    /// In full, asked for and recorded.
    Shown(String),
}

/// An address never stands in a log.
impl std::fmt::Debug for To {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            To::Masked(_) => "Masked(…)",
            To::Shown(_) => "Shown(…)",
        })
    }
}

impl To {
    pub(crate) fn words(&self) -> &str {
        match self {
            To::Masked(to) | To::Shown(to) => to,
        }
    }
}

/// All of it.
pub(super) fn letter(words: &LetterWords, way: Way, to: Option<&To>) -> AnyView {
    let to = to.map(|to| {
        let said = matches!(to, To::Shown(_))
            .then(|| view! { " "<span class="hint">"shown to you; recorded"</span> });
        view! { <dt>"To"</dt><dd><span dir="auto">{to.words().to_owned()}</span>{said}</dd> }
    });
    let (language, direction) = (words.language.to_string(), words.direction());
    let is_mail = way == Way::Mail;
    let subject = is_mail.then(|| {
        let subject = words.subject.clone();
        view! { <dt>"Subject"</dt><dd lang=language.clone() dir="auto" data-part="subject">{subject}</dd> }
    });
    let head = (to.is_some() || subject.is_some())
        .then(|| view! { <dl class="pairs letter-head">{to}{subject}</dl> });
    let html = is_mail.then(|| {
        view! {
            <details class="letter-as-html">
                <summary>"The same as HTML, as most mail programs show it"</summary>
                <div
                    class="letter-html"
                    lang=language.clone()
                    dir=direction
                    data-part="html"
                    inner_html=words.html.clone()
                ></div>
            </details>
        }
    });
    view! {
        <div class="letter">
            {head}
            <div class="letter-text" lang=language.clone() dir=direction data-part="text">{words.text.clone()}</div>
            {html}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::crises::Private;

    use super::*;

    #[test]
    fn what_is_shown_is_the_body_that_goes() {
        let letter = Letter {
            language: Language::english(),
            subject: Private::new("Yours"),
            text: Private::new("Dear <b>Ada</b>,\nhere: https://a.example/c/x?a=1&b=2.\n\nYour team"),
            markup: None,
        };
        let words = LetterWords::of(&letter);
        assert!(letter.html().contains(&words.html));
        assert!(words.html.starts_with("<p dir=\"auto\">Dear &lt;b&gt;Ada&lt;/b&gt;,<br>"), "{}", words.html);
        assert!(words.html.ends_with("<p dir=\"auto\">Your team</p>"), "{}", words.html);
        assert!(!format!("{words:?}").contains("Ada"));
    }
}
