//! A mail: the same facts as plain text and as HTML.

use super::{Outgoing, colour, one_line};

const LONGEST_SUBJECT: usize = 200;

/// What whoever gets it may press without signing in.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// "Acknowledge"
    pub words: &'a str,
    /// The whole address, which is theirs alone.
    pub address: &'a str,
    /// How long it holds, in a sentence.
    pub holds: &'static str,
}

impl<'a> Press<'a> {
    pub fn acknowledge(address: &'a str) -> Press<'a> {
        let holds = "It holds for 24 hours, for you alone, and asks for one press.";
        Press { words: "Acknowledge", address, holds }
    }

    pub fn answer(words: &'a str, address: &'a str) -> Press<'a> {
        Press { words, address, holds: "It is for you alone, needs no account, and asks for one press." }
    }
}

/// A mail without its addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

pub fn letter(outgoing: &Outgoing<'_>, press: Option<Press<'_>>) -> Letter {
    let subject = one_line(&outgoing.headline(), LONGEST_SUBJECT);
    Letter { text: text(outgoing, press), html: html(outgoing, press), subject }
}

fn text(outgoing: &Outgoing<'_>, press: Option<Press<'_>>) -> String {
    let mut text = format!("{}\r\n\r\n", outgoing.headline());
    for line in outgoing.lines() {
        text.push_str(&line);
        text.push_str("\r\n");
    }
    if let Some(Press { words, address, holds }) = press {
        text.push_str(&format!("\r\n{words}: {address}\r\n{holds}\r\n"));
    }
    text.push_str(&format!("\r\nThe whole story: {}\r\n\r\n-- \r\nBellwether\r\n", outgoing.link));
    text
}

fn html(outgoing: &Outgoing<'_>, press: Option<Press<'_>>) -> String {
    let colour = colour(outgoing.message);
    let headline = escaped(&outgoing.headline());
    let lines: String = outgoing
        .lines()
        .iter()
        .map(|line| format!("<p style=\"margin:0 0 8px\">{}</p>\r\n", escaped(line)))
        .collect();
    let button = press.map(|Press { words, address, holds }| {
        format!(
            "<p style=\"margin:16px 0 4px\"><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;\
             background:#1d1f24;color:#ffffff;border-radius:7px;text-decoration:none;font-weight:bold\">{}\
             </a></p>\r\n<p style=\"margin:0 0 8px;color:#565a64;font-size:13px\">{holds}</p>\r\n",
            escaped(address),
            escaped(words),
        )
    });
    format!(
        "<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{headline}</title></head>\r\n\
         <body style=\"margin:0;padding:16px;background:#f6f5f2;color:#1d1f24;font:15px/1.5 sans-serif\">\r\n\
         <div style=\"max-width:36em;padding:16px 20px;background:#ffffff;border:1px solid #dedad2;\
         border-left:4px solid {colour};border-radius:7px\">\r\n\
         <h1 style=\"margin:0 0 12px;font-size:18px;color:{colour}\">{headline}</h1>\r\n{lines}{}\
         <p style=\"margin:16px 0 0\"><a href=\"{}\" style=\"color:#2b5f8a\">The whole story in Bellwether</a></p>\r\n\
         </div>\r\n</body></html>\r\n",
        button.unwrap_or_default(),
        escaped(outgoing.link),
    )
}

/// Fit to stand in an element and in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    plain.replace('"', "&quot;").replace('\'', "&#39;")
}
