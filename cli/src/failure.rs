//! Why a command could not do its work, and with which exit code.

/// An error that ends the program.
#[derive(Debug)]
pub(crate) struct Failure {
    /// 2 for usage and input, 3 for a subject or the harness itself.
    pub(crate) code: u8,
    /// What went wrong, and what to do.
    pub(crate) text: String,
}

impl Failure {
    /// The command line or an input file is wrong.
    pub(crate) fn usage(text: impl Into<String>) -> Failure {
        Failure { code: 2, text: text.into() }
    }

    /// A subject that was asked for by name could not start, or the harness failed.
    pub(crate) fn broken(text: impl Into<String>) -> Failure {
        Failure { code: 3, text: text.into() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            std::process::exit(0); // the reader has seen enough
        }
        Failure::broken(error.to_string())
    }
}
