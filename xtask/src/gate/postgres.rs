//! A PostgreSQL of our own for one run of the tests: in a temporary folder, on a free port, gone afterwards.

use crate::children::{self, Background};
use crate::workspace::find_program;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(30);
const STOPPED_WITHIN: Duration = Duration::from_secs(10);

/// Safety on disk is given up for speed: nothing here is worth keeping. Tests open many databases at once.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
];

/// The running server. Dropping it stops it, and then removes its folder (fields drop in this order).
pub struct Postgres {
    _server: Background,
    address: String,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Makes a new cluster and starts it; returns when it takes connections.
    pub fn start() -> Result<Self> {
        let programs = program_folder().context("PostgreSQL is not installed")?;
        let folder = tempfile::Builder::new().prefix("bellwether-postgres-").tempdir()?;
        let data = folder.path().join("data");
        // PostgreSQL refuses to run as root; Debian's package brings a user for it.
        let user = Account::choose(folder.path())?;

        let mut make = user.command(&programs.join("initdb"));
        make.args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ]);
        children::read(make.arg(&data)).context("the cluster cannot be made")?;

        // The free port may be taken by somebody else before PostgreSQL has it: then once more.
        let mut last_words = String::new();
        for _ in 0..3 {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let log = folder.path().join("log");
            let mut serve = user.command(&programs.join("postgres"));
            serve.arg("-D").arg(&data).args(["-p", &port.to_string()]);
            for setting in SETTINGS {
                serve.args(["-c", setting]);
            }
            if has_statistics(&programs) {
                serve.args(["-c", "shared_preload_libraries=pg_stat_statements"]);
            }
            let output = File::create(&log)?;
            let mut server = Background::start("PostgreSQL", &serve, "INT", STOPPED_WITHIN, output)?;
            if is_ready(&mut server, &log)? {
                let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
                return Ok(Self { _server: server, address, folder });
            }
            last_words = fs::read_to_string(&log).unwrap_or_default();
        }
        bail!("PostgreSQL does not start:\n{last_words}")
    }

    /// For BELLWETHER_TEST_POSTGRES: the superuser's address of the maintenance database.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it has logged.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }
}

/// Whether the statistics of statements are there to be preloaded: some systems have them in a package of their own.
fn has_statistics(programs: &Path) -> bool {
    let beside = programs.parent().map(|folder| folder.join("lib/pg_stat_statements.so"));
    let told = || children::read(Command::new(programs.join("pg_config")).arg("--pkglibdir")).ok();
    beside.is_some_and(|file| file.is_file())
        || told().is_some_and(|folder| Path::new(&folder).join("pg_stat_statements.so").is_file())
}

/// Its log says so, in English because of the cluster's locale; no client program is needed.
fn is_ready(server: &mut Background, log: &Path) -> Result<bool> {
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline && server.ended()?.is_none() && !children::interrupted() {
        if fs::read_to_string(log)?.contains("database system is ready to accept connections") {
            return Ok(true);
        }
        sleep(Duration::from_millis(20));
    }
    Ok(false)
}

/// Where `initdb` is: on PATH, or where Debian keeps it (the highest version).
pub fn program_folder() -> Option<PathBuf> {
    // A link on PATH may stand alone there: its fellows are where it points to.
    if let Some(program) = find_program("initdb").and_then(|program| program.canonicalize().ok()) {
        return program.parent().map(Path::to_path_buf);
    }
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder)
}

/// Whose account the server runs under.
enum Account {
    Ours,
    /// We are root, and this is the program that changes to the user `postgres`.
    Postgres(&'static str),
}

impl Account {
    fn choose(folder: &Path) -> Result<Self> {
        if children::read(Command::new("id").arg("-u"))? != "0" {
            return Ok(Self::Ours);
        }
        let ask = |flag| children::read(Command::new("id").args([flag, "postgres"]));
        let user = ask("-u").context("PostgreSQL does not run as root, and there is no user `postgres`")?;
        std::os::unix::fs::chown(folder, Some(user.parse()?), Some(ask("-g")?.parse()?))?;
        ["setpriv", "runuser", "su"]
            .into_iter()
            .find(|name| find_program(name).is_some())
            .map(Self::Postgres)
            .context("none of setpriv, runuser and su is here to change to the user `postgres`")
    }

    fn command(&self, program: &Path) -> Command {
        let Self::Postgres(changer) = self else { return Command::new(program) };
        let mut command = Command::new(changer);
        match *changer {
            "setpriv" => {
                // Set last, since changing the user takes the kernel's promise back.
                let flags =
                    ["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT", "--"];
                command.args(flags)
            }
            "runuser" => command.args(["-u", "postgres", "--"]),
            _ => command.args(["postgres", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--"]),
        };
        // The caller's folder may be closed to that user.
        command.arg(program).current_dir("/");
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_answers_and_leaves_nothing_behind() {
        let Some(programs) = program_folder() else { return };
        let server = Postgres::start().unwrap();
        let mut ask = Command::new(programs.join("psql"));
        ask.args([server.address(), "-Atc", "select 6 * 7"]);
        assert_eq!(children::read(&mut ask).unwrap(), "42");
        let (process, folder) = (server._server.id(), server.folder.path().to_path_buf());
        drop(server);
        assert!(!folder.exists());
        assert!(!Path::new(&format!("/proc/{process}")).exists());
    }
}
