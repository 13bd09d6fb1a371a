//! The two steps that take long: a million keys of a cache, two hundred thousand rows of a table. Measured is what they hold
//! up, as the cache and the database tell it themselves.

use super::acting::{press, until_over};
use super::line::Line;
use crate::children::{self, Background};
use crate::gate::postgres::{self, Postgres};
use crate::stage::free_port;
use crate::workspace::find_program;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

const KEYS: usize = 1_000_000;
const ROWS: usize = 200_000;
const WITHIN: Duration = Duration::from_secs(300);

const TABLES: &str = "CREATE TABLE wedding_optimizations (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, quality_score DOUBLE PRECISION, status TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL, wedding_date DATE);
CREATE INDEX ON wedding_optimizations (status, created_at)";

/// A cache and a database for the console to change.
pub struct Stand {
    redis: Option<(Background, u16)>,
    postgres: Option<Postgres>,
    folder: tempfile::TempDir,
}

impl Stand {
    pub fn start() -> Result<Stand> {
        let folder = tempfile::Builder::new().prefix("bellwether-bench-").tempdir()?;
        let redis = find_program("redis-server").map(|program| -> Result<_> {
            let port = free_port()?;
            let mut command = Command::new(program);
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
            command
                .args(["--appendonly", "no", "--enable-debug-command", "local", "--dir"])
                .arg(folder.path());
            let log = File::create(folder.path().join("redis.log"))?;
            let server = Background::start("redis-server", &command, "TERM", Duration::from_secs(5), log)?;
            Ok((server, port))
        });
        let postgres = postgres::program_folder().map(|_| Postgres::start());
        let stand = Stand { redis: redis.transpose()?, postgres: postgres.transpose()?, folder };
        if let Some(postgres) = &stand.postgres {
            fs::write(stand.address_file(), postgres.address())?;
        }
        Ok(stand)
    }

    fn address_file(&self) -> std::path::PathBuf {
        self.folder.path().join("platform-database")
    }

    /// For the console's configuration. The clean-up asks for no password here: a machine presses.
    pub fn settings(&self) -> String {
        let mut settings = String::new();
        if let Some((_, port)) = &self.redis {
            settings += &format!("\n[platform.redis]\nhost = \"127.0.0.1\"\nport = {port}\n");
        }
        if self.postgres.is_some() {
            let file = json!(self.address_file().display().to_string());
            settings += &format!(
                "\n[platform.postgres]\nurl_file = {file}\n\n[[action]]\nkey = \"clean-old-optimizations\"\n\
                 dangerous = \"none\"\npermission = \"run_ordinary_actions\"\n"
            );
        }
        settings
    }

    pub fn measure(&self, address: &str, token: &str) -> Result<Vec<Line>> {
        Ok(vec![self.keys(address, token)?, self.rows(address, token)?])
    }

    fn keys(&self, address: &str, token: &str) -> Result<Line> {
        let what = format!("{KEYS} keys deleted by pattern: the longest hold of the cache");
        let Some((_, port)) = &self.redis else {
            return Ok(Line::unmeasured(&what, 10.0, "ms", "redis-server is not installed"));
        };
        let mut redis = Redis::connect(*port)?;
        redis.ask(&format!("DEBUG POPULATE {KEYS} ai 20"))?;
        redis.ask("CONFIG SET slowlog-log-slower-than 500")?;
        redis.ask("CONFIG SET slowlog-max-len 100000")?;
        redis.ask("SLOWLOG RESET")?;
        let began = Instant::now();
        let run = press(address, token, "clear-ai-keys", &json!({}))?;
        until_over(address, token, &run, WITHIN)?;
        println!("    {KEYS} keys in {:.1} s", began.elapsed().as_secs_f64());
        let left = redis.ask("DBSIZE")?;
        if left != [":0"] {
            bail!("keys are left: {left:?}");
        }
        let longest = longest_command(&redis.ask("SLOWLOG GET -1")?);
        Ok(Line::at_most(&what, longest.unwrap_or(0.5), 10.0, "ms"))
    }

    fn rows(&self, address: &str, token: &str) -> Result<Line> {
        let what = format!("{ROWS} old rows deleted: the longest batch");
        let (Some(postgres), Some(programs)) = (&self.postgres, postgres::program_folder()) else {
            return Ok(Line::unmeasured(&what, 200.0, "ms", "PostgreSQL is not installed"));
        };
        let told = |statement: &str| {
            let mut ask = Command::new(programs.join("psql"));
            children::read(ask.args([postgres.address(), "-Atc", statement]))
        };
        told(TABLES)?;
        told(&format!(
            "INSERT INTO wedding_optimizations (quality_score, status, created_at)
             SELECT 0.9, 'completed', now() - interval '100 days' FROM generate_series(1, {ROWS})"
        ))?;
        told("ANALYZE wedding_optimizations")?;
        told("ALTER SYSTEM SET log_min_duration_statement = 0")?;
        told("SELECT pg_reload_conf()")?;
        sleep(Duration::from_millis(500));
        let began = Instant::now();
        let run = press(address, token, "clean-old-optimizations", &json!({}))?;
        until_over(address, token, &run, WITHIN)?;
        println!("    {ROWS} rows in {:.1} s", began.elapsed().as_secs_f64());
        let left = told("SELECT count(*) FROM wedding_optimizations")?;
        if left.trim() != "0" {
            bail!("rows are left: {left}");
        }
        let log = postgres.log()?;
        let longest = log.lines().filter_map(delete_took).reduce(f64::max);
        Ok(Line::at_most(&what, longest.context("the database logged no deletion")?, 200.0, "ms"))
    }
}

/// `LOG:  duration: 12.345 ms  execute sqlx_s_1: DELETE FROM …`
fn delete_took(line: &str) -> Option<f64> {
    let (_, rest) = line.split_once("duration: ")?;
    let (took, rest) = rest.split_once(" ms")?;
    let is_it = rest.contains("execute") && rest.to_uppercase().contains("DELETE ");
    took.parse().ok().filter(|_| is_it)
}

/// Milliseconds of the longest command of a slow log: each entry begins with its number, its time, its microseconds.
fn longest_command(slow_log: &[String]) -> Option<f64> {
    let entries = slow_log.split(|line| line == "*6").skip(1);
    let took = entries.filter_map(|entry| entry.get(2)?.strip_prefix(':')?.parse::<f64>().ok());
    took.reduce(f64::max).map(|microseconds| microseconds / 1_000.0)
}

/// The least of Redis's protocol: a command of plain words, and the lines of its answer.
struct Redis(BufReader<TcpStream>);

impl Redis {
    fn connect(port: u16) -> Result<Redis> {
        let began = Instant::now();
        loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => return Ok(Redis(BufReader::new(stream))),
                Err(_) if began.elapsed() < Duration::from_secs(10) => sleep(Duration::from_millis(20)),
                Err(error) => return Err(error).context("redis-server does not start"),
            }
        }
    }

    fn ask(&mut self, command: &str) -> Result<Vec<String>> {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        let mut lines = Vec::new();
        self.read(&mut lines)?;
        match lines.first() {
            Some(error) if error.starts_with('-') => bail!("{command}: {error}"),
            _ => Ok(lines),
        }
    }

    fn read(&mut self, lines: &mut Vec<String>) -> Result<()> {
        let line = self.line()?;
        lines.push(line.clone());
        let number = || line.get(1..).and_then(|number| number.parse::<i64>().ok()).unwrap_or(0);
        match line.chars().next() {
            Some('*') => (0..number()).try_for_each(|_| self.read(lines)),
            Some('$') if number() >= 0 => {
                lines.push(self.line()?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            bail!("redis-server closed the connection");
        }
        Ok(line.trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_is_found_in_what_the_servers_tell() {
        let log =
            ["*2", "*6", ":7", ":1795478400", ":730", "*1", "$4", "SCAN", "*6", ":8", ":1795478401", ":1210"];
        assert_eq!(longest_command(&log.map(str::to_owned)), Some(1.21));
        assert_eq!(longest_command(&["*0".to_owned()]), None);
        let line = "LOG:  duration: 12.5 ms  execute sqlx_s_1: DELETE FROM a WHERE id = ANY($1)";
        assert_eq!(delete_took(line), Some(12.5));
        assert_eq!(delete_took("LOG:  duration: 99 ms  execute sqlx_s_2: SELECT 1"), None);
    }
}
