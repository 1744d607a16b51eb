//! `list`, `explain`, `repro` and `coverage`.

use crate::support::{CHUNKED, command, finish, holds, json, on_chunked, on_simple, text, vectors, wireproof};

#[test]
fn lists_are_json_if_asked() {
    for (what, member) in
        [("subjects", "subject"), ("cases", "case"), ("requirements", "requirement"), ("capabilities", "capability")]
    {
        let all = json(wireproof(&["list", what, "--json"]).with_code(0));
        let rows = all.as_array().expect("a list");
        assert!(rows.len() > 4 && rows.iter().all(|r| r[member].is_string()), "{what}");
        assert!(wireproof(&["list", what]).with_code(0).lines().count() > rows.len(), "{what}: a row is a line");
    }
}

#[test]
fn the_list_of_cases_can_be_narrowed() {
    let all = json(on_chunked(&["list", "cases", "--only", "*trailer*", "--json"]).with_code(0));
    assert!(all.as_array().is_some_and(|rows| rows.len() > 5));
    on_chunked(&["list", "cases", "--only", "zzz"]).complains(2, &["\"zzz\" matches no id"]);
    wireproof(&["list", "subjects", "--only", "zzz"]).complains(2, &["choose cases"]);
}

#[test]
fn no_line_is_wider_than_asked_for_and_no_id_is_broken() {
    for arguments in [&["list", "cases"][..], &["list", "requirements"], &["coverage"], &["explain", "h1.simple.get"]] {
        let ran = finish(command(arguments).env("COLUMNS", "80"));
        for line in ran.with_code(0).lines().filter(|l| !l.contains("https://")) {
            assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
        }
    }
    let chunked = vectors().join("http1").join(CHUNKED);
    let narrow = finish(command(&["list", "cases", "--vectors", text(&chunked)]).env("COLUMNS", "60"));
    let wide = json(on_chunked(&["list", "cases", "--json"]).with_code(0));
    for case in wide.as_array().expect("a list") {
        let id = case["case"].as_str().expect("an id");
        assert!(narrow.out.lines().any(|l| l == id), "{id}");
    }
}

#[test]
fn explain_tells_what_is_fed_and_what_conforms() {
    let out = wireproof(&["explain", "h1.simple.get"]);
    let words = [
        "MUST for a server",
        "0 \"GET / HTTP/1.1\\r\\n\"",
        "9112-2.2-1",
        "https://www.rfc-editor.org/rfc/rfc9112",
        "pass",
    ];
    holds(out.with_code(0), &words);
    let record = json(on_simple(&["explain", "h1.simple.get", "--json"]).with_code(0));
    assert_eq!(record["case"], "h1.simple.get");
    wireproof(&["explain", "h1.simpler.get"]).complains(2, &["there is no case \"h1.simpler.get\"; near it: ", ".get"]);
}

#[test]
fn repro_shows_the_transcript_and_the_verdict() {
    let repro = ["repro", "h1.simple.get", "--subject", "wireproof-http1"];
    holds(
        on_simple(&repro).with_code(0),
        &["after 27 octets request method=\"GET\"", "0 of 27 cuts differ", "pass as-written"],
    );
    let cut = |cut| on_simple(&[&repro[..], &["--cut", cut]].concat());
    holds(cut("octets").with_code(0), &["The same, cut octets", "pass"]);
    holds(cut("at 17").with_code(0), &["The same, cut at 17"]);
    assert!(!cut("whole").with_code(0).contains("cut at"));
    cut("at 9999").complains(2, &["--cut \"at 9999\": the script has 27 octets"]);
    cut("at x").complains(2, &["--cut \"at x\": expected whole, octets, units or at N"]);
}

#[test]
fn repro_of_a_failure_exits_with_1_and_of_nothing_to_run_with_0() {
    let ran = on_chunked(&["repro", "h1.chunked.extension-token", "--subject", "httparse"]);
    holds(ran.with_code(0), &["n/a: cannot framing"]);
    on_simple(&["repro", "h1.simple.get"]).complains(2, &["--subject"]);
    on_simple(&["repro", "h1.simple.get", "-s", "nope"]).complains(2, &["unknown subject \"nope\""]);
    on_simple(&["repro", "h1.nope", "-s", "hyper"]).complains(2, &["there is no case \"h1.nope\""]);
    let missing = on_simple(&["repro", "h1.simple.get", "-s", "h11", "--no-setup"]);
    missing.complains(3, &["h11 could not start: not set up"]);
    if crate::support::has_python() {
        let adapter = crate::support::bad("bad", "garbage-event");
        let fault = on_simple(&["repro", "h1.simple.get", "-s", "bad", "--adapter", &adapter]);
        holds(fault.with_code(1), &["fault (Garbage): unknown event", "What conforms, for bad 1"]);
    }
}

#[test]
fn coverage_counts_what_has_cases() {
    let all = json(wireproof(&["coverage", "--json"]).with_code(0));
    let bare = json(wireproof(&["coverage", "--bare", "--json"]).with_code(0));
    let rows = all.as_array().expect("a list");
    let without = rows.iter().filter(|r| r["cases"].as_array().is_some_and(Vec::is_empty)).count();
    assert_eq!(bare.as_array().map(Vec::len), Some(without));
    holds(wireproof(&["coverage"]).with_code(0), &["rfc level testable covered bare", "9112-2.2-1"]);
}

#[test]
fn every_command_helps_in_80_columns() {
    let commands = ["run", "diff", "list", "explain", "repro", "coverage", "setup", "vectors", "adapter"];
    for name in commands {
        let ran = finish(command(&[name, "--help"]).env("COLUMNS", "80"));
        assert!(ran.with_code(0).contains("Example"), "{name}");
    }
    holds(wireproof(&["--help"]).with_code(0), &commands);
    assert!(wireproof(&["--version"]).with_code(0).starts_with("wireproof "));
    wireproof(&["dance"]).complains(2, &["dance"]);
}
