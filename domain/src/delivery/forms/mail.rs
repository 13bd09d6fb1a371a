//! A mail: the same facts as plain text and as HTML.

use super::{Outgoing, colour, one_line};

const LONGEST_SUBJECT: usize = 200;
/// How long the link to acknowledge holds, in words.
const LINK_HOLDS: &str = "It holds for 24 hours, for you alone, and asks for one press.";

/// A mail without its addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// `acknowledge` is the whole address by which this person acknowledges this alert.
pub fn letter(outgoing: &Outgoing<'_>, acknowledge: Option<&str>) -> Letter {
    let subject = one_line(&outgoing.headline(), LONGEST_SUBJECT);
    Letter { text: text(outgoing, acknowledge), html: html(outgoing, acknowledge), subject }
}

fn text(outgoing: &Outgoing<'_>, acknowledge: Option<&str>) -> String {
    let mut text = format!("{}\r\n\r\n", outgoing.headline());
    for line in outgoing.lines() {
        text.push_str(&line);
        text.push_str("\r\n");
    }
    if let Some(address) = acknowledge {
        text.push_str(&format!("\r\nAcknowledge: {address}\r\n{LINK_HOLDS}\r\n"));
    }
    text.push_str(&format!("\r\nThe whole story: {}\r\n\r\n-- \r\nBellwether\r\n", outgoing.link));
    text
}

fn html(outgoing: &Outgoing<'_>, acknowledge: Option<&str>) -> String {
    let colour = colour(outgoing.message);
    let headline = escaped(&outgoing.headline());
    let lines: String = outgoing
        .lines()
        .iter()
        .map(|line| format!("<p style=\"margin:0 0 8px\">{}</p>\r\n", escaped(line)))
        .collect();
    let button = acknowledge.map(|address| {
        format!(
            "<p style=\"margin:16px 0 4px\"><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;\
             background:#1d1f24;color:#ffffff;border-radius:7px;text-decoration:none;font-weight:bold\">Acknowledge\
             </a></p>\r\n<p style=\"margin:0 0 8px;color:#565a64;font-size:13px\">{LINK_HOLDS}</p>\r\n",
            escaped(address)
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
