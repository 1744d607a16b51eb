//! The same tables for a document.

use std::fmt::Write;

use wireproof::bench::BenchResults;

use super::rows::{about, figures, harness, only_reading, origin, standing, titles};
use crate::markdown::entities;
use crate::text::safe;

/// All tables, with the machine and the versions.
pub fn markdown(results: &BenchResults, to: Option<&str>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", entities(&origin(results)));
    for workload in &results.workloads {
        let standing = standing(results, workload, to);
        let _ = writeln!(out, "\n**{}**: {} ({}).\n", cell(&workload.id), cell(&workload.title), about(workload));
        if !standing.rows.is_empty() {
            let titles = titles(standing.counted);
            let _ = writeln!(out, "| | Subject | {} |\n|---|---|{}", titles.join(" | "), "--:|".repeat(titles.len()));
        }
        for row in &standing.rows {
            let place = format!("{}{}", row.place, if row.tied { "=" } else { "" });
            let figures = figures(row, workload, standing.counted).join(" | ");
            let _ = writeln!(out, "| {place} | {} {} | {figures} |", cell(row.name), cell(row.version));
        }
        if let Some(parsers) = only_reading(&standing.rows) {
            let _ = writeln!(out, "\n{}.", cell(&parsers));
        }
        if let Some(part) = harness(results, workload) {
            let _ = writeln!(out, "\n{}.", cell(&part));
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
