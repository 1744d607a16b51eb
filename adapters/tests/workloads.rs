//! The bundled workloads are what they say: right traffic, so many messages, whatever the pieces it comes in.

use std::sync::LazyLock;

use wireproof::cuts::Cut;
use wireproof::vectors::{Suite, Workload, format_file};
use wireproof::{Answer, InProcess, Job, Role, Step, Transcript};
use wireproof_adapters::rust::{WireproofHpack, WireproofHttp1, WireproofHttp2};

/// A workload of at most so many octets is also run octet by octet.
const SMALL: usize = 4096;

/// The core that stands for a protocol, and how ids of its workloads begin.
fn reference(protocol: &str) -> (InProcess, &'static str) {
    match protocol {
        "http1" => (InProcess::new(WireproofHttp1), "h1."),
        "http2" => (InProcess::new(WireproofHttp2), "h2."),
        "hpack" => (InProcess::new(WireproofHpack), "hpack."),
        other => panic!("no core of {other}"),
    }
}

/// The bundled workloads, read once.
fn bundled() -> &'static [Workload] {
    static WORKLOADS: LazyLock<Vec<Workload>> =
        LazyLock::new(|| Suite::bundled().expect("the bundled vectors are right").workloads);
    assert!(WORKLOADS.len() > 40, "{} workloads", WORKLOADS.len());
    &WORKLOADS
}

/// The split points of `receive` steps that come in pieces of `size` octets.
fn in_pieces(workload: &Workload, size: usize) -> Vec<usize> {
    let mut splits = Vec::new();
    let mut base = 0;
    for step in &workload.script.steps {
        if let Step::Receive(octets) = step {
            splits.extend((base + size..base + octets.len()).step_by(size));
            base += octets.len();
        }
    }
    splits
}

/// The cut under which a workload is run beside the whole one.
fn cut(workload: &Workload) -> Option<Cut> {
    let small = workload.octets() <= SMALL as u64 && workload.script.protocol.name != "hpack"; // blocks are never cut
    match workload.pieces {
        Some(size) => Some(Cut::Units(in_pieces(workload, size))),
        None => small.then_some(Cut::Octets),
    }
}

/// Messages that are complete; blocks that were read, or by an encoder written.
fn messages(workload: &Workload, transcript: &Transcript) -> u64 {
    if workload.script.role != Role::Encoder {
        return count(transcript, &["end", "fields"]);
    }
    let read = workload.script.protocol.read_output.expect("what an encoder writes is read");
    let written = read(Role::Encoder, transcript, 0..transcript.steps.len());
    assert!(written.iter().all(|record| record.event != "garbled"), "{}: {written:?}", workload.id);
    written.iter().filter(|record| record.event == "fields").count() as u64
}

fn count(transcript: &Transcript, names: &[&str]) -> u64 {
    transcript.events().filter(|(_, seen)| names.contains(&&*seen.record.event)).count() as u64
}

#[test]
fn every_workload_is_taken() {
    for workload in bundled() {
        let id = &workload.id;
        let (core, _) = reference(workload.script.protocol.name);
        let cuts = std::iter::once(Cut::Whole).chain(cut(workload)).collect();
        let Answer::Ran { whole, differing, .. } = core.run_job(&Job { script: workload.script.clone(), cuts }) else {
            panic!("{id} was not run");
        };
        let faults = whole.fault.iter().chain(differing.iter().filter_map(|(_, cut)| cut.fault.as_ref()));
        assert_eq!(faults.map(|fault| &fault.text).collect::<Vec<_>>(), Vec::<&String>::new(), "{id}");
        assert!(differing.is_empty(), "{id}: pieces make a difference");
        assert_eq!(count(&whole, &["rejected"]), 0, "{id}");
        assert_eq!(messages(workload, &whole), workload.messages, "{id}");
    }
}

#[test]
fn every_workload_is_described() {
    for Workload { id, title, why, script, .. } in bundled() {
        let (_, prefix) = reference(script.protocol.name);
        assert!(id.starts_with(prefix), "{id} is not of {}", script.protocol.name);
        assert!((1..=80).contains(&title.chars().count()), "{id}: a title of {} characters", title.chars().count());
        assert!(why.ends_with('.') && !why.contains(". "), "{id}: why is one sentence");
    }
}

#[test]
fn every_chart_has_points() {
    let workloads = bundled();
    let points = |name: &str| {
        let of = workloads.iter().filter_map(|workload| workload.chart.as_ref()).filter(|chart| chart.name == name);
        of.map(|chart| chart.at).collect::<std::collections::BTreeSet<_>>()
    };
    let charted = workloads.iter().filter(|workload| workload.chart.is_some()).count();
    let charts = ["h1.pieces", "h1.size", "h2.pieces", "h2.size"].map(points);
    assert!(charts.iter().all(|at| at.len() >= 3), "{charts:?}");
    assert_eq!(charts.iter().map(|at| at.len()).sum::<usize>(), charted, "points of other charts, or one point twice");
}

#[test]
fn every_file_is_laid_out() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/workloads");
    for entry in std::fs::read_dir(dir).expect("the folder of workloads") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let tidy = format_file(&text).expect("JSON");
        assert!(tidy == text, "{}: run `wireproof vectors fmt`", path.display());
    }
}
