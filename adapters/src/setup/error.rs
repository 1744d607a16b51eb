//! Why a set-up failed, with what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a set-up failed.
#[derive(Debug)]
pub enum SetupError {
    /// There is no place for the private environment: neither `WIREPROOF_HOME` nor `HOME` is set.
    NoHome,
    /// A program is not on PATH.
    MissingProgram {
        /// Its name.
        program: String,
        /// What to do.
        remedy: String,
    },
    /// A command failed.
    Failed {
        /// The command line.
        command: String,
        /// Its exit status, in words.
        status: String,
        /// The end of what it wrote to stderr.
        stderr: String,
        /// What to do.
        remedy: String,
    },
    /// A command was killed because it took too long.
    TimedOut {
        /// The command line.
        command: String,
        /// How long it was given.
        seconds: u64,
        /// The end of what it wrote to stderr.
        stderr: String,
        /// What to do.
        remedy: String,
    },
    /// What was fetched is not what was pinned.
    WrongHash {
        /// The file's name.
        file: String,
        /// The pinned SHA-256.
        expected: String,
        /// The one it has.
        found: String,
    },
    /// A package does not hold what it should.
    Contents {
        /// The package.
        package: String,
        /// What is wrong.
        what: String,
    },
    /// The file system refused something.
    File {
        /// What was tried, a verb.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl SetupError {
    /// For `map_err`: what was tried with which file.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SetupError {
        let path = path.to_owned();
        move |error| SetupError::File { action, path, error }
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::NoHome => {
                write!(f, "no place for the private environment: set WIREPROOF_HOME to a folder of your choice")
            }
            SetupError::MissingProgram { program, remedy } => write!(f, "{program} is not on PATH; {remedy}"),
            SetupError::Failed { command, status, stderr, remedy } => {
                write!(f, "`{command}` failed ({status}); {remedy}")?;
                quote(f, stderr)
            }
            SetupError::TimedOut { command, seconds, stderr, remedy } => {
                write!(f, "`{command}` was stopped after {seconds} s; {remedy}")?;
                quote(f, stderr)
            }
            SetupError::WrongHash { file, expected, found } => write!(
                f,
                "{file} is not the pinned file: SHA-256 {found}, expected {expected}; if you use a package mirror, \
                 check what it serves"
            ),
            SetupError::Contents { package, what } => write!(f, "{package}: {what}"),
            SetupError::File { action, path, error } => write!(f, "cannot {action} {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for SetupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SetupError::File { error, .. } => Some(error),
            SetupError::NoHome
            | SetupError::MissingProgram { .. }
            | SetupError::Failed { .. }
            | SetupError::TimedOut { .. }
            | SetupError::WrongHash { .. }
            | SetupError::Contents { .. } => None,
        }
    }
}

/// What a command wrote, indented, without anything a terminal would obey.
fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for line in text.lines() {
        write!(f, "\n    {}", line.replace(|c: char| c.is_control() && c != '\t', "?"))?;
    }
    Ok(())
}
