//! A record as a sentence.

use super::{
    entry::{ActorKind, Outcome},
    record::Record,
};

/// What was done, and what it is to do it: for what was refused or failed.
const DEEDS: [(&str, &str); 40] = [
    ("accepted", "accept"),
    ("acknowledged", "acknowledge"),
    ("added", "add"),
    ("approved", "approve"),
    ("changed", "change"),
    ("confirmed", "confirm"),
    ("created", "create"),
    ("disabled", "disable"),
    ("enabled", "enable"),
    ("ended", "end"),
    ("exported", "export"),
    ("imported", "import"),
    ("invited", "invite"),
    ("locked", "lock"),
    ("looked at", "look at"),
    ("measured", "measure"),
    ("published", "publish"),
    ("read", "read"),
    ("rejected", "reject"),
    ("removed", "remove"),
    ("reported", "report"),
    ("requested", "request"),
    ("reset", "reset"),
    ("resolved", "resolve"),
    ("restored", "restore"),
    ("revoked", "revoke"),
    ("rotated", "rotate"),
    ("ran", "run"),
    ("sealed", "seal"),
    ("sent", "send"),
    ("set up", "set up"),
    ("signed in", "sign in"),
    ("signed out", "sign out"),
    ("silenced", "silence"),
    ("started", "start"),
    ("switched off", "switch off"),
    ("switched on", "switch on"),
    ("tested", "test"),
    ("used", "use"),
    ("verified", "verify"),
];

impl Record {
    /// "Ada Lovelace invited grace@example.com"; "Ada Lovelace was not allowed to invite grace@example.com". Without a
    /// full stop, and without the reason.
    pub fn sentence(&self) -> String {
        let (thing, deed) = self.verb.split_once('.').unwrap_or(("", &self.verb));
        let (thing, deed) = (thing.replace(['_', '-'], " "), deed.replace(['_', '-'], " "));
        let who = match self.actor_kind() {
            Some(ActorKind::Token) => format!("The token {}", self.actor_name),
            Some(ActorKind::Platform) => format!("The platform {}", self.actor_name),
            Some(ActorKind::Nobody) => "Somebody not signed in".to_owned(),
            _ if self.actor_name.is_empty() => "Somebody without a name".to_owned(),
            _ => capital(&self.actor_name),
        };
        let what = match (&self.object_name, &self.object_id) {
            (Some(name), _) if !name.is_empty() => format!(" {name}"),
            (_, Some(id)) if !id.is_empty() => format!(" {thing} {id}"),
            // "signed in" needs nothing more; "exported" does.
            _ if thing.is_empty() || deed.contains(' ') => String::new(),
            _ => format!(" the {thing}"),
        };
        let plainly = DEEDS.iter().find(|(done, _)| *done == deed).map(|(_, plainly)| plainly);
        match (self.outcome(), plainly) {
            (Some(Outcome::Refused), Some(plainly)) => format!("{who} was not allowed to {plainly}{what}"),
            (Some(Outcome::Failed), Some(plainly)) => format!("{who} failed to {plainly}{what}"),
            (Some(Outcome::Refused), None) => format!("{who} was refused: {deed}{what}"),
            (Some(Outcome::Failed), None) => format!("{who} failed: {deed}{what}"),
            (Some(Outcome::Done) | None, _) => format!("{who} {deed}{what}"),
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
