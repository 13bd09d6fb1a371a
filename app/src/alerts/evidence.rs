//! What was seen and pinned to an alert, as it was seen.

use domain::{alerts::PinnedEvidence, monitoring::range::rfc3339, time::Millis};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use super::AlertView;
use crate::when;

/// One piece of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvidenceRow {
    /// "Pods"
    pub kind: String,
    /// "2 of 3 pods are ready; …"
    pub title: String,
    pub content: String,
    /// "03:12", and for machines.
    pub seen: String,
    pub moment: String,
    /// "wedsync, optimization, pinned by Priya Nair 03:13"
    pub words: String,
    pub note: String,
}

impl EvidenceRow {
    pub fn of(pinned: &PinnedEvidence, now: Millis, zone: &TimeZone) -> EvidenceRow {
        let PinnedEvidence { evidence, at, by, note } = pinned;
        let clock = |at: Millis| when::clock(at.0, now, zone);
        EvidenceRow {
            kind: evidence.kind.clone(),
            title: evidence.title.clone(),
            content: evidence.content.clone(),
            seen: clock(evidence.seen_at),
            moment: rfc3339(evidence.seen_at),
            words: format!("{}, pinned by {} {}", evidence.of, by.name, clock(*at)),
            note: note.clone(),
        }
    }
}

/// The newest last, as it was gathered.
pub(super) fn evidence(view: &AlertView) -> AnyView {
    if view.evidence.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = view
        .evidence
        .iter()
        .map(|row| {
            let note = (!row.note.is_empty()).then(|| view! { <p class="evidence-note">{row.note.clone()}</p> });
            view! {
                <li>
                    <time datetime=row.moment.clone()>{row.seen.clone()}</time>
                    <div>
                        <p><strong>{row.kind.clone()}": "</strong>{row.title.clone()}</p>
                        {note}
                        <details>
                            <summary>"As it was seen"<span class="unseen">{format!(": {}, {}", row.kind, row.seen)}</span></summary>
                            <pre class="seen-text" tabindex="0">{row.content.clone()}</pre>
                        </details>
                        <p class="meta">{row.words.clone()}</p>
                    </div>
                </li>
            }
        })
        .collect();
    view! {
        <section class="card" id="evidence" data-part="evidence" aria-labelledby="evidence-title">
            <h2 id="evidence-title">"Evidence"</h2>
            <ol class="evidence">{rows}</ol>
        </section>
    }
    .into_any()
}
