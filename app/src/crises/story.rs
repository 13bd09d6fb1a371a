//! The timeline of a case. What somebody wrote stands beside what happened, for those who may read it.

use domain::{
    crises::{Happening, Line, wording},
    monitoring::range::rfc3339,
    time::Millis,
};
use leptos::prelude::*;

use super::{CaseView, Drawing};

/// One line of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoryLine {
    /// "03:04"
    pub when: String,
    /// For machines.
    pub moment: String,
    /// "Priya N. wrote a note."
    pub words: String,
    pub said: Said,
    pub kind: StoryKind,
    /// Where more of it stands, and what that is.
    pub link: Option<(String, &'static str)>,
}

/// What somebody wrote there.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    Nothing,
    /// There is something, and whoever looks may not read it.
    Hidden,
    /// There is something, and it cannot be read just now.
    Locked,
    Text(String),
}

/// What somebody wrote never stands in a log.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Said::Nothing => "Nothing",
            Said::Hidden => "Hidden",
            Said::Locked => "Locked",
            Said::Text(_) => "Text(…)",
        })
    }
}

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

impl StoryLine {
    pub fn of(at: Millis, happening: &Happening, said: Said, drawing: Drawing<'_>) -> StoryLine {
        let line = Line { happening: happening.clone(), text: None };
        StoryLine {
            when: drawing.clock(at),
            moment: rfc3339(at),
            words: wording::told(&line, false, |at| drawing.clock(at)),
            said,
            kind: kind(happening),
            link: match happening {
                Happening::StepBegun { run: Some(run), .. } => Some((format!("/runs/{run}"), "Its run")),
                _ => None,
            },
        }
    }

    /// A line of the story of the alert that caused it, in its own words.
    pub fn of_alert(at: Millis, words: &str, alert: &str, drawing: Drawing<'_>) -> StoryLine {
        StoryLine {
            when: drawing.clock(at),
            moment: rfc3339(at),
            words: format!("The alert that caused it: {words}"),
            said: Said::Nothing,
            kind: StoryKind::Change,
            link: Some((format!("/alerts/{alert}"), "The alert")),
        }
    }
}

fn kind(happening: &Happening) -> StoryKind {
    match happening {
        Happening::Noted { .. } | Happening::Filed { .. } | Happening::FileRemoved { .. } => StoryKind::Note,
        Happening::Called { .. } => StoryKind::Call,
        Happening::Acknowledged { .. }
        | Happening::Began { .. }
        | Happening::HandedOver { .. }
        | Happening::Released { .. }
        | Happening::Resolved { .. }
        | Happening::Reopened { .. }
        | Happening::Reviewed { .. } => StoryKind::Person,
        _ => StoryKind::Change,
    }
}

/// The newest first.
pub(super) fn timeline(view: &CaseView) -> AnyView {
    let lines: Vec<_> = view.story.iter().rev().map(line).collect();
    view! {
        <section class="card" data-part="timeline" aria-labelledby="timeline-title">
            <h2 id="timeline-title">"Timeline"</h2>
            <ol class="story case-story">{lines}</ol>
        </section>
    }
    .into_any()
}

fn line(line: &StoryLine) -> impl IntoView + use<> {
    let said = match &line.said {
        Said::Nothing => None,
        Said::Hidden => {
            Some(view! { <span class="dim">"(what was written is not shown to you)"</span> }.into_any())
        }
        Said::Locked => Some(view! { <span class="dim">"(what was written is locked)"</span> }.into_any()),
        Said::Text(text) => {
            Some(view! { <blockquote class="written" dir="auto">{text.clone()}</blockquote> }.into_any())
        }
    };
    let link = line.link.clone().map(|(address, words)| {
        view! { " "<a href=address>{words}</a> }
    });
    view! {
        <li data-kind=line.kind.code()>
            <time datetime=line.moment.clone()>{line.when.clone()}</time>
            <div><span dir="auto">{line.words.clone()}</span>{link}" "{said}</div>
        </li>
    }
}
