//! `/runs`: every run, the newest first.

use std::sync::Arc;

use domain::{live::Frame, time::Millis};
use leptos::prelude::*;

use super::{RunRow, rows::past_rows};
use crate::shell::{Place, Shell};

/// The page.
#[derive(Clone, PartialEq, Debug)]
pub struct PastView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// Of one action alone: its key and its name.
    pub of: Option<(String, String)>,
    pub rows: Vec<RunRow>,
    /// The address of the page of older ones.
    pub older: Option<String>,
    /// Whether this is not the newest page.
    pub turned: bool,
}

pub fn runs_page(shell: &Shell, view: &PastView) -> String {
    let heading = match &view.of {
        Some((_, name)) => format!("Runs: {name}"),
        None => "Runs".to_owned(),
    };
    let title = format!("{heading} \u{2013} Bellwether");
    shell.page_with_forms(Place::Actions, &title, &view.frames, view.now, || {
        let first = match &view.of {
            Some((key, _)) => format!("/runs?action={}", crate::encoded(key)),
            None => "/runs".to_owned(),
        };
        let all = view.of.as_ref().map(|(key, name)| {
            view! {
                <p class="links">
                    <a href=format!("/actions/{key}")>{name.clone()}</a>
                    <a href="/runs">"All runs"</a>
                </p>
            }
        });
        let sentence = match (view.turned, view.of.is_some()) {
            (true, _) => "Older runs, the newest of them first.",
            (false, true) => "Every run of it, the newest first.",
            (false, false) => "All that people and the console itself have asked for, the newest first.",
        };
        let body = if view.rows.is_empty() {
            view! {
                <p class="empty" data-part="empty">
                    "No run. Each stands here from the moment somebody asks for it, and stays."
                </p>
            }
            .into_any()
        } else {
            past_rows(&view.rows, true)
        };
        let older =
            view.older.clone().map(|address| view! { <a class="button" href=address rel="next">"Older"</a> });
        let newest = view.turned.then(|| view! { <a class="button quiet" href=first>"Newest"</a> });
        let turn = (older.is_some() || newest.is_some())
            .then(|| view! { <nav class="row turn" aria-label="Pages of runs">{newest}{older}</nav> });
        view! {
            <div class="page runs-page">
                <div class="page-head">
                    <div>
                        <p class="small"><a href="/actions">"Actions"</a></p>
                        <h1>{heading}</h1>
                        <p class="dim" data-part="sentence">{sentence}</p>
                    </div>
                    {all}
                </div>
                <section class="card" aria-label="Runs">{body}{turn}</section>
            </div>
        }
    })
}
