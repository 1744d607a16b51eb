//! The same tables for a document.

use std::fmt::Write;

use wireproof::bench::BenchResults;

use super::rows::{about, only_reading, rate, standing, time};
use crate::markdown::entities;
use crate::text::safe;

/// All tables, with the machine and the versions.
pub fn markdown(results: &BenchResults, to: Option<&str>) -> String {
    let mut out = String::new();
    let machine = &results.machine;
    let (rounds, slice) = (results.rounds, results.slice_ms);
    let _ = writeln!(
        out,
        "{} × {}, {}; {rounds} rounds of about {slice} ms; wireproof {}.",
        machine.processors,
        cell(&machine.processor),
        cell(&machine.system),
        cell(&results.wireproof)
    );
    for workload in &results.workloads {
        let standing = standing(results, workload, to);
        let _ = writeln!(out, "\n**{}**: {} ({}).\n", cell(&workload.id), cell(&workload.title), about(workload));
        if !standing.rows.is_empty() {
            out.push_str(
                "| | subject | a message | ± | messages/s | ratio | instructions |\n|---|---|--:|--:|--:|--:|--:|\n",
            );
        }
        for row in &standing.rows {
            let place = format!("{}{}", row.place, if row.tied { "=" } else { "" });
            let _ = writeln!(
                out,
                "| {place} | {} {} | {} | {:.0} % | {} | {} | {} |",
                cell(row.name),
                cell(row.version),
                time(row.spread.median),
                row.spread.share() * 100.0,
                rate(1e9 / row.spread.median),
                row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
                row.instructions.map_or_else(String::new, |count| format!("{count:.0}")),
            );
        }
        if let Some(parsers) = only_reading(&standing.rows) {
            let _ = writeln!(out, "\n{}.", cell(&parsers));
        }
        if !standing.outside.is_empty() {
            let told = |o: &super::rows::Outside<'_>| format!("{} ({})", cell(o.name), cell(&o.why));
            let all: Vec<String> = standing.outside.iter().map(told).collect();
            let _ = writeln!(out, "\nNot ranked: {}.", all.join(", "));
        }
    }
    let absent: Vec<String> = (results.subjects.iter())
        .filter_map(|s| Some(format!("{} ({})", cell(&s.name), cell(s.absent.as_ref()?))))
        .collect();
    if !absent.is_empty() {
        let _ = writeln!(out, "\nTook no part: {}.", absent.join(", "));
    }
    out
}

/// Text that means nothing but itself, on one line.
fn cell(text: &str) -> String {
    entities(&safe(text))
}
