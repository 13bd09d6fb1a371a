//! The story of an alert: what happened to it, line by line, and who was told.

use std::collections::BTreeMap;

use domain::{
    access::PersonId,
    alerts::{Happening, wording},
    monitoring::range::rfc3339,
    time::Millis,
};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::when;

/// One line of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoryLine {
    /// "03:04"
    pub when: String,
    /// For machines.
    pub moment: String,
    pub words: String,
    pub kind: StoryKind,
}

/// What a line is about, so that people and calls can be told apart at a glance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoryKind {
    Change,
    Person,
    Note,
    Call,
}

impl StoryKind {
    fn code(self) -> &'static str {
        match self {
            StoryKind::Change => "change",
            StoryKind::Person => "person",
            StoryKind::Note => "note",
            StoryKind::Call => "call",
        }
    }
}

/// Oldest first.
pub(super) fn lines(
    story: &[(Millis, Happening)],
    names: &BTreeMap<PersonId, String>,
    now: Millis,
    zone: &TimeZone,
) -> Vec<StoryLine> {
    let name = |id: &PersonId| names.get(id).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    story
        .iter()
        .map(|(at, happening)| StoryLine {
            when: when::clock(at.0, now, zone),
            moment: rfc3339(*at),
            words: wording::told(happening, name, |at| when::clock(at.0, now, zone)),
            kind: kind(happening),
        })
        .collect()
}

fn kind(happening: &Happening) -> StoryKind {
    match happening {
        Happening::Noted { .. } | Happening::Pinned { .. } => StoryKind::Note,
        Happening::Acknowledged { .. }
        | Happening::HandedOver { .. }
        | Happening::Reopened { .. }
        | Happening::Unacknowledged { by: Some(_) }
        | Happening::Resolved(domain::alerts::Resolution::ByPerson { .. }) => StoryKind::Person,
        Happening::Paged(_) | Happening::Unreachable { .. } => StoryKind::Call,
        _ => StoryKind::Change,
    }
}

pub(super) fn story_list(lines: &[StoryLine], oldest_first: bool) -> impl IntoView + use<> {
    let line = |line: &StoryLine| {
        view! {
            <li data-kind=line.kind.code()>
                <time datetime=line.moment.clone()>{line.when.clone()}</time>
                <span>{line.words.clone()}</span>
            </li>
        }
    };
    let lines: Vec<_> =
        if oldest_first { lines.iter().map(line).collect() } else { lines.iter().rev().map(line).collect() };
    view! { <ol class="story" data-part="story">{lines}</ol> }
}
