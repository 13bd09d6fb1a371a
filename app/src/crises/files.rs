//! The files of a case: what was added to it, as downloads only, and the form that adds one.

use leptos::prelude::*;

use super::CaseView;
use crate::access::form::{Lines, field_trouble};

/// One file.
#[derive(Clone, PartialEq, Eq)]
pub struct FileRow {
    pub id: String,
    /// `None` for those who may not read it, and where it is locked.
    pub name: Option<String>,
    /// "PDF"
    pub kind: &'static str,
    /// "1.2 MB"
    pub size: String,
    /// "03:12"
    pub added: String,
    /// Its content is gone.
    pub is_removed: bool,
}

/// A name may say whose it is.
impl std::fmt::Debug for FileRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// "740 B", "12 kB", "1.2 MB"
pub(super) fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// What a file is, as its content was found to be.
fn kind_words(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or_default() {
        "application/pdf" => "PDF",
        "text/plain" => "Text",
        kind if kind.starts_with("image/") => "Picture",
        kind if kind.contains("sheet") => "Table",
        _ => "Document",
    }
}

impl FileRow {
    pub fn of(id: &str, name: Option<&str>, media_type: &str, bytes: u64, added: String) -> FileRow {
        FileRow {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            kind: kind_words(media_type),
            size: size_words(bytes),
            added,
            is_removed: false,
        }
    }
}

pub(super) fn files(view: &CaseView) -> AnyView {
    let rows: Vec<_> = view.files.iter().map(|file| row(view, file)).collect();
    let body = if rows.is_empty() {
        view! { <p class="empty">"No files yet. A contract, a photograph or a message of up to 10 MB can be kept here."</p> }
            .into_any()
    } else {
        view! { <ul class="case-files">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack" data-part="files" aria-labelledby="files-title">
            <h2 id="files-title">"Files"</h2>
            {body}
            {form(view)}
        </section>
    }
    .into_any()
}

fn row(view: &CaseView, file: &FileRow) -> impl IntoView + use<> {
    let unnamed = || format!("A file ({})", file.kind);
    let name = match (&file.name, file.is_removed) {
        (_, true) => view! { <span class="dim">{unnamed()}", removed"</span> }.into_any(),
        (Some(name), false) => view! {
            <a href=view.address(&format!("/files/{}", file.id)) download="" dir="auto">{name.clone()}</a>
        }
        .into_any(),
        (None, false) => view! { <span>{unnamed()}</span> }.into_any(),
    };
    view! {
        <li>
            {name}
            <p class="meta"><span>{file.kind}</span><span>{file.size.clone()}</span><span>{file.added.clone()}</span></p>
            {removal(view, file)}
        </li>
    }
}

/// It cannot be taken back, so it is folded and asks why.
fn removal(view: &CaseView, file: &FileRow) -> Option<AnyView> {
    if file.is_removed || !view.may_file() {
        return None;
    }
    let (typed, trouble) = view.typed.of("remove-file", &file.id, "text");
    let is_open = view.typed.is("remove-file", &file.id);
    let why = Lines {
        id: format!("remove-file-{}", file.id),
        name: "text",
        label: "Why it goes".to_owned(),
        hint: None,
        most: 4_000,
        required: true,
    };
    let which = file.name.clone().unwrap_or_else(|| file.kind.to_owned());
    Some(
        view! {
            <details open=is_open>
                <summary>"Remove it"<span class="unseen">{format!(": {which}")}</span></summary>
                <form class="fields" method="post" action=view.address("/remove-file")>
                    <input type="hidden" name="step" value=file.id.clone()/>
                    {why.draw(&typed, trouble)}
                    <button class="danger">"Remove this file for good"</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

fn form(view: &CaseView) -> Option<AnyView> {
    if !view.may_file() {
        return None;
    }
    let (_, trouble) = view.typed.of("files", "", "file");
    let is_open = view.typed.is("files", "");
    let trouble_id = trouble.is_some().then(|| "file-trouble".to_owned());
    let (described, invalid) = match &trouble {
        Some(_) => ("file-hint file-trouble", Some("true")),
        None => ("file-hint", None),
    };
    Some(
        view! {
            <details open=is_open>
                <summary>"Add a file"</summary>
                <form class="fields" method="post" action=view.address("/files") enctype="multipart/form-data">
                    <div class="field">
                        <label for="file">"File"</label>
                        <p class="hint" id="file-hint">"At most 10 MB. Its type is told by what is in it, not by its name."</p>
                        <input id="file" name="file" type="file" required=true aria-describedby=described aria-invalid=invalid/>
                        {trouble.map(|trouble| field_trouble(trouble_id, trouble))}
                    </div>
                    <button>"Add the file"</button>
                </form>
            </details>
        }
        .into_any(),
    )
}
