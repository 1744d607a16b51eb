//! The Python SDK and the h11 adapter over it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use wireproof::child::{CheckLine, Child, check};
use wireproof::protocols;

const TOY: &str = r#"
from wireproof_adapter import Endpoint, serve

print("this line is not for wireproof")


class Server(Endpoint):
    def __init__(self, config):
        print("nor is this")
        self.buffer = b""

    def receive(self, data):
        self.buffer += data
        head, blank, rest = self.buffer.partition(b"\r\n\r\n")
        if blank:
            self.buffer = rest
            start, *lines = head.split(b"\r\n")
            method, target, _ = start.split(b" ")
            fields = [line.split(b":", 1) for line in lines]
            self.emit("request", method=method, target=target,
                      fields=[(name.lower(), value.strip()) for name, value in fields])

    def send(self, action):
        pass


serve(name="toy", version="1", endpoints={"http1.server": Server}, can=["head", "target", "field-order"])
"#;

fn adapters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters")
}

fn assert_all_well(lines: &[CheckLine]) {
    let bad: Vec<String> = lines.iter().filter(|l| !l.ok).map(|l| format!("{}: {}", l.name, l.what)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(lines.len() > 9, "{lines:?}");
}

fn python(program: OsString, script: &Path) -> Child {
    let mut child = Child::new("python", vec![program, script.into()]);
    child.env.push(("PYTHONPATH".into(), adapters().join("sdk/python").into()));
    child
}

#[test]
fn a_toy_over_the_sdk_passes_its_check() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("toy.py");
    std::fs::write(&script, TOY).unwrap();
    assert_all_well(&check(&python("python3".into(), &script), protocols()));
}

#[test]
fn h11_passes_its_check() {
    let Some(program) = h11_environment() else { return };
    let child = python(program.into(), &adapters().join("python/h11/adapter.py"));
    assert_all_well(&check(&child, protocols()));
}

/// A Python with the pinned h11, made once; without the package index there is none, and the test says so.
fn h11_environment() -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("h11-environment");
    let program = place.join("bin/python");
    let ready = place.join("ready");
    if ready.exists() {
        return Some(program);
    }
    let requirements = adapters().join("python/h11/requirements.txt");
    let install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"].map(OsString::from);
    let made = succeed(Path::new("python3"), &["-m".into(), "venv".into(), place.clone().into()])
        .and_then(|()| succeed(&program, &[&install[..], &[requirements.into()]].concat()));
    match made {
        Ok(()) => {
            std::fs::write(ready, "").ok()?;
            Some(program)
        }
        Err(why) => {
            eprintln!("h11 is not tested: {why}");
            None
        }
    }
}

fn succeed(program: &Path, arguments: &[OsString]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|e| e.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
