//! Ctrl-C: what was done is reported, and nobody stays behind.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
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

#[test]
fn ctrl_c_reports_what_was_done_and_leaves_no_process() {
    if !has_python() {
        return;
    }
    let folder = folder(&[]);
    let started = folder.path().join("started");
    let adapter = bad("bad", &format!("slow {}", text(&started)));
    let mut run = command(&["run", "httparse", "bad", "--adapter", &adapter, "--cuts", "none"]);
    run.args(["--vectors", text(&vectors().join("http1").join(CHUNKED))]);
    run.args(["--jobs", "1", "--deadline", "600", "--format", "jsonl", "--no-ledger"]);
    let run = run.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");

    until("the adapter is at its second run", || started.exists());
    let pids = std::fs::read_to_string(&started).expect("the adapter's processes");
    assert!(pids.split(' ').count() == 2 && pids.split(' ').all(runs));
    let interrupt = format!("kill -s INT -- -{}", run.id());
    assert!(Command::new("/bin/sh").args(["-c", &interrupt]).status().is_ok_and(|s| s.success()));

    let output = run.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted; what was done until then is reported"));
    let all = json_lines(&String::from_utf8_lossy(&output.stdout));
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
