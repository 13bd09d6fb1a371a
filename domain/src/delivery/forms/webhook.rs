//! The JSON that a webhook gets; `docs/guides/webhooks.md` describes it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Outgoing;

pub fn body(outgoing: &Outgoing<'_>) -> Value {
    let message = outgoing.message;
    let at = Timestamp::from_millisecond(outgoing.at.0).map(|at| at.to_string()).ok();
    json!({
        "type": format!("bellwether.{}", message.occasion.word()),
        "timestamp": at,
        "data": {
            "headline": outgoing.headline(),
            "title": message.title,
            "lines": outgoing.lines(),
            "level": message.level.map(|level| level.number()),
            "level_word": message.level.map(|level| level.word()),
            "alert": message.alert,
            "dedup_key": message.dedup_key,
            "url": outgoing.link,
            "repeated": outgoing.is_repeated,
        },
    })
}
