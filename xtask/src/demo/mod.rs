//! `cargo xtask demo`: from a fresh clone to a live page, and nothing left running afterwards.

pub mod home;
mod staff;

use crate::cargo::{self, Profile, Programs};
use crate::children;
use crate::import::{self, Past, thousands};
use crate::site;
use crate::stage::{self, PlatformWish, Player, StaffWish};
use crate::steps::{Steps, words};
use crate::workspace;
use anyhow::{Result, bail};
use home::{Home, State};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

pub const PLATFORM: &str = "wedsync";
/// There is an account for each.
const ROLES: [&str; 7] = ["viewer", "executive", "support", "operator", "lead", "admin", "auditor"];

#[derive(clap::Args, Clone)]
pub struct Arguments {
    /// Lets the demo's time run so many times faster, up to 3600
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    fast_clock: Option<u32>,
    /// Where the console listens; 127.0.0.1:3000, or another port where that is taken
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// How many days of history there are
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: u32,
    /// Another seed, another past
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// The demo while it runs.
pub struct Demo {
    home: Home,
    config: std::path::PathBuf,
    fast_clock: Option<f64>,
    platform: Player,
    address: SocketAddr,
    /// `None` after a build that does not start, until the next one.
    console: Option<Player>,
}

/// Runs until Ctrl-C, or until one of the two programs ends.
pub fn command(arguments: &Arguments) -> Result<()> {
    let mut demo = Demo::start(arguments)?;
    while !children::interrupted() {
        demo.check()?;
        sleep(Duration::from_millis(100));
    }
    demo.end()
}

impl Demo {
    pub fn start(arguments: &Arguments) -> Result<Self> {
        let root = workspace::root()?;
        let mut steps = Steps::new();
        steps.run("look for what is needed", needs)?;
        steps.run("wasm and style", || site::build(&root).map(|_| ()))?;
        let programs = steps.run("console and simulator", || cargo::build_programs(&root, Profile::Dev))?;

        // A fast clock runs into the future, where nobody can go on next time: that past is made anew.
        let home = Home::open(&root, arguments.fast_clock.is_some())?;
        let fast_clock = arguments.fast_clock.map(f64::from);
        let listen = console_address(arguments.listen)?;
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 4000));
        let platform_listen = with_port(stage::free_or_any(usual))?;
        let smtp = SocketAddr::from((Ipv4Addr::LOCALHOST, stage::free_port()?));
        let config = home.write_config(listen, platform_listen, smtp)?;
        steps.run("history", || history(&home, &programs, &config, arguments))?;
        // After the history: with a fast clock the two would drift apart while it is imported.
        let platform = steps.run("platform", || {
            let wish = PlatformWish {
                name: PLATFORM,
                listen: platform_listen,
                token_file: &home.token_file(),
                seed: arguments.seed,
                fast_clock,
                staff: Some(StaffWish {
                    smtp,
                    console: listen,
                    signing_secret_file: &home.signing_secret_file(),
                }),
            };
            stage::start_platform(&programs, &wish, home.log("simulator"))
        })?;
        let (console, took) = steps.run("console", || {
            stage::start_console(&programs, &config, listen, fast_clock, home.log("console"))
        })?;
        println!("    ready after {}", words(took));
        let demo = Self { home, config, fast_clock, platform, address: listen, console: Some(console) };
        demo.announce();
        Ok(demo)
    }

    fn announce(&self) {
        println!("\nBellwether is ready:  http://{}", self.address);
        println!("    Sign in with the password {} as one of these:", home::PASSWORD);
        for role in ROLES {
            println!("        {role}@demo.example");
        }
        println!(
            "The pretended platform:  http://{}/control\n    Switch a scenario there (slow, outage) and watch the console.",
            self.platform.address
        );
        println!(
            "What staff are told arrives there too:  http://{0}/chat  http://{0}/mail  http://{0}/pagerduty",
            self.platform.address
        );
        println!("Logs are in {}. Ctrl-C ends both.\n", self.home.folder().display());
    }

    /// Fails when one of the two has ended; the other is ended by being dropped.
    pub fn check(&mut self) -> Result<()> {
        if let Some(console) = &mut self.console {
            console.check()?;
        }
        self.platform.check()
    }

    /// Ends the console and starts it as it is built now.
    pub fn restart_console(&mut self, programs: &Programs) -> Result<()> {
        // Dropping the old one ends it.
        self.console = None;
        let log = self.home.log("console");
        let (console, took) =
            stage::start_console(programs, &self.config, self.address, self.fast_clock, log)?;
        self.console = Some(console);
        println!("    console ready again after {}", words(took));
        Ok(())
    }

    /// Ends both and notes how far the past is known.
    pub fn end(mut self) -> Result<()> {
        println!("\nstopping");
        self.console = None;
        self.platform.process.stop();
        if let Some(state) = self.home.read_state() {
            self.home.write_state(&State { known_until: home::now(), ..state })?;
        }
        Ok(())
    }
}

fn needs() -> Result<()> {
    let compiler = std::env::var_os("CC").is_some()
        || ["cc", "gcc", "clang"].iter().any(|name| workspace::find_program(name).is_some());
    if !compiler {
        bail!(
            "a C compiler is needed, since SQLite is compiled from its source. \
             Debian or Ubuntu: apt-get install build-essential. Fedora: dnf install gcc. macOS: xcode-select --install"
        );
    }
    Ok(())
}

/// The wanted address must be free; the usual one gives way to a free port.
fn console_address(wanted: Option<SocketAddr>) -> Result<SocketAddr> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000));
    let address = stage::free_or_any(wanted.unwrap_or(usual));
    match wanted {
        Some(wanted) if wanted != address => bail!("{wanted} is in use; choose another with --listen"),
        _ => with_port(address),
    }
}

/// Port 0 would be chosen by the program itself, but the other one must know it first.
fn with_port(address: SocketAddr) -> Result<SocketAddr> {
    let port = if address.port() == 0 { stage::free_port()? } else { address.port() };
    Ok(SocketAddr::new(address.ip(), port))
}

/// All days into a new database, else only what has passed since the demo was last ended.
fn history(home: &Home, programs: &Programs, config: &Path, arguments: &Arguments) -> Result<()> {
    let Arguments { days, seed, .. } = *arguments;
    let now = home::now();
    let state = home.read_state().filter(|state| state.seed == seed && state.days == days);
    let (from, days) = match &state {
        Some(state) => {
            let gap = (now.as_second() - state.known_until.as_second()).max(0);
            (Some(state.known_until.to_string()), 1 + u32::try_from(gap / 86_400)?)
        }
        None => {
            home.remove_database()?;
            (None, days)
        }
    };
    let until = now.to_string();
    let past = Past {
        platform: PLATFORM,
        days: days.min(arguments.days),
        seed,
        from: from.as_deref(),
        until: Some(&until),
        every: "30s",
    };
    let rows = import::samples(programs, config, &past, &home.log("import"))?;
    let figures = import::figures(programs, config, &past, &home.log("import"))?;
    println!("    {} samples, {} days of figures", thousands(rows), figures);
    home.write_state(&State { seed, days: arguments.days, known_until: now })
}
