//! `bellwether config check`: what is wrong with the configuration, and where.

use std::{io, path::Path, process::ExitCode};

use backend::config::{self, Config, Problem};

/// Prints every problem and fails, or says that the configuration is fine. Without a file it is the one in the working
/// folder, if there is one.
pub fn run(file: Option<&Path>) -> ExitCode {
    let found = config::default_path();
    let file = file.or(found.as_deref());
    let checked = config::load(
        file,
        std::env::vars_os().filter_map(|(name, value)| {
            // What is not text cannot be one of ours.
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    );
    // What does not stop the console is wrong all the same.
    let checked = checked.and_then(|config| match config.sealing.fault.clone() {
        Some(fault) => Err(vec![fault]),
        None => Ok(config),
    });
    let fine = checked.is_ok();
    // A reader that has gone away changes nothing about the configuration.
    let _ = report(&checked, file, &mut io::stdout().lock());
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(
    checked: &Result<Config, Vec<Problem>>,
    file: Option<&Path>,
    output: &mut impl io::Write,
) -> io::Result<()> {
    match checked {
        Ok(config) => writeln!(output, "The configuration is fine: {}", summary(config, file)),
        Err(problems) => problems.iter().try_for_each(|problem| writeln!(output, "{problem}")),
    }
}

/// "bellwether.toml; listens on 127.0.0.1:3000; watches wedsync (every 30 s, with a token)".
fn summary(config: &Config, file: Option<&Path>) -> String {
    let source = file.map_or_else(|| "the built-in defaults".to_owned(), |file| file.display().to_string());
    let platforms: Vec<_> = config
        .platforms
        .iter()
        .map(|platform| {
            let token = if platform.token.is_some() { "with a token" } else { "without a token" };
            let every = platform.poll_every.as_secs_f64();
            format!("{} at {} (every {every} s, {token})", platform.name, platform.api_url)
        })
        .collect();
    let listen = config.server.listen;
    format!("{source}; listens on {listen}; watches {}", platforms.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(text: &str) -> (String, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bellwether.toml");
        std::fs::write(&file, text).unwrap();
        let mut output = Vec::new();
        report(&config::load(Some(&file), std::iter::empty()), Some(&file), &mut output).unwrap();
        (String::from_utf8(output).unwrap(), file)
    }

    #[test]
    fn a_fine_one_is_summed_up() {
        let (output, file) = reported("[demo]\nfast_clock = 2\n");
        let expected = format!(
            "The configuration is fine: {}; listens on 127.0.0.1:3000; watches wedsync at https://api.wedsync.com \
             (every 30 s, without a token)\n",
            file.display()
        );
        assert_eq!(output, expected);
    }

    #[test]
    fn every_problem_has_a_line_of_its_own() {
        let (output, file) = reported("[server]\nlisten = \"10.0.0.1\"\nzome = \"UTC\"\n");
        let lines: Vec<_> = output.lines().collect();
        assert_eq!(lines.len(), 2, "{output}");
        assert!(lines[0].starts_with(&format!("{}:2:1: server.listen: ", file.display())), "{output}");
        assert!(lines[1].starts_with(&format!("{}:3:1: server.zome: ", file.display())), "{output}");
    }
}
