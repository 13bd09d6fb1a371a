//! The journal of erasures: a file of its own, outside of the database and its backups, so that a backup that is older
//! than an erasure does not take it back.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use domain::time::Millis;
use serde::{Deserialize, Serialize};

/// One line: `{"owner":"…","at_ms":…}`. Nothing personal.
#[derive(Serialize, Deserialize)]
struct Line {
    owner: String,
    at_ms: i64,
}

pub(super) struct Journal {
    path: PathBuf,
    /// One writer at a time.
    writing: Mutex<()>,
}

impl Journal {
    pub fn new(path: PathBuf) -> Journal {
        Journal { path, writing: Mutex::new(()) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes them at its end, on disk before this returns. Blocks meanwhile.
    pub fn append(&self, erased: &[(String, Millis)]) -> io::Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !self.path.exists();
        let folder =
            self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = File::options().append(true).create(true).open(&self.path)?;
        let mut text = String::new();
        if ends_within_a_line(&self.path)? {
            text.push('\n');
        }
        for (owner, at) in erased {
            text += &serde_json::to_string(&Line { owner: owner.clone(), at_ms: at.0 })?;
            text.push('\n');
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if is_new {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Whose data was erased, and when first; and how many lines say nothing, as half a line after a crash does.
    pub fn read(&self) -> io::Result<(BTreeMap<String, Millis>, usize)> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((BTreeMap::new(), 0)),
            Err(error) => return Err(error),
        };
        let mut erased = BTreeMap::new();
        let mut unreadable = 0;
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Line>(line) {
                Ok(line) => {
                    erased.entry(line.owner).or_insert(Millis(line.at_ms));
                }
                Err(_) => unreadable += 1,
            }
        }
        Ok((erased, unreadable))
    }
}

/// After a crash the last line may be cut off; what follows must not grow onto it.
fn ends_within_a_line(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
