//! A record as a sentence.

use super::{
    entry::{ActorKind, Outcome},
    record::Record,
};
use crate::words::capitalised;

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

/// Deeds that say more than their verb: what was done, what it is to do it, and what stands before whom or
/// what it was done to, where that is not whoever did it.
const PHRASES: [(&str, &str, &str, &str); 18] = [
    ("audit.exported", "exported the audit log", "export the audit log", " of "),
    ("audit.verified", "verified the audit log", "verify the audit log", " of "),
    ("page.refused", "opened", "open", " "),
    ("person.changed_password", "changed the password", "change the password", " of "),
    ("person.gave_password", "gave the right password", "give the password", " of "),
    ("person.proved", "gave the password again", "prove who they are", " as "),
    ("person.reset_link_made", "made a link to a new password", "make a link to a new password", " for "),
    ("person.set_password", "chose a password", "choose a password", " for "),
    ("person.signed_in", "signed in", "sign in", " as "),
    ("profile.changed", "changed their own profile", "change their own profile", " of "),
    ("second_factor.begun", "began to set up a second factor", "set up a second factor", " for "),
    ("second_factor.confirmed", "switched a second factor on", "switch a second factor on", " for "),
    ("second_factor.recovery_codes_made", "made new recovery codes", "make new recovery codes", " for "),
    ("second_factor.removed", "removed the second factor", "remove the second factor", " of "),
    ("session.ended", "ended a session", "end a session", " of "),
    ("sessions.ended", "ended all sessions", "end all sessions", " of "),
    ("token.created", "made the token", "make the token", " "),
    ("token.revoked", "revoked the token", "revoke the token", " "),
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
            _ => capitalised(&self.actor_name),
        };
        if let Some((_, done, plainly, before)) = PHRASES.iter().find(|(verb, ..)| *verb == self.verb) {
            let object =
                self.object_name.as_deref().filter(|name| !name.is_empty() && !self.is_about_its_actor());
            let what = object.map(|name| format!("{before}{name}")).unwrap_or_default();
            return match self.outcome() {
                Some(Outcome::Refused) => format!("{who} was not allowed to {plainly}{what}"),
                Some(Outcome::Failed) => format!("{who} failed to {plainly}{what}"),
                Some(Outcome::Done) | None => format!("{who} {done}{what}"),
            };
        }
        let what = match (&self.object_name, &self.object_id) {
            _ if self.is_about_its_actor() && deed.contains(' ') => String::new(),
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

impl Record {
    /// Whether a person did it to themselves.
    fn is_about_its_actor(&self) -> bool {
        let is_person =
            self.actor_kind() == Some(ActorKind::Person) && self.object_kind.as_deref() == Some("person");
        is_person && self.actor_id.is_some() && self.actor_id == self.object_id
    }
}
