//! What libFuzzer begins with: inputs of the vectors and captures, and the words of the protocols.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wireproof::vectors::Suite;
use wireproof::{InProcess, Job};
use wireproof_adapters::rust::WireproofHttp1;
use wireproof_engine::corpus::Corpus;
use wireproof_engine::generate::dictionary;
use wireproof_engine::{Input, Target, files};

use crate::Fuzzer;

/// The octets of all seeds of a fuzz target.
///
/// # Panics
/// If the bundled vectors do not load, which a test of theirs finds first.
pub fn seeds(fuzzer: &Fuzzer) -> Vec<Vec<u8>> {
    match fuzzer.target {
        Some(target) => inputs(target),
        None if fuzzer.name == "vectors" => texts(),
        None => answers(),
    }
}

/// The vectors as inputs, and the captures whole.
fn inputs(target: Target) -> Vec<Vec<u8>> {
    let mut corpus = Corpus::default();
    corpus.seed(target, &Suite::bundled().expect("the bundled vectors load"));
    let mut seeds: Vec<Vec<u8>> = corpus.entries().iter().map(|entry| entry.input.to_octets()).collect();
    if target == Target::Http1 {
        seeds.extend(captures());
    }
    seeds
}

/// The captures of real programs, requests and responses told by how they begin.
fn captures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/captures/http1");
    let paths = files::list(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "bin"));
    let octets = paths.filter_map(|path| std::fs::read(path).ok());
    let seed = |octets: Vec<u8>| [&[u8::from(octets.starts_with(b"HTTP/"))], &octets[..]].concat();
    octets.map(seed).collect()
}

/// Small vector files, the steps of cases, and tables.
fn texts() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let (mut texts, mut folders) = (Vec::new(), vec![folder]);
    while let Some(folder) = folders.pop() {
        for path in files::list(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
            texts.extend(of_file(&path));
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    texts.sort();
    texts
}

/// No longer text is a seed: what mutation changes in it is too little.
const LONGEST: usize = 2000;

fn of_file(path: &Path) -> Vec<Vec<u8>> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let kind = match path.to_string_lossy() {
        path if path.contains("requirements") => 2,
        path if path.contains("generate") => 3,
        _ => 0,
    };
    let seed = |kind: u8, text: &str| [&[kind], text.as_bytes()].concat();
    let mut seeds = vec![seed(kind, &text)];
    for case in json["cases"].as_array().into_iter().flatten().step_by(7) {
        let mut file = json.clone();
        file["cases"] = json!([case]);
        seeds.extend([seed(0, &file.to_string()), seed(1, &case["steps"].to_string())]);
    }
    seeds.retain(|seed| seed.len() <= LONGEST);
    seeds
}

/// What a child would answer, well and badly.
fn answers() -> Vec<Vec<u8>> {
    let input = Input { target: Target::Http1, shape: 0, octets: b"ab".to_vec() };
    let script = input.script();
    let subject = InProcess::new(WireproofHttp1);
    let cuts = wireproof::cuts::plan(wireproof::cuts::Cuts::All, &script, 0);
    let ran = subject.run_job(&Job { script, cuts });
    let wireproof::Answer::Ran { whole, octets, .. } = ran else { return Vec::new() };
    let mut answer = json!({"ran": 1, "cuts": {"0": octets}});
    answer["steps"] = json!(whole.steps);
    let lines = [
        answer.to_string(),
        "noise\n{\"ran\": 1, \"steps\": [{}]}".to_owned(),
        r#"{"ran": 2, "cannot": "no eof"}"#.to_owned(),
        r#"{"ran": 3, "steps": [], "fault": "Traceback"}"#.to_owned(),
        r#"{"ran": 4, "steps": [{"events": [{"event": "request", "method": "GET", "fields": [["host", "a"]]}]}]}"#
            .to_owned(),
        r#"{"ran": 5, "steps": [{"events": [{"event": "data", "stream": 1, "bytes": "ab"}], "output": "00ff"}]}"#
            .to_owned(),
    ];
    lines.iter().flat_map(|line| (0..3).map(move |kind| format!("{}{line}\n", char::from(kind)).into_bytes())).collect()
}

/// Writes `NAME_seed_corpus/`, one file for each seed.
///
/// # Errors
/// If a file cannot be written.
pub fn write(folder: &Path, fuzzer: &Fuzzer) -> Result<(), String> {
    let corpus = folder.join(format!("{}_seed_corpus", fuzzer.name));
    let all = seeds(fuzzer);
    std::fs::create_dir_all(&corpus).map_err(|e| format!("{}: {e}", corpus.display()))?;
    let write = |octets: &Vec<u8>| std::fs::write(corpus.join(files::name(octets)), octets).map_err(|e| e.to_string());
    all.iter().try_for_each(write)?;
    eprintln!("{}: {} seeds", corpus.display(), all.len());
    Ok(())
}

/// The words of JSON, vectors and the child protocol.
const JSON: &[&[u8]] = &[
    b"\"steps\"",
    b"\"receive\"",
    b"\"send\"",
    b"\"eof\"",
    b"\"tick\"",
    b"\"repeat\"",
    b"\"times\"",
    b"\"text\"",
    b"\"hex\"",
    b"\"frame\"",
    b"\"fields\"",
    b"\"stream\"",
    b"\"flags\"",
    b"\"HEADERS\"",
    b"\"expect\"",
    b"\"event\"",
    b"\"request\"",
    b"\"rejected\"",
    b"\"ran\"",
    b"\"cannot\"",
    b"\"fault\"",
    b"\"cuts\"",
    b"\"events\"",
    b"\"output\"",
    b"\"outcomes\"",
    b"\"when\"",
    b"\"let\"",
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b"18446744073709551616",
    b"\\u0000",
    b"\\ud800",
    b"\\u0100",
    b"[[",
    b"{}",
    b"]]",
];

/// The dictionary of a fuzz target, in libFuzzer's form.
pub fn dictionary_of(target: Option<Target>) -> String {
    let mut text = "# Written by: cargo run -p wireproof-fuzz --example seeds -- --dictionaries\n".to_owned();
    for word in target.map_or(JSON, dictionary) {
        text.push('"');
        for octet in *word {
            match octet {
                b'"' | b'\\' => drop(write!(text, "\\{}", char::from(*octet))),
                0x20..0x7f => text.push(char::from(*octet)),
                _ => drop(write!(text, "\\x{octet:02x}")),
            }
        }
        text.push_str("\"\n");
    }
    text
}

/// Every dictionary: one for each protocol, and one for JSON. Targets share them.
fn kept() -> impl Iterator<Item = (&'static str, String)> {
    let of = Target::ALL.into_iter().map(|target| (target.spec().name, dictionary_of(Some(target))));
    of.chain([("json", dictionary_of(None))])
}

/// Writes the dictionaries that are kept in the repository.
///
/// # Errors
/// If a file cannot be written.
pub fn dictionaries(folder: &Path) -> std::io::Result<()> {
    kept().try_for_each(|(name, text)| files::write(&path(folder, name), text.as_bytes()))
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.dict"))
}

/// Whether the dictionaries that are kept are the engine's.
///
/// # Errors
/// With the names of those that are not.
pub fn check(folder: &Path) -> Result<(), String> {
    let stale = kept().filter(|(name, text)| std::fs::read_to_string(path(folder, name)).ok().as_ref() != Some(text));
    let stale: Vec<_> = stale.map(|(name, _)| name).collect();
    match stale.is_empty() {
        true => Ok(()),
        false => Err(format!("stale: {stale:?}; run: cargo run -p wireproof-fuzz --example seeds -- --dictionaries")),
    }
}
