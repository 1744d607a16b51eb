//! `NAME@VERSION`: another version of a bundled subject, beside the current one.

use std::path::PathBuf;

use crate::home::set_up;
use crate::support::{
    CHUNKED, command, finish, holds, json_lines, on_simple, records, text, vectors, verdicts, wireproof,
};

/// The environment of this checkout, if this version of a subject is set up in it; else says so.
fn version_set_up(name: &str, version: &str) -> Option<PathBuf> {
    let home = set_up(name)?;
    let ready = home.join(format!("{name}-{version}")).is_dir();
    if !ready {
        println!("unavailable: {name}@{version} is not set up; run: wireproof setup {name}@{version}");
    }
    ready.then_some(home)
}

#[test]
fn what_has_no_other_version_says_why_and_what_to_do() {
    for (name, why) in [
        ("httparse@1.0.0", "httparse cannot be had at version 1.0.0: it is compiled in, and two versions of a crate"),
        ("llhttp@9.2.1", "llhttp cannot be had at version 9.2.1: its sources are pinned at one version"),
        ("node-http-parser@9.2.1", "it is part of the Node.js that is installed"),
    ] {
        let instead = format!("--adapter '{name}=COMMAND'");
        on_simple(&["run", name]).complains(2, &[why, &instead]);
        wireproof(&["setup", name]).complains(2, &[why, &instead]);
        wireproof(&["adapter", "serve", name]).complains(2, &[why]);
    }
}

#[test]
fn what_is_no_name_and_version_is_refused() {
    for (name, words) in [
        ("nope@1.0", "unknown subject \"nope@1.0\"; known: wireproof-http1,"),
        ("h11@", "\"h11@\": \"\" is no version: expected a digit, then letters, digits and . + _ -"),
        ("h11@latest", "\"latest\" is no version"),
        ("h11@../../x", "\"../../x\" is no version"),
        ("h11@0.14.0@1", "\"0.14.0@1\" is no version"),
    ] {
        on_simple(&["run", name]).complains(2, &[words]);
        on_simple(&["repro", "h1.simple.get", "--subject", name]).complains(2, &[words]);
        wireproof(&["diff", "x", "--subject", name]).complains(2, &[words]);
        wireproof(&["setup", name]).complains(2, &[words]);
    }
}

#[test]
fn a_version_that_is_not_set_up_says_how() {
    let ran = on_simple(&["run", "--no-setup", "h11@0.14.0", "httparse", "--only", "h1.simple.get"]);
    ran.complains(3, &["h11@0.14.0 could not start: not set up; run: wireproof setup h11@0.14.0"]);
    wireproof(&["adapter", "serve", "h11@0.14.0"]).complains(3, &["run: wireproof setup h11@0.14.0"]);
}

#[test]
fn an_adapter_of_the_command_line_may_have_such_a_name() {
    let serve = format!("httparse@1.0.0={} adapter serve httparse", env!("CARGO_BIN_EXE_wireproof"));
    let ran = on_simple(&["run", "httparse", "httparse@1.0.0", "--adapter", &serve, "--only", "h1.simple.get"]);
    holds(ran.with_code(0), &["httparse@1.0.0", "1 case × 2 subjects: 2 passed"]);
}

#[test]
fn the_list_of_subjects_tells_of_other_versions() {
    let ran = wireproof(&["list", "subjects"]);
    holds(ran.with_code(0), &["Other versions of h11,", "wireproof run h11 h11@0.14.0", "http-parser-js@0.5.8"]);
}

#[test]
fn an_older_version_runs_beside_the_current_one_and_fails_where_that_does_not() {
    let Some(home) = version_set_up("h11", "0.14.0") else { return };
    let with = |arguments: &[&str]| finish(command(arguments).env("WIREPROOF_HOME", &home));
    let run = ["run", "h11@0.14.0", "h11", "h11@0.14.0", "--only", "h1.chunked.data-end-other", "--cuts", "none"];
    let ran = with(&[&run[..], &["--format", "jsonl"]].concat());
    let all = json_lines(ran.with_code(1));
    let of = |subject: &str| verdicts(&all, subject);
    assert_eq!(of("h11"), ["h1.chunked.data-end-other: pass"]);
    assert_eq!(of("h11@0.14.0"), ["h1.chunked.data-end-other: fail"]);
    let versions: Vec<_> = records(&all, "subject").iter().map(|s| s["profile"]["version"].clone()).collect();
    assert_eq!(versions, ["0.14.0", "0.16.0"], "in the order of the command line");
    assert!(records(&all, "stale").is_empty(), "a book of 0.16.0 says nothing of 0.14.0");

    holds(with(&["setup", "h11@0.14.0"]).with_code(0), &["h11@0.14.0: ready in", "h11-0.14.0"]);
    let repro = with(&["repro", "h1.chunked.data-end-other", "--subject", "h11@0.14.0"]);
    holds(repro.with_code(1), &["fail unchecked", "What conforms, for h11 0.14.0"]);
}

#[test]
fn the_ledger_knows_the_version_that_it_was_reviewed_at_by_either_name() {
    let Some(home) = version_set_up("h11", "0.14.0") else { return };
    let run = ["run", "h11", "h11@0.16.0", "h11@0.14.0", "--cuts", "none"];
    let chunked = vectors().join("http1").join(CHUNKED);
    let arguments = [&run[..], &["--format", "jsonl", "--vectors", text(&chunked)]].concat();
    let ran = finish(command(&arguments).env("WIREPROOF_HOME", &home));
    let all = json_lines(&ran.out);
    let known = |subject: &str| {
        let of = records(&all, "verdict").into_iter().filter(|v| v["subject"] == subject);
        of.filter(|v| v["known"].is_string()).count()
    };
    assert!(known("h11") > 0, "these vectors hold cases that the ledger of h11 knows");
    assert_eq!((known("h11@0.16.0"), known("h11@0.14.0")), (known("h11"), 0));
}
