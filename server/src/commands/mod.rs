//! The command line.

mod audit;
mod backup;
mod config_check;
mod import;
mod key;
mod policy_backtest;
mod policy_eval;
mod restore;
mod rotation_eval;
mod serve;
mod user;

use std::{path::PathBuf, process::ExitCode};

use backend::config::{self, Config};
use clap::{Parser, Subcommand};
use jiff::Timestamp;

#[derive(Parser)]
#[command(name = "bellwether", version, about = "A calm operations console for AI services")]
struct Arguments {
    /// The configuration; without it the built-in defaults and the environment count.
    #[arg(long, global = true, env = "BELLWETHER_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console.
    Serve,
    /// Work on the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the policy.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Ask a rotation.
    #[command(subcommand)]
    Rotation(RotationCommand),
    /// Work on the log of who did what.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Copy everything to a file, while the console serves.
    Backup {
        file: PathBuf,
        /// Replace the file when it is there.
        #[arg(long)]
        force: bool,
    },
    /// Put a backup into an empty database.
    Restore { file: PathBuf },
    /// Polls from files.
    #[command(subcommand)]
    Samples(ImportCommand),
    /// Daily figures from files.
    #[command(subcommand)]
    Figures(ImportCommand),
    /// The keys that personal data is sealed under.
    #[command(subcommand)]
    Key(KeyCommand),
    /// The people who may sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// The machines that may ask or send.
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Make a new key and wrap every data key again, while the console serves.
    Rotate {
        /// Encrypt every value again too, with new data keys.
        #[arg(long)]
        data: bool,
    },
    /// Make data keys of nobody, to measure how fast they are rotated. They stay: for scratch databases only.
    #[command(hide = true)]
    Fill {
        #[arg(long)]
        keys: u32,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a person, and print the link by which they set a password within an hour.
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "admin")]
        role: String,
        /// Take the password from the first line of standard input instead.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a link by which somebody sets a new password within an hour.
    Reset {
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token for a machine and print it once: for a sender of alerts, with --permission handle_alerts.
    Add {
        /// The person for whom it acts: it allows nothing that they may not do, now or later.
        #[arg(long, value_name = "EMAIL")]
        owner: String,
        /// What the machine is called.
        #[arg(long)]
        name: String,
        /// A permission's key; may be given several times.
        #[arg(long, required = true)]
        permission: Vec<String>,
        /// How long it holds.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say what is wrong in the configuration, by line.
    Check,
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Read cases as CSV on standard input; write them with the level that the policy gives, and why.
    Eval,
    /// Say what the policy would have made of the stored past.
    Backtest {
        /// The first one when it is left out.
        #[arg(long)]
        platform: Option<String>,
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=100))]
        days: u32,
    },
}

#[derive(Subcommand)]
enum RotationCommand {
    /// Read a rotation as JSON on standard input; write who is on call, and when, as CSV.
    Eval {
        /// As in 2026-03-23T00:00:00Z.
        #[arg(long, value_name = "TIME")]
        from: Timestamp,
        #[arg(long, value_name = "TIME")]
        to: Timestamp,
    },
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Import a file (`-` for standard input), any number of times, without doubling.
    Import {
        file: PathBuf,
        /// Import nothing when a line is bad.
        #[arg(long)]
        strict: bool,
    },
}

pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let path = arguments.config.clone().or_else(config::default_path);
    let path = path.as_deref();
    if let Command::Config(ConfigCommand::Check) = arguments.command {
        return config_check::run(arguments.config.as_deref());
    }
    if let Command::Rotation(RotationCommand::Eval { from, to }) = arguments.command {
        return told(rotation(from, to));
    }
    let config = match config::load(path, std::env::vars()) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            return ExitCode::FAILURE;
        }
    };
    let done = match arguments.command {
        Command::Serve => in_runtime(2, serve::run(config)),
        Command::Policy(PolicyCommand::Eval) => policy(&config),
        Command::Policy(PolicyCommand::Backtest { platform, days }) => {
            in_runtime(2, policy_backtest::run(config, platform, days))
        }
        Command::Audit(command) => in_runtime(2, audit::run(config, command)),
        Command::Backup { file, force } => in_runtime(2, backup::run(config, &file, force)),
        Command::Restore { file } => in_runtime(2, restore::run(config, &file)),
        Command::Samples(ImportCommand::Import { file, strict }) => {
            in_runtime(1, import::samples(config, file, strict))
        }
        Command::Figures(ImportCommand::Import { file, strict }) => {
            in_runtime(1, import::figures(config, file, strict))
        }
        Command::Key(KeyCommand::Rotate { data }) => in_runtime(2, key::rotate(config, data)),
        Command::Key(KeyCommand::Fill { keys }) => in_runtime(2, key::fill(config, keys)),
        Command::User(UserCommand::Add { email, name, role, password_stdin }) => {
            in_runtime(1, user::add(config, email, name, role, password_stdin))
        }
        Command::User(UserCommand::Reset { email }) => in_runtime(1, user::reset(config, email)),
        Command::Token(TokenCommand::Add { owner, name, permission, days }) => {
            in_runtime(1, user::add_token(config, owner, name, permission, days))
        }
        Command::Config(_) | Command::Rotation(_) => Ok(()),
    };
    told(done)
}

fn told(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("bellwether: {words}");
            ExitCode::FAILURE
        }
    }
}

fn policy(config: &Config) -> Result<(), String> {
    policy_eval::run(std::io::stdin().lock(), std::io::stdout().lock(), &config.metrics)
        .map_err(|error| error.to_string())
}

fn rotation(from: Timestamp, to: Timestamp) -> Result<(), String> {
    rotation_eval::run(std::io::stdin().lock(), std::io::stdout().lock(), from, to)
        .map_err(|error| error.to_string())
}

fn in_runtime(threads: usize, work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot be started: {error}"))?
        .block_on(work)
}
