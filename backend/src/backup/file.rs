//! A backup that is read: line by line, with its digest kept on the way. Nothing of it is believed before its end.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use domain::audit::Hash;
use flate2::bufread::MultiGzDecoder;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    BackupError,
    format::{FORMAT, Header, Section, Trailer, WHAT},
};

/// A file of 10 MiB sealed and in base64 is the largest that stands in a row.
const LONGEST_LINE: u64 = 64 << 20;
const BUFFER: usize = 1 << 17;

/// What a line says.
pub(super) enum Line {
    /// What follows is of this table of the header, by its place there.
    Table(usize),
    Row,
    /// Everything was there, and the digest is right.
    End,
}

pub(super) struct Reading {
    pub header: Header,
    lines: BufReader<MultiGzDecoder<BufReader<File>>>,
    digest: Sha256,
    line: Vec<u8>,
    /// The table that is read, by its place in the header.
    table: Option<usize>,
    rows: BTreeMap<String, u64>,
    /// Of the whole, once its end was read.
    pub sha256: String,
}

impl Reading {
    /// Blocks, as all of it does.
    ///
    /// # Errors
    /// When the file cannot be read, is no backup, or is one of a format that this console does not know.
    pub fn open(path: &Path) -> Result<Reading, BackupError> {
        let file = File::open(path).map_err(BackupError::file(path, "read"))?;
        let no_backup = |why: &str| BackupError::NotABackup { path: path.to_owned(), why: why.to_owned() };
        let mut lines =
            BufReader::with_capacity(BUFFER, MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file)));
        let mut line = Vec::new();
        match read_line(&mut lines, &mut line) {
            Ok(true) => {}
            Ok(false) => return Err(no_backup("it is empty")),
            Err(error) if is_of_the_disk(&error) => return Err(BackupError::file(path, "read")(error)),
            Err(_) => return Err(no_backup("it is not compressed with gzip, or its beginning is damaged")),
        }
        let header: Json =
            serde_json::from_slice(&line).map_err(|_| no_backup("its first line is no header"))?;
        if header.get("what").and_then(Json::as_str) != Some(WHAT) {
            return Err(no_backup("its first line is no header"));
        }
        let format = header.get("format").and_then(Json::as_u64);
        let version = header.get("version").and_then(Json::as_str).unwrap_or("a newer version").to_owned();
        if format != Some(u64::from(FORMAT)) {
            return Err(no_backup(&format!(
                "it was written by {version} in a format that this console does not know"
            )));
        }
        let header: Header =
            serde_json::from_value(header).map_err(|_| no_backup("its header is not whole"))?;
        let mut digest = Sha256::new();
        digest.update(&line);
        Ok(Reading { header, lines, digest, line, table: None, rows: BTreeMap::new(), sha256: String::new() })
    }

    /// The next line.
    ///
    /// # Errors
    /// `Damaged` when it is cut off, changed, or out of its place.
    pub fn next(&mut self) -> Result<Line, BackupError> {
        let is_line =
            read_line(&mut self.lines, &mut self.line).map_err(|error| damaged(&error.to_string()))?;
        if !is_line {
            return Err(damaged("it is cut off"));
        }
        if self.line.first() == Some(&b'[') {
            let table = self.table.and_then(|table| self.header.tables.get(table));
            let table = table.ok_or_else(|| damaged("a row belongs to no table"))?;
            match self.rows.get_mut(&table.table) {
                Some(rows) => *rows += 1,
                None => drop(self.rows.insert(table.table.clone(), 1)),
            }
            self.digest.update(&self.line);
            return Ok(Line::Row);
        }
        if let Ok(Section { table }) = serde_json::from_slice(&self.line) {
            let place = self.table.map_or(0, |before| before + 1);
            if self.header.tables.get(place).is_none_or(|told| told.table != table) {
                return Err(damaged("a table is out of its place"));
            }
            self.table = Some(place);
            self.rows.insert(table, 0);
            self.digest.update(&self.line);
            return Ok(Line::Table(place));
        }
        self.end()
    }

    /// The row that `next` told of.
    ///
    /// # Errors
    /// `Damaged` when it is none.
    pub fn row(&self) -> Result<Vec<Json>, BackupError> {
        serde_json::from_slice(&self.line).map_err(|_| damaged("a row cannot be read"))
    }

    /// The digest last: it is what says that nothing was changed.
    fn end(&mut self) -> Result<Line, BackupError> {
        let trailer: Trailer =
            serde_json::from_slice(&self.line).map_err(|_| damaged("a line cannot be read"))?;
        let digest = Hash(std::mem::take(&mut self.digest).finalize().into()).to_string();
        if digest != trailer.sha256 {
            return Err(damaged("its content is not what its digest says"));
        }
        if self.rows != trailer.rows || self.rows.len() != self.header.tables.len() {
            return Err(damaged("it does not hold as many rows as it says"));
        }
        // To the end of the file, where gzip keeps its own sum.
        match read_line(&mut self.lines, &mut self.line) {
            Ok(false) => {}
            Ok(true) => return Err(damaged("something follows its end")),
            Err(error) => return Err(damaged(&error.to_string())),
        }
        self.sha256 = digest;
        Ok(Line::End)
    }
}

/// Reads all of it and keeps nothing: the header, and how many rows there are, of a backup that is whole.
///
/// # Errors
/// As `Reading`.
pub(super) fn check(path: &Path) -> Result<(Header, u64), BackupError> {
    let mut reading = Reading::open(path)?;
    while !matches!(reading.next()?, Line::End) {}
    let rows = reading.rows.values().sum();
    Ok((reading.header, rows))
}

/// False at the end. What has no end of line is no line.
fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = from.by_ref().take(LONGEST_LINE).read_until(b'\n', line)?;
    match line.last() {
        Some(b'\n') => Ok(true),
        _ if read == 0 => Ok(false),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a line is cut off, or longer than any is")),
    }
}

fn is_of_the_disk(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

pub(super) fn damaged(why: &str) -> BackupError {
    BackupError::Damaged(why.to_owned())
}
