//! What is wrong with a configuration, and where.

use std::{fmt, path::PathBuf};

/// One thing that is wrong: where it stands, which key it is about, and what was expected. Holds no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// `None` when it is about a variable, or about something that is missing without a file.
    pub file: Option<PathBuf>,
    /// From 1; `None` when it is about the file as a whole.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// The environment variable that it is about: `BELLWETHER__SERVER__LISTEN`.
    pub variable: Option<String>,
    /// `server.listen`, `platform[0].token_file`; empty for the file as a whole.
    pub key: String,
    pub message: String,
}

impl fmt::Display for Problem {
    /// `bellwether.toml:12:9: server.listen: …`, or `BELLWETHER__SERVER__LISTEN: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(variable) = &self.variable {
            write!(f, "{variable}: ")?;
        } else {
            if let Some(file) = &self.file {
                write!(f, "{}:", file.display())?;
                if let (Some(line), Some(column)) = (self.line, self.column) {
                    write!(f, "{line}:{column}:")?;
                }
                f.write_str(" ")?;
            }
            if !self.key.is_empty() {
                write!(f, "{}: ", self.key)?;
            }
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Where a value stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Nowhere: it is one of the built-in defaults, or missing.
    Nowhere,
    File {
        line: usize,
        column: usize,
    },
    Variable(String),
}
