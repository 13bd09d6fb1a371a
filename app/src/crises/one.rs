//! `/crises/{id}`: what happened, how long is left, who has it, what is to be done and by when, who the couple is.

use std::sync::Arc;

use domain::{
    crises::{Case, Refusal, State, Trouble, Unsettled, wording},
    live::Frame,
    time::Millis,
};
use islands::{Shown, level_view};
use leptos::prelude::*;

use super::{
    CorrectForm, Drawing, FileRow, FindingsView, Known, ReviewForm, Rights, StoryLine, Typed,
    clocks::{Clock, clock_list, clocks},
    couple::couple_card,
    doing::doing,
    files::files,
    notices::{NoticesView, nothing_told, notices},
    review::review,
    rows::ceremony,
    steps::{Act, Mark, StepView, checklist},
    story::timeline,
    words::{CeremonyWords, Has, ToldWords, origin},
};
use crate::{
    access::{Choice, form::done},
    document::rendered,
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct CaseView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub case: Case,
    pub rights: Rights,
    /// "Vendor cancelled, ceremony in 9 hours"
    pub title: String,
    /// Where it comes from.
    pub origin: String,
    pub ceremony: CeremonyWords,
    /// What was assumed about that, in sentences.
    pub assumptions: Vec<String>,
    pub clocks: Vec<Clock>,
    pub has: Has,
    pub told: ToldWords,
    /// What somebody has to look at before anything else.
    pub warnings: Vec<String>,
    pub steps: Vec<StepView>,
    /// The key of the step that is next.
    pub next: Option<String>,
    /// Why it cannot be resolved yet.
    pub obstacles: Vec<String>,
    /// The one thing to do, where that is a step's.
    pub primary: Option<(String, Act)>,
    pub couple: Known,
    pub notices: NoticesView,
    /// What was typed to correct that, where it was refused.
    pub correct: Option<CorrectForm>,
    /// Oldest first.
    pub story: Vec<StoryLine>,
    pub files: Vec<FileRow>,
    pub findings: Option<FindingsView>,
    pub review: ReviewForm,
    /// The alert that caused it: id and title.
    pub alert: Option<(String, String)>,
    /// Open ones that may have caused it.
    pub alerts: Vec<Choice>,
    /// How it went, in sentences, once it is over.
    pub after: Vec<String>,
    /// The page of the runbook that its type is worked by.
    pub procedure: Option<String>,
    /// Its doubles, and the case that it went into, with what they are called.
    pub doubles: Vec<(String, String)>,
    /// Who may be given it, and who may be given a task.
    pub people: Vec<Choice>,
    pub owners: Vec<Choice>,
    /// Other open cases that it may be the same as.
    pub others: Vec<Choice>,
    /// Who could be asked for a step that asks people.
    pub askable: Vec<Choice>,
    /// Until when backups live that were made before: "4 January 2027". `None` when nobody said how long they do.
    pub backups_until: Option<String>,
    pub typed: Typed,
    pub done: Option<String>,
}

impl CaseView {
    /// `platform` is named where there are several; `unsettled` are those notices that are not. What else belongs to the
    /// page is set on what comes back: files, findings, people, other cases.
    pub fn of(
        case: &Case,
        platform: Option<&str>,
        troubles: &[Trouble],
        unsettled: &[Unsettled],
        couple: Known,
        drawing: Drawing<'_>,
    ) -> CaseView {
        let now = drawing.now;
        let mut warnings: Vec<String> = wording::warnings(case, now, |at| drawing.clock(at));
        if case.is_open() {
            let odd = troubles.iter().map(ToString::to_string);
            warnings.extend(odd.filter(|odd| !warnings.contains(odd)).collect::<Vec<_>>());
        }
        let steps: Vec<StepView> =
            case.steps.iter().map(|step| StepView::of(step, case, platform, drawing)).collect();
        let next = case.next_step().map(|step| step.key().to_string());
        let obstacles = obstacles(case, unsettled, now);
        CaseView {
            frames: Vec::new(),
            now,
            title: wording::title(case, drawing.assumed, now),
            origin: origin(case, platform, drawing),
            ceremony: CeremonyWords::of(case, drawing),
            assumptions: wording::assumptions(case, drawing.assumed),
            clocks: clocks(case, now),
            has: Has::of(case, drawing),
            told: ToldWords::of(case, drawing),
            primary: primary(case, &steps, next.as_deref(), &obstacles),
            warnings,
            steps,
            next,
            obstacles,
            couple,
            notices: nothing_told(case),
            correct: None,
            story: Vec::new(),
            files: Vec::new(),
            findings: None,
            review: ReviewForm::default(),
            alert: None,
            alerts: Vec::new(),
            after: Vec::new(),
            procedure: None,
            doubles: Vec::new(),
            people: Vec::new(),
            owners: Vec::new(),
            others: Vec::new(),
            askable: Vec::new(),
            backups_until: None,
            typed: Typed::default(),
            done: None,
            rights: drawing.rights.clone(),
            case: case.clone(),
        }
    }

    pub(super) fn address(&self, verb: &str) -> String {
        format!("/crises/{}{verb}", self.case.id)
    }

    fn may_take(&self) -> bool {
        self.has.is_nobody() && self.rights.work.is_ok()
    }

    pub(super) fn may_file(&self) -> bool {
        self.rights.work.is_ok() && self.is_kept() && !matches!(self.couple, Known::Locked(_))
    }

    pub(super) fn may_erase(&self) -> bool {
        self.rights.work.is_ok() && self.rights.see.is_ok() && self.is_kept()
    }

    /// Not erased, and not gone into another.
    fn is_kept(&self) -> bool {
        self.case.erased_at.is_none() && !matches!(self.case.state, State::Merged { .. })
    }
}

/// Every reason why it cannot be ended now, but that somebody has to have it first.
fn obstacles(case: &Case, notices: &[Unsettled], now: Millis) -> Vec<String> {
    let by = domain::actions::Actor::Console { rule: String::new() };
    match case.clone().resolve(by, "", notices, now) {
        Err(Refusal::NotResolved { steps, notices }) => {
            let steps = steps.iter().map(|step| format!("\u{201c}{step}\u{201d} is open"));
            steps.chain(notices.iter().map(Unsettled::words)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whoever has it goes on with the next step, as long as the case cannot be ended.
fn primary(
    case: &Case,
    steps: &[StepView],
    next: Option<&str>,
    obstacles: &[String],
) -> Option<(String, Act)> {
    if case.holder().is_none() || obstacles.is_empty() {
        return None;
    }
    let next = steps.iter().find(|step| Some(step.key.as_str()) == next)?;
    let act = next.acts.first().copied().filter(|act| matches!(act, Act::Start | Act::Ask | Act::Done))?;
    (next.mark == Mark::Open).then(|| (next.key.clone(), act))
}

/// What an open page draws anew when something happens to its case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CasePart {
    Head,
    Checklist,
    /// What the couple was told.
    Notices,
    /// Who has it, and what may be done.
    Doing,
    /// The clock of the ceremony.
    Ceremony,
    Timeline,
}

impl CasePart {
    const ALL: [CasePart; 6] = [
        CasePart::Head,
        CasePart::Checklist,
        CasePart::Notices,
        CasePart::Doing,
        CasePart::Ceremony,
        CasePart::Timeline,
    ];

    pub fn from_word(word: &str) -> Option<CasePart> {
        CasePart::ALL.into_iter().find(|part| part.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            CasePart::Head => "head",
            CasePart::Checklist => "checklist",
            CasePart::Notices => "notices",
            CasePart::Doing => "doing",
            CasePart::Ceremony => "ceremony",
            CasePart::Timeline => "timeline",
        }
    }
}

pub fn case_page(shell: &Shell, view: &CaseView) -> String {
    let is_wrong = !view.typed.troubles.is_empty()
        || !view.review.troubles.is_empty()
        || view.correct.is_some()
        || view.notices.is_wrong();
    let problem = if is_wrong { "Problem: " } else { "" };
    let title = format!("{problem}{} \u{2013} Crises \u{2013} Bellwether", view.title);
    shell.page_with_forms(Place::Crises, &title, &view.frames, view.now, || {
        let above = (view.typed.what.is_empty() || !is_field(view)).then(|| view.typed.troubles.above()).flatten();
        view! {
            <div class="page case-page" data-alert-page=view.case.id.to_string() data-alert=view.case.id.to_string()>
                {view.done.clone().map(done)}
                {above}
                <p class="news" data-actions-bar="" hidden><button type="button">"Show what is new"</button></p>
                {live(view, CasePart::Head)}
                // How long is left and who they are come first where the screen is narrow.
                <div class="sides">
                    <div class="stack">
                        {live(view, CasePart::Ceremony)}
                        {couple_card(view)}
                    </div>
                    <div class="stack main-side">
                        {live(view, CasePart::Checklist)}
                        {live(view, CasePart::Notices)}
                        {review(view)}
                        {live(view, CasePart::Doing)}
                    </div>
                    <div class="stack">
                        {files(view)}
                        {live(view, CasePart::Timeline)}
                    </div>
                </div>
            </div>
        }
    })
}

/// Whether what was refused is said at a field; else it is said above all.
fn is_field(view: &CaseView) -> bool {
    ["text", "to", "file"].iter().any(|field| view.typed.troubles.of(field).is_some())
}

/// One part alone, for a page that draws it anew.
pub fn case_part(view: &CaseView, part: CasePart) -> String {
    let view = view.clone();
    rendered(move || inside(&view, part))
}

fn live(view: &CaseView, part: CasePart) -> AnyView {
    let address = view.address(&format!("/part/{}", part.word()));
    // What was typed and refused, and what somebody asked to read, stays.
    let of_notices = part == CasePart::Notices && (view.notices.is_wrong() || view.notices.is_read());
    let kept = (!view.typed.troubles.is_empty() || of_notices).then_some("");
    view! { <div class="stack" data-actions-part=address data-kept=kept>{inside(view, part)}</div> }
        .into_any()
}

fn inside(view: &CaseView, part: CasePart) -> AnyView {
    match part {
        CasePart::Head => head(view),
        CasePart::Checklist => checklist(view),
        CasePart::Notices => notices(view),
        CasePart::Doing => doing(view),
        CasePart::Ceremony => ceremony_card(view),
        CasePart::Timeline => timeline(view),
    }
}

fn head(view: &CaseView) -> AnyView {
    let warnings: Vec<_> = view.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }).collect();
    let warnings = (!warnings.is_empty()).then(
        || view! { <ul class="warnings" data-part="warnings" aria-label="What to look at">{warnings}</ul> },
    );
    let take = view.may_take().then(|| {
        view! {
            <form class="first" method="post" action=view.address("/acknowledge")>
                <button class="primary" data-acknowledge="">"Take it"</button>
            </form>
        }
    });
    let alert = view.alert.clone().map(|(id, title)| {
        view! { <span>"Caused by "<a href=format!("/alerts/{id}")>{title}</a></span> }
    });
    let doubles: Vec<_> = view
        .doubles
        .iter()
        .map(|(id, words)| view! { <span><a href=format!("/crises/{id}")>{words.clone()}</a></span> })
        .collect();
    let nobody = view.has.is_nobody().then_some("");
    view! {
        <div class="case-head" data-level=Shown::At(view.case.severity).code()>
            <div>
                <p class="small dim">{view.origin.clone()}</p>
                <h1>{view.title.clone()}</h1>
                <p class="meta"><span class="couple-told" data-late=view.told.untold.then_some("")>{view.told.words.clone()}</span>{alert}{doubles}</p>
                {clock_list(&view.clocks)}
            </div>
            <div class="case-standing">
                {level_view(Shown::At(view.case.severity), view.case.severity.word())}
                <span class="mark" data-nobody=nobody data-part="state" dir="auto">{wording::standing(&view.case)}</span>
                {take}
            </div>
        </div>
        {warnings}
    }
    .into_any()
}

fn ceremony_card(view: &CaseView) -> AnyView {
    let assumed: Vec<_> =
        view.assumptions.iter().map(|said| view! { <p class="hint">{said.clone()}</p> }).collect();
    view! {
        <section class="card ceremony-card" data-part="ceremony" aria-labelledby="ceremony-title">
            <h2 id="ceremony-title" class="unseen">"Ceremony"</h2>
            {ceremony(&view.ceremony)}
            {assumed}
        </section>
    }
    .into_any()
}
