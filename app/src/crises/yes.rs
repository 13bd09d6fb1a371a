//! `/yes/{token}`: for whoever was asked, without a sign-in. One button: what only looks at links presses none. It says of the
//! case what the message said, and no more.

use domain::{time::Millis, words::capitalised};
use leptos::prelude::*;

use crate::{
    Shell,
    access::{alone::alone, form},
    when,
};

/// A link that still holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct YesView {
    /// Whose link it is.
    pub name: String,
    /// "case C-2041"
    pub case: String,
    /// "Vendor cancelled, ceremony in 9 hours"
    pub crisis: String,
    /// What is asked for: "Send an emergency planner".
    pub step: String,
    /// What the button says.
    pub answer: String,
    pub now: Millis,
    pub until: Millis,
    pub standing: YesWords,
    /// The page's own address, which the form is sent to.
    pub token_path: String,
}

/// How it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum YesWords {
    Awaited,
    /// They have said yes.
    Said {
        at: Millis,
        /// With the press that led here.
        now: bool,
    },
    NotNeeded,
}

pub fn yes_page(shell: &Shell, view: &YesView) -> String {
    let view = view.clone();
    let title = match view.standing {
        YesWords::Awaited => "You are asked",
        YesWords::Said { .. } => "Thank you",
        YesWords::NotNeeded => "It is taken care of",
    };
    alone(shell, format!("{title} \u{2013} Bellwether"), || {
        let zone = when::zone_name(&shell.zone, view.now);
        let clock = |at: Millis| format!("{} ({zone})", when::clock(at.0, view.now, &shell.zone));
        let body = match view.standing {
            YesWords::Awaited => view! {
                <p>{format!("You say that you do it. Nobody else is asked then, once enough have said so. You are {}.", view.name)}</p>
                <form method="post" action=view.token_path.clone()>
                    <button class="primary">{view.answer.clone()}</button>
                </form>
                <p class="small dim">{format!("This link is yours alone, and holds until {}.", clock(view.until))}</p>
            }
            .into_any(),
            YesWords::Said { at, now } => {
                let said = if now {
                    "Your answer has arrived: whoever asked sees it.".to_owned()
                } else {
                    format!("You answered at {}: whoever asked sees it.", clock(at))
                };
                view! {
                    {form::done(said)}
                    <p>"Should anything come in between, call whoever asked you: this page takes nothing back."</p>
                }
                .into_any()
            }
            YesWords::NotNeeded => view! {
                <p>"Others were enough, or it is not needed any more. There is nothing to do for you; thank you."</p>
            }
            .into_any(),
        };
        view! {
            <h1>{title}</h1>
            <div class="stack-small">
                <p class="own-name" dir="auto">{view.step.clone()}</p>
                <p class="dim">{format!("{}, {}", capitalised(&view.case), view.crisis)}</p>
            </div>
            {body}
        }
    })
}

/// For a link that has expired or never was: both look the same from outside.
pub fn yes_over_page(shell: &Shell) -> String {
    alone(shell, "This link does not work \u{2013} Bellwether".to_owned(), || {
        view! {
            <h1>"This link does not work"</h1>
            <p>"It is too old, or was cut off on its way. Nothing was answered. If you are still needed, whoever asked you calls \
                or asks again."</p>
        }
    })
}
