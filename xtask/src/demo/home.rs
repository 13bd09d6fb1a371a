//! The demo's folder in the workspace (not under version control): configuration, token, database, logs.

use super::staff;
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Of all accounts of the demo, and shown on its sign-in page.
pub const PASSWORD: &str = "wedding-bells-demo";

/// What the database holds, so that the next start imports only what is missing.
#[derive(Serialize, Deserialize, Clone)]
pub struct State {
    pub seed: u64,
    pub days: u32,
    /// Until then there is history or were polls.
    pub known_until: Timestamp,
}

/// The demo's folder.
pub struct Home {
    folder: PathBuf,
    /// Held while the demo runs: two of them would poll into one database.
    _lock: File,
}

/// The time, in whole seconds: where the history ends and the demo begins.
#[expect(clippy::disallowed_methods, reason = "the demo starts at the real time")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

impl Home {
    /// `demo/` in the workspace, or `demo/fast/`, which starts empty each time.
    pub fn open(root: &Path, fast: bool) -> Result<Self> {
        let mut folder = root.join("demo");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        // Beside the folder of the fast demo, which is removed below.
        let lock = File::create(folder.join(if fast { "fast.lock" } else { "lock" }))?;
        if lock.try_lock().is_err() {
            bail!("a demo is running already in {}; end it first", folder.display());
        }
        if fast {
            folder.push("fast");
            if folder.is_dir() {
                fs::remove_dir_all(&folder)?;
            }
        }
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let home = Self { folder, _lock: lock };
        if !home.token_file().is_file() {
            write_token(&home.token_file())?;
        }
        // Made once, like the token: the demo's database would stay locked with another.
        if !home.keys_file().is_file() {
            write_chance::<32>(&home.keys_file())?;
        }
        Ok(home)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn token_file(&self) -> PathBuf {
        self.folder.join("api-token")
    }

    /// What personal data is sealed under.
    pub fn keys_file(&self) -> PathBuf {
        self.folder.join("sealing-keys")
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// What the pretended Slack signs with.
    pub fn signing_secret_file(&self) -> PathBuf {
        self.folder.join("slack-signing-secret")
    }

    /// Writes the configuration anew: its ports may be others than last time. Mails go to `smtp`, everything else that
    /// staff are told to the pretended platform.
    pub fn write_config(
        &self,
        console: SocketAddr,
        platform: SocketAddr,
        smtp: SocketAddr,
    ) -> Result<PathBuf> {
        let path = self.folder.join("bellwether.toml");
        let database = format!("sqlite://{}", self.folder.join("bellwether.db").display());
        let config = config(console, platform, &database, &self.token_file(), "30s");
        let staff = staff::config(&self.folder, platform, smtp)?;
        // Accounts whose password everybody may know, without a telephone in the way.
        fs::write(
            &path,
            format!(
                "{config}{}\n[demo]\npassword = \"{PASSWORD}\"\n\n[access]\nsecond_factor = \"off\"\n\n\
                 [sealing]\nkeys_file = \"sealing-keys\"\nerasures = \"erasures.ndjson\"\n\n{staff}",
                acting(platform, &self.token_file())
            ),
        )?;
        Ok(path)
    }

    pub fn read_state(&self) -> Option<State> {
        let text = fs::read_to_string(self.folder.join("state.json")).ok()?;
        let database = self.folder.join("bellwether.db").is_file();
        serde_json::from_str(&text).ok().filter(|_| database)
    }

    pub fn write_state(&self, state: &State) -> Result<()> {
        Ok(fs::write(self.folder.join("state.json"), serde_json::to_string_pretty(state)?)?)
    }

    /// The database and what SQLite keeps beside it.
    pub fn remove_database(&self) -> Result<()> {
        for ending in ["", "-wal", "-shm"] {
            let path = self.folder.join(format!("bellwether.db{ending}"));
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// 192 bits of chance from the system, readable by its owner only.
pub fn write_token(path: &Path) -> Result<()> {
    write_chance::<24>(path)
}

/// So many bytes of chance as hexadecimal digits.
fn write_chance<const BYTES: usize>(path: &Path) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut bytes = [0_u8; BYTES];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    Ok(())
}

/// What of the platform may be changed from here: its cluster, which the pretended platform has too, and the fallback by
/// itself when a breaker opens. Diagnostics ask nobody outside.
fn acting(platform: SocketAddr, token_file: &Path) -> String {
    let token_file = serde_json::Value::from(token_file.display().to_string());
    let cluster = format!(
        "\n[platform.kubernetes]\nnamespace = \"ai-services\"\nurl = \"http://{platform}/k8s\"\n\
         token_file = {token_file}\n\n\
         [[platform.dependency]]\nname = \"OpenAI (pretended)\"\nurl = \"http://{platform}/v1/models\"\n"
    );
    let failover = |service: &str| {
        format!(
            "\n[[platform.failover]]\nservice = \"{service}\"\non_open = \"automatic\"\n\
             on_recovery = \"automatic\"\n"
        )
    };
    ["optimization", "recommendation", "crisis"]
        .into_iter()
        .fold(cluster, |all, service| all + &failover(service))
}

/// A configuration with one platform. Paths are written as TOML strings, whatever stands in them.
pub fn config(
    console: SocketAddr,
    platform: SocketAddr,
    database: &str,
    token_file: &Path,
    poll_every: &str,
) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    format!(
        "# Written by cargo xtask; every start writes it anew.\n\
         [server]\nlisten = \"{console}\"\npublic_url = \"http://{console}\"\n\n\
         [database]\nurl = {}\n\n\
         [[platform]]\nname = \"wedsync\"\napi_url = \"http://{platform}\"\ntoken_file = {}\n\
         alerts_url = \"http://{platform}/alerts\"\npoll_every = \"{poll_every}\"\n",
        text(database),
        text(&token_file.display().to_string()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_never_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        write_token(&one).unwrap();
        write_token(&other).unwrap();
        let (one, other) = (fs::read_to_string(one).unwrap(), fs::read_to_string(other).unwrap());
        assert_eq!(one.trim().len(), 48);
        assert_ne!(one, other);
    }

    #[test]
    fn the_key_is_made_once_and_named_in_the_configuration() {
        let root = tempfile::tempdir().unwrap();
        let address: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        let key_of = || {
            let home = Home::open(root.path(), false).unwrap();
            let config = fs::read_to_string(home.write_config(address, address, address).unwrap()).unwrap();
            assert!(config.contains("[sealing]\nkeys_file = \"sealing-keys\"\n"), "{config}");
            fs::read_to_string(home.keys_file()).unwrap()
        };
        let key = key_of();
        assert_eq!(key.trim().len(), 64);
        assert_eq!(key_of(), key);
    }

    #[test]
    fn the_fast_demo_forgets_and_the_other_remembers() {
        let root = tempfile::tempdir().unwrap();
        for (fast, remembered) in [(false, true), (true, false)] {
            let home = Home::open(root.path(), fast).unwrap();
            fs::write(home.folder().join("bellwether.db"), "").unwrap();
            home.write_state(&State { seed: 7, days: 90, known_until: Timestamp::UNIX_EPOCH }).unwrap();
            assert!(home.read_state().is_some());
            drop(home);
            assert_eq!(Home::open(root.path(), fast).unwrap().read_state().is_some(), remembered);
        }
    }

    #[test]
    fn a_second_demo_is_refused_and_the_first_keeps_its_folder() {
        let root = tempfile::tempdir().unwrap();
        for fast in [false, true] {
            let home = Home::open(root.path(), fast).unwrap();
            let problem = Home::open(root.path(), fast).map(|_| ()).unwrap_err();
            assert!(problem.to_string().starts_with("a demo is running already"), "{problem}");
            assert!(home.token_file().is_file());
        }
    }

    #[test]
    fn a_state_without_its_database_is_none() {
        let root = tempfile::tempdir().unwrap();
        let home = Home::open(root.path(), false).unwrap();
        home.write_state(&State { seed: 7, days: 90, known_until: Timestamp::UNIX_EPOCH }).unwrap();
        assert!(home.read_state().is_none());
    }

    #[test]
    fn strange_folders_are_quoted() {
        let address: SocketAddr = "127.0.0.1:3000".parse().unwrap();
        let text = config(address, address, "sqlite:///a \"b\"/c.db", Path::new("/t\\x"), "30s");
        assert!(text.contains(r#"url = "sqlite:///a \"b\"/c.db""#));
        assert!(text.contains(r#"token_file = "/t\\x""#));
    }
}
