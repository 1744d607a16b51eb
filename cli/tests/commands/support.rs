//! Runs the binary and looks at what comes back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The command line, for messages.
    line: String,
}

impl Ran {
    /// The output, if the command ended with this code.
    #[track_caller]
    pub(crate) fn with_code(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}\nstdout:\n{}\nstderr:\n{}", self.line, self.out, self.err);
        &self.out
    }

    /// Fails unless the command ended with this code and its words on standard error hold all of these.
    #[track_caller]
    pub(crate) fn complains(&self, code: i32, words: &[&str]) {
        self.with_code(code);
        holds(&self.err, words);
    }
}

/// Fails unless the text holds all of these, however it is wrapped.
#[track_caller]
pub(crate) fn holds(text: &str, words: &[&str]) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(flat(text).contains(&flat(word)), "{word:?} is not in:\n{text}");
    }
}

/// The binary, in surroundings of which nothing but the folder of programs is left, and with nothing set up.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wireproof"));
    command.args(arguments).stdin(Stdio::null()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("WIREPROOF_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing-set-up"));
    command
}

/// Runs a command to its end.
#[track_caller]
pub(crate) fn finish(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).expect("output is UTF-8"),
        err: String::from_utf8(stderr).expect("messages are UTF-8"),
        line: format!("{command:?}"),
    }
}

/// Runs the binary to its end.
#[track_caller]
pub(crate) fn wireproof(arguments: &[&str]) -> Ran {
    finish(&mut command(arguments))
}

/// Runs the binary on a part of the bundled vectors: all of them take long to load where nothing is optimised.
#[track_caller]
pub(crate) fn on_vectors(part: &str, arguments: &[&str]) -> Ran {
    wireproof(&[arguments, &["--vectors", text(&vectors().join("http1").join(part))]].concat())
}

/// Runs the binary on the vectors of chunked requests.
#[track_caller]
pub(crate) fn on_chunked(arguments: &[&str]) -> Ran {
    on_vectors(CHUNKED, arguments)
}

pub(crate) const CHUNKED: &str = "framing/chunked";

/// Runs the binary on the two plainest cases.
#[track_caller]
pub(crate) fn on_simple(arguments: &[&str]) -> Ran {
    wireproof(&[arguments, &["--vectors", text(simple())]].concat())
}

/// A folder with the two plainest cases.
pub(crate) fn simple() -> &'static Path {
    static FOLDER: std::sync::LazyLock<tempfile::TempDir> = std::sync::LazyLock::new(|| {
        let text = std::fs::read_to_string(vectors().join("http1/simple.json")).expect("the vectors");
        folder(&[("simple.json", &text)])
    });
    FOLDER.path()
}

/// Runs the binary with this as its input.
#[track_caller]
pub(crate) fn wireproof_reading(arguments: &[&str], input: &[u8]) -> Ran {
    let mut file = tempfile::tempfile().expect("a file for the input");
    file.write_all(input).and_then(|()| std::io::Seek::rewind(&mut file)).expect("the input is written");
    finish(command(arguments).stdin(Stdio::from(file)))
}

/// A document that the binary printed.
#[track_caller]
pub(crate) fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e} in:\n{text}"))
}

/// The lines of JSON that the binary printed.
#[track_caller]
pub(crate) fn json_lines(text: &str) -> Vec<Json> {
    text.lines().map(json).collect()
}

/// The records of one kind.
pub(crate) fn records<'a>(all: &'a [Json], kind: &str) -> Vec<&'a Json> {
    all.iter().filter(|r| r["record"] == kind).collect()
}

/// The verdicts of one subject, `case: verdict`.
pub(crate) fn verdicts(all: &[Json], subject: &str) -> Vec<String> {
    let of = records(all, "verdict").into_iter().filter(|r| r["subject"] == subject);
    of.map(|r| format!("{}: {}", r["case"].as_str().unwrap_or("?"), r["verdict"].as_str().unwrap_or("?"))).collect()
}

/// A folder of files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder in it");
        std::fs::write(path, text).expect("a file in it");
    }
    folder
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

/// The repository's vectors.
pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// `--adapter`'s value for the bad adapter in one of its ways to be bad.
pub(crate) fn bad(name: &str, way: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/bad_adapter.py");
    format!("{name}=python3 {} {way}", file.display())
}

/// Whether there is a Python; says so if not.
pub(crate) fn has_python() -> bool {
    let found = Command::new("python3").arg("-c").arg("").status().is_ok_and(|s| s.success());
    if !found {
        println!("unavailable: no python3 to run the bad adapters with");
    }
    found
}
