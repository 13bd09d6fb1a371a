//! `/on-call/tests/{id}`: one test of the escalation, and the button of whoever got its page.

use backend::{
    access::Known,
    oncall::{TestPage, TestStory, TestTo},
};
use domain::{
    access::PersonId,
    time::{Millis, lasting},
};
use leptos::prelude::*;

use super::{
    title,
    words::{gap_mark, name},
};
use crate::{
    access::{Troubles, form::done},
    shell::{Place, Shell},
    when,
};

#[derive(Clone, Debug)]
pub struct TestView {
    pub now: Millis,
    pub test: TestStory,
    pub people: Vec<Known>,
    /// The names of the tiers, by number.
    pub tiers: Vec<(u8, String)>,
    pub me: Option<PersonId>,
    pub saved: Option<String>,
    pub troubles: Troubles,
}

pub fn test_page(shell: &Shell, view: &TestView) -> String {
    let title = title("Test of the escalation", !view.troubles.is_empty());
    shell.page(Place::OnCall, &title, &[], Some(view.now), || {
        let begun = when::full(view.test.begun_at, &shell.zone);
        let zone = when::zone_name(&shell.zone, view.test.begun_at);
        let by = match &view.test.begun_by {
            Some(person) => name(&view.people, person),
            None => "the schedule".to_owned(),
        };
        let rows: Vec<_> = view.test.pages.iter().map(|page| row(view, page)).collect();
        view! {
            <div class="page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/on-call">"On call"</a></p>
                        <h1>"Test of the escalation"</h1>
                        <p class="dim">"Begun "{begun}" ("{zone}") by "{by}". Nothing is wrong: it only shows whether pages reach everybody."</p>
                    </div>
                </div>
                {view.saved.clone().map(done)}
                {view.troubles.above()}
                <section class="card" aria-label="Pages of the test"><ul class="records">{rows}</ul></section>
            </div>
        }
    })
}

fn row(view: &TestView, page: &TestPage) -> impl IntoView + use<> {
    let tier = view.tiers.iter().find(|(number, _)| *number == page.tier).map(|(_, name)| name.clone());
    let tier =
        tier.map_or_else(|| format!("Tier {}", page.tier), |name| format!("Tier {}, {name}", page.tier));
    let (who, press) = match &page.to {
        TestTo::Person(person) => {
            let mine = view.me.as_ref() == Some(person);
            (name(&view.people, person).into_any(), mine.then_some("I got it"))
        }
        TestTo::Channel(channel) => {
            (format!("Channel {channel}").into_any(), view.me.is_some().then_some("I saw it"))
        }
        TestTo::Nobody { why } => {
            (view! { {gap_mark("Nobody")}<span class="why dim">" "{why.clone()}</span> }.into_any(), None)
        }
    };
    let said = match (&page.answered, &page.to) {
        (Some((at, by)), _) => {
            let by = match &page.to {
                TestTo::Channel(_) => format!(" by {}", name(&view.people, by)),
                _ => String::new(),
            };
            format!("Answered after {}{by}", lasting(at.since(view.test.begun_at)))
        }
        (None, TestTo::Nobody { .. }) => "Skipped".to_owned(),
        (None, _) => "Not answered yet".to_owned(),
    };
    let press = press.filter(|_| page.answered.is_none()).map(|words| {
        let address = format!("/on-call/tests/{}/answer", view.test.id);
        let label = format!("{words}, tier {}", page.tier);
        view! {
            <form method="post" action=address>
                <input type="hidden" name="tier" value=page.tier.to_string()/>
                <input type="hidden" name="position" value=page.position.to_string()/>
                <button aria-label=label>{words}</button>
            </form>
        }
    });
    view! {
        <li>
            <div class="record"><p class="own-name">{who}</p><p class="small dim">{tier}</p></div>
            <div class="record small"><p>{said}</p></div>
            <div class="record-end">{press}</div>
        </li>
    }
}
