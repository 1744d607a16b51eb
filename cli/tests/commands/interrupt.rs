//! Ctrl-C: what was done is reported, and nobody stays behind.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::support::{CHUNKED, bad, command, folder, has_python, json_lines, records, text, vectors, verdicts};

/// Waits for a condition, for as long as any machine may take.
#[track_caller]
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process runs; one that ended and was not waited for does not.
fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    !stat.is_empty() && !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with(['Z', 'X'])
}

/// A process that is not left behind when a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn ctrl_c_reports_what_was_done_and_leaves_no_process() {
    if has_python() {
        interrupt("INT");
    }
}

#[test]
fn so_does_the_signal_by_which_ci_cancels() {
    if has_python() {
        interrupt("TERM");
    }
}

/// Sends a signal to a run whose second subject hangs, and looks at what is left.
fn interrupt(signal: &str) {
    let folder = folder(&[]);
    let started = folder.path().join("started");
    let adapter = bad("bad", &format!("slow {}", text(&started)));
    let mut run = command(&["run", "httparse", "bad", "--adapter", &adapter, "--cuts", "none"]);
    run.args(["--vectors", text(&vectors().join("http1").join(CHUNKED))]);
    run.args(["--jobs", "1", "--deadline", "600", "--format", "jsonl", "--no-ledger"]);
    let [out, err] = ["out", "err"].map(|name| folder.path().join(name));
    run.stdout(File::create(&out).expect("a file")).stderr(File::create(&err).expect("a file"));
    let mut run = Running(run.process_group(0).spawn().expect("the binary starts"));

    until("the adapter is at its second run", || started.exists());
    let pids = std::fs::read_to_string(&started).expect("the adapter's processes");
    assert!(pids.split(' ').count() == 2 && pids.split(' ').all(runs));
    let interrupt = format!("kill -s {signal} -- -{}", run.0.id());
    assert!(Command::new("/bin/sh").args(["-c", &interrupt]).status().is_ok_and(|s| s.success()));

    until("it ends", || run.0.try_wait().is_ok_and(|status| status.is_some()));
    assert_eq!(run.0.wait().ok().and_then(|status| status.code()), Some(130));
    let read = |path| std::fs::read_to_string(path).expect("what it printed");
    assert!(read(err).contains("interrupted; what was done until then is reported"));
    let all = json_lines(&read(out));
    assert_eq!(all[0]["interrupted"], true);
    let judged = |verdict: &String| !verdict.ends_with(": not-run") && !verdict.ends_with(": not-applicable");
    let of_bad = verdicts(&all, "bad").into_iter().filter(judged).count();
    assert_eq!(of_bad, 1, "the run before the interrupt");
    let of_httparse = verdicts(&all, "httparse");
    assert_eq!(of_httparse.len(), records(&all, "case").len());
    assert!(!of_httparse.iter().any(|v| v.ends_with(": not-run")), "{of_httparse:?}");
    let left = || records(&all, "verdict").into_iter().filter(|v| v["verdict"] == "not-run");
    assert!(left().count() > 0 && left().all(|v| v["why"] == "interrupted"));
    until("no process is left", || !pids.split(' ').any(runs));
}
