//! Whether a secret or somebody's personal data got out: everything that the tests and the programs under test wrote is
//! searched for what they were given.
//!
//! Tests use passwords and addresses that begin like nothing else (`MARKERS`), and note what is made at random (sessions,
//! tokens, second factors) in a file of their own, a line each. A program that prints one of them, in plain, in base64 or
//! in UTF-16, is found; before each search a leak of each kind is planted and has to be found.
//!
//! What staff are called stands in a database by right. A couple never does: files of databases, as the consoles of the
//! browser tests left them, with their write-ahead logs, and backups of them are searched for what was planted as a
//! couple's. What is packed, as backups are, is searched unpacked.

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that names the folder for logs of programs under test.
const LOGS: &str = "BELLWETHER_TEST_LOGS";
/// The variable that names the file of secrets that were made at random.
const SECRETS: &str = "BELLWETHER_TEST_SECRETS";

/// The variable that names the folder for files of databases.
const DATABASES: &str = "BELLWETHER_TEST_DATABASES";
/// The variable that names the file of what was planted as a couple's: names, addresses, numbers, texts.
const PLANTED: &str = "BELLWETHER_TEST_PLANTED";

/// Every password, address and couple of the tests in `server` and `end2end` begins with one of these.
const MARKERS: [&str; 3] = ["marked-password", "marked-person", "marked-couple"];
/// Shorter ones would be found by chance.
const SHORTEST: usize = 12;

/// Where the outputs of one run of the gate are kept.
pub struct Outputs {
    folder: PathBuf,
}

impl Outputs {
    /// Empty, in the target folder.
    pub fn new(target: &Path) -> Result<Self> {
        let folder = target.join("test-output");
        if folder.is_dir() {
            fs::remove_dir_all(&folder)?;
        }
        for part in ["logs", "databases"] {
            fs::create_dir_all(folder.join(part))
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        Ok(Self { folder })
    }

    /// For the output of one step.
    pub fn file(&self, step: &str) -> PathBuf {
        self.folder.join("logs").join(format!("step-{step}.log"))
    }

    fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    fn secrets(&self) -> PathBuf {
        self.folder.join("secrets")
    }

    fn databases(&self) -> PathBuf {
        self.folder.join("databases")
    }

    fn planted(&self) -> PathBuf {
        self.folder.join("planted")
    }

    /// Tells the tests where their programs' logs and databases, their secrets and what they plant belong.
    pub fn name_to(&self, command: &mut Command) {
        command.env(LOGS, self.logs()).env(SECRETS, self.secrets());
        command.env(DATABASES, self.databases()).env(PLANTED, self.planted());
    }

    /// Proves that a leak would be found, then searches everything.
    pub fn search(&self) -> Result<()> {
        prove()?;
        let noted = fs::read_to_string(self.secrets()).unwrap_or_default();
        if noted.lines().count() == 0 {
            bail!(
                "no test noted a secret in {}: there would be nothing to search for",
                self.secrets().display()
            );
        }
        let mut markers: Vec<&str> = MARKERS.to_vec();
        markers.extend(noted.lines().filter(|secret| secret.len() >= SHORTEST));
        // What is planted as a couple's belongs into no log either.
        let planted = fs::read_to_string(self.planted()).unwrap_or_default();
        markers.extend(planted.lines().filter(|planted| planted.len() >= SHORTEST));
        judge(&self.logs(), markers).map(|_| ())
    }

    /// Searches the files of databases and their backups, of which there have to be some each.
    pub fn search_databases(&self) -> Result<()> {
        prove()?;
        let planted = fs::read_to_string(self.planted()).unwrap_or_default();
        let markers: Vec<&str> = planted.lines().filter(|planted| planted.len() >= SHORTEST).collect();
        if markers.is_empty() {
            bail!("no test planted a couple in {}: there is nothing to search for", self.planted().display());
        }
        let found = judge(&self.databases(), markers)?;
        if found.files == found.unpacked {
            bail!("no console left a database in {}", self.databases().display());
        }
        if found.unpacked == 0 {
            bail!("no backup was made of a database in {}", self.databases().display());
        }
        Ok(())
    }
}

/// Fails with every leak; else says what it read.
fn judge(folder: &Path, mut markers: Vec<&str>) -> Result<Found> {
    markers.sort_unstable();
    markers.dedup();
    let found = search(folder, &markers)?;
    println!("    {} markers, {} files, {} MB", markers.len(), found.files, found.bytes / 1_000_000);
    if !found.leaks.is_empty() {
        bail!("what must not be told was written:\n{}", found.leaks.join("\n"));
    }
    Ok(found)
}

#[derive(Default)]
struct Found {
    files: usize,
    /// Of them those that were packed.
    unpacked: usize,
    bytes: usize,
    /// "file, byte 17: marked-… in base64"; of each file and form the first.
    leaks: Vec<String>,
}

fn search(folder: &Path, markers: &[&str]) -> Result<Found> {
    let forms: Vec<Form> = markers.iter().flat_map(|marker| forms(marker)).collect();
    let finder = AhoCorasick::new(forms.iter().map(|form| &form.bytes))?;
    let mut found = Found::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        found.files += 1;
        let unpacked = unpacked(&bytes).with_context(|| format!("{} cannot be unpacked", path.display()))?;
        found.unpacked += usize::from(unpacked.is_some());
        let mut told = Vec::new();
        for (place, bytes) in [("", Some(bytes)), (", unpacked", unpacked)] {
            let Some(bytes) = bytes else { continue };
            found.bytes += bytes.len();
            for hit in finder.find_iter(&bytes) {
                let form = &forms[hit.pattern().as_usize()];
                // Not the secret itself: this goes to a log as well.
                let start: String = form.marker.chars().take(15).collect();
                let what = format!("{start}… in {}", form.name);
                if !told.contains(&what) {
                    found.leaks.push(format!("{}{place}, byte {}: {what}", path.display(), hit.start()));
                    told.push(what);
                }
            }
        }
    }
    Ok(found)
}

/// What is in a file that was packed with gzip; `None` when it was not.
fn unpacked(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(None);
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut unpacked)?;
    Ok(Some(unpacked))
}

struct Form {
    marker: String,
    name: &'static str,
    bytes: Vec<u8>,
}

/// As it is; in base64 wherever it stands in what was encoded, in both alphabets; in UTF-16.
fn forms(marker: &str) -> Vec<Form> {
    let form = |name, bytes| Form { marker: marker.to_owned(), name, bytes };
    let units: Vec<u16> = marker.encode_utf16().collect();
    let mut forms = vec![
        form("plain", marker.as_bytes().to_vec()),
        form("UTF-16LE", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        form("UTF-16BE", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
    ];
    for before in 0..3 {
        let core = base64_core(marker.as_bytes(), before);
        let url_safe = core.replace('+', "-").replace('/', "_");
        if url_safe != core {
            forms.push(form("base64", url_safe.into_bytes()));
        }
        forms.push(form("base64", core.into_bytes()));
    }
    forms
}

/// The letters that depend on the marker alone when so many bytes stand before it.
fn base64_core(marker: &[u8], before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(marker);
    let whole = bytes.len() / 3 * 4;
    let encoded = STANDARD.encode(&bytes);
    let first = if before == 0 { 0 } else { 4 };
    encoded[first..whole.max(first)].to_owned()
}

/// Plants a leak of each kind, and nothing: each is found, and nothing is not.
fn prove() -> Result<()> {
    let secret = "marked-password-that-is-planted/+?";
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("planted.log");
    let utf16 = |order: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut planted = vec![
        ("plain", format!("user gave {secret}.\n").into_bytes()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
    ];
    for before in ["", "a", "ab", "abc", "user:"] {
        planted.push(("base64", STANDARD.encode(format!("{before}{secret} and more")).into_bytes()));
    }
    for (kind, bytes) in planted {
        for marker in ["marked-password", secret] {
            let leak = [b"noise \xff\n", &bytes[..], b"\nnoise"].concat();
            for (how, written) in [("", leak.clone()), (" and packed", packed(&leak)?)] {
                fs::write(&file, written)?;
                if search(folder.path(), &[marker])?.leaks.is_empty() {
                    bail!(
                        "a leak that was planted in {kind}{how} was not found: the search is worth nothing"
                    );
                }
            }
        }
    }
    fs::write(&file, "a password that nobody marked\n")?;
    if !search(folder.path(), &["marked-password", secret])?.leaks.is_empty() {
        bail!("a leak was found where none was planted");
    }
    Ok(())
}

/// As a backup is.
fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packing = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    let mut packed = Vec::new();
    packing.read_to_end(&mut packed)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planted_is_found() {
        prove().unwrap();
    }

    #[test]
    fn a_secret_that_a_test_noted_is_searched_for_and_not_repeated() {
        let target = tempfile::tempdir().unwrap();
        let outputs = Outputs::new(target.path()).unwrap();
        fs::write(outputs.file("tests"), "a line\nid=0123456789abcdefghij\n").unwrap();
        assert!(outputs.search().unwrap_err().to_string().contains("no test noted a secret"));
        fs::write(outputs.secrets(), "another-secret-of-a-test\n").unwrap();
        outputs.search().unwrap();
        fs::write(outputs.secrets(), "0123456789abcdefghij\n").unwrap();
        let words = outputs.search().unwrap_err().to_string();
        assert!(words.contains("step-tests.log, byte 10: 0123456789abcde… in plain"), "{words}");
        assert!(!words.contains("0123456789abcdefghij"));
    }
    #[test]
    fn a_database_is_searched_for_couples_and_there_has_to_be_one() {
        let target = tempfile::tempdir().unwrap();
        let outputs = Outputs::new(target.path()).unwrap();
        let words = |outputs: &Outputs| outputs.search_databases().unwrap_err().to_string();
        assert!(words(&outputs).contains("no test planted a couple"));
        fs::write(outputs.planted(), "marked-couple Elena\n").unwrap();
        assert!(words(&outputs).contains("no console left a database"));
        fs::write(outputs.databases().join("one.db-wal"), "SQLite, sealed").unwrap();
        assert!(words(&outputs).contains("no backup was made"));
        let backup = outputs.databases().join("one-backup");
        fs::write(&backup, packed(b"[\"a couple, sealed\"]\n").unwrap()).unwrap();
        outputs.search_databases().unwrap();
        fs::write(&backup, packed(b"[\"marked-couple Elena\"]\n").unwrap()).unwrap();
        let found = words(&outputs);
        assert!(found.contains("one-backup, unpacked, byte 2: marked-couple E\u{2026} in plain"), "{found}");
        fs::write(&backup, &packed(b"[\"a couple, sealed\"]\n").unwrap()[..20]).unwrap();
        assert!(words(&outputs).contains("cannot be unpacked"));
        fs::remove_file(&backup).unwrap();
        fs::write(outputs.databases().join("one.db"), STANDARD.encode("to marked-couple Elena, dear"))
            .unwrap();
        assert!(
            words(&outputs).contains("one.db, byte 4: marked-couple E… in base64"),
            "{}",
            words(&outputs)
        );
    }
}
