//! Each format against its golden file, drawn from `fixture.jsonl`. After a change that is meant, rewrite the files and
//! read the difference:
//!
//! ```sh
//! WIREPROOF_BLESS=1 cargo test -p wireproof-reports && git diff reports/tests/golden
//! ```
//!
//! There is nothing to redact: the fixture's times are constants, and reports add none.

use std::path::PathBuf;

use wireproof::results::{ResultRecord, SCHEMA};
use wireproof_reports::{Format, Style, read_jsonl, write};

const FIXTURE: &str = include_str!("fixture.jsonl");

fn report(format: Format, records: &[ResultRecord], colour: bool, width: usize) -> String {
    let mut out = Vec::new();
    write(format, records, &Style { colour, width }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn check(name: &str, format: Format, colour: bool, width: usize) {
    let got = report(format, &read_jsonl(FIXTURE).unwrap(), colour, width);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("WIREPROOF_BLESS").is_some() {
        std::fs::write(&path, &got).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(got == golden, "{name} is not the golden file; see the head of {}. It is now:\n{got}", file!());
}

#[test]
fn terminal_pages() {
    for width in [80, 200] {
        check(&format!("terminal-{width}.txt"), Format::Terminal, false, width);
        check(&format!("terminal-{width}-colour.txt"), Format::Terminal, true, width);
    }
}

#[test]
fn documents() {
    check("report.json", Format::Json, false, 80);
    check("report.jsonl", Format::Jsonl, false, 80);
    check("report.xml", Format::Junit, false, 80);
    check("report.md", Format::Markdown, false, 80);
}

#[test]
fn the_fixture_and_what_is_written_of_it_are_results_files() {
    let schema = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let written = report(Format::Jsonl, &read_jsonl(FIXTURE).unwrap(), false, 80);
    for (index, line) in FIXTURE.lines().chain(written.lines()).enumerate() {
        let record = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator.iter_errors(&record).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "line {}: {errors:?}", index + 1);
    }
}

#[test]
fn json_lines_lose_nothing() {
    let records = read_jsonl(FIXTURE).unwrap();
    assert_eq!(read_jsonl(&report(Format::Jsonl, &records, false, 80)).unwrap(), records);
}

#[test]
fn json_holds_all_records_but_timings() {
    let records = read_jsonl(FIXTURE).unwrap();
    let document: serde_json::Value = serde_json::from_str(&report(Format::Json, &records, false, 80)).unwrap();
    let timeless: Vec<_> = records.into_iter().filter(|r| !matches!(r, ResultRecord::Timing(_))).collect();
    assert_eq!(document["records"], serde_json::to_value(timeless).unwrap());
    assert_eq!(document["totals"]["verdicts"]["not-applicable"], 4);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [60, 80, 120, 200] {
        for line in report(Format::Terminal, &read_jsonl(FIXTURE).unwrap(), false, width).lines() {
            // What is to be pasted is never broken.
            let whole = line.trim_start().starts_with("repro") || line.trim_start().starts_with("https://");
            assert!(whole || line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn colours_change_nothing_but_colour() {
    let records = read_jsonl(FIXTURE).unwrap();
    let painted = report(Format::Terminal, &records, true, 80);
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, code)) = rest.split_once("\x1b[") {
        bare.push_str(before);
        rest = code.split_once('m').unwrap().1;
    }
    assert_eq!(bare + rest, report(Format::Terminal, &records, false, 80));
}

#[test]
fn a_format_is_found_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert!("html".parse::<Format>().unwrap_err().contains("terminal, json, jsonl, junit, markdown"));
}
