//! Pages that show what arrived, newest first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{Arrived, Kind, chat::Message, mail as mails};
use crate::platform::{Platform, lock};

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">
<meta http-equiv=\"refresh\" content=\"5\"><title>What arrived</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid; border-left-width: 5px; border-radius: 6px; padding: .5rem 1rem; margin: 0 0 1rem }
article.reply { margin-left: 2rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
form { display: inline-block; margin-right: .5rem }
button, input { font: inherit; padding: .2rem .6rem }
nav a { margin-right: 1rem }
</style></head><body>
<nav><a href=\"/control\">Control</a><a href=\"/chat\">Chat</a><a href=\"/mail\">Mail</a><a href=\"/pagerduty\">PagerDuty</a><a href=\"/hooks\">Webhooks</a></nav>
";
const SHOWN: usize = 100;

type Shared = State<Arc<Platform>>;

pub async fn mail(State(platform): Shared) -> Response {
    shown(&platform, "Mail", Kind::Mail, |one| {
        let header = |name: &str| escape(one.headers.get(name).map_or("", String::as_str));
        let text = mails::plain(one.body.as_str().unwrap_or_default());
        format!(
            "<h2>{}</h2><p>To {} at {}</p><pre>{}</pre>",
            header("subject"),
            header("envelope-to"),
            one.at,
            linked(&escape(text.trim()))
        )
    })
}

pub async fn pagerduty(State(platform): Shared) -> Response {
    shown(&platform, "PagerDuty", Kind::PagerDuty, |one| {
        let text = |value: &Value| escape(value.as_str().unwrap_or_default());
        format!(
            "<h2>{}: {}</h2><p>{} at {}</p>",
            text(&one.body["event_action"]),
            text(&one.body["payload"]["summary"]),
            text(&one.body["dedup_key"]),
            one.at
        )
    })
}

pub async fn webhooks(State(platform): Shared) -> Response {
    shown(&platform, "Webhooks", Kind::Webhook, |one| {
        let id = one.headers.get("webhook-id").map_or("", String::as_str);
        format!(
            "<h2>{}</h2><p>{} at {}</p><pre>{}</pre>",
            escape(&one.path),
            escape(id),
            one.at,
            escape(&format!("{:#}", one.body))
        )
    })
}

fn shown(platform: &Platform, title: &str, kind: Kind, draw: impl Fn(&Arrived) -> String) -> Response {
    let sinks = lock(&platform.sinks);
    let all: Vec<_> = sinks.since(Some(kind), 0).rev().take(SHOWN).collect();
    let articles: String = all.iter().map(|one| format!("<article>{}</article>\n", draw(one))).collect();
    page(title, &articles)
}

pub async fn chat(State(platform): Shared) -> Response {
    let sinks = lock(&platform.sinks);
    let messages = sinks.chat.messages();
    let is_first = |one: &&Message| one.thread_ts.is_none();
    let mut articles = String::new();
    for first in messages.iter().rev().filter(is_first).take(SHOWN) {
        articles.push_str(&message(first, "first"));
        let below = messages
            .iter()
            .filter(|one| one.channel == first.channel && one.thread_ts.as_ref() == Some(&first.ts));
        for reply in below {
            articles.push_str(&message(reply, "reply"));
        }
    }
    page("Chat", &articles)
}

fn message(message: &Message, class: &str) -> String {
    let body = &message.body;
    let changed = if message.updates > 0 { " (changed)" } else { "" };
    let only = message.only_for.as_ref().map(|user| format!(", seen by {} alone", escape(user)));
    let mut inside = format!(
        "<p><small>{}{}{changed}</small></p><p><strong>{}</strong></p>",
        escape(&message.channel),
        only.unwrap_or_default(),
        unmarked(body["text"].as_str().unwrap_or_default())
    );
    let blocks = body["attachments"][0]["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    for block in blocks {
        if let Some(text) = block["text"]["text"].as_str() {
            inside.push_str(&format!("<pre>{}</pre>", unmarked(text)));
        }
        for element in block["elements"].as_array().into_iter().flatten() {
            inside.push_str(&element_of(element, message));
        }
    }
    let colour = body["attachments"][0]["color"].as_str().unwrap_or_default();
    let is_colour =
        colour.strip_prefix('#').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
    let style = if is_colour { format!(" style=\"border-left-color:{colour}\"") } else { String::new() };
    format!("<article class=\"{class}\"{style}>{inside}</article>\n")
}

fn element_of(element: &Value, message: &Message) -> String {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    if element["type"] == "button" {
        return format!(
            "<form method=\"post\" action=\"/chat/press\"><input type=\"hidden\" name=\"action_id\" value=\"{}\">\
             <input type=\"hidden\" name=\"value\" value=\"{}\"><input type=\"hidden\" name=\"channel\" value=\"{}\">\
             <input type=\"hidden\" name=\"ts\" value=\"{}\"><input name=\"user\" value=\"U0OPERATOR\" size=\"12\" \
             aria-label=\"as\"> <button>{}</button></form>",
            text(&element["action_id"]),
            text(&element["value"]),
            escape(&message.channel),
            escape(&message.ts),
            text(&element["text"]["text"]),
        );
    }
    let marked = element["text"].as_str().unwrap_or_default();
    let link = marked
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .and_then(|inside| inside.split_once('|'))
        .filter(|(address, _)| address.starts_with("http"));
    match link {
        // The address is escaped already, as Slack wants it.
        Some((address, words)) => {
            format!("<p><a href=\"{}\">{}</a></p>", address.replace('"', "&quot;"), escape(words))
        }
        None => format!("<p>{}</p>", unmarked(marked)),
    }
}

fn page(title: &str, articles: &str) -> Response {
    let articles = if articles.is_empty() { "<p>Nothing has arrived.</p>" } else { articles };
    let html = format!("{HEAD}<h1>{title}</h1>\n{articles}</body></html>\n");
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// Slack's own three entities are read, then all is escaped for the page.
fn unmarked(text: &str) -> String {
    escape(&text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Addresses in a text that is escaped already become links.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let address = word.trim_end();
            if address.starts_with("http://") || address.starts_with("https://") {
                format!("<a href=\"{address}\">{address}</a>{}", &word[address.len()..])
            } else {
                word.to_owned()
            }
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
