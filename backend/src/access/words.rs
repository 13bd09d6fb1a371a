//! The words in which links and ways are stored, and what a name may be.

use super::{LinkKind, WayKind};

impl LinkKind {
    pub const ALL: [LinkKind; 3] = [LinkKind::SetUp, LinkKind::Invite, LinkKind::Reset];

    /// As it is stored.
    pub fn word(self) -> &'static str {
        match self {
            LinkKind::SetUp => "setup",
            LinkKind::Invite => "invite",
            LinkKind::Reset => "reset",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<LinkKind> {
        LinkKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Where it leads: the token follows.
    pub fn path(self) -> &'static str {
        match self {
            LinkKind::SetUp => "/setup/",
            LinkKind::Invite => "/invite/",
            LinkKind::Reset => "/reset/",
        }
    }
}

impl WayKind {
    pub const ALL: [WayKind; 4] = [WayKind::Mail, WayKind::Chat, WayKind::Webhook, WayKind::Phone];

    /// As it is stored, and in forms.
    pub fn word(self) -> &'static str {
        match self {
            WayKind::Mail => "mail",
            WayKind::Chat => "chat",
            WayKind::Webhook => "webhook",
            WayKind::Phone => "phone",
        }
    }

    pub fn from_word(word: &str) -> Option<WayKind> {
        WayKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A name without the blanks around it; `None` when it is none.
pub fn name(typed: &str) -> Option<String> {
    let name = typed.trim();
    let is_one = !name.is_empty()
        && name.len() <= 800
        && name.chars().count() <= 200
        && !name.chars().any(|letter| letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter));
    is_one.then(|| name.to_owned())
}
