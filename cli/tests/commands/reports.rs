//! The forms of a report: each can be read by what it is for.

use crate::support::{json, json_lines, on_chunked};

/// Two subjects, with failures and cases that do not apply.
fn report(format: &str) -> String {
    let run = ["run", "httparse", "hyper", "--cuts", "none", "--no-ledger", "--format", format];
    let ran = on_chunked(&run);
    assert!(ran.code <= 1 && ran.err.is_empty(), "{format}: {} {}", ran.code, ran.err);
    ran.out
}

#[test]
fn json_and_json_lines_hold_the_same_verdicts() {
    let lines = json_lines(&report("jsonl"));
    let schema_of = |record: &serde_json::Value| record["record"].as_str().map(str::to_owned);
    assert_eq!(schema_of(&lines[0]).as_deref(), Some("run"));
    let count = |verdict: &str| lines.iter().filter(|r| r["verdict"] == verdict).count();
    assert!(count("pass") > 10 && count("n/a") + count("not-applicable") > 0);
    let whole = json(&report("json"));
    assert!(whole.is_object());
    for line in lines.iter().filter(|r| r["record"] == "verdict") {
        let case = line["case"].as_str().expect("a case");
        assert!(whole.to_string().contains(case));
    }
}

#[test]
fn junit_is_xml_with_a_case_a_verdict() {
    let text = report("junit");
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{e} in:\n{text}"));
    let count = |name: &str| document.descendants().filter(|n| n.has_tag_name(name)).count();
    let verdicts = json_lines(&report("jsonl")).iter().filter(|r| r["record"] == "verdict").count();
    assert_eq!(document.root_element().tag_name().name(), "testsuites");
    assert_eq!(count("testcase"), verdicts);
    let attribute = document.root_element().attribute("tests").and_then(|n| n.parse().ok());
    assert_eq!(attribute, Some(verdicts));
}

#[test]
fn markdown_has_a_table_a_row_a_subject() {
    let text = report("markdown");
    let rows: Vec<&str> = text.lines().filter(|l| l.starts_with('|')).collect();
    for subject in ["httparse", "hyper"] {
        assert!(rows.iter().any(|row| row.contains(subject)), "{text}");
    }
}

#[test]
fn no_format_holds_controls() {
    for format in ["terminal", "json", "jsonl", "junit", "markdown"] {
        let text = report(format);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{format}");
        assert!(text.ends_with('\n'), "{format}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let binary = env!("CARGO_BIN_EXE_wireproof");
    let script = format!("\"{binary}\" vectors export | head -c 10 >/dev/null; \"{binary}\" list cases | head -n 1");
    let ran = crate::support::finish(std::process::Command::new("/bin/bash").args(["-o", "pipefail", "-c", &script]));
    ran.with_code(0);
    assert_eq!(ran.err, "");
}
