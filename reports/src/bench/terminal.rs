//! Tables of figures for people.

use std::fmt::Write;

use wireproof::bench::{BenchResults, WorkloadInfo};

use super::rows::{Outside, Row, about, figures, harness, only_reading, origin, standing, time, titles};
use crate::Style;
use crate::paint::{Pen, Tone};
use crate::table;
use crate::text::{hang, safe};

/// All tables, and who took no part.
pub fn terminal(results: &BenchResults, to: Option<&str>, style: Style) -> String {
    let pen = Pen(style.colour);
    let mut out = String::new();
    for workload in &results.workloads {
        one(results, workload, to, style, pen, &mut out);
    }
    let _ = writeln!(out, "{}", hang(&origin(results), style.width).join("\n"));
    for subject in &results.subjects {
        if let Some(why) = &subject.absent {
            let _ = writeln!(
                out,
                "{}",
                hang(&format!("{} took no part: {}", safe(&subject.name), safe(why)), style.width).join("\n")
            );
        }
    }
    out
}

fn one(results: &BenchResults, workload: &WorkloadInfo, to: Option<&str>, style: Style, pen: Pen, out: &mut String) {
    let standing = standing(results, workload, to);
    let title = format!("{}  {}", safe(&workload.id), safe(&workload.title));
    let _ = writeln!(out, "{}", pen.paint(Tone::Strong, &hang(&title, style.width).join("\n")));
    let _ = writeln!(out, "{}", hang(&about(workload), style.width).join("\n"));
    if !standing.rows.is_empty() {
        let rows = standing.rows.iter().map(|row| cells(row, workload, standing.counted, pen)).collect();
        let text = table(header(standing.counted), rows, 2, style.width);
        let _ = writeln!(out, "{}", pen.develop(&text));
    }
    if let Some(parsers) = only_reading(&standing.rows) {
        let _ = writeln!(out, "{}", hang(&parsers, style.width).join("\n"));
    }
    if let Some(part) = harness(results, workload) {
        let _ = writeln!(out, "{}", hang(&part, style.width).join("\n"));
    }
    for outside in &standing.outside {
        let _ = writeln!(out, "{}", pen.paint(Tone::Faint, &hang(&told(outside), style.width).join("\n")));
    }
    out.push('\n');
}

fn header(counted: bool) -> Vec<String> {
    ["", "Subject"].into_iter().chain(titles(counted)).map(str::to_owned).collect()
}

fn cells(row: &Row<'_>, workload: &WorkloadInfo, counted: bool, pen: Pen) -> Vec<String> {
    let place = format!("{}{}", row.place, if row.tied { "=" } else { "" });
    let place = if row.place == 1 { pen.mark(Tone::Good, &place) } else { place };
    let subject = format!("{} {}", safe(row.name), safe(row.version));
    [place, subject].into_iter().chain(figures(row, workload, counted)).collect()
}

/// A subject that is not ranked.
fn told(outside: &Outside<'_>) -> String {
    let spread = outside.spread.map(|spread| format!(" ({} a run)", time(spread.median))).unwrap_or_default();
    format!("{}: {}{spread}", safe(outside.name), safe(&outside.why))
}
