//! External adapters, bad ones above all: each is told what is wrong, and harms no other subject.

use crate::support::{
    bad, has_python, holds, json_lines, on_chunked, on_simple, records, verdicts, wireproof, wireproof_reading,
};

/// Runs a bad adapter beside a good subject; gives the bad one's record and verdicts, and the exit code.
#[track_caller]
fn beside_a_good_one(way: &str) -> (String, Vec<serde_json::Value>, i32) {
    let adapter = bad("bad", way);
    let common = ["--cuts", "none", "--format", "jsonl", "--no-ledger", "--jobs", "2"];
    let mut arguments = vec!["run", "wireproof-http1", "bad", "--adapter", &adapter];
    arguments.extend(common);
    let both = on_chunked(&arguments);
    let alone = on_chunked(&[&["run", "wireproof-http1"], &common[..]].concat());
    let (records, good) = (json_lines(&both.out), json_lines(&alone.out));
    assert_eq!(verdicts(&records, "wireproof-http1"), verdicts(&good, "wireproof-http1"), "{way} harmed another");
    if unavailable(&records).is_empty() {
        assert_eq!(verdicts(&records, "bad").len(), verdicts(&good, "wireproof-http1").len(), "{way} lost verdicts");
    }
    assert!(!both.out.contains('\x1b') && !both.err.contains('\x1b'), "{way}: an escape came through");
    (both.err, records, both.code)
}

/// Why a subject is unavailable.
fn unavailable(all: &[serde_json::Value]) -> &str {
    let of = records(all, "subject").into_iter().find(|s| s["subject"] == "bad");
    of.and_then(|s| s["unavailable"].as_str()).unwrap_or_default()
}

/// The words of all its verdicts of this kind.
fn whys(all: &[serde_json::Value], verdict: &str) -> Vec<String> {
    let of = records(all, "verdict").into_iter().filter(|r| r["subject"] == "bad" && r["verdict"] == verdict);
    of.map(|r| r["why"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn one_that_does_not_start_is_unavailable_and_says_why() {
    if !has_python() {
        return;
    }
    for (way, words) in [
        ("dies-at-start", "no greeting: exited with status 3; it said: no such library: m\\x1b[31mylib"),
        ("prints-garbage", "lines that are no answers; the last: \\x1b]0;pwned\\x07 not JSON"),
        ("echoes", "its hello is not right: missing field `name`"),
    ] {
        let (message, all, code) = beside_a_good_one(way);
        assert_eq!(code, 3, "{way}: {message}");
        holds(unavailable(&all), &[words]);
        holds(&message, &["bad could not start", words]);
    }
}

#[test]
fn an_adapter_of_the_command_line_must_start_named_or_not() {
    let run = ["run", "--no-setup", "--only", "h1.simple.get", "--adapter", "mine=/nonexistent/adapter --flag"];
    on_simple(&run).complains(3, &["mine could not start", "/nonexistent/adapter"]);
    let diff = ["diff", "--no-setup", "--adapter", "mine=/nonexistent/adapter", "GET / HTTP/1.1\\r\\n\\r\\n"];
    let ran = wireproof(&diff);
    ran.complains(3, &["mine could not start"]);
    holds(&ran.out, &["mine takes no part", "wireproof-http1"]);
}

#[test]
fn one_that_dies_at_a_run_loses_only_that_run() {
    if !has_python() {
        return;
    }
    let (_, all, code) = beside_a_good_one("dies-third");
    assert_eq!(code, 1);
    let faults = whys(&all, "fault");
    assert!(!faults.is_empty());
    faults.iter().for_each(|why| holds(why, &["exited with status 7; it said: the third is too much"]));
    assert!(whys(&all, "not-run").is_empty() || whys(&all, "not-run").iter().all(|w| w.contains("died 11 times")));
}

#[test]
fn one_that_dies_at_every_run_is_given_up() {
    if !has_python() {
        return;
    }
    let (_, all, code) = beside_a_good_one("dies-always");
    assert_eq!(code, 1);
    whys(&all, "fault").iter().for_each(|why| holds(why, &["exited with status 7"]));
    let rest = whys(&all, "not-run");
    assert!(!rest.is_empty());
    rest.iter().for_each(|why| holds(why, &["the adapter died 11 times; given up"]));
}

#[test]
fn one_that_hangs_is_stopped_at_the_deadline() {
    if !has_python() {
        return;
    }
    let adapter = bad("bad", "hangs");
    let run = ["run", "bad", "wireproof-http1", "--adapter", &adapter, "--deadline", "1.5", "--only", "h1.simple.get"];
    let ran = on_simple(&run);
    holds(ran.with_code(1), &["FAULT h1.simple.get", "no answer within 1.5 s", "wireproof-http1 0.1.0 rust 1"]);
}

#[test]
fn answers_that_are_none_are_faults_of_the_run() {
    if !has_python() {
        return;
    }
    for (way, words) in [
        ("wrong-id", "which was not asked for"),
        ("garbage-event", "unknown event \"r\\u{1b}[31mquest\""),
        ("floods-memory", "MemoryError"),
    ] {
        let (_, all, code) = beside_a_good_one(way);
        assert_eq!(code, 1, "{way}");
        let faults = whys(&all, "fault");
        assert!(!faults.is_empty(), "{way}");
        faults.iter().for_each(|why| holds(why, &[words]));
    }
}

#[test]
fn one_that_floods_its_output_is_cut_off() {
    if !has_python() {
        return;
    }
    let adapter = bad("bad", "floods-output");
    let run = ["run", "bad", "wireproof-http1", "--adapter", &adapter, "--only", "h1.simple.get"];
    let ran = on_simple(&run);
    holds(
        ran.with_code(1),
        &["FAULT h1.simple.get", "an answer longer than the limit", "wireproof-http1 0.1.0 rust 1"],
    );
}

#[test]
fn the_command_line_of_an_adapter_is_checked() {
    on_simple(&["run", "--adapter", "mine"]).complains(2, &["--adapter \"mine\"", "expected NAME=COMMAND"]);
    on_simple(&["run", "--adapter", "=x"]).complains(2, &["expected NAME=COMMAND"]);
    on_simple(&["run", "--adapter", "a=x", "--adapter", "a=y"]).complains(2, &["--adapter a: given twice"]);
    on_simple(&["run", "--deadline", "0"]).complains(2, &["--deadline", "expected a number of seconds above 0"]);
    on_simple(&["run", "--deadline", "soon"]).complains(2, &["expected a number of seconds above 0"]);
}

#[test]
fn serve_speaks_the_child_protocol() {
    let input = concat!(
        "{\"hello\": {\"protocol\": 1}}\n",
        "{\"run\": 7, \"endpoint\": \"http1.server\", \"steps\": [[\"receive\", \"474554202f20485454502f312e310d0a486f73743a20610d0a0d0a\"]]}\n",
        "{\"dance\": 1}\nno JSON\n",
    );
    let ran = wireproof_reading(&["adapter", "serve", "wireproof-http1"], input.as_bytes());
    let answers = json_lines(ran.with_code(0));
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["hello"]["name"], "wireproof-http1");
    assert_eq!(answers[1]["ran"], 7);
    assert_eq!(answers[1]["steps"][0]["events"][0]["event"], "request");
    assert_eq!(answers[1]["steps"][0]["events"][0]["method"], "GET");
    assert_eq!(answers[2]["unknown"], "dance");
    assert!(answers[3]["unknown"].as_str().is_some_and(|what| what.starts_with("not JSON")));
}

#[test]
fn serve_says_what_it_cannot_serve() {
    wireproof(&["adapter", "serve", "nope"]).complains(2, &["unknown subject \"nope\"; known: wireproof-http1,"]);
    wireproof(&["adapter", "serve", "llhttp"]).complains(3, &["wireproof setup llhttp"]);
    wireproof(&["adapter", "serve", "h11"]).complains(3, &["wireproof setup h11"]);
}

#[test]
fn check_passes_a_good_adapter() {
    let ran = wireproof(&["adapter", "check", &format!("{} adapter serve httparse", env!("CARGO_BIN_EXE_wireproof"))]);
    let out = ran.with_code(0);
    assert!(!out.contains("MEND"), "{out}");
    holds(out, &["ok plain server scripts give the expected events", "checks, 0 to mend"]);
}

#[test]
fn check_says_what_to_mend() {
    if !has_python() {
        return;
    }
    let check = |way: &str| {
        let command = bad("", way);
        let ran = wireproof(&["adapter", "check", &command[1..]]);
        ran.with_code(1).to_owned()
    };
    holds(&check("answers"), &["MEND plain server scripts give the expected events", "MEND an unknown option"]);
    holds(&check("echoes"), &["MEND it starts and greets: its hello is not right", "1 checks, 1 to mend"]);
    holds(&check("dies-at-start"), &["MEND it starts and greets: no greeting: exited with status 3"]);
    holds(&check("wrong-id"), &["MEND"]);
}
