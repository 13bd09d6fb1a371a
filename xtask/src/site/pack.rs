//! Writing a file of the site with its brotli and gzip forms beside it.

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

/// A file of the site and its sizes in bytes.
pub struct Packed {
    /// Its path under `pkg/`.
    pub name: String,
    pub raw: usize,
    /// `None` for kinds that are compressed already.
    pub brotli: Option<usize>,
}

impl Packed {
    /// What a browser that takes brotli receives.
    pub fn sent(&self) -> usize {
        self.brotli.unwrap_or(self.raw)
    }
}

/// Writes `folder/name`, and `.br` and `.gz` beside it. The name carries the content's hash, so what stands
/// there complete is not written again; the `.gz` is written last and tells that it is complete.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<Packed> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    write_if_new(&path, bytes)?;
    if is_compressed(name) {
        return Ok(Packed { name: name.to_owned(), raw: bytes.len(), brotli: None });
    }
    let brotli_path = folder.join(format!("{name}.br"));
    let gzip_path = folder.join(format!("{name}.gz"));
    if !gzip_path.is_file() || !brotli_path.is_file() {
        write_whole(&brotli_path, &brotli(bytes)?)?;
        write_whole(&gzip_path, &gzip(bytes)?)?;
    }
    let sent = usize::try_from(fs::metadata(&brotli_path)?.len())?;
    Ok(Packed { name: name.to_owned(), raw: bytes.len(), brotli: Some(sent) })
}

/// Writes only what differs, so that times of files mean something.
pub fn write_if_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    write_whole(path, bytes)
}

/// A reader sees the old file or the new one, never half of one: a console may be serving from here.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    fs::write(&name, bytes)
        .and_then(|()| fs::rename(&name, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Removes files of earlier builds, which would otherwise be embedded for ever.
pub fn sweep(folder: &Path, packed: &[Packed]) -> Result<()> {
    let mut keep = BTreeSet::new();
    for file in packed {
        for form in ["", ".br", ".gz"] {
            keep.insert(folder.join(format!("{}{form}", file.name)));
        }
    }
    sweep_folder(folder, &keep)
}

fn sweep_folder(folder: &Path, keep: &BTreeSet<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sweep_folder(&path, keep)?;
        } else if !keep.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn is_compressed(name: &str) -> bool {
    [".png", ".jpg", ".webp", ".avif", ".woff2"].iter().any(|ending| name.ends_with(ending))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let settings =
        BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &settings)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let text = "bell ".repeat(500);
        let packed = write(folder.path(), "a.css", text.as_bytes()).unwrap();
        assert!(packed.sent() < 100);
        let mut read = String::new();
        let bytes = fs::read(folder.path().join("a.css.gz")).unwrap();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        let bytes = fs::read(folder.path().join("a.css.br")).unwrap();
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut &bytes[..], &mut read).unwrap();
        assert_eq!(read, text.as_bytes());
    }

    #[test]
    fn sweeping_leaves_only_what_was_packed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old.js"), "x").unwrap();
        let packed = vec![
            write(folder.path(), "new.js", b"let a = 1;").unwrap(),
            write(folder.path(), "dot.png", b"png").unwrap(),
        ];
        sweep(folder.path(), &packed).unwrap();
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["dot.png", "new.js", "new.js.br", "new.js.gz"]);
    }

    #[test]
    fn what_is_there_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        write_if_new(&path, b"{}").unwrap();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        write_if_new(&path, b"{}").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    }
}
