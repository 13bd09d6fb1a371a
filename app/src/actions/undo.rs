//! `/runs/{id}/undo`: what exactly it would send to take a run back, and the form that asks for it.

use std::sync::Arc;

use backend::actions::{Looked, Stored};
use domain::{live::Frame, time::Millis};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::{
    Seen,
    ask::Proof,
    preview::{affected, changed, checked, how_known, obstacles, sends},
    words::{asks, danger, does, linked},
};
use crate::{
    access::{Troubles, form::Field},
    shell::{Place, Shell},
};

/// The page.
#[derive(Clone, Debug)]
pub struct UndoView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    /// The run that is to be taken back.
    pub stored: Stored,
    /// What that would do, or why it cannot be.
    pub looked: Result<Looked, String>,
    pub services: Vec<String>,
    pub may: Result<(), String>,
    pub proof: Proof,
    pub reason: String,
    /// What is different from what was on the page when the button was pressed.
    pub changed: Vec<String>,
    pub troubles: Troubles,
}

pub fn undo_page(shell: &Shell, view: &UndoView) -> String {
    let run = &view.stored.run;
    let what = does(run.plan());
    let problem = if view.troubles.is_empty() { "" } else { "Problem: " };
    let title = format!("{problem}Undo: {what} \u{2013} Bellwether");
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let above = view.troubles.of("").map(|said| {
            view! { <div class="said" data-part="trouble" role="alert"><p>{linked(&said)}</p></div> }
        });
        let main = view.looked.as_ref().ok().map(|looked| view! { {sends(&looked.preview)}{checked(looked)} });
        let beside = view.looked.as_ref().ok().map(|looked| {
            let plan = &looked.preview.plan;
            view! { {how_known(plan)}{affected(plan, &view.services, danger(&plan.danger))} }
        });
        view! {
            <div class="page action-page">
                <div class="page-head">
                    <div>
                        <p class="small">
                            <a href="/actions">"Actions"</a>" \u{b7} "
                            <a href=format!("/runs/{}", run.id)>{what.clone()}</a>
                        </p>
                        <h1>"Undo: "{what}</h1>
                        <p class="sentence">"It is a run of its own, with its own checks, its own record, and its own end."</p>
                    </div>
                </div>
                {above}
                {changed(&view.changed)}
                <div class="two">
                    <div class="stack">{main}{form(view)}</div>
                    <div class="stack">{beside}</div>
                </div>
            </div>
        }
    })
}

fn form(view: &UndoView) -> AnyView {
    let body = match (&view.looked, &view.may) {
        (Err(why), _) => view! { <p data-part="cannot">{why.clone()}</p> }.into_any(),
        (_, Err(who)) => view! { <p data-part="may-not">{who.clone()}</p> }.into_any(),
        (Ok(looked), Ok(())) => {
            let why = obstacles(looked);
            if why.is_empty() { asking(view, looked) } else { cannot(view, &why) }
        }
    };
    view! {
        <section class="card stack" data-part="ask" aria-labelledby="ask-title">
            <h2 id="ask-title">"Undo it"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn cannot(view: &UndoView, why: &[String]) -> AnyView {
    let rows: Vec<_> = why.iter().map(|why| view! { <li>{linked(why)}</li> }).collect();
    let again = format!("/runs/{}/undo", view.stored.run.id);
    view! {
        <div class="stack-small" data-part="cannot">
            <p>"It cannot be asked for now:"</p>
            <ul class="sentences">{rows}</ul>
            <p><a class="button" href=again>"Look again"</a></p>
        </div>
    }
    .into_any()
}

fn asking(view: &UndoView, looked: &Looked) -> AnyView {
    let plan = &looked.preview.plan;
    let dangerous = plan.danger.is_dangerous();
    let reason = Field::text("reason", if dangerous { "Why" } else { "Why (may be left empty)" })
        .value(view.reason.clone())
        .refused(&view.troubles);
    let reason = if dangerous { reason } else { reason.optional() };
    let hint = (view.proof == Proof::Asked).then(|| {
        view! { <p class="hint">"Your password is asked for first; what you typed is kept, and you press once more."</p> }
    });
    view! {
        <form class="fields" method="post" action=format!("/runs/{}/undo", view.stored.run.id)>
            <input type="hidden" name="seen" value=looked.preview.fingerprint().to_string()/>
            <input type="hidden" name="was" value=Seen::of(&looked.preview).field()/>
            {reason.draw()}
            <button class=if dangerous { "danger" } else { "primary" } data-part="press">{asks(plan)}</button>
            {hint}
        </form>
    }
    .into_any()
}
