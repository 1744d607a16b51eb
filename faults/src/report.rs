//! `docs/faults.md`, from the records.

use std::collections::BTreeSet;
use std::fmt::Write;

use wireproof::bench::Machine;
use wireproof_engine::Target;
use wireproof_engine::generate::{Family, families};
use wireproof_engine::hunt::Guide;
use wireproof_faults::{Fault, faults};

use crate::record::{Record, read};
use crate::root;

const HEAD: &str = "\
# Planted faults, and how long the hunt takes to find them

Written by `cargo run --release -p wireproof-faults -- report`; CONTRIBUTING.md says how it is measured.

Each fault stands alone in a copy of a reference core. The hunt compares that copy with the core as it is, until they
part at S3 or worse. It begins with a few plain valid inputs, and is given neither the vectors nor the faults.

* **octets**: octet edits of these inputs, nothing else.
* **structure**: generators and structural edits.
* **tuples**: the same, and inputs with new outcomes are kept; this is what `wireproof fuzz` does.

A cell has the median of the executions of each core over the seeds, and that of the processor time without triage.
`> N`: half of the hunts or more did not find it, the shortest of these after N executions. `2/5`: found with two seeds
of five; without such a mark with all.

Faults were chosen by hand from what real parsers have had, the easy ones too, and the generators' tables of faults come
from the same experience: many rows of one are rows of the other. Those marked † were missed with some seeds or all by
an earlier measurement, of two or three seconds and mostly of debug builds; then rows were written for what they are
about, with these faults in view. That they are found says that a known gap is closed, no more. With the generators as
they were (f26ba78), release builds, 20 s and three seeds, tuples still missed `length-off-by-one` with all three,
`too-large-keeps` with two and `window-off-by-one` with one, and found the other four with each.

So the figures compare the guides with one another, and one commit with the next; they do not say how many faults of an
unknown parser would be found, nor how soon. Two members and no other subjects: executions per second are those of the
cores, not of a panel.

";

/// The cores, and what they speak.
const CORES: [(&str, &str); 3] = [("http1", "HTTP/1.1"), ("http2", "HTTP/2"), ("hpack", "HPACK")];

/// Said of a protocol whose only family is raw octets.
const NO_GENERATOR: &str = "\
There is no generator and no structural mutator for this protocol yet: `structure` is octets without a plan and octet
edits, and `tuples` keeps what of these is new.";

/// Writes the report.
pub(crate) fn write() -> Result<(), String> {
    let faults = faults()?;
    let records: Vec<(Guide, &str, Vec<Record>)> =
        Guide::ALL.into_iter().map(|guide| (guide, guide.name(), read(guide))).collect();
    if records.iter().all(|(_, _, records)| records.is_empty()) {
        return Err("nothing was measured: `wireproof-faults run` does that".to_owned());
    }
    let mut text = HEAD.to_owned();
    summary(&mut text, &faults, &records);
    for (core, title) in CORES {
        let _ = writeln!(text, "\n## {title}\n");
        if Target::named(core).is_some_and(|target| families(target) == [Family("raw")]) {
            let _ = writeln!(text, "{NO_GENERATOR}\n");
        }
        let _ = writeln!(text, "| fault | octets | structure | tuples |\n|---|---:|---:|---:|");
        for fault in faults.iter().filter(|fault| fault.core == core) {
            let mark = if fault.missed { " †" } else { "" };
            let _ = write!(text, "| `{}`{mark}: {} ({}) |", fault.name, fault.what, fault.clause);
            for (_, _, records) in &records {
                let of: Vec<&Record> = records.iter().filter(|record| record.fault == fault.name).collect();
                let _ = write!(text, " {} |", cell(&of));
            }
            text.push('\n');
        }
    }
    let path = root().join("docs/faults.md");
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Where, when, and how many in all.
fn summary(text: &mut String, faults: &[Fault], guides: &[(Guide, &str, Vec<Record>)]) {
    let all = || guides.iter().flat_map(|(_, _, records)| records);
    let commits: BTreeSet<&str> = all().map(|record| record.commit.as_str()).collect();
    let _ = writeln!(text, "| | |\n|---|---|");
    let _ = writeln!(text, "| commit | {} |", commits.into_iter().collect::<Vec<_>>().join(", "));
    let _ = writeln!(text, "| machine | {} |", machine());
    let missed = faults.iter().filter(|fault| fault.missed).count();
    let _ = writeln!(text, "| faults | {}, {missed} of them marked † |", faults.len());
    let _ = writeln!(
        text,
        "\n| protocol | guide | seeds | cap | found with any seed | with every seed | hunts that found | median hunt | build |"
    );
    let _ = writeln!(text, "|---|---|---:|---:|---:|---:|---:|---:|---|");
    for (core, title) in CORES {
        for (_, name, records) in guides {
            in_all(text, (title, name), faults.iter().filter(|fault| fault.core == core), records);
        }
    }
}

/// A guide's share of a protocol's faults.
fn in_all<'f>(text: &mut String, title: (&str, &str), faults: impl Iterator<Item = &'f Fault>, records: &[Record]) {
    let of = |fault: &Fault| records.iter().filter(|r| r.fault == fault.name).collect::<Vec<_>>();
    let measured: Vec<Vec<&Record>> = faults.map(of).filter(|of| !of.is_empty()).collect();
    let records: Vec<&Record> = measured.concat();
    if records.is_empty() {
        return;
    }
    let any = measured.iter().filter(|of| of.iter().any(|r| r.found.is_some())).count();
    let every = measured.iter().filter(|of| of.iter().all(|r| r.found.is_some())).count();
    let hunts = records.iter().filter(|r| r.found.is_some()).count();
    let seeds = records.iter().map(|r| r.seed).collect::<BTreeSet<_>>().len();
    let cap = records.iter().map(|r| r.cap).fold(0.0, f64::max);
    let median = cell(&records);
    let builds: BTreeSet<&str> = records.iter().map(|record| record.build.as_str()).collect();
    let _ = writeln!(
        text,
        "| {} | {} | {seeds} | {cap} s | {any} of {} | {every} | {hunts} of {} | {} | {} |",
        title.0,
        title.1,
        measured.len(),
        records.len(),
        median.split(" · ").next().unwrap_or_default(),
        builds.into_iter().collect::<Vec<_>>().join(", ")
    );
}

/// The median of some hunts, and how many of them found it.
fn cell(records: &[&Record]) -> String {
    let mut sorted = records.to_vec();
    sorted.sort_by_key(|record| (record.found.is_none(), record.inputs));
    let Some(median) = sorted.get(sorted.len() / 2) else { return "–".to_owned() };
    let found = sorted.iter().filter(|record| record.found.is_some()).count();
    let few = if found < sorted.len() { format!(" · {found}/{}", sorted.len()) } else { String::new() };
    match sorted.iter().find(|record| record.found.is_none()) {
        Some(shortest) if median.found.is_none() => format!("> {}{few}", thousands(shortest.inputs)),
        _ => format!("{} ({}){few}", thousands(median.inputs), time(median.seconds)),
    }
}

fn time(seconds: f64) -> String {
    if seconds < 0.01 { "< 0.01 s".to_owned() } else { format!("{seconds:.2} s") }
}

/// `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The processor, as the system names it.
fn machine() -> String {
    let Machine { processor, processors, .. } = Machine::here();
    format!("{processor}, {processors} cores shared with other work, one of them used")
}
