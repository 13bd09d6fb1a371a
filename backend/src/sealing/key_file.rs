//! The file that the wrapping keys stand in: read again when it changes, and given a new key at its beginning.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::wrapping::{WrappingKey, parse_keys};

const LARGEST: u64 = 16 * 1024;

pub(super) struct KeyFile {
    path: PathBuf,
    /// Inode, time and size of what was read last.
    seen: Option<(u64, i64, i64, u64)>,
}

impl KeyFile {
    /// A file that was read just now.
    pub fn new(path: PathBuf) -> KeyFile {
        let seen = stamp(&path);
        KeyFile { path, seen }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys, when the file is another than the last time. One that is gone counts as unchanged.
    pub fn read_when_changed(&mut self) -> Option<Result<Vec<WrappingKey>, String>> {
        let stamp = stamp(&self.path).filter(|stamp| Some(*stamp) != self.seen)?;
        self.seen = Some(stamp);
        let read = read(&self.path);
        Some(read.and_then(|text| match parse_keys(&text) {
            (keys, None) => Ok(keys),
            (_, Some(fault)) => Err(format!("{}: {fault}", self.path.display())),
        }))
    }
}

fn stamp(path: &Path) -> Option<(u64, i64, i64, u64)> {
    let about = fs::metadata(path).ok()?;
    Some((about.ino(), about.mtime(), about.mtime_nsec(), about.size()))
}

/// The file as it stands.
///
/// # Errors
/// Why it cannot be read, with its path and nothing of what is in it.
pub fn read(path: &Path) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::with_capacity(LARGEST as usize));
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if text.len() as u64 > LARGEST {
        return Err(format!("{} is over 16 KiB; expected a key a line", path.display()));
    }
    Ok(text)
}

/// Puts a key before all others, on disk before this returns. Whoever reads meanwhile sees the old file or the new one.
pub(super) fn put_first(path: &Path, key: &WrappingKey) -> io::Result<()> {
    let before = read(path).map_err(io::Error::other)?;
    let part = path.with_extension("part");
    // What an attempt that was cut off left there may be readable by others.
    fs::remove_file(&part).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(key.written().as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(before.as_bytes())?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
