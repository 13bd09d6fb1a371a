//! The form above a log: which pod, what to look for, before the last restart or not, and following it.

use domain::diagnostics::LogAsked;
use leptos::prelude::*;

use super::ScopeView;
use crate::encoded;

/// What the page of a log has besides the look.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LogView {
    pub asked: LogAsked,
    /// Those of the scope; empty where they cannot be listed.
    pub pods: Vec<String>,
}

pub(super) fn form(scope: &ScopeView, log: &LogView) -> AnyView {
    let hidden: Vec<_> = scope
        .fields()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let own = log.asked.pod.clone();
    let pod = if log.pods.is_empty() {
        view! { <label>"Pod"<input name="pod" autocomplete="off" value=own.clone()/></label> }.into_any()
    } else {
        let mut pods = log.pods.clone();
        // A pod that is gone can still be asked for.
        pods.extend(own.clone().filter(|own| !log.pods.contains(own)));
        let options: Vec<_> = pods
            .into_iter()
            .map(|pod| {
                let selected = own.as_ref() == Some(&pod);
                view! { <option value=pod.clone() selected=selected>{pod.clone()}</option> }
            })
            .collect();
        view! { <label>"Pod"<select name="pod">{options}</select></label> }.into_any()
    };
    let follow = own.filter(|_| !log.asked.previous).map(|pod| {
        let address = format!("/diagnostics/log/live?{}&pod={}", scope.query(), encoded(&pod));
        view! {
            <div class="follow needs-script" data-log-live=address>
                <button type="button" aria-pressed="false">"Follow live"</button>
                <p class="hint" role="status" data-part="follow-said"></p>
            </div>
        }
    });
    view! {
        <search class="card">
            <form class="searching log-search" method="get" action="/diagnostics/log">
                {hidden}
                {pod}
                <label>"Lines that hold"<input name="search" type="search" autocomplete="off" maxlength="200" data-log-search="" value=log.asked.search.clone()/></label>
                <label class="tick"><input type="checkbox" name="previous" value="yes" checked=log.asked.previous/>"Before its last restart"</label>
                <button>"Show"</button>
            </form>
            {follow}
        </search>
    }
    .into_any()
}
