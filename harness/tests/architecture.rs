//! The house's own rules, of which a machine can be the judge: which crate may depend on which, and how long a file
//! or a function may be.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// Each crate, and the crates of ours that it may depend on. Tests are free to use more.
const ARROWS: &[(&str, &[&str])] = &[
    ("wireproof-http1", &[]),
    ("wireproof-http2", &[]),
    ("wireproof", &[]),
    ("wireproof-adapters", &["wireproof", "wireproof-http1", "wireproof-http2"]),
    ("wireproof-engine", &["wireproof"]),
    ("wireproof-faults", &["wireproof", "wireproof-engine"]),
    ("wireproof-fuzz", &["wireproof", "wireproof-adapters", "wireproof-engine", "wireproof-http2"]),
    ("wireproof-mutants", &[]),
    ("wireproof-reports", &["wireproof"]),
    ("wireproof-cli", &["wireproof", "wireproof-adapters", "wireproof-engine", "wireproof-http1", "wireproof-reports"]),
];

/// Lines in a file.
const LONGEST_FILE: usize = 800;

/// Lines in a function, its signature and last brace counted.
const LONGEST_FUNCTION: usize = 80;

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn metadata() -> Json {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(workspace());
    let out = cargo.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// What breaks the arrows: a crate that depends on one of ours that it may not know, or that the table lacks.
fn crossed(packages: &[Json]) -> Vec<String> {
    let ours: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut crossed = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(n, _)| *n == name) else {
            crossed.push(format!("{name} is not in ARROWS: say what it may depend on"));
            continue;
        };
        let needed = package["dependencies"].as_array().into_iter().flatten().filter(|d| d["kind"] != "dev");
        for needed in needed.filter_map(|d| d["name"].as_str()) {
            if ours.contains(&needed) && !allowed.contains(&needed) {
                crossed.push(format!("{name} depends on {needed}; it may depend on {allowed:?}"));
            }
        }
    }
    crossed
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    assert_eq!(crossed(metadata["packages"].as_array().unwrap()), [""; 0]);
}

#[test]
fn a_crossed_arrow_is_seen() {
    let package = |name: &str, needs: &str, kind: Option<&str>| serde_json::json!({"name": name, "dependencies": [{"name": needs, "kind": kind}]});
    let table = [
        (package("wireproof", "wireproof-http1", None), 1),
        (package("wireproof", "wireproof-http1", Some("build")), 1),
        (package("wireproof", "wireproof-http1", Some("dev")), 0),
        (package("wireproof-cli", "wireproof-http1", None), 0),
        (package("wireproof-new", "wireproof-http1", None), 1),
    ];
    for (package, expected) in table {
        let all = [package, serde_json::json!({"name": "wireproof-http1", "dependencies": []})];
        assert_eq!(crossed(&all).len(), expected, "{}", all[0]);
    }
}

/// Every Rust file of the workspace, sorted.
fn sources() -> Vec<PathBuf> {
    let (mut files, mut open) = (Vec::new(), vec![workspace().to_path_buf()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                open.push(path);
            } else if name.ends_with(".rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// What in a file is too long, as `line: what`.
fn too_long(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    if lines.len() > LONGEST_FILE {
        found.push(format!("{LONGEST_FILE}: the file has {} lines; the most is {LONGEST_FILE}", lines.len()));
    }
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = function(line) else { continue };
        let length = lines[first..].iter().position(|l| ends(line, l)).map_or(0, |last| last + 1);
        if length > LONGEST_FUNCTION {
            found.push(format!("{}: fn {name} has {length} lines; the most is {LONGEST_FUNCTION}", first + 1));
        }
    }
    found
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The name of the function that begins on this line: only words stand before `fn`.
fn function(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let words = before.chars().all(|c| c.is_ascii_lowercase() || matches!(c, ' ' | '(' | ')' | '"' | 'C'));
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|n| !n.is_empty());
    name.filter(|_| words && (before.is_empty() || before.ends_with(' ')))
}

/// Whether the function that begins on `first` ends on `line`, as rustfmt lays it out.
fn ends(first: &str, line: &str) -> bool {
    let alone = first.trim_end().ends_with(['}', ';']);
    if alone && first == line {
        return true;
    }
    indent(line) == indent(first) && (line.trim() == "}" || (line.trim_start().starts_with(')') && line.ends_with(';')))
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let mut found = Vec::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(workspace()).unwrap_or(&path).display().to_string();
        found.extend(too_long(&text).into_iter().map(|what| format!("{shown}:{what}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_is_too_long_is_named_with_its_line() {
    let body = |lines: usize| "    x;\n".repeat(lines);
    let table = [
        (format!("fn a() {{\n{}}}\n", body(78)), vec![]),
        (format!("\npub(crate) fn b() {{\n{}}}\n", body(79)), vec!["2: fn b has 81 lines; the most is 80"]),
        (format!("fn c() {{}}\n{}}}\n", body(90)), vec![]),
        (format!("fn d(\n    e: E,\n);\n{}}}\n", body(90)), vec![]),
        (format!("// the fn c\nlet fn_d = 1;\n{}}}\n", body(90)), vec![]),
        (body(801), vec!["800: the file has 801 lines; the most is 800"]),
    ];
    for (text, expected) in table {
        assert_eq!(too_long(&text), expected, "{text}");
    }
}
