//! Two benchmarks, or two versions in one, and what got faster or slower.

use std::fmt::Write;

use wireproof::bench::{BenchResults, Spread, WorkloadInfo};

use super::rows::{a_message, time, version};
use crate::Style;
use crate::paint::{Pen, Tone};
use crate::table;
use crate::text::safe;

/// What changed since the baseline, and how many got slower by more than the noise. A subject is found by its name, else by
/// the name before its `@`.
pub fn compare(results: &BenchResults, baseline: &BenchResults, style: Style) -> (String, usize) {
    let pen = Pen(style.colour);
    let (mut rows, mut slower) = (Vec::new(), 0);
    for workload in &results.workloads {
        for subject in &results.subjects {
            let Some(now) = cost(results, workload, &subject.name) else { continue };
            let Some(then) = earlier(baseline, &subject.name) else { continue };
            let Some(before) = cost(baseline, workload, &then) else { continue };
            let change = change(&before, &now);
            slower += usize::from(change.1 == Tone::Bad);
            rows.push(vec![
                safe(&workload.id),
                format!("{} {}", safe(&subject.name), safe(version(results, &subject.name))),
                safe(version(baseline, &then)),
                time(before.median),
                time(now.median),
                pen.mark(change.1, &change.0),
            ]);
        }
    }
    let mut out = String::new();
    if results.machine != baseline.machine {
        let (there, here) = (safe(&baseline.machine.processor), safe(&results.machine.processor));
        let _ =
            writeln!(out, "The baseline is of another machine ({there}; here {here}): changes may be the machine's.");
    }
    if rows.is_empty() {
        out.push_str("Nothing was measured in both: no workload and subject are the same.\n");
        return (out, 0);
    }
    let header = ["Workload", "Subject", "Baseline", "Then", "Now", "Change"].map(str::to_owned).to_vec();
    let _ = writeln!(out, "Against the baseline, a message\n{}", pen.develop(&table(header, rows, 3, style.width)));
    let _ = writeln!(out, "{slower} slower by more than the noise");
    (out, slower)
}

fn cost(results: &BenchResults, workload: &WorkloadInfo, subject: &str) -> Option<Spread> {
    let (work, cost) = results.outcome(&workload.id, subject)?.as_ref().ok()?;
    work.is_whole(workload).then(|| a_message(cost, workload.messages)).flatten()
}

/// The subject's name in the baseline.
fn earlier(baseline: &BenchResults, name: &str) -> Option<String> {
    let base = |name: &str| name.split('@').next().unwrap_or_default().to_owned();
    let names = || baseline.subjects.iter().map(|s| s.name.clone());
    names().find(|other| other == name).or_else(|| names().find(|other| base(other) == base(name)))
}

fn change(before: &Spread, now: &Spread) -> (String, Tone) {
    let percent = (now.median / before.median - 1.0) * 100.0;
    match (before.ties(now), percent < 0.0) {
        (true, _) => ("=".to_owned(), Tone::Plain),
        (false, true) => (format!("{percent:.0} %"), Tone::Good),
        (false, false) => (format!("+{percent:.0} %"), Tone::Bad),
    }
}
