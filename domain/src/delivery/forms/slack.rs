//! Slack: Block Kit, with a text for notifications and old clients.

use serde_json::{Value, json};

use super::{Outgoing, colour};
use crate::delivery::Occasion;

pub const ACKNOWLEDGE: &str = "alert_acknowledge";
pub const RESOLVE: &str = "alert_resolve";

/// A section takes 3,000 letters.
const LONGEST_SECTION: usize = 2_900;

/// The body of a message: `text` and `attachments`, to which the caller adds where it goes. `has_buttons` where somebody
/// hears them.
pub fn body(outgoing: &Outgoing<'_>, has_buttons: bool) -> Value {
    let headline = escaped(&outgoing.headline());
    let mut blocks = Vec::new();
    let lines = outgoing.lines();
    if !lines.is_empty() {
        let mut text = String::new();
        for line in lines.iter().map(|line| escaped(line)) {
            if text.len() + line.len() > LONGEST_SECTION {
                text.push('…');
                break;
            }
            text.push_str(&line);
            text.push('\n');
        }
        blocks.push(json!({ "type": "section", "text": mrkdwn(text.trim_end()) }));
    }
    blocks.push(json!({
        "type": "context",
        "elements": [mrkdwn(&format!("<{}|Open in Bellwether>", escaped(outgoing.link)))],
    }));
    let buttons = if has_buttons { buttons(outgoing) } else { Vec::new() };
    if !buttons.is_empty() {
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    json!({
        "text": headline,
        "unfurl_links": false,
        "unfurl_media": false,
        "attachments": [{ "color": colour(outgoing.message), "fallback": headline, "blocks": blocks }],
    })
}

fn buttons(outgoing: &Outgoing<'_>) -> Vec<Value> {
    let Some(alert) = &outgoing.message.alert else { return Vec::new() };
    let button = |action: &str, text: &str, is_first: bool| {
        let mut button = json!({
            "type": "button",
            "action_id": action,
            "value": alert,
            "text": { "type": "plain_text", "text": text, "emoji": false },
        });
        if is_first {
            button["style"] = "primary".into();
        }
        button
    };
    let resolve = || button(RESOLVE, "Resolve", false);
    match outgoing.message.occasion {
        occasion if occasion.calls() => vec![button(ACKNOWLEDGE, "Acknowledge", true), resolve()],
        Occasion::Acknowledged => vec![resolve()],
        _ => Vec::new(),
    }
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text })
}

/// The three signs by which Slack knows links, mentions and entities: `<!channel>` stays what was typed.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
