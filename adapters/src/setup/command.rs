//! Commands that a set-up runs, with a bound on their time.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::SetupError;

/// How long one command of a set-up may take.
pub const LIMIT: Duration = Duration::from_secs(600);

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How many octets of stderr an error shows.
const TAIL: u64 = 2000;

/// Runs a command to its end and returns what it wrote to stdout. `remedy` is what a person can do if it fails.
///
/// Its output goes to unnamed files, so a process that it leaves behind cannot hold us up. It stays in our process
/// group, so that an interrupt from the terminal ends it too; one that takes longer than `limit` is killed, its own
/// children excepted.
pub fn run_command(command: &mut Command, limit: Duration, remedy: &str) -> Result<Vec<u8>, SetupError> {
    let line = show(command);
    let scratch = |e| SetupError::file("create a file in", &std::env::temp_dir())(e);
    let mut stdout = tempfile::tempfile().map_err(scratch)?;
    let mut stderr = tempfile::tempfile().map_err(scratch)?;
    command.stdin(Stdio::null());
    command.stdout(stdout.try_clone().map_err(scratch)?);
    command.stderr(stderr.try_clone().map_err(scratch)?);
    let remedy = remedy.to_owned();
    let child = command.spawn().map_err(|error| cannot_start(command, &line, &remedy, &error))?;
    match wait(child, limit) {
        Ok(Some(status)) if status.success() => {
            let mut written = Vec::new();
            stdout.rewind().and_then(|()| stdout.read_to_end(&mut written)).map_err(scratch)?;
            Ok(written)
        }
        Ok(Some(status)) => {
            Err(SetupError::Failed { command: line, status: status.to_string(), stderr: tail(&mut stderr), remedy })
        }
        Ok(None) => {
            let seconds = limit.as_secs();
            Err(SetupError::TimedOut { command: line, seconds, stderr: tail(&mut stderr), remedy })
        }
        Err(error) => {
            Err(SetupError::Failed { command: line, status: error.to_string(), stderr: String::new(), remedy })
        }
    }
}

fn cannot_start(command: &Command, line: &str, remedy: &str, error: &io::Error) -> SetupError {
    let remedy = remedy.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => {
            SetupError::MissingProgram { program: command.get_program().to_string_lossy().into_owned(), remedy }
        }
        _ => SetupError::Failed {
            command: line.to_owned(),
            status: format!("it did not start: {error}"),
            stderr: String::new(),
            remedy,
        },
    }
}

/// Waits for a process; one that takes too long is killed, and has no status.
fn wait(mut child: Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// The end of what is in a file, as text.
fn tail(file: &mut File) -> String {
    let mut octets = Vec::new();
    let len = file.seek(SeekFrom::End(0)).unwrap_or(0);
    let read = file.seek(SeekFrom::Start(len.saturating_sub(TAIL))).and_then(|_| file.read_to_end(&mut octets));
    match read {
        Ok(_) => String::from_utf8_lossy(&octets).trim_end().to_owned(),
        Err(error) => format!("(its stderr cannot be read: {error})"),
    }
}

/// The command as one line of text.
fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|w| w.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Vec<u8>, SetupError> {
        run_command(Command::new("sh").args(["-c", script]), limit, "do this")
    }

    #[test]
    fn the_output_comes_back() {
        assert_eq!(shell("echo out; echo err >&2", LIMIT).unwrap(), b"out\n");
    }

    #[test]
    fn a_failure_names_the_command_its_words_and_the_remedy() {
        let error = shell("echo why >&2; exit 3", LIMIT).unwrap_err().to_string();
        assert_eq!(error, "`sh -c echo why >&2; exit 3` failed (exit status: 3); do this\n    why");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run_command(&mut Command::new("wireproof-no-such"), LIMIT, "install it").unwrap_err();
        assert_eq!(error.to_string(), "wireproof-no-such is not on PATH; install it");
    }

    #[test]
    fn a_command_that_takes_too_long_is_killed() {
        let error = shell("echo started >&2; exec sleep 60", Duration::from_millis(200)).unwrap_err();
        assert!(matches!(error, SetupError::TimedOut { .. }), "{error}");
        assert!(error.to_string().ends_with("started"), "{error}");
    }

    #[test]
    fn terminal_escapes_in_a_commands_words_are_defused() {
        let error = shell(r"printf '\033[2Jx' >&2; exit 1", LIMIT).unwrap_err().to_string();
        assert!(error.ends_with("\n    ?[2Jx"), "{error:?}");
    }
}
