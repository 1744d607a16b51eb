//! One JSON document, for programs that would rather not read lines: `{"format": 1, "records": […], "totals": {…}}`.
//!
//! Timings are left out, so that two runs of the same thing give the same document.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use wireproof::judge::Verdict;
use wireproof::results::{FORMAT, ResultRecord, Totals};

use crate::jsonl::write_value;

/// [`wireproof::results::Totals`] in JSON.
#[derive(Serialize)]
struct Counted {
    verdicts: Map<String, Value>,
    unknown: usize,
    known: usize,
    stale: usize,
    unavailable: usize,
    subject_faults: usize,
    held: bool,
}

/// Writes the document, a record a line, so that it can be compared line by line.
pub(crate) fn write(records: &[ResultRecord], out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "{{\"format\":{FORMAT},\"records\":[")?;
    let timeless = records.iter().filter(|r| !matches!(r, ResultRecord::Timing(_)));
    for (index, record) in timeless.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        write_value(record, out)?;
    }
    out.write_all(b"\n],\"totals\":")?;
    write_value(&counted(&Totals::of(records)), out)?;
    out.write_all(b"}\n")
}

fn counted(totals: &Totals) -> Counted {
    // The names are those of the records: `not-applicable`, not `n/a`.
    let name = |verdict: Verdict| match serde_json::to_value(verdict) {
        Ok(Value::String(name)) => name,
        _ => verdict.name().to_owned(),
    };
    let of = |verdict| totals.verdicts.get(&verdict).copied().unwrap_or(0);
    Counted {
        verdicts: Verdict::ALL.into_iter().map(|v| (name(v), of(v).into())).collect(),
        unknown: totals.unknown,
        known: totals.known,
        stale: totals.stale,
        unavailable: totals.unavailable,
        subject_faults: totals.subject_faults,
        held: totals.held(),
    }
}
