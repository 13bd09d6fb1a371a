//! What the pages of notices may have to show. Every one is drawn in a test, and can be looked at:
//! `cargo run -p app --example pages`.

mod couples;
mod lists;
mod made;
mod many;
mod writing;

use std::sync::{Arc, LazyLock};

use domain::{access::Permission, live::Frame, monitoring::Level};

use super::{bulk_page, couple_gone_page, couple_page, progress_page, told_page, write_page};
use crate::{
    OpenCrises, Shell, ShellViewer,
    monitoring::samples::{HOSTILE, NOW, samples as worlds, shell},
};

pub(crate) use self::made::{Trail, attempt, call, letter};

/// Of a platform that is not well.
fn frames() -> Vec<Arc<Frame>> {
    // Made once: every view of a list asks for them.
    static FRAMES: LazyLock<Vec<Arc<Frame>>> = LazyLock::new(|| {
        let departure = worlds().into_iter().find(|world| world.name == "departure");
        departure.map(|world| world.now.frames).unwrap_or_default()
    });
    FRAMES.clone()
}

/// A whole page under the name of its sample.
pub struct Page {
    pub name: &'static str,
    pub html: String,
}

/// All of them, drawn with what `dress` makes of the shell: a theme, a stylesheet.
pub fn pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let permissions = [Permission::SeeStatus, Permission::WorkCases, Permission::SeePersonalData];
    let viewer = Some(ShellViewer {
        name: "Priya Nair".to_owned(),
        permissions: permissions.into_iter().collect(),
        services: None,
    });
    let crises = OpenCrises { open: 4, worst: Some(Level::Critical) };
    let shell = dress(Shell { viewer, crises, path_and_query: "/notices".to_owned(), ..shell(&["wedsync"]) });
    let mut all = Vec::new();
    for (name, view) in writing::writings() {
        all.push(Page { name, html: write_page(&shell, &view) });
    }
    for (name, view) in many::bulks() {
        all.push(Page { name, html: bulk_page(&shell, &view) });
    }
    for (name, view) in many::progresses() {
        all.push(Page { name, html: progress_page(&shell, &view) });
    }
    for (name, view) in lists::lists() {
        all.push(Page { name, html: told_page(&shell, &view) });
    }
    all
}

/// The pages that couples see: documents of their own.
pub fn couple_pages(dress: impl Fn(Shell) -> Shell) -> Vec<Page> {
    let assets = dress(shell(&["wedsync"])).assets;
    let pages = couples::couples().into_iter();
    let mut all: Vec<Page> =
        pages.map(|(name, page)| Page { name, html: couple_page(&assets, &page) }).collect();
    for (name, wished) in couples::gone() {
        all.push(Page { name, html: couple_gone_page(&assets, &wished) });
    }
    all
}
