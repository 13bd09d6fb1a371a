//! Which stretch of time: links for the usual ones, a form for any other.

use backend::monitoring::shown::Performance;
use domain::monitoring::range::Preset;
use leptos::prelude::*;

use crate::{
    shell::{Shell, encoded},
    when,
};

pub fn ranges(shell: &Shell, view: &Performance) -> impl IntoView + use<> {
    let platform = shell.platform_query(&view.platform);
    let links = Preset::ALL.map(|preset| {
        let current = (view.range.preset == Some(preset)).then_some("true");
        let address = format!("/performance?{platform}range={}", preset.code());
        view! {
            <li><a href=address aria-current=current aria-label=format!("{}: the last {}", preset.label(), preset.words())>{preset.label()}</a></li>
        }
    });
    let hidden = (view.platforms.len() > 1).then(|| {
        view! { <input type="hidden" name="platform" value=view.platform.clone()/> }
    });
    let own = view.range.preset.is_none();
    let summary = if own {
        format!("{} to {}", when::full(view.range.from, &shell.zone), when::full(view.range.to, &shell.zone))
    } else {
        "From \u{2026} to \u{2026}".to_owned()
    };
    view! {
        <div class="ranges">
            <nav aria-label="Range"><ul class="seg">{links.into_iter().collect_view()}</ul></nav>
            <details class="custom" data-current=own.then_some("")>
                <summary>{summary}</summary>
                <form class="card" method="get" action="/performance">
                    {hidden}
                    <label>"From"
                        <input type="datetime-local" name="from" required=true value=when::field(view.range.from, &shell.zone)/>
                    </label>
                    <label>"To"
                        <input type="datetime-local" name="to" required=true value=when::field(view.range.to, &shell.zone)/>
                    </label>
                    <p class="dim small">"Times in "{when::zone_name(&shell.zone, view.now)}</p>
                    <button>"Show this range"</button>
                </form>
            </details>
        </div>
    }
}

/// Links to the same page of the other platforms.
pub fn platforms(view: &Performance) -> Option<impl IntoView + use<>> {
    let query = view.range.query();
    (view.platforms.len() > 1).then(|| {
        let links: Vec<_> = view
            .platforms
            .iter()
            .map(|platform| {
                let current = (*platform == view.platform).then_some("true");
                let address = format!("/performance?platform={}&{query}", encoded(platform));
                view! { <li><a href=address aria-current=current>{platform.clone()}</a></li> }
            })
            .collect();
        view! { <nav aria-label="Platform"><ul class="seg platforms">{links}</ul></nav> }
    })
}
