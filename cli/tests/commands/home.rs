//! The private environment: what is not there is unavailable, and says why.

use std::path::{Path, PathBuf};

use crate::support::{command, finish, folder, holds, json, json_lines, on_simple, records, simple, text, wireproof};

/// How many bundled HTTP/1.1 subjects need no set-up.
pub(crate) fn built_in() -> usize {
    let all = json(wireproof(&["list", "subjects", "--json"]).with_code(0));
    let all = all.as_array().expect("a list").clone();
    all.iter().filter(|s| s["state"] == "built in" && s["protocol"] == "http1").count()
}

/// The environment of this checkout, if the subject is set up in it; else says so.
pub(crate) fn set_up(subject: &str) -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("wireproof");
    let ran = finish(command(&["list", "subjects", "--json"]).env("WIREPROOF_HOME", &home));
    let all = json(ran.with_code(0));
    let ready = all.as_array()?.iter().any(|s| s["subject"] == subject && s["state"] == "set up");
    if !ready {
        println!("unavailable: {subject} is not set up in {}; run: wireproof setup {subject}", home.display());
    }
    ready.then_some(home)
}

#[test]
fn what_is_not_set_up_is_unavailable_and_no_error() {
    let ran = on_simple(&["run", "--no-setup", "--only", "h1.simple.get", "--format", "jsonl"]);
    let all = json_lines(ran.with_code(0));
    for name in ["llhttp", "h11"] {
        let subject = records(&all, "subject").into_iter().find(|s| s["subject"] == name).expect("it is listed");
        assert_eq!(subject["unavailable"], format!("not set up; run: wireproof setup {name}"));
    }
    assert_eq!(ran.err, "", "nothing was set up");
}

#[test]
fn what_is_asked_for_by_name_must_start() {
    let ran = on_simple(&["run", "--no-setup", "h11", "httparse", "--only", "h1.simple.get"]);
    ran.complains(3, &["h11 could not start: not set up; run: wireproof setup h11"]);
    holds(&ran.out, &["1 case × 2 subjects: 1 passed, 0 failed, 1 subject unavailable"]);
}

#[test]
fn without_python_set_up_says_so_and_the_others_run() {
    let home = folder(&[]);
    let bare = |arguments: &[&str]| finish(command(arguments).env("WIREPROOF_HOME", home.path()).env("PATH", ""));
    let run = bare(&["run", "--only", "h1.simple.get", "--vectors", text(simple())]);
    let why = "python3 is not on PATH; this needs Python 3.9 or later with venv and pip";
    let passed = format!("{} passed, 0 failed", built_in());
    holds(run.with_code(0), &[why, &passed, "subjects unavailable"]);
    holds(&run.err, &["setting up h11: making a Python environment"]);
    bare(&["run", "h11", "--only", "h1.simple.get", "--vectors", text(simple())])
        .complains(3, &["h11 could not start", why]);
    let setup = bare(&["setup", "h11", "hyper"]);
    setup.complains(3, &["not set up: h11"]);
    holds(&setup.out, &["hyper: built in, nothing to do", "h11: failed: python3 is not on PATH"]);
}

#[test]
fn a_set_up_subject_runs_and_setup_says_that_it_is_ready() {
    let Some(home) = set_up("h11") else { return };
    let with = |arguments: &[&str]| finish(command(arguments).env("WIREPROOF_HOME", &home));
    holds(with(&["setup", "h11"]).with_code(0), &["h11: ready in", "h11-0.16.0"]);
    holds(with(&["run", "h11", "--only", "h1.simple.get"]).with_code(0), &["1 passed, 0 failed"]);
}

#[test]
fn setup_knows_its_subjects() {
    wireproof(&["setup", "nope"]).complains(2, &["unknown subject \"nope\"; known: wireproof-http1"]);
}
