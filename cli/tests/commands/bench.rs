//! `bench`: what is measured, what is shown of it, and what is asked wrongly.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, bad, command, finish, has_python, holds, text, wireproof};

/// A run that is over soon.
fn quick(names: &[&str], more: &[&str]) -> Command {
    let mut command = command(&["bench", "--no-setup", "--rounds", "3", "--slice", "1", "--workload", "h1.tiny-get"]);
    command.args(names).args(more);
    command
}

fn new() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn figures(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("it was written")).expect("JSON")
}

#[test]
fn who_does_the_whole_work_is_ranked() {
    let ran = finish(&mut quick(&["wireproof-http1", "h11r", "httparse"], &[]));
    let shown = [
        "h1.tiny-get",
        "wireproof-http1 0.1.0",
        "h11r",
        "httparse: shows 1 of 100 heads alone",
        "The harness's own part",
        "3 rounds",
    ];
    holds(ran.with_code(0), &shown);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
}

#[test]
fn figures_are_kept_and_compared() {
    let folder = new();
    let (then, now) = (folder.path().join("then.json"), folder.path().join("now.json"));
    finish(&mut quick(&["wireproof-http1"], &["--json", text(&then)])).with_code(0);
    let ran: Ran = finish(&mut quick(&["wireproof-http1"], &["--json", text(&now), "--baseline", text(&then)]));
    holds(&ran.out, &["Against the baseline", "slower by more than the noise"]);
    let work = |path: &Path| figures(path)["measurements"][0]["outcome"]["Ok"][0].clone();
    let harness = figures(&then)["sinks"][0]["cost"]["samples"].clone();
    assert_eq!(harness.as_array().map(Vec::len), Some(3), "{harness}");
    assert_eq!((work(&then), &work(&now)["messages"]), (work(&now), &Value::from(100)), "the same work");
    // What takes half the time in the baseline is slower now.
    let mut faster = figures(&then);
    let samples = &mut faster["measurements"][0]["outcome"]["Ok"][1]["samples"];
    let halved: Vec<f64> = samples.as_array().expect("a list").iter().filter_map(|s| Some(s.as_f64()? / 2.5)).collect();
    *samples = Value::from(halved);
    std::fs::write(&then, faster.to_string()).expect("written");
    let ran = finish(&mut quick(&["wireproof-http1"], &["--baseline", text(&then)]));
    holds(ran.with_code(1), &["1 slower by more than the noise"]);
}

#[test]
fn charts_and_a_page_are_drawn() {
    let folder = new();
    let ran = finish(&mut quick(&["wireproof-http1", "h11r"], &["--charts", text(folder.path())]));
    ran.with_code(0);
    let page = std::fs::read_to_string(folder.path().join("index.html")).expect("a page");
    assert!(page.contains("<svg") && page.contains("h1.tiny-get") && !page.contains("<script"), "{page}");
    let svg = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|e| e == "svg");
    assert!(std::fs::read_dir(folder.path()).expect("a folder").flatten().any(|entry| svg(&entry)));
}

#[test]
fn who_cannot_be_measured_is_named() {
    if !has_python() {
        return;
    }
    let ran = finish(&mut quick(&["bad"], &["--adapter", &bad("bad", "dies-always")]));
    holds(ran.with_code(0), &["bad: its adapter cannot measure"]);
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let none = wireproof(&["bench", "--workload", "h1.nothing"]);
    none.complains(2, &["no workload fits", "h1.tiny-get"]);
    wireproof(&["bench", "--rounds", "0"]).complains(2, &["from 1 to 1000"]);
    wireproof(&["bench", "--baseline", "/nonexistent"]).complains(2, &["/nonexistent"]);
    let folder = new();
    let strange = folder.path().join("strange.json");
    std::fs::write(&strange, "{}").expect("written");
    wireproof(&["bench", "--baseline", text(&strange)]).complains(2, &["not the results of `wireproof bench --json`"]);
}

#[test]
fn ctrl_c_does_not_wait_for_a_measurement() {
    let mut command = command(&["bench", "wireproof-http1", "--workload", "h1.tiny-get", "--slice", "15000"]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let children = format!("/proc/{0}/task/{0}/children", run.id());
    while std::fs::read_to_string(&children).expect("it runs").is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_secs(1)); // it measures now, or is about to
    let begun = Instant::now();
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("kill runs");
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
