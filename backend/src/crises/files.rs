//! Files of a case. What they are is read from their content, whatever their name says; they are handed out as downloads
//! only, and sealed like everything else about a couple.

use std::fmt;

use domain::crises::{CaseId, Happening, Line};
use zeroize::Zeroizing;

use super::{
    CaseRefused, Cases, Stored,
    columns::place_of_file,
    file_store::{self, Row},
    object,
    verbs::{by, covers_all},
};
use crate::{
    access::{Permit, SeePersonalData, WorkCases},
    audit,
    db::DbError,
    sealing::Locked,
};

/// In bytes.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
const LONGEST_NAME: usize = 200;

/// A file as it was sent. Its debug print shows nothing of it.
#[derive(Clone)]
pub struct NewFile {
    pub name: String,
    pub content: Vec<u8>,
}

/// A file to hand out: as a download, with this type and no other.
pub struct Download {
    pub name: String,
    pub media_type: String,
    pub content: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FileRefused {
    #[error("The file is empty.")]
    Empty,
    #[error("The file is larger than 10 MB.")]
    TooLarge,
    #[error(
        "The file is of no type that is taken: PDF, PNG, JPEG, GIF, WebP, plain text, Word, Excel, OpenDocument."
    )]
    NoType,
    #[error("There is no such file.")]
    Unknown,
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewFile({} bytes)", self.content.len())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Download({} bytes)", self.content.len())
    }
}

impl Cases {
    /// Adds a file to a case.
    ///
    /// # Errors
    /// When it is too large or of no type that is taken, or there is no key to seal it with.
    pub async fn attach(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        file: NewFile,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let media_type = media_type(&file.content)?;
        let (cases, id, by) = (self.clone(), id.clone(), by(permit));
        let (person, entry) = (permit.person().clone(), permit.entry("crisis.added_a_file_to"));
        let adding = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            if stored.case.erased_at.is_some() {
                return Err(Locked::Destroyed { at: now }.into());
            }
            let key = cases.0.sealing.make_key(&mut tx, id.as_str()).await?;
            let file_id = uuid::Uuid::now_v7().to_string();
            let name = plain_name(&file.name);
            let row = Row {
                at: now.0,
                added_by: person.as_str().to_owned(),
                media_type: media_type.to_owned(),
                size: file.content.len() as i64,
                name: Some(key.seal(place_of_file("name", &file_id), name.as_bytes())),
                removed_at: None,
                id: file_id.clone(),
            };
            let content = key.seal(place_of_file("content", &file_id), &file.content);
            file_store::insert(&mut tx, &id, &row, &content).await?;
            let lines = vec![Line::from(Happening::Filed { by })];
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        adding.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// Hands a file out. That it was looked at is on record.
    ///
    /// # Errors
    /// When there is none such, or it cannot be opened.
    pub async fn download(
        &self,
        permit: &Permit<SeePersonalData>,
        id: &CaseId,
        file: &str,
    ) -> Result<Download, CaseRefused> {
        let (cases, id, file) = (self.clone(), id.clone(), file.to_owned());
        let entry = permit.entry("crisis.read_a_file_of");
        let opening = tokio::spawn(async move {
            let mut tx = cases.0.db.begin().await?;
            let stored = cases.load(&mut tx, &id).await?;
            let found = file_store::content(&mut tx, &id, &file).await?;
            let (media_type, name, content) = found.ok_or(FileRefused::Unknown)?;
            let key = cases.0.sealing.open_key(&mut tx, id.as_str()).await?;
            let name = key.open_text(place_of_file("name", &file), &name)?.expose().to_owned();
            let content = key.open(place_of_file("content", &file), &content)?;
            let facts = domain::audit::Facts::from([("file".to_owned(), file)]);
            let entry = entry.about(object(&stored.case)).changed(domain::audit::Facts::new(), facts);
            audit::record(&mut tx, cases.now(), &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(Download { name, media_type, content })
        });
        opening.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }

    /// Removes a file for good.
    ///
    /// # Errors
    /// When there is none such, or no reason is given.
    pub async fn remove_file(
        &self,
        permit: &Permit<WorkCases>,
        id: &CaseId,
        file: &str,
        reason: &str,
    ) -> Result<Stored, CaseRefused> {
        covers_all(permit)?;
        let (cases, id, by) = (self.clone(), id.clone(), by(permit));
        let (file, reason) = (file.to_owned(), reason.to_owned());
        let entry = permit.entry("crisis.removed_a_file_of");
        let removing = tokio::spawn(async move {
            let now = cases.now();
            let mut tx = cases.0.db.begin().await?;
            let mut stored = cases.load(&mut tx, &id).await?;
            if file.is_empty() || file_store::remove(&mut tx, &id, Some(&file), now).await? == 0 {
                return Err(FileRefused::Unknown.into());
            }
            let lines = stored.case.file_removed(by, &reason)?;
            cases.save(&mut tx, &mut stored, lines, entry, now).await?;
            tx.commit().await.map_err(DbError::from)?;
            cases.told();
            Ok(stored)
        });
        removing.await.unwrap_or(Err(CaseRefused::Db(DbError::Lost)))
    }
}

/// The last part of a path, in one line that no header can be hidden in.
fn plain_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    if plain.trim().is_empty() { "file".to_owned() } else { plain.trim().to_owned() }
}

/// By what the content begins with. What a browser would run (HTML, SVG, scripts) is no type that is taken; it may pass as
/// plain text, and is handed out as that.
pub(super) fn media_type(content: &[u8]) -> Result<&'static str, FileRefused> {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    ];
    match content.len() {
        0 => return Err(FileRefused::Empty),
        length if length > LARGEST_FILE => return Err(FileRefused::TooLarge),
        _ => {}
    }
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| content.starts_with(magic)) {
        return Ok(found);
    }
    if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
        return Ok("image/webp");
    }
    if content.starts_with(b"PK\x03\x04") {
        return office(content).ok_or(FileRefused::NoType);
    }
    let is_text = std::str::from_utf8(content)
        .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')));
    if is_text { Ok("text/plain; charset=utf-8") } else { Err(FileRefused::NoType) }
}

/// An archive is taken where the names in it say that it is a document.
fn office(content: &[u8]) -> Option<&'static str> {
    const OPEN: [&str; 2] =
        ["application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"];
    let head = content.get(..content.len().min(200))?;
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    if let Some(found) = OPEN.into_iter().find(|word| has(head, word.as_bytes())) {
        return Some(found);
    }
    if !has(content, b"[Content_Types].xml") {
        return None;
    }
    if has(content, b"word/document.xml") {
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    } else if has(content, b"xl/workbook.xml") {
        Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else {
        None
    }
}
