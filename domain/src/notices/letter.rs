//! What a couple is sent: one subject, and the same text as plain and as HTML.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Language, Template, Variable, template::Part};
use crate::{
    crises::{Private, lines, one_line},
    delivery::forms::mail::escaped,
};

/// A subject is cut there: mail programs show less, and a line of a mail must not be long.
const LONGEST_SUBJECT: usize = 150;
/// Of a value within a subject.
const LONGEST_IN_SUBJECT: usize = 80;
const LONGEST_VALUE: usize = 4_000;
const LONGEST_TEXT: usize = 20_000;

/// Around what may be written in the other direction (U+2068, U+2069).
const ISOLATE: char = '\u{2068}';
const END_ISOLATE: char = '\u{2069}';

/// Stored sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Letter {
    pub language: Language,
    /// One line.
    pub subject: Private,
    pub text: Private,
    /// The body that the template has of its own as HTML, filled in; nobody has changed the text since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markup: Option<Private>,
}

/// What the variables stand for. Each is cleaned when it is given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Given(BTreeMap<Variable, Private>);

/// What has to be known first.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("Not known yet: {}.", .0.iter().map(|variable| variable.word()).collect::<Vec<_>>().join(", "))]
pub struct Missing(pub Vec<Variable>);

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotALetter {
    #[error("A letter needs a subject.")]
    NoSubject,
    #[error("A letter needs a text.")]
    NoText,
    #[error("The text is longer than {LONGEST_TEXT} characters.")]
    TooLong,
    #[error("The text still has {{{{ in it: fill it in.")]
    NotFilledIn,
}

impl Given {
    /// Nothing of it can break a line, write a header or turn the text round it; only a plan has several lines.
    #[must_use]
    pub fn with(mut self, variable: Variable, value: &str) -> Given {
        let (value, _) = match variable {
            Variable::Plan => lines(value, LONGEST_VALUE),
            _ => one_line(value, LONGEST_VALUE),
        };
        if value.is_empty() {
            self.0.remove(&variable);
        } else {
            self.0.insert(variable, Private::new(value));
        }
        self
    }
}

impl Letter {
    /// # Errors
    /// When a value that the template names is not there; all of them are named.
    pub fn fill(template: &Template, given: &Given) -> Result<Letter, Missing> {
        let missing: Vec<Variable> =
            template.variables().into_iter().filter(|variable| !given.0.contains_key(variable)).collect();
        if !missing.is_empty() {
            return Err(Missing(missing));
        }
        let right_to_left = template.language.is_right_to_left();
        let filled = |parts: &[Part], longest: usize| -> String {
            let value = |variable| {
                let value = given.0.get(variable).map_or("", Private::expose);
                isolated(&cut(value, longest), right_to_left)
            };
            parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Value(variable) => value(variable),
                })
                .collect()
        };
        let subject = filled(&template.subject, LONGEST_IN_SUBJECT);
        let text = filled(&template.text, LONGEST_VALUE);
        let markup = template.html.as_ref().map(|parts| {
            let value = |variable| {
                let value = given.0.get(variable).map_or("", Private::expose);
                escaped(&isolated(&cut(value, LONGEST_VALUE), right_to_left)).replace('\n', "<br>\n")
            };
            let parts = parts.iter().map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Value(variable) => value(variable),
            });
            Private::new(parts.collect::<String>())
        });
        Ok(Letter {
            language: template.language.clone(),
            subject: Private::new(bounded(&subject)),
            text: Private::new(text),
            markup,
        })
    }

    /// As somebody changed it before it goes.
    ///
    /// # Errors
    /// When subject or text is missing, it is too long, or something is not filled in.
    pub fn edited(language: Language, subject: &str, text: &str) -> Result<Letter, NotALetter> {
        if text.chars().count() > LONGEST_TEXT {
            return Err(NotALetter::TooLong);
        }
        // Isolates are what filling in put there; everything else that cannot be seen goes.
        let subject = kept_isolates(subject, one_line_open);
        let text = kept_isolates(text.trim(), |part| {
            part.replace("\r\n", "\n")
                .chars()
                .filter(|letter| *letter == '\n' || !crate::crises::is_unseen(*letter))
                .collect()
        });
        if subject.trim().is_empty() {
            return Err(NotALetter::NoSubject);
        }
        if text.trim().is_empty() {
            return Err(NotALetter::NoText);
        }
        if subject.contains("{{") || text.contains("{{") {
            return Err(NotALetter::NotFilledIn);
        }
        let subject = Private::new(bounded(subject.trim()));
        Ok(Letter { language, subject, text: Private::new(text), markup: None })
    }

    /// What somebody has seen, in 64 signs: who presses says it, and what was changed meanwhile does not go.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let markup = self.markup.as_ref().map(Private::expose);
        for part in
            [self.language.as_str(), self.subject.expose(), self.text.expose()].into_iter().chain(markup)
        {
            // With its length, so that nothing can move from one part to the next.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it says this anywhere.
    pub fn holds(&self, part: &str) -> bool {
        let markup = self.markup.as_ref().map(Private::expose);
        [self.subject.expose(), self.text.expose()].into_iter().chain(markup).any(|text| text.contains(part))
    }

    /// The same as HTML: the body that its template has of its own, or the text, of which nothing is markup, each paragraph
    /// has its own direction, and addresses of pages are links. Nothing is loaded.
    pub fn html(&self) -> String {
        let direction = if self.language.is_right_to_left() { "rtl" } else { "ltr" };
        let body = match &self.markup {
            Some(markup) => format!("{}\n", markup.expose()),
            None => paragraphs(self.text.expose()),
        };
        format!(
            "<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head><meta charset=\"utf-8\">\
             <title>{}</title></head>\n<body>\n{body}</body>\n</html>\n",
            escaped(self.language.as_str()),
            escaped(self.subject.expose()),
        )
    }
}

fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    let drawn = paragraphs.map(|paragraph| {
        let lines: Vec<String> = paragraph.trim_matches('\n').split('\n').map(html_line).collect();
        format!("<p dir=\"auto\">{}</p>\n", lines.join("<br>\n"))
    });
    drawn.collect()
}

fn html_line(line: &str) -> String {
    line.split_inclusive(' ')
        .map(|word| {
            let bare = word.trim_matches([' ', ISOLATE, END_ISOLATE]).trim_end_matches(['.', ',', ';', ')']);
            if !bare.starts_with("https://") {
                return escaped(word);
            }
            let (before, after) = word.split_once(bare).unwrap_or(("", ""));
            let address = escaped(bare);
            format!("{}<a href=\"{address}\">{address}</a>{}", escaped(before), escaped(after))
        })
        .collect()
}

/// With marks round it where it has letters of the other direction, so that it does not turn the words beside it.
fn isolated(value: &str, right_to_left: bool) -> String {
    let turns = value.chars().any(|letter| {
        let is_right_to_left = is_right_to_left(letter);
        if right_to_left { letter.is_alphabetic() && !is_right_to_left } else { is_right_to_left }
    });
    if turns { format!("{ISOLATE}{value}{END_ISOLATE}") } else { value.to_owned() }
}

/// Hebrew, Arabic and the other scripts of that direction, by their blocks.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}' | '\u{200f}')
}

/// At most so many characters, an ellipsis in the place of what is cut off.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}\u{2026}", kept.trim_end())
}

/// A subject that is cut within an isolate still ends it.
fn bounded(subject: &str) -> String {
    let mut subject = cut(subject, LONGEST_SUBJECT);
    let opened = subject.matches(ISOLATE).count();
    for _ in subject.matches(END_ISOLATE).count()..opened {
        subject.push(END_ISOLATE);
    }
    subject
}

/// Cleans what stands between isolates; the isolates stay where every one that is opened is closed.
fn kept_isolates(text: &str, clean: impl Fn(&str) -> String) -> String {
    let mut depth = 0_i32;
    let balanced = text.chars().all(|letter| {
        depth += i32::from(letter == ISOLATE) - i32::from(letter == END_ISOLATE);
        depth >= 0
    }) && depth == 0;
    if !balanced {
        return clean(&text.replace([ISOLATE, END_ISOLATE], ""));
    }
    text.split_inclusive([ISOLATE, END_ISOLATE])
        .map(|part| match part.chars().last() {
            Some(mark @ (ISOLATE | END_ISOLATE)) => {
                format!("{}{mark}", clean(part.trim_end_matches([ISOLATE, END_ISOLATE])))
            }
            _ => clean(part),
        })
        .collect()
}

/// One line, with the blanks at its ends: it is a piece of one.
fn one_line_open(part: &str) -> String {
    let (line, _) = one_line(part, LONGEST_TEXT);
    let blank = |end: bool| {
        let edge = if end { part.chars().last() } else { part.chars().next() };
        if edge.is_some_and(char::is_whitespace) { " " } else { "" }
    };
    if line.is_empty() { blank(true).to_owned() } else { format!("{}{line}{}", blank(false), blank(true)) }
}
