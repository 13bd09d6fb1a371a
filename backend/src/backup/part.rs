//! The file of a backup while it is written: it has its name only once it is whole and on disk.

use std::{
    collections::BTreeMap,
    fs::{self, File, Permissions, TryLockError},
    io::{self, BufWriter, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use domain::audit::Hash;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::Receiver;

use super::{BackupError, format::Trailer};

/// Three times as fast as the best that gzip does, and a tenth larger.
const COMPRESSION: Compression = Compression::new(3);
const BUFFER: usize = 1 << 17;
/// It holds hashes of passwords and addresses of people: its owner alone may read it.
const MODE: u32 = 0o600;

/// What is written, in order. Without an `End` the backup did not come to its end, and is thrown away.
pub(super) enum Piece {
    Lines(String),
    End(BTreeMap<String, u64>),
}

pub(super) struct Part {
    path: PathBuf,
    part: PathBuf,
    replace: bool,
    out: GzEncoder<BufWriter<File>>,
    digest: Sha256,
}

/// A file that is whole.
pub(super) struct Written {
    /// Of all lines but the last, in hexadecimal letters.
    pub digest: String,
    pub bytes: u64,
}

impl Part {
    /// Beside `path`, as `path.part`. What an earlier backup left there when it was cut off is overwritten.
    ///
    /// # Errors
    /// When `path` is there and is not to be replaced, the folder cannot be written, or another backup writes it.
    pub fn begin(path: &Path, replace: bool) -> Result<Part, BackupError> {
        refuse_what_is_there(path, replace)?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let wrong = |error| BackupError::File { path: part.clone(), doing: "written", error };
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false).mode(MODE).open(&part).map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        // Another one may have finished, and given this very file its name, between the two lines above.
        let is_same = |there: fs::Metadata| Ok(there.ino() == file.metadata()?.ino());
        if !fs::symlink_metadata(&part).and_then(is_same).unwrap_or(false) {
            return Err(BackupError::Busy { path: path.to_owned() });
        }
        file.set_permissions(Permissions::from_mode(MODE)).and_then(|()| file.set_len(0)).map_err(wrong)?;
        let out = GzEncoder::new(BufWriter::with_capacity(BUFFER, file), COMPRESSION);
        Ok(Part { path: path.to_owned(), part, replace, out, digest: Sha256::new() })
    }

    /// Writes everything that comes, and at the end gives the file its name. `None` when no end came. Blocks meanwhile.
    ///
    /// # Errors
    /// When the disk refuses; then nothing is left.
    pub fn write(mut self, mut pieces: Receiver<Piece>) -> Result<Option<Written>, BackupError> {
        let part = self.part.clone();
        let written = loop {
            match pieces.blocking_recv() {
                Some(Piece::Lines(lines)) => {
                    self.digest.update(&lines);
                    if let Err(error) = self.out.write_all(lines.as_bytes()) {
                        break Err(BackupError::file(&self.part, "written")(error));
                    }
                }
                Some(Piece::End(rows)) => break self.finish(rows).map(Some),
                None => break Ok(None),
            }
        };
        if !matches!(written, Ok(Some(_))) {
            // Of half a backup nothing is to be left; what cannot be removed is overwritten by the next.
            fs::remove_file(part).ok();
        }
        written
    }

    fn finish(self, rows: BTreeMap<String, u64>) -> Result<Written, BackupError> {
        let Part { path, part, replace, mut out, digest } = self;
        let digest = Hash(digest.finalize().into()).to_string();
        let trailer = serde_json::to_string(&Trailer { rows, sha256: digest.clone() });
        let to_disk = || -> io::Result<File> {
            out.write_all(trailer?.as_bytes())?;
            out.write_all(b"\n")?;
            let file = out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(file)
        };
        let file = to_disk().map_err(BackupError::file(&part, "written"))?;
        refuse_what_is_there(&path, replace)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let bytes = fs::rename(&part, &path)
            .and_then(|()| File::open(folder)?.sync_all())
            .and_then(|()| file.metadata())
            .map_err(BackupError::file(&path, "written"))?
            .len();
        Ok(Written { digest, bytes })
    }
}

fn refuse_what_is_there(path: &Path, replace: bool) -> Result<(), BackupError> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => {
            Err(BackupError::file(path, "written")(io::Error::from(io::ErrorKind::IsADirectory)))
        }
        Ok(_) if !replace => Err(BackupError::IsThere { path: path.to_owned() }),
        _ => Ok(()),
    }
}
